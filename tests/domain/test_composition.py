"""The letter of a conversation as a message: what each of its readers sees."""

from dataclasses import replace
from fractions import Fraction

import pytest

from datahub_dataproducts.domain.assertions import AssertionKind
from datahub_dataproducts.domain.composition import letter
from datahub_dataproducts.domain.conversation_words import say_budget
from datahub_dataproducts.domain.conversations import Kind
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Assessment, Health, Standstill
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.messages import Breaches, Fact, Items, Message, Tone
from datahub_dataproducts.domain.news import News, Standpoint
from datahub_dataproducts.domain.objectives import ObjectiveReport, judge_objective
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Objective
from datahub_dataproducts.domain.verdicts import Judgement, Reason, Verdict
from tests.domain.standings import (
    AT_RISK,
    BLOCK,
    HEALTHY,
    METRIC,
    NOW,
    SILENT,
    UNHEALTHY,
    UNKNOWN,
    made,
    news_of,
    standing,
)
from tests.messages_as_text import as_text

USERS, REVENUE, ACTIVATION = [
    *made("users", type_=BLOCK),
    *made("revenue", "activation", type_=METRIC),
]
ALL = [USERS, REVENUE, ACTIVATION]
BAD = {
    "users": standing(UNHEALTHY, "users"),
    "revenue": standing(UNHEALTHY, "revenue", "users"),
    "activation": standing(UNHEALTHY, "activation", "users"),
}
PROOF = """\
---
* fct passes t -> urn:li:assertion:t urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.fct,PROD)
  Found: fct fails a check
  Since: Tue 3 Mar at 06:00
  Last result: Tue 3 Mar at 06:00
  Asset: {0} -> {0}
  Run: run
  Assertion: urn:li:assertion:t
  Path: {1}"""
FCT = "urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.fct,PROD)"


def message(news: News, products: list[DataProduct] = ALL) -> Message:
    made = letter(portfolio_of(products), news).message
    assert made is not None
    return made


def test_a_building_block_that_breaks_names_those_who_use_it() -> None:
    said = message(news_of(BAD, known=False))
    assert said.subject == "Users is unhealthy because fct fails a check"
    assert said.tone is Tone.BAD
    assert (
        as_text(said)
        == """\
# Users is unhealthy because fct fails a check [bad]
The promise is that fct passes t, and the check of that failed on Tue 3 Mar at 06:00.
Also unhealthy:
- Activation, metric, since Tue 3 Mar at 07:00 [bad] -> urn:li:dataProduct:activation
- Revenue, metric, since Tue 3 Mar at 07:00 [bad] -> urn:li:dataProduct:revenue
Since: Tue 3 Mar at 07:00
Owner: users-team
[Runbook] -> https://wiki.example.com/users
[Users in DataHub] -> urn:li:dataProduct:users
"""
        + PROOF.format(FCT, "Users > fct")
    )


def test_who_sees_only_what_uses_it_is_led_to_the_cause() -> None:
    said = message(news_of({"revenue": BAD["revenue"]}, known=False))
    assert (
        as_text(said)
        == """\
# Revenue is unhealthy because its input Users fails a check [bad]
The promise is that fct passes t, and the check of that failed on Tue 3 Mar at 06:00.
Since: Tue 3 Mar at 07:00
Owner of Users: users-team
[Runbook of Users] -> https://wiki.example.com/users
[Revenue in DataHub] -> urn:li:dataProduct:revenue
[Users in DataHub] -> urn:li:dataProduct:users
"""
        + PROOF.format(FCT, "Revenue > Users > fct")
    )


def test_what_changed_is_said_before_the_evidence() -> None:
    joined = message(news_of(BAD, joined=("activation",), why=Why.AFFECTED_CHANGED))
    assert "\nActivation is unhealthy too. The promise is that" in as_text(joined)
    left = {**BAD, "activation": standing(HEALTHY, "activation")}
    parted = message(news_of(left, ended=("activation",), why=Why.AFFECTED_CHANGED))
    assert "\nActivation is healthy again, after 1 h. The promise is that" in as_text(parted)
    reminded = message(news_of(BAD, why=Why.STILL_OPEN))
    assert "\nStill open on Tue 3 Mar at 08:00, after 1 h. The promise is that" in as_text(reminded)


def test_the_end_is_good_news_with_how_long_it_was() -> None:
    well = {id_: standing(HEALTHY, id_) for id_ in ("users", "revenue")}
    said = message(news_of(well, ended=("users", "revenue"), why=Why.CLOSED))
    assert said.tone is Tone.GOOD
    assert (
        as_text(said)
        == """\
# Revenue and Users are healthy again, after 1 h [good]
Unhealthy: from Tue 3 Mar at 07:00 to 08:00
[Users in DataHub] -> urn:li:dataProduct:users"""
    )


def test_what_is_not_well_after_the_end_is_said() -> None:
    risky = {"revenue": standing(AT_RISK, "revenue", "users")}
    said = message(news_of(risky, ended=("revenue",), why=Why.CLOSED))
    assert said.tone is Tone.RISK
    assert as_text(
        said
    ).startswith("""\
# Revenue is no longer unhealthy, after 1 h [risk]
Revenue is at risk because its input Users fails a check. The promise is that fct passes t, and the""")


