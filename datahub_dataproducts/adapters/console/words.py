"""What several forms for people and programs say alike: text, counts, moments, shares and sums."""

from fractions import Fraction

from datahub_dataproducts.domain.schedules import WEEKDAYS, local_time
from datahub_dataproducts.domain.timelines import Tally


def printable(text: str) -> str:
    """Without what a terminal would obey or break the line at; a space stands for each."""
    return "".join(c if c.isprintable() else " " for c in text)


def one_line(text: str) -> str:
    """Printable, with single spaces."""
    return " ".join(printable(text).split())


def counted(count: int, what: str) -> str:
    """`1 product`, `1,200 products`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def say_moment(at: int, zone: str) -> str:
    """`Tue 2026-03-03 12:00`."""
    local = local_time(at, zone)
    # The weekday by our own names: strftime's depend on the machine's language.
    return f"{WEEKDAYS[local.weekday()].title()} {local:%Y-%m-%d %H:%M}"


def say_moment_and_zone(at: int, zone: str) -> str:
    """`Tue 2026-03-03 12:00 CET`."""
    return f"{say_moment(at, zone)} {local_time(at, zone):%Z}"


def say_share(share: Fraction | None) -> str:
    """`99.95 %`, rounded down: 100 % is said only of what is whole."""
    return "-" if share is None else f"{int(share * 10_000) / 100:.2f} %"


def sums_as_json(tally: Tally) -> dict[str, int]:
    """Milliseconds of good, bad and unknown time."""
    return {"good_ms": tally.good, "bad_ms": tally.bad, "unknown_ms": tally.unknown}
