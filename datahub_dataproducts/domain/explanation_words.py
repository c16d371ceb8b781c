"""Explanations in words, for those who look after a product: sentences, not tables.

Unlike announcements they name runs and checks, since their readers are to act on them.
"""

from collections.abc import Iterator
from textwrap import shorten

from datahub_dataproducts.domain.announcements import (
    explanation,
    explanation_without_causes,
)
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Deadline,
    Impact,
    Outcome,
)
from datahub_dataproducts.domain.corrections import say_correction
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.explanations import Explanation
from datahub_dataproducts.domain.health import Cause, Health, Standstill
from datahub_dataproducts.domain.product_states import ProductState, PromiseState
from datahub_dataproducts.domain.schedules import is_holiday, local_time, say_when
from datahub_dataproducts.domain.verdicts import OpenIncident, Reason, Verdict

_VERDICTS = {Verdict.MET: "kept", Verdict.NOT_MET: "broken", Verdict.UNKNOWN: "unknown"}
_EVENTS = {
    Reason.PASSED: "it passed",
    Reason.FAILED: "it failed",
    Reason.FRESH: "the last update came",
    Reason.NOT_FRESH: "the last update came",
    Reason.GONE_SILENT: "the last result came",
    Reason.CHECK_BROKEN: "it could not be checked",
}
_BUILD_EVENTS = {
    Reason.PASSED: "it was built",
    Reason.FAILED: "the build failed",
    Reason.CHECK_BROKEN: "it was not built",
}
_PASSED_ON = {
    Health.UNHEALTHY: "which makes it unhealthy",
    Health.UNKNOWN: "of which it is not known whether it is healthy",
    Health.AT_RISK: "which puts it at risk",
    Health.HEALTHY: "which is healthy",
}
_PASSES = "passes "
_MESSAGE = 240
_STANDSTILLS = {
    Standstill.NOT_SET_UP: "a promise: a contract of its own, or an input that has one",
    Standstill.ALL_BLIND: "a first result of something it promises or uses",
}


def say_health(explained: Explanation) -> str:
    """Why the health is what it is, in the sentences that people are told."""
    if not explained.is_explained:
        return explanation_without_causes(explained.state.product, explained.state.health)
    return explanation(explained.portfolio, explained.assessment, explained.at)


def say_since(explained: Explanation) -> str:
    """`It has been so since today at 06:00, for 6 h.`, or until when it was."""
    since, at, zone = explained.state.since, explained.at, explained.timezone
    if since is None:
        return "Nothing had been heard of it, or of what it uses."
    if explained.ended_at is not None:
        lasted = say_duration(explained.ended_at - since)
        return f"It was so {_say_span(since, explained.ended_at, at, zone)}, for {lasted}."
    lasted = say_duration(at - since)
    return f"It has been so since {_bare(since, at, zone)}, for {lasted}."


def say_corrections(explained: Explanation) -> tuple[str, ...]:
    """What people know better of the moment, of the product and of what it uses."""
    zone = explained.timezone
    return tuple(
        f"Corrected: {explained.portfolio.products[c.product].title} {say_correction(c, zone)}"
        for c in explained.corrections
    )


def say_way(explained: Explanation, cause: Cause) -> str:
    """`Revenue > Users > dim_users > passes not_null on user_id > it failed ...`."""
    titles = [explained.portfolio.products[id_].title for id_ in cause.path]
    promises = {
        (state.product.id, promise.assertion.urn, promise.assertion.asset): promise
        for state in explained.states
        for promise in state.promises
    }
    promise = promises[cause.root, cause.assertion.urn, cause.assertion.asset]
    said = say_verdict(promise, explained.at, explained.timezone)
    if promise.incident is not None:
        return " > ".join([*titles, cause.assertion.asset_name, said])
    return " > ".join([*titles, cause.assertion.asset_name, cause.assertion.promise, said])


def say_remedies(explained: Explanation) -> tuple[str, ...]:
    """What has to happen for the product to be healthy; empty where it is, or cannot be told."""
    assessment = explained.assessment
    if explained.is_explained and assessment.standstill is not None:
        return (_STANDSTILLS[assessment.standstill],)
    return tuple(_say_all_remedies(explained))


