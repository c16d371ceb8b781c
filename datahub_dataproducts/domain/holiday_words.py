"""Holidays in words: how many there are, and which come and go, for messages."""

from collections.abc import Collection, Sequence
from datetime import date

_MOST_NAMED = 5


def say_holidays(days: Sequence[date]) -> str:
    """`12 holidays from 2026-01-01 to 2026-12-26`, `the holiday 2026-12-25`; empty for none."""
    if not days:
        return ""
    if len(days) == 1:
        return f"the holiday {days[0]}"
    return f"{len(days)} holidays from {min(days)} to {max(days)}"


def holiday_changes(before: Collection[date], after: Collection[date]) -> tuple[str, str]:
    """What was and what is, where some holidays became others; the same twice where none did.

    `without 2026-05-05` and `with 2026-05-05`: only the days that come and go are named.
    """
    gone, new = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    was = [f"with {_named(gone)}"] if gone else []
    is_ = [f"with {_named(new)}"] if new else []
    was += [f"without {_named(new)}"] if new else []
    is_ += [f"without {_named(gone)}"] if gone else []
    return " and ".join(was), " and ".join(is_)


def _named(days: Sequence[date]) -> str:
    more = len(days) - _MOST_NAMED
    named = ", ".join(map(str, days[:_MOST_NAMED]))
    return f"{named} and {more} more" if more > 0 else named
