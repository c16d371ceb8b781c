"""Nothing that an event may hold is too long for a store: what comes after it is heard."""

import json
import random
import string
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from datahub.metadata.schema_classes import AuditStampClass, GenericAspectClass
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.event.event_registry import EntityChangeEvent, MetadataChangeLogEvent

from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.events import evidence_of
from datahub_dataproducts.adapters.datahub.news import PoisonEvent, ProductDefined
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import IncidentNotice, Outcome, Result
from datahub_dataproducts.domain.durations import DAY, MINUTE
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.name_lengths import LONGEST_NAME
from datahub_dataproducts.domain.products import DataProduct, Input
from tests.builders import at, checked, product, result
from tests.fakes import store_at

NOW = at("2026-03-02 08:00")
SIGNS = string.ascii_letters + string.digits + "\u00e9\u4e16\U0001f600"


def noise(length: int, seed: int = 1) -> str:
    """A text that no database makes shorter."""
    chance = random.Random(seed)
    return "".join(chance.choices(SIGNS, k=length))


def long_name(prefix: str, seed: int) -> str:
    """The longest name that is kept, as hard to compress as it gets."""
    text = (prefix + noise(LONGEST_NAME, seed)).encode()[:LONGEST_NAME]
    return text.decode("utf-8", "ignore")


@pytest.fixture
def store(store_url: str) -> Iterator[SqlHealthStore]:
    opened = store_at(store_url)
    yield opened
    opened.close()


def tracker_of(store: SqlHealthStore, *products: DataProduct) -> HealthTracker:
    patience = Patience(for_=10 * MINUTE, clear_for=0)
    policy = TrackingPolicy(channels=("console",), patience=patience)
    tracker = HealthTracker(store, policy)
    tracker.load()
    tracker.define(products, NOW, all_of_them=True)
    return tracker


def change_log(entity: str, urn: str, aspect: str, value: dict[str, Any]) -> EventEnvelope:
    body = GenericAspectClass(json.dumps(value).encode(), "application/json")
    log = MetadataChangeLogEvent(
        entityType=entity, entityUrn=urn, aspectName=aspect, changeType="UPSERT", aspect=body
    )
    return EventEnvelope("MetadataChangeLogEvent_v1", log, {})


def run_event(assertion: str, run: str, when: int) -> EventEnvelope:
    told = {
        "timestampMillis": when,
        "runId": run,
        "assertionUrn": assertion,
        "asserteeUrn": "",
        "status": "COMPLETE",
        "result": {"type": "FAILURE"},
    }
    return change_log("assertion", assertion, "assertionRunEvent", told)


def completed(assertion: str, run: str, when: int) -> EventEnvelope:
    change = EntityChangeEvent.from_json(
        json.dumps({
            "entityType": "assertion",
            "entityUrn": assertion,
            "category": "RUN",
            "operation": "COMPLETED",
            "auditStamp": {"actor": "urn:li:corpuser:ana", "time": when},
            "version": 0,
            "parameters": {"runId": run, "assertionResult": "FAILURE"},
        })
    )
    return EventEnvelope("EntityChangeEvent_v1", change, {})


def hear(tracker: HealthTracker, event: EventEnvelope) -> list[bool]:
    told = evidence_of(event)
    return [tracker.record(one, NOW) for one in told if isinstance(one, Result | IncidentNotice)]


@pytest.mark.parametrize(
    "run", [noise(5_000), "\x00" + noise(400) * 9, "\u4e16" * 300, "x\ud800" + noise(3_000)]
)
def test_a_run_id_of_any_length_is_kept_and_known_again(store: SqlHealthStore, run: str) -> None:
    tracker = tracker_of(store, product("users", checked("u")))
    subject = "urn:li:assertion:u"
    # Of a run that is told twice, the first word stands only until the second.
    assert hear(tracker, completed(subject, run, NOW + 1)) == [True]
    assert hear(tracker, completed(subject, run, NOW + 1)) == [False]
    run_of_both = run.encode("utf-8", "replace").decode()
    if run_of_both == run:
        assert hear(tracker, run_event(subject, run, NOW + 1)) == [True]
        assert hear(tracker, run_event(subject, run, NOW + 1)) == [False]
        assert hear(tracker, run_event(subject, run + "another", NOW + 1)) == [True]
        with store.reading() as archive:
            kept = archive.evidence([subject], None)
        assert len({one.run_id for one in kept}) == len(kept) == 2


