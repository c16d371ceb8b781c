"""What a server can be like: its version, its settings, its troubles."""

import math
import threading
from collections import deque
from dataclasses import dataclass, field

from tests.integration.gms.answers import Answer

UNTIL_TICK = math.inf
"""An index lag that ends with `Gms.tick`."""


@dataclass
class Switches:
    """Set them at any time; they hold from the next request on.

    Attributes:
        version: as `/config` tells it; decides about fields and aspects that came later.
        page: the most that one page of a scroll or search holds.
        index_lag: seconds until search, relationships and runs show what was written.
        hold_async: asynchronous writes wait for `Gms.tick`; otherwise they follow the answer.
        trailing_slash_works: patches may add at a path that ends with `/` where nothing is yet
            (servers since May 2026).
        drop_missing_values: property values without definition are dropped, not refused.
        one_product_per_asset: an asset that joins a product leaves the one it was in.
        strict_urns: commas and parentheses in simple ids are refused everywhere.
        tokens: those that are accepted; None: whoever asks is.
        grants: what whoever asks may do (see `grants.needed`); all else is answered with 403. None:
            everything.
        duplicates: how often more than once each event is told.
        reorder: platform events are told before the change that they come from.
        fills_pages: the events API answers when a page is full or the time is over, as a server
            does; otherwise as soon as there is anything.
        closed_topics: topics that the events API gives to nobody who asks.
    """

    version: str = "v1.7.0"
    page: int = 1_000
    index_lag: float = 0.0
    hold_async: bool = False
    trailing_slash_works: bool = True
    drop_missing_values: bool = True
    one_product_per_asset: bool = True
    strict_urns: bool = False
    tokens: frozenset[str] | None = None
    grants: frozenset[str] | None = None
    duplicates: int = 0
    reorder: bool = False
    fills_pages: bool = True
    closed_topics: frozenset[str] = frozenset()
    _answers: deque[tuple[str, Answer]] = field(default_factory=deque, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def answer(self, *answers: Answer, route: str = "", times: int = 1) -> None:
        """Give these answers to the next requests whose `METHOD /path?query` holds `route`."""
        with self._lock:
            self._answers.extend((route, answer) for _ in range(times) for answer in answers)

    def answer_truly(self) -> None:
        """Forget the answers that were not given yet."""
        with self._lock:
            self._answers.clear()

    def taken_answer(self, request: str) -> Answer | None:
        with self._lock:
            for index, (route, answer) in enumerate(self._answers):
                if route in request:
                    del self._answers[index]
                    return answer
        return None
