"""An announcement is one readable line."""

import pytest

from datahub_dataproducts.adapters.console.render import render
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement, Why


def announcement(
    text: str, health: Health = Health.UNHEALTHY, zone: str = "Europe/Amsterdam"
) -> Announcement:
    return Announcement(
        product="revenue",
        domain="urn:li:domain:finance",
        at=1_772_521_200_000,
        timezone=zone,
        why=Why.OPENED,
        health=health,
        text=text,
    )


def test_the_line_has_the_time_where_the_product_is_the_health_and_the_text() -> None:
    assert render(announcement("Revenue is unhealthy.")) == (
        "Tue 2026-03-03 08:00 CET  UNHEALTHY  Revenue is unhealthy."
    )


@pytest.mark.parametrize(
    ("zone", "when"),
    [
        ("UTC", "Tue 2026-03-03 07:00 UTC"),
        ("America/Los_Angeles", "Mon 2026-03-02 23:00 PST"),
        ("Asia/Kathmandu", "Tue 2026-03-03 12:45 +0545"),
    ],
)
def test_the_time_is_read_in_the_products_zone(zone: str, when: str) -> None:
    assert render(announcement("x", zone=zone)).startswith(f"{when}  ")


@pytest.mark.parametrize("health", Health)
def test_every_health_has_a_word_and_the_texts_stand_below_one_another(health: Health) -> None:
    line = render(announcement("text", health))
    assert health.value.replace("_", " ") in line
    assert line.index("text") == 37


def test_a_text_cannot_break_the_line_or_command_the_terminal() -> None:
    line = render(announcement("first\nsecond\r\n\x1b[31mthird\x07  end\u2028"))
    assert line.endswith("  first second [31mthird end")
