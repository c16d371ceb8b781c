from dataclasses import replace
from typing import Any

import pytest
from datahub.emitter.mcp import MetadataChangeProposalWrapper

from datahub_dataproducts.adapters.datahub.proposals.forms import Proposal, WriteSemantics
from datahub_dataproducts.adapters.datahub.proposals.publications import propose
from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Impact,
    MaxAge,
    Outcome,
    Result,
    Update,
)
from datahub_dataproducts.domain.dbt_evidence import Run
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import Asset, DataProduct, Owner

ORDERS = "urn:li:dataset:(urn:li:dataPlatform:duckdb,shop.main.orders,PROD)"
BUILD = "urn:li:assertion:build"
FRESH = "urn:li:assertion:fresh"
TEST = "urn:li:assertion:test"
PLATFORM = "urn:li:dataPlatform:data-products"


def assertion(urn: str, kind: AssertionKind, **fields: Any) -> Assertion:
    given = {"promise": "is built by dbt", "listens_to": (urn,), **fields}
    return Assertion(urn=urn, kind=kind, asset=ORDERS, asset_name="orders", **given)


PRODUCT = DataProduct(
    id="shop",
    domain="urn:li:domain:finance",
    assets=(Asset(urn=ORDERS, name="orders", node="model.shop.orders"),),
    assertions=(
        assertion(BUILD, AssertionKind.BUILD, expect_every=3 * DAY, node="model.shop.orders"),
        assertion(
            FRESH,
            AssertionKind.FRESHNESS,
            promise="is never older than 24 h",
            listens_to=(ORDERS,),
            freshness=MaxAge(age=DAY),
            impact=Impact.WARNING,
        ),
        assertion(TEST, AssertionKind.TESTS, promise="passes unique on id"),
    ),
)


def result(urn: str, outcome: Outcome, message: str = "") -> Run:
    told = Result(subject=urn, at=1000, run_id="run-1", outcome=outcome, message=message)
    return Run(result=told, dataset=ORDERS)


PUBLICATION = Publication(
    products=(PRODUCT,),
    problems=(),
    complete=True,
    runs=(result(BUILD, Outcome.FAILURE, "boom"), result(TEST, Outcome.ERROR)),
    updates=(Update(subject=ORDERS, at=500, run_id="run-2"),),
    asset_owners=((ORDERS, (Owner(urn="urn:li:corpuser:ana", type="TECHNICAL_OWNER"),)),),
)


def proposed(publication: Publication, semantics: WriteSemantics) -> list[Proposal]:
    return list(propose(publication, semantics))


def whole(publication: Publication, urn: str, aspect: str) -> Any:
    for proposal in propose(publication, WriteSemantics.OVERRIDE):
        change = proposal.change
        if (change.entityUrn, change.aspectName) == (urn, aspect):
            assert isinstance(change, MetadataChangeProposalWrapper)
            assert change.aspect is not None
            return change.aspect.to_obj()
    return None


@pytest.mark.parametrize("semantics", list(WriteSemantics))
def test_only_products_definitions_contracts_and_our_assertions_are_ours(
    semantics: WriteSemantics,
) -> None:
    ours = {p.change.entityUrn for p in proposed(PUBLICATION, semantics) if p.is_ours}
    theirs = {p.change.entityUrn for p in proposed(PUBLICATION, semantics) if not p.is_ours}
    assert {str(urn).split(":")[2] for urn in ours} == {
        "dataProduct",
        "platformResource",
        "assertion",
        "dataContract",
    }
    assert theirs == {PLATFORM, ORDERS, TEST}
    assert not ours & theirs


@pytest.mark.parametrize("semantics", list(WriteSemantics))
def test_the_status_of_what_is_not_ours_is_never_touched(semantics: WriteSemantics) -> None:
    statuses = {
        p.change.entityUrn
        for p in proposed(PUBLICATION, semantics)
        if p.change.aspectName == "status"
    }
    assert not statuses & {PLATFORM, ORDERS, TEST}
    assert statuses >= {BUILD, FRESH, "urn:li:dataProduct:shop"}


def test_override_gives_whole_aspects_only_and_leaves_the_owners_of_assets_alone() -> None:
    changes = [p.change for p in proposed(PUBLICATION, WriteSemantics.OVERRIDE)]
    assert all(isinstance(change, MetadataChangeProposalWrapper) for change in changes)
    assert (ORDERS, "ownership") not in {(c.entityUrn, c.aspectName) for c in changes}


