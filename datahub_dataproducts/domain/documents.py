"""Product documents: what a product file says, checked for form, with names not yet resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from datahub_dataproducts.domain.assertions import Freshness, Impact
from datahub_dataproducts.domain.described_tables import DescribedTable
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import Lifecycle, Link, Objective, ProductType

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Marked(Generic[T]):
    """A value and where it is written."""

    value: T
    location: Location


@dataclass(frozen=True, slots=True)
class ModelRef:
    """`ref('model')`, `ref('package', 'model')`, `ref('model', v=2)`; empty text: not given."""

    name: str
    package: str = ""
    version: str = ""

    def __str__(self) -> str:
        """As written in dbt."""
        package = f"'{self.package}', " if self.package else ""
        version = f", v={self.version}" if self.version else ""
        return f"ref({package}'{self.name}'{version})"


@dataclass(frozen=True, slots=True)
class SourceRef:
    """`source('stripe', 'charges')`."""

    source: str
    table: str

    def __str__(self) -> str:
        """As written in dbt."""
        return f"source('{self.source}', '{self.table}')"


@dataclass(frozen=True, slots=True)
class ExposureRef:
    """`exposure('name')`."""

    name: str

    def __str__(self) -> str:
        """As written in a product file."""
        return f"exposure('{self.name}')"


@dataclass(frozen=True, slots=True)
class SemanticRef:
    """`semantic_model('name')`, `metric('name')` or `saved_query('name')`; `kind` is the word."""

    kind: str
    name: str

    def __str__(self) -> str:
        """As written in a product file."""
        return f"{self.kind}('{self.name}')"


@dataclass(frozen=True, slots=True)
class UrnRef:
    """A full URN of any kind."""

    urn: str

    def __str__(self) -> str:
        """The URN."""
        return self.urn


@dataclass(frozen=True, slots=True)
class TableRef:
    """A table by the names that a contract file gives it: its own, and that in the database."""

    name: str
    physical_name: str = ""

    def __str__(self) -> str:
        """The name that the database knows, if there is one."""
        return f'the table "{self.physical_name or self.name}"'


AssetRef = ModelRef | SourceRef | ExposureRef | SemanticRef | UrnRef | TableRef


class Selection(Enum):
    """How a contract selects dbt tests."""

    ALL = "all"
    NAMES = "names"
    COLUMNS = "columns"
    TAGS = "tags"


@dataclass(frozen=True, kw_only=True, slots=True)
class TestSelection:
    """Which dbt tests of an asset are promised; `words` is empty for all."""

    __test__ = False  # its name would make pytest collect it

    by: Selection
    words: tuple[Marked[str], ...] = ()
    location: Location


class Evaluator(Enum):
    """Who evaluates a freshness promise."""

    HERE = "here"
    DATAHUB = "datahub"


@dataclass(frozen=True, kw_only=True, slots=True)
class Default:
    """Stands for "not written": the recipe's default applies."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseDocument:
    """One entry of a contract: what is promised of an asset, or an assertion known by its URN.

    Exactly one of `asset` and `assertion` is given. `expect_every` is milliseconds, None for
    `never`, `Default` where it is not written. `freshness.schedule.timezone` is already the
    promise's, the product's or the recipe's. `described` is what a contract file says of the asset.
    """

    location: Location
    asset: Marked[AssetRef] | None = None
    assertion: Marked[str] | None = None
    build: bool = False
    freshness: Marked[Freshness] | None = None
    evaluated_by: Evaluator = Evaluator.HERE
    tests: TestSelection | None = None
    described: DescribedTable | None = None
    impact: Impact = Impact.BLOCKING
    expect_every: int | Default | None = Default()


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerDocument:
    """An owner as written: an id or URN, and an ownership type (name or URN)."""

    id: str
    type: str
    location: Location


@dataclass(frozen=True, kw_only=True, slots=True)
class InputDocument:
    """An input as written: the id of a product."""

    product: str
    required: bool
    location: Location


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductDocument:
    """A product as its file says. Fields as in `DataProduct`, with names where that has URNs.

    `assets` is None where the key is not given. `wrong` is True when the file has an error in
    this product: it is known by its id, and not to be published. `places` tells where the keys
    that are given are written, and the parts of those that have no mark of their own
    (`objective.target`, `objective.burn.0`, `properties.tier`, `tags.0`).
    """

    id: Marked[str]
    domain: Marked[str]
    name: str | None = None
    type: ProductType | None = None
    description: str | None = None
    owners: tuple[OwnerDocument, ...] = ()
    assets: tuple[Marked[AssetRef], ...] | None = None
    output_ports: tuple[Marked[AssetRef], ...] = ()
    inputs: tuple[InputDocument, ...] = ()
    contract: tuple[PromiseDocument, ...] = ()
    objective: Marked[Objective] | None = None
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
    wrong: bool = False
    places: Mapping[str, Location] = field(default_factory=dict, compare=False, repr=False)

    def place(self, *keys: str) -> Location:
        """Where the first of some keys that is given stands; where none is, the product's id."""
        return next((self.places[key] for key in keys if key in self.places), self.id.location)
