"""Definitions of structured properties, how they are shown, and their values."""

from typing import Any

import pytest

from tests.integration.gms.subject import NUMBER, STRING, Subject

DATE, URN = "urn:li:dataType:datahub.date", "urn:li:dataType:datahub.urn"
SETTINGS, DEFINITION, VALUES = (
    "structuredPropertySettings",
    "propertyDefinition",
    "structuredProperties",
)
BADGE = {"showAsAssetBadge": True}
LEVELS = [{"value": {"string": name}} for name in ("gold", "silver")]


def redefine(server: Subject, urn: str, **definition: Any) -> str:
    return server.write(urn, DEFINITION, server.definition(urn, **definition)).message


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ({"version": "3"}, "[0-9]{14}"),
        ({"qualifiedName": "has spaces"}, "spaces"),
        ({"valueType": "urn:li:dataType:datahub.colour"}, "Urn does not exist. Path: /valueType"),
        ({"valueType": "urn:li:tag:t"}, "Required: [dataType]"),
        ({"entityTypes": ["urn:li:entityType:datahub.shop"]}, "Path: /entityTypes"),
        ({"allowedPlatforms": ["urn:li:dataPlatform:nobodys"]}, "Path: /allowedPlatforms"),
        ({"typeQualifier": {"allowedTypes": ["urn:li:entityType:datahub.shop"]}}, "allowedType"),
    ],
)
def test_a_definition_is_refused(server: Subject, definition: Any, words: str) -> None:
    assert words in redefine(server, server.urn("structuredProperty", "p"), **definition)


def test_a_definition_may_be_written_again_as_it_is(server: Subject) -> None:
    urn = server.define("tier", allowedValues=LEVELS)
    assert redefine(server, urn, allowedValues=LEVELS) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"valueType": NUMBER}),
        ({"cardinality": "MULTIPLE"}, {}),
        ({"allowedValues": LEVELS}, {"allowedValues": LEVELS[:1]}),
        ({}, {"allowedValues": LEVELS}),
    ],
)
def test_what_narrows_a_definition_needs_a_higher_version(
    server: Subject, before: dict[str, Any], after: dict[str, Any]
) -> None:
    urn = server.define("tier", **before)
    assert redefine(server, urn, **after) != ""
    assert redefine(server, urn, **after, version="20261122000000") == ""


def test_what_widens_a_definition_needs_none(server: Subject) -> None:
    urn = server.define("tier", allowedValues=LEVELS[:1])
    assert redefine(server, urn, allowedValues=LEVELS, cardinality="MULTIPLE") == ""


def test_a_qualified_name_never_changes(server: Subject) -> None:
    urn = server.define("tier")
    assert redefine(server, urn, qualifiedName="x", version="20261122000000") != ""


def test_two_names_that_differ_only_by_dots_and_underscores_collide(server: Subject) -> None:
    urn = server.define("a.b_c")
    other = urn.replace("a.b_c", "a_b.c")
    assert "collides" in redefine(server, other)
    # One that was soft-deleted is still in the way.
    server.write(urn, "status", {"removed": True})
    assert "collides" in redefine(server, other)


def test_a_soft_deleted_definition_takes_no_changes_and_no_values(server: Subject) -> None:
    urn, product = server.define("tier"), server.urn("dataProduct", "orders")
    server.assign(product, (urn, ["gold"]))
    server.write(urn, "status", {"removed": True})
    assert "soft deleted" in redefine(server, urn, description="more")
    assert "soft deleted" in server.assign(product, (urn, ["silver"])).message
    # What it had of it, nobody reads.
    assert server.read(product, VALUES) == {"properties": []}


def test_what_is_hidden_is_shown_nowhere(server: Subject) -> None:
    urn = server.define("tier")
    reply = server.write(urn, SETTINGS, {"isHidden": True, "showInSearchFilters": True})
    assert "isHidden = true while other display location settings" in reply.message


def test_a_badge_is_written_once_and_refused_the_second_time_although_it_is_the_same(
    server: Subject,
) -> None:
    urn = server.define("tier")
    assert server.standin.written  # on a shared server somebody else may have the badge
    assert server.write(urn, SETTINGS, BADGE).status == 200
    server.settle()
    reply = server.write(urn, SETTINGS, BADGE)
    assert reply.status == 422
    assert urn in reply.message


def test_a_second_badge_passes_while_search_does_not_know_of_the_first(server: Subject) -> None:
    server.standin.switches.index_lag = 3_600
    assert server.write(server.define("a"), SETTINGS, BADGE).status == 200
    assert server.write(server.define("b"), SETTINGS, BADGE).status == 200
    server.settle()
    assert server.write(server.define("c"), SETTINGS, BADGE).status == 422


