"""Data products: what they are, who answers for them, what they use and what they promise."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction

from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.corrections import Correction


class ProductType(Enum):
    """Used by the business (metric) or by other products (building block)."""

    METRIC = "metric"
    BUILDING_BLOCK = "building_block"


class Lifecycle(Enum):
    """How far a product is; only live and deprecated products are announced."""

    PROPOSED = "proposed"
    DEVELOPMENT = "development"
    LIVE = "live"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


ANNOUNCED = frozenset({Lifecycle.LIVE, Lifecycle.DEPRECATED})

BUSINESS_OWNER = "BUSINESS_OWNER"
TECHNICAL_OWNER = "TECHNICAL_OWNER"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Who answers: the URN of a user or group, and DataHub's ownership type (name or URN)."""

    urn: str
    type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link on the product's page, with what it leads to."""

    url: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """Another product this one depends on."""

    product: str
    required: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """Something the product consists of.

    Attributes:
        urn: in DataHub.
        name: short, as people know it.
        node: dbt's unique id, empty where it was given as a URN.
    """

    urn: str
    name: str
    node: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnRule:
    """When the error budget is spent too fast: an alert on two windows, as in Google's SRE workbook.

    It fires when over the long and over the short window at least `rate` times as much is bad as the
    objective allows.

    Attributes:
        rate: burn rate; at 1 the budget is spent exactly at the end of the objective's window.
        long: long window, milliseconds: that it is worth somebody's time.
        short: short window, milliseconds: that it still goes on.
    """

    rate: Fraction
    long: int
    short: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Objective:
    """How much of the time the product is to be healthy.

    Attributes:
        target: between 0 and 1, both excluded.
        window: rolling window in milliseconds; None with a calendar window.
        calendar: `month` or `quarter`, empty with a rolling window.
        hours: the hours that count (`MON-FRI 08:00-18:00`), empty: all.
        holidays: local dates of which no hour counts, ascending.
        at_risk_is_bad: count AT_RISK as bad time.
        burn: when its error budget is spent too fast.
    """

    target: Fraction
    window: int | None = None
    calendar: str = ""
    hours: str = ""
    at_risk_is_bad: bool = False
    burn: tuple[BurnRule, ...] = ()
    holidays: tuple[date, ...] = ()

    @property
    def fastest_burn(self) -> Fraction:
        """The burn rate when all the time is bad; none is higher."""
        return 1 / (1 - self.target)


@dataclass(frozen=True, kw_only=True, slots=True)
class DataProduct:
    """A data product with everything resolved: URNs instead of names.

    Attributes:
        id: the last part of its URN.
        name: what people call it (display name); None where none was given.
        type: None where none was given (DataHub's own files have none).
        domain: URN of its domain.
        domain_name: what people call the domain in the catalog; empty: as its URN does.
        description: as written, without the promises; None where none was given.
        assets: in the order of the file.
        output_ports: URNs, all of them among the assets.
        inputs: declared inputs, in the order of the file.
        assertions: its contract.
        timezone: of its promises and messages (IANA name).
        runbook: URL, empty where none was given.
        channels: names of the channels it asks for, empty: the routes decide.
        links, tags, terms, properties, external_url, parent: as in DataHub's own file.
        corrections: what people know better of its history, in order of time; no promise.
    """

    id: str
    domain: str
    name: str | None = None
    type: ProductType | None = None
    description: str | None = None
    owners: tuple[Owner, ...] = ()
    assets: tuple[Asset, ...] | None = None
    output_ports: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    objective: Objective | None = None
    timezone: str = "UTC"
    runbook: str = ""
    lifecycle: Lifecycle = Lifecycle.DEVELOPMENT
    channels: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    external_url: str | None = None
    parent: str | None = None
    corrections: tuple[Correction, ...] = ()
    domain_name: str = ""

    def is_in(self, domains: Container[str]) -> bool:
        """True where its domain is among some, which are given by URN or by name."""
        named = bool(self.domain_name) and self.domain_name in domains
        return named or self.domain in domains

    @property
    def title(self) -> str:
        """What to call it in a sentence."""
        return self.name or self.id

    @property
    def is_announced(self) -> bool:
        """True when people are told of its health."""
        return self.lifecycle in ANNOUNCED

    def owners_of_type(self, type_: str) -> tuple[str, ...]:
        """URNs of its owners of one type."""
        return tuple(o.urn for o in self.owners if o.type == type_)
