"""Every sentence people read, whole."""

from dataclasses import replace
from itertools import pairwise

import pytest

from datahub_dataproducts.domain.announcements import (
    because,
    explanation,
    explanation_without_causes,
    technical_owners,
)
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Impact,
    MaxAge,
)
from datahub_dataproducts.domain.composition import letter as letter_of
from datahub_dataproducts.domain.conversations import Conversation, Folded, Kind
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.health import Health, assess
from datahub_dataproducts.domain.letters import Affected, Announcement, Fault, Why
from datahub_dataproducts.domain.news import News, Standpoint
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Input, Owner
from datahub_dataproducts.domain.verdicts import Change, Judgement, Reason, Verdict
from tests.builders import AMSTERDAM, at, checked, freshness_assertion, product, uses

NOW = at("2026-03-03 08:00")
MET = Judgement(Verdict.MET, Reason.PASSED)
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
NOT_FRESH = Judgement(Verdict.NOT_MET, Reason.NOT_FRESH)
BROKEN = Judgement(Verdict.UNKNOWN, Reason.CHECK_BROKEN)
SILENT = Judgement(Verdict.UNKNOWN, Reason.GONE_SILENT)

FRESH_USERS = freshness_assertion("raw_users", MaxAge(age=DAY))
BUILD = replace(
    checked("build", kind=AssertionKind.BUILD),
    asset_name="fct_revenue",
    promise="is built by dbt",
)
NOT_NULL = replace(
    checked("not_null"), asset_name="fct_revenue", promise="passes not_null on customer_id"
)
CUSTOM = replace(
    checked("0123", kind=AssertionKind.CUSTOM), asset_name="assertion 0123", promise="passes"
)
USERS = product("users", FRESH_USERS)
OWN = "Owner: revenue-team. Runbook: https://wiki.example.com/revenue"
OF_USERS = "Owner of Users: users-team. Runbook of Users: https://wiki.example.com/users"


def told(
    products: list[DataProduct],
    said: dict[str, tuple[Judgement, str]] | None = None,
    *,
    why: Why = Why.OPENED,
    lasted: int | None = None,
    of: str = "revenue",
) -> Announcement:
    """What is said of a product where assertions have these verdicts from that time on."""
    portfolio = portfolio_of(products)
    changes = {
        f"urn:li:assertion:{name}": Change(at(when), judgement, at(when), "run")
        for name, (judgement, when) in (said or {}).items()
    }

    def in_force(product_id: str, assertion: Assertion) -> Change | None:
        return changes.get(assertion.urn)

    kinds = {Why.AT_RISK: Kind.RISK, Why.BLIND: Kind.BLINDNESS, Why.SEEN_AGAIN: Kind.BLINDNESS}
    here = Conversation(
        channel="console",
        key="key",
        kind=kinds.get(why, Kind.EPISODE),
        roots=(of,),
        opened_at=NOW,
        members=(of,),
    )
    is_over = why in (Why.CLOSED, Why.SEEN_AGAIN)
    folded = Folded(
        before=here if is_over else None,
        after=replace(here, members=()) if is_over else here,
        joined=() if is_over else (of,),
        ended=(of,) if is_over else (),
    )
    one = Standpoint(
        assessment=assess(portfolio, of, in_force, {}),
        turned_at=NOW,
        began_at=None if lasted is None else NOW - lasted,
    )
    return letter_of(portfolio, News(folded=folded, why=why, now=NOW, standpoints={of: one}))


# Because of what.


def test_revenue_is_unhealthy_because_its_input_is_not_fresh() -> None:
    made = [USERS, product("revenue", inputs=uses("users"))]
    assert told(made, {"fresh-raw_users": (NOT_FRESH, "2026-03-02 06:02")}).text == (
        "Revenue is unhealthy because its input Users is out of date: raw_users was last "
        "updated on Mon 2 Mar at 06:02, and the promise is that it is updated every day by 08:00 "
        f"Europe/Amsterdam. {OF_USERS}"
    )


def test_a_product_whose_own_table_is_not_fresh() -> None:
    said = {"fresh-raw_users": (NOT_FRESH, "2026-02-28 06:02")}
    assert told([USERS], said, of="users").text == (
        "Users is unhealthy because raw_users is out of date: it was last updated on Sat 28 "
        "Feb at 06:02, and the promise is that it is updated every day by 08:00 Europe/Amsterdam. "
        "Owner: users-team. Runbook: https://wiki.example.com/users"
    )


