"""What DataHub's events tell us, on real samples and on every odd form."""

import json
import timeit
from collections import Counter
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.metadata.schema_classes import (
    DatasetPropertiesClass,
    GenericAspectClass,
    OperationClass,
    PlatformResourceInfoClass,
    StatusClass,
    StructuredPropertiesClass,
)
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.event.event_registry import (
    EntityChangeEvent,
    MetadataChangeLogEvent,
    RelationshipChangeEvent,
)
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.events import event_time, evidence_of
from datahub_dataproducts.adapters.datahub.health_aspects import health_properties, verdict_run
from datahub_dataproducts.adapters.datahub.metadata_files import Skipped, read_events
from datahub_dataproducts.adapters.datahub.news import (
    ContractEdited,
    PoisonEvent,
    ProductDefined,
    ProductEdited,
    ProductRemoved,
    ProductRestored,
)
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.domain.assertions import Outcome, Result, Update
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import HealthPost, VerdictPost
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.verdicts import Verdict
from tests.builders import dataset

SAMPLES = Path(__file__).parents[2] / "data" / "datahub_events"
DATASET = "urn:li:dataset:(urn:li:dataPlatform:duckdb,shop.main.orders,PROD)"
ASSERTION = "urn:li:assertion:a1"


def read(name: str) -> list[EventEnvelope]:
    events = [event for event in read_events(SAMPLES / name) if not isinstance(event, Skipped)]
    assert events
    return events


DEEP = b'{"a":' * 100_000


def log(
    entity: str, aspect: str, value: Any, *, urn: str | None = "urn:x", change: str = "UPSERT"
) -> EventEnvelope:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    event = MetadataChangeLogEvent(
        entityType=entity,
        entityUrn=urn,
        aspectName=aspect,
        changeType=change,
        aspect=None if value is None else GenericAspectClass(raw, "application/json"),
    )
    return EventEnvelope("MetadataChangeLogEvent_v1", event, {})


def emitted(proposal: MetadataChangeProposalWrapper) -> EventEnvelope:
    """The event for a proposal, its aspect in the very JSON that the client sends."""
    made = proposal.make_mcp()
    assert made.aspect is not None
    return log(
        str(made.entityType), str(made.aspectName), made.aspect.value, urn=proposal.entityUrn
    )


def run(**changes: Any) -> EventEnvelope:
    value = {
        "timestampMillis": 1_000,
        "runId": "r1",
        "assertionUrn": ASSERTION,
        "asserteeUrn": DATASET,
        "status": "COMPLETE",
        "result": {"type": "SUCCESS"},
    }
    return log("assertion", "assertionRunEvent", {**value, **changes}, urn=ASSERTION)


def told(parameters: dict[str, Any], **changes: Any) -> EventEnvelope:
    value = {
        "entityType": "assertion",
        "entityUrn": ASSERTION,
        "category": "RUN",
        "operation": "COMPLETED",
        "auditStamp": {"time": 1_000, "actor": "urn:li:corpuser:datahub"},
        "version": 0,
        "parameters": parameters,
    }
    event = EntityChangeEvent.from_json(json.dumps({**value, **changes}))
    return EventEnvelope("EntityChangeEvent_v1", event, {})


