"""What every format of a message says alike: signs and words of tones, shares, what is left out."""

import re
from collections.abc import Sequence
from fractions import Fraction

from datahub_dataproducts.domain.messages import Meter, Tone

SIGNS = {
    Tone.BAD: "🔴",
    Tone.RISK: "🟠",
    Tone.BLIND: "⚪",
    Tone.GOOD: "🟢",
    Tone.PLAIN: "",
}
"""A sign for each tone, where there is no colour; never without the word."""

TONE_WORDS = {
    Tone.BAD: "unhealthy",
    Tone.RISK: "at risk",
    Tone.BLIND: "not known",
    Tone.GOOD: "healthy",
    Tone.PLAIN: "",
}
"""The word for each tone, for those who see no colours."""

_SAYS_SO = {Tone.GOOD: "healthy|recovered", Tone.RISK: "at risk|about to break"}
"""Words that say a tone as well as its own does, as a pattern."""

MAYBE_TWICE = "This may have been told before: the first try got no answer"
"""What a channel that cannot look says when it tells something for the second time."""

_BAR = 20
_DAY_BARS = "▁▂▃▄▅▆▇█"
_NOT_MEASURED = "·"


def worded(text: str, tone: Tone) -> str:
    """The text with the word for its tone, unless it says so itself."""
    word = missing_word(text, tone)
    return f"{text} ({word})" if word else text


def missing_word(text: str, tone: Tone) -> str:
    """The word for a tone where a text does not say it; empty where it does, or there is none."""
    word = TONE_WORDS[tone]
    pattern = _SAYS_SO.get(tone, re.escape(word))
    says_so = re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)
    return "" if says_so else word


def signed(text: str, tone: Tone) -> str:
    """The text with sign and word of its tone."""
    return f"{SIGNS[tone]} {worded(text, tone)}".strip()


def say_more(count: int) -> str:
    """How many are not named; empty for none."""
    return f"and {count:,} more" if count > 0 else ""


def say_share(share: Fraction | None) -> str:
    """A share in words, of what was never measured too; less than nothing has no number."""
    if share is None:
        return "not measured"
    return "none, overspent" if share < 0 else say_tenths(share)


def say_tenths(share: Fraction) -> str:
    """`96.3 %`, rounded down: nothing is said to be left that is not."""
    tenths = share.numerator * 1000 // share.denominator
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}.{rest} %"


def share_bar(share: Fraction | None, length: int = _BAR) -> str:
    """A share as a bar of block characters; empty where nothing was measured.

    Full only for the whole, empty only for nothing: what is left or lost is never rounded away.
    """
    if share is None:
        return ""
    full = int(min(max(share, Fraction(0)), Fraction(1)) * length)
    if share > 0:
        full = max(full, 1)
    return "█" * full + "░" * (length - full)


def day_bars(days: Sequence[Fraction | None]) -> str:
    """One small bar for each day, a dot where nothing was measured."""
    return "".join(_NOT_MEASURED if day is None else _day_bar(day) for day in days)


def _day_bar(share: Fraction) -> str:
    # Only a day that was good from end to end is full.
    height = int(min(max(share, Fraction(0)), Fraction(1)) * (len(_DAY_BARS) - 1))
    return _DAY_BARS[height]


def say_meter(meter: Meter) -> str:
    """All of a meter in one line."""
    parts = (share_bar(meter.share), say_share(meter.share), day_bars(meter.days))
    return " ".join(part for part in parts if part)