def test_a_product_whose_own_table_could_not_be_built() -> None:
    assert told([product("revenue", BUILD)], {"build": (FAILED, "2026-03-03 06:10")}).text == (
        "Revenue is unhealthy because fct_revenue could not be built: the build "
        f"failed on Tue 3 Mar at 06:10. {OWN}"
    )


def test_a_product_whose_table_was_skipped() -> None:
    assert told([product("revenue", BUILD)], {"build": (BROKEN, "2026-03-03 06:10")}).text == (
        "It is not known whether Revenue is healthy, because fct_revenue was not built: the build "
        f"could not run on Tue 3 Mar at 06:10. {OWN}"
    )


def test_a_product_that_breaks_a_promise() -> None:
    made = [product("revenue", NOT_NULL)]
    assert told(made, {"not_null": (FAILED, "2026-03-03 06:10")}).text == (
        "Revenue is unhealthy because fct_revenue fails a check: the promise is that it "
        f"passes not_null on customer_id, and the check of that failed on Tue 3 Mar at 06:10. {OWN}"
    )


def test_a_promise_that_is_a_warning_puts_at_risk() -> None:
    made = [product("revenue", replace(NOT_NULL, impact=Impact.WARNING))]
    letter = told(made, {"not_null": (FAILED, "2026-03-03 06:10")}, why=Why.AT_RISK)
    assert letter.text == (
        "Revenue is at risk because fct_revenue fails a check: the promise is that it "
        f"passes not_null on customer_id, and the check of that failed on Tue 3 Mar at 06:10. {OWN}"
    )


def test_a_check_that_is_broken() -> None:
    made = [product("revenue", NOT_NULL)]
    assert told(made, {"not_null": (BROKEN, "2026-03-03 06:10")}).text == (
        "It is not known whether Revenue is healthy, because fct_revenue could not be checked: "
        "the promise is that it passes not_null on customer_id, and the check of that could not run "
        f"on Tue 3 Mar at 06:10. {OWN}"
    )


def test_a_check_gone_silent() -> None:
    made = [product("revenue", NOT_NULL)]
    assert told(made, {"not_null": (SILENT, "2026-02-28 06:10")}).text == (
        "It is not known whether Revenue is healthy, because fct_revenue has gone silent: the "
        "promise is that it passes not_null on customer_id, and the check of that was last heard of "
        f"on Sat 28 Feb at 06:10. {OWN}"
    )


def test_a_check_that_never_ran() -> None:
    assert told([product("revenue", NOT_NULL)]).text == (
        "It is not known whether Revenue is healthy, because fct_revenue has not been checked yet: "
        "the promise is that it passes not_null on customer_id, and no result has been heard of "
        f"yet. {OWN}"
    )


def test_an_assertion_known_by_its_urn_alone() -> None:
    assert told([product("revenue", CUSTOM)], {"0123": (FAILED, "2026-03-03 06:10")}).text == (
        "Revenue is unhealthy because assertion 0123 fails a check: the check "
        f"failed on Tue 3 Mar at 06:10. {OWN}"
    )


@pytest.mark.parametrize(
    ("between", "way"),
    [
        (("attribution",), "Attribution depends on Users"),
        (("attribution", "spend"), "Attribution depends, through Spend, on Users"),
        (("attribution", "spend", "ads"), "Attribution depends, through Spend and Ads, on Users"),
    ],
)
def test_a_cause_some_inputs_away(between: tuple[str, ...], way: str) -> None:
    made = [USERS]
    chain = ["revenue", *between, "users"]
    made += [product(id_, inputs=uses(used)) for id_, used in pairwise(chain)]
    assert told(made, {"fresh-raw_users": (NOT_FRESH, "2026-03-02 06:02")}).text == (
        f"Revenue is unhealthy because its input {way}, which is out of date: raw_users was last "
        "updated on Mon 2 Mar at 06:02, and the promise is that it is updated every day by 08:00 "
        f"Europe/Amsterdam. {OF_USERS}"
    )


def test_several_causes_are_told_in_one_breath() -> None:
    made = [USERS, product("revenue", BUILD, NOT_NULL, inputs=uses("users"))]
    said = {
        "build": (FAILED, "2026-03-03 06:10"),
        "not_null": (FAILED, "2026-03-03 06:11"),
        "fresh-raw_users": (NOT_FRESH, "2026-03-02 06:02"),
    }
    assert told(made, said).text == (
        "Revenue is unhealthy because fct_revenue could not be built: the build "
        "failed on Tue 3 Mar at 06:10. Also, fct_revenue fails a check, and raw_users of Users is out of "
        f"date. {OWN}"
    )