def result(outcome: Outcome, message: str = "") -> Result:
    return Result(subject=ASSERTION, at=1_000, run_id="r1", outcome=outcome, message=message)


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("03_test_2_fail.mcl.json", {Outcome.SUCCESS: 19, Outcome.FAILURE: 2}),
        ("10_test_errors.mcl.json", {Outcome.SUCCESS: 18, Outcome.ERROR: 3}),
        ("mcp__assertion_run_events.dbt_golden_2022.success.json", {Outcome.SUCCESS: 3}),
        ("dbt_source/1_pass.mcps.json.gz", {Outcome.SUCCESS: 21}),
        ("dbt_source/2_fail_and_skip.mcps.json.gz", {Outcome.FAILURE: 1, Outcome.SUCCESS: 4}),
        ("dbt_source/3_test_only_fail.mcps.json.gz", {Outcome.SUCCESS: 19, Outcome.FAILURE: 2}),
        ("dbt_source/4_test_only_warn.mcps.json.gz", {Outcome.SUCCESS: 21}),
        ("dbt_source/8_compile_gives_21_SUCCESS.mcps.json.gz", {Outcome.SUCCESS: 21}),
        ("dbt_source/9_model_error_and_skip.mcps.json.gz", {Outcome.SUCCESS: 5}),
        ("dbt_source/10_test_errors.mcps.json.gz", {Outcome.SUCCESS: 18, Outcome.ERROR: 3}),
    ],
)
def test_every_real_run_event_is_a_result_and_nothing_else_is(
    name: str, outcomes: dict[Outcome, int]
) -> None:
    events = read(name)
    runs = [e for e in events if e.event.aspectName == "assertionRunEvent"]  # type: ignore[attr-defined]
    results = [piece for event in events for piece in evidence_of(event)]
    assert len(results) == len(runs) > 0
    assert Counter(r.outcome for r in results if isinstance(r, Result)) == outcomes
    assert all(
        isinstance(r, Result) and r.at == event_time(e) for r, e in zip(results, runs, strict=True)
    )


def test_a_run_event_is_a_result_with_the_message_of_the_check() -> None:
    event = run(result={"type": "ERROR", "nativeResults": {"message": "no such table"}})
    assert evidence_of(event) == (result(Outcome.ERROR, "no such table"),)
    assert event_time(event) == 1_000


@pytest.mark.parametrize(
    ("told_of", "outcome"),
    [
        ({"type": "SUCCESS"}, Outcome.SUCCESS),
        ({"type": "FAILURE"}, Outcome.FAILURE),
        ({"type": "FAILURE", "severity": "HIGH"}, Outcome.FAILURE),
        ({"type": "FAILURE", "severity": "LOW"}, Outcome.FAILURE_LOW),
        ({"type": "ERROR", "severity": "LOW"}, Outcome.ERROR),
        ({"type": "SUCCESS", "nativeResults": None, "unheardOf": [1]}, Outcome.SUCCESS),
    ],
)
def test_the_outcome_is_the_results_type_and_severity(
    told_of: dict[str, Any], outcome: Outcome
) -> None:
    assert evidence_of(run(result=told_of)) == (result(outcome),)


@pytest.mark.parametrize(
    "changes", [{"result": {"type": "INIT"}}, {"result": None}, {"status": "STARTED"}]
)
def test_a_run_without_a_result_is_no_evidence(changes: dict[str, Any]) -> None:
    assert evidence_of(run(**changes)) == ()


def test_a_very_long_message_is_shortened() -> None:
    event = run(result={"type": "ERROR", "nativeResults": {"message": "x" * 100_000}})
    [piece] = evidence_of(event)
    assert isinstance(piece, Result)
    assert len(piece.message) == 2_003


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-02T05:00:00+00:00", 1_772_427_600_000),
        ("2026-03-02T06:00:00.250000+01:00", 1_772_427_600_250),
        ("2026-03-02T05:00:00", 1_772_427_600_000),
        ("2026-03-02T05:00:00Z", 1_772_427_600_000),
    ],
)
def test_a_source_freshness_run_also_tells_when_the_source_was_loaded(text: str, at: int) -> None:
    native = {"status": "pass", "max_loaded_at": text, "max_loaded_at_time_ago_in_s": "120.0"}
    event = run(result={"type": "SUCCESS", "nativeResults": native})
    update = Update(subject=DATASET, at=at, run_id="r1")
    assert evidence_of(event) == (result(Outcome.SUCCESS), update)


def test_real_source_freshness_tells_the_load_time_of_fresh_and_stale_sources_alike() -> None:
    news = [
        piece for event in read("dbt_source_freshness.mcps.json") for piece in evidence_of(event)
    ]
    results = [piece for piece in news if isinstance(piece, Result)]
    updates = {piece.subject: piece.at for piece in news if isinstance(piece, Update)}
    assert Counter(piece.outcome for piece in results) == {Outcome.FAILURE: 1, Outcome.SUCCESS: 3}
    dataset = "urn:li:dataset:(urn:li:dataPlatform:duckdb,analytics.{},PROD)"
    monday, tuesday = 1_772_427_600_000, 1_772_514_000_000
    assert updates == {
        dataset.format("app.users"): monday,
        dataset.format("marketing.touches"): tuesday,
        dataset.format("shop.orders"): tuesday,
        dataset.format("stripe.charges"): tuesday,
    }


