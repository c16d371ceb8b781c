"""Watching routes: what a recipe names that no product has is told, once."""

import logging

from datahub_dataproducts.domain.durations import HOUR, wait_is_over
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.route_gaps import route_gaps
from datahub_dataproducts.domain.routes import Signposts

logger = logging.getLogger(__name__)


class RouteWatch:
    """Looks at the start and every hour at most: while an ingestion runs, half of it is there."""

    def __init__(self, signposts: Signposts) -> None:
        """`signposts`: which way announcements go."""
        self._signposts = signposts
        self._seen: Portfolio | None = None
        self._looked_at: int | None = None
        self._told: frozenset[str] = frozenset()

    def look(self, portfolio: Portfolio, now: int) -> None:
        """Tell what of the routes leads to no product, unless it was told the last time."""
        if not wait_is_over(HOUR, self._looked_at, now):
            return
        self._looked_at = now
        if portfolio is self._seen:
            return
        self._seen = portfolio
        gaps = route_gaps(self._signposts, portfolio.products.values())
        for gap in gaps:
            if gap not in self._told:
                logger.warning("Of the recipe: %s", gap)
        self._told = frozenset(gaps)
