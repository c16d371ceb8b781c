"""Health in plain words, for the business reader. Composed once, for every channel.

The sentences name products, promises, times and people, never task names or SQL.
"""

from collections.abc import Sequence

from datahub_dataproducts.domain.assertions import AssertionKind
from datahub_dataproducts.domain.health import Assessment, Cause, Health, Standstill
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import TECHNICAL_OWNER, DataProduct
from datahub_dataproducts.domain.schedules import MONTHS, WEEKDAYS, local_time
from datahub_dataproducts.domain.verdicts import Reason

HEALTH_WORDS = {
    Health.UNHEALTHY: "unhealthy",
    Health.UNKNOWN: "unknown",
    Health.AT_RISK: "at risk",
    Health.HEALTHY: "healthy",
}
_OTHERS_NAMED = 3
_STATES = {
    Reason.NOT_FRESH: "is not fresh",
    Reason.FAILED: "breaks a promise",
    Reason.CHECK_BROKEN: "could not be checked",
    Reason.GONE_SILENT: "has gone silent",
    Reason.NEVER_RAN: "has not been checked yet",
}
_BUILD_STATES = {
    Reason.FAILED: "could not be built",
    Reason.CHECK_BROKEN: "was not built",
}
# That a build is built and a custom assertion passes tells nobody anything.
_TELLING = frozenset(AssertionKind) - {AssertionKind.BUILD, AssertionKind.CUSTOM}


def explanation(portfolio: Portfolio, assessment: Assessment, at: int, *, beside: str = "") -> str:
    """Why the health is what it is: verdict, evidence, what is not known, who answers, the runbook.

    Without causes it is the verdict, and what is not known. `beside` is said after the verdict.
    """
    main = assessment.causes[0] if assessment.causes else None
    sentences = [_verdict(portfolio, assessment), beside]
    if main is not None:
        sentences.append(_evidence(main, portfolio.products[main.root].timezone, at))
        sentences.append(_others(portfolio, assessment.causes))
    sentences.append(_way_round(portfolio, assessment.product))
    said = [f"{sentence}." for sentence in sentences if sentence]
    if blind := not_known(portfolio, assessment):
        said.append(blind)
    return " ".join([*said, *(_who_answers(portfolio, main) if main else ())])


def not_known(portfolio: Portfolio, assessment: Assessment) -> str:
    """What is not known and changes nothing, as a sentence, so that it is not taken for good.

    It names warnings without a verdict and inputs that pass nothing on; what is told as a cause is
    not told again. Empty where there is nothing of the kind.
    """
    told = {_in_short(portfolio, cause) for cause in assessment.causes}
    spots = dict.fromkeys(_in_short(portfolio, cause) for cause in assessment.blind_spots)
    blind = [spot for spot in spots if spot not in told]
    inputs = dict.fromkeys(assessment.blind_inputs)
    blind += [f"the input {portfolio.products[id_].title}" for id_ in inputs]
    return f"Not known: {_enumerated(blind)}." if blind else ""


def explanation_without_causes(product: DataProduct, health: Health) -> str:
    """A health of the past of which the record tells no more."""
    more = without_causes(health)
    return f"{_is(product, health)}; {more}." if more else f"{_is(product, health)}."


def because(portfolio: Portfolio, assessment: Assessment) -> str:
    """The main cause in half a sentence (`its input Users is not fresh`); empty when HEALTHY."""
    if not assessment.causes:
        return assessment.standstill.value if assessment.standstill else ""
    return _because(portfolio, assessment.causes[0])


def without_causes(health: Health) -> str:
    """What stands for the main cause of a health of which the record tells no more."""
    return "" if health is Health.HEALTHY else "the causes of that time are not known"


def _verdict(portfolio: Portfolio, assessment: Assessment) -> str:
    verdict = _is(portfolio.products[assessment.product], assessment.health)
    if assessment.standstill is Standstill.NOT_SET_UP:
        return f"{verdict}, because nothing is promised for it yet"
    if assessment.standstill is Standstill.ALL_BLIND:
        return f"{verdict}, because nothing is known of what it promises or uses"
    if not assessment.causes:
        return verdict
    comma = "," if assessment.health is Health.UNKNOWN else ""
    return f"{verdict}{comma} because {_because(portfolio, assessment.causes[0])}"


def _is(product: DataProduct, health: Health) -> str:
    if health is Health.UNKNOWN:
        return f"It is not known whether {product.title} is healthy"
    return f"{product.title} is {HEALTH_WORDS[health]}"