def say_remedy(promise: PromiseState) -> str:
    """What keeps a promise again: `an update of dim_users`, `a passing result of ...`."""
    assertion = promise.assertion
    if promise.incident is not None:
        return f"the resolution of {_say_incident(promise.incident)} on {assertion.asset_name}"
    first = promise.judgement.reason is Reason.NEVER_RAN
    if assertion.freshness is not None:
        return f"{'a first' if first else 'an'} update of {assertion.asset_name}"
    article = "a first" if first else "a"
    if assertion.kind is AssertionKind.BUILD:
        return f"{article} successful build of {assertion.asset_name}"
    if check := _check_of(promise):
        return f"{article} passing result of {check} in {assertion.asset_name}"
    if assertion.kind is AssertionKind.CUSTOM:
        return f"{article} passing result of {assertion.asset_name}"
    return f"{article} passing result of the check that {assertion.asset_name} {assertion.promise}"


def say_next_turn(explained: Explanation) -> str:
    """What time alone breaks first, and when; empty where it breaks nothing."""
    if explained.next_turn is None:
        return ""
    product, promise = explained.next_turn
    when = say_when(promise.expires_at or 0, explained.at, explained.timezone)
    name = promise.assertion.asset_name
    whose = explained.portfolio.products[product].title
    of = "" if product == explained.state.product.id else f" of {whose}"
    if promise.judgement.reason is Reason.FRESH:
        return f"Without an update, {name}{of} will be out of date {when}."
    promised = f"{name}{of} {promise.assertion.promise}"
    since = when.removeprefix("on ")
    return f"Without another result, it will not be known from {since} on whether {promised}."


def say_rule(assertion: Assertion) -> str:
    """The promise, what it asks of evidence and its impact, in one sentence."""
    said = [f"{assertion.asset_name} {assertion.promise}"]
    if assertion.kind is AssertionKind.INCIDENT:
        return said[0]
    rule = assertion.freshness
    if isinstance(rule, Deadline):
        begin = "half-way between two deadlines"
        if rule.look_back is not None:
            begin = f"{say_duration(rule.look_back)} before a deadline"
        said.append(f"an update counts from {begin} on")
    if rule is None and assertion.expect_every is None:
        said.append("a result counts however old it is")
    elif rule is None:
        said.append(f"a result is expected every {say_duration(assertion.expect_every or 0)}")
    said.append("blocking" if assertion.impact is Impact.BLOCKING else "a warning only")
    return "; ".join(said)


def say_verdict(promise: PromiseState, at: int, zone: str) -> str:
    """`broken since today at 06:00: it failed today at 06:00 (run abc)`."""
    judgement = promise.judgement
    if promise.incident is not None:
        opened = say_when(promise.incident.opened_at, at, zone)
        grave = "of critical or high priority" if promise.incident.grave else "of lower priority"
        return f"{_say_incident(promise.incident)}, {grave}, was opened {opened}"
    verdict = _VERDICTS[judgement.verdict]
    if judgement.reason is Reason.NEVER_RAN:
        return f"{verdict}: nothing has been heard of it"
    if promise.since is not None and judgement.verdict is not Verdict.MET:
        verdict = f"{verdict} since {_bare(promise.since, at, zone)}"
    event = _say_event(promise, at, zone)
    until = ""
    if promise.expires_at is not None:
        when = _bare(promise.expires_at, at, zone)
        is_fresh = judgement.reason is Reason.FRESH
        until = f"; enough until {when}" if is_fresh else f"; it counts until {when}"
    return f"{verdict}: {event}{until}{_say_holiday(promise.assertion, at)}"


def _say_holiday(assertion: Assertion, at: int) -> str:
    """Why a deadline of the day did not count; empty where it did."""
    if not isinstance(assertion.freshness, Deadline):
        return ""
    schedule = assertion.freshness.schedule
    day = local_time(at, schedule.timezone).date()
    return f"; {day} is one of its holidays" if is_holiday(day, schedule.holidays) else ""


def say_generation(state: ProductState, at: int, zone: str) -> str:
    """Since when the promises of a product hold."""
    if not state.product.assertions:
        return f"It promises nothing itself (definition {state.generation})."
    since = "from the beginning"
    if state.promised_since is not None:
        since = f"since {_bare(state.promised_since, at, zone)}"
    return f"Its promises hold {since} (definition {state.generation})."


