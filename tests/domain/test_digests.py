"""Digests: what the readers of one channel are told of one day."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from datahub_dataproducts.domain.calendars import hours_that_count
from datahub_dataproducts.domain.digest_words import digest_of
from datahub_dataproducts.domain.digests import DigestRule, DigestTime, ProductToday
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Digest
from datahub_dataproducts.domain.message_words import signed
from datahub_dataproducts.domain.messages import Breaches, Items, Links, Meter, Paragraph, Tone
from datahub_dataproducts.domain.objectives import (
    ObjectiveReport,
    ObjectiveStatus,
    judge_objective,
)
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Objective
from datahub_dataproducts.domain.quiet_hours import QuietHours
from datahub_dataproducts.domain.schedules import Schedule
from datahub_dataproducts.domain.timelines import Step
from tests.builders import AMSTERDAM, at
from tests.domain.standings import (
    AT_RISK,
    BLOCK,
    HEALTHY,
    METRIC,
    SILENT,
    UNHEALTHY,
    UNKNOWN,
    made,
    standing,
)
from tests.messages_as_text import as_text

NINE = Schedule(times=(540,), timezone=AMSTERDAM)
RULE = DigestRule(schedule=NINE)
NOW = at("2026-03-03 09:00")
TODAY = DigestTime(since=NOW - DAY, at=NOW, rule=RULE)
LONG_AGO = (NOW - 60 * DAY, HEALTHY)
OBJECTIVE = Objective(target=Fraction(99, 100), window=30 * DAY)
USERS, REVENUE, CHURN, SPEND, ORDERS = [
    *made("users", type_=BLOCK),
    *made("revenue", "churn", "spend", "orders", type_=METRIC),
]
PRODUCTS = [USERS, REVENUE, CHURN, SPEND, ORDERS]


def today(health: Health, *path: str, steps: list[Step], **more: object) -> ProductToday:
    judgement = {"judgement": SILENT} if health is UNKNOWN else {}
    assessment = standing(health, *path, **judgement).assessment  # type: ignore[arg-type]
    return ProductToday(assessment=assessment, steps=[LONG_AGO, *steps], **more)  # type: ignore[arg-type]


def told(
    *products: ProductToday, time: DigestTime = TODAY, of: list[DataProduct] = PRODUCTS
) -> Digest:
    made = digest_of(portfolio_of(of), products, time)
    assert made is not None
    return made


def report(steps: list[Step]) -> ObjectiveReport:
    return judge_objective(
        OBJECTIVE, [LONG_AGO, *steps], NOW, timezone="UTC", history_from=LONG_AGO[0]
    )


WELL = today(HEALTHY, "orders", steps=[])


def test_a_bad_day_is_told_with_the_worst_first_and_the_well_in_one_line() -> None:
    came_and_went = [(NOW - 20 * HOUR, UNHEALTHY), (NOW - 18 * HOUR, HEALTHY)]
    made = told(
        today(UNHEALTHY, "users", steps=[(NOW - HOUR, UNHEALTHY)]),
        today(UNHEALTHY, "revenue", "users", steps=[(NOW - 49 * HOUR, UNHEALTHY)]),
        today(HEALTHY, "churn", steps=came_and_went),
        today(UNKNOWN, "spend", steps=[(NOW - HOUR, UNKNOWN)]),
        WELL,
    )
    assert made.day == "2026-03-03"
    assert (
        made.text
        == """\
Data products, Tue 3 Mar: 2 unhealthy, 1 not known, 1 recovered
Newly unhealthy:
- Users: since Tue 3 Mar at 08:00, fct fails a check, owner: users-team
Still unhealthy:
- Revenue: day 3, since Sun 1 Mar at 08:00, its input Users fails a check, owner of Users: users-team
Not known:
- Spend: fct has gone silent
Recovered:
- Churn: was unhealthy for 2 h, from Mon 2 Mar at 13:00 to 15:00
1 other is healthy."""
    )
    assert as_text(made.message).startswith("""\
