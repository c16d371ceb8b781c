"""What the commands say of both series is what was kept, and what the pages work out by hand."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.replays.pages import quotes, rows, said_by_dbt
from tests.replays.series import ALL, ANALYTICS, ARTIFACTS, JAFFLE_SHOP, RUNS, Series, told_of

ANEW = "read what has changed, mend the page, and run `make goldens`"
MONDAY = datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Amsterdam"))
SUNDAY = datetime(2026, 11, 22, tzinfo=timezone.utc)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
GOOD = ("HEALTHY", "AT_RISK")


@pytest.mark.parametrize("series", ALL, ids=lambda series: series.name)
def test_what_the_commands_say_is_what_was_read_and_kept(series: Series) -> None:
    made = told_of(series)
    kept = {*series.folder.glob("explained/*"), *series.folder.glob("*.txt")}
    assert {series.folder / name for name in made} == kept | {series.folder / "replay.json"}, ANEW
    for name, text in made.items():
        assert (series.folder / name).read_text(encoding="utf-8") == text, f"{name}: {ANEW}"


def page(series: Series) -> Path:
    return series.folder / "EXPLAINED.md"


def kept_of(series: Series) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((series.folder / "replay.json").read_text(encoding="utf-8"))
    return kept


def on(begin: datetime, day: str, clock: str) -> int:
    """Milliseconds of a time of day, that of the end of the day included."""
    hours, minutes, seconds = clock.split(":")
    whole, _, fraction = seconds.partition(".")
    after = timedelta(
        days=DAYS.index(day) - begin.weekday(),
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(whole),
        milliseconds=int(fraction),
    )
    return int((begin + after).timestamp() * 1000)


def cut(instant: int, form: str, zone: str) -> str:
    return f"{datetime.fromtimestamp(instant / 1000, ZoneInfo(zone)):{form}}"


def to_the_millisecond(instant: int) -> str:
    return f"{cut(instant // 1000 * 1000, '%H:%M:%S', 'UTC')}.{instant % 1000:03}"


def test_each_interval_of_the_week_is_explained() -> None:
    found = kept_of(ANALYTICS)["products"]
    assert [row[:4] for row in rows(page(ANALYTICS), "product", "from", "to", "health", "why")] == [
        (id_, *(cut(instant, "%a %H:%M", ANALYTICS.timezone) for instant in span), health)
        for id_ in ("users", "attribution", "revenue", "activation")
        for *span, health in found[id_]["intervals"]
    ]


def test_each_interval_of_the_five_minutes_is_explained() -> None:
    found = kept_of(JAFFLE_SHOP)["products"]
    expected = [
        (id_, to_the_millisecond(begin), to_the_millisecond(end), health, str(end - begin))
        for id_ in ("payments", "people", "orders")
        for begin, end, health in found[id_]["intervals"]
    ]
    head = ("product", "from", "to", "health")
    assert [row[:4] for row in rows(page(JAFFLE_SHOP), *head, "why")] == [
        row[:4] for row in expected
    ]
    assert rows(page(JAFFLE_SHOP), *head, "milliseconds") == expected


def test_the_evidence_is_what_dbt_says() -> None:
    for day, clock, status, node, file in rows(
        page(ANALYTICS), "day", "at", "dbt says", "of", "in"
    ):
        said, at = said_by_dbt(ARTIFACTS / file, node.strip("`"))
        assert (said, int(at.timestamp() * 1000)) == (status, on(MONDAY, day, clock)), node
    for clock, status, node, file in rows(page(JAFFLE_SHOP), "at", "dbt says", "of", "in"):
        said, at = said_by_dbt(RUNS / "run_results" / file, node.strip("`"))
        assert (said, int(at.timestamp() * 1000)) == (status, on(SUNDAY, "Sun", clock)), node


def test_the_days_worked_out_are_those_of_the_replay_and_whole() -> None:
    found = kept_of(ANALYTICS)["products"]
    head = ("day", "product", "from", "to", "health", "milliseconds")
    worked = rows(page(ANALYTICS), *head)
    days = list(dict.fromkeys(row[:2] for row in worked))
    assert len(days) == 3
    for day, product in days:
        begin, end = on(MONDAY, day, "00:00:00.0"), on(MONDAY, day, "24:00:00.0")
        assert [
            (on(MONDAY, day, since), on(MONDAY, day, until), health, int(lasts))
            for *of, since, until, health, lasts in worked
            if of == [day, product]
        ] == [
            (max(since, begin), min(until, end), health, min(until, end) - max(since, begin))
            for since, until, health in found[product]["intervals"]
            if since < end and until > begin
        ]
    text = page(ANALYTICS).read_text(encoding="utf-8")
    for day, product in days:
        lasting = [(row[4], int(row[5])) for row in worked if row[:2] == (day, product)]
        good = [milliseconds for health, milliseconds in lasting if health in GOOD]
        bad = [milliseconds for health, milliseconds in lasting if health == "UNHEALTHY"]
        assert sum(good) + sum(bad) == 24 * 60 * 60 * 1000
        assert " + ".join(map(str, good if len(good) > 1 else [*good, *bad])) in text
        assert str(sum(good)) in text
        assert str(sum(bad)) in text


def test_the_sums_are_those_of_the_replay() -> None:
    week = kept_of(ANALYTICS)["products"]
    for product, scope, *parts, total in rows(
        page(ANALYTICS), "product", "scope", "bad, first", "bad, second", "bad, third", "sum"
    ):
        assert sum(map(int, parts)) == int(total) == week[product][scope]["bad_ms"]
        if scope == "experienced":
            bad = [
                end - begin
                for begin, end, health in week[product]["intervals"]
                if health == "UNHEALTHY"
            ]
            assert [int(part) for part in parts if part != "0"] == bad
    minutes = kept_of(JAFFLE_SHOP)["products"]
    summed = rows(page(JAFFLE_SHOP), "product", "scope", "good", "bad", "unknown", "why")
    assert [row[:5] for row in summed] == [
        (
            id_,
            scope,
            *(str(minutes[id_][scope][f"{sum_}_ms"]) for sum_ in ("good", "bad", "unknown")),
        )
        for id_ in ("payments", "people", "orders")
        for scope in ("own", "experienced")
    ]


@pytest.mark.parametrize("series", ALL, ids=lambda series: series.name)
def test_the_error_budgets_are_worked_out_as_in_the_replay(series: Series) -> None:
    found = kept_of(series)["products"]
    head = ("product", "good", "bad", "measured", "may be bad", "budget", "left", "status")
    for product, *figures, status in rows(page(series), *head):
        share = int(figures.pop(3).removesuffix(" %"))
        good, bad, measured, budget, left = map(int, figures)
        sums, objective = found[product]["experienced"], found[product]["objective"]
        assert (good, bad) == (sums["good_ms"], sums["bad_ms"])
        assert (measured, budget) == (good + bad, measured * share // 100)
        assert (budget - bad, share) == (left, round(100 - 100 * objective["target"]))
        assert (left, status) == (objective["remaining_ms"], objective["status"])


@pytest.mark.parametrize("series", ALL, ids=lambda series: series.name)
def test_each_letter_is_explained(series: Series) -> None:
    def when(instant: int) -> str:
        if series is JAFFLE_SHOP:
            return to_the_millisecond(instant)
        return cut(instant, "%a %H:%M", series.timezone)

    assert rows(page(series), "at", "begins with", "why", "health", "tells of") == [
        (
            when(letter["at"]),
            letter["product"],
            letter["why"],
            letter["health"],
            ", ".join(letter["affected"] or letter["recovered"]),
        )
        for letter in kept_of(series)["announcements"]
    ]


@pytest.mark.parametrize("series", ALL, ids=lambda series: series.name)
def test_what_a_page_quotes_is_what_a_command_says(series: Series) -> None:
    said = {
        line.strip()
        for file in (*series.folder.glob("*.txt"), *series.folder.glob("explained/*"))
        for line in file.read_text(encoding="utf-8").splitlines()
    }
    assert quotes(page(series))
    assert [one for one in quotes(page(series)) if one not in said] == []


@pytest.mark.parametrize("series", ALL, ids=lambda series: series.name)
def test_each_bad_time_of_each_product_is_explained_at_some_moment(series: Series) -> None:
    zone = ZoneInfo(series.timezone)
    asked = [
        (product, int(datetime.fromisoformat(moment).replace(tzinfo=zone).timestamp() * 1000))
        for product, moment in series.moments
    ]
    for id_, product in kept_of(series)["products"].items():
        for begin, end, health in product["intervals"]:
            if health == "UNHEALTHY":
                assert any(p == id_ and begin <= at < end for p, at in asked), (id_, begin)
