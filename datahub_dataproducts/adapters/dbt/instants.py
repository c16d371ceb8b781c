"""Instants as dbt writes them, in milliseconds since the epoch."""

import re
from datetime import datetime, timedelta, timezone

_WRITTEN = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d+))?"
    r" ?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


def instant(text: str | None) -> int | None:
    """The instant, cut to whole milliseconds; None where there is none or it is no instant.

    dbt 1 writes microseconds, dbt 2 nanoseconds; a time without zone is UTC.
    """
    written = _WRITTEN.fullmatch((text or "").strip())
    if written is None:
        return None
    fraction = (written["fraction"] or "")[:6].ljust(6, "0")
    zone = "+00:00" if written["zone"] in {None, "Z"} else written["zone"]
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        when = datetime.fromisoformat(f"{written['date']}T{written['time']}.{fraction}{zone}")
    except ValueError:
        return None
    return (when - _EPOCH) // _MILLISECOND