def test_at_an_end_of_which_nothing_is_known_now_nothing_is_called_good() -> None:
    gone = {"users": standing(UNKNOWN, "users", judgement=SILENT, is_announced=False)}
    said = message(news_of(gone, ended=("users",), why=Why.CLOSED))
    assert said.tone is Tone.BLIND
    assert said.subject == "Users is announced no more"


def test_of_one_that_is_well_again_what_is_not_known_is_said() -> None:
    well = standing(HEALTHY, "users")
    blind = replace(well.assessment, blind_inputs=("revenue",))
    point = replace(well, assessment=blind, began_at=None)
    said = message(news_of({"users": point}, ended=("users",), why=Why.CLOSED))
    assert (
        as_text(said)
        == """\
# Users is healthy again [good]
Note that nothing is known of the input Revenue.
[Users in DataHub] -> urn:li:dataProduct:users"""
    )


def test_blindness_is_told_as_such() -> None:
    points = {id_: standing(UNKNOWN, id_, judgement=SILENT) for id_ in ("users", "revenue")}
    said = message(news_of(points, kind=Kind.BLINDNESS, why=Why.BLIND, known=False))
    assert said.tone is Tone.BLIND
    assert as_text(said).startswith("""\
# It is not known whether Users is healthy, because fct has gone silent [blind]
The promise is that fct passes t, and the check of that was last heard of on Tue 3 Mar at 06:00.
Not known either:
- Revenue, metric, since Tue 3 Mar at 07:00 [blind] -> urn:li:dataProduct:revenue
""")


def test_where_nothing_is_promised_there_is_no_evidence_and_nobody_answers() -> None:
    assessment = Assessment(
        product="users", health=UNKNOWN, own=None, causes=(), standstill=Standstill.NOT_SET_UP
    )
    point = Standpoint(assessment=assessment, turned_at=NOW, began_at=None)
    said = message(news_of({"users": point}, kind=Kind.BLINDNESS, why=Why.BLIND, known=False))
    assert (
        as_text(said)
        == """\
# It is not known whether Users is healthy, because nothing is promised for it yet [blind]
[Users in DataHub] -> urn:li:dataProduct:users"""
    )


def test_those_who_joined_at_an_unknown_time_are_named_without_one() -> None:
    points = {**BAD, "activation": replace(BAD["activation"], began_at=None)}
    said = as_text(message(news_of(points, known=False)))
    assert "- Activation, metric [bad]" in said


def test_times_are_those_of_the_channel() -> None:
    news = replace(news_of(BAD, known=False), zone="America/New_York")
    announcement = letter(portfolio_of(ALL), news)
    assert announcement.timezone == "America/New_York"
    assert "failed on Tue 3 Mar at 00:00" in announcement.text
    assert announcement.message is not None
    assert "Since: Tue 3 Mar at 01:00" in as_text(announcement.message)


def test_an_incident_is_proved_by_its_asset() -> None:
    point = BAD["users"]
    cause = replace(
        point.assessment.causes[0],
        assertion=replace(
            point.assessment.causes[0].assertion,
            kind=AssertionKind.INCIDENT,
            urn="urn:li:incident:1",
            promise="has no open incident",
        ),
        judgement=Judgement(Verdict.NOT_MET, Reason.INCIDENT),
        title="Late file",
        since=None,
        run_id="",
    )
    broken = replace(point, assessment=replace(point.assessment, causes=(cause,)))
    assert as_text(message(news_of({"users": broken}, known=False))).endswith(f"""\
---
* fct has no open incident -> {FCT}
  Found: fct has an open incident: Late file
  Opened: Tue 3 Mar at 06:00
  Asset: {FCT} -> {FCT}
  Path: Users > fct""")
    untitled = replace(cause, title="")
    broken = replace(point, assessment=replace(point.assessment, causes=(untitled,)))
    assert "Found: fct has an open incident\n" in as_text(
        message(news_of({"users": broken}, known=False))
    )


@pytest.mark.parametrize(("count", "listed", "more"), [(21, 20, 0), (22, 20, 1), (51, 20, 30)])
def test_of_many_the_first_are_named_and_the_others_counted(
    count: int, listed: int, more: int
) -> None:
    ids = [f"p{n:02}" for n in range(count)]
    points = {id_: standing(UNHEALTHY, id_, "users") for id_ in ids}
    said = message(news_of(points, known=False), [USERS, *made(*ids)])
    (items,) = (block for block in said.blocks if isinstance(block, Items))
    assert (len(items.items), items.more) == (listed, more)


def test_of_many_faults_the_first_are_proved_and_the_others_counted() -> None:
    point = BAD["users"]
    (cause,) = point.assessment.causes
    causes = tuple(
        replace(cause, assertion=replace(cause.assertion, urn=f"urn:li:assertion:{n}"))
        for n in range(12)
    )
    broken = replace(point, assessment=replace(point.assessment, causes=causes))
    (breaches,) = message(news_of({"users": broken}, known=False)).details
    assert isinstance(breaches, Breaches)
    assert (len(breaches.breaches), breaches.more) == (10, 2)


