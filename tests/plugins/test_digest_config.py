"""The digest of a channel, as written in a recipe."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from datahub_dataproducts.domain.digests import DigestRule
from datahub_dataproducts.domain.schedules import Schedule
from datahub_dataproducts.plugins.action_config import HealthActionConfig
from datahub_dataproducts.plugins.digest_config import DigestConfig


def test_a_digest_is_due_each_day_at_nine_where_the_readers_are() -> None:
    assert DigestConfig().rule("Europe/Amsterdam") == DigestRule(
        schedule=Schedule(times=(540,), timezone="Europe/Amsterdam")
    )
    assert DigestConfig().rule(None).schedule.timezone == "UTC"


def test_all_of_it_may_be_said() -> None:
    said = DigestConfig(
        at="07:30", days="MON-FRI", timezone="UTC", when_quiet="skip", budget_below=50
    )
    assert said.rule("Europe/Amsterdam") == DigestRule(
        schedule=Schedule(times=(450,), weekdays=(0, 1, 2, 3, 4), timezone="UTC"),
        is_skipped_when_quiet=True,
        budget_below=Fraction(1, 2),
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"at": "9:00 am"}, '"9:00 am" is no time of day: write it in quotes, like "09:00"'),
        ({"days": "weekdays"}, '"weekdays" are no days: write MON-FRI or MON,WED,FRI'),
        ({"timezone": "Amsterdam"}, "write an IANA name"),
        ({"budget_below": 0}, "greater than or equal to 1"),
        ({"hour": 9}, "Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_is_told(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        DigestConfig.model_validate(wrong)


def test_a_channel_that_wants_a_digest_says_so() -> None:
    channels = {
        "finance": {"type": "console", "timezone": "Europe/Amsterdam", "digest": {"at": "08:00"}},
        "engineering": {"type": "console"},
    }
    policy = HealthActionConfig.model_validate({"channels": channels}).policy()
    assert policy.digests == {
        "finance": DigestRule(schedule=Schedule(times=(480,), timezone="Europe/Amsterdam"))
    }


def test_at_quiet_times_of_its_channel_none_is_due() -> None:
    finance = {"type": "console", "mute": {"outside": "MON-FRI 08:00-18:00"}, "digest": {}}
    policy = HealthActionConfig.model_validate({"channels": {"finance": finance}}).policy()
    quiet = policy.terms["finance"].quiet
    assert quiet is not None
    assert policy.digests["finance"].quiet == quiet
    never = {**finance, "digest": {"at": "07:00"}}
    with pytest.raises(
        ValidationError, match="due at 07:00, when mute has nothing told on any day"
    ):
        HealthActionConfig.model_validate({"channels": {"finance": never}})
