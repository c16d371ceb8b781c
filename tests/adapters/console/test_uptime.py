"""The table of uptime, for people and for programs."""

import csv
import json
from dataclasses import replace
from fractions import Fraction
from io import StringIO

import pytest

from datahub_dataproducts.adapters.console.uptime import (
    uptime_as_csv,
    uptime_as_json,
    uptime_as_text,
)
from datahub_dataproducts.application.charging import LostTime
from datahub_dataproducts.application.uptime import (
    CorrectedFigures,
    PeriodFigures,
    ProductUptime,
    UptimeTable,
)
from datahub_dataproducts.domain.charges import Charge, Charges
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.objectives import ObjectiveReport, ObjectiveStatus
from datahub_dataproducts.domain.products import BurnRule
from datahub_dataproducts.domain.spending import Burn, Miss, Spending
from datahub_dataproducts.domain.timelines import Tally
from tests.builders import AMSTERDAM, at, product

MARCH = at("2026-03-01 00:00"), at("2026-04-01 00:00")
APRIL = at("2026-04-01 00:00"), at("2026-04-02 00:00")
NOTHING = Tally(good=0, bad=0, unknown=0)


def objective(status: ObjectiveStatus, budget: int, remaining: int) -> ObjectiveReport:
    return ObjectiveReport(
        status=status,
        target=Fraction(99_995, 100_000),
        since=MARCH[0],
        until=MARCH[1],
        tally=NOTHING,
        budget=budget,
        remaining=remaining,
    )


def table(report: ObjectiveReport | None = None, id_: str = "revenue") -> UptimeTable:
    # One millisecond of bad time is not to be rounded away.
    almost = Tally(good=30 * DAY, bad=1, unknown=23 * HOUR - 1)
    first = PeriodFigures(
        period=MARCH,
        experienced=almost,
        own=Tally(good=31 * DAY - HOUR, bad=0, unknown=0),
        episodes=(1,),
    )
    bad = Tally(good=20 * HOUR, bad=4 * HOUR, unknown=0)
    second = PeriodFigures(period=APRIL, experienced=bad, own=NOTHING, episodes=(HOUR, 3 * HOUR))
    one = ProductUptime(
        product=product(id_),
        history_from=MARCH[0],
        periods=(first, second),
        objective=report,
    )
    return UptimeTable(products=(one,), missing=(), known=(id_,))


FAST = BurnRule(rate=Fraction("14.4"), long=HOUR, short=5 * MINUTE)
SPENT = Spending(
    burns=(
        Burn(rule=FAST, long=Fraction(50, 3), short=Fraction(20), fires=True),
        Burn(rule=replace(FAST, long=DAY), long=Fraction(1), short=None, fires=False),
    ),
    misses=tuple(
        Miss(deadline=at(f"2026-03-0{n} 08:00"), lost=n * HOUR, share=Fraction(n, 10))
        for n in range(1, 8)
    ),
)


def spending(table: UptimeTable, raw: Spending, better: Spending | None = None) -> UptimeTable:
    (one,) = table.products
    return replace(table, products=(replace(one, spending=raw, corrected_spending=better),))


def below(table: UptimeTable) -> list[str]:
    return uptime_as_text(table, AMSTERDAM).splitlines()[4:]


def test_a_burn_rule_that_fires_and_the_deadlines_that_cost_most_are_told() -> None:
    assert below(spending(table(), SPENT)) == [
        "",
        (
            "Revenue spends its error budget too fast: 16.66 times over 1 h and 20 times over 5 min, "
            "14.4 times is too fast"
        ),
        "Revenue from its deadline of Tue 2026-03-03 08:00 to the next: 3 h bad, 30.00 % of its error budget",
        "Revenue from its deadline of Wed 2026-03-04 08:00 to the next: 4 h bad, 40.00 % of its error budget",
        "Revenue from its deadline of Thu 2026-03-05 08:00 to the next: 5 h bad, 50.00 % of its error budget",
        "Revenue from its deadline of Fri 2026-03-06 08:00 to the next: 6 h bad, 60.00 % of its error budget",
        "Revenue from its deadline of Sat 2026-03-07 08:00 to the next: 7 h bad, 70.00 % of its error budget",
        "Revenue after 2 other deadlines: 3 h bad",
    ]
    assert below(spending(table(), replace(SPENT, burns=(), misses=SPENT.misses[:6])))[-1] == (
        "Revenue after 1 other deadline: 1 h bad"
    )