def test_a_badge_that_was_taken_away_is_in_nobodys_way(server: Subject) -> None:
    urn = server.define("tier")
    server.standin.put(urn, SETTINGS, BADGE)
    server.write(urn, SETTINGS, {"showAsAssetBadge": False})
    assert server.write(server.define("b"), SETTINGS, BADGE).status == 200


def test_values_whose_definition_is_missing_are_dropped_and_the_answer_is_success(
    server: Subject,
) -> None:
    urn, missing = server.define("tier"), server.urn("structuredProperty", "missing")
    product = server.urn("dataProduct", "orders")
    assert server.assign(product, (urn, ["gold"]), (missing, ["x"])).status == 200
    [kept] = server.read(product, VALUES)["properties"]
    assert kept["propertyUrn"] == urn


def test_when_all_values_are_dropped_the_write_is_refused(server: Subject) -> None:
    missing = server.urn("structuredProperty", "missing")
    reply = server.assign(server.urn("dataProduct", "orders"), (missing, ["x"]))
    assert reply.status == 422
    assert "no valid property assignments remain" in reply.message


def test_a_server_can_be_told_to_refuse_what_has_no_definition(server: Subject) -> None:
    server.standin.switches.drop_missing_values = False
    urn, missing = server.define("tier"), server.urn("structuredProperty", "missing")
    reply = server.assign(server.urn("dataProduct", "o"), (urn, ["gold"]), (missing, ["x"]))
    assert "Unexpected null value found" in reply.message


@pytest.mark.parametrize(
    ("definition", "values", "words"),
    [
        ({}, ["a", "b"], "has cardinality 1"),
        ({}, [1.0], "should be a string"),
        ({"valueType": NUMBER}, ["many"], "should be a number"),
        ({"valueType": DATE}, ["22-11-2026"], "YYYY-MM-DD"),
        ({"valueType": DATE}, ["0999-01-01"], "YYYY-MM-DD"),
        ({"valueType": URN}, ["orders"], "should be an urn"),
        (
            {
                "valueType": URN,
                "typeQualifier": {"allowedTypes": ["urn:li:entityType:datahub.dataset"]},
            },
            ["urn:li:tag:t"],
            "is not of any supported urn types",
        ),
        ({"allowedValues": LEVELS}, ["bronze"], "should be one of"),
        ({}, ["€" * 10_923], "32766"),
        ({"allowedPlatforms": ["urn:li:dataPlatform:postgres"]}, ["a"], "platform"),
    ],
)
def test_a_value_is_held_to_its_definition(
    server: Subject, definition: Any, values: list[Any], words: str
) -> None:
    urn = server.define("p", **definition)
    reply = server.assign(server.urn("dataProduct", "orders"), (urn, values))
    assert reply.status == 422
    assert words in reply.message


@pytest.mark.parametrize(
    ("definition", "values"),
    [
        ({"cardinality": "MULTIPLE"}, ["a", "b"]),
        ({"valueType": NUMBER}, [1.5]),
        ({"valueType": NUMBER}, ["1.5"]),
        ({"valueType": DATE}, ["2026-11-22"]),
        ({"valueType": URN}, ["urn:li:tag:t"]),
        ({"allowedValues": LEVELS}, ["gold"]),
        ({}, ["x" * 32_766]),
        # The types it is defined for only steer the UI.
        ({"entityTypes": ["urn:li:entityType:datahub.dataset"]}, ["a"]),
    ],
)
def test_a_value_that_fits_is_taken(server: Subject, definition: Any, values: list[Any]) -> None:
    urn = server.define("p", **{"valueType": STRING, **definition})
    assert server.assign(server.urn("dataProduct", "orders"), (urn, values)).status == 200


def test_a_value_on_a_platform_that_is_allowed_is_taken(server: Subject) -> None:
    urn = server.define("p", allowedPlatforms=["urn:li:dataPlatform:postgres"])
    assert server.assign(server.dataset("orders"), (urn, ["a"])).status == 200


def test_one_property_has_one_entry(server: Subject) -> None:
    urn = server.define("p")
    reply = server.assign(server.urn("dataProduct", "orders"), (urn, ["a"]), (urn, ["b"]))
    assert "multiple entries" in reply.message


def test_an_entry_names_a_property(server: Subject) -> None:
    reply = server.assign(server.urn("dataProduct", "orders"), ("urn:li:tag:t", ["a"]))
    assert "Expected: structuredProperty" in reply.message


def test_what_is_immutable_neither_changes_nor_goes(server: Subject) -> None:
    urn, other = server.define("p", immutable=True), server.define("q")
    product = server.urn("dataProduct", "orders")
    assert server.assign(product, (urn, ["a"])).status == 200
    assert "Cannot mutate" in server.assign(product, (urn, ["b"])).message
    assert "Cannot delete" in server.assign(product, (other, ["b"])).message
    assert server.assign(product, (urn, ["a"]), (other, ["b"])).status == 200
