"""Gathering: messages that wait already are kept together, and acknowledged when they are kept.

A transaction for each would have each wait for the disk. So who hears them may put off keeping
them, and is told to when nothing more is waiting, or enough was gathered. Until then none of them
is acknowledged: whatever ends the process in between, they come again. Where they cannot be kept
together they are handed out again, one by one, so that only the one that cannot be kept fails.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from datahub_actions.event.event_envelope import EventEnvelope

from datahub_dataproducts.adapters.clock import SteadyClock
from datahub_dataproducts.application.ports import Clock

logger = logging.getLogger(__name__)

MOST = 2_000
"""Messages that are gathered at once, those that concern nobody among them."""
LONGEST = 500
"""Milliseconds that are gathered for: no message waits longer for the next."""


class Gathering:
    """The messages that were handed out and are not kept yet; used by one thread.

    Attributes:
        may_wait: what was handed out last may be kept later.
    """

    def __init__(
        self, acknowledge: Callable[[EventEnvelope], None], clock: Clock | None = None
    ) -> None:
        """`acknowledge` an event and all before it of its partition; `clock`: a steady one."""
        self.may_wait = False
        self._acknowledge = acknowledge
        self._clock = clock or SteadyClock()
        self._keep: Callable[[], None] | None = None
        self._messages: list[Any] = []
        self._until = 0
        # The last of each partition.
        self._kept: dict[tuple[str, int], EventEnvelope] = {}
        self._again: deque[Any] = deque()

    def kept_by(self, keep: Callable[[], None]) -> None:
        """From now on who hears may wait; `keep` has it keep all that waits, and raises if not."""
        self._keep = keep

    @property
    def is_going_on(self) -> bool:
        """Something was handed out that is not known to be kept."""
        return bool(self._messages)

    @property
    def takes_more(self) -> bool:
        """Neither is it full nor did it last too long."""
        return len(self._messages) < MOST and self._clock.now() < self._until

    def hand_out(self, message: Any) -> Any:
        """What is heard next: a message, or before it those that have to be heard again."""
        if self._again:
            self._again.append(message)
            return self.hand_out_again()
        self.may_wait = self._keep is not None
        if self.may_wait:
            if not self._messages:
                self._until = self._clock.now() + LONGEST
            self._messages.append(message)
        return message

    def hand_out_again(self) -> Any:
        """The next of those that could not be kept together, None: there are no more."""
        if not self._again:
            return None
        self.may_wait = False
        return self._again.popleft()

    def acknowledge(self, event: EventEnvelope) -> None:
        """It was heard: acknowledged at once, or when it is kept."""
        if not self.may_wait:
            self._acknowledge(event)
            return
        place = event.meta["kafka"]
        self._kept[place["topic"], place["partition"]] = event

    def end(self) -> None:
        """Have it kept and acknowledge it; what cannot be is handed out again."""
        messages, kept = self._messages, self._kept
        self._messages, self._kept = [], {}
        if not messages or self._keep is None:
            return
        try:
            self._keep()
        except Exception:
            # Whichever it is of: one by one the pipeline does with it what its recipe says.
            logger.warning(
                "%d messages could not be kept together; they are kept one by one",
                len(messages),
                exc_info=True,
            )
            self._again.extend(messages)
            return
        for event in kept.values():
            self._acknowledge(event)
