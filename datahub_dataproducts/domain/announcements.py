"""Health in plain words, for the business reader. Composed once, for every channel.

The sentences name products, promises, times and people, never task names or SQL. They stay where they
are read, in a channel or in the catalog, so times are said such that they are true on another day too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import AssertionKind
from datahub_dataproducts.domain.health import Assessment, Cause, Health, Standstill
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import TECHNICAL_OWNER, DataProduct
from datahub_dataproducts.domain.schedules import say_day
from datahub_dataproducts.domain.verdicts import Reason

HEALTH_WORDS = {
    Health.UNHEALTHY: "unhealthy",
    Health.UNKNOWN: "unknown",
    Health.AT_RISK: "at risk",
    Health.HEALTHY: "healthy",
}
_OTHERS_NAMED = 3
# Of one and of several.
_STATES = {
    Reason.NOT_FRESH: ("is out of date", "are out of date"),
    Reason.FAILED: ("fails a check", "fail checks"),
    Reason.CHECK_BROKEN: ("could not be checked", "could not be checked"),
    Reason.GONE_SILENT: ("has gone silent", "have gone silent"),
    Reason.NEVER_RAN: ("has not been checked yet", "have not been checked yet"),
}
_BUILD_STATES = {
    Reason.FAILED: ("could not be built", "could not be built"),
    Reason.CHECK_BROKEN: ("was not built", "were not built"),
}
# That a build is built and a custom assertion passes tells nobody anything.
_TELLING = frozenset(AssertionKind) - {AssertionKind.BUILD, AssertionKind.CUSTOM}


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """Why the health is what it is, in parts; none has a full stop but `not_known`.

    Attributes:
        verdict: `Revenue is unhealthy because its input Users is out of date`.
        seen: what was seen, going on after the verdict; empty: there is nothing to tell.
        shown: the same as a sentence of its own, that names the asset.
        others: what else is wrong, a sentence each.
        not_known: see `not_known`.
        main: the cause that the verdict names, None: there is none.
        whose: ` of Users` where another product's promise is broken, else empty.
        owners: who answers for it, by name; empty: nobody.
        people: URNs of the same, for channels that can call them.
        runbook: its address, empty: there is none.
    """

    verdict: str
    seen: str = ""
    shown: str = ""
    others: tuple[str, ...] = ()
    not_known: str = ""
    main: Cause | None = None
    whose: str = ""
    owners: str = ""
    people: tuple[str, ...] = ()
    runbook: str = ""

    def text(self, *, beside: str = "") -> str:
        """All of it; `beside`, a sentence without a full stop, is said after the evidence."""
        said = [f"{one}." for one in (self._beginning, beside, *self.others) if one]
        said.append(self.not_known)
        if self.owners:
            said.append(f"Owner{self.whose}: {self.owners}.")
        if self.runbook:
            # Without a full stop after the address, which would become part of the link.
            said.append(f"Runbook{self.whose}: {self.runbook}")
        return " ".join(filter(None, said))

    @property
    def _beginning(self) -> str:
        if self.main is not None and self.main.judgement.reason is Reason.INCIDENT:
            return f"{self.verdict}. {self.seen}"
        return f"{self.verdict}: {self.seen}" if self.seen else self.verdict


def explained(
    portfolio: Portfolio, assessment: Assessment, at: int, *, zone: str = ""
) -> Explained:
    """Why the health is what it is, in parts; times are read in `zone`, or else in the root's."""
    verdict = _verdict(portfolio, assessment)
    others = (*_others(portfolio, assessment.causes), _way_round(portfolio, assessment.product))
    told = tuple(filter(None, others))
    blind = not_known(portfolio, assessment)
    if not assessment.causes:
        return Explained(verdict=verdict, others=told, not_known=blind)
    main = assessment.causes[0]
    root = portfolio.products[main.root]
    here = zone or root.timezone
    return Explained(
        verdict=verdict,
        seen=_seen(main, here, at, is_named=not main.is_own),
        shown=_sentence(_seen(main, here, at, is_named=True)),
        others=told,
        not_known=blind,
        main=main,
        whose="" if main.is_own else f" of {root.title}",
        owners=technical_owners(root),
        people=root.owners_of_type(TECHNICAL_OWNER),
        runbook=root.runbook,
    )


def explanation(portfolio: Portfolio, assessment: Assessment, at: int) -> str:
    """Why the health is what it is: verdict, evidence, what is not known, who answers, the runbook.

    Without causes it is the verdict, and what is not known.
    """
    return explained(portfolio, assessment, at).text()


def not_known(portfolio: Portfolio, assessment: Assessment) -> str:
    """What is not known and changes nothing, as a sentence, so that it is not taken for good.

    It names warnings without a verdict and inputs that pass nothing on; what is told as a cause is
    not told again. Empty where there is nothing of the kind.
    """
    told = {_in_short(portfolio, cause) for cause in assessment.causes}
    spots = dict.fromkeys(_in_short(portfolio, cause) for cause in assessment.blind_spots)
    blind = [spot for spot in spots if spot not in told]
    clauses = _clauses(blind[:_OTHERS_NAMED])
    titles = [portfolio.products[id_].title for id_ in dict.fromkeys(assessment.blind_inputs)]
    unseen = [f"the input{'s' if titles[1:] else ''} {_listed(titles)}"] if titles else []
    if more := len(blind[_OTHERS_NAMED:]):
        unseen.append(f"{more} more of its promises")
    if unseen:
        clauses.append(f"nothing is known of {_listed(unseen)}")
    return f"Note that {_joined(clauses)}." if clauses else ""


