"""Telling: letters to the catalog and to people where there is news of a product's health."""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from datahub_dataproducts.application.converse import converse
from datahub_dataproducts.application.correspond import catch_up, remind
from datahub_dataproducts.application.in_force import Assessments, in_force_at
from datahub_dataproducts.application.ports import CATALOG, Book, Scope
from datahub_dataproducts.application.posting import health_post
from datahub_dataproducts.application.viewpoints import Public, since_of
from datahub_dataproducts.domain.digests import DigestRule
from datahub_dataproducts.domain.durations import DAY, MINUTE
from datahub_dataproducts.domain.episodes import (
    MEASURED_GOOD,
    Patience,
    Told,
    catalog_digest,
    digest,
    opening,
    reason_of,
    told_catalog,
)
from datahub_dataproducts.domain.generations import Generation, used_inputs
from datahub_dataproducts.domain.health import Assessment
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import DataProduct, Lifecycle
from datahub_dataproducts.domain.restraint import Restraint, shortest
from datahub_dataproducts.domain.routes import BEGINNINGS, Route, Signposts, Terms
from datahub_dataproducts.domain.timelines import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingPolicy:
    """What a deployment decides about tracking.

    Attributes:
        channels: names of the channels there are.
        routes: which of them are told of which product.
        window: rolling window of the uptime shown in the catalog, milliseconds.
        patience: how long a turn of health must last before people are told.
        business: names of the channels for business readers alone; they are not told of blindness.
        still_open_every: how often it is said that an episode is still open (milliseconds), None:
            never.
        terms: by channel, those on which it is told where no route says otherwise.
        domains: by channel, URNs and names of the domains it is told of where there are no routes.
        by_root: names of further channels, told of the own faults of every product whatever the
            routes; see `Public`.
        zones: by channel, the time zones of those that have one (IANA name).
        digests: by channel, when those that want digests are told them.
        tolerance: how far ahead of the clock a result may be before it is set aside.
        signposts: which way announcements go by all that; one, because it remembers them.
    """

    channels: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    window: int = 30 * DAY
    patience: Patience = field(default_factory=Patience)
    business: frozenset[str] = frozenset()
    still_open_every: int | None = None
    by_root: tuple[str, ...] = ()
    zones: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, DigestRule] = field(default_factory=dict)
    tolerance: int = 5 * MINUTE
    terms: Mapping[str, Terms] = field(default_factory=dict)
    domains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signposts: Signposts = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        signposts = Signposts(
            channels=self.channels,
            business=self.business,
            routes=self.routes,
            terms=self.terms,
            domains=self.domains,
        )
        object.__setattr__(self, "signposts", signposts)

    def patience_with(self, product: DataProduct, reasons: Collection[Why]) -> Patience:
        """What holds for a product before any channel is told by some reasons: the least of one."""
        if self.signposts.is_patient_for_all:
            return self.patience
        ways = [way for why in reasons for way in self.signposts.ways(product, why)]
        return shortest(self.patience, ways)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What health is judged on.

    Attributes:
        portfolio: all products.
        policy: see `TrackingPolicy`.
        floors: by product id, since when its promises have been what they are; None: from ever.
            Time before is not judged by them.
        last_turn: when the promises of any product last began or ended, None: never yet. What
            happened before is judged by the promises of its time too.
        assessments: those of the portfolio that hold now.
    """

    portfolio: Portfolio
    policy: TrackingPolicy
    floors: Mapping[str, int | None]
    last_turn: int | None = None
    assessments: Assessments = field(default_factory=Assessments)

    def generation(self, product: str) -> Generation:
        """What a product promises now."""
        return Generation(
            product=self.portfolio.products[product],
            since=self.floors.get(product),
            until=None,
            inputs=used_inputs(self.portfolio, product),
        )


def tell(book: Book, ground: Ground, products: Iterable[str], now: int) -> None:
    """Write letters for those of the products, and of their users, of which there is news."""
    portfolio = ground.portfolio
    in_force = in_force_at(book, now)
    due: list[str] = []
    queued = set(products)
    queue = [(portfolio.depth[id_], id_) for id_ in queued]
    heapq.heapify(queue)
    while queue:
        _, id_ = heapq.heappop(queue)
        product = portfolio.products[id_]
        assessment = ground.assessments.of(portfolio, id_, in_force)
        before = _with_opening(book, ground, id_)
        people = product.is_announced
        if before is not None and not people and _counts_on(before):
            due.append(id_)
        if before is not None and _is_told(before, assessment, people=people):
            continue
        told = _tell_of(book, ground, assessment, before, now)
        if told.announce_at is not None and told.announce_at <= now:
            due.append(id_)
        for user in portfolio.dependents.get(id_, ()):
            if user not in queued:
                queued.add(user)
                heapq.heappush(queue, (portfolio.depth[user], user))
    if due:
        converse(book, _public(book, ground, now), due, now)


def tell_again(book: Book, ground: Ground, product: str, now: int) -> None:
    """Tell the catalog of a product although nothing changed, so that its figures are of today."""
    before = book.told(product)
    if before is None:
        return
    if product not in ground.portfolio.products:
        book.put_told(product, replace(before, posted_at=now, announce_at=None))
        return
    assessment = ground.assessments.of(ground.portfolio, product, in_force_at(book, now))
    since = since_of(book, product, now)
    book.put_told(product, replace(before, posted_at=now))
    _post_health(book, ground, assessment, since, now)


def tell_figures(
    book: Book, ground: Ground, before: Mapping[str, DataProduct], products: Iterable[str], now: int
) -> None:
    """Tell the catalog of products whose figures are others than before, by what they say of them.

    Nothing is judged anew: an objective and corrections are no promises. `before` are the products
    as they were, by id.
    """
    for id_ in products:
        was, product = before.get(id_), ground.portfolio.products[id_]
        if was is not None and _counted_by(was) != _counted_by(product):
            tell_again(book, ground, id_, now)


def announce(book: Book, ground: Ground, products: Iterable[str], now: int) -> None:
    """Tell people what has lasted long enough; nothing where it is as they were told before."""
    due: list[str] = []
    for id_ in products:
        told = book.told(id_)
        if told is not None and id_ in ground.portfolio.products:
            due.append(id_)
        elif told is not None:
            book.put_told(id_, replace(told, announce_at=None))
    converse(book, _public(book, ground, now), due, now)


def say_still_open(
    book: Book, ground: Ground, conversations: Iterable[tuple[str, str]], now: int
) -> None:
    """Tell people that episodes are still open, each by channel and key of its conversation."""
    public = _public(book, ground, now)
    for one in conversations:
        remind(book, public, one, now)


def part(book: Book, ground: Ground, product: str, now: int) -> None:
    """A product that is no more leaves what people are being told, and they are told so."""
    if book.conversations_of(product):
        known = ground.portfolio.products
        retired = replace(known[product], lifecycle=Lifecycle.RETIRED)
        portfolio = portfolio_of({**known, product: retired}.values())
        public = _public(book, replace(ground, portfolio=portfolio), now)
        public = replace(public, assess=_public(book, ground, now).assess)
        converse(book, public, [product], now)


def look(book: Book, ground: Ground, conversations: Sequence[tuple[str, str]], now: int) -> None:
    """Tell people what was held back and may be told by now, each by channel and key."""
    catch_up(book, _public(book, ground, now), conversations, now)


def _public(book: Book, ground: Ground, now: int) -> Public:
    policy, in_force = ground.policy, in_force_at(book, now)
    signposts = policy.signposts
    return Public(
        portfolio=ground.portfolio,
        assess=lambda id_: ground.assessments.of(ground.portfolio, id_, in_force),
        restraint=Restraint(
            portfolio=ground.portfolio,
            ways=signposts.ways,
            hushes=tuple(hush for hush in book.hushes(now) if hush.holds(now)),
            patience=lambda product: policy.patience_with(product, BEGINNINGS),
            general=policy.patience,
            channels=frozenset((*policy.channels, *policy.by_root)),
            free=frozenset(policy.by_root),
        ),
        business=policy.business,
        still_open_every=policy.still_open_every,
        by_root=frozenset(policy.by_root),
        zones=policy.zones,
    )


def _with_opening(book: Book, ground: Ground, product: str) -> Told | None:
    """What was told of a product, its opening moved to where late results show that it was."""
    told = book.told(product)
    if told is None or told.opened_at is None:
        return told
    patience = ground.policy.patience_with(ground.portfolio.products[product], {Why.OPENED})
    since = told.opened_at
    steps = book.steps(product, Scope.EXPERIENCED, since - 1)
    while steps and steps[0][0] < since and not _is_settled(steps, patience):
        since = steps[0][0]
        steps = book.steps(product, Scope.EXPERIENCED, since - 1)
    moved = opening(steps, told.opened_at, patience)
    if moved != told.opened_at:
        told = replace(told, opened_at=moved)
        book.put_told(product, told)
    return told


def _is_settled(steps: list[Step], patience: Patience) -> bool:
    """True where the first was good for so long that no episode reaches over it."""
    (at, health), *later = steps
    return health in MEASURED_GOOD and bool(later) and later[0][0] - at >= patience.clear_for


def _counts_on(told: Told) -> bool:
    """True where people were told of it, or are to be."""
    return bool(told.announced) or told.announce_at is not None


def _counted_by(product: DataProduct) -> tuple[object, ...]:
    """What of a product decides its figures, besides its history."""
    return product.objective, product.timezone, product.corrections


def _is_told(told: Told, assessment: Assessment, *, people: bool) -> bool:
    # A product that went live has been told to the catalog alone.
    people_are = not people or told.announced == digest(assessment) or told.announce_at is not None
    return told.digest == catalog_digest(assessment) and people_are


def _tell_of(
    book: Book, ground: Ground, assessment: Assessment, before: Told | None, now: int
) -> Told:
    product = ground.portfolio.products[assessment.product]
    reasons = {reason_of(before, assessment)}
    patience = ground.policy.patience_with(product, reasons) if product.is_announced else None
    told = told_catalog(before, assessment, patience, now)
    book.put_told(product.id, told)
    _post_health(book, ground, assessment, since_of(book, product.id, now), now)
    return told


def _post_health(
    book: Book, ground: Ground, assessment: Assessment, since: int | None, now: int
) -> None:
    letter = health_post(
        book,
        ground.portfolio,
        assessment,
        since=since,
        window=ground.policy.window,
        now=now,
    )
    book.send(CATALOG, assessment.product, letter, now, replace=True)
