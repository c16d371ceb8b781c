"""Durations: whole numbers with `s`, `m`, `h`, `d` or `w`; a day is 24 hours. Held in milliseconds."""

import re

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_FORM = re.compile(r"([1-9][0-9]{0,8})([smhdw])")


def parse_duration(text: str) -> int | None:
    """Milliseconds of `24h`, `3d`, ...; None when the text is not of that form."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        return None
    return int(match.group(1)) * _UNITS[match.group(2)]


def write_duration(duration: int) -> str:
    """The shortest text that `parse_duration` reads back; rounds down to whole seconds."""
    for unit in ("w", "d", "h", "m"):
        if duration and duration % _UNITS[unit] == 0:
            return f"{duration // _UNITS[unit]}{unit}"
    return f"{duration // SECOND}s"


def wait_is_over(wait: int, since: int | None, now: int) -> bool:
    """Whether a wait is over that began `since` then; None: it never began, so nothing is waited for.

    It is, too, where it began later than now: the clock was set back, which puts nothing off.
    """
    return since is None or not 0 <= now - since < wait


def whole_minutes(duration: int) -> int:
    """Whole minutes, rounded down as `say_duration` does; of what is overspent likewise: -90 s is -1."""
    minutes = abs(duration) // MINUTE
    return minutes if duration >= 0 else -minutes


def say_duration(duration: int) -> str:
    """For people: the two largest units (`2 h 40 min`, `3 days 1 h`); seconds only below a minute."""
    minutes = duration // MINUTE
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        day_word = "1 day" if days == 1 else f"{days} days"
        return f"{day_word} {hours} h" if hours else day_word
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min"
    seconds = duration // SECOND
    return f"{seconds} s" if seconds else "less than a second"