def test_what_was_measured_otherwise_is_told_beside_what_people_know_better() -> None:
    calm = replace(SPENT.burns[0], fires=False)
    first, second, third = SPENT.misses[:3]
    raw = Spending(burns=SPENT.burns, misses=(first, second))
    better = Spending(
        burns=(calm, SPENT.burns[1]),
        misses=(first, replace(second, lost=HOUR, share=None), third),
    )
    assert below(spending(table(), raw, better)) == [
        "",
        (
            "Revenue would spend its error budget too fast as measured: 16.66 times over 1 h and "
            "20 times over 5 min, 14.4 times is too fast"
        ),
        "Revenue from its deadline of Sun 2026-03-01 08:00 to the next: 1 h bad, 10.00 % of its error budget",
        (
            "Revenue from its deadline of Mon 2026-03-02 08:00 to the next: 1 h bad; as measured: 2 h bad, 20.00 % "
            "of its error budget"
        ),
        (
            "Revenue from its deadline of Tue 2026-03-03 08:00 to the next: 3 h bad, 30.00 % of its error budget; "
            "as measured: nothing bad"
        ),
    ]


def test_json_has_all_burn_rules_and_deadlines() -> None:
    report = objective(ObjectiveStatus.AT_RISK, HOUR, MINUTE)
    few = replace(SPENT, misses=SPENT.misses[:1])
    tree = json.loads(uptime_as_json(spending(table(report), few), AMSTERDAM))
    found = tree["products"][0]["objective"]
    assert found["burn"][1] == {
        "rate": 14.4,
        "long_ms": DAY,
        "short_ms": 5 * MINUTE,
        "long_rate": 1.0,
        "short_rate": None,
        "fires": False,
    }
    assert (
        found["bad_after_deadlines"]
        == found["corrected"]["bad_after_deadlines"]
        == [{"deadline": at("2026-03-01 08:00"), "bad_ms": HOUR, "share_of_budget": 0.1}]
    )


def test_the_text_rounds_down_so_that_only_what_is_whole_is_100() -> None:
    assert uptime_as_text(table(), AMSTERDAM).splitlines() == [
        "Uptime, times in Europe/Amsterdam",
        "product  from              to                uptime   own uptime  coverage  bad time            episodes  longest",
        "Revenue  2026-03-01 00:00  2026-04-01 00:00  99.99 %  100.00 %    96.90 %   less than a second  1         less than a second",
        "Revenue  2026-04-01 00:00  2026-04-02 00:00  83.33 %  -           100.00 %  4 h                 2         3 h",
    ]


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (
            objective(ObjectiveStatus.MEETING, HOUR, 50 * MINUTE),
            "meeting, 50 min of its error budget of 1 h is left",
        ),
        (
            objective(ObjectiveStatus.EXHAUSTED, HOUR, -3 * HOUR),
            "exhausted, its error budget of 1 h is overspent by 3 h",
        ),
        (
            objective(ObjectiveStatus.EXHAUSTED, HOUR, 0),
            "exhausted, nothing of its error budget of 1 h is left",
        ),
        (
            objective(ObjectiveStatus.NO_DATA, 0, 0),
            "no data, less than 90 % of its window was measured",
        ),
    ],
)
def test_an_objective_is_told_below_the_table(report: ObjectiveReport, words: str) -> None:
    lines = uptime_as_text(table(report), AMSTERDAM).splitlines()
    assert lines[-2:] == ["", f"Objective of Revenue, 99.995 %: {words}"]