@pytest.mark.parametrize("text", ["None", "", "yesterday", "0001-01-01T00:00:00+00:00"])
def test_a_load_time_that_is_none_leaves_the_result(text: str) -> None:
    event = run(result={"type": "FAILURE", "nativeResults": {"max_loaded_at": text}})
    assert evidence_of(event) == (result(Outcome.FAILURE),)


def test_the_run_told_on_a_real_server_counts_until_the_run_event_comes() -> None:
    event = told({"runResult": "COMPLETE", "runId": "r1", "assertionResult": "FAILURE"})
    expected = Result(
        subject=ASSERTION, at=1_000, run_id="r1", outcome=Outcome.FAILURE, provisional=True
    )
    assert evidence_of(event) == (expected,)
    assert event_time(event) == 1_000


def test_the_sample_of_the_documentation_has_its_result_in_another_place() -> None:
    name = "entity_change_event__assertion_run_completed.docs_sample.json"
    sample = json.loads((SAMPLES / name).read_text())
    event = EntityChangeEvent.from_json(json.dumps({"version": 0, **sample}))
    [piece] = evidence_of(EventEnvelope("EntityChangeEvent_v1", event, {}))
    assert piece == Result(
        subject="urn:li:assertion:abc",
        at=1_649_953_100_653,
        run_id="123",
        outcome=Outcome.SUCCESS,
        provisional=True,
    )


