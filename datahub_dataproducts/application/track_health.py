"""Track health: one piece of evidence, or the passing of time, to one committed step."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from datahub_dataproducts.application.digesting import mark_digests
from datahub_dataproducts.application.generations import redefine
from datahub_dataproducts.application.introducing import introduce
from datahub_dataproducts.application.judge import Case, hears, judge, noted
from datahub_dataproducts.application.outages import Outage, tell_outage
from datahub_dataproducts.application.ports import Book, HealthStore
from datahub_dataproducts.application.rejudge import heard_in_past, judge_notice, rejudge
from datahub_dataproducts.application.settle import settle
from datahub_dataproducts.application.tell import (
    Ground,
    TrackingPolicy,
    tell_figures,
)
from datahub_dataproducts.application.ticking import tick_once
from datahub_dataproducts.application.turns import Turns
from datahub_dataproducts.domain.assertions import (
    Assertion,
    Evidence,
    IncidentNotice,
    Observation,
)
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.incidents import open_incidents
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import DataProduct

_TOO_OLD = (
    "it is older than results are kept, so it cannot be judged any more: see `store.keep.results`"
)


class HealthTracker:
    """Keeps the health of a portfolio in a store; one thread at a time is let in."""

    def __init__(self, store: HealthStore, policy: TrackingPolicy) -> None:
        """Call `load` before anything else."""
        self._store = store
        self._turns = Turns()
        self._ground = Ground(portfolio=portfolio_of(()), policy=policy, floors={})
        self._horizon = 0
        # Never later than the truth; may be earlier, which costs a look and nothing else.
        self._next_due: int | None = None
        self._has_mail = True
        # Products of which other channels than before may have to hear.
        self._moved: frozenset[str] = frozenset()
        # The book of several steps that are one.
        self._shared: Book | None = None

    @property
    def portfolio(self) -> Portfolio:
        """All products known now."""
        return self._ground.portfolio

    def products(self) -> Collection[DataProduct]:
        """The same, one by one."""
        return self._ground.portfolio.products.values()

    def take_mail(self) -> bool:
        """True when letters were written since this was last asked, or before this was made."""
        had, self._has_mail = self._has_mail, False
        return had

    def load(self) -> None:
        """Take up the products and the state that the store holds."""
        with self._turns.one(), self._store.transaction() as book:
            known = book.definitions()
            self._ground = Ground(
                portfolio=portfolio_of(product for product, _ in known),
                policy=self._ground.policy,
                floors={product.id: since for product, since in known},
                last_turn=book.last_turn(),
            )
            policy = self._ground.policy
            mark_digests(book, policy.digests, policy.channels)
            self._horizon = book.horizon()
            # What was held back may be told by now: the recipe may be another.
            book.look_sooner(self._horizon)
            self._next_due = book.next_due()
        self._moved = frozenset(self._ground.portfolio.products)

    def define(self, products: Iterable[DataProduct], now: int, *, all_of_them: bool) -> None:
        """Take up products as they are defined now; `all_of_them`: those not given are no more.

        A change of promises begins a generation: it holds from `now` on, and time before is not
        judged by it. The first one holds for whatever is heard.
        """
        with self._turns.one():
            now = max(now, self._horizon)
            old = self._ground.portfolio.products
            given = {p.id: p for p in products}
            news = {id_: p for id_, p in given.items() if old.get(id_) != p}
            gone = [id_ for id_ in old if all_of_them and id_ not in given]
            if not news and not gone:
                return
            # What was due before then is judged by the promises of before.
            while self._pass(now) is not None:
                pass
            with self._store.transaction() as book:
                ground = redefine(book, self._ground, news, gone, now)
                tell_figures(book, ground, old, news, now)
                next_due, sent = book.next_due(), book.sent
            ground.assessments.keep()
            self._ground, self._next_due = ground, next_due
            self._moved |= news.keys() & old.keys()
            self._has_mail = self._has_mail or sent > 0

    def remove(self, product: str, now: int) -> None:
        """A product is no more."""
        with self._turns.one():
            kept = [p for id_, p in self._ground.portfolio.products.items() if id_ != product]
            self.define(kept, now, all_of_them=True)

    def unheard(self) -> tuple[str, ...]:
        """The subjects that decide promises and of which nothing was ever heard, in order."""
        with self._turns.one(), self._store.transaction() as book:
            wanted = sorted(self._ground.portfolio.listeners)
            heard_of = book.heard_of(wanted)
        return tuple(urn for urn in wanted if urn not in heard_of)

    def open_incidents(self, assets: Sequence[str]) -> dict[str, frozenset[str]]:
        """URNs of the incidents that are open on some assets, as far as was heard, with the assets."""
        with self._turns.one(), self._store.transaction() as book:
            return open_incidents(book.notices(assets))

    def record(self, evidence: Evidence, now: int) -> bool:
        """One piece of evidence: kept, and all that follows from it, in one transaction.

        False when there is nothing to keep: nobody listens to it, or it is known. What is further
        ahead of the clock than the tolerance is set aside with a reason.
        """
        with self._turns.one():
            if isinstance(evidence, IncidentNotice):
                until = self._until(evidence, now) if self._may_watch(evidence) else None
                return until is not None and self._notice(evidence, until)
            listeners = self._ground.portfolio.listeners.get(evidence.subject, ())
            cases = [self._case(id_, a) for id_, a in listeners if hears(a, evidence)]
            if not cases and not self._is_of_past(evidence.at):
                return False
            until = self._until(evidence, now)
            return until is not None and self._record(evidence, cases, until)

    def look_again(self) -> None:
        """Somebody else may have written what is to be done: a silence, or who takes care."""
        with self._turns.one(), self._store.reading() as book:
            self._next_due = book.next_due()

    def tell_outage(self, outage: Outage, now: int) -> None:
        """The catalog was away for long, or answers; who mends is told what they do not know."""
        with self._turns.one(), self._step() as book:
            tell_outage(book, self._ground.policy, outage, now)

    def tick(self, now: int) -> int:
        """Time has passed: what time alone changes by now; how many things it changed.

        Everything due happens in order, each at its own time. Evidence that is heard in between
        does not wait for all of it: after an outage there may be minutes of work.
        """
        done = 0
        more = True
        while more:
            with self._turns.one():
                count = self._pass(now)
            more = count is not None
            done += count or 0
            self._turns.give_way()
        return done

    def _pass(self, now: int) -> int | None:
        """One step of a tick: how many things it changed, None when nothing is due."""
        if self._next_due is None or self._next_due > now:
            if self._moved:
                with self._step() as book:
                    introduce(book, self._ground, self._moved, max(now, self._horizon))
                self._next_due, self._moved = now, frozenset()
            return None
        with self._step() as book:
            ticked = tick_once(book, self._ground, self._horizon, now)
            next_due = book.next_due()
        self._horizon, self._next_due = ticked.horizon, next_due
        return ticked.count

    def set_aside(self, reason: str, content: str, now: int) -> None:
        """Keep something that cannot be used, with its reason."""
        with self._turns.one(), self._step() as book:
            book.set_aside(reason, content, now)

    def _until(self, evidence: Evidence, now: int) -> int | None:
        """How far time has come; None for evidence too far ahead of it, which is set aside."""
        tolerance = self._ground.policy.tolerance
        if evidence.at - now <= tolerance:
            return max(now, self._horizon, evidence.at)
        # Without how far: however often it is read, it is set aside once.
        far = say_duration(tolerance)
        reason = f"it is more than {far} ahead of the clock: check the clock of its sender"
        self.set_aside(reason, repr(evidence), now)
        return None

    def _notice(self, notice: IncidentNotice, until: int) -> bool:
        with self._step() as book:
            is_watched = self._is_watched(notice) or book.past_listeners(notice.subject, notice.at)
            if not is_watched or not book.record_notice(notice):
                return False
            judge_notice(book, self._ground, notice, until)
            next_due = book.next_due()
        self._horizon, self._next_due = until, next_due
        return True

    def _may_watch(self, notice: IncidentNotice) -> bool:
        return self._is_watched(notice) or self._is_of_past(notice.at)

    def _is_watched(self, notice: IncidentNotice) -> bool:
        # What an incident was on that is deleted is not said.
        return not notice.subject or notice.subject in self._ground.portfolio.watchers

    def _record(self, evidence: Observation, cases: list[Case], until: int) -> bool:
        with self._step() as book:
            if not cases and not heard_in_past(book, evidence):
                return False
            recorded = book.record(evidence)
            if recorded.too_old:
                book.set_aside(_TOO_OLD, repr(evidence), until)
            if not recorded.new:
                return False
            since = evidence.at if recorded.displaced is None else recorded.displaced
            if recorded.confirms:
                next_due = self._next_due
            elif self._is_of_past(min(since, evidence.at)):
                rejudge(book, self._ground, evidence, min(since, evidence.at), until)
                next_due = book.next_due()
            else:
                next_due = self._judge(book, cases, evidence, recorded.displaced, until)
        self._horizon, self._next_due = until, next_due
        return True

    def _judge(
        self,
        book: Book,
        cases: list[Case],
        evidence: Observation,
        displaced: int | None,
        until: int,
    ) -> int | None:
        """Judge by what is promised now; when there is next something to do."""
        dirty: dict[str, int] = {}
        soon = [self._next_due]
        for case in cases:
            judged = judge(book, case, evidence, displaced, until)
            soon.append(judged.expires_at)
            noted(dirty, case.product, judged.changed_at)
        if dirty:
            settle(book, self._ground, dirty, until)
            # An announcement may be waiting now, for how long only the book knows.
            return book.next_due()
        return min((at for at in soon if at is not None), default=None)

    def _is_of_past(self, instant: int) -> bool:
        turn = self._ground.last_turn
        return turn is not None and instant < turn

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is recorded and set aside within is one step: all of it is kept, or nothing.

        It changes what it would one by one, and ends in the same state. Nobody else has a turn
        meanwhile, so it is to be short.
        """
        with self._turns.one():
            before = self._horizon, self._next_due
            try:
                with self._step() as self._shared:
                    yield
            except BaseException:
                self._horizon, self._next_due = before
                raise
            finally:
                self._shared = None

    @contextmanager
    def _step(self) -> Iterator[Book]:
        """One transaction; what was assessed and written in it counts only if it was committed."""
        if self._shared is not None:
            yield self._shared
            return
        assessments = self._ground.assessments
        try:
            with self._store.transaction() as book:
                yield book
            assessments.keep()
            self._has_mail = self._has_mail or book.sent > 0
        finally:
            assessments.drop()

    def _case(self, product: str, assertion: Assertion) -> Case:
        return Case(product=product, assertion=assertion, floor=self._ground.floors.get(product))
