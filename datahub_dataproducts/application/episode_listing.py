"""The episodes of products, computed from the whole of their histories, with what began each."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from datahub_dataproducts.domain.announcements import because
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.episode_history import Episode, by_time_alone, episodes
from datahub_dataproducts.domain.episodes import Patience
from datahub_dataproducts.domain.health import Assessment, InForce, assess
from datahub_dataproducts.domain.histories import History
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.verdicts import Change

Changes = Mapping[tuple[str, str], tuple[Change, ...]]
"""Changes of judgement by product id and assertion URN."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedEpisode:
    """An episode that people are told of.

    Attributes:
        times: from when to when, and when people are told.
        lasted: how long, up to now where it is open (milliseconds).
        cause: in half a sentence, what made the product unhealthy when it opened.
    """

    times: Episode
    lasted: int
    cause: str


def episodes_of(
    portfolio: Portfolio,
    judged: Changes,
    known: Mapping[str, History],
    patience: Patience,
    until: int,
) -> dict[str, tuple[ListedEpisode, ...]]:
    """The episodes of each product up to and including an instant, by its id, in order.

    Args:
        portfolio: the products, with what they promise over all of that time.
        judged: how their promises stood.
        known: their histories.
        patience: how long a turn must last before people are told of it.
        until: what lies exactly there counts.
    """
    alone = by_time_alone(portfolio, judged, until)
    causes = _Causes(portfolio, judged)
    return {
        id_: tuple(
            ListedEpisode(
                times=one,
                lasted=(until if one.closed_at is None else one.closed_at) - one.opened_at,
                cause=causes.of(id_, one.opened_at),
            )
            for one in episodes(
                history.experienced,
                alone[id_],
                [(0, portfolio.products[id_].is_announced)],
                patience,
                until,
            )
        )
        for id_, history in known.items()
    }


class _Causes:
    """What was wrong at an instant; products that turn together are assessed once."""

    def __init__(self, portfolio: Portfolio, judged: Changes) -> None:
        self._portfolio = portfolio
        self._judged = judged
        self._assessed: dict[int, dict[str, Assessment]] = {}

    def of(self, product: str, at: int) -> str:
        memo = self._assessed.setdefault(at, {})
        return because(self._portfolio, assess(self._portfolio, product, self._at(at), memo))

    def _at(self, at: int) -> InForce:
        def in_force(product: str, assertion: Assertion) -> Change | None:
            made = self._judged.get((product, assertion.urn), ())
            before = bisect_right(made, at, key=lambda change: change.at)
            return made[before - 1] if before else None

        return in_force