def test_the_longest_names_all_fit(store: SqlHealthStore) -> None:
    checks = [
        replace(checked("u"), urn=urn, listens_to=(urn,), asset=long_name("urn:li:dataset:", 2))
        for urn in (long_name("urn:li:assertion:", 3),)
    ]
    root, user = long_name("", 4), long_name("", 5)
    products = [product(root, *checks), product(user, inputs=(Input(product=root),))]
    tracker = tracker_of(store, *products)
    when = NOW + MINUTE
    told = Result(subject=checks[0].urn, at=when, run_id=noise(400)[:99], outcome=Outcome.FAILURE)
    assert tracker.record(told, when)
    notice = IncidentNotice(
        subject="",
        incident=long_name("urn:li:incident:", 6),
        at=when,
        active=False,
        grave=False,
        title="\U0001f600" * 203,
        written_at=when,
    )
    assert tracker.record(replace(notice, subject=long_name("urn:li:dataset:", 2)), when) is False
    tracker.record(notice, when)
    # Promises of a generation that is over have a place of their own.
    changed = replace(products[0], assertions=(checked("v"),))
    tracker.define([changed, product(user)], when + DAY, all_of_them=True)
    with store.reading() as archive:
        assert archive.evidence([checks[0].urn], None) == [told]


def test_a_conversation_about_very_many_roots_is_told(store: SqlHealthStore) -> None:
    roots = [product(f"{noise(40, n)}-{n}", checked(f"c{n}")) for n in range(60)]
    one = product("one", inputs=tuple(Input(product=root.id) for root in roots))
    tracker = tracker_of(store, *roots, one)
    for number in range(60):
        tracker.record(result(f"c{number}", NOW + MINUTE, Outcome.FAILURE), NOW + MINUTE)
    tracker.tick(NOW + DAY)
    with store.reading() as archive:
        keys = {key for _, key in archive.conversations_of("one")}
    assert 500 < max(len(key.encode()) for key in keys) < LONGEST_NAME


def test_an_incident_with_a_name_beyond_all_measure_is_set_aside(store: SqlHealthStore) -> None:
    tracker = tracker_of(store, product("users", checked("u")))
    stamp = {"time": NOW, "actor": "urn:li:corpuser:ana"}
    info = {
        "type": "CUSTOM",
        "entities": [],
        "status": {"state": "ACTIVE", "lastUpdated": stamp},
        "created": stamp,
    }
    urn = "urn:li:incident:\ud800"
    with pytest.raises(PoisonEvent, match="the URN of an incident is no Unicode") as poison:
        evidence_of(change_log("incident", urn, "incidentInfo", info))
    tracker.set_aside(f"{poison.value} {urn}", "content", NOW)
    assert store.set_aside_count() == 1
    with pytest.raises(PoisonEvent, match="the URN of an incident has more than 800 bytes"):
        evidence_of(change_log("incident", "urn:li:incident:" + noise(900), "incidentInfo", info))
    log = MetadataChangeLogEvent(
        entityType="incident",
        entityUrn="urn:li:incident:" + noise(900),
        aspectName="incidentKey",
        changeType="DELETE",
        created=AuditStampClass(NOW, "urn:li:corpuser:ana"),
    )
    with pytest.raises(PoisonEvent):
        evidence_of(EventEnvelope("MetadataChangeLogEvent_v1", log, {}))


def test_a_definition_with_a_name_beyond_all_measure_is_set_aside() -> None:
    long = product("users", replace(checked("u"), listens_to=(noise(900),)))
    for defined, is_taken in ((product("users", checked("u")), True), (long, False)):
        aspect = definition_aspect(defined).to_obj()
        event = change_log("platformResource", "urn:x", "platformResourceInfo", aspect)
        if is_taken:
            assert evidence_of(event) == (ProductDefined(defined),)
        else:
            with pytest.raises(PoisonEvent, match="the URN of a check has more than 800 bytes"):
                evidence_of(event)
