"""Containment: a mistake in one letter, or in one channel, is that one's alone.

Letters are sent one after another, so an exception that nobody foresaw would come again in every
round, and whatever waits behind that letter would wait for good.
"""

import logging
from collections.abc import Callable

from datahub_dataproducts.application.ports import CATALOG, Catalog, Channel
from datahub_dataproducts.domain.letters import HealthPost, VerdictPost
from datahub_dataproducts.domain.receipts import Dispatch, Receipt, Retry

logger = logging.getLogger(__name__)


class ContainedChannel:
    """A channel that fails in receipts only; what it raises is logged, and tried again.

    A later version of this program may send what this one cannot, so nothing is refused.
    """

    def __init__(self, name: str, channel: Channel) -> None:
        """`name` is that of the recipe."""
        self._name = name
        self._channel = channel

    @property
    def shows_latest(self) -> bool:
        """See the port."""
        return self._channel.shows_latest

    def post(self, dispatch: Dispatch) -> Receipt:
        """See the port."""
        return _contained(self._name, lambda: self._channel.post(dispatch))


class ContainedCatalog:
    """The same for the catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def prepare(self) -> Receipt:
        """See the port."""
        return _contained(CATALOG, self._catalog.prepare)

    def post(self, letter: HealthPost | VerdictPost) -> Receipt:
        """See the port."""
        return _contained(CATALOG, lambda: self._catalog.post(letter))


def _contained(name: str, post: Callable[[], Receipt]) -> Receipt:
    try:
        return post()
    except Exception as fault:
        logger.exception("A letter to %s could not be sent, by a mistake of this program", name)
        # It may have been raised by what became of an answer.
        reason = f"it failed by a mistake of this program ({type(fault).__name__})"
        return Retry(reason, may_have_arrived=True)
