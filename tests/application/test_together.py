"""Kept together or one by one, cut short anywhere and heard again: the store holds the same."""

import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Evidence, Outcome
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import DataProduct
from tests.application.test_track_health import UNTIL, kept, tracker_on
from tests.builders import at, checked, notice, product, result
from tests.searching import searches
from tests.strategies import catalogs, histories_of_evidence

Group = list[Evidence | str]
"""What is heard; a text is what cannot be used."""


class Crash(Exception):
    """The end of a process, wherever it was."""


def everything(folder: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    connection = sqlite3.connect(f"{folder}/health.db")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}  # noqa: S608
    connection.close()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def take(tracker: HealthTracker, piece: Evidence | str, now: int) -> None:
    if isinstance(piece, str):
        tracker.set_aside("malformed", piece, now)
    else:
        tracker.record(piece, now)


def keep(tracker: HealthTracker, group: Group, now: int, crash_after: int | None = None) -> None:
    with tracker.together():
        for piece in group[:crash_after]:
            take(tracker, piece, now)
        if crash_after is not None:
            raise Crash


@st.composite
def in_groups(draw: st.DrawFn) -> list[tuple[Group, list[int], bool, bool]]:
    """Groups, each with where tries end before the one that is kept; whether it is given again."""
    heard = draw(histories_of_evidence)
    malformed = draw(st.lists(st.sampled_from(["{", "[", "?"]), max_size=3))
    heard = draw(st.permutations([*heard, *heard[:2], *malformed]))
    groups = []
    while heard:
        size = draw(st.integers(1, len(heard)))
        group, heard = heard[:size], heard[size:]
        crashes = draw(st.lists(st.integers(0, size), max_size=2))
        groups.append((group, crashes, draw(st.booleans()), draw(st.booleans())))
    return groups


@searches(40)
@given(catalogs(), in_groups())
def test_in_any_groups_and_after_any_crash_the_store_is_what_one_by_one_makes_it(
    made: list[DataProduct], groups: list[tuple[Group, list[int], bool, bool]]
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        alone, alone_store = tracker_on(one, made)
        together, store = tracker_on(other, made)
        clock = 0
        for group, crashes, starts_anew, comes_again in groups:
            clock = max([clock, *(piece.at for piece in group if not isinstance(piece, str))])
            for tracker in (alone, together):
                tracker.tick(clock)
            for piece in group:
                take(alone, piece, clock)
            for crash in crashes:
                with suppress(Crash):
                    keep(together, group, clock, crash)
                if starts_anew:
                    together = HealthTracker(store, TrackingPolicy(channels=("console",)))
                    together.load()
            keep(together, group, clock)
            if comes_again:
                keep(together, group, clock)
            assert everything(other) == everything(one)
        for tracker in (alone, together):
            tracker.tick(UNTIL)
        assert everything(other) == everything(one)
        assert kept(store, made) == kept(alone_store, made)
        alone_store.close()
        store.close()


def test_what_is_cut_short_is_as_if_it_had_never_been_heard(tmp_path: Path) -> None:
    users = product("users", checked("users"))
    tracker, store = tracker_on(tmp_path, [users])
    tracker.take_mail()
    bad = result("users", at("2026-03-01 08:00"), Outcome.FAILURE)
    before = everything(str(tmp_path))
    with pytest.raises(Crash):
        keep(tracker, [bad], bad.at, 1)
    assert everything(str(tmp_path)) == before
    assert not tracker.take_mail()
    keep(tracker, [bad, notice("users", bad.at)], bad.at)
    assert tracker.take_mail()
    assert [health for _, health in kept(store, [users])["users"].own] == [Health.UNHEALTHY]
    store.close()
