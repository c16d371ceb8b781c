"""Service levels of ODCS become the freshness of a table, or are told."""

from time import process_time

import pytest

from tests.adapters.product_files.open_standards.contracts import (
    HEAD,
    freshness,
    read,
    terms,
    with_levels,
)

LATENCY = "{property: latency, value: 4, unit: d}"


@pytest.mark.parametrize(
    ("level", "promise"),
    [
        (LATENCY, "is never older than 4 days"),
        ("{property: LY, value: '90', unit: minutes}", "is never older than 1 h 30 min"),
        ("{property: freshness, value: 24, unit: h}", "is never older than 24 h"),
        ("{property: latency, value: 0.5, unit: days}", "is never older than 12 h"),
        ("{property: latency, value: P1DT12H}", "is never older than 36 h"),
        ("{property: latency, value: 36h}", "is never older than 36 h"),
        ("{property: frequency, value: 1, unit: d}", "is never older than 24 h"),
        ("{property: fy, value: daily}", "is never older than 24 h"),
        ("{property: frequency, value: 1, unit: weeks}", "is never older than 7 days"),
        (
            "{property: timeOfAvailability, value: '09:00'}",
            "is updated every day by 09:00 Europe/Amsterdam",
        ),
        (
            "{property: timeOfAvailability, value: 09:00-08:00}",
            "is updated every day by 09:00 Etc/GMT+8",
        ),
        ("{property: ta, value: '9:30:00+01:00'}", "is updated every day by 09:30 Etc/GMT-1"),
        ("{property: ta, value: T06:00Z}", "is updated every day by 06:00 UTC"),
        (
            "{property: ta, value: '06:00', valueExt: Asia/Kolkata}",
            "is updated every day by 06:00 Asia/Kolkata",
        ),
        (
            "{property: ta, value: '06:00', scheduler: cron, schedule: 0 6 * * 1-5}",
            "is updated Monday to Friday by 06:00 Europe/Amsterdam",
        ),
    ],
)
def test_a_service_level_is_a_freshness_promise(level: str, promise: str) -> None:
    assert freshness(terms(with_levels(level))) == promise


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        ("{property: retention, value: 3, unit: y}", "it says nothing of freshness"),
        ("{property: latency, value: 4}", "it has no unit; write `unit: h`, `d` or `w`"),
        (
            "{property: latency, value: 4, unit: m}",
            "`m` may be minutes or months; write `unit: minutes`",
        ),
        (
            "{property: latency, value: 1, unit: y}",
            "y has no fixed length; write days or weeks",
        ),
        ("{property: latency, value: soon, unit: d}", "its value is no number"),
        ("{property: latency, value: 0, unit: d}", "it is no whole number of seconds"),
        ("{property: latency, value: 0.0001, unit: s}", "it is no whole number of seconds"),
        (
            "{property: ta, value: early}",
            'it is no time of day; write hours and minutes, as in "08:00"',
        ),
        (
            "{property: ta, value: '25:00'}",
            'it is no time of day; write hours and minutes, as in "08:00"',
        ),
        (
            "{property: ta, value: '09:00+05:30'}",
            "no time zone has this offset all year; write its name in `valueExt`",
        ),
        (
            "{property: ta, value: '09:00-13:00'}",
            "no time zone has this offset all year; write its name in `valueExt`",
        ),
        (
            "{property: ta, value: '09:00', valueExt: Amsterdam}",
            "Amsterdam in `valueExt` is no time zone of the IANA database",
        ),
        (
            "{property: ta, value: '09:00Z', valueExt: Europe/Amsterdam}",
            "it has an offset and a time zone; write one of them",
        ),
        (
            "{property: ta, value: '09:00', scheduler: cron, schedule: 0 20 * * *}",
            "its schedule has another time than its value, so when it is due is unclear",
        ),
        (
            "{property: ta, value: '09:00', scheduler: cron, schedule: often}",
            (
                "its schedule is no cron line: a cron has five fields (minute hour day month weekday), "
                "this one has 1"
            ),
        ),
    ],
)
def test_a_service_level_that_cannot_be_promised_is_told_with_the_reason(
    level: str, reason: str
) -> None:
    contract, told = read(with_levels(level))
    assert contract is not None
    assert freshness(contract.tables[0]) == ""
    assert len(told) == 1
    assert told[0].startswith("c.yaml:2:5: warning[sla-not-promised]: the service level ")
    assert f" is not promised: {reason}; " in told[0]


