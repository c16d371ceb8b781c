"""Deadlines and ages against a computation that reads the clock on the wall for every minute."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from datahub_dataproducts.domain.assertions import Deadline, Freshness, MaxAge
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.schedules import Schedule, parse_cron, parse_days
from datahub_dataproducts.domain.verdicts import changes
from tests.builders import freshness_assertion, update
from tests.minutes import (
    FIRST,
    MINUTE_MS,
    WEEKDAYS,
    by_cron,
    instants,
    on_the_wall,
    on_weekdays,
    ticks,
    turns,
    verdict,
    verdict_by_age,
    walls,
)

ZONES = (
    "Europe/Amsterdam",
    "Australia/Lord_Howe",  # by half an hour
    "America/New_York",
    "America/Santiago",  # at midnight
)


def utc(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()) * 1000


# Two years, of which the second has a 29 February.
BEGIN, END = utc(2027), utc(2029)
# Among them days on which clocks change, the days around them, and the 29 February.
HOLIDAYS = tuple(
    date.fromisoformat(day)
    for day in (
        *("2027-01-01", "2027-03-14", "2027-03-28", "2027-03-29", "2027-04-04", "2027-09-05"),
        *("2027-10-03", "2027-10-31", "2027-12-25", "2027-12-26", "2027-12-27", "2028-02-29"),
        *("2028-03-26", "2028-04-02", "2028-09-03", "2028-10-29", "2028-11-05", "2028-12-25"),
    )
)
DAILY = [
    *(("08:00", "MON-SUN"), ("08:00", "MON-FRI"), ("00:00", "MON-SUN"), ("00:30", "SAT,SUN")),
    *(("02:15", "MON-SUN"), ("02:00", "SUN"), ("01:45", "FRI-MON"), ("23:45", "SAT")),
]
CRONS = [
    "0 8 * * *",
    "30 2 * * *",
    "0 0 * * SUN",
    "15,45 0-3 * * *",
    "0 6 1 * *",
    "59 23 31 * *",
    "0 12 29 2 *",
    "0 6 1,15 * MON",
    "0 6 13 * FRI",
    "0 6 */10 * 1-2",
    "0 6 1-7 * */3",
    "0 22 28-31 JAN,FEB 7",
    "*/30 1-2 * 3-4,9-11 *",
]


@cache
def schedules(zone: str) -> list[tuple[str, Schedule, list[int]]]:
    """What is asked for, the domain's reading of it, and the ticks that the walls show."""
    found: list[tuple[str, Schedule, list[int]]] = []
    for holidays in ((), HOLIDAYS):
        for time, days in DAILY:
            hours, minutes = map(int, time.split(":"))
            weekdays = parse_days(days)
            assert weekdays is not None
            schedule = Schedule((hours * 60 + minutes,), zone, weekdays=weekdays)
            names = {WEEKDAYS[day] for day in weekdays}
            shown = ticks(zone, on_weekdays(names, holidays), [hours * 60 + minutes])
            found.append((f"{time} {days}", replace(schedule, holidays=holidays), shown))
        for line in CRONS:
            read = parse_cron(line, zone)
            assert isinstance(read, Schedule)
            found.append((
                line,
                replace(read, holidays=holidays),
                ticks(zone, *by_cron(line, holidays)),
            ))
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_the_hours_of_the_table_are_those_of_every_minute(zone: str) -> None:
    there = ZoneInfo(zone)
    # The months in which clocks change in any of the zones, minute by minute.
    for month in (3, 4, 9, 10, 11):
        begin = int(datetime(2028, month, 1, tzinfo=timezone.utc).timestamp()) // 60
        for minute, wall in walls(zone, begin, begin + 30 * 1440):
            assert wall == on_the_wall(minute, there)


@pytest.mark.parametrize("zone", ZONES)
def test_every_tick_is_where_the_walls_show_it(zone: str) -> None:
    for name, schedule, shown in schedules(zone):
        expected = [tick for tick in shown if BEGIN < tick <= END]
        found: list[int] = []
        tick = schedule.next_tick(BEGIN)
        while tick is not None and tick <= END:
            found.append(tick)
            tick = schedule.next_tick(tick)
        assert found == expected, (name, schedule.holidays)
        assert len(expected) >= 1 or schedule.holidays, name