def _because(portfolio: Portfolio, cause: Cause) -> str:
    state = _state(cause)
    if cause.is_own:
        return f"{cause.assertion.asset_name} {state}"
    names = [portfolio.products[id_].title for id_ in cause.path[1:]]
    if len(names) == 1:
        return f"its input {names[0]} {state}"
    between = f", through {' and '.join(names[1:-1])}, " if names[1:-1] else " "
    return f"its input {names[0]} depends{between}on {names[-1]}, which {state}"


def _state(cause: Cause) -> str:
    reason = cause.judgement.reason
    if reason is Reason.INCIDENT:
        return f"has an open incident: {cause.title}" if cause.title else "has an open incident"
    if cause.assertion.kind is AssertionKind.BUILD and reason in _BUILD_STATES:
        return _BUILD_STATES[reason]
    return _STATES[reason]


def _evidence(cause: Cause, zone: str, at: int) -> str:
    kind, name = cause.assertion.kind, cause.assertion.asset_name
    if cause.judgement.reason is Reason.INCIDENT:
        return f"The incident was opened {say_when(cause.evidence_at or 0, at, zone)}"
    promise = f"; the promise is that it {cause.assertion.promise}" if kind in _TELLING else ""
    if cause.evidence_at is None:
        return f"Nothing has been heard of {name} yet{promise}"
    when = say_when(cause.evidence_at, at, zone)
    if cause.judgement.reason is Reason.NOT_FRESH:
        return f"{name} was last updated {when}{promise}"
    check = f"The build of {name}" if kind is AssertionKind.BUILD else f"A check of {name}"
    return {
        Reason.FAILED: f"{check} failed {when}{promise}",
        Reason.CHECK_BROKEN: f"{check} could not run {when}{promise}",
    }.get(cause.judgement.reason, f"{check} was last heard of {when}{promise}")


def _others(portfolio: Portfolio, causes: Sequence[Cause]) -> str:
    main = causes[0]
    said = dict.fromkeys(_in_short(portfolio, c) for c in causes)
    named = [one for one in said if one != _in_short(portfolio, main)]
    return f"Also: {_enumerated(named)}" if named else ""


def _enumerated(items: Sequence[str]) -> str:
    more = len(items) - _OTHERS_NAMED
    rest = f"; and {more} more" if more > 0 else ""
    return f"{'; '.join(items[:_OTHERS_NAMED])}{rest}"


def _in_short(portfolio: Portfolio, cause: Cause) -> str:
    whose = "" if cause.is_own else f" of {portfolio.products[cause.root].title}"
    return f"{cause.assertion.asset_name}{whose} {_state(cause)}"


def _way_round(portfolio: Portfolio, product: str) -> str:
    way = portfolio.cyclic.get(product, ())
    if not way:
        return ""
    uses = ", which uses ".join(portfolio.products[id_].title for id_ in way[1:])
    title = portfolio.products[product].title
    return f"What {title} uses is left out of account, because it depends on itself: it uses {uses}"


def _who_answers(portfolio: Portfolio, cause: Cause) -> list[str]:
    """Without a full stop after the address, which would become part of the link."""
    root = portfolio.products[cause.root]
    whose = "" if cause.is_own else f" of {root.title}"
    said = []
    if owners := technical_owners(root):
        said.append(f"Owner{whose}: {owners}.")
    if root.runbook:
        said.append(f"Runbook{whose}: {root.runbook}")
    return said


def say_when(at: int, now: int, zone: str) -> str:
    """An instant as people say it: `today at 06:02`, `yesterday at 06:02`, `on Mon 2 Mar at 06:02`.

    It is seen from `now`; the year is named where it is another.
    """
    there, here = local_time(at, zone), local_time(now, zone)
    clock = f"at {there:%H:%M}"
    days = (here.date() - there.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {clock}"
    year = f" {there.year}" if there.year != here.year else ""
    # By our own names: those of strftime depend on the machine's language.
    weekday, month = WEEKDAYS[there.weekday()].title(), MONTHS[there.month - 1].title()
    return f"on {weekday} {there.day} {month}{year} {clock}"


def _person(urn: str) -> str:
    return urn.rsplit(":", 1)[-1]


def technical_owners(product: DataProduct) -> str:
    """Its technical owners by name, for a table; empty where there is none."""
    return ", ".join(map(_person, product.owners_of_type(TECHNICAL_OWNER)))