# The error budget.

ROLLING = Objective(target=Fraction(99, 100), window=30 * DAY)
MONTHLY = Objective(target=Fraction(99, 100), calendar="month")


def over(objective: Objective, bad: int, *, others: bool = False) -> News:
    """The end of an episode that lasted some time of a history of 60 days."""
    points: dict[str, Standpoint] = {"users": standing(HEALTHY, "users", began_at=NOW - bad)}
    if others:
        points["revenue"] = standing(HEALTHY, "revenue")
    news = news_of(points, ended=tuple(points), why=Why.CLOSED)

    def report(id_: str) -> ObjectiveReport | None:
        steps = [(NOW - 60 * DAY, HEALTHY), (NOW - bad, UNHEALTHY)]
        made = judge_objective(objective, steps, NOW, timezone="UTC", history_from=NOW - 60 * DAY)
        return made if id_ == "users" else None

    return replace(news, objective_of=report)


def of_users(objective: Objective) -> list[DataProduct]:
    return [replace(USERS, objective=objective), REVENUE]


def test_what_is_left_of_the_error_budget_is_said_once_with_the_end() -> None:
    announced = letter(portfolio_of(of_users(ROLLING)), over(ROLLING, HOUR))
    assert announced.text == (
        "Users is healthy again, after 1 h. 86.1 % of the 30-day error budget is left."
    )
    assert announced.message is not None
    assert (
        as_text(announced.message)
        == """\
# Users is healthy again, after 1 h [good]
Unhealthy: from Tue 3 Mar at 07:00 to 08:00
Left of the 30-day error budget: 31/36
[Users in DataHub] -> urn:li:dataProduct:users"""
    )


def test_of_several_it_is_said_whose_budget_it_is() -> None:
    said = letter(portfolio_of(of_users(ROLLING)), over(ROLLING, HOUR, others=True))
    assert said.text.endswith(" 86.1 % of the 30-day error budget of Users is left.")
    assert "Left of the 30-day error budget of Users: 31/36" in as_text(said.shown)


def test_a_budget_that_is_spent_is_said_to_be() -> None:
    said = letter(portfolio_of(of_users(MONTHLY)), over(MONTHLY, HOUR)).text
    assert said.endswith("after 1 h. Nothing is left of this month's error budget.")


@pytest.mark.parametrize(
    ("window", "said"),
    [(28 * DAY, "the 28-day error budget"), (36 * HOUR, "the error budget of 1 day 12 h")],
)
def test_a_budget_is_called_by_its_window(window: int, said: str) -> None:
    assert say_budget(replace(ROLLING, window=window)) == said
    assert say_budget(replace(ROLLING, window=window), "Users") == f"{said} of Users"


@pytest.mark.parametrize(
    ("node", "label"),
    [
        ("test.shop.unique_users_id.7f2a", "Test in dbt"),
        ("model.shop.dim_users", "Model in dbt"),
        ("source.shop.app.users", "Source in dbt"),
        ("seed.shop.countries", "Seed in dbt"),
    ],
)
def test_what_it_is_in_dbt_is_called_what_it_is(node: str, label: str) -> None:
    bad = standing(UNHEALTHY, "users")
    (cause,) = bad.assessment.causes
    named = replace(cause, assertion=replace(cause.assertion, node=node))
    point = replace(bad, assessment=replace(bad.assessment, causes=(named,)))
    said = message(news_of({"users": point}, known=False))
    (breaches,) = said.details
    assert isinstance(breaches, Breaches)
    facts = [fact for breach in breaches.breaches for fact in breach.facts]
    assert Fact(label=label, value=node, is_code=True) in facts
    assert [fact.label for fact in facts if fact.is_code] == ["Asset", label, "Run", "Assertion"]


def test_where_too_little_was_measured_no_budget_is_told() -> None:
    news = over(ROLLING, HOUR)
    report = judge_objective(ROLLING, [], NOW, timezone="UTC", history_from=None)
    products = portfolio_of(of_users(ROLLING))
    unmeasured = letter(products, replace(news, objective_of=lambda _: report))
    assert unmeasured.text == "Users is healthy again, after 1 h."
    assert unmeasured.message is not None
    assert "budget" not in as_text(unmeasured.message)


def test_while_it_lasts_the_budget_is_beside_it() -> None:
    news = replace(news_of(BAD, known=False), objective_of=over(ROLLING, HOUR).objective_of)
    assert "Left of the 30-day error budget of Users: 31/36" in as_text(
        message(news, [*of_users(ROLLING), ACTIVATION])
    )


def test_every_health_has_a_tone() -> None:
    tones = {
        health: message(news_of({"users": standing(health, "users")}, kind=kind, known=False)).tone
        for health, kind in [
            (Health.UNHEALTHY, Kind.EPISODE),
            (Health.AT_RISK, Kind.RISK),
            (Health.UNKNOWN, Kind.BLINDNESS),
        ]
    }
    assert list(tones.values()) == [Tone.BAD, Tone.RISK, Tone.BLIND]