def test_json_has_exact_milliseconds() -> None:
    report = objective(ObjectiveStatus.AT_RISK, HOUR, MINUTE)
    told = json.loads(uptime_as_json(table(report), AMSTERDAM))
    assert told["timezone"] == AMSTERDAM
    (one,) = told["products"]
    almost = {"good_ms": 30 * DAY, "bad_ms": 1, "unknown_ms": 23 * HOUR - 1}
    own = {"good_ms": 31 * DAY - HOUR, "bad_ms": 0, "unknown_ms": 0}
    assert one["periods"][0] == {
        "from": MARCH[0],
        "to": MARCH[1],
        "experienced": {**almost, "corrected": almost},
        "own": {**own, "corrected": own},
        "episodes_ms": [1],
    }
    at_risk = {
        "status": "at risk",
        "target": 0.99995,
        "from": MARCH[0],
        "to": MARCH[1],
        "counted": {"good_ms": 0, "bad_ms": 0, "unknown_ms": 0},
        "budget_ms": HOUR,
        "remaining_ms": MINUTE,
    }
    assert one["objective"] == {**at_risk, "corrected": at_risk}
    assert (told["corrections_from"], told["corrections"]) == ("published", [])
    without = json.loads(uptime_as_json(table(), AMSTERDAM))
    assert without["products"][0]["objective"] is None


def test_a_product_that_went_is_marked_in_every_form() -> None:
    (one,) = table().products
    gone = replace(table(), products=(replace(one, gone_at=APRIL[1]),))
    lines = uptime_as_text(gone, AMSTERDAM).splitlines()
    assert [line.split("  ")[0] for line in lines[2:4]] == ["Revenue (gone)"] * 2
    assert lines[4:] == [
        "",
        "Revenue is gone since Thu 2026-04-02 00:00: its figures are of the time until then",
    ]
    assert json.loads(uptime_as_json(gone, AMSTERDAM))["products"][0]["gone_at"] == APRIL[1]
    assert json.loads(uptime_as_json(table(), AMSTERDAM))["products"][0]["gone_at"] is None
    rows = list(csv.DictReader(StringIO(uptime_as_csv(gone, AMSTERDAM))))
    assert [row["gone_ms"] for row in rows] == [str(APRIL[1])] * 2


def test_csv_has_one_row_for_each_product_and_period() -> None:
    report = objective(ObjectiveStatus.AT_RISK, HOUR, MINUTE)
    told = spending(table(report), SPENT)
    first, second = csv.DictReader(StringIO(uptime_as_csv(told, AMSTERDAM)))
    assert first.pop("gone_ms") == ""
    measured = {key: text for key, text in first.items() if not key.startswith("corrected_")}
    assert measured == {
        "product": "revenue",
        "from": "2026-03-01T00:00:00.000+01:00",
        "to": "2026-04-01T00:00:00.000+02:00",
        "from_ms": str(MARCH[0]),
        "to_ms": str(MARCH[1]),
        "uptime_percent": "99.99",
        "own_uptime_percent": "100.00",
        "coverage_percent": "96.90",
        "good_ms": str(30 * DAY),
        "bad_ms": "1",
        "unknown_ms": str(23 * HOUR - 1),
        "own_good_ms": str(31 * DAY - HOUR),
        "own_bad_ms": "0",
        "own_unknown_ms": "0",
        "episodes": "1",
        "longest_ms": "1",
        "objective_status": "at risk",
        "objective_target": "99.995 %",
        "objective_budget_ms": str(HOUR),
        "objective_remaining_ms": str(MINUTE),
        "burn_rules_firing": "1",
        "deadlines_before_bad_time": "7",
        "bad_after_deadlines_ms": str(28 * HOUR),
    }
    assert (second["own_uptime_percent"], second["longest_ms"]) == ("", str(3 * HOUR))
    (bare, _) = csv.DictReader(StringIO(uptime_as_csv(table(), AMSTERDAM)))
    assert bare["objective_status"] == ""


def test_an_id_that_a_spreadsheet_would_compute_stays_text() -> None:
    first, _ = csv.DictReader(StringIO(uptime_as_csv(table(id_="=1+1"), AMSTERDAM)))
    assert first["product"] == "'=1+1"


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    text = uptime_as_text(table(objective(ObjectiveStatus.NO_DATA, 0, 0), "a\x1bb"), AMSTERDAM)
    assert "\x1b" not in text
    assert "A b" in text


