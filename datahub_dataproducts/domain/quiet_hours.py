"""Quiet hours: when a channel is told nothing, and when it hears again. Pure."""

from dataclasses import dataclass

from datahub_dataproducts.domain.calendars import Hours, counted
from datahub_dataproducts.domain.durations import WEEK

# No week of a calendar is without its days but for holidays, and nobody has them for a year.
_WEEKS_AHEAD = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """All but some hours are quiet.

    Attributes:
        outside: the hours in which people are told; None: all, so that nothing is quiet.
        timezone: of the wall they are read on (IANA name).
    """

    outside: Hours | None
    timezone: str = "UTC"

    def end(self, at: int) -> int | None:
        """When the quiet that an instant lies in is over (milliseconds); None: it is not quiet."""
        if self.outside is None:
            return None
        for week in range(_WEEKS_AHEAD):
            since = at + week * WEEK
            spans = counted(self.outside, (since, since + WEEK), self.timezone)
            if spans:
                begin = spans[0][0]
                return None if begin == at else begin
        return at + _WEEKS_AHEAD * WEEK


NEVER_QUIET = QuietHours(outside=None)
"""Whatever is said further up."""
