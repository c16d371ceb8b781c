"""Judge: what a piece of evidence, a new definition or time does to the verdict of an assertion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from datahub_dataproducts.application.ports import CATALOG, Book
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Observation,
    Result,
    Update,
)
from datahub_dataproducts.domain.incidents import change_of, incident_changes
from datahub_dataproducts.domain.letters import VerdictPost
from datahub_dataproducts.domain.timelines import first_difference
from datahub_dataproducts.domain.verdicts import (
    NEVER_RAN,
    Change,
    Standing,
    Verdict,
    advance,
    changes,
    expiry_change,
    heard,
    merged,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of it.

    Attributes:
        changed_at: from when on the verdict is another, None: it is not.
        expires_at: when time alone will change it next, None: never.
    """

    changed_at: int | None
    expires_at: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """An assertion of a product, and when it was promised.

    Attributes:
        product: its id.
        assertion: the assertion.
        floor: since when, None: from ever.
        end: until when, None: it is promised still.
    """

    product: str
    assertion: Assertion
    floor: int | None
    end: int | None = None


def noted(dirty: dict[str, int], product: str, changed_at: int | None) -> None:
    """Note from when on a product is to be settled; the earliest instant of all counts."""
    if changed_at is not None:
        dirty[product] = min(changed_at, dirty.get(product, changed_at))


def hears(assertion: Assertion, evidence: Observation) -> bool:
    """True when evidence of this kind decides: updates for a freshness rule, else results."""
    if assertion.freshness is not None:
        return isinstance(evidence, Update)
    return isinstance(evidence, Result)


def judge(
    book: Book, case: Case, evidence: Observation, displaced: int | None, until: int
) -> Judged:
    """One more piece of evidence, kept in the book already.

    `displaced` is the instant from which on it made earlier evidence void, `until` how far time
    has come.
    """
    before = book.standing(case.product, case.assertion.urn)
    late = before is not None and evidence.at <= before.latest
    if late or displaced is not None or (case.floor is not None and evidence.at < case.floor):
        since = evidence.at if displaced is None else min(displaced, evidence.at)
        return judge_since(book, case, since, until)
    standing = advance(case.assertion, before, evidence)
    made = merged([
        *expiry_change(before, evidence.at - 1),
        Change(evidence.at, standing.judgement, evidence.at, evidence.run_id),
        *expiry_change(standing, until),
    ])
    if before is not None and made[0].judgement == before.judgement:
        made = made[1:]
    _put_standing(book, case, standing, until)
    if made:
        _write(book, case, made)
    return Judged(made[0].at if made else None, standing.expires_at)


def judge_since(book: Book, case: Case, since: int | None, until: int) -> Judged:
    """Judge again from an instant on (None: from the beginning), from the evidence kept.

    What was promised in the past is judged for its own time alone, and what came after it stays.
    """
    if case.assertion.kind is AssertionKind.INCIDENT:
        return _judge_watch(book, case, until)
    subjects = case.assertion.listens_to
    anchor = None if since is None else book.anchor(subjects, since)
    # Without an anchor every instant before holds an ERROR, and maybe a fault that it does not clear.
    pieces = heard(case.assertion, book.evidence(subjects, anchor))
    made, standing = changes(case.assertion, pieces, until)
    expires_at = None
    if case.end is None and standing is None:
        book.forget_standing(case.product, case.assertion.urn)
    elif case.end is None and standing is not None:
        _put_standing(book, case, standing, until)
        expires_at = standing.expires_at
    begins = [at for at in (since, case.floor) if at is not None] or [c.at for c in made[:1]]
    if not begins or (case.end is not None and max(begins) >= case.end):
        return Judged(None, expires_at)
    return Judged(_replace(book, case, made, max(begins)), expires_at)


def _judge_watch(book: Book, case: Case, until: int) -> Judged:
    """Which incidents are open; they are few, so from all notices each time.

    What was open once may never have been, by what is known now.
    """
    subjects = case.assertion.listens_to
    made = incident_changes(subjects, book.notices(subjects), until)
    return Judged(_replace(book, case, made, 0 if case.floor is None else case.floor), None)


def _replace(book: Book, case: Case, made: tuple[Change, ...], begin: int) -> int | None:
    """Put the changes from an instant on in the place of those kept; from when on they differ."""
    old = book.changes(case.product, begin).get(case.assertion.urn, [])
    news = from_instant(made, begin)
    if begin == case.floor and _is_in_force(old, begin) and not _is_in_force(news, begin):
        # The promise of the generation before goes no further, and of this one nothing was heard.
        news = [_unheard(case, begin), *news]
    if case.end is not None:
        news = [change for change in news if change.at < case.end]
        after = from_instant(old, case.end)
        over = [] if not news or _is_in_force(after, case.end) else [_unheard(case, case.end)]
        news = [*news, *over, *after]
    changed_at = first_difference(
        [(c.at, c.says) for c in old], [(c.at, c.says) for c in news], begin
    )
    if changed_at is not None:
        later = from_instant(news, changed_at)
        book.put_changes(case.product, case.assertion.urn, changed_at, later)
        told = {(c.at, c.says) for c in old}
        _post(book, case, [c for c in later if (c.at, c.says) not in told])
    return changed_at


def _is_in_force(made: Sequence[Change], at: int) -> bool:
    return bool(made) and made[0].at <= at


def _unheard(case: Case, at: int) -> Change:
    if case.assertion.kind is AssertionKind.INCIDENT:
        return change_of(at, ())
    return Change(at, NEVER_RAN, None, "")


def expire(book: Book, case: Case, standing: Standing, now: int) -> Judged:
    """Time alone has changed the verdict."""
    made = expiry_change(standing, now)
    _put_standing(book, case, standing, now)
    _write(book, case, made)
    return Judged(made[0].at, None)


def from_instant(made: Iterable[Change], begin: int) -> list[Change]:
    """The changes from an instant on, the one in force then moved to it."""
    listed = list(made)
    in_force = [c for c in listed if c.at <= begin][-1:]
    return [*(replace(c, at=begin) for c in in_force), *(c for c in listed if c.at > begin)]


def without_expiry(standing: Standing, until: int) -> Standing:
    """A standing of which the expiry, if it has come, is part of the judgement."""
    if standing.expires_at is None or standing.expires_at > until:
        return standing
    return replace(standing, judgement=standing.expired, expires_at=None)


def _put_standing(book: Book, case: Case, standing: Standing, until: int) -> None:
    book.put_standing(case.product, case.assertion.urn, without_expiry(standing, until))


def _write(book: Book, case: Case, made: tuple[Change, ...]) -> None:
    book.put_changes(case.product, case.assertion.urn, made[0].at, made)
    _post(book, case, made)


def _post(book: Book, case: Case, made: Iterable[Change]) -> None:
    """Freshness is evaluated here, so it is here that the catalog hears of it."""
    if case.assertion.freshness is None:
        return
    for change in made:
        if change.judgement.verdict is Verdict.UNKNOWN:
            continue
        letter = _verdict_post(case.assertion, change)
        key = f"{case.assertion.urn} {change.at}"
        book.send(CATALOG, key, letter, change.at, replace=True)


def _verdict_post(assertion: Assertion, change: Change) -> VerdictPost:
    met = change.judgement.verdict is Verdict.MET
    word = "keeps" if met else "does not keep"
    return VerdictPost(
        assertion=assertion.urn,
        dataset=assertion.asset,
        at=change.at,
        verdict=change.judgement.verdict,
        message=f"{assertion.asset_name} {word} its promise: it {assertion.promise}",
    )