def correction(kind: CorrectionKind, since: str, until: str, reason: str) -> Correction:
    return Correction(
        product="revenue", since=at(since), until=at(until), kind=kind, reason=reason, author="ana"
    )


CORRECTIONS = (
    correction(
        CorrectionKind.PLANNED_WORK, "2026-03-05 06:00", "2026-03-05 10:00", "Migration\x1b of it"
    ),
    correction(
        CorrectionKind.FALSE_ALARM, "2026-04-01 06:00", "2026-04-01 08:00", "The check was wrong"
    ),
    correction(
        CorrectionKind.UNDETECTED_FAULT, "2026-04-01 22:00", "2026-04-01 23:00", "Found by hand"
    ),
)


def corrected(raw: UptimeTable, objective: ObjectiveReport | None = None) -> UptimeTable:
    (one,) = raw.products
    experienced = Tally(good=22 * HOUR, bad=2 * HOUR, unknown=0)
    first, second = (
        replace(figures, corrected=CorrectedFigures(experienced=experienced, own=figures.own))
        for figures in one.periods
    )
    better = replace(
        one, periods=(first, second), corrected_objective=objective, corrections=CORRECTIONS
    )
    return replace(raw, products=(better,))


def test_corrected_figures_and_the_corrections_are_told_beside_those_measured() -> None:
    raw = objective(ObjectiveStatus.EXHAUSTED, HOUR, -3 * HOUR)
    better = objective(ObjectiveStatus.MEETING, HOUR, 50 * MINUTE)
    assert uptime_as_text(corrected(table(raw), better), AMSTERDAM).splitlines() == [
        "Uptime, times in Europe/Amsterdam",
        "product  from              to                uptime   corrected  own uptime  coverage  bad time            episodes  longest",
        "Revenue  2026-03-01 00:00  2026-04-01 00:00  99.99 %  91.66 %    100.00 %    96.90 %   less than a second  1         less than a second",
        "Revenue  2026-04-01 00:00  2026-04-02 00:00  83.33 %  91.66 %    -           100.00 %  4 h                 2         3 h",
        "",
        "Objective of Revenue, 99.995 %: meeting, 50 min of its error budget of 1 h is left; as measured: exhausted, its error budget of 1 h is overspent by 3 h",
        "",
        "Corrections as published",
        "Corrected: Revenue 2026-03-05 06:00 to 2026-03-05 10:00, planned work, not measured: Migration  of it (ana)",
        "Corrected: Revenue 2026-04-01 06:00 to 2026-04-01 08:00, a false alarm, good: The check was wrong (ana)",
        "Corrected: Revenue 2026-04-01 22:00 to 2026-04-01 23:00, an undetected fault, bad: Found by hand (ana)",
    ]


def test_an_objective_that_corrections_change_nothing_of_is_told_once() -> None:
    report = objective(ObjectiveStatus.MEETING, HOUR, 50 * MINUTE)
    text = uptime_as_text(corrected(table(report), report), AMSTERDAM)
    assert (
        "Objective of Revenue, 99.995 %: meeting, 50 min of its error budget of 1 h is left\n"
        in text
    )


def test_json_has_corrected_figures_within_those_measured() -> None:
    raw = objective(ObjectiveStatus.EXHAUSTED, HOUR, -3 * HOUR)
    better = objective(ObjectiveStatus.MEETING, HOUR, 50 * MINUTE)
    told = json.loads(uptime_as_json(corrected(table(raw), better), AMSTERDAM))
    (one,) = told["products"]
    assert one["periods"][1]["experienced"] == {
        "good_ms": 20 * HOUR,
        "bad_ms": 4 * HOUR,
        "unknown_ms": 0,
        "corrected": {"good_ms": 22 * HOUR, "bad_ms": 2 * HOUR, "unknown_ms": 0},
    }
    nothing = {"good_ms": 0, "bad_ms": 0, "unknown_ms": 0}
    assert one["periods"][1]["own"] == {**nothing, "corrected": nothing}
    assert (one["objective"]["status"], one["objective"]["remaining_ms"]) == (
        "exhausted",
        -3 * HOUR,
    )
    assert one["objective"]["corrected"]["status"] == "meeting"
    assert told["corrections"][1] == {
        "product": "revenue",
        "from": at("2026-04-01 06:00"),
        "to": at("2026-04-01 08:00"),
        "kind": "false_alarm",
        "reason": "The check was wrong",
        "author": "ana",
    }
    given = replace(table(), is_given=True)
    assert json.loads(uptime_as_json(given, AMSTERDAM))["corrections_from"] == "file"


