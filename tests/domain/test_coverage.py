"""What a product at its stage should have, and has not, is told where it says its stage."""

from dataclasses import replace
from typing import Any

import pytest

from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.coverage import review_coverage
from datahub_dataproducts.domain.documents import OwnerDocument
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import Lifecycle, ProductType
from datahub_dataproducts.domain.rules import DEFAULT_RULES, DEFAULT_STAGES, Artefact, Rules
from datahub_dataproducts.domain.submissions import Submission
from tests.submissions import (
    OWNERS,
    age,
    by_urn,
    lines,
    place,
    promised,
    submission,
    table,
    wrong,
)

FCT = table("fct")
LIVE = {"lifecycle": place(7)}
RUNBOOK = "https://wiki.example.com/runbooks/a"
ASKING = Rules(
    stages={
        **DEFAULT_STAGES,
        Lifecycle.LIVE: replace(
            DEFAULT_STAGES[Lifecycle.LIVE],
            owners=("urn:li:ownershipType:architect", "DATA_STEWARD"),
            required=(Artefact.FRESHNESS, Artefact.OBJECTIVE),
            expected=tuple(Artefact),
        ),
    }
)


def told(one: Submission, rules: Rules = DEFAULT_RULES) -> list[str]:
    return lines(review_coverage([one], rules))


def live(*promises: Any, **fields: Any) -> Submission:
    given: dict[str, Any] = {"owners": OWNERS, "places": LIVE, "runbook": RUNBOOK, **fields}
    return submission("a", *(promises or [promised(FCT)]), lifecycle=Lifecycle.LIVE, **given)


def bare(**fields: Any) -> Submission:
    """A live product with nothing at all."""
    return submission("a", lifecycle=Lifecycle.LIVE, **{"places": LIVE, **fields})


def test_a_live_product_wants_its_owners_and_a_runbook_where_it_says_that_it_is_live() -> None:
    assert told(bare()) == [
        (
            "p.yml:7:3: error[missing-owner]: a live product needs a business owner, and this one "
            "has none; add one of type BUSINESS_OWNER to `owners`"
        ),
        (
            "p.yml:7:3: error[missing-owner]: a live product needs a technical owner, and this one "
            "has none; add one of type TECHNICAL_OWNER to `owners`"
        ),
        (
            "p.yml:7:3: error[missing-runbook]: a live product needs a runbook, and this one has "
            "none; add `runbook: https://...`, what to do when it is not healthy"
        ),
        (
            "p.yml:7:3: warning[missing-contract]: a live product should have a contract, and this "
            "one has none; add `contract`, what its users can rely on; without one nothing is known "
            "of its health"
        ),
    ]


@pytest.mark.parametrize("stage", [stage for stage in Lifecycle if stage is not Lifecycle.LIVE])
def test_a_product_that_is_not_live_wants_nothing(stage: Lifecycle) -> None:
    assert told(submission("a", lifecycle=stage)) == []


def test_datahubs_own_urns_of_the_types_count() -> None:
    system = "urn:li:ownershipType:__system__"
    owners = tuple(replace(o, type=f"{system}{o.type.lower()}") for o in OWNERS)
    assert told(live(owners=owners)) == []


def test_what_is_given_and_wrong_is_not_missing() -> None:
    given = {"lifecycle": place(7), "runbook": place(8), "contract": place(9)}
    ill = wrong(bare(owners=OWNERS, ports=(FCT,), places=given))
    assert told(ill) == []
    empty = bare(owners=OWNERS, runbook=RUNBOOK, places=given)
    assert [line[:33] for line in told(empty)] == ["p.yml:7:3: warning[missing-contra"]


def test_an_output_port_without_freshness_is_told_at_the_port() -> None:
    port = table("fct", 6)
    assert told(live(promised(FCT), ports=(port,))) == [
        (
            "p.yml:6:3: warning[port-without-freshness]: the output port fct has no freshness "
            "promise, so nobody hears of it when it stays as it was yesterday; add to its contract "
            '`freshness: {ready_by: "08:00"}` or `freshness: {max_age: 24h}`'
        )
    ]
    assert told(live(promised(FCT, age(DAY)), ports=(port,))) == []
    assert told(submission("a", ports=(port,))) == []


