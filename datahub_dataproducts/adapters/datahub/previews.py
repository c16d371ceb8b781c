"""Previews: what the catalog shows now, and what it would show after an ingest."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from datahub.metadata.schema_classes import StatusClass

from datahub_dataproducts.adapters.datahub.aspects import Snapshot, applied
from datahub_dataproducts.adapters.datahub.catalog_views import (
    catalog_state,
    datasets_of,
    definition_in,
)
from datahub_dataproducts.adapters.datahub.proposals.assertions import own_urns
from datahub_dataproducts.adapters.datahub.proposals.forms import (
    Proposal,
    WriteSemantics,
    ours,
)
from datahub_dataproducts.adapters.datahub.proposals.publications import propose
from datahub_dataproducts.adapters.datahub.snapshots import Entities
from datahub_dataproducts.adapters.datahub.urns import (
    contract_urn,
    data_product_urn,
    definition_urn,
    product_id,
)
from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.domain.catalog_states import CatalogState
from datahub_dataproducts.domain.products import DataProduct

_DATA_PRODUCT = "urn:li:dataProduct:"
_READ: Mapping[str, tuple[str, ...]] = {
    "dataProduct": (
        "dataProductProperties",
        "domains",
        "globalTags",
        "glossaryTerms",
        "institutionalMemory",
        "ownership",
        "status",
        "subTypes",
    ),
    "platformResource": ("platformResourceInfo", "status"),
    "assertion": ("assertionInfo", "status"),
    "dataContract": ("dataContractProperties", "status"),
    "dataset": ("ownership",),
}
"""The aspects that a plan looks at, by type of entity."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """The catalog before and after an ingest."""

    before: CatalogState
    after: CatalogState


def preview(
    publication: Publication,
    semantics: WriteSemantics,
    entities: Entities,
    removed: Collection[str] = (),
) -> Preview:
    """What an ingest would make of the catalog; nothing is written.

    Args:
        publication: what the ingest publishes.
        semantics: as in the recipe.
        entities: where the catalog is read.
        removed: URNs that the ingest removes, because they are gone from the files.

    Raises:
        Unavailable: the catalog cannot be read.
    """
    new = {product.id: product for product in publication.products}
    snapshot = _definitions(entities, new)
    gone = {product_id(urn) for urn in removed if urn.startswith(_DATA_PRODUCT)}
    ids = sorted({*new, *gone, *_defined_in(snapshot)})
    definitions = {id_: _versions(snapshot, new, id_) for id_ in ids}
    touched = [product for id_ in {*new, *gone} for product in definitions.get(id_, ())]
    owned = {dataset for dataset, _ in publication.asset_owners}
    datasets = sorted(owned | datasets_of(touched))
    for urns in (
        [data_product_urn(id_) for id_ in ids],
        sorted(own_urns(touched)),
        [contract_urn(urn) for urn in datasets],
        [urn for urn in datasets if urn.startswith("urn:li:dataset:")],
    ):
        snapshot.update(_read(entities, urns))
    proposals = (p for p in propose(publication, semantics) if _is_read(p))
    after = applied(snapshot, [*proposals, *map(_removal, sorted(removed))])
    return Preview(
        before=catalog_state(snapshot, ids, datasets, definitions),
        after=catalog_state(after, ids, datasets, definitions),
    )


def ours_in(publication: Publication, semantics: WriteSemantics) -> frozenset[str]:
    """URNs of all entities of ours that an ingest speaks of: what it does not remove."""
    made = (p for p in propose(publication, semantics) if p.is_ours)
    return frozenset(p.change.entityUrn for p in made if p.change.entityUrn is not None)


def _definitions(entities: Entities, products: Iterable[str]) -> Snapshot:
    # Those of the products at hand by their URNs: the search index may not know them yet.
    urns = {*entities.definitions(), *map(definition_urn, products)}
    return _read(entities, sorted(urns))


def _defined_in(snapshot: Snapshot) -> set[str]:
    """Ids of the products that a snapshot of platform resources has definitions of."""
    keys = (
        held.get("platformResourceInfo", {}).get("primaryKey") or "" for held in snapshot.values()
    )
    return {product_id(key) for key in keys if key.startswith(_DATA_PRODUCT)}


def _versions(
    snapshot: Snapshot, new: Mapping[str, DataProduct], id_: str
) -> tuple[DataProduct, ...]:
    versions = (definition_in(snapshot, id_), new.get(id_))
    return tuple(version for version in versions if version is not None)


def _read(entities: Entities, urns: Sequence[str]) -> Snapshot:
    return entities.read(urns, _READ[urns[0].split(":", 3)[2]]) if urns else {}


def _is_read(proposal: Proposal) -> bool:
    assert proposal.change.entityUrn is not None
    names = _READ.get(proposal.change.entityUrn.split(":", 3)[2], ())
    return proposal.change.aspectName in names


def _removal(urn: str) -> Proposal:
    return ours(urn, StatusClass(removed=True))
