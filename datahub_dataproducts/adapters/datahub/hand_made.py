"""Products that people made in DataHub itself: what they are and what they promise. Pure.

Nobody wrote a definition of them, so they are what their aspects say: they consist of their assets,
and promise what the contracts of those assets hold, each of it blocking. Of a product without
contracts nothing is promised, so it is not set up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from avrogen.dict_wrapper import DictWrapper
from datahub.ingestion.graph.openapi import EntityAspects
from datahub.metadata.schema_classes import (
    AssertionInfoClass,
    AssertionTypeClass,
    DataContractPropertiesClass,
    DataContractStateClass,
    DataContractStatusClass,
    DataProductPropertiesClass,
    DomainsClass,
    GlobalTagsClass,
    OwnershipClass,
    OwnershipTypeClass,
    StatusClass,
    StructuredPropertiesClass,
)

from datahub_dataproducts.adapters.datahub.urns import (
    dataset_name,
    product_id,
    structured_property_urn,
)
from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.problems import on_one_line
from datahub_dataproducts.domain.products import (
    Asset,
    DataProduct,
    Lifecycle,
    Owner,
    ProductType,
)

PRODUCT_ASPECTS = tuple(
    aspect.ASPECT_NAME
    for aspect in (
        DataProductPropertiesClass,
        StatusClass,
        OwnershipClass,
        DomainsClass,
        GlobalTagsClass,
        StructuredPropertiesClass,
    )
)
"""What a product is made of."""

CONTRACT_ASPECTS = tuple(
    aspect.ASPECT_NAME
    for aspect in (DataContractPropertiesClass, DataContractStatusClass, StatusClass)
)
"""What a contract is made of."""

ASSERTION_ASPECTS = (AssertionInfoClass.ASPECT_NAME, StatusClass.ASPECT_NAME)
"""What a promise is made of."""

_SYSTEM_TYPE = "urn:li:ownershipType:__system__"
_LONGEST_NAME = 120
_KINDS = {
    AssertionTypeClass.VOLUME: AssertionKind.VOLUME,
    AssertionTypeClass.SQL: AssertionKind.SQL,
    AssertionTypeClass.FIELD: AssertionKind.COLUMN,
    AssertionTypeClass.DATA_SCHEMA: AssertionKind.SCHEMA,
}
_WORDS = {
    AssertionTypeClass.FRESHNESS: "of its freshness",
    AssertionTypeClass.VOLUME: "of its volume",
    AssertionTypeClass.SQL: "by SQL",
    AssertionTypeClass.FIELD: "of a column",
    AssertionTypeClass.DATA_SCHEMA: "of its schema",
}
_Choice = TypeVar("_Choice", bound=Enum)


@dataclass(frozen=True, kw_only=True, slots=True)
class HandMadeTerms:
    """How what people made in DataHub is taken.

    Attributes:
        expect_every: how often a result of each promise must come, milliseconds; None: silence is
            green.
        lifecycle, type, runbook: qualified names of the structured properties that say it; empty:
            none does. A custom property of that name says it where no structured property does.
    """

    expect_every: int | None = 3 * DAY
    lifecycle: str = ""
    type: str = ""
    runbook: str = ""


def is_made(aspects: EntityAspects) -> bool:
    """True for a product that is there: it has properties, and is not removed."""
    return _aspect(aspects, DataProductPropertiesClass) is not None and not is_removed(aspects)


def is_removed(aspects: EntityAspects) -> bool:
    """True where the status says so."""
    status = _aspect(aspects, StatusClass)
    return status is not None and bool(status.removed)


def assets_of(aspects: EntityAspects) -> tuple[str, ...]:
    """URNs of the assets of a product, once each."""
    properties = _aspect(aspects, DataProductPropertiesClass)
    held = (properties.assets or []) if properties is not None else []
    return tuple(dict.fromkeys(one.destinationUrn for one in held))


def promised_by(aspects: EntityAspects) -> tuple[str, tuple[str, ...]]:
    """The dataset of a contract and the assertions in it; of one that is not in force none."""
    contract = _aspect(aspects, DataContractPropertiesClass)
    if contract is None:
        return "", ()
    status = _aspect(aspects, DataContractStatusClass)
    is_pending = status is not None and status.state == DataContractStateClass.PENDING
    if is_pending or is_removed(aspects):
        return contract.entity, ()
    parts = (contract.freshness, contract.schema, contract.dataQuality)
    return contract.entity, tuple(
        dict.fromkeys(entry.assertion for part in parts for entry in part or ())
    )


def promise(
    urn: str, dataset: str, aspects: EntityAspects, terms: HandMadeTerms
) -> Assertion | None:
    """What an assertion in the contract of a dataset promises; None: it is removed.

    One of which nothing else is known is promised all the same: nothing was heard of it yet.
    """
    if is_removed(aspects):
        return None
    info = _aspect(aspects, AssertionInfoClass)
    type_ = str(info.type) if info is not None else ""
    name = on_one_line((info.description if info is not None else None) or "").strip()
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}..."
    told = f'"{name}"' if name else _WORDS.get(type_, urn.rpartition(":")[2])
    return Assertion(
        urn=urn,
        kind=_KINDS.get(type_, AssertionKind.TESTS),
        asset=dataset,
        asset_name=dataset_name(dataset),
        promise=f"passes the check {told}",
        listens_to=(urn,),
        expect_every=terms.expect_every,
    )


def hand_made_product(
    urn: str, aspects: EntityAspects, promises: Sequence[Assertion], terms: HandMadeTerms
) -> DataProduct:
    """A product that people made, with what its contracts promise.

    It is in development unless they say otherwise: people are told of what was made `live` on
    purpose.

    Raises:
        ValueError: it is not there, or its URN is of something else.
    """
    properties = _aspect(aspects, DataProductPropertiesClass)
    if properties is None:
        raise ValueError(f"{urn} has no properties")
    domains = _aspect(aspects, DomainsClass)
    assets = properties.assets or []
    tags = _aspect(aspects, GlobalTagsClass)
    said = _Said(properties.customProperties, _aspect(aspects, StructuredPropertiesClass))
    return DataProduct(
        id=product_id(urn),
        name=properties.name or None,
        domain=next(iter(domains.domains), "") if domains is not None else "",
        type=_choice(ProductType, said.of("type", terms.type)),
        description=properties.description or None,
        owners=_owners(_aspect(aspects, OwnershipClass)),
        assets=tuple(Asset(urn=asset, name=dataset_name(asset)) for asset in assets_of(aspects)),
        output_ports=tuple(dict.fromkeys(one.destinationUrn for one in assets if one.outputPort)),
        assertions=tuple({one.urn: one for one in promises}.values()),
        tags=tuple(one.tag for one in tags.tags) if tags is not None else (),
        runbook=said.of("runbook", terms.runbook),
        lifecycle=_choice(Lifecycle, said.of("lifecycle", terms.lifecycle))
        or Lifecycle.DEVELOPMENT,
        external_url=properties.externalUrl or None,
    )


class _Said:
    """What people say of a product beside what DataHub has fields for."""

    def __init__(
        self, custom: Mapping[str, str] | None, structured: StructuredPropertiesClass | None
    ) -> None:
        self._custom = custom or {}
        entries = structured.properties if structured is not None else []
        self._structured = {entry.propertyUrn: entry.values for entry in entries}

    def of(self, name: str, property_: str) -> str:
        values = self._structured.get(structured_property_urn(property_), []) if property_ else []
        return str(values[0]).strip() if values else self._custom.get(name, "").strip()


def _choice(choices: type[_Choice], text: str) -> _Choice | None:
    """What people chose, however they wrote it; None: nothing that is known."""
    plain = text.lower().replace(" ", "_").replace("-", "_")
    return next((one for one in choices if one.value == plain), None)


def _owners(ownership: OwnershipClass | None) -> tuple[Owner, ...]:
    held: Iterable[Owner] = (
        Owner(urn=one.owner, type=_owner_type(str(one.type), one.typeUrn or ""))
        for one in (ownership.owners if ownership is not None else ())
    )
    return tuple(dict.fromkeys(held))


def _owner_type(type_: str, urn: str) -> str:
    """DataHub's own types have URNs too, and pages write these alone."""
    if urn.startswith(_SYSTEM_TYPE):
        return urn.removeprefix(_SYSTEM_TYPE).upper()
    return urn if urn and type_ == OwnershipTypeClass.CUSTOM else type_


_Aspect = TypeVar("_Aspect", bound=DictWrapper)


def _aspect(aspects: EntityAspects, type_: type[_Aspect]) -> _Aspect | None:
    return next((held for held, _ in aspects.values() if isinstance(held, type_)), None)