def explanation_without_causes(product: DataProduct, health: Health) -> str:
    """A health of the past of which the record tells no more."""
    more = without_causes(health)
    return f"{_is(product, health)}; {more}." if more else f"{_is(product, health)}."


def because(portfolio: Portfolio, assessment: Assessment) -> str:
    """The main cause in half a sentence (`its input Users is out of date`); empty when HEALTHY."""
    if not assessment.causes:
        return assessment.standstill.value if assessment.standstill else ""
    return _because(portfolio, assessment.causes[0])


def say_state(kind: AssertionKind, reason: Reason) -> str:
    """What is said of an asset of which a promise is broken: `is out of date`."""
    return _states_of(kind, reason)[0]


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
    return _states(cause)[0]


def _states(cause: Cause) -> tuple[str, str]:
    """What is said of one asset, and of several."""
    reason = cause.judgement.reason
    if reason is Reason.INCIDENT:
        called = f": {cause.title}" if cause.title else ""
        return f"has an open incident{called}", f"have an open incident{called}"
    return _states_of(cause.assertion.kind, reason)


def _states_of(kind: AssertionKind, reason: Reason) -> tuple[str, str]:
    if kind is AssertionKind.BUILD and reason in _BUILD_STATES:
        return _BUILD_STATES[reason]
    return _STATES[reason]


def _seen(cause: Cause, zone: str, at: int, *, is_named: bool) -> str:
    """What was seen and when; where the asset is not named here it was named before."""
    kind, name, reason = cause.assertion.kind, cause.assertion.asset_name, cause.judgement.reason
    when = "" if cause.evidence_at is None else f"on {say_day(cause.evidence_at, at, zone)}"
    if reason is Reason.INCIDENT:
        return f"The incident was opened {when}"
    it, of_it = (name, f" of {name}") if is_named else ("it", "")
    if reason is Reason.NOT_FRESH:
        promise = f"the promise is that it {cause.assertion.promise}"
        return f"{it} was last updated {when}, and {promise}"
    check = f"the {'build' if kind is AssertionKind.BUILD else 'check'}{of_it}"
    begin = ""
    if kind in _TELLING:
        begin = f"the promise is that {it} {cause.assertion.promise}, and "
        check = "the check of that"
    if not when:
        awaited = {AssertionKind.BUILD: "build", AssertionKind.FRESHNESS: "update"}
        thing = awaited.get(kind, "result")
        of_it = "" if kind in _TELLING else of_it
        return f"{begin}no {thing}{of_it} has been heard of yet"
    event = {Reason.FAILED: "failed", Reason.CHECK_BROKEN: "could not run"}
    return f"{begin}{check} {event.get(reason, 'was last heard of')} {when}"


def _sentence(clause: str) -> str:
    """With a capital, unless a name begins it: names are never written otherwise than they are."""
    is_ours = clause.startswith(("the ", "no "))
    return f"{clause[0].upper()}{clause[1:]}" if is_ours else clause


def _others(portfolio: Portfolio, causes: Sequence[Cause]) -> list[str]:
    said = list(dict.fromkeys(_in_short(portfolio, cause) for cause in causes))[1:]
    if not said:
        return []
    sentences = [f"Also, {_joined(_clauses(said[:_OTHERS_NAMED]))}"]
    if more := len(said[_OTHERS_NAMED:]):
        sentences.append("There is 1 more cause" if more == 1 else f"There are {more} more causes")
    return sentences


def _in_short(portfolio: Portfolio, cause: Cause) -> tuple[str, tuple[str, str]]:
    """The asset, and what is said of it."""
    whose = "" if cause.is_own else f" of {portfolio.products[cause.root].title}"
    return f"{cause.assertion.asset_name}{whose}", _states(cause)


def _clauses(said: Sequence[tuple[str, tuple[str, str]]]) -> list[str]:
    """One for all of which the same is said."""
    alike: dict[tuple[str, str], list[str]] = {}
    for name, states in said:
        alike.setdefault(states, []).append(name)
    return [f"{_listed(names)} {states[len(names) > 1]}" for states, names in alike.items()]


def _listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _joined(clauses: Sequence[str]) -> str:
    """`a is late, b is late, and c is late`."""
    return ", and ".join([", ".join(clauses[:-1]), clauses[-1]] if clauses[1:] else clauses)


def _way_round(portfolio: Portfolio, product: str) -> str:
    way = portfolio.cyclic.get(product, ())
    if not way:
        return ""
    uses = ", which uses ".join(portfolio.products[id_].title for id_ in way[1:])
    title = portfolio.products[product].title
    return f"What {title} uses is left out of account, because it depends on itself: it uses {uses}"


def _person(urn: str) -> str:
    return urn.rsplit(":", 1)[-1]


def technical_owners(product: DataProduct) -> str:
    """Its technical owners by name, for a table; empty where there is none."""
    return ", ".join(map(_person, product.owners_of_type(TECHNICAL_OWNER)))