def test_corrections_of_a_file_are_told_as_such_be_there_any_or_not() -> None:
    lines = uptime_as_text(replace(table(), is_given=True), AMSTERDAM).splitlines()
    assert lines[1].split()[4] == "corrected"
    assert lines[-1] == "Corrections of the file given, in place of those published"


def test_csv_has_columns_of_what_is_corrected_after_all_others() -> None:
    better = objective(ObjectiveStatus.MEETING, HOUR, 50 * MINUTE)
    lines = uptime_as_csv(corrected(table(better), better), AMSTERDAM).splitlines()
    _, second = csv.DictReader(lines)
    *_, last_measured, gone = (key for key in second if not key.startswith("corrected_"))
    assert (last_measured, gone) == ("bad_after_deadlines_ms", "gone_ms")
    assert {key: value for key, value in second.items() if key.startswith("corrected_")} == {
        "corrected_uptime_percent": "91.66",
        "corrected_own_uptime_percent": "",
        "corrected_coverage_percent": "100.00",
        "corrected_good_ms": str(22 * HOUR),
        "corrected_bad_ms": str(2 * HOUR),
        "corrected_unknown_ms": "0",
        "corrected_own_good_ms": "0",
        "corrected_own_bad_ms": "0",
        "corrected_own_unknown_ms": "0",
        "corrected_objective_status": "meeting",
        "corrected_objective_budget_ms": str(HOUR),
        "corrected_objective_remaining_ms": str(50 * MINUTE),
        "corrected_burn_rules_firing": "",
        "corrected_deadlines_before_bad_time": "",
        "corrected_bad_after_deadlines_ms": "",
    }
    bare, _ = csv.DictReader(StringIO(uptime_as_csv(corrected(table()), AMSTERDAM)))
    assert bare["corrected_objective_remaining_ms"] == ""


def charged(lost: int, *roots: tuple[str, int]) -> UptimeTable:
    by_root = tuple(Charge(root=root, lost=time) for root, time in roots)
    (one,) = table().products
    time = LostTime(
        charges=Charges(product="revenue", lost=lost, by_root=by_root),
        titles={root: root.capitalize() for root, _ in roots},
    )
    return replace(table(), products=(replace(one, lost=time),))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (charged(0), "nothing"),
        (
            charged(4 * HOUR - 2 * MINUTE, ("users", 4 * HOUR - 2 * MINUTE)),
            "3 h 58 min: 3 h 58 min through Users",
        ),
        (
            charged(4 * HOUR, ("users", 3 * HOUR), ("revenue", 2 * HOUR)),
            "4 h: 3 h through Users, 2 h through its own promises (some of it at once, so the parts add up to more)",
        ),
    ],
)
def test_lost_time_is_told_with_those_who_caused_it(found: UptimeTable, words: str) -> None:
    lines = uptime_as_text(found, AMSTERDAM).splitlines()
    assert lines[-2:] == ["", f"Revenue lost {words}"]


def test_json_has_charges_where_they_were_asked_for() -> None:
    found = charged(4 * HOUR, ("users", 3 * HOUR), ("revenue", 2 * HOUR))
    (one,) = json.loads(uptime_as_json(found, AMSTERDAM))["products"]
    assert one["charges"] == {
        "lost_ms": 4 * HOUR,
        "overlap": True,
        "by_root": [
            {"product": "users", "lost_ms": 3 * HOUR},
            {"product": "revenue", "lost_ms": 2 * HOUR},
        ],
    }
    assert "charges" not in json.loads(uptime_as_json(table(), AMSTERDAM))["products"][0]
