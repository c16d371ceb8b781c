"""Our patches, byte for byte against those of DataHub's own patch builder."""

from datahub.metadata.schema_classes import (
    DataProductAssociationClass,
    GlossaryTermAssociationClass,
    InstitutionalMemoryMetadataClass,
    MetadataChangeProposalClass,
    OwnerClass,
    TagAssociationClass,
)
from datahub.specific.dataproduct import DataProductPatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.proposals.forms import stamp
from datahub_dataproducts.adapters.datahub.proposals.patches import product_patches
from datahub_dataproducts.adapters.datahub.urns import ownership_type, tag_urn, term_urn
from datahub_dataproducts.domain.products import Asset, DataProduct, Owner

words = st.text(min_size=1, max_size=12)
names = st.from_regex(r"[a-z~/%é]{1,8}", fullmatch=True)
products = st.builds(
    DataProduct,
    id=st.from_regex(r"[a-z]{1,6}", fullmatch=True),
    domain=st.just("urn:li:domain:d"),
    name=st.none() | words,
    description=st.none() | words,
    owners=st.lists(
        st.builds(
            Owner,
            urn=names.map("urn:li:corpuser:{}".format),
            type=st.sampled_from([
                "BUSINESS_OWNER",
                "technical_owner",
                "urn:li:ownershipType:a/b",
                "urn:li:ownershipType:__system__data_steward",
            ]),
        ),
        max_size=3,
    ).map(tuple),
    assets=st.none()
    | st.lists(
        names.map(lambda name: Asset(urn=f"urn:li:dataset:{name}", name=name)), max_size=3
    ).map(tuple),
    output_ports=st.lists(names.map("urn:li:dataset:{}".format), max_size=2).map(tuple),
    tags=st.lists(names, max_size=3).map(tuple),
    terms=st.lists(names, max_size=3).map(tuple),
    properties=st.lists(st.tuples(names, words), max_size=2, unique_by=lambda p: p[0]).map(tuple),
    external_url=st.none() | words,
    parent=st.none() | st.from_regex(r"[a-z]{1,6}", fullmatch=True),
)


def properties_by_datahub(product: DataProduct) -> DataProductPatchBuilder:
    patch = DataProductPatchBuilder(f"urn:li:dataProduct:{product.id}")
    if product.description is not None:
        patch.set_description(product.description)
    if product.name is not None:
        patch.set_name(product.name)
    if product.assets is not None:
        patch.set_assets([
            DataProductAssociationClass(
                destinationUrn=asset.urn,
                created=stamp(),
                outputPort=asset.urn in product.output_ports,
            )
            for asset in product.assets
        ])
    patch.set_custom_properties(dict(product.properties))
    if product.external_url is not None:
        patch.set_external_url(product.external_url)
    if product.parent is not None:
        patch.set_parent_data_product(f"urn:li:dataProduct:{product.parent}")
    return patch


def by_datahub(product: DataProduct, links: dict[str, str]) -> list[MetadataChangeProposalClass]:
    patch = properties_by_datahub(product)
    for tag in dict.fromkeys(product.tags):
        patch.add_tag(TagAssociationClass(tag=tag_urn(tag)))
    for term in dict.fromkeys(product.terms):
        patch.add_term(GlossaryTermAssociationClass(urn=term_urn(term)))
    for owner in dict.fromkeys(product.owners):
        type_, type_urn = ownership_type(owner.type)
        patch.add_owner(OwnerClass(owner=owner.urn, type=type_, typeUrn=type_urn))
    for url, text in links.items():
        patch.add_institutional_memory(
            InstitutionalMemoryMetadataClass(url=url, description=text, createStamp=stamp())
        )
    return list(patch.build())


@given(products, st.dictionaries(names, words, max_size=2))
def test_a_patch_has_the_bytes_that_datahubs_own_builder_gives(
    product: DataProduct, links: dict[str, str]
) -> None:
    proposals = list(product_patches(product, links))
    assert all(proposal.is_ours for proposal in proposals)
    assert [proposal.change for proposal in proposals] == by_datahub(product, links)
