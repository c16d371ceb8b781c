"""What the action's config decides."""

import pytest
from pydantic import ValidationError

from datahub_dataproducts.application.ports import INCIDENTS
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.plugins.action_config import HealthActionConfig
from datahub_dataproducts.plugins.catalog_config import DataHubCatalogConfig


def config(**options: object) -> HealthActionConfig:
    return HealthActionConfig.model_validate(options)


def test_as_it_comes_every_channel_is_told_everything_once() -> None:
    policy = config(channels={"console": {"type": "console"}}).policy()
    assert policy.channels == ("console",)
    assert policy.business == frozenset()
    assert policy.still_open_every is None
    assert policy.patience.for_ == policy.patience.clear_for == 10 * MINUTE


def test_business_channels_and_what_is_still_open_are_said_in_the_config() -> None:
    channels = {
        "finance": {"type": "console", "audience": "business"},
        "engineering": {"type": "console", "audience": "technical"},
    }
    policy = config(channels=channels, still_open_every="1d").policy()
    assert policy.business == {"finance"}
    assert policy.still_open_every == DAY


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(ValidationError, match='"daily" is not a duration'):
        config(still_open_every="daily")


def test_incidents_are_raised_only_where_that_is_asked_for() -> None:
    assert config().policy().by_root == ()
    assert config(incidents={"raise": True}).policy().by_root == (INCIDENTS,)


def test_incidents_need_a_server() -> None:
    lite = {"type": "lite", "file": "catalog.db"}
    with pytest.raises(ValidationError, match=r"incidents\.raise needs a server"):
        config(incidents={"raise": True}, catalog=lite)


def test_a_channel_that_is_called_as_the_outbox_calls_the_incidents_is_refused() -> None:
    with pytest.raises(ValidationError, match="no channel may be called"):
        config(channels={INCIDENTS: {"type": "console"}})


def test_where_people_open_datahub_is_an_address() -> None:
    assert config(datahub_url="https://hub.example.com").datahub_url == "https://hub.example.com"
    with pytest.raises(ValidationError, match="begins with https"):
        config(datahub_url="hub.example.com")


def test_a_channel_says_who_reads_it_where_and_how_much_it_takes() -> None:
    written = {"type": "console", "timezone": "Europe/Amsterdam", "at_most": "30/m"}
    channel = config(channels={"finance": written}).channels["finance"]
    assert (channel.audience, channel.timezone) == ("technical", "Europe/Amsterdam")
    assert channel.spacing == 2000
    assert config(channels={"plain": {"type": "console"}}).channels["plain"].spacing == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"type": "console", "timezone": "Amsterdam"}, "write an IANA name"),
        ({"type": "console", "at_most": "often"}, "is not a pace"),
        ({"type": "pigeon"}, "'console'"),
        ({"type": "console", "colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_fault_in_a_channel_is_told(wrong: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        config(channels={"finance": wrong})


def test_what_people_made_counts_and_everything_is_read_again_every_hour() -> None:
    catalog = config().catalog
    assert isinstance(catalog, DataHubCatalogConfig)
    assert catalog.hand_made.enabled
    assert config().reconcile_every == HOUR
    off = config(catalog={"type": "datahub", "hand_made": False, "reconcile_every": "never"})
    assert isinstance(off.catalog, DataHubCatalogConfig)
    assert not off.catalog.hand_made.enabled
    assert off.reconcile_every is None
    assert config(catalog={"type": "lite", "file": "c.db"}).reconcile_every is None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"reconcile_every": "10s"}, "write 5m or more, or never"),
        ({"reconcile_every": "often"}, "is not a duration"),
        ({"hand_made": {"expect_every": "daily"}}, "is not a duration"),
        ({"hand_made": {"lifecycle": "stage"}}, "Extra inputs are not permitted"),
    ],
)
def test_a_fault_in_the_catalog_is_told(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        config(catalog={"type": "datahub", **wrong})