def say_inputs(explained: Explanation, state: ProductState) -> tuple[str, ...]:
    """`uses Users (required), which is unhealthy`, and what is left out of account."""
    said = []
    for input_ in state.inputs:
        title = explained.portfolio.products[input_.product].title
        need = "required" if input_.required else "optional"
        passes = "which passes nothing on"
        if input_.passes is not None:
            passes = _PASSED_ON[input_.passes]
        said.append(f"It uses {title} ({need}), {passes}.")
    return tuple(said)


def _say_incident(incident: OpenIncident) -> str:
    called = f'"{incident.title}" ' if incident.title else ""
    return f"the incident {called}({incident.urn})"


def _say_all_remedies(explained: Explanation) -> Iterator[str]:
    """Checks of one table are one remedy: one run brings the results of all of them."""
    alike: dict[tuple[str, str, bool], list[PromiseState]] = {}
    for product, promise in explained.remedies:
        urn, first = promise.assertion.urn, promise.judgement.reason is Reason.NEVER_RAN
        what = promise.assertion.asset if _check_of(promise) else f"{urn} {promise.assertion.asset}"
        alike.setdefault((product, what, first), []).append(promise)
    for (product, _, first), promises in alike.items():
        said = say_remedy(promises[0])
        if promises[1:]:
            checks = [_check_of(promise) for promise in promises]
            results = f"{'first ' if first else ''}passing results"
            listed = f"{', '.join(checks[:-1])} and {checks[-1]}"
            said = f"{results} of {listed} in {promises[0].assertion.asset_name}"
        whose = explained.portfolio.products[product].title
        yield said if product == explained.state.product.id else f"in {whose}: {said}"


def _check_of(promise: PromiseState) -> str:
    """What passes where the promise is that it does; empty otherwise."""
    assertion = promise.assertion
    is_check = assertion.freshness is None and assertion.kind is not AssertionKind.BUILD
    if not is_check or promise.incident is not None or not assertion.promise.startswith(_PASSES):
        return ""
    return assertion.promise.removeprefix(_PASSES)


def _say_event(promise: PromiseState, at: int, zone: str) -> str:
    reason, basis = promise.judgement.reason, promise.basis
    words = _EVENTS[reason]
    if promise.assertion.kind is AssertionKind.BUILD:
        words = _BUILD_EVENTS.get(reason, words)
    if basis is None:
        # The evidence gave way to other evidence since.
        when = f" {say_when(promise.began_at, at, zone)}" if promise.began_at is not None else ""
        return f"{words}{when}"
    # An update comes from no run, but something tells of it.
    source = "run" if basis.outcome else "reported by"
    run = f" ({source} {basis.run_id})" if basis.run_id else ""
    when = say_when(basis.at, at, zone)
    if reason is Reason.FAILED and basis.outcome is Outcome.ERROR:
        broken = (
            "was not built" if promise.assertion.kind is AssertionKind.BUILD else "was not checked"
        )
        return f"{words} before, and {broken} {when}{run}"
    is_kept = promise.judgement.verdict is Verdict.MET
    message = shorten(basis.message, _MESSAGE, placeholder=" ...")
    said = f', saying "{message}"' if message and not is_kept else ""
    low = ", which is of low severity" if promise.judgement.low else ""
    return f"{words} {when}{run}{low}{said}"


def _say_span(since: int, until: int, at: int, zone: str) -> str:
    """`today from 08:00 to 10:40`, `from today at 08:00 to Wed 4 Mar at 06:04`."""
    begin, end = _bare(since, at, zone), _bare(until, at, zone)
    if begin == end:
        return say_when(since, at, zone)
    day, _, clock = end.rpartition(" at ")
    if begin.startswith(f"{day} at "):
        on = say_when(since, at, zone).rpartition(" at ")[0]
        return f"{on} from {begin.rpartition(' at ')[2]} to {clock}"
    return f"from {begin} to {end}"


def _bare(instant: int, at: int, zone: str) -> str:
    """An instant after a preposition: `Mon 2 Mar at 06:02`."""
    return say_when(instant, at, zone).removeprefix("on ")
