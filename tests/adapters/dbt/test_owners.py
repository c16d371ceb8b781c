"""Owners are found in whatever form people write them, and placeholders own nothing."""

import pytest

from datahub_dataproducts.adapters.dbt.owners import owner_urn, owners_in_meta, owners_of_group
from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Owner

ANA = Owner(urn="urn:li:corpuser:ana@example.com", type=TECHNICAL_OWNER)
BEN = Owner(urn="urn:li:corpuser:ben", type=TECHNICAL_OWNER)
TEAM = Owner(urn="urn:li:corpGroup:analytics_team", type=TECHNICAL_OWNER)


@pytest.mark.parametrize(
    ("written", "urn"),
    [
        ("@alice", "urn:li:corpuser:alice"),
        ("@chrissy\n", "urn:li:corpuser:chrissy"),
        ("ana@example.com", "urn:li:corpuser:ana@example.com"),
        ("analytics_team", "urn:li:corpGroup:analytics_team"),
        ("Data Team", "urn:li:corpGroup:Data Team"),
        ("Strategy (T)", "urn:li:corpGroup:Strategy %28T%29"),
        ("urn:li:corpuser:ana", "urn:li:corpuser:ana"),
        ("urn:li:corpGroup:finance", "urn:li:corpGroup:finance"),
    ],
)
def test_a_handle_and_an_email_are_users_and_any_other_text_is_a_group(
    written: str, urn: str
) -> None:
    assert owner_urn(written) == urn


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  ",
        "None",
        "null",
        "N/A",
        "TBD",
        "unknown",
        "-",
        "?",
        "@",
        "[business_owner]",
        "<owner>",
        "{{ owner }}",
        "urn:li:tag:owner",
    ],
)
def test_a_placeholder_names_nobody(written: str) -> None:
    assert owner_urn(written) is None


@pytest.mark.parametrize(
    ("written", "owners"),
    [
        ("ana@example.com", (ANA,)),
        ("ana@example.com, @ben ,", (ANA, BEN)),
        (["ana@example.com", "analytics_team"], (ANA, TEAM)),
        ({"name": "analytics_team"}, (TEAM,)),
        ({"name": "Ana", "email": "ana@example.com"}, (ANA,)),
        ({"name": "analytics_team", "email": None}, (TEAM,)),
        ({"name": "analytics_team", "email": "None"}, (TEAM,)),
        ([{"id": "urn:li:corpuser:ben", "email": "b@example.com"}, "@ben"], (BEN,)),
        ("urn:li:corpGroup:a,b", (Owner(urn="urn:li:corpGroup:a,b", type=TECHNICAL_OWNER),)),
        ([""], ()),
        (None, ()),
        (42, ()),
        ([[["@ben"]]], ()),
        ({"slack": "#data"}, ()),
    ],
)
def test_an_owner_is_a_text_a_list_or_a_mapping(written: object, owners: object) -> None:
    assert owners_in_meta({"owner": written}) == owners


def test_the_key_says_the_type_of_the_owner() -> None:
    meta = {
        "owners": "@zoe",
        "business_owner": "ana@example.com",
        "technical_owner": "@ben",
        "owner": "analytics_team",
    }
    assert owners_in_meta(meta) == (
        TEAM,
        Owner(urn="urn:li:corpuser:zoe", type=TECHNICAL_OWNER),
        BEN,
        Owner(urn="urn:li:corpuser:ana@example.com", type=BUSINESS_OWNER),
    )


@pytest.mark.parametrize(
    ("type_", "read_as"),
    [
        ("Technical owner", TECHNICAL_OWNER),
        ("business-owner", BUSINESS_OWNER),
        ("BUSINESS_OWNER", BUSINESS_OWNER),
        ("Data Steward", "DATA_STEWARD"),
        ("urn:li:ownershipType:analyst", "urn:li:ownershipType:analyst"),
        ("juggler", TECHNICAL_OWNER),
        (7, TECHNICAL_OWNER),
    ],
)
def test_a_mapping_may_say_the_type_itself(type_: object, read_as: str) -> None:
    meta = {"owners": [{"type": type_, "email": "ana@example.com"}]}
    assert owners_in_meta(meta) == (Owner(urn=ANA.urn, type=read_as),)


def test_of_meta_and_config_meta_the_first_with_a_value_wins_key_by_key() -> None:
    meta = {"owner": "@ben", "technical_owner": None}
    config_meta = {"owner": "@other", "technical_owner": "analytics_team"}
    assert owners_in_meta(meta, config_meta) == (BEN, TEAM)


def test_the_same_owner_under_two_keys_is_told_once() -> None:
    assert owners_in_meta({"owner": "@ben", "owners": ["@ben"]}) == (BEN,)


@pytest.mark.parametrize("meta", [None, [], "owner: ben", {}, {"contact": {"slack": "@ben"}}])
def test_a_meta_of_any_form_without_owners_has_none(meta: object) -> None:
    assert owners_in_meta(meta) == ()


@pytest.mark.parametrize(
    ("owner", "owners"),
    [
        ({"email": "ana@example.com", "name": None}, (ANA,)),
        ({"email": "ana@example.com", "name": "Ana"}, (ANA,)),
        ({"email": ["ana@example.com", "@ben"], "name": None}, (ANA, BEN)),
        ({"name": "analytics_team"}, (TEAM,)),
        (None, ()),
    ],
)
def test_the_email_of_a_group_says_who_owns_it_before_its_name_does(
    owner: object, owners: object
) -> None:
    assert owners_of_group(owner) == owners