# Data products, Tue 3 Mar: 2 unhealthy, 1 not known, 1 recovered [bad]
Newly unhealthy:
- Users, since Tue 3 Mar at 08:00, fct fails a check, owner: users-team [bad] -> urn:li:dataProduct:users
Still unhealthy:
- Revenue, day 3, since Sun 1 Mar at 08:00, its input Users fails a check, owner of Users: users-team [bad] -> urn:li:dataProduct:revenue
Not known:
- Spend, fct has gone silent [blind] -> urn:li:dataProduct:spend
Recovered:
- Churn, was unhealthy for 2 h, from Mon 2 Mar at 13:00 to 15:00 [good] -> urn:li:dataProduct:churn
1 other is healthy.
Users: uptime of the last 14 days: 320/321
Revenue: uptime of the last 14 days: 272/321
[Runbook of Users] -> https://wiki.example.com/users
[Runbook of Spend] -> https://wiki.example.com/spend
---
""")


def test_a_quiet_day_is_one_line() -> None:
    made = told(WELL, today(HEALTHY, "churn", steps=[]))
    assert made.text == "Data products, Tue 3 Mar: both are healthy"
    assert as_text(made.message) == "# Data products, Tue 3 Mar: both are healthy [good]"


def test_a_quiet_day_is_skipped_where_the_channel_wishes_so() -> None:
    quiet = replace(TODAY, rule=replace(RULE, is_skipped_when_quiet=True))
    portfolio = portfolio_of(PRODUCTS)
    assert digest_of(portfolio, [WELL], quiet) is None
    bad = today(UNHEALTHY, "users", steps=[(NOW - HOUR, UNHEALTHY)])
    assert digest_of(portfolio, [WELL, bad], quiet) is not None


def test_a_channel_that_is_told_of_no_product_has_no_digest() -> None:
    assert digest_of(portfolio_of(PRODUCTS), [], TODAY) is None


def test_what_turned_bad_as_the_one_before_was_due_was_told_there() -> None:
    since = TODAY.since
    assert "Still unhealthy" in told(today(UNHEALTHY, "users", steps=[(since, UNHEALTHY)])).text
    later = [(since + 1, UNHEALTHY)]
    assert "Newly unhealthy" in told(today(UNHEALTHY, "users", steps=later)).text


def test_the_days_are_those_of_the_readers_calendar() -> None:
    # 23:30 the evening before the last digest is two days before this one, however few hours ago.
    late = told(today(UNHEALTHY, "users", steps=[(at("2026-03-01 23:30"), UNHEALTHY)]))
    assert "- Users: day 3, since Sun 1 Mar at 23:30" in late.text


def test_blindness_within_a_bad_time_does_not_begin_it_anew() -> None:
    steps = [(NOW - 70 * HOUR, UNHEALTHY), (NOW - 20 * HOUR, UNKNOWN), (NOW - HOUR, UNHEALTHY)]
    assert "day 4, since Sat 28 Feb at 11:00" in told(today(UNHEALTHY, "users", steps=steps)).text


def test_what_came_and_went_several_times_is_counted() -> None:
    steps = [
        (NOW - 20 * HOUR, UNHEALTHY),
        (NOW - 19 * HOUR, AT_RISK),
        (NOW - 10 * HOUR, UNHEALTHY),
        (NOW - 8 * HOUR, HEALTHY),
    ]
    assert (
        "- Users: was unhealthy 2 times, 3 h in all, last until Tue 3 Mar at 01:00"
        in told(today(HEALTHY, "users", steps=steps)).text
    )


def test_what_came_and_went_before_it_came_back_is_told_too() -> None:
    steps = [
        (NOW - 20 * HOUR, UNHEALTHY),
        (NOW - 19 * HOUR, HEALTHY),
        (NOW - HOUR, UNHEALTHY),
    ]
    assert told(today(UNHEALTHY, "users", steps=steps)).text.endswith(
        "- Users: since Tue 3 Mar at 08:00, fct fails a check, owner: users-team, before that it "
        "was unhealthy for 1 h, from Mon 2 Mar at 13:00 to 14:00"
    )


def test_what_recovered_before_the_one_before_is_told_no_more() -> None:
    steps = [(NOW - 40 * HOUR, UNHEALTHY), (NOW - 30 * HOUR, HEALTHY)]
    assert told(today(HEALTHY, "users", steps=steps)).text.endswith("Users is healthy")


def test_what_recovered_just_as_the_one_before_was_due_was_told_there() -> None:
    since = TODAY.since
    steps = [(since - HOUR, UNHEALTHY), (since, HEALTHY)]
    assert "ecovered" not in told(today(HEALTHY, "users", steps=steps)).text
    later = [(since - HOUR, UNHEALTHY), (since + 1, HEALTHY)]
    assert "Recovered:" in told(today(HEALTHY, "users", steps=later)).text


def test_who_recovered_and_is_not_known_now_is_told_as_not_known() -> None:
    steps = [(NOW - 20 * HOUR, UNHEALTHY), (NOW - 18 * HOUR, HEALTHY), (NOW - HOUR, UNKNOWN)]
    said = told(today(UNKNOWN, "users", steps=steps)).text
    assert said.endswith(
        "Not known:\n- Users: fct has gone silent, was unhealthy for 2 h, from Mon 2 Mar at 13:00 to "
        "15:00"
    )


# About to break.


def test_a_product_at_risk_is_about_to_break() -> None:
    made = told(today(AT_RISK, "users", steps=[(NOW - HOUR, AT_RISK)]), WELL)
    assert (
        made.text
        == """\