def test_of_what_dbt_moves_no_data_of_and_of_what_is_no_table_no_freshness_is_asked() -> None:
    view = table("view", materialization="view")
    board = by_urn("urn:li:dashboard:(looker,1)")
    assert told(live(ports=(view, board))) == []


def test_of_sources_and_tables_given_by_urn_it_is() -> None:
    source = table("charges", resource_type="source", materialization="")
    by_name = by_urn("urn:li:dataset:(urn:li:dataPlatform:kafka,orders,PROD)", "orders")
    assert [line.split()[5] for line in told(live(ports=(source, by_name)))] == [
        "charges",
        "orders",
    ]


def test_a_team_may_ask_for_more_and_less() -> None:
    port = table("fct", 6)
    lines_ = told(bare(ports=(port,), owners=OWNERS), ASKING)
    assert [line.split(";")[0] for line in lines_] == [
        (
            "p.yml:7:3: error[missing-owner]: a live product needs an owner of type "
            "urn:li:ownershipType:architect, and this one has none"
        ),
        (
            "p.yml:7:3: error[missing-owner]: a live product needs an owner of type DATA_STEWARD, and "
            "this one has none"
        ),
        (
            "p.yml:7:3: warning[missing-runbook]: a live product should have a runbook, and this one has "
            "none"
        ),
        (
            "p.yml:7:3: warning[missing-contract]: a live product should have a contract, and this one "
            "has none"
        ),
        (
            "p.yml:6:3: error[port-without-freshness]: the output port fct has no freshness promise, so "
            "nobody hears of it when it stays as it was yesterday"
        ),
        "p.yml:7:3: error[missing-artefact]: a live product needs an objective, and this one has none",
        (
            "p.yml:7:3: warning[missing-artefact]: a live product should have an output port, and this "
            "one has none"
        ),
        (
            "p.yml:7:3: warning[missing-artefact]: a live product should have a description, and this "
            "one has none"
        ),
        (
            "p.yml:7:3: warning[missing-artefact]: a live product should have a name for people, and "
            "this one has none"
        ),
        (
            "p.yml:7:3: warning[missing-artefact]: a live product should have a type, and this one has "
            "none"
        ),
    ]


@pytest.mark.parametrize("stage", Lifecycle)
def test_a_metric_wants_somebody_of_the_business_while_it_is_looked_after(stage: Lifecycle) -> None:
    metric = submission("a", lifecycle=stage, type=ProductType.METRIC, places={"type": place(4)})
    found = [line for line in told(metric) if "business" in line]
    if stage is Lifecycle.RETIRED:
        assert found == []
    elif stage is Lifecycle.LIVE:
        assert [line.partition(":")[2][:28] for line in found] == ["1:3: error[missing-owner]: a"]
    else:
        assert found == [
            (
                "p.yml:4:3: warning[metric-without-business-owner]: the business uses a metric, and "
                "nobody of the business answers for this one; add an owner of type BUSINESS_OWNER, "
                "who says what it means"
            )
        ]


def test_a_metric_with_a_business_owner_and_a_building_block_without_are_fine() -> None:
    metric = submission("a", type=ProductType.METRIC, owners=OWNERS)
    assert told(metric) == []
    steward = (OwnerDocument(id="x", type="DATA_STEWARD", location=place(2)),)
    assert told(submission("a", type=ProductType.BUILDING_BLOCK, owners=steward)) == []


def test_a_blocking_promise_of_an_announced_product_wants_a_runbook() -> None:
    mild = promised(FCT, age(DAY), 10, impact=Impact.WARNING)
    strict = promised(FCT, age(DAY), 13)
    deprecated = submission("a", mild, strict, lifecycle=Lifecycle.DEPRECATED)
    assert told(deprecated) == [
        (
            "p.yml:13:3: warning[blocking-without-runbook]: people are told when this promise is "
            "broken, and no runbook says what to do then; add `runbook: https://...`, or let the "
            "promise be `impact: warning`"
        )
    ]
    assert told(submission("a", mild, lifecycle=Lifecycle.DEPRECATED)) == []
    with_one = submission("a", strict, lifecycle=Lifecycle.DEPRECATED, runbook=RUNBOOK)
    assert told(with_one) == []
    assert told(submission("a", strict)) == []