@pytest.mark.parametrize("zone", ZONES)
def test_the_ticks_before_and_after_any_hour_are_where_the_walls_show_them(zone: str) -> None:
    for _, schedule, shown in schedules(zone)[:: len(CRONS)]:
        for at in range(BEGIN, END, 7 * HOUR + 1):
            place = bisect_right(shown, at)
            assert schedule.last_tick(at) == shown[place - 1]
            if place < len(shown):
                assert schedule.next_tick(at) == shown[place]
    for _, schedule, shown in schedules(zone):
        for before, tick in pairwise(shown[-40:]):
            assert (schedule.last_tick(tick), schedule.last_tick(tick - 1)) == (tick, before)
            assert (schedule.next_tick(before), schedule.next_tick(tick - 1)) == (tick, tick)


def loads(chance: Random, due: Sequence[int], look_back: int | None) -> list[int]:
    """Updates about the ticks: just in time, just too late, just early enough, not at all."""
    # What a deadline looks back to is known from its second tick on.
    begin = max(BEGIN, due[1])
    found = {begin + 1}
    for before, tick in pairwise(due):
        if not begin < tick < END or chance.random() < 0.2:
            continue
        back = (tick - before) // 2 if look_back is None else look_back
        edges = [-back - 1, -back, -back + 1, -1, 0, 1, 90 * MINUTE, -back // 2]
        found |= {tick + edge for edge in chance.sample(edges, chance.choice([1, 1, 2]))}
        if chance.random() < 0.2:
            found.add(chance.randrange(before, tick))
    return sorted(at for at in found if begin < at <= END)


def judged(rule: Freshness, updates: Sequence[int]) -> list[tuple[int, str]]:
    assertion = freshness_assertion("dim", rule)
    made, _ = changes(assertion, [update("dim", at) for at in updates], END)
    return [(change.at, change.judgement.verdict.value) for change in made]


@pytest.mark.parametrize("look_back", [None, 3 * HOUR, DAY, 50 * HOUR])
@pytest.mark.parametrize("zone", ZONES)
def test_every_verdict_is_that_of_the_rule(zone: str, look_back: int | None) -> None:
    chance = Random(f"{zone} {look_back}")
    for name, schedule, due in schedules(zone):
        if len(due) < 2:
            continue
        updates = loads(chance, due, look_back)
        # Between a tick or an update and the next one, nothing that the rule speaks of changes.
        at = [*(t for t in due if updates[0] < t <= END), *updates]
        expected = turns(lambda t, d=due, u=updates: verdict(d, look_back, u, t), at)  # type: ignore[misc]
        assert judged(Deadline(schedule=schedule, look_back=look_back), updates) == expected, name


@pytest.mark.parametrize("zone", ZONES)
def test_minute_by_minute_a_daily_deadline_is_judged_by_the_rule(zone: str) -> None:
    schedule = Schedule((135,), zone, weekdays=(0, 1, 2, 3, 4), holidays=HOLIDAYS)
    due = ticks(zone, on_weekdays(WEEKDAYS[:5], HOLIDAYS), [135])
    chance = Random(zone)
    updates = sorted({chance.randrange(BEGIN, END) // MINUTE_MS * MINUTE_MS for _ in range(700)})
    walk = range(BEGIN, END + 1, MINUTE_MS)
    expected = turns(lambda at: verdict(due, None, updates, at), walk)
    assert judged(Deadline(schedule=schedule), updates) == expected
    assert len(expected) > 300


@pytest.mark.parametrize("age", [24 * HOUR])
def test_an_age_is_judged_by_the_rule_minute_by_minute(age: int) -> None:
    chance = Random(age)
    updates = sorted({chance.randrange(BEGIN, END) // MINUTE_MS * MINUTE_MS for _ in range(900)})
    expected = turns(lambda at: verdict_by_age(age, updates, at), range(BEGIN, END + 1, MINUTE_MS))
    assert judged(MaxAge(age=age), updates) == expected


def test_the_walls_skip_and_repeat_as_they_should() -> None:
    shown = instants("Australia/Lord_Howe")
    day = (date(2027, 10, 3) - FIRST).days * 1440
    # From 02:00 to 02:30 on: both are the same minute.
    assert shown[day + 120] == shown[day + 150]
    again = (date(2027, 4, 4) - FIRST).days * 1440
    # 01:30 to 02:00 comes twice, so that 02:00 is an hour after 01:30 by the first.
    assert shown[again + 120] - shown[again + 90] == 60
    midnight = (date(2027, 9, 5) - FIRST).days * 1440
    santiago = instants("America/Santiago")
    assert santiago[midnight] == santiago[midnight + 60] == santiago[midnight - 1] + 1