Data products, Tue 3 Mar: 1 about to break
About to break:
- Users: fct fails a check
1 other is healthy."""
    )
    assert made.message.tone is Tone.RISK


def test_of_a_product_at_risk_its_budget_and_what_came_and_went_are_told_too() -> None:
    steps = [(NOW - 7 * HOUR, UNHEALTHY), (NOW - HOUR, AT_RISK)]
    product = replace(REVENUE, objective=OBJECTIVE)
    made = told(today(AT_RISK, "revenue", steps=steps, report=report(steps)), of=[product])
    assert made.text.endswith(
        "About to break:\n- Revenue: fct fails a check, 16.6 % of the 30-day error budget is left, "
        "was unhealthy for 6 h, from Tue 3 Mar at 02:00 to 08:00"
    )


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (5, ""),
        (6, "- Revenue: 16.6 % of the 30-day error budget is left"),
        (8, ""),
    ],
)
def test_a_product_whose_error_budget_runs_out_is_about_to_break(hours: int, said: str) -> None:
    steps = [(NOW - (hours + 40) * HOUR, UNHEALTHY), (NOW - 40 * HOUR, HEALTHY)]
    product = replace(REVENUE, objective=OBJECTIVE)
    made = told(today(HEALTHY, "revenue", steps=steps, report=report(steps)), of=[product])
    assert (f"About to break:\n{said}" in made.text) if said else ("About" not in made.text)


@pytest.mark.parametrize(
    ("hours", "left"),
    [(5, ""), (6, ", 16.6 % of the 30-day error budget"), (8, ", nothing is left of")],
)
def test_who_recovered_with_little_budget_left_has_recovered(hours: int, left: str) -> None:
    steps = [(NOW - (hours + 1) * HOUR, UNHEALTHY), (NOW - HOUR, HEALTHY)]
    product = replace(REVENUE, objective=OBJECTIVE)
    made = told(today(HEALTHY, "revenue", steps=steps, report=report(steps)), of=[product])
    assert made.text.startswith("Data products, Tue 3 Mar: Revenue has recovered\nRecovered:\n")
    assert f" to 08:00{left}" in made.text
    assert ("error budget" in made.text) == bool(left)


def test_what_is_about_to_break_is_shown_as_a_risk_and_said_to_be_one_once() -> None:
    steps = [(NOW - 46 * HOUR, UNHEALTHY), (NOW - 40 * HOUR, HEALTHY)]
    product = replace(REVENUE, objective=OBJECTIVE)
    made = told(today(HEALTHY, "revenue", steps=steps, report=report(steps)), of=[product])
    (items,) = (block for block in made.message.blocks if isinstance(block, Items))
    assert [item.tone for item in items.items] == [Tone.RISK]
    assert signed(made.message.subject, made.message.tone).endswith(": Revenue is about to break")


# Nothing is left.

SPENT = [(NOW - 48 * HOUR, UNHEALTHY), (NOW - 40 * HOUR, HEALTHY)]


def spent(health: Health, id_: str, *steps: Step, before: bool) -> ProductToday:
    all_ = [*SPENT, *steps]
    return today(health, id_, steps=all_, report=report(all_), was_spent=before)


def with_objective(*products: DataProduct) -> list[DataProduct]:
    return [replace(one, objective=OBJECTIVE) for one in products]


def test_that_a_budget_is_spent_is_told_when_it_happens() -> None:
    bad = (NOW - HOUR, UNHEALTHY)
    made = told(
        spent(UNHEALTHY, "users", bad, before=False), of=with_objective(USERS)
    ).text.splitlines()
    assert made[-1].endswith("owner: users-team, nothing is left of the 30-day error budget")
    assert not any("Error budget spent" in line for line in made)


def test_of_a_budget_that_was_spent_before_one_line_tells() -> None:
    bad = (NOW - HOUR, UNHEALTHY)
    made = told(
        spent(UNHEALTHY, "users", bad, before=True),
        spent(HEALTHY, "revenue", before=True),
        spent(HEALTHY, "churn", before=True),
        WELL,
        of=[*with_objective(USERS, REVENUE, CHURN), ORDERS],
    )
    assert (
        made.text
        == """\
