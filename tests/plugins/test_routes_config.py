"""Routes as written in a recipe."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.products import ProductType
from datahub_dataproducts.domain.quiet_hours import NEVER_QUIET
from datahub_dataproducts.domain.routes import Audience
from datahub_dataproducts.plugins.action_config import HealthActionConfig
from tests.builders import at

ROOT = Path(__file__).parents[2]


def policy(routes: list[dict[str, Any]], **channel: object) -> TrackingPolicy:
    channels = {"console": {"type": "console", **channel}}
    return HealthActionConfig.model_validate({"channels": channels, "routes": routes}).policy()


def test_a_route_is_read_with_all_it_may_say() -> None:
    written = {
        "channels": ["console"],
        "domains": ["finance"],
        "products": ["revenue"],
        "types": ["metric"],
        "tags": ["gold"],
        "owners": ["ana"],
        "audience": "technical",
        "reasons": ["opened", "still open"],
        "continue": True,
        "for": "1h",
        "clear_for": "1d",
        "still_open_every": "never",
        "mute": "never",
        "group_by": "product",
        "routes": [{"products": ["revenue"], "types": ["metric"]}],
    }
    (route,) = policy([written]).routes
    assert route.domains == ("finance", "urn:li:domain:finance")
    assert route.tags == ("gold", "urn:li:tag:gold")
    assert route.owners == ("urn:li:corpuser:ana",)
    assert (route.types, route.audience) == ((ProductType.METRIC,), Audience.TECHNICAL)
    assert (route.reasons, route.goes_on) == ((Why.OPENED, Why.STILL_OPEN), True)
    terms = route.terms
    assert (terms.for_, terms.clear_for, terms.still_open_every) == (HOUR, DAY, 0)
    assert (terms.quiet, terms.by_product) == (NEVER_QUIET, True)
    assert route.routes[0].channels is None


def test_quiet_hours_are_read_in_the_zone_of_the_channel_with_the_holidays_of_a_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / "nl.yml"
    file.write_text("holidays:\n  - 2026-04-06: Easter Monday\n", encoding="utf-8")
    mute = {"outside": "MON-FRI 08:00-18:00", "holidays_file": str(file)}
    quiet = policy([], mute=mute, timezone="Europe/Amsterdam").terms["console"].quiet
    assert quiet is not None
    assert quiet.end(at("2026-04-03 18:00")) == at("2026-04-07 08:00")


@pytest.mark.parametrize(
    ("mute", "words"),
    [
        ({"outside": "at night"}, '"at night" are no days and hours within a day'),
        ({"outside": "MON 08:00-09:00", "timezone": "Mars"}, "write an IANA name"),
        ({"outside": "MON 08:00-09:00", "holidays_file": "no.yml"}, "no.yml cannot be read"),
        ({"outside": "MON 08:00-09:00", "holidays_file": "bad.yml"}, "line 1: "),
        ({"outside": "MON 08:00-09:00", "holidays_file": "image.yml"}, "it is no text"),
    ],
)
def test_quiet_hours_that_nobody_can_read_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mute: dict[str, str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yml").write_text("holidays: [soon]\n", encoding="utf-8")
    Path("image.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValidationError, match=words):
        policy([], mute=mute)


def test_all_that_is_wrong_with_routes_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"routes\[0\].*routes\[1\].*channels\.console\.domains"):
        policy([{"channels": ["slak"]}, {}], domains=["finance"])


def test_a_reason_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValidationError, match='"because" is no reason; reasons are: opened, '):
        policy([{"channels": ["console"], "reasons": ["because"]}])


def test_without_routes_a_channel_has_its_domains() -> None:
    assert policy([], domains=["finance"]).domains == {
        "console": ("finance", "urn:li:domain:finance")
    }


def test_the_recipes_of_the_page_on_routing_have_no_faults() -> None:
    text = (ROOT / "docs/routing.md").read_text(encoding="utf-8")
    recipes = [yaml.safe_load(block.split("```")[0]) for block in text.split("```yaml\n")[1:]]
    assert len(recipes) == 2
    for recipe in recipes:
        HealthActionConfig.model_validate(recipe["action"]["config"]).policy()
