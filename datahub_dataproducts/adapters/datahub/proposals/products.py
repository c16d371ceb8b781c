"""Product proposals: everything the catalog shows of one data product."""

from collections.abc import Iterable, Iterator

from datahub.metadata.schema_classes import (
    DataPlatformInstanceClass,
    DataProductAssociationClass,
    DataProductPropertiesClass,
    DomainsClass,
    GlobalTagsClass,
    GlossaryTermAssociationClass,
    GlossaryTermsClass,
    InstitutionalMemoryClass,
    InstitutionalMemoryMetadataClass,
    OwnerClass,
    OwnershipClass,
    StatusClass,
    SubTypesClass,
    TagAssociationClass,
)

from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.proposals.descriptions import (
    description,
    readable_properties,
)
from datahub_dataproducts.adapters.datahub.proposals.forms import (
    PLATFORM,
    Proposal,
    WriteSemantics,
    ours,
    stamp,
)
from datahub_dataproducts.adapters.datahub.proposals.patches import product_patches
from datahub_dataproducts.adapters.datahub.urns import (
    data_product_urn,
    definition_urn,
    ownership_type,
    tag_urn,
    term_urn,
)
from datahub_dataproducts.domain.products import DataProduct, Owner, ProductType

SUB_TYPES = {ProductType.METRIC: "Metric", ProductType.BUILDING_BLOCK: "Building Block"}


def product_proposals(product: DataProduct, semantics: WriteSemantics) -> Iterator[Proposal]:
    """What DataHub is told of a product: the aspects that `datahub dataproduct upsert` gives.

    Added are a subtype and the definition that the watcher reads back, where the product has
    anything beyond DataHub's own file, and what is empty: the custom properties, under OVERRIDE
    the lists too, so that what was taken out of a file is taken out of the catalog. The domain is
    replaced under both semantics: a product is in one.
    """
    urn = data_product_urn(product.id)
    if semantics is WriteSemantics.OVERRIDE:
        yield ours(urn, _properties(product))
        yield from (ours(urn, aspect) for aspect in _whole(product))
    else:
        yield from product_patches(product, _links(product))
    yield ours(urn, DomainsClass(domains=[product.domain]))
    if product.type is not None:
        yield ours(urn, SubTypesClass(typeNames=[SUB_TYPES[product.type]]))
    yield ours(urn, StatusClass(removed=False))
    definition = definition_urn(product.id)
    yield ours(definition, definition_aspect(product))
    yield ours(definition, DataPlatformInstanceClass(platform=PLATFORM))
    yield ours(definition, StatusClass(removed=False))


def _properties(product: DataProduct) -> DataProductPropertiesClass:
    return DataProductPropertiesClass(
        name=product.name,
        description=description(product),
        assets=_assets(product),
        customProperties=readable_properties(product) or None,
        externalUrl=product.external_url or None,
        parentDataProduct=data_product_urn(product.parent) if product.parent else None,
    )


def _whole(
    product: DataProduct,
) -> Iterator[GlobalTagsClass | GlossaryTermsClass | OwnershipClass | InstitutionalMemoryClass]:
    # Empty ones too: there is no other way to take the last tag, owner or link away.
    yield GlobalTagsClass(tags=_tags(product))
    yield GlossaryTermsClass(terms=_terms(product), auditStamp=stamp())
    yield OwnershipClass(owners=owners_of(product.owners))
    yield InstitutionalMemoryClass(
        elements=[
            InstitutionalMemoryMetadataClass(url=url, description=words, createStamp=stamp())
            for url, words in _links(product).items()
        ]
    )


def _assets(product: DataProduct) -> list[DataProductAssociationClass]:
    return [
        DataProductAssociationClass(
            destinationUrn=asset.urn,
            created=stamp(),
            outputPort=asset.urn in product.output_ports,
        )
        for asset in product.assets or ()
    ]


def _tags(product: DataProduct) -> list[TagAssociationClass]:
    return [TagAssociationClass(tag=tag_urn(tag)) for tag in dict.fromkeys(product.tags)]


def _terms(product: DataProduct) -> list[GlossaryTermAssociationClass]:
    terms = dict.fromkeys(product.terms)
    return [GlossaryTermAssociationClass(urn=term_urn(term)) for term in terms]


def _links(product: DataProduct) -> dict[str, str]:
    """Words by address: the links of the file, then the runbook; one address once."""
    links = {link.url: link.description for link in product.links}
    if product.runbook:
        links.setdefault(product.runbook, "Runbook")
    return links


def owners_of(owners: Iterable[Owner]) -> list[OwnerClass]:
    """Owners with DataHub's ownership types, each once."""
    found: list[OwnerClass] = []
    for owner in dict.fromkeys(owners):
        type_, type_urn = ownership_type(owner.type)
        found.append(OwnerClass(owner=owner.urn, type=type_, typeUrn=type_urn))
    return found
