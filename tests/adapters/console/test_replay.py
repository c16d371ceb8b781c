"""The forms of a replay beyond what its goldens show."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from datahub_dataproducts.adapters.console.replay import (
    intervals,
    replay_as_json,
    replay_as_text,
)
from datahub_dataproducts.application.episode_listing import ListedEpisode
from datahub_dataproducts.application.replay import Replay, Replayed
from datahub_dataproducts.domain.corrections import CorrectionKind
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from datahub_dataproducts.domain.episode_history import Episode
from datahub_dataproducts.domain.figures import Figures
from datahub_dataproducts.domain.health import Assessment, Health
from datahub_dataproducts.domain.histories import History
from datahub_dataproducts.domain.letters import Affected, Announcement, Why
from datahub_dataproducts.domain.objectives import ObjectiveReport, ObjectiveStatus
from datahub_dataproducts.domain.timelines import Tally
from tests.builders import AMSTERDAM, at, correction, product

MORNING = at("2026-03-02 06:00")
UNTIL = MORNING + 10 * HOUR
STEPS = ((MORNING, Health.UNKNOWN), (MORNING + HOUR, Health.UNHEALTHY))
REPORT = ObjectiveReport(
    status=ObjectiveStatus.EXHAUSTED,
    target=Fraction(999, 1000),
    since=0,
    until=UNTIL,
    tally=Tally(0, 9 * HOUR, HOUR),
    budget=9 * HOUR // 1000,
    remaining=9 * HOUR // 1000 - 9 * HOUR,
)
USERS = Replayed(
    product=product("users", name="Us\x1b[31mers"),
    assessment=Assessment(
        product="users", health=Health.UNHEALTHY, own=Health.UNHEALTHY, causes=()
    ),
    explanation="Users is\nunhealthy.",
    history=History(STEPS, STEPS),
    own=Tally(0, 0, 10 * HOUR),
    experienced=Tally(0, 9 * HOUR, HOUR),
    objective=REPORT,
)


def of(id_: str, health: Health) -> Affected:
    return Affected(product=id_, title=id_, type="", health=health, since=7)


TOLD = Announcement(
    product="users",
    domain="urn:li:domain:crm",
    at=MORNING + HOUR,
    timezone=AMSTERDAM,
    why=Why.OPENED,
    health=Health.UNHEALTHY,
    text="Ürsula's Users is unhealthy.",
    conversation="users@7",
    sequence=2,
    affected=(of("users", Health.UNHEALTHY),),
    recovered=(of("revenue", Health.HEALTHY),),
    ends=("risk:users@5",),
)
SPENT = "  objective 99.9 %: exhausted, its error budget of 32 s is overspent by 8 h 59 min"
REPLAY = Replay(until=UNTIL, products=(USERS,), announcements=(TOLD,), left_out=0, differences=())


def shown(replayed: Replayed) -> list[str]:
    text = replay_as_text(replace(REPLAY, products=(replayed,)), AMSTERDAM)
    return text.split("\n\n")[1].splitlines()


def test_what_people_know_better_is_told_below_what_was_measured() -> None:
    known = correction(CorrectionKind.UNDETECTED_FAULT, "2026-03-02 06:00", "2026-03-02 07:00")
    better = Figures(
        experienced=Tally(0, 10 * HOUR, 0), own=Tally(0, HOUR, 9 * HOUR), objective=None
    )
    found = replace(USERS, corrected=better, corrections=(known,))
    assert shown(found) == [
        *shown(USERS),
        (
            "  corrected: uptime 0.00 % (none good, 10 h bad, none unknown); on its own promises "
            "0.00 % (none good, 1 h bad, 9 h unknown)"
        ),
        (
            "  known better: 2026-03-02 06:00 to 2026-03-02 07:00, an undetected fault, bad: "
            "as known (ana)"
        ),
    ]
    judged = replace(found, corrected=replace(better, objective=REPORT))
    assert f"  corrected: {SPENT.strip()}" in shown(judged)


def test_json_keeps_what_was_measured_and_has_corrected_figures_beside_it() -> None:
    def products(one: Replayed) -> dict[str, Any]:
        told = json.loads(replay_as_json(replace(REPLAY, products=(one,))))
        users: dict[str, Any] = told["products"]["users"]
        return users

    known = correction(CorrectionKind.FALSE_ALARM, "2026-03-02 07:00", "2026-03-02 16:00")
    better = Figures(experienced=Tally(9 * HOUR, 0, HOUR), own=Tally(0, 0, 0), objective=None)
    found = products(replace(USERS, corrected=better, corrections=(known,)))
    corrected, corrections = found.pop("corrected"), found.pop("corrections")
    assert found == products(USERS)
    assert corrected["experienced"] == {"good_ms": 9 * HOUR, "bad_ms": 0, "unknown_ms": HOUR}
    assert corrected["objective"] is None
    assert [one["author"] for one in corrections] == ["ana"]
    judged = products(replace(USERS, corrected=replace(better, objective=REPORT)))
    assert judged["corrected"]["objective"]["status"] == "exhausted"


def test_a_block_is_lines_that_a_terminal_does_not_obey() -> None:
    assert shown(USERS) == [
        "Us [31mers (users): unhealthy since Mon 2026-03-02 07:00",
        "  Users is unhealthy.",
        "  Mon 2026-03-02 06:00 - Mon 2026-03-02 07:00  unknown    1 h",
        "  Mon 2026-03-02 07:00 - Mon 2026-03-02 16:00  unhealthy  9 h",
        "  uptime 0.00 % (none good, 9 h bad, 1 h unknown); on its own promises not measured",
        SPENT,
    ]


EPISODES = (
    ListedEpisode(
        times=Episode(MORNING, MORNING + 5 * MINUTE, MORNING + HOUR),
        lasted=HOUR,
        cause="its input \x1b[31mCrm is out of date",
    ),
    ListedEpisode(
        times=Episode(MORNING + 2 * HOUR, MORNING + 2 * HOUR, None), lasted=8 * HOUR, cause="x"
    ),
)


def test_episodes_are_told_with_how_long_it_took_until_people_knew() -> None:
    assert shown(replace(USERS, episodes=EPISODES))[-2:] == [
        (
            "  episode Mon 2026-03-02 06:00 - Mon 2026-03-02 07:00, 1 h, told after 5 min: "
            "its input  [31mCrm is out of date"
        ),
        "  episode Mon 2026-03-02 08:00 - still open, 8 h, told at once: x",
    ]
    told = json.loads(
        replay_as_json(replace(REPLAY, products=(replace(USERS, episodes=EPISODES),)))
    )
    assert told["products"]["users"]["episodes"] == [
        {
            "opened_at": MORNING,
            "told_at": MORNING + 5 * MINUTE,
            "closed_at": MORNING + HOUR,
            "lasted_ms": HOUR,
            "cause": "its input \x1b[31mCrm is out of date",
        },
        {
            "opened_at": MORNING + 2 * HOUR,
            "told_at": MORNING + 2 * HOUR,
            "closed_at": None,
            "lasted_ms": 8 * HOUR,
            "cause": "x",
        },
    ]


def test_an_objective_tells_what_is_left_or_that_nothing_is_known() -> None:
    meeting = replace(
        REPORT, status=ObjectiveStatus.MEETING, budget=2 * HOUR, remaining=30 * MINUTE
    )
    assert shown(replace(USERS, objective=meeting))[-1] == (
        "  objective 99.9 %: meeting, 30 min of its error budget of 2 h is left"
    )
    spent = replace(meeting, status=ObjectiveStatus.EXHAUSTED, remaining=0)
    assert shown(replace(USERS, objective=spent))[-1] == (
        "  objective 99.9 %: exhausted, nothing of its error budget of 2 h is left"
    )
    blind = replace(REPORT, status=ObjectiveStatus.NO_DATA)
    assert shown(replace(USERS, objective=blind))[-1] == (
        "  objective 99.9 %: no data, less than 90 % of its window was measured"
    )
    assert shown(replace(USERS, objective=None))[-1].startswith("  uptime")


def test_a_healthy_product_is_explained_only_where_something_is_not_known() -> None:
    healthy = Assessment(product="users", health=Health.HEALTHY, own=None, causes=())
    assert "  Users is unhealthy." not in shown(replace(USERS, assessment=healthy))
    blind = replace(healthy, blind_inputs=("crm",))
    assert "  Users is unhealthy." in shown(replace(USERS, assessment=blind))


def test_one_product_is_one_and_the_zone_is_named() -> None:
    assert replay_as_text(REPLAY, "UTC").startswith(
        "1 product, replayed until Mon 2026-03-02 15:00 (UTC)\n"
    )
    assert replay_as_text(replace(REPLAY, products=()), "UTC").startswith("0 products, ")


def test_a_step_at_the_end_is_no_interval() -> None:
    assert intervals([*STEPS, (UNTIL, Health.HEALTHY)], UNTIL) == [
        (MORNING, MORNING + HOUR, Health.UNKNOWN),
        (MORNING + HOUR, UNTIL, Health.UNHEALTHY),
    ]
    assert intervals([], UNTIL) == []


def test_json_has_numbers_and_the_letters_as_they_are() -> None:
    read = json.loads(replay_as_json(REPLAY))
    assert list(read) == ["until", "products", "announcements"]
    assert read["products"]["users"] == {
        "health": "UNHEALTHY",
        "since": MORNING + HOUR,
        "history_from": MORNING,
        "causes": [],
        "intervals": [
            [MORNING, MORNING + HOUR, "UNKNOWN"],
            [MORNING + HOUR, UNTIL, "UNHEALTHY"],
        ],
        "episodes": [],
        "own": {"good_ms": 0, "bad_ms": 0, "unknown_ms": 10 * HOUR},
        "experienced": {"good_ms": 0, "bad_ms": 9 * HOUR, "unknown_ms": HOUR},
        "objective": {
            "status": "exhausted",
            "target": 0.999,
            "remaining_ms": REPORT.remaining,
        },
    }
    assert read["announcements"] == [
        {
            "at": MORNING + HOUR,
            "product": "users",
            "why": "opened",
            "health": "UNHEALTHY",
            "text": "Ürsula's Users is unhealthy.",
            "conversation": "users@7",
            "sequence": 2,
            "affected": ["users"],
            "recovered": ["revenue"],
            "ends": ["risk:users@5"],
        }
    ]
    assert "Ürsula" in replay_as_json(REPLAY)
