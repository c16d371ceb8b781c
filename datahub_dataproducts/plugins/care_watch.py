"""Who takes care: what people write in the incidents that were raised is heard as their word.

An event tells only that somebody wrote; who it was, and by what name they are known, is read from
the catalog, as it is at every start and every so often. So nothing is lost that no event told.
"""

import logging
import threading

from datahub_dataproducts.application.hushing import Writable, open_episodes, take_up
from datahub_dataproducts.application.incident_ports import CareDirectory
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.durations import wait_is_over

logger = logging.getLogger(__name__)


class CareWatch:
    """Looks at the incidents of what is open; one thread notes that it is to, another does.

    Args:
        store: where it is kept who takes care.
        directory: where people say so.
        channel: name of the one that raises incidents.
        tick: milliseconds until it is asked again where the catalog did not answer.
        every: milliseconds after which it is asked again in any case; None: never.
    """

    def __init__(
        self,
        *,
        store: Writable,
        directory: CareDirectory,
        channel: str,
        tick: int,
        every: int | None,
    ) -> None:
        self._store = store
        self._directory = directory
        self._channel = channel
        self._tick = tick
        self._every = every
        self._asked_at = 0
        self._wait: int | None = None
        self._noted = threading.Event()
        self._noted.set()

    def note(self) -> None:
        """Somebody may have written in an incident; asked with the next look."""
        self._noted.set()

    def look(self, now: int) -> None:
        """Ask, if it is time to, and keep what was said."""
        if not self._noted.is_set() and not self._is_time(now):
            return
        # What is noted while it is asked is asked for once more.
        self._noted.clear()
        self._asked_at, self._wait = now, self._every
        episodes = open_episodes(self._store, self._channel)
        try:
            said = self._directory.who_takes_care(episodes) if episodes else {}
        except Unavailable as problem:
            self._wait = self._tick
            logger.warning("Who takes care of incidents is asked again: %s", problem)
            return
        if said:
            take_up(self._store, self._channel, said)

    def _is_time(self, now: int) -> bool:
        return self._wait is not None and wait_is_over(self._wait, self._asked_at, now)
