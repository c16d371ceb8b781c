"""Products on DataHub's server: those that were defined, and those that people made there."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from datahub.ingestion.graph.openapi import EntityAspects
from datahub.metadata.schema_classes import (
    DomainPropertiesClass,
    PlatformResourceInfoClass,
    StatusClass,
)

from datahub_dataproducts.adapters.datahub.batches import BatchReader, NotAllowedError
from datahub_dataproducts.adapters.datahub.definitions import (
    DEFINITION_TYPE,
    DefinitionError,
    product_of,
)
from datahub_dataproducts.adapters.datahub.hand_made import (
    ASSERTION_ASPECTS,
    CONTRACT_ASPECTS,
    PRODUCT_ASPECTS,
    HandMadeTerms,
    assets_of,
    hand_made_product,
    is_made,
    is_removed,
    promise,
    promised_by,
)
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn, product_id
from datahub_dataproducts.domain.assertions import Assertion
from datahub_dataproducts.domain.products import DataProduct

logger = logging.getLogger(__name__)

_INFO = PlatformResourceInfoClass.ASPECT_NAME
_STATUS = StatusClass.ASPECT_NAME
_PROPERTIES = PRODUCT_ASPECTS[0]
_DATASET = "urn:li:dataset:"
_DOMAIN = DomainPropertiesClass.ASPECT_NAME


class GraphProducts:
    """Reads products; raises `Unavailable`.

    Args:
        reader: of the server.
        terms: how products are taken that people made; None: they do not count.
    """

    def __init__(self, reader: BatchReader, terms: HandMadeTerms | None) -> None:
        self._reader = reader
        self._terms = terms

    def all(self) -> list[DataProduct]:
        """All products that are there, as far as the search index knows them already."""
        found = list(self._defined())
        if self._terms is not None:
            made = self._without_definition(self._reader.urns("dataProduct"))
            found += self._hand_made(made, self._terms)
        return self._with_domains(found)

    def hand_made(self, ids: Iterable[str]) -> list[DataProduct]:
        """Those of some products, by id, that are there and of which nobody wrote a definition."""
        if self._terms is None:
            return []
        urns = sorted(map(data_product_urn, ids))
        return self._with_domains(self._hand_made(self._without_definition(urns), self._terms))

    def removed(self, ids: Collection[str]) -> frozenset[str]:
        """Those of some products, by id, that are removed, or whose definitions are.

        One whose definition is removed and which is there nevertheless, people keep: it is theirs,
        where what people make counts.
        """
        urns = {data_product_urn(id_): id_ for id_ in sorted(ids)}
        held = dict(
            self._reader.entities(list(urns), [_PROPERTIES, _STATUS], what="products, if removed")
        )
        gone = {urn for urn, aspects in held.items() if is_removed(aspects)}
        kept = {urn for urn in held if self._terms is not None and is_made(held[urn])}
        withdrawn = {
            urn
            for urn, aspects in self._definitions(urns, [_STATUS])
            if is_removed(aspects) and urn not in kept
        }
        return frozenset(urns[urn] for urn in gone | withdrawn)

    def lacking(self, ids: Collection[str]) -> frozenset[str]:
        """Those of some products, by id, of which there is neither definition nor what people made."""
        urns = {data_product_urn(id_): id_ for id_ in sorted(ids)}
        there = {urn for urn, aspects in self._definitions(urns, [_INFO]) if _INFO in aspects}
        if self._terms is not None:
            rest = [urn for urn in urns if urn not in there]
            held = self._reader.entities(rest, [_PROPERTIES, _STATUS], what="products, if there")
            there |= {urn for urn, aspects in held if is_made(aspects)}
        return frozenset(id_ for urn, id_ in urns.items() if urn not in there)

    def _defined(self) -> Iterator[DataProduct]:
        urns = self._reader.urns(
            "platformResource",
            {"field": "resourceType", "condition": "EQUAL", "values": [DEFINITION_TYPE]},
        )
        for urn, aspects in self._reader.entities(urns, [_INFO, _STATUS], what="definitions"):
            product = _defined(urn, aspects)
            if product is not None:
                yield product

    def _definitions(
        self, products: Iterable[str], aspects: Sequence[str]
    ) -> Iterator[tuple[str, EntityAspects]]:
        """What there is of the definitions of some products, with the URNs of these."""
        of = {definition_urn(product_id(urn)): urn for urn in products}
        for urn, held in self._reader.entities(list(of), aspects, what="products, if defined"):
            yield of[urn], held

    def _without_definition(self, products: Sequence[str]) -> list[str]:
        """Of the storage, not of the search index, which may know a product before its definition."""
        defined = {
            urn
            for urn, held in self._definitions(products, [_INFO, _STATUS])
            if _INFO in held and not is_removed(held)
        }
        return [urn for urn in products if urn not in defined]

    def _hand_made(self, urns: Sequence[str], terms: HandMadeTerms) -> Iterator[DataProduct]:
        held = self._reader.entities(urns, PRODUCT_ASPECTS, what="products made by hand")
        made = {urn: aspects for urn, aspects in held if is_made(aspects)}
        datasets = sorted({
            asset
            for aspects in made.values()
            for asset in assets_of(aspects)
            if asset.startswith(_DATASET)
        })
        promises = self._promises(datasets, terms)
        for urn, aspects in made.items():
            theirs = [one for asset in assets_of(aspects) for one in promises.get(asset, ())]
            yield hand_made_product(urn, aspects, theirs, terms)

    def _with_domains(self, products: Iterable[DataProduct]) -> list[DataProduct]:
        """The same, with what people call their domains where the URN does not say it."""
        found = list(products)
        names = self._names_of(sorted({one.domain for one in found if one.domain}))
        return [
            replace(one, domain_name=names[one.domain]) if one.domain in names else one
            for one in found
        ]

    def _names_of(self, domains: Sequence[str]) -> dict[str, str]:
        """By URN. Routes go by them: where they cannot be asked for now, nothing is read."""
        names: dict[str, str] = {}
        try:
            for urn, aspects in self._reader.entities(domains, [_DOMAIN], what="domains"):
                held, _ = aspects.get(_DOMAIN, (None, None))
                if isinstance(held, DomainPropertiesClass) and held.name != urn.rpartition(":")[2]:
                    names[urn] = held.name
        except NotAllowedError as problem:
            logger.warning("Domains are known by their URNs alone: %s", problem)
        return names

    def _promises(
        self, datasets: Sequence[str], terms: HandMadeTerms
    ) -> dict[str, list[Assertion]]:
        """What the contracts of datasets promise, by dataset."""
        found = self._reader.sources("ContractFor", datasets)
        contracts = sorted({urn for urns in found.values() for urn in urns})
        in_contract: dict[str, str] = {}
        for _, aspects in self._reader.entities(contracts, CONTRACT_ASPECTS, what="contracts"):
            dataset, assertions = promised_by(aspects)
            in_contract |= dict.fromkeys(assertions, dataset)
        urns = sorted(in_contract)
        held = dict(self._reader.entities(urns, ASSERTION_ASPECTS, what="assertions"))
        promises: dict[str, list[Assertion]] = {}
        for urn in urns:
            dataset = in_contract[urn]
            one = promise(urn, dataset, held.get(urn, {}), terms)
            if one is not None:
                promises.setdefault(dataset, []).append(one)
        return promises


def _defined(urn: str, aspects: EntityAspects) -> DataProduct | None:
    info, _ = aspects.get(_INFO, (None, None))
    if is_removed(aspects) or not isinstance(info, PlatformResourceInfoClass):
        return None
    try:
        return product_of(info)
    except DefinitionError as error:
        logger.warning("The definition %s is left out: %s", urn, error)
        return None
