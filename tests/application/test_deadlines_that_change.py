"""A schedule that changes in the middle: each time is judged by the promise of its day."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from datahub_dataproducts.domain.assertions import Deadline
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.schedules import Schedule, local_time
from tests.application.stories import Story
from tests.builders import AMSTERDAM, at, freshness_assertion, product, update
from tests.minutes import WEEKDAYS, on_weekdays, ticks, turns, verdict

SAID = {"met": Health.HEALTHY, "not met": Health.UNHEALTHY}
# Over the change of the clocks in three of the zones.
CHANGED, END = at("2026-03-25 12:00", "UTC"), at("2026-04-20 00:00", "UTC")
HOLIDAYS = (date(2026, 3, 29), date(2026, 4, 3), date(2026, 4, 6))


@pytest.mark.parametrize(
    "zone", ["Europe/Amsterdam", "Australia/Lord_Howe", "America/New_York", "America/Santiago"]
)
def test_what_is_past_stays_judged_by_the_schedule_of_its_time(zone: str, tmp_path: Path) -> None:
    begin = at("2026-03-02 00:00", "UTC")
    daily = Schedule((480,), zone)
    after = replace(daily, times=(135,), weekdays=(0, 1, 2, 3, 4), holidays=HOLIDAYS)
    due = ticks(zone, on_weekdays(WEEKDAYS), [480])
    due_after = ticks(zone, on_weekdays(WEEKDAYS[:5], HOLIDAYS), [135])
    chance = Random(zone)
    updates = sorted(
        {begin} | {begin + n * DAY // 2 + chance.randrange(DAY // 2) for n in range(80)}
    )
    updates = [u for u in updates if u < END and (u == begin or chance.random() < 0.6)]
    story = Story(tmp_path, [product("a", freshness_assertion("dim", Deadline(schedule=daily)))])
    for when in updates:
        if when < CHANGED:
            story.hear(update("dim", when))
    story.define(
        product("a", freshness_assertion("dim", Deadline(schedule=after))), when=_local(CHANGED)
    )
    for when in updates:
        if when >= CHANGED:
            story.hear(update("dim", when))
    story.wait(_local(END))

    def judged(instant: int) -> str:
        return verdict(due if instant < CHANGED else due_after, None, updates, instant)

    instants = [t for t in (*due, *due_after, *updates, CHANGED) if begin <= t <= END]
    expected = [(when, SAID[said]) for when, said in turns(judged, instants)]
    assert len(expected) > 10
    assert story.steps("a") == expected


def _local(instant: int) -> str:
    """As stories tell it: in Amsterdam."""
    return f"{local_time(instant, AMSTERDAM):%Y-%m-%d %H:%M}"
