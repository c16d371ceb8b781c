"""Owners are found in whatever form people write them, and placeholders own nothing."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.dbt.owners import (
    NO_OWNERS,
    Owned,
    OwnerKind,
    OwnerReader,
    OwnerRules,
)
from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Owner

ANA = Owner(urn="urn:li:corpuser:ana@example.com", type=TECHNICAL_OWNER)
BEN = Owner(urn="urn:li:corpuser:ben", type=TECHNICAL_OWNER)
READER = OwnerReader(OwnerRules())
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
    assert READER.urn(written) == urn


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
    assert READER.urn(written) is None


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
        ({"email": ["ana@example.com", "@ben"]}, (ANA, BEN)),
        ("ana@example.com\n@ben\n", (ANA, BEN)),
        ("ana@example.com\r\n  @ben", (ANA, BEN)),
        ("urn:li:corpGroup:a,b", (Owner(urn="urn:li:corpGroup:a,b", type=TECHNICAL_OWNER),)),
        ([""], ()),
        (None, ()),
        (42, ()),
        ([[["@ben"]]], ()),
        ({"slack": "#data"}, ()),
    ],
)
def test_an_owner_is_a_text_a_list_or_a_mapping(written: object, owners: object) -> None:
    assert READER.in_meta({"owner": written}).owners == owners


def test_the_key_says_the_type_of_the_owner() -> None:
    meta = {
        "owners": "@zoe",
        "business_owner": "ana@example.com",
        "technical_owner": "@ben",
        "owner": "analytics_team",
    }
    assert READER.in_meta(meta).owners == (
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
    assert READER.in_meta(meta).owners == (Owner(urn=ANA.urn, type=read_as),)


def test_of_meta_and_config_meta_the_first_with_a_value_wins_key_by_key() -> None:
    meta = {"owner": "@ben", "technical_owner": None}
    config_meta = {"owner": "@other", "technical_owner": "analytics_team"}
    assert READER.in_meta(meta, config_meta).owners == (BEN, TEAM)


def test_the_same_owner_under_two_keys_is_told_once() -> None:
    assert READER.in_meta({"owner": "@ben", "owners": ["@ben"]}).owners == (BEN,)


@pytest.mark.parametrize("meta", [None, [], "owner: ben", {}, {"contact": {"slack": "@ben"}}])
def test_a_meta_of_any_form_without_owners_has_none(meta: object) -> None:
    assert READER.in_meta(meta).owners == ()


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
    assert READER.named(owner).owners == owners


@pytest.mark.parametrize(
    ("written", "nobodies"),
    [
        ("", ("",)),
        ([""], ("",)),
        ("None", ("None",)),
        ("[business_owner]", ("[business_owner]",)),
        (["TBD", "@ben", "tbd"], ("TBD", "tbd")),
        ("TBD, @ben", ("TBD",)),
        ({"name": "todo", "email": None}, ("todo",)),
        ({"name": "Ana", "email": "None"}, ()),
        (None, ()),
        ([], ()),
        ({"slack": "#data"}, ()),
        (42, ()),
    ],
)
def test_a_text_that_names_nobody_is_told_and_null_is_not(
    written: object, nobodies: tuple[str, ...]
) -> None:
    assert READER.in_meta({"owner": written}).nobodies == nobodies


@pytest.mark.parametrize(
    ("meta", "urns"),
    [
        ({"dagster": {"owners": ["kafka@castle.com"]}}, ["urn:li:corpuser:kafka@castle.com"]),
        ({"dagster.owners": "team"}, ["urn:li:corpGroup:team"]),
        ({"dagster": "owners"}, []),
        ({"dagster": {"owners": {"name": "team"}}}, ["urn:li:corpGroup:team"]),
        ({"owner_team": "core", "owner_slack": "#core"}, ["urn:li:corpGroup:core"]),
        ({"tech-owner": "@ben"}, ["urn:li:corpuser:ben"]),
        (
            {"data_owner": "a@b.co", "data_steward": "@c"},
            ["urn:li:corpuser:a@b.co", "urn:li:corpuser:c"],
        ),
    ],
)
def test_owners_are_found_under_the_keys_seen_in_public_projects(
    meta: dict[str, object], urns: list[str]
) -> None:
    assert [owner.urn for owner in READER.in_meta(meta).owners] == urns


def test_owners_below_datahub_say_their_type() -> None:
    meta = {"datahub": {"owners": [{"id": "ana@example.com", "type": "BUSINESS_OWNER"}]}}
    assert READER.in_meta(meta).owners == (Owner(urn=ANA.urn, type=BUSINESS_OWNER),)


def test_the_recipe_may_name_other_keys_by_ownership_type() -> None:
    custom = "urn:li:ownershipType:analyst"
    rules = OwnerRules(keys={custom: ("analyst",), BUSINESS_OWNER: ("team.lead",)})
    meta = {"owner": "@zoe", "analyst": "@ben", "team": {"lead": "ana@example.com"}}
    assert OwnerReader(rules).in_meta(meta).owners == (
        Owner(urn=BEN.urn, type=custom),
        Owner(urn=ANA.urn, type=BUSINESS_OWNER),
    )


@pytest.mark.parametrize(
    ("text", "urn"),
    [
        ("data-team@example.com", "urn:li:corpGroup:data-team@example.com"),
        ("@core-team", "urn:li:corpGroup:core-team"),
        ("jane.doe", "urn:li:corpuser:jane.doe"),
        ("ana@example.com", "urn:li:corpuser:ana@example.com"),
        ("Finance", "urn:li:corpGroup:Finance"),
    ],
)
def test_a_rule_says_what_is_a_user_and_what_a_group(text: str, urn: str) -> None:
    kinds = (
        (re.compile(r".*-team(@.*)?"), OwnerKind.GROUP),
        (re.compile(r"[a-z]+\.[a-z]+"), OwnerKind.USER),
    )
    assert OwnerReader(OwnerRules(kinds=kinds)).urn(text) == urn


@pytest.mark.parametrize(
    ("text", "urn"),
    [
        ("ana@example.com", "urn:li:corpuser:ana"),
        ("@ben", "urn:li:corpuser:ben"),
        ("data-team@example.com", "urn:li:corpGroup:data-team@example.com"),
    ],
)
def test_users_may_be_the_local_part_of_their_email(text: str, urn: str) -> None:
    rules = OwnerRules(
        kinds=((re.compile("data-.*"), OwnerKind.GROUP),), strip_user_ids_from_email=True
    )
    assert OwnerReader(rules).urn(text) == urn


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: (
        st.lists(below)
        | st.dictionaries(st.sampled_from(["id", "email", "name", "type", "owners", "x"]), below)
    ),
)


@given(_ANYTHING)
def test_whatever_is_written_gives_owners_that_are_urns_on_one_line(written: object) -> None:
    owned = READER.in_meta({"owner": written, "datahub": written})
    for owner in owned.owners:
        assert owner.urn.startswith(("urn:li:corpuser:", "urn:li:corpGroup:"))
        assert not owner.urn.endswith(":")
        assert owner.urn == owner.urn.strip()
        assert not set("\n\r") & set(owner.urn)


def test_two_findings_are_both_and_nothing_adds_nothing() -> None:
    ben, team = READER.named("@ben, TBD"), READER.named("analytics_team, TBD")
    assert ben.and_then(NO_OWNERS) == ben == NO_OWNERS.and_then(ben)
    assert ben.and_then(team) == Owned((BEN, TEAM), ("TBD",))


def test_mappings_within_mappings_cost_no_time() -> None:
    written: object = "@ben"
    for _ in range(500):
        written = [{"id": [written], "email": written, "name": written}]
    begun = time.monotonic()
    READER.in_meta({"owner": written})
    assert time.monotonic() - begun < 1
