"""Viewpoints: how the products stand that a conversation tells of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from datahub_dataproducts.application.ports import Book, Scope
from datahub_dataproducts.domain.composition import letter
from datahub_dataproducts.domain.conversations import Conversation, Folded, Kind
from datahub_dataproducts.domain.episode_history import episodes
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.health import Assessment, Health
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.news import TELLS_OF, News, Standpoint
from datahub_dataproducts.domain.objectives import ObjectiveReport, objective_of, window_of
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Lifecycle
from datahub_dataproducts.domain.restraint import Restraint


@dataclass(frozen=True, kw_only=True, slots=True)
class Public:
    """The people who are told.

    Attributes:
        portfolio: all products.
        assess: the assessment of a product, by id, that holds now.
        restraint: which way announcements go, and what keeps channels from being told.
        business: names of those for business readers alone, who are not told of blindness.
        still_open_every: how often it is said that an episode is still open (milliseconds), None:
            never; where a channel's own terms say nothing of it.
        by_root: names of those that are told of each product's own faults alone, by itself.
        zones: by name, the time zones of those that have one (IANA name).
    """

    portfolio: Portfolio
    assess: Callable[[str], Assessment]
    restraint: Restraint
    business: frozenset[str]
    still_open_every: int | None
    by_root: frozenset[str] = frozenset()
    zones: Mapping[str, str] = field(default_factory=dict)

    def reminds_every(self, here: Conversation) -> int | None:
        """How often it is said that a conversation is still open (milliseconds); None: never."""
        if here.kind is not Kind.EPISODE:
            return None
        known = [id_ for id_ in here.members if id_ in self.portfolio.products]
        said = [self.restraint.terms(here.channel, id_, Why.OPENED) for id_ in known]
        chosen = [
            self.still_open_every if one.still_open_every is None else one.still_open_every
            for one in said
        ]
        return min((every for every in chosen if every), default=None)


def since_of(book: Book, product: str, now: int) -> int | None:
    """Since when a product is as healthy as it is; None: nothing was heard."""
    steps = [s for s in book.steps(product, Scope.EXPERIENCED, now) if s[0] <= now]
    return steps[-1][0] if steps else None


class Viewpoints:
    """Looks them up, each as it is now."""

    def __init__(
        self, book: Book, public: Public, known: Mapping[str, Standpoint], now: int
    ) -> None:
        """`known` are those that are due now; what is not is as it was told."""
        self._book = book
        self._public = public
        self._known = known
        self._now = now
        self.portfolio = public.portfolio

    def of(self, *conversations: Folded) -> dict[str, Standpoint]:
        """Of all that conversations tell of, by product."""
        found: dict[str, Standpoint] = {}
        for one in conversations:
            for id_ in (*one.after.members, *one.ended):
                mine = self._known.get(id_) or self._found(id_)
                if one.after.kind is not Kind.EPISODE:
                    mine = replace(mine, began_at=self._began_at(one, id_, mine))
                elif id_ in one.ended and mine.began_at is None and mine.is_announced:
                    mine = self._ended_before(one.after, id_, mine)
                found[id_] = mine
        return found

    def _began_at(self, one: Folded, id_: str, mine: Standpoint) -> int | None:
        """When a risk or blindness began: of one it is over for, when its health of before did."""
        if id_ not in one.ended:
            return mine.turned_at
        for began_at, health in self._book.steps(id_, Scope.EXPERIENCED, mine.turned_at - 1)[:1]:
            if began_at < mine.turned_at and health is TELLS_OF[one.after.kind]:
                return began_at
        return None

    def _ended_before(self, here: Conversation, id_: str, mine: Standpoint) -> Standpoint:
        """Of one whose episode was over before its end may be told: as it was at that end."""
        clear_for = self._public.restraint.patience(self.portfolio.products[id_]).clear_for
        steps = self._book.steps(id_, Scope.EXPERIENCED, here.opened_at)
        # That it was told of is known: it had lasted long enough.
        patience = Patience(for_=0, clear_for=clear_for)
        over = [
            (one.closed_at, one.opened_at)
            for one in episodes(steps, (), [(0, True)], patience, self._now)
            if one.closed_at is not None
        ]
        # Where late results tell of no such time, nothing is said of it.
        turned_at, began_at = over[-1] if over else (mine.turned_at, None)
        return replace(mine, turned_at=turned_at, began_at=began_at)

    def letter(
        self, folded: Folded, why: Why, standpoints: Mapping[str, Standpoint]
    ) -> Announcement:
        """The letter of a conversation, for the readers of its channel."""
        news = News(
            folded=folded,
            why=why,
            now=self._now,
            standpoints=standpoints,
            zone=self._public.zones.get(folded.after.channel, ""),
            objective_of=self._objective_of,
        )
        return letter(self.portfolio, news)

    def _objective_of(self, id_: str) -> ObjectiveReport | None:
        product = self.portfolio.products[id_]
        if product.objective is None:
            return None
        begin, _ = window_of(product.objective, self._now, product.timezone)
        steps = self._book.steps(id_, Scope.EXPERIENCED, begin)
        return objective_of(product, steps, self._now)

    def _found(self, id_: str) -> Standpoint:
        if id_ not in self._public.portfolio.products:
            return self._of_one_gone(id_)
        told, since = self._book.told(id_), since_of(self._book, id_, self._now)
        return Standpoint(
            assessment=self._public.assess(id_),
            turned_at=self._now if since is None else since,
            began_at=told.opened_at if told else None,
            is_announced=self._public.portfolio.products[id_].is_announced,
        )

    def _of_one_gone(self, id_: str) -> Standpoint:
        """Of a product that is no more since its end was held back."""
        gone = DataProduct(id=id_, domain="", lifecycle=Lifecycle.RETIRED)
        self.portfolio = portfolio_of({**self.portfolio.products, id_: gone}.values())
        return Standpoint(
            assessment=Assessment(
                product=id_, health=Health.UNKNOWN, own=Health.UNKNOWN, causes=()
            ),
            turned_at=self._now,
            began_at=None,
            is_announced=False,
        )
