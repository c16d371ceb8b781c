"""Owners are users and groups with a type that DataHub knows."""

import pytest
from datahub.emitter.mce_builder import get_enum_options, validate_ownership_type
from datahub.metadata.schema_classes import OwnershipTypeClass

from datahub_dataproducts.adapters.product_files.owners import OWNER_TYPES
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from tests.adapters.product_files.product_texts import SMALLEST, document, told


def test_the_types_of_owners_are_those_datahub_knows() -> None:
    assert set(OWNER_TYPES) == set(get_enum_options(OwnershipTypeClass))
    for type_ in OWNER_TYPES:
        assert validate_ownership_type(type_) == (type_, None)


@pytest.mark.parametrize(
    ("owner", "id_", "type_"),
    [
        ("ana", "ana", "TECHNICAL_OWNER"),
        ("urn:li:corpGroup:finance", "urn:li:corpGroup:finance", "TECHNICAL_OWNER"),
        ("{id: ana, type: BUSINESS_OWNER}", "ana", "BUSINESS_OWNER"),
        ("{id: ana, type: data_steward}", "ana", "DATA_STEWARD"),
        (
            "{id: urn:li:corpuser:ana, type: urn:li:ownershipType:architect}",
            "urn:li:corpuser:ana",
            "urn:li:ownershipType:architect",
        ),
    ],
)
def test_an_owner_is_a_name_or_a_urn_with_a_type(owner: str, id_: str, type_: str) -> None:
    (found,) = document(f"{SMALLEST}owners: [{owner}]\n").owners
    assert (found.id, found.type, str(found.location)) == (id_, type_, "p.yml:3:10")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "owners: ana",
            [
                "p.yml:3:9: error[wrong-kind]: `owners` takes a list, not ana; write `owners:` and below it `- ` with each item",
            ],
        ),
        (
            "owners: [no]",
            [
                'p.yml:3:10: error[unquoted-text]: `owners` is text, but YAML reads no without quotes as text or as true or false, depending on its version; put it in quotes: "no"',
            ],
        ),
        (
            "owners: [{id: ana}]",
            [
                "p.yml:3:10: error[missing-value]: `owners.type` is not given; write `type: BUSINESS_OWNER`",
            ],
        ),
        (
            "owners: [{type: BUSINESS_OWNER}]",
            [
                "p.yml:3:10: error[missing-value]: `owners.id` is not given; write `id: urn:li:corpuser:ana`",
            ],
        ),
        (
            "owners: [{id: ana, type: BUSINES_OWNER}]",
            [
                'p.yml:3:26: error[unknown-owner-type]: BUSINES_OWNER is not a type of owner; did you mean "BUSINESS_OWNER"?',
            ],
        ),
        (
            "owners: [{id: ana, type: boss}]",
            [
                "p.yml:3:26: error[unknown-owner-type]: boss is not a type of owner; write one of BUSINESS_OWNER, TECHNICAL_OWNER, DATA_STEWARD, DATAOWNER, DEVELOPER, DELEGATE, PRODUCER, CONSUMER, STAKEHOLDER, CUSTOM, NONE or urn:li:ownershipType:<id>",
            ],
        ),
        (
            "owners: [{id: ana, type: urn:li:tag:x}]",
            [
                "p.yml:3:26: error[bad-urn]: `type` has urn:li:tag:x, which is not a URN of type ownershipType; write urn:li:ownershipType:<id>",
            ],
        ),
        (
            "owners: [{id: urn:li:corpGrp:ana, type: NONE}]",
            [
                "p.yml:3:15: error[bad-urn]: the owner urn:li:corpGrp:ana is neither a user nor a group; write urn:li:corpuser:<name> or urn:li:corpGroup:<name>",
            ],
        ),
        (
            "owners: [{id: ana, type: NONE, role: x}]",
            [
                "p.yml:3:32: error[unknown-key]: the key `role` in `owners` means nothing here; known are: id, type",
            ],
        ),
        (
            "owners: [[ana]]",
            [
                "p.yml:3:10: error[wrong-kind]: `owners` is text, not a list; write one value",
            ],
        ),
        (
            "owners: ['']",
            [
                "p.yml:3:10: error[missing-value]: an owner has no name; write {id: urn:li:corpuser:ana, type: BUSINESS_OWNER}",
            ],
        ),
    ],
)
def test_what_is_no_owner_is_told(text: str, problems: list[str]) -> None:
    assert told(SMALLEST + text) == problems


@pytest.mark.parametrize("owner", ["TBD", "{id: '[owner]', type: TECHNICAL_OWNER}"])
def test_a_placeholder_is_told_and_is_no_owner(owner: str) -> None:
    text = f"{SMALLEST}owners: [{owner}]\n"
    (problem,) = told(text)
    assert "warning[owner-names-nobody]" in problem
    assert parse_product_file(text, "p.yml", "UTC").documents[0].owners == ()
