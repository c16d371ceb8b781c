"""The digest of a channel, as written in a recipe."""

from fractions import Fraction
from typing import Literal

from datahub.configuration.common import ConfigModel
from pydantic import Field, field_validator

from datahub_dataproducts.domain.digests import DigestRule
from datahub_dataproducts.domain.quiet_hours import NEVER_QUIET, QuietHours
from datahub_dataproducts.domain.schedules import Schedule, parse_days, parse_time_of_day
from datahub_dataproducts.plugins.recipe_values import Timezone


class DigestConfig(ConfigModel):
    """When a channel is told how its products are, whether or not something happened."""

    at: str = Field(default="09:00", description="The local time of day it is due.")
    days: str = Field(
        default="MON-SUN", description="On which days: MON-FRI, SUN-THU, MON,WED,FRI."
    )
    timezone: Timezone | None = Field(
        default=None, description="Of the time (IANA name); that of the channel, or UTC."
    )
    when_quiet: Literal["one_line", "skip"] = Field(
        default="one_line",
        description="What of a day on which nothing is new and nothing is bad.",
    )
    budget_below: int = Field(
        default=25,
        ge=1,
        le=100,
        description="A product with less than this many percent of its error budget left is told as "
        "about to break.",
    )

    @field_validator("at")
    @classmethod
    def _is_a_time_of_day(cls, text: str) -> str:
        if parse_time_of_day(text) is None:
            msg = f'"{text}" is no time of day: write it in quotes, like "09:00"'
            raise ValueError(msg)
        return text

    @field_validator("days")
    @classmethod
    def _are_days(cls, text: str) -> str:
        if parse_days(text) is None:
            msg = f'"{text}" are no days: write MON-FRI or MON,WED,FRI'
            raise ValueError(msg)
        return text

    def rule(self, zone: str | None, quiet: QuietHours | None = None) -> DigestRule:
        """The same for the domain; `zone` and quiet hours are those of the channel."""
        schedule = Schedule(
            times=(parse_time_of_day(self.at) or 0,),
            weekdays=parse_days(self.days) or (),
            timezone=self.timezone or zone or "UTC",
        )
        return DigestRule(
            schedule=schedule,
            is_skipped_when_quiet=self.when_quiet == "skip",
            budget_below=Fraction(self.budget_below, 100),
            quiet=quiet or NEVER_QUIET,
        )