@pytest.mark.parametrize(
    ("parameters", "changes"),
    [
        ({"runResult": "COMPLETE", "runId": "r1"}, {}),
        ({"runResult": "COMPLETE", "runId": "r1", "assertionResult": "INIT"}, {}),
        ({"runId": "r1", "assertionResult": "FAILURE"}, {"operation": "STARTED"}),
        ({"runId": "r1", "assertionResult": "FAILURE"}, {"category": "OWNER"}),
        ({"runId": "r1", "assertionResult": "FAILURE"}, {"entityType": "dataJob"}),
    ],
)
def test_other_entity_changes_are_no_evidence(
    parameters: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert evidence_of(told(parameters, **changes)) == ()


@pytest.mark.parametrize("kind", ["INSERT", "UPDATE", "DELETE", "CREATE", "CUSTOM", "UNKNOWN"])
def test_an_operation_that_changes_data_is_an_update_at_its_own_time(kind: str) -> None:
    operation = OperationClass(timestampMillis=9, operationType=kind, lastUpdatedTimestamp=5)
    event = emitted(MetadataChangeProposalWrapper(entityUrn=DATASET, aspect=operation))
    assert evidence_of(event) == (Update(subject=DATASET, at=5, run_id=f"operation {kind}"),)
    assert event_time(event) == 5


@pytest.mark.parametrize("kind", ["ALTER", "DROP"])
def test_an_operation_on_the_table_itself_is_no_update(kind: str) -> None:
    operation = OperationClass(timestampMillis=9, operationType=kind, lastUpdatedTimestamp=5)
    event = emitted(MetadataChangeProposalWrapper(entityUrn=DATASET, aspect=operation))
    assert evidence_of(event) == ()


def test_a_published_definition_is_a_product() -> None:
    product = DataProduct(id="revenue", domain="urn:li:domain:finance", name="Revenü")
    event = emitted(
        MetadataChangeProposalWrapper(
            entityUrn=definition_urn("revenue"), aspect=definition_aspect(product)
        )
    )
    assert evidence_of(event) == (ProductDefined(product),)
    assert event_time(event) is None


def test_a_platform_resource_of_others_is_not_ours() -> None:
    info = PlatformResourceInfoClass(resourceType="eventConsumerState", primaryKey="x")
    event = emitted(MetadataChangeProposalWrapper(entityUrn=definition_urn("x"), aspect=info))
    assert evidence_of(event) == ()


@pytest.mark.parametrize("urn", ["urn:li:dataProduct:revenue", definition_urn("revenue")])
def test_a_removed_and_a_restored_product_are_told(urn: str) -> None:
    for removed, expected in ((True, (ProductRemoved(urn),)), (False, (ProductRestored(urn),))):
        aspect = StatusClass(removed=removed)
        event = emitted(MetadataChangeProposalWrapper(entityUrn=urn, aspect=aspect))
        assert evidence_of(event) == expected


def test_edits_of_a_product_and_of_a_contract_are_told_with_what_they_are_of() -> None:
    product = log("dataProduct", "dataProductProperties", {"name": "P"}, urn="urn:li:dataProduct:p")
    assert evidence_of(product) == (ProductEdited("p"),)
    contract = {"entity": dataset("orders"), "dataQuality": []}
    edited = log("dataContract", "dataContractProperties", contract, urn="urn:li:dataContract:c")
    assert evidence_of(edited) == (ContractEdited(dataset("orders")),)


def test_a_deleted_contract_is_told_where_the_server_says_what_it_was() -> None:
    deleted = log("dataContract", "dataContractProperties", None, change="DELETE")
    for value, expected in (
        (json.dumps({"entity": dataset("orders")}).encode(), (ContractEdited(dataset("orders")),)),
        (b"{", ()),
    ):
        before = GenericAspectClass(value=value, contentType="application/json")
        deleted.event.previousAspectValue = before
        assert evidence_of(deleted) == expected
    deleted.event.previousAspectValue = None
    assert evidence_of(deleted) == ()
    assert evidence_of(log("dataProduct", "dataProductProperties", None, change="DELETE")) == ()


def test_a_product_without_a_name_of_its_own_is_poison() -> None:
    event = log("dataProduct", "dataProductProperties", {"name": "P"}, urn="urn:li:dataProduct:")
    with pytest.raises(PoisonEvent, match="not the URN of a data product"):
        evidence_of(event)


@pytest.mark.parametrize(
    ("entity", "aspect"),
    [("platformResource", "platformResourceInfo"), ("dataProduct", "dataProductKey")],
)
def test_a_hard_delete_removes_the_product_too(entity: str, aspect: str) -> None:
    event = log(entity, aspect, None, urn="urn:gone", change="DELETE")
    assert evidence_of(event) == (ProductRemoved("urn:gone"),)


@pytest.mark.parametrize(
    "event",
    [
        log("assertion", "assertionRunEvent", None, change="DELETE"),
        log("dataset", "operation", None, change="DELETE"),
        log("dataProduct", "status", {"removed": True}, change="DELETE"),
        log("dataProduct", "status", [{"op": "add", "path": "/removed"}], change="PATCH"),
        log("dataProduct", "dataProductKey", {"id": "x"}),
        log("dataset", "status", {"removed": True}),
        log("dataJob", "operation", {}),
    ],
)
def test_what_speaks_of_nothing_we_follow_is_passed_over(event: EventEnvelope) -> None:
    assert evidence_of(event) == ()
    assert event_time(event) is None


def test_an_event_of_another_type_is_passed_over() -> None:
    change = RelationshipChangeEvent.from_json(
        json.dumps({
            "sourceUrn": "urn:a",
            "destinationUrn": "urn:b",
            "operation": "ADD",
            "relationshipType": "Asserts",
            "lifecycleOwner": "urn:a",
            "auditStamp": {"time": 1, "actor": "urn:li:corpuser:a"},
        })
    )
    event = EventEnvelope("RelationshipChangeEvent_v1", change, {})
    assert evidence_of(event) == ()
    assert event_time(event) is None


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (run(timestampMillis="soon"), "assertionRunEvent of urn:li:assertion:a1 is malformed"),
        (run(timestampMillis=-1), "malformed"),
        (run(timestampMillis=10**30), "malformed"),
        (run(result={"type": "s3cret"}), "none of SUCCESS, FAILURE, ERROR, INIT"),
        (log("assertion", "assertionRunEvent", b'{"runId":"s3cret"', urn=ASSERTION), "malformed"),
        (log("assertion", "assertionRunEvent", b"\xff\xfe s3cret", urn=ASSERTION), "malformed"),
        (log("assertion", "assertionRunEvent", DEEP, urn=ASSERTION), "malformed"),
        (log("dataset", "operation", b'{"a":' + DEEP, urn=DATASET), "malformed"),
        (log("assertion", "assertionRunEvent", None, urn=ASSERTION), "has no aspect"),
        (log("dataset", "operation", {"operationType": "INSERT"}, urn=DATASET), "malformed"),
        (
            log(
                "dataset",
                "operation",
                {"operationType": "INSERT", "lastUpdatedTimestamp": 1},
                urn=None,
            ),
            "does not say of what",
        ),
        (
            log(
                "platformResource",
                "platformResourceInfo",
                {"resourceType": "data-product-definition", "value": {"blob": "s3cret"}},
            ),
            "the definition urn:x cannot be read: the definition is not JSON",
        ),
        (
            log(
                "platformResource",
                "platformResourceInfo",
                {"resourceType": "data-product-definition", "value": {"blob": DEEP.decode()}},
            ),
            "the definition urn:x cannot be read: the definition is not JSON",
        ),
        (
            log(
                "platformResource",
                "platformResourceInfo",
                {"resourceType": "data-product-definition"},
            ),
            "the definition urn:x is empty",
        ),
        (told({"assertionResult": "FAILURE"}), "names no assertion or no run id"),
        (told({"assertionResult": "s3cret", "runId": "r"}), "none of SUCCESS, FAILURE"),
        (told({"assertionResult": ["s3cret"], "runId": "r"}), "none of SUCCESS, FAILURE"),
        (
            told(
                {"assertionResult": "FAILURE", "runId": "r"}, auditStamp={"time": -5, "actor": "a"}
            ),
            "has no possible time",
        ),
    ],
)
def test_a_malformed_event_of_ours_is_poison_and_says_why_without_its_values(
    event: EventEnvelope, reason: str
) -> None:
    with pytest.raises(PoisonEvent) as error:
        evidence_of(event)
    assert reason in str(error.value)
    assert "s3cret" not in str(error.value)
    assert "\n" not in str(error.value)


