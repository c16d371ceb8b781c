"""Accountability: who answers for which product and asset, and what nobody answers for."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.documents import AssetRef, Marked, ProductDocument, UrnRef
from datahub_dataproducts.domain.lookup import Lookup
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import (
    ANNOUNCED,
    BUSINESS_OWNER,
    TECHNICAL_OWNER,
    Lifecycle,
)
from datahub_dataproducts.domain.reviews import plain_id

SOME_OWNER = "OWNER"
"""What an exposure lacks when it has no owner of any type."""

_SYSTEM_TYPE = "urn:li:ownershipType:__system__"
_OWNED_TYPES = frozenset({"model", "seed", "snapshot", "source", "exposure"})
_GROUP = "urn:li:corpGroup:"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductDuty:
    """What somebody answers for: a product, as an owner of a type (DataHub's name or URN)."""

    product: str
    name: str
    lifecycle: Lifecycle
    type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetDuty:
    """What somebody answers for: a node of dbt, with the products it is an asset of.

    Attributes:
        node: dbt's unique id.
        name: as people write it in dbt: `fct_revenue`, `stripe.charges`.
        kind: dbt's resource type.
        type: DataHub's ownership type, by name or URN.
        products: ids; none where it is an asset of none.
    """

    node: str
    name: str
    kind: str
    type: str
    products: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Accountable:
    """A user or group, and all that they answer for."""

    urn: str
    products: tuple[ProductDuty, ...] = ()
    assets: tuple[AssetDuty, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the URN."""
        return self.urn.split(":", 3)[-1]

    @property
    def is_group(self) -> bool:
        """True for a group, false for a user."""
        return self.urn.startswith(_GROUP)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A live product, or an asset of one, that lacks an owner.

    Attributes:
        product: id.
        name: what people call the product.
        asset: what people call the asset, empty for the product itself.
        file: the file of the asset in dbt, may be empty.
        lacks: `BUSINESS_OWNER`, `TECHNICAL_OWNER`, or `OWNER` where any type would do.
        location: where the product, or the asset in it, is written.
    """

    product: str
    name: str
    lacks: str
    location: Location
    asset: str = ""
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accountability:
    """Who answers for what, by URN; and what lacks an owner, by place."""

    owners: tuple[Accountable, ...] = ()
    gaps: tuple[Gap, ...] = ()


def accountability(
    documents: Sequence[ProductDocument],
    project: Project | None,
    owner_urn: Callable[[str], str],
) -> Accountability:
    """Who answers for what.

    Live and deprecated products want a business and a technical owner, their tables a technical
    one, their exposures any. Of an asset that is given as a URN, or that is not known, it cannot be
    known here.

    Args:
        documents: the products, those with errors too: one of them may be the missing owner.
        project: None where there is no manifest; then assets are not looked at.
        owner_urn: the URN of an owner given by id or URN.
    """
    lookup = Lookup(project) if project else None
    known = [(document, _assets(document, lookup)) for document in documents]
    products: dict[str, dict[ProductDuty, None]] = defaultdict(dict)
    for document in documents:
        for owner in document.owners:
            duty = ProductDuty(
                product=plain_id(document.id.value),
                name=_title(document),
                lifecycle=document.lifecycle,
                type=_plain_type(owner.type),
            )
            products[owner_urn(owner.id)][duty] = None
    assets = _asset_duties(project, known)
    owners = tuple(
        Accountable(urn=urn, products=tuple(products[urn]), assets=tuple(assets[urn]))
        for urn in sorted({*products, *assets})
    )
    gaps = [gap for document, its in known for gap in _gaps(document, its)]
    return Accountability(owners=owners, gaps=tuple(sorted(gaps, key=_by_place)))


def answering_to(name: str, owners: Iterable[Accountable]) -> tuple[Accountable, ...]:
    """The owners that somebody may mean by a name.

    A URN, an id, or the part of an e-mail before the `@`, however it is spelled (`data-platform`,
    `Data Platform`); only where there is none, all whose id holds the name.
    """
    owners = tuple(owners)
    plain = _letters(name.removeprefix("@").split(":", 3)[-1])
    meant = [o for o in owners if o.urn == name]
    meant = meant or [
        o for o in owners if plain in {_letters(o.name), _letters(o.name.split("@")[0])}
    ]
    return tuple(meant or [o for o in owners if plain and plain in _letters(o.name)])


def _assets(document: ProductDocument, lookup: Lookup | None) -> dict[Marked[AssetRef], Node]:
    """The nodes of a product's assets, each once, where dbt knows them."""
    nodes: dict[str, tuple[Marked[AssetRef], Node]] = {}
    for ref in document.assets or ():
        node = None if lookup is None or isinstance(ref.value, UrnRef) else lookup.find(ref.value)
        if isinstance(node, Node):
            nodes.setdefault(node.unique_id, (ref, node))
    return dict(nodes.values())


def _asset_duties(
    project: Project | None,
    known: Iterable[tuple[ProductDocument, dict[Marked[AssetRef], Node]]],
) -> dict[str, list[AssetDuty]]:
    products: dict[str, list[str]] = defaultdict(list)
    for document, assets in known:
        for node in assets.values():
            products[node.unique_id].append(plain_id(document.id.value))
    duties: dict[str, list[AssetDuty]] = defaultdict(list)
    nodes = sorted(project.nodes.values(), key=lambda n: (n.name, n.unique_id)) if project else ()
    for node in nodes:
        for owner in node.owners if node.resource_type in _OWNED_TYPES else ():
            duty = AssetDuty(
                node=node.unique_id,
                name=_name(node),
                kind=node.resource_type,
                type=_plain_type(owner.type),
                products=tuple(dict.fromkeys(products[node.unique_id])),
            )
            duties[owner.urn].append(duty)
    return duties


def _gaps(document: ProductDocument, assets: dict[Marked[AssetRef], Node]) -> Iterable[Gap]:
    if document.lifecycle not in ANNOUNCED:
        return
    types = {_plain_type(owner.type) for owner in document.owners}
    id_, title = plain_id(document.id.value), _title(document)
    for wanted in (BUSINESS_OWNER, TECHNICAL_OWNER):
        if wanted not in types:
            yield Gap(product=id_, name=title, lacks=wanted, location=document.id.location)
    for ref, node in assets.items():
        types = {_plain_type(owner.type) for owner in node.owners}
        is_exposure = node.resource_type == "exposure"
        if not (types if is_exposure else TECHNICAL_OWNER in types):
            yield Gap(
                product=id_,
                name=title,
                lacks=SOME_OWNER if is_exposure else TECHNICAL_OWNER,
                location=ref.location,
                asset=_name(node),
                file=node.file,
            )


def _plain_type(type_: str) -> str:
    """DataHub's own types have a name and a URN; the name stands for both."""
    return type_.removeprefix(_SYSTEM_TYPE).upper() if type_.startswith(_SYSTEM_TYPE) else type_


def _title(document: ProductDocument) -> str:
    return document.name or plain_id(document.id.value)


def _name(node: Node) -> str:
    return f"{node.source_name}.{node.name}" if node.source_name else node.name


def _by_place(gap: Gap) -> tuple[Location, str, str, str]:
    return gap.location, gap.product, gap.asset, gap.lacks


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
