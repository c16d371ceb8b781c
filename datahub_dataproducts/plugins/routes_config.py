"""Routes of a recipe: which channel is told of what, when not, and on which terms."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from datahub.configuration.common import ConfigModel
from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from datahub_dataproducts.adapters.datahub.urns import domain_urn, owner_urn, tag_urn
from datahub_dataproducts.adapters.product_files.calendars import read_holidays
from datahub_dataproducts.domain.calendars import hours_that_count, parse_hours
from datahub_dataproducts.domain.durations import parse_duration
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.products import ProductType
from datahub_dataproducts.domain.quiet_hours import NEVER_QUIET, QuietHours
from datahub_dataproducts.domain.routes import Audience, Route, Terms
from datahub_dataproducts.plugins.recipe_values import Duration, Timezone

_NEVER = "never"


def _check_reason(name: str) -> str:
    if name not in {why.value for why in Why}:
        known = ", ".join(why.value for why in Why)
        msg = f'"{name}" is no reason; reasons are: {known}'
        raise ValueError(msg)
    return name


def named_or_urn(names: Iterable[str], urn_of: Callable[[str], str]) -> tuple[str, ...]:
    """Both forms of each: a domain made in DataHub's pages has a URN that is not of its name."""
    return tuple(dict.fromkeys(one for name in names for one in (name, urn_of(name))))


class MuteConfig(ConfigModel):
    """When nothing is told; what is still so is told when that is over."""

    outside: str = Field(
        description="The hours in which people are told: MON-FRI 08:00-18:00. All else is quiet."
    )
    timezone: Timezone | None = Field(
        default=None, description="Of the hours (IANA name); that of the channel, or UTC."
    )
    holidays_file: str | None = Field(
        default=None, description="A calendar file whose days are quiet as a whole."
    )
    _holidays: tuple[date, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _can_be_read(self) -> "MuteConfig":
        if parse_hours(self.outside) is None:
            msg = f'"{self.outside}" are no days and hours within a day: write MON-FRI 08:00-18:00 (a whole day: 00:00-24:00)'
            raise ValueError(msg)
        if self.holidays_file is not None:
            try:
                text = Path(self.holidays_file).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is no text"
                msg = f"holidays_file {self.holidays_file} cannot be read: {why}"
                raise ValueError(msg) from None
            self._holidays, wrong = read_holidays(self.holidays_file, text)
            if wrong:
                told = "; ".join(
                    f"line {problem.location.line}: {problem.message}"
                    for problem in wrong
                    if problem.location is not None
                )
                msg = f"holidays_file {self.holidays_file}: {told}"
                raise ValueError(msg)
        return self

    def quiet(self, zone: str) -> QuietHours:
        """The same as hours, read in a zone unless it has its own."""
        hours = hours_that_count(self.outside, self._holidays)
        return QuietHours(outside=hours, timezone=self.timezone or zone)


class TermsConfig(ConfigModel):
    """On which terms a channel is told; a route's go before those of its channels."""

    for_: Duration | None = Field(
        default=None,
        alias="for",
        description="How long a turn to the worse must last before it is told here.",
    )
    clear_for: Duration | None = Field(
        default=None,
        description="How long a turn to the better must last before it is told here.",
    )
    still_open_every: Duration | Literal["never"] | None = Field(
        default=None, description="How often it is said here that an episode is still open."
    )
    mute: MuteConfig | Literal["never"] | None = Field(
        default=None, description="When nothing is told here."
    )
    group_by: Literal["cause", "product"] | None = Field(
        default=None,
        description="What is one conversation: all products of one root cause, or each product.",
    )

    def terms(self, zone: str = "UTC") -> Terms:
        """The same in milliseconds; hours are read in `zone` unless they have their own."""
        every = self.still_open_every
        if isinstance(self.mute, MuteConfig):
            quiet: QuietHours | None = self.mute.quiet(zone)
        else:
            quiet = NEVER_QUIET if self.mute == _NEVER else None
        return Terms(
            for_=None if self.for_ is None else parse_duration(self.for_),
            clear_for=None if self.clear_for is None else parse_duration(self.clear_for),
            still_open_every=0 if every == _NEVER else parse_duration(every or ""),
            quiet=quiet,
            by_product=None if self.group_by is None else self.group_by == "product",
        )


class RouteConfig(TermsConfig):
    """What matches goes to the channels; a condition left out matches everything."""

    channels: list[str] | None = Field(
        default=None,
        description="Names of channels; those of the route it is in, if left out; []: nobody.",
    )
    domains: list[str] = Field(default_factory=list, description="Domains, by name or URN.")
    products: list[str] = Field(default_factory=list, description="Ids of products.")
    types: list[ProductType] = Field(default_factory=list, description="metric, building_block.")
    tags: list[str] = Field(
        default_factory=list, description="Tags, by name or URN, of which a product has one."
    )
    owners: list[str] = Field(
        default_factory=list, description="Owners, as in a product file, of which one is its."
    )
    audience: Audience | None = Field(
        default=None, description="Whose way it is: business or technical readers'."
    )
    reasons: list[Annotated[str, AfterValidator(_check_reason)]] = Field(
        default_factory=list, description="Why it is announced."
    )
    continue_: bool = Field(
        default=False, alias="continue", description="The routes after it count too."
    )
    # In quotes as a whole: Python 3.10 leaves a name in quotes within brackets a text.
    routes: "list[RouteConfig]" = Field(
        default_factory=list, description="Routes within it, tried before it stands for itself."
    )

    def route(self) -> Route:
        """The same with URNs."""
        return Route(
            channels=None if self.channels is None else tuple(self.channels),
            domains=named_or_urn(self.domains, domain_urn),
            products=tuple(self.products),
            types=tuple(self.types),
            # A product has a tag as its file has it: by name or by URN.
            tags=named_or_urn(self.tags, tag_urn),
            owners=tuple(map(owner_urn, self.owners)),
            audience=self.audience,
            reasons=tuple(map(Why, self.reasons)),
            goes_on=self.continue_,
            terms=self.terms(),
            routes=tuple(route.route() for route in self.routes),
        )