@pytest.mark.parametrize(
    ("levels", "promise"),
    [
        ((LATENCY, "{property: frequency, value: 1, unit: d}"), "is never older than 24 h"),
        (
            (
                "{property: ta, value: 09:00-08:00, driver: regulatory}",
                "{property: ta, value: 08:00-08:00, driver: analytics}",
            ),
            "is updated every day by 08:00 Etc/GMT+8",
        ),
        (
            (
                LATENCY,
                "{property: fy, value: 1, unit: d}",
                "{property: ly, value: 36, unit: h}",
                "{property: ta, value: '08:00'}",
            ),
            "is updated every day by 08:00 Europe/Amsterdam",
        ),
    ],
)
def test_of_service_levels_that_keep_one_another_the_strictest_stands(
    levels: tuple[str, ...], promise: str
) -> None:
    assert freshness(terms(with_levels(*levels))) == promise


@pytest.mark.parametrize(
    ("standing", "other"),
    [
        ("{property: ta, value: '08:00'}", "{property: ly, value: 35, unit: h}"),
        ("{property: ta, value: '08:00'}", "{property: fy, value: 23, unit: h}"),
        ("{property: ta, value: '08:00'}", "{property: ta, value: '07:00', valueExt: UTC}"),
        (
            "{property: ta, value: '08:00', scheduler: cron, schedule: 0 8 * * 1-5}",
            "{property: ly, value: 4, unit: d}",
        ),
    ],
)
def test_a_service_level_that_another_does_not_keep_is_told(standing: str, other: str) -> None:
    contract, told = read(with_levels(standing, other))
    assert contract is not None
    assert contract.tables[0].freshness is not None
    assert [line.split(": ")[0] for line in told] == ["c.yaml:3:5"]
    assert "one freshness promise stands for a table, and it is another" in told[0]


def levels_of(schema: str, *levels: str, rest: str = "") -> dict[str, str]:
    contract, _ = read(f"{HEAD}, schema: [{schema}], slaProperties: [{', '.join(levels)}]{rest}}}")
    assert contract is not None
    return {table.names[-1]: freshness(table) for table in contract.tables if table.freshness}


TWO = "{name: a}, {name: b, physicalName: tb}"
HOUR = "property: latency, value: 1, unit: h"


@pytest.mark.parametrize(
    ("schema", "level", "tables"),
    [
        ("{name: a}", f"{{{HOUR}}}", ["a"]),
        ("{name: a}", f"{{{HOUR}, element: loaded_at}}", ["a"]),
        ("{name: a}", f"{{{HOUR}, element: other.loaded_at}}", []),
        (TWO, f"{{{HOUR}}}", ["a", "b"]),
        (TWO, f"{{{HOUR}, element: b.loaded_at}}", ["b"]),
        (TWO, f"{{{HOUR}, element: 'tb.loaded_at, tb.made_at'}}", ["b"]),
        (TWO, f"{{{HOUR}, element: 'a.loaded_at, b.loaded_at'}}", ["a", "b"]),
        ("", f"{{{HOUR}, element: c.loaded_at}}", ["c"]),
        ("", f"{{{HOUR}}}", []),
    ],
)
def test_a_service_level_is_of_the_tables_of_its_element(
    schema: str, level: str, tables: list[str]
) -> None:
    assert levels_of(schema, level) == dict.fromkeys(tables, "is never older than 1 h")


def test_the_default_element_of_older_contracts_counts() -> None:
    found = levels_of(TWO, f"{{{HOUR}}}", rest=", slaDefaultElement: a.loaded_at")
    assert found == {"a": "is never older than 1 h"}


def test_service_levels_of_very_many_tables_do_not_look_at_all_of_them_each() -> None:
    count = 2_000
    tables = ", ".join(f"{{name: t{n}}}" for n in range(count))
    levels = ", ".join(f"{{property: ly, value: 1, unit: h, element: t{n}}}" for n in range(count))
    started = process_time()
    contract, told = read(f"{HEAD}, schema: [{tables}], slaProperties: [{levels}]}}")
    assert process_time() - started < 8, "seconds; four million looks take several times as long"
    assert told == []
    assert contract is not None
    assert all(table.freshness is not None for table in contract.tables)