def test_many_causes_are_counted_after_the_first_three() -> None:
    checks = [replace(checked(f"t{n}"), asset_name=f"table_{n}") for n in range(6)]
    said = {f"t{n}": (FAILED, "2026-03-03 06:10") for n in range(6)}
    assert (
        "Also, table_1, table_2 and table_3 fail checks. There are 2 more causes. Owner"
    ) in told([product("revenue", *checks)], said).text


def test_two_checks_of_one_table_that_fail_are_said_once() -> None:
    other = replace(NOT_NULL, urn="urn:li:assertion:unique", promise="passes unique on id")
    said = dict.fromkeys(("not_null", "unique"), (FAILED, "2026-03-03 06:10"))
    assert "Also" not in told([product("revenue", NOT_NULL, other)], said).text


# Good again.


def test_recovered_tells_how_long_it_lasted() -> None:
    said = {"build": (MET, "2026-03-03 08:00")}
    letter = told([product("revenue", BUILD)], said, why=Why.CLOSED, lasted=2 * HOUR + 40 * MINUTE)
    assert letter.text == "Revenue is healthy again, after 2 h 40 min."


def test_recovered_from_at_risk_tells_no_length() -> None:
    said = {"build": (MET, "2026-03-03 08:00")}
    letter = told([product("revenue", BUILD)], said, why=Why.CLOSED)
    assert letter.text == "Revenue is healthy again."


def test_no_longer_unhealthy_tells_what_is_left() -> None:
    made = [product("revenue", replace(NOT_NULL, impact=Impact.WARNING))]
    letter = told(made, {"not_null": (FAILED, "2026-03-03 06:10")}, why=Why.CLOSED, lasted=3 * DAY)
    assert letter.text.startswith(
        "Revenue is no longer unhealthy, after 3 days. Revenue is at risk because fct_revenue "
        "fails a check: "
    )


def test_seen_again_says_that_it_is_known() -> None:
    said = {"build": (MET, "2026-03-03 08:00")}
    letter = told([product("revenue", BUILD)], said, why=Why.SEEN_AGAIN)
    assert letter.text == "Revenue is known to be healthy again."


# Without causes.


def test_a_product_that_is_not_set_up() -> None:
    assert told([product("revenue")]).text == (
        "It is not known whether Revenue is healthy, because nothing is promised for it yet."
    )


def test_a_product_of_which_nothing_is_known() -> None:
    made = [product("revenue", replace(NOT_NULL, impact=Impact.WARNING))]
    assert told(made).text == (
        "It is not known whether Revenue is healthy, because nothing is known of what it promises "
        "or uses. Note that fct_revenue has not been checked yet."
    )


def test_a_healthy_product_is_healthy_and_that_is_all() -> None:
    said = {"build": (MET, "2026-03-03 08:00")}
    assert told([product("revenue", BUILD)], said).text == "Revenue is healthy."


def test_a_product_that_depends_on_itself_is_told_so() -> None:
    made = [
        product("revenue", BUILD, inputs=uses("users")),
        product("users", inputs=uses("revenue")),
    ]
    assert told(made, {"build": (MET, "2026-03-03 08:00")}).text == (
        "Revenue is healthy. What Revenue uses is left out of account, because it depends on "
        "itself: it uses Users, which uses Revenue."
    )


# What is not known and changes nothing.

WARNED = replace(
    checked("charges", impact=Impact.WARNING), asset_name="stripe.charges", promise="passes"
)
BUILT = {"build": (MET, "2026-03-03 08:00")}


def test_a_healthy_product_says_which_warning_has_no_verdict() -> None:
    assert told([product("revenue", BUILD, WARNED)], BUILT).text == (
        "Revenue is healthy. Note that stripe.charges has not been checked yet."
    )


def test_healthy_again_says_so_too() -> None:
    made = [product("revenue", BUILD, WARNED)]
    said = {**BUILT, "charges": (SILENT, "2026-02-28 06:10")}
    assert told(made, said, why=Why.CLOSED, lasted=2 * HOUR).text == (
        "Revenue is healthy again, after 2 h. Note that stripe.charges has gone silent."
    )


def test_an_unhealthy_product_says_it_before_who_answers() -> None:
    said = {"build": (FAILED, "2026-03-03 06:10"), "charges": (BROKEN, "2026-03-03 06:10")}
    assert told([product("revenue", BUILD, WARNED)], said).text == (
        "Revenue is unhealthy because fct_revenue could not be built: the build "
        "failed on Tue 3 Mar at 06:10. Note that stripe.charges could not be checked. "
        f"{OWN}"
    )