def test_patch_adds_the_owners_dbt_names_to_the_datasets() -> None:
    (owners,) = [
        p
        for p in proposed(PUBLICATION, WriteSemantics.PATCH)
        if (p.change.entityUrn, p.change.aspectName) == (ORDERS, "ownership")
    ]
    assert owners.change.changeType == "PATCH"
    assert not owners.is_ours


def test_equal_publications_give_equal_proposals_in_one_order() -> None:
    def texts(semantics: WriteSemantics) -> list[str]:
        return [str(p.change.to_obj()) for p in propose(replace(PUBLICATION), semantics)]

    for semantics in WriteSemantics:
        assert texts(semantics) == texts(semantics)


def test_our_assertions_are_of_the_type_datahub_asks_of_checks_made_outside() -> None:
    assert whole(PUBLICATION, BUILD, "assertionInfo") == {
        "type": "CUSTOM",
        "customAssertion": {"type": "Build", "entity": ORDERS},
        "source": {"type": "EXTERNAL"},
        "description": "orders is built by dbt",
        "customProperties": {
            "product": "shop",
            "impact": "blocking",
            "expect_every": "3d",
            "dbt_unique_id": "model.shop.orders",
        },
    }
    assert whole(PUBLICATION, FRESH, "assertionInfo") == {
        "type": "CUSTOM",
        "customAssertion": {"type": "Freshness", "entity": ORDERS},
        "source": {"type": "EXTERNAL"},
        "description": "orders is never older than 24 h",
        "customProperties": {"product": "shop", "impact": "warning"},
    }
    assert whole(PUBLICATION, BUILD, "dataPlatformInstance") == {"platform": PLATFORM}
    assert whole(PUBLICATION, TEST, "assertionInfo") is None, "dbt's source describes its tests"


def test_a_promise_whose_silence_is_green_says_so() -> None:
    product = replace(PRODUCT, assertions=(assertion(BUILD, AssertionKind.BUILD),))
    info = whole(replace(PUBLICATION, products=(product,)), BUILD, "assertionInfo")
    assert info["customProperties"]["expect_every"] == "never"


@pytest.mark.parametrize(
    ("outcome", "said", "message"),
    [
        (Outcome.SUCCESS, {"type": "SUCCESS"}, ""),
        (
            Outcome.FAILURE,
            {"type": "FAILURE", "severity": "HIGH", "nativeResults": {"message": "boom"}},
            "boom",
        ),
        (Outcome.FAILURE_LOW, {"type": "FAILURE", "severity": "LOW"}, ""),
        (
            Outcome.ERROR,
            {
                "type": "ERROR",
                "nativeResults": {"message": "could not run: what it needs was not built"},
            },
            "",
        ),
    ],
)
def test_a_result_is_a_run_event_at_the_time_of_the_run(
    outcome: Outcome, said: dict[str, Any], message: str
) -> None:
    publication = replace(PUBLICATION, runs=(result(BUILD, outcome, message),))
    event = whole(publication, BUILD, "assertionRunEvent")
    assert event.pop("partitionSpec")
    assert event == {
        "timestampMillis": 1000,
        "assertionUrn": BUILD,
        "asserteeUrn": ORDERS,
        "runId": "run-1",
        "status": "COMPLETE",
        "result": said,
    }


def test_an_update_is_an_operation_at_the_time_the_data_changed() -> None:
    operation = whole(PUBLICATION, ORDERS, "operation")
    assert operation.pop("partitionSpec")
    assert operation == {
        "timestampMillis": 500,
        "lastUpdatedTimestamp": 500,
        "operationType": "UPDATE",
        "customProperties": {"dbt_invocation_id": "run-2"},
    }


@pytest.mark.parametrize("semantics", list(WriteSemantics))
def test_while_anything_is_wrong_no_contract_is_written_and_everything_else_is(
    semantics: WriteSemantics,
) -> None:
    def said(publication: Publication) -> list[str]:
        return [str(p.change.to_obj()) for p in proposed(publication, semantics)]

    missing = set(said(PUBLICATION)) - set(said(replace(PUBLICATION, complete=False)))
    assert len(missing) == 3, "its properties, that it is active, and that it is there"
    assert all("'dataContract'" in text for text in missing)


def test_nothing_to_publish_is_nothing_to_propose() -> None:
    nothing = Publication(products=(), problems=(), complete=True)
    assert proposed(nothing, WriteSemantics.PATCH) == []
