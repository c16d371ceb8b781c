"""The export of what is told to people, the same from every kind of database."""

from typing import Any

from datahub_dataproducts.adapters.datahub.evidence_records import evidence_record
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.digest_ports import DigestMark
from datahub_dataproducts.application.export import export
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.held_news import Acknowledgement, Held, Passed
from datahub_dataproducts.domain.hushes import Hush
from datahub_dataproducts.domain.receipts import Delivered, Retry
from tests.builders import at, checked, product, result
from tests.fakes import FakeCatalog, FakeChannel, store_at

NOW = at("2026-03-02 08:00")
SILENCE = Hush(
    id=0,
    since=NOW,
    until=NOW + HOUR,
    author="ana",
    reason="we move house",
    made_at=NOW - 1,
    products=("users",),
    with_caused=True,
)
HELD = Conversation(
    channel="mails",
    key="users@5",
    kind=Kind.EPISODE,
    roots=("users",),
    opened_at=5,
    members=("revenue", "users"),
    sequence=2,
    remind_at=7,
    held=Held(
        since=6,
        said=("users",),
        is_quiet=True,
        passed=(Passed(product="x", since=1, until=2),),
        ends=("k",),
    ),
    acknowledged=Acknowledgement(by="ana", note="on it", at=6, is_told=True),
    look_at=8,
    news_at=5,
)


def all_of(store: SqlHealthStore) -> dict[str, list[dict[str, Any]]]:
    return {name: list(records) for name, records in export(store, evidence_record)}


def test_what_is_told_to_people_is_exported_with_all_that_decides_about_it(store_url: str) -> None:
    store = store_at(store_url)
    policy = TrackingPolicy(channels=("console", "mails"), patience=Patience(for_=0, clear_for=0))
    tracker = HealthTracker(store, policy)
    tracker.load()
    tracker.define([product("users", checked("u"))], NOW, all_of_them=True)
    tracker.record(result("u", NOW, Outcome.FAILURE), NOW)
    channels = {
        "console": FakeChannel([Delivered(reference='{"ts": "1.2"}')]),
        "mails": FakeChannel([Retry("busy", 60_000, may_have_arrived=True)]),
    }
    Courier(store, FakeCatalog(), channels).deliver(NOW)
    with store.transaction() as book:
        book.put_conversation(HELD)
        book.add_hush(SILENCE)
        book.put_digest_mark(DigestMark(channel="mails", told_until=3, next_at=None))
    found = all_of(store)
    store.close()
    thread = f"users@{NOW}"
    console, mails, held = found["conversations"]
    assert console == mails | {"channel": "console"}
    assert (console["members"], console["is_over"], console["held"]) == (["users"], False, None)
    assert held == {
        "channel": "mails",
        "key": "users@5",
        "kind": "episode",
        "roots": ["users"],
        "opened_at": 5,
        "members": ["revenue", "users"],
        "is_over": False,
        "sequence": 2,
        "remind_at": 7,
        "look_at": 8,
        "news_at": 5,
        "held": {
            "since": 6,
            "said": ["users"],
            "is_quiet": True,
            "passed": [{"product": "x", "since": 1, "until": 2}],
            "ends": ["k"],
        },
        "acknowledged": {"by": "ana", "note": "on it", "at": 6, "is_told": True},
    }
    assert found["silences"] == [
        {
            "id": 1,
            "since": NOW,
            "until": NOW + HOUR,
            "author": "ana",
            "reason": "we move house",
            "made_at": NOW - 1,
            "products": ["users"],
            "domains": [],
            "channels": [],
            "with_caused": True,
        }
    ]
    assert found["digests"] == [
        {"channel": "console", "told_until": None, "next_at": None},
        {"channel": "mails", "told_until": 3, "next_at": None},
    ]
    assert found["shown"] == [
        {"channel": "console", "thread": thread, "reference": '{"ts": "1.2"}'}
    ]
    (rest,) = found["rests"]
    assert (rest["channel"], rest["failures"], rest["reason"]) == ("mails", 1, "busy")
    of_people = [one for one in found["letters"] if one["channel"] != "catalog"]
    assert [
        (one["channel"], one["state"], one["thread"], one["attempts"], one["is_uncertain"])
        for one in of_people
    ] == [("console", "delivered", thread, 0, False), ("mails", "pending", thread, 1, True)]