@given(value=st.binary(max_size=40) | st.text(max_size=40).map(lambda t: t.encode()))
def test_garbage_is_poison_and_nothing_worse(value: bytes) -> None:
    for entity, aspect in (
        ("assertion", "assertionRunEvent"),
        ("dataset", "operation"),
        ("platformResource", "platformResourceInfo"),
    ):
        event = log(entity, aspect, value)
        with pytest.raises(PoisonEvent):
            evidence_of(event)
        assert event_time(event) is None


def test_our_own_posts_feed_nothing_back() -> None:
    health = HealthPost(
        product="revenue",
        at=1_000,
        health=Health.UNHEALTHY,
        since=1,
        reason="",
        uptime=Fraction(1),
        coverage=None,
        window=1,
    )
    shown = StructuredPropertiesClass(properties=list(health_properties(health)))
    event = emitted(
        MetadataChangeProposalWrapper(entityUrn="urn:li:dataProduct:revenue", aspect=shown)
    )
    assert evidence_of(event) == ()


def test_our_own_freshness_run_is_a_result_never_an_update_so_no_freshness_promise_hears_it() -> (
    None
):
    verdict = VerdictPost(
        assertion=ASSERTION, dataset=DATASET, at=1_000, verdict=Verdict.NOT_MET, message="late"
    )
    [piece] = evidence_of(emitted(verdict_run(verdict)))
    assert isinstance(piece, Result)
    assert (piece.subject, piece.outcome) == (ASSERTION, Outcome.FAILURE)


def test_most_events_are_not_ours_and_cost_little_beside_one_that_is() -> None:
    properties = DatasetPropertiesClass(description="x" * 10_000)
    foreign = emitted(MetadataChangeProposalWrapper(entityUrn=DATASET, aspect=properties))
    ours = run()
    # The best of several, of both in turn: what else the machine does must not fail this.
    best = [
        min(timeit.repeat(partial(evidence_of, event), number=1_000, repeat=7))
        for event in (foreign, ours)
    ]
    assert best[0] < best[1] / 2
