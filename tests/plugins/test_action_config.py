"""What the action's config decides."""

import pytest
from pydantic import ValidationError

from datahub_dataproducts.domain.durations import DAY, MINUTE
from datahub_dataproducts.plugins.action_config import HealthActionConfig


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
