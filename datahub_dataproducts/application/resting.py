"""Resting: until when a channel is left alone, after it failed, asked for it, or at its pace."""

from collections.abc import Mapping
from dataclasses import replace

from datahub_dataproducts.application.outbox_ports import LONGEST_BACK_OFF, Outbox
from datahub_dataproducts.domain.answers import LONGEST_WAIT
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.domain.receipts import Receipt, Rest, Retry

_FIRST_WAIT = 2 * SECOND
_DOUBLINGS = 20
_NEVER_FAILED = Rest()


class Rests:
    """Those of all channels, as they are in the outbox."""

    def __init__(self, outbox: Outbox, spacing: Mapping[str, int]) -> None:
        """`spacing`: by channel, milliseconds from one letter to the next; left out: none."""
        self._outbox = outbox
        self._spacing = spacing
        self._known: dict[str, Rest] | None = None

    def of(self, channel: str) -> Rest:
        """The one of a channel."""
        return self._all().get(channel, _NEVER_FAILED)

    def after(self, channel: str, receipt: Receipt, now: int) -> Rest | None:
        """The one that begins with what came of a try; None: it is as it was."""
        before, spacing = self.of(channel), self._spacing.get(channel, 0)
        rest = _NEVER_FAILED
        if isinstance(receipt, Retry):
            rest = Rest(
                until=now + max(wait_after(before.failures, receipt), spacing),
                failures=before.failures + 1,
                is_asked=bool(receipt.after or spacing),
                reason=receipt.reason,
            )
        elif spacing:
            rest = Rest(until=now + spacing, is_asked=True)
        self._all()[channel] = rest
        return None if rest == before else rest

    def wake(self, now: int) -> None:
        """Who rests for longer than anybody is made to rests until a time of a clock that was ahead."""
        for channel, rest in self._all().items():
            if rest.until - now > self._longest(channel, rest):
                woken = replace(rest, until=now)
                self._all()[channel] = woken
                self._outbox.put_rest(channel, woken)

    def _longest(self, channel: str, rest: Rest) -> int:
        spacing = self._spacing.get(channel, 0)
        if not rest.failures:
            return spacing
        return max(spacing, LONGEST_WAIT if rest.is_asked else LONGEST_BACK_OFF)

    def _all(self) -> dict[str, Rest]:
        if self._known is None:
            self._known = dict(self._outbox.rests())
        return self._known


def wait_after(failures: int, receipt: Retry) -> int:
    """How long after a try that failed after so many others, milliseconds."""
    doubled = _FIRST_WAIT << min(failures, _DOUBLINGS)
    return max(min(doubled, LONGEST_BACK_OFF), receipt.after or 0)
