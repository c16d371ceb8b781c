"""The audit: finds nothing wrong in what the tracker keeps, and everything that is."""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datahub_dataproducts.application.audit import audit
from datahub_dataproducts.application.recomputing import Finding, FindingKind
from datahub_dataproducts.application.retention import compact
from datahub_dataproducts.domain.assertions import Evidence, MaxAge, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.products import DataProduct, Input
from datahub_dataproducts.domain.retention import Marks
from tests.application.test_track_health import tracker_on
from tests.builders import checked, freshness_assertion, product, result, update
from tests.strategies import BEGIN, GRID, LENGTH, catalogs, histories_of_evidence, instants

UNTIL = BEGIN + LENGTH * GRID


@settings(max_examples=60)
@given(catalogs(), histories_of_evidence, st.none() | instants, st.lists(instants, max_size=2))
def test_what_the_tracker_keeps_is_what_is_computed_again(
    made: list[DataProduct], heard: list[Evidence], mark: int | None, ticks: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tracker, store = tracker_on(folder, made)
        for piece in heard:
            tracker.record(piece, piece.at)
        for tick in ticks:
            tracker.tick(tick)
        list(compact(store, Marks(results=mark)))
        found = audit(store)
        tracker.tick(UNTIL)
        again = audit(store)
        store.close()
    assert found.findings == again.findings == ()
    assert found.mark == mark
    assert again.compared == dict.fromkeys(sorted({p.id for p in made}), mark)


@settings(max_examples=30)
@given(catalogs(), catalogs(), histories_of_evidence, instants, st.integers(0, 25))
def test_products_that_were_redefined_are_held_to_what_they_promised_at_each_time(
    made: list[DataProduct],
    anew: list[DataProduct],
    heard: list[Evidence],
    turn: int,
    count: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tracker, store = tracker_on(folder, made)
        for piece in heard[:count]:
            tracker.record(piece, UNTIL)
        tracker.define(anew, turn, all_of_them=True)
        for piece in heard[count:]:
            tracker.record(piece, UNTIL)
        found = audit(store)
        tracker.tick(UNTIL)
        again = audit(store)
        store.close()
    assert found.findings == again.findings == ()


USERS = product(
    "users", checked("users", expect_every=2 * DAY), freshness_assertion("x", MaxAge(age=DAY))
)
REVENUE = product("revenue", checked("revenue"), inputs=(Input(product="users", required=True),))


class Kept:
    """A store of two products that somebody meddles with."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "health.db"
        self.tracker, self.store = tracker_on(folder, [USERS, REVENUE])
        for piece in (
            result("users", BEGIN),
            update("x", BEGIN),
            result("revenue", BEGIN),
            result("users", BEGIN + HOUR, Outcome.FAILURE),
            result("users", BEGIN + 2 * HOUR),
        ):
            self.tracker.record(piece, piece.at)

    def change(self, statement: str, values: dict[str, int] | None = None) -> None:
        connection = sqlite3.connect(self.file)
        with connection:
            connection.execute(statement, values or {})
        connection.close()

    def findings(self) -> list[Finding]:
        return list(audit(self.store).findings)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path)
    yield found
    found.store.close()


def test_a_store_that_is_whole_has_no_findings(kept: Kept) -> None:
    found = audit(kept.store)
    assert found.findings == ()
    assert found.compared == {"revenue": None, "users": None}
    # Nobody reads what is for the catalog here.
    assert [(one.channel, one.refused, one.since) for one in found.undelivered] == [
        ("catalog", False, BEGIN),
        ("console", False, BEGIN + HOUR + 10 * 60_000),
    ][: len(found.undelivered)]


def test_a_result_that_was_changed_by_hand_is_found_with_what_is_kept_and_what_is_computed(
    kept: Kept,
) -> None:
    kept.change("UPDATE evidence SET outcome = 'SUCCESS' WHERE outcome = 'FAILURE'")
    verdict, own, experienced = kept.findings()
    assert verdict == Finding(
        kind=FindingKind.VERDICT,
        says="whether fct passes users is another verdict",
        product="users",
        assertion="urn:li:assertion:users",
        since=BEGIN + HOUR,
        kept="not met: failed",
        computed="met: passed",
    )
    assert (own.kind, own.product, own.since, own.kept, own.computed) == (
        FindingKind.HISTORY,
        "users",
        BEGIN + HOUR,
        "UNHEALTHY",
        "HEALTHY",
    )
    assert experienced.says == "the experienced health of Users is another"


def test_evidence_that_is_gone_is_found(kept: Kept) -> None:
    kept.change("DELETE FROM evidence WHERE subject LIKE '%revenue'")
    verdict, *histories = kept.findings()
    assert (verdict.kept, verdict.computed, verdict.since) == ("met: passed", "", BEGIN)
    # Its input has begun at the same time, so it has a history all the same.
    assert [(one.kept, one.computed) for one in histories] == [
        ("HEALTHY", "UNKNOWN"),
        ("HEALTHY", "UNKNOWN"),
    ]


def test_a_failure_of_low_severity_is_another_verdict(kept: Kept) -> None:
    kept.change("UPDATE evidence SET outcome = 'FAILURE_LOW' WHERE outcome = 'FAILURE'")
    assert kept.findings()[0].computed == "not met: failed, of low severity"


def test_a_history_that_was_changed_by_hand_is_found_and_its_users_are_held_to_it(
    kept: Kept,
) -> None:
    kept.change(
        "UPDATE steps SET health = 'AT_RISK' WHERE product = 'users' AND health = 'UNHEALTHY'"
    )
    found = kept.findings()
    assert [(one.product, one.kept, one.computed) for one in found] == [
        ("revenue", "UNHEALTHY", "AT_RISK"),
        ("users", "AT_RISK", "UNHEALTHY"),
        ("users", "AT_RISK", "UNHEALTHY"),
    ]


def test_a_history_that_is_gone_is_found(kept: Kept) -> None:
    kept.change("DELETE FROM steps WHERE product = 'revenue'")
    assert [(one.product, one.kept, one.computed) for one in kept.findings()] == [
        ("revenue", "", "HEALTHY"),
        ("revenue", "", "HEALTHY"),
    ]


@pytest.mark.parametrize(
    ("until", "words"), [(BEGIN + 1, "ends before what follows begins"), (2**62, "overlaps with")]
)
def test_a_gap_and_an_overlap_are_found(kept: Kept, until: int, words: str) -> None:
    at = {"until": until, "begin": BEGIN}
    kept.change("UPDATE steps SET until = :until WHERE at = :begin AND product = 'revenue'", at)
    found = [one for one in kept.findings() if one.kind is FindingKind.BROKEN_SERIES]
    assert {one.product for one in found} == {"revenue"}
    assert all(words in one.says for one in found)


def test_rows_of_what_is_not_defined_are_found(kept: Kept) -> None:
    kept.change(
        "INSERT INTO told SELECT 'nobody', digest, health, posted_at, announced, "
        "announced_health, opened_at, blind, announce_at FROM told LIMIT 1"
    )
    (found,) = kept.findings()
    assert found.kind is FindingKind.DANGLING
    assert found.says == "1 rows of told are of nobody, which is not defined"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM conversations", "is there no more, and told of"),
        ("UPDATE conversations SET is_over = true", "is over, and tells of somebody"),
        ("DELETE FROM affected", "is not over, and tells of nobody"),
    ],
)
def test_conversations_that_are_about_nothing_are_found(
    kept: Kept, statement: str, words: str
) -> None:
    kept.tracker.record(result("users", BEGIN + 3 * HOUR, Outcome.FAILURE), BEGIN + 3 * HOUR)
    kept.tracker.tick(BEGIN + 4 * HOUR)
    assert kept.findings() == []
    kept.change(statement)
    (found,) = kept.findings()
    assert found.kind is FindingKind.DANGLING
    assert found.says.startswith("the conversation users@")
    assert found.says.endswith(f" of console {words}")


def test_a_file_that_is_damaged_is_found(kept: Kept) -> None:
    # The index says one thing and the table another, as after a fault of the disk.
    kept.change("DROP INDEX told_waiting")
    kept.change("CREATE INDEX told_waiting ON told (opened_at)")
    connection = sqlite3.connect(kept.file)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_master SET sql = 'CREATE INDEX told_waiting ON told (posted_at)' "
        "WHERE name = 'told_waiting'"
    )
    connection.commit()
    connection.close()
    found = kept.findings()
    assert {one.kind for one in found} == {FindingKind.DAMAGED}
    assert "missing from index told_waiting" in found[0].says


def test_what_time_would_have_changed_since_nobody_looked_is_no_fault(kept: Kept) -> None:
    kept.tracker.tick(BEGIN + 10 * DAY)
    assert kept.findings() == []


def test_a_product_whose_promises_changed_is_held_to_those_of_each_time(kept: Kept) -> None:
    kept.tracker.define([product("users", checked("users"))], BEGIN + 3 * HOUR, all_of_them=False)
    found = audit(kept.store)
    assert found.findings == ()
    assert found.compared["users"] is None
    kept.change("DELETE FROM evidence WHERE subject LIKE '%users'")
    since = {one.since for one in audit(kept.store).findings if one.product == "users"}
    assert min(at for at in since if at is not None) < BEGIN + 3 * HOUR
    assert BEGIN + 3 * HOUR in since


def test_time_of_which_it_was_not_kept_what_counted_is_not_compared(kept: Kept) -> None:
    kept.tracker.define([product("users", checked("users"))], BEGIN + 3 * HOUR, all_of_them=False)
    kept.change("UPDATE definitions SET inputs = NULL")
    kept.change("DELETE FROM evidence WHERE subject LIKE '%users'")
    found = audit(kept.store)
    assert found.compared["users"] == BEGIN + 3 * HOUR
    assert {one.since for one in found.findings if one.product == "users"} == {BEGIN + 3 * HOUR}


def test_nothing_is_compared_where_the_mark_is_past_all_that_is_known(kept: Kept) -> None:
    list(compact(kept.store, Marks(results=UNTIL)))
    found = audit(kept.store)
    assert found.findings == ()
    assert found.compared == {}


def test_what_lies_aside_is_told_by_reason_the_latest_first(kept: Kept) -> None:
    for number, reason in enumerate(["no JSON", "of the future", "no JSON"]):
        kept.tracker.set_aside(reason, str(number), BEGIN + number)
    assert [(one.reason, one.count, one.latest) for one in audit(kept.store).aside] == [
        ("no JSON", 2, BEGIN + 2),
        ("of the future", 1, BEGIN + 1),
    ]
