"""What a check says beside its outcome: a message, and of dbt's source freshness a load time. Pure."""

from datetime import datetime, timedelta, timezone

import msgspec

_MOST_OF_A_MESSAGE = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def loaded_at(text: str | None) -> int | None:
    """The load time dbt's source freshness carries (ISO, UTC where it names no zone), if any."""
    if text is None:
        return None
    try:
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        # Free text of somebody else's check under the same key: the result stands without it.
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    instant = (moment - _EPOCH) // timedelta(milliseconds=1)
    # Year 1 is how dbt says of an empty table that nothing was ever loaded.
    return instant if instant >= 0 else None


def short(message: str) -> str:
    """A message as long as anybody reads it."""
    if len(message) <= _MOST_OF_A_MESSAGE:
        return message
    return f"{message[:_MOST_OF_A_MESSAGE]}..."