Data products, Tue 3 Mar: 1 unhealthy
Newly unhealthy:
- Users: since Tue 3 Mar at 08:00, fct fails a check, owner: users-team
3 others are healthy.
Error budget spent: Churn, Revenue and Users."""
    )
    assert (
        Paragraph(text=made.text.partition("team\n")[2].replace("\n", " ")) in made.message.blocks
    )


def test_a_budget_that_is_spent_makes_no_bad_day() -> None:
    state, products = spent(HEALTHY, "revenue", before=True), with_objective(REVENUE)
    made = told(state, of=products)
    assert made.text == (
        "Data products, Tue 3 Mar: Revenue is healthy\nError budget spent: Revenue."
    )
    assert made.message.tone is Tone.GOOD
    quiet = replace(TODAY, rule=replace(RULE, is_skipped_when_quiet=True))
    assert digest_of(portfolio_of(products), [state], quiet) is None


def test_what_is_spent_without_anything_else_to_tell_of_is_named_at_once() -> None:
    # As when a correction says that it was bad.
    made = told(spent(HEALTHY, "revenue", before=False), of=with_objective(REVENUE))
    assert made.text.endswith("\nError budget spent: Revenue.")


def test_a_risk_without_a_budget_left_says_why_it_is_one_and_no_more() -> None:
    risk = spent(AT_RISK, "users", (NOW - HOUR, AT_RISK), before=True)
    assert told(risk, of=with_objective(USERS)).text.endswith(
        "- Users: fct fails a check\nError budget spent: Users."
    )


def test_from_what_share_on_is_for_the_channel_to_say() -> None:
    steps = [(NOW - 6 * HOUR, UNHEALTHY), (NOW - HOUR, HEALTHY)]
    product = replace(REVENUE, objective=OBJECTIVE)
    half = replace(TODAY, rule=replace(RULE, budget_below=Fraction(1, 2)))
    state = today(HEALTHY, "revenue", steps=steps, report=report(steps))
    assert "30.5 % of the 30-day error budget" in told(state, time=half, of=[product]).text


def test_just_the_share_from_which_on_is_not_less_than_it() -> None:
    product = replace(REVENUE, objective=OBJECTIVE)
    steps = [(NOW - 6 * HOUR, UNHEALTHY), (NOW - HOUR, HEALTHY)]
    stands = report(steps)
    assert stands.left is not None
    for share, is_told in ((stands.left, False), (stands.left + Fraction(1, 10**9), True)):
        time = replace(TODAY, rule=replace(RULE, budget_below=share))
        state = today(HEALTHY, "revenue", steps=steps, report=stands)
        assert (
            "of the 30-day error budget" in told(state, time=time, of=[product]).text
        ) is is_told


def test_a_budget_that_allows_nothing_yet_warns_of_nothing_while_nothing_is_bad() -> None:
    new = judge_objective(
        OBJECTIVE, [(NOW - 50, HEALTHY)], NOW, timezone="UTC", history_from=NOW - 50
    )
    assert (new.budget, new.left) == (0, None)
    product = replace(REVENUE, objective=OBJECTIVE)
    state = today(HEALTHY, "revenue", steps=[], report=new)
    assert "budget" not in told(state, of=[product]).text


def test_a_budget_of_which_nothing_is_known_warns_of_nothing() -> None:
    empty = judge_objective(OBJECTIVE, [], NOW, timezone="UTC", history_from=None)
    product = replace(REVENUE, objective=OBJECTIVE)
    well = told(today(HEALTHY, "revenue", steps=[], report=empty), of=[product])
    assert well.text.endswith("Revenue is healthy")
    risky = today(AT_RISK, "revenue", steps=[], report=empty)
    assert "budget" not in told(risky, of=[product]).text
    # Too little was measured, and all of that was bad.
    steps = [(NOW - 29 * DAY, UNKNOWN), (NOW - 50 * HOUR, UNHEALTHY), (NOW - 40 * HOUR, HEALTHY)]
    little = report(steps)
    assert little.status is ObjectiveStatus.NO_DATA
    assert little.remaining < 0
    state = today(HEALTHY, "revenue", steps=steps, report=little)
    assert "budget" not in told(state, of=[product]).text


# What is told besides.


def test_what_the_readers_are_to_know_besides_is_said_last() -> None:
    state = today(
        UNHEALTHY, "users", steps=[(NOW - HOUR, UNHEALTHY)], note="silenced by ana until 12:00"
    )
    assert told(state).text.endswith("owner: users-team, silenced by ana until 12:00")


def test_without_an_owner_nobody_is_named() -> None:
    state = today(UNHEALTHY, "users", steps=[(NOW - HOUR, UNHEALTHY)])
    assert told(state, of=[replace(USERS, owners=(), runbook="")]).text.endswith("fails a check")


def test_many_are_cut_in_the_message_and_whole_in_the_text() -> None:
    ids = [f"p{n:02}" for n in range(30)]
    states = [today(UNHEALTHY, id_, "users", steps=[(NOW - HOUR, UNHEALTHY)]) for id_ in ids]
    digest = told(*states, of=[USERS, *made(*ids)])
    (items,) = (block for block in digest.message.blocks if isinstance(block, Items))
    assert (len(items.items), items.more) == (20, 10)
    assert digest.text.count("\n- ") == 30
    assert sum(isinstance(block, Meter) for block in digest.message.blocks) == 5
    (links,) = (block for block in digest.message.blocks if isinstance(block, Links))
    assert len(links.links) == 1
    (breaches,) = digest.message.details
    assert isinstance(breaches, Breaches)


def test_each_day_of_the_picture_is_a_local_one() -> None:
    state = today(UNHEALTHY, "users", steps=[(at("2026-03-02 12:00"), UNHEALTHY)])
    (meter,) = (block for block in told(state).message.blocks if isinstance(block, Meter))
    # The last of the fourteen is the part of today so far.
    assert meter.days == (*(Fraction(1),) * 12, Fraction(1, 2), Fraction(0))
    assert meter.share == Fraction(12 * 24 + 12, 13 * 24 + 9)


# When one is due.


def test_of_several_that_went_by_unseen_the_last_is_told() -> None:
    assert RULE.due(NOW - 3 * DAY, NOW + HOUR) == NOW
    assert RULE.due(NOW - 1, NOW) == NOW
    assert RULE.due(NOW, NOW + HOUR) is None
    assert RULE.due(NOW - HOUR, NOW - 1) is None


def test_one_that_falls_into_a_mute_is_due_as_the_mute_ends_if_it_would_be_then() -> None:
    working = QuietHours(outside=hours_that_count("MON-FRI 09:00-18:00", ()), timezone=AMSTERDAM)
    rule = replace(RULE, quiet=working)
    assert rule.next_due(at("2026-03-06 09:00")) == at("2026-03-09 09:00")


def test_where_a_day_has_several_its_last_is_the_one_that_is_asked_for() -> None:
    twice = DigestRule(schedule=Schedule(times=(540, 1020), timezone=AMSTERDAM))
    asked = twice.of_day(date(2026, 3, 3))
    assert asked is not None
    assert (asked.since, asked.at) == (NOW, at("2026-03-03 17:00"))


def test_at_a_time_of_day_that_is_always_quiet_none_is_due() -> None:
    later = QuietHours(outside=hours_that_count("MON-SUN 10:00-18:00", ()), timezone=AMSTERDAM)
    rule = replace(RULE, quiet=later)
    assert rule.next_due(NOW) is None
    assert rule.due(NOW - 3 * DAY, NOW) is None
