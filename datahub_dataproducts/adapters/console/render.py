"""Announcement -> one line of text. Pure."""

from datahub_dataproducts.adapters.console.words import one_line, say_moment_and_zone
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement

_WORDS = {
    Health.UNHEALTHY: "UNHEALTHY",
    Health.UNKNOWN: "UNKNOWN",
    Health.AT_RISK: "AT RISK",
    Health.HEALTHY: "HEALTHY",
}
_WIDTH = max(map(len, _WORDS.values()))


def render(announcement: Announcement) -> str:
    """The announcement as one line, its time in the product's zone.

    `Tue 2026-03-03 08:00 CET  UNHEALTHY  Revenue is unhealthy ...`. What a terminal would obey
    or break the line at is shown as a space.
    """
    when = say_moment_and_zone(announcement.at, announcement.timezone)
    return f"{when}  {_WORDS[announcement.health]:<{_WIDTH}}  {one_line(announcement.text)}"
