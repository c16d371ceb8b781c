"""What a catalog shows of the health of products, read back."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from datahub.lite.sqlite_lite import SqliteLite, SqliteLiteConfig

from datahub_dataproducts.adapters.datahub.lite import LiteCatalog
from datahub_dataproducts.adapters.datahub.posted_health import PostedHealth, posted_health
from datahub_dataproducts.adapters.datahub.property_definitions import EVALUATED_AT, HEALTH
from datahub_dataproducts.adapters.datahub.snapshots import LiteEntities, NoEntities
from datahub_dataproducts.adapters.datahub.urns import structured_property_urn
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import HealthPost
from tests.builders import at

NOON = at("2026-03-03 12:00")
SIX = at("2026-03-03 06:00")


class Held:
    """A catalog that holds the properties of one product."""

    def __init__(self, **shown: Any) -> None:
        self.properties = [
            {"propertyUrn": structured_property_urn(name), "values": value}
            for name, value in shown.items()
        ]

    def definitions(self) -> tuple[str, ...]:
        return ()

    def read(self, urns: Any, aspects: Any) -> dict[str, dict[str, Any]]:
        return {urns[0]: {"structuredProperties": {"properties": self.properties}}}


def shown(**properties: Any) -> PostedHealth | None:
    names = {"health": HEALTH, "evaluated_at": EVALUATED_AT}
    held = Held(**{names[name]: value for name, value in properties.items()})
    return posted_health(held, ["p"]).get("p")


def test_what_the_action_posts_is_read_back(tmp_path: Path) -> None:
    file = str(tmp_path / "lite.db")
    SqliteLite(SqliteLiteConfig(file=file)).close()
    catalog = LiteCatalog(file)
    catalog.prepare()
    for id_, since in (("revenue", SIX), ("users", None)):
        catalog.post(
            HealthPost(
                product=id_,
                at=NOON,
                health=Health.AT_RISK,
                since=since,
                reason="It is so.",
                uptime=Fraction(1, 2),
                coverage=Fraction(1),
                window=DAY,
            )
        )
    catalog.close()
    found = posted_health(LiteEntities(tmp_path / "lite.db"), ["revenue", "users", "none"])
    expected = PostedHealth(health=Health.AT_RISK, reason="It is so.", since=SIX, evaluated_at=NOON)
    assert found["revenue"] == expected
    assert found["users"].since is None
    assert "none" not in found


def test_a_catalog_that_does_not_exist_shows_nothing() -> None:
    assert posted_health(NoEntities(), ["p"]) == {}


@pytest.mark.parametrize("value", [[], [{"string": 1}], [{"string": "FINE"}]])
def test_a_health_that_is_none_of_ours_is_unknown_or_not_shown(value: list[Any]) -> None:
    found = shown(health=value)
    assert (found and found.health) in {None, Health.UNKNOWN}


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03-03T12:00:00"])
def test_an_instant_that_cannot_be_read_is_not_known(text: str) -> None:
    found = shown(health=[{"string": "HEALTHY"}], evaluated_at=[{"string": text}])
    assert found == PostedHealth(health=Health.HEALTHY, reason="", since=None, evaluated_at=None)


def test_a_value_without_its_type_is_read_too() -> None:
    found = shown(health=["HEALTHY"])
    assert found is not None
    assert found.health is Health.HEALTHY


def test_a_removed_product_is_not_shown() -> None:
    class Removed(Held):
        def read(self, urns: Any, aspects: Any) -> dict[str, dict[str, Any]]:
            (held,) = super().read(urns, aspects).values()
            return {urns[0]: {**held, "status": {"removed": True}}}

    assert posted_health(Removed(**{HEALTH: [{"string": "HEALTHY"}]}), ["p"]) == {}
