"""Catalog states: what the catalog shows of products and datasets at one moment, in words.

Two states, before and after an ingest, are what a plan is made of. Entries of lists are the words
people know them by (`ana as BUSINESS_OWNER`), so that a difference of states can be told as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from datahub_dataproducts.domain.products import Asset, DataProduct, Owner

_GROUP = "urn:li:corpGroup:"
_SYSTEM_TYPE = "__system__"


@dataclass(frozen=True, kw_only=True, slots=True)
class AssertionState:
    """An assertion of ours: its URN, its words, and what else its page shows (sorted)."""

    urn: str
    words: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductState:
    """What the catalog shows of one product.

    Attributes:
        id: the last part of its URN.
        removed: soft-deleted, or known by its definition alone.
        description: without the promises in it.
        promised: the promises as its description shows them; empty: none.
        types: DataHub's subtypes (`Metric`).
        properties: custom properties, those made of the product file's own keys too.
        definition: what the product's file said when it was last published; None for a product
            that was not published from a file of ours, or not in a form that can be read.
        assertions: our own ones, of the file before and after.
    """

    id: str
    removed: bool = False
    name: str = ""
    description: str = ""
    promised: str = ""
    domain: str = ""
    types: tuple[str, ...] = ()
    owners: frozenset[str] = frozenset()
    assets: tuple[Asset, ...] = ()
    output_ports: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    properties: Mapping[str, str] = field(default_factory=dict)
    external_url: str = ""
    parent: str = ""
    definition: DataProduct | None = None
    assertions: tuple[AssertionState, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetState:
    """What the catalog shows of a dataset, as far as a publication has a part in it.

    Attributes:
        name: short, as people know it.
        contract: the words of the assertions in its data contract, by URN; None: it has none.
    """

    urn: str
    name: str
    owners: frozenset[str] = frozenset()
    contract: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogState:
    """What the catalog shows: products by id, datasets by URN."""

    products: Mapping[str, ProductState] = field(default_factory=dict)
    datasets: Mapping[str, DatasetState] = field(default_factory=dict)


def plain_name(urn: str) -> str:
    """What follows the type in a URN (`urn:li:tag:pii` -> `pii`); other text as it is."""
    parts = urn.split(":", 3)
    return parts[3] if len(parts) > 3 and parts[:2] == ["urn", "li"] else urn  # noqa: PLR2004


def say_owner(owner: Owner) -> str:
    """`ana as BUSINESS_OWNER`, `group finance as TECHNICAL_OWNER`.

    DataHub's own ownership types are the same by name and by URN.
    """
    who = plain_name(owner.urn)
    if owner.urn.startswith(_GROUP):
        who = f"group {who}"
    type_ = plain_name(owner.type)
    if type_.startswith(_SYSTEM_TYPE):
        type_ = type_.removeprefix(_SYSTEM_TYPE).upper()
    return f"{who} as {type_ if owner.type.startswith('urn:') else type_.upper()}"
