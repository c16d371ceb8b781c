"""Announcements: health in plain words, for the business reader. Composed once, for every channel.

The sentences name products, promises, times and people, never task names or SQL.
"""

from collections.abc import Sequence

from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.health import Assessment, Cause, Health, Standstill
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import TECHNICAL_OWNER, DataProduct
from datahub_dataproducts.domain.schedules import local_time
from datahub_dataproducts.domain.verdicts import Reason

HEALTH_WORDS = {
    Health.UNHEALTHY: "unhealthy",
    Health.UNKNOWN: "unknown",
    Health.AT_RISK: "at risk",
    Health.HEALTHY: "healthy",
}
_OTHERS_NAMED = 3


def announcement(
    portfolio: Portfolio, assessment: Assessment, why: Why, at: int, lasted: int | None
) -> Announcement:
    """What people are told of a product at an instant.

    `lasted` is, for a closing announcement, how long it took (milliseconds), None: not known.
    """
    product = portfolio.products[assessment.product]
    text = explanation(portfolio, assessment, at)
    if why in (Why.CLOSED, Why.SEEN_AGAIN):
        after = f", after {say_duration(lasted)}" if lasted is not None else ""
        again = "healthy again" if assessment.health is Health.HEALTHY else "no longer unhealthy"
        news = f"{product.title} is {again}{after}."
        text = f"{news} {text}" if assessment.causes else news
    return Announcement(
        product=product.id,
        domain=product.domain,
        at=at,
        timezone=product.timezone,
        why=why,
        health=assessment.health,
        text=text,
    )


def explanation(portfolio: Portfolio, assessment: Assessment, at: int) -> str:
    """Why the health is what it is, whole: verdict, evidence, who answers for it, the runbook."""
    product = portfolio.products[assessment.product]
    sentences = [f"{product.title} is {HEALTH_WORDS[assessment.health]}"]
    if assessment.standstill is Standstill.NOT_SET_UP:
        sentences[0] += ": it promises nothing yet, so there is nothing to judge it by"
    elif assessment.standstill is Standstill.ALL_BLIND:
        sentences[0] += ": nothing is known yet of what it uses"
    if not assessment.causes:
        return " ".join(f"{s}." for s in sentences)
    main = assessment.causes[0]
    root = portfolio.products[main.root]
    sentences[0] += f": {_because(portfolio, main)}"
    sentences.append(_evidence(main, root.timezone, at))
    others = _others(portfolio, assessment.causes)
    if others:
        sentences.append(others)
    owners = root.owners_of_type(TECHNICAL_OWNER)
    if owners:
        of_cause = "" if main.is_own else " of the cause"
        sentences.append(f"Owner{of_cause}: {', '.join(map(_person, owners))}")
    if root.runbook:
        sentences.append(f"Runbook: {root.runbook}")
    return " ".join(s if s == f"Runbook: {root.runbook}" else f"{s}." for s in sentences)


def because(portfolio: Portfolio, assessment: Assessment) -> str:
    """The main cause in half a sentence (`its input Users is not fresh`); empty when HEALTHY."""
    if not assessment.causes:
        return assessment.standstill.value if assessment.standstill else ""
    return _because(portfolio, assessment.causes[0])


def _because(portfolio: Portfolio, cause: Cause) -> str:
    state = _state(cause)
    if cause.is_own:
        return f"{cause.assertion.asset_name} {state}"
    names = [portfolio.products[id_].title for id_ in cause.path[1:]]
    if len(names) == 1:
        return f"its input {names[0]} {state}"
    return f"its input {names[0]} depends on {' on '.join(names[1:])}, which {state}"


def _state(cause: Cause) -> str:
    if cause.judgement.reason is Reason.FAILED and cause.assertion.kind is AssertionKind.BUILD:
        return "could not be built"
    return {
        Reason.NOT_FRESH: "is not fresh",
        Reason.FAILED: "breaks a promise",
        Reason.CHECK_BROKEN: "could not be checked",
        Reason.GONE_SILENT: "has gone silent",
        Reason.NEVER_RAN: "has not been checked yet",
    }[cause.judgement.reason]


def _evidence(cause: Cause, zone: str, at: int) -> str:
    name, promise = cause.assertion.asset_name, cause.assertion.promise
    promised = f"the promise is that it {promise}"
    reason = cause.judgement.reason
    if cause.evidence_at is None:
        return f"Nothing has been heard of {name} yet; {promised}"
    when = say_when(cause.evidence_at, at, zone)
    if reason is Reason.NOT_FRESH:
        return f"{name} was last updated {when} and {_due(cause.assertion)}"
    since = "" if cause.since is None else f", {say_when(cause.since, at, zone)}"
    return {
        Reason.FAILED: f"A check of {name} failed{since}; {promised}",
        Reason.CHECK_BROKEN: f"A check of {name} could not run{since}; {promised}",
    }.get(reason, f"The last result for {name} came {when}; {promised}")


def _due(assertion: Assertion) -> str:
    return f"the promise is that it {assertion.promise}"


def _others(portfolio: Portfolio, causes: Sequence[Cause]) -> str:
    main = causes[0]
    said = dict.fromkeys(
        f"{portfolio.products[c.root].title}: {c.assertion.asset_name} {_state(c)}"
        for c in causes[1:]
        if (c.root, c.assertion.asset_name, _state(c))
        != (main.root, main.assertion.asset_name, _state(main))
    )
    named = list(said)[:_OTHERS_NAMED]
    if not named:
        return ""
    more = len(said) - len(named)
    return f"Also: {'; '.join(named)}{f'; and {more} more' if more else ''}"


def say_when(at: int, now: int, zone: str) -> str:
    """An instant as people say it, seen from another: `today 06:02`, `on Mon 2 Mar 06:02`."""
    there, here = local_time(at, zone), local_time(now, zone)
    clock = f"{there:%H:%M}"
    days = (here.date() - there.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {clock}"
    year = f" {there.year}" if there.year != here.year else ""
    return f"on {there:%a} {there.day} {there:%b}{year} {clock}"


def _person(urn: str) -> str:
    return urn.rsplit(":", 1)[-1]


def technical_owners(product: DataProduct) -> str:
    """Its technical owners by name, for a table; empty where there is none."""
    return ", ".join(map(_person, product.owners_of_type(TECHNICAL_OWNER)))
