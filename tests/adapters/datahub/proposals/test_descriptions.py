from dataclasses import replace
from fractions import Fraction

import pytest

from datahub_dataproducts.adapters.datahub.proposals.descriptions import (
    description,
    readable_properties,
)
from datahub_dataproducts.domain.assertions import Assertion, AssertionKind, Impact
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import DataProduct, Lifecycle, Objective, ProductType

PLAIN = DataProduct(id="revenue", domain="urn:li:domain:finance", description="Net revenue.")


def promised(
    kind: AssertionKind, promise: str, asset: str = "orders", impact: Impact = Impact.BLOCKING
) -> Assertion:
    return Assertion(
        urn=f"urn:li:assertion:{asset}.{promise}",
        kind=kind,
        asset="urn:li:dataset:orders",
        asset_name=asset,
        promise=promise,
        listens_to=(),
        impact=impact,
    )


def test_without_a_contract_the_description_is_as_written() -> None:
    assert description(PLAIN) == "Net revenue."
    assert description(replace(PLAIN, description=None)) is None


def test_the_promises_follow_the_description_in_sentences() -> None:
    product = replace(
        PLAIN,
        assertions=(
            promised(AssertionKind.BUILD, "is built by dbt"),
            promised(AssertionKind.FRESHNESS, "is never older than 24 h", impact=Impact.WARNING),
            promised(AssertionKind.TESTS, "passes not_null on id"),
            promised(AssertionKind.TESTS, "passes unique on id"),
            promised(AssertionKind.TESTS, "passes unique on id"),
            promised(AssertionKind.TESTS, "passes totals", "users"),
            promised(AssertionKind.CUSTOM, "passes", "assertion 0123"),
        ),
    )
    assert description(product) == (
        "Net revenue.\n"
        "\n"
        "## What is promised\n"
        "\n"
        "- `orders` is built by dbt.\n"
        "- `orders` is never older than 24 h (a failure is a warning).\n"
        "- `orders` passes not_null on id and unique on id.\n"
        "- `users` passes totals.\n"
        "- The DataHub assertion 0123 passes."
    )


def test_promises_alone_are_a_description() -> None:
    product = replace(
        PLAIN, description=None, assertions=(promised(AssertionKind.BUILD, "is built by dbt"),)
    )
    assert description(product) == "## What is promised\n\n- `orders` is built by dbt."


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (Objective(target=Fraction(99, 100), window=30 * DAY), "healthy 99 % of the last 30 days"),
        (
            Objective(target=Fraction(9995, 10_000), calendar="month", hours="MON-FRI 08:00-18:00"),
            "healthy 99.95 % of each month, counting MON-FRI 08:00-18:00",
        ),
    ],
)
def test_an_objective_is_said_in_words(objective: Objective, words: str) -> None:
    assert readable_properties(replace(PLAIN, objective=objective)) == {"objective": words}


def test_only_what_is_given_is_a_property() -> None:
    assert readable_properties(PLAIN) == {}
    product = replace(PLAIN, type=ProductType.BUILDING_BLOCK, lifecycle=Lifecycle.RETIRED)
    assert readable_properties(product) == {"type": "building block", "lifecycle": "retired"}