def test_an_input_that_passes_nothing_on_is_named() -> None:
    optional = (Input(product="attribution", required=False), Input(product="spend"))
    made = [
        product("attribution", checked("never")),
        product("spend"),
        product("revenue", BUILD, inputs=optional),
    ]
    assert told(made, BUILT).text == (
        "Revenue is healthy. Note that nothing is known of the inputs Attribution and Spend."
    )


def test_many_unknowns_are_counted_after_the_first_three() -> None:
    many = [
        replace(checked(f"t{n}", impact=Impact.WARNING), asset_name=f"table_{n}") for n in range(5)
    ]
    assert told([product("revenue", BUILD, *many)], BUILT).text == (
        "Revenue is healthy. Note that table_0, table_1 and table_2 have not been checked yet, and "
        "nothing is known of 2 more of its promises."
    )


def test_what_is_told_as_a_cause_is_not_told_again_as_unknown() -> None:
    warning = replace(NOT_NULL, urn="urn:li:assertion:unique", impact=Impact.WARNING)
    made = [product("revenue", NOT_NULL, warning, replace(warning, urn="urn:li:assertion:third"))]
    assert "Note that" not in told(made).text


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health.HEALTHY, "Revenue is healthy."),
        (Health.UNHEALTHY, "Revenue is unhealthy; the causes of that time are not known."),
        (
            Health.UNKNOWN,
            "It is not known whether Revenue is healthy; the causes of that time are not known.",
        ),
    ],
)
def test_a_health_of_which_only_the_record_tells(health: Health, words: str) -> None:
    assert explanation_without_causes(product("revenue"), health) == words


# Who answers.


def test_without_owner_and_runbook_nobody_is_named() -> None:
    bare = DataProduct(id="revenue", domain="", assertions=(BUILD,), timezone=AMSTERDAM)
    assert told([bare], {"build": (FAILED, "2026-03-03 06:10")}).text == (
        "revenue is unhealthy because fct_revenue could not be built: the build "
        "failed on Tue 3 Mar at 06:10."
    )


def test_technical_owners_are_named_without_their_urns() -> None:
    owners = (
        Owner(urn="urn:li:corpGroup:analytics", type="TECHNICAL_OWNER"),
        Owner(urn="urn:li:corpuser:ana", type="BUSINESS_OWNER"),
        Owner(urn="urn:li:corpuser:bo", type="TECHNICAL_OWNER"),
    )
    assert technical_owners(replace(USERS, owners=owners)) == "analytics, bo"


# The letter around it.


def test_a_letter_tells_what_it_is_about_and_why_it_was_written() -> None:
    failed_at = "2026-03-03 06:10"
    letter = told([product("revenue", BUILD)], {"build": (FAILED, failed_at)})
    assert replace(letter, text="", message=None) == Announcement(
        product="revenue",
        domain="urn:li:domain:revenue-domain",
        at=NOW,
        timezone=AMSTERDAM,
        why=Why.OPENED,
        health=Health.UNHEALTHY,
        text="",
        conversation="key",
        sequence=1,
        affected=(
            Affected(
                product="revenue", title="Revenue", type="", health=Health.UNHEALTHY, since=None
            ),
        ),
        faults=(
            Fault(
                root="revenue",
                asset=BUILD.asset,
                assertion=BUILD.urn,
                reason=Reason.FAILED,
                since=at(failed_at),
                run_id="run",
            ),
        ),
    )
    assert letter.products == {"revenue"}


def test_the_half_sentence_for_a_table_of_products() -> None:
    portfolio = portfolio_of([
        USERS,
        product("revenue", BUILD, inputs=uses("users")),
        product("empty"),
    ])
    met = {a.urn: Change(NOW, MET, NOW, "run") for a in (BUILD, FRESH_USERS)}

    def everything_met(product_id: str, assertion: Assertion) -> Change | None:
        return met[assertion.urn]

    def nothing_heard(product_id: str, assertion: Assertion) -> Change | None:
        return None

    healthy = assess(portfolio, "revenue", everything_met, {})
    assert because(portfolio, healthy) == ""
    assert explanation(portfolio, healthy, NOW) == "Revenue is healthy."
    unknown = assess(portfolio, "revenue", nothing_heard, {})
    assert because(portfolio, unknown) == "fct_revenue has not been checked yet"
    empty = assess(portfolio, "empty", nothing_heard, {})
    assert because(portfolio, empty) == "not set up"
