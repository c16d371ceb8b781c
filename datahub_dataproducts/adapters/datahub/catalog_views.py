"""Catalog views: from aspects to what the catalog shows, in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from datahub_dataproducts.adapters.datahub.aspects import Aspect, Snapshot
from datahub_dataproducts.adapters.datahub.definitions import DefinitionError, read_definition
from datahub_dataproducts.adapters.datahub.proposals.assertions import own_urns
from datahub_dataproducts.adapters.datahub.proposals.descriptions import HEADING
from datahub_dataproducts.adapters.datahub.urns import (
    contract_urn,
    data_product_urn,
    dataset_name,
    definition_urn,
)
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.catalog_states import (
    AssertionState,
    CatalogState,
    DatasetState,
    ProductState,
    say_owner,
)
from datahub_dataproducts.domain.products import Asset, DataProduct, Owner

_NOTHING: Aspect = {}
_TABLE = "urn:li:dataset:"


def definition_in(snapshot: Snapshot, product: str) -> DataProduct | None:
    """The definition that is kept of a product; None: there is none, or none that can be read."""
    info = snapshot.get(definition_urn(product), _NOTHING).get("platformResourceInfo", _NOTHING)
    try:
        return read_definition((info.get("value") or _NOTHING).get("blob", ""))
    except DefinitionError:
        return None


def datasets_of(products: Iterable[DataProduct]) -> frozenset[str]:
    """The datasets of which some products promise something, so that they have a data contract."""
    return frozenset(a.asset for product in products for a in product.assertions if a.asset)


def catalog_state(
    snapshot: Snapshot,
    products: Iterable[str],
    datasets: Iterable[str],
    definitions: Mapping[str, Sequence[DataProduct]],
) -> CatalogState:
    """What a snapshot shows of some products (ids) and datasets (URNs).

    Args:
        snapshot: has all aspects of them.
        products: those that the catalog does not have are left out.
        datasets: all are in the state, since every dataset may get owners and a contract.
        definitions: of each product the definitions before and after, for its assertions and the
            words of promises.
    """
    words, names = _words(definitions), _names(definitions)
    found = (_product(snapshot, id_, definitions.get(id_, ()), names) for id_ in products)
    return CatalogState(
        products={state.id: state for state in found if state is not None},
        datasets={
            urn: _dataset(snapshot, urn, names.get(urn) or dataset_name(urn), words)
            for urn in datasets
        },
    )


def _product(
    snapshot: Snapshot, id_: str, definitions: Sequence[DataProduct], names: Mapping[str, str]
) -> ProductState | None:
    aspects = snapshot.get(data_product_urn(id_), _NOTHING)
    properties = aspects.get("dataProductProperties")
    if properties is None and _removed(aspects) is None:
        return None
    properties = properties or _NOTHING
    description, promised = _parted(properties.get("description") or "")
    assets = properties.get("assets") or []
    links = aspects.get("institutionalMemory", _NOTHING).get("elements") or []
    domains = aspects.get("domains", _NOTHING).get("domains") or []
    return ProductState(
        id=id_,
        removed=bool(_removed(aspects)),
        name=properties.get("name") or "",
        description=description,
        promised=promised,
        domain=", ".join(domains),
        types=tuple(aspects.get("subTypes", _NOTHING).get("typeNames") or ()),
        owners=_owners(aspects),
        assets=tuple(
            Asset(urn=urn, name=names.get(urn) or dataset_name(urn))
            for urn in dict.fromkeys(asset["destinationUrn"] for asset in assets)
        ),
        output_ports=frozenset(a["destinationUrn"] for a in assets if a.get("outputPort")),
        links={link["url"]: link.get("description") or "" for link in links},
        tags=_entries(aspects, "globalTags", "tags", "tag"),
        terms=_entries(aspects, "glossaryTerms", "terms", "urn"),
        properties=properties.get("customProperties") or {},
        external_url=properties.get("externalUrl") or "",
        parent=properties.get("parentDataProduct") or "",
        definition=_live_definition(snapshot, id_),
        assertions=tuple(_assertions(snapshot, definitions)),
    )


def _live_definition(snapshot: Snapshot, id_: str) -> DataProduct | None:
    if _removed(snapshot.get(definition_urn(id_), _NOTHING)):
        return None
    return definition_in(snapshot, id_)


def _parted(description: str) -> tuple[str, str]:
    """What was written, and the promises that were put below it."""
    written, heading, promised = description.rpartition(HEADING)
    return (written.rstrip(), promised.strip()) if heading else (description, "")


def _removed(aspects: Mapping[str, Aspect]) -> bool | None:
    status = aspects.get("status")
    return None if status is None else bool(status.get("removed"))


def _entries(aspects: Mapping[str, Aspect], name: str, field: str, key: str) -> frozenset[str]:
    return frozenset(entry[key] for entry in aspects.get(name, _NOTHING).get(field) or ())


def _owners(aspects: Mapping[str, Aspect]) -> frozenset[str]:
    return frozenset(
        say_owner(Owner(urn=owner["owner"], type=owner.get("typeUrn") or owner["type"]))
        for owner in aspects.get("ownership", _NOTHING).get("owners") or ()
    )


def _assertions(snapshot: Snapshot, definitions: Sequence[DataProduct]) -> Iterable[AssertionState]:
    for urn in sorted(own_urns(definitions)):
        aspects = snapshot.get(urn, _NOTHING)
        info = aspects.get("assertionInfo")
        if info is not None and not _removed(aspects):
            custom = info.get("customAssertion") or _NOTHING
            facts = {**(info.get("customProperties") or {}), "entity": custom.get("entity")}
            facts["type"] = custom.get("type")
            yield AssertionState(
                urn=urn,
                words=info.get("description") or urn,
                facts=tuple(sorted((name, str(text)) for name, text in facts.items())),
            )


def _dataset(snapshot: Snapshot, urn: str, name: str, words: Mapping[str, str]) -> DatasetState:
    held = snapshot.get(contract_urn(urn), _NOTHING)
    promised = held.get("dataContractProperties")
    contract = None
    if promised is not None and not _removed(held):
        parts = ("freshness", "dataQuality", "schema")
        entries = [entry["assertion"] for part in parts for entry in promised.get(part) or ()]
        contract = {entry: words.get(entry, entry) for entry in sorted(entries)}
    return DatasetState(
        urn=urn,
        name=name,
        owners=_owners(snapshot.get(urn, _NOTHING)) if urn.startswith(_TABLE) else frozenset(),
        contract=contract,
    )


def _names(definitions: Mapping[str, Sequence[DataProduct]]) -> Mapping[str, str]:
    """What products call their assets, by URN: sources with the name of their source."""
    return {a.urn: a.name for ps in definitions.values() for p in ps for a in p.assets or ()}


def _words(definitions: Mapping[str, Sequence[DataProduct]]) -> Mapping[str, str]:
    """What is promised by an assertion, by its URN; what two products promise is told once."""
    said: dict[str, dict[str, None]] = defaultdict(dict)
    for assertion in (a for ps in definitions.values() for p in ps for a in p.assertions):
        for urn in _in_contract(assertion):
            said[urn][assertion.promise] = None
    # Of an assertion whose promise changes, the last is the one that holds.
    return {urn: next(reversed(words)) for urn, words in said.items()}


def _in_contract(assertion: Assertion) -> tuple[str, ...]:
    return (assertion.urn, *(urn for urn in assertion.listens_to if ":assertion:" in urn))
