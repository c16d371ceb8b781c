"""Replay: what products would have been, and what people would have been told, from nothing.

All numbers are computed from the whole of the evidence at once. What people would have been told
depends on the order in which things were heard, so the tracker is taken through it step by step,
and what it keeps is held against the numbers.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from datahub_dataproducts.application.episode_listing import (
    Changes,
    ListedEpisode,
    episodes_of,
)
from datahub_dataproducts.application.outbox_ports import Outbox
from datahub_dataproducts.application.ports import Book, HealthStore, Scope
from datahub_dataproducts.domain.announcements import explanation
from datahub_dataproducts.domain.assertions import Assertion, Evidence, IncidentNotice, Update
from datahub_dataproducts.domain.corrected_histories import corrected
from datahub_dataproducts.domain.corrections import Correction
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.figures import Figures, figures_of
from datahub_dataproducts.domain.health import Assessment, assess
from datahub_dataproducts.domain.histories import History, histories, verdicts
from datahub_dataproducts.domain.letters import Announcement
from datahub_dataproducts.domain.objectives import ObjectiveReport
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.spending import Spending, spending_of
from datahub_dataproducts.domain.timelines import Tally
from datahub_dataproducts.domain.verdicts import Change

_AT_ONCE = 1_000


class Tracking(Protocol):
    """What keeps health step by step, on an empty store."""

    def define(self, products: Iterable[DataProduct], now: int, *, all_of_them: bool) -> None:
        """Take up products."""
        ...

    def record(self, evidence: Evidence, now: int) -> bool:
        """Hear of one piece of evidence."""
        ...

    def tick(self, now: int) -> int:
        """Let time pass."""
        ...


class ReplayStore(HealthStore, Outbox, Protocol):
    """The store that the tracking is on, with its outbox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A piece of evidence and when it was told (milliseconds), by the clock of the events."""

    evidence: Evidence
    at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """One product at the end of the replay.

    Attributes:
        product: the product.
        assessment: its health then, with the causes.
        explanation: the same in sentences.
        history: its steps of health, from the first evidence on.
        own: from the beginning of its history to the end, on its own promises alone ...
        experienced: ... and inputs included.
        objective: None for a product without one.
        spending: how its error budget is spent; likewise.
        corrected_spending: the same by the corrected history; None: nothing is known better.
        corrected: the three before by the corrected history; None likewise.
        corrections: what people know better of that time.
        episodes: of bad health that people are told of, in order.
    """

    product: DataProduct
    assessment: Assessment
    explanation: str
    history: History
    own: Tally
    experienced: Tally
    objective: ObjectiveReport | None
    spending: Spending | None = None
    corrected_spending: Spending | None = None
    corrected: Figures | None = None
    corrections: tuple[Correction, ...] = ()
    episodes: tuple[ListedEpisode, ...] = ()

    @property
    def since(self) -> int | None:
        """Since when it is as healthy as it is; None: nothing was heard."""
        steps = self.history.experienced
        return steps[-1][0] if steps else None

    @property
    def history_from(self) -> int | None:
        """When its history begins; None: nothing was heard."""
        steps = self.history.experienced
        return steps[0][0] if steps else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """What came of it.

    Attributes:
        until: its end (milliseconds); what lies exactly there counts.
        products: by id.
        announcements: that would have been made, in order.
        left_out: how many pieces of evidence are of later than the end.
        differences: where the tracker and the computation from nothing disagree, which is a fault
            of this program; sentences without a full stop.
    """

    until: int
    products: tuple[Replayed, ...]
    announcements: tuple[Announcement, ...]
    left_out: int
    differences: tuple[str, ...]

    def only(self, ids: Collection[str]) -> "Replay":
        """The same, told of some products alone."""
        return Replay(
            until=self.until,
            products=tuple(p for p in self.products if p.product.id in ids),
            announcements=tuple(a for a in self.announcements if a.products & set(ids)),
            left_out=self.left_out,
            differences=self.differences,
        )


def replay(
    products: Sequence[DataProduct],
    told: Iterable[Told],
    until: int,
    *,
    tracking: Tracking,
    store: ReplayStore,
    patience: Patience,
) -> Replay:
    """Replay evidence up to and including an instant; neither order nor repetition matter.

    `tracking` is on `store`, has heard of nothing yet, and has this `patience`.
    """
    everything = sorted(set(told), key=_in_order)
    counting = [one for one in everything if one.evidence.at <= until]
    portfolio = portfolio_of(products)
    evidence = [one.evidence for one in counting]
    judged = verdicts(portfolio, evidence, until)
    known = histories(portfolio, evidence, until)
    _track(products, counting, until, tracking)
    return Replay(
        until=until,
        products=tuple(_replayed(portfolio, judged, known, until, patience)),
        announcements=tuple(_announcements(store, until)),
        left_out=len(everything) - len(counting),
        differences=tuple(_differences(store, judged, known)),
    )


def _in_order(one: Told) -> tuple[int, int, str, str, str, str, bool, int]:
    """By the time it was told; what was told at once in one order, whichever it was read in."""
    piece = one.evidence
    if isinstance(piece, Update):
        return one.at, piece.at, piece.subject, piece.run_id, "", "", False, 0
    if isinstance(piece, IncidentNotice):
        state = f"{piece.active} {piece.grave}"
        named = (piece.incident, state, piece.title, piece.active)
        return one.at, piece.at, piece.subject, *named, piece.written_at
    told = piece.outcome.value
    named = (piece.run_id, told, piece.message, piece.provisional)
    return one.at, piece.at, piece.subject, *named, 0


def _track(
    products: Sequence[DataProduct], told: Sequence[Told], until: int, tracking: Tracking
) -> None:
    """As the action does in a replay: what is due between two events happens before the second."""
    clock = min((one.at for one in told), default=until)
    tracking.define(products, min(clock, until), all_of_them=True)
    for one in told:
        # What was told after the end, of a time before it, is known at the end.
        clock = min(max(one.at, one.evidence.at), until)
        tracking.tick(clock)
        tracking.record(one.evidence, clock)
    tracking.tick(until)


def _replayed(
    portfolio: Portfolio,
    judged: Changes,
    known: dict[str, History],
    until: int,
    patience: Patience,
) -> Iterable[Replayed]:
    def in_force(product: str, assertion: Assertion) -> Change | None:
        return next(reversed(judged.get((product, assertion.urn), ())), None)

    memo: dict[str, Assessment] = {}
    found = episodes_of(portfolio, judged, known, patience, until)
    for id_ in sorted(portfolio.products):
        product, history = portfolio.products[id_], known[id_]
        assessment = assess(portfolio, id_, in_force, memo)
        figures = figures_of(
            product, history.own, history.experienced, (0, until), product.corrections
        )
        yield Replayed(
            product=product,
            assessment=assessment,
            explanation=explanation(portfolio, assessment, until),
            history=history,
            own=figures.raw.own,
            experienced=figures.raw.experienced,
            objective=figures.raw.objective,
            spending=spending_of(product, history.experienced, until),
            corrected_spending=_corrected_spending(product, history, figures.corrections, until),
            corrected=figures.corrected if figures.corrections else None,
            corrections=figures.corrections,
            episodes=found[id_],
        )


def _corrected_spending(
    product: DataProduct, history: History, corrections: Sequence[Correction], until: int
) -> Spending | None:
    if not corrections:
        return None
    better = corrected(history.experienced, corrections)
    # A correction may end after the end.
    return spending_of(product, [step for step in better if step[0] <= until], until)


def _announcements(store: Outbox, until: int) -> Iterable[Announcement]:
    while letters := store.due_letters(until, _AT_ONCE):
        for due in letters:
            if isinstance(due.letter, Announcement):
                yield due.letter
        store.delivered(letters)


def _differences(store: HealthStore, judged: Changes, known: dict[str, History]) -> Iterable[str]:
    with store.reading() as book:
        for id_, history in known.items():
            kept = History(
                tuple(book.steps(id_, Scope.OWN, 0)), tuple(book.steps(id_, Scope.EXPERIENCED, 0))
            )
            if kept != history:
                yield f"the history of {id_}: {kept} was kept, {history} was computed"
        yield from _differing_verdicts(book, judged)


def _differing_verdicts(book: Book, judged: Changes) -> Iterable[str]:
    kept: dict[str, dict[str, list[Change]]] = {}
    for (id_, urn), computed in judged.items():
        if id_ not in kept:
            kept[id_] = book.changes(id_, 0)
        ours = [(c.at, c.says) for c in kept[id_].get(urn, ())]
        theirs = [(c.at, c.says) for c in computed]
        if ours != theirs:
            yield f"the verdicts of {urn} for {id_}: {ours} was kept, {theirs} was computed"
