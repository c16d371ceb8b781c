import pytest

from datahub_dataproducts.domain.catalog_states import plain_name, say_owner
from datahub_dataproducts.domain.products import Owner


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        ("urn:li:tag:pii", "pii"),
        ("urn:li:glossaryTerm:a:b", "a:b"),
        ("pii", "pii"),
        ("a:b:c:d", "a:b:c:d"),
    ],
)
def test_a_name_is_what_follows_the_type_of_a_urn(urn: str, name: str) -> None:
    assert plain_name(urn) == name


@pytest.mark.parametrize(
    ("urn", "type_", "words"),
    [
        ("urn:li:corpuser:ana", "BUSINESS_OWNER", "ana as BUSINESS_OWNER"),
        ("urn:li:corpuser:ana", "business_owner", "ana as BUSINESS_OWNER"),
        (
            "urn:li:corpuser:ana",
            "urn:li:ownershipType:__system__business_owner",
            "ana as BUSINESS_OWNER",
        ),
        ("urn:li:corpGroup:data", "urn:li:ownershipType:steward", "group data as steward"),
    ],
)
def test_an_owner_is_a_person_or_a_group_and_what_for(urn: str, type_: str, words: str) -> None:
    assert say_owner(Owner(urn=urn, type=type_)) == words
