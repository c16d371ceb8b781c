"""Publication proposals: all that DataHub is told of one run, in one order."""

from collections.abc import Iterator

from datahub.metadata.schema_classes import DataPlatformInfoClass, PlatformTypeClass
from datahub.specific.dataset import DatasetPatchBuilder

from datahub_dataproducts.adapters.datahub.proposals.assertions import (
    assertion_proposals,
    own_urns,
    run_proposals,
    update_proposals,
)
from datahub_dataproducts.adapters.datahub.proposals.contracts import contract_proposals
from datahub_dataproducts.adapters.datahub.proposals.forms import (
    PLATFORM,
    Proposal,
    WriteSemantics,
    theirs,
)
from datahub_dataproducts.adapters.datahub.proposals.products import owners_of, product_proposals
from datahub_dataproducts.application.publish import Publication


def propose(publication: Publication, semantics: WriteSemantics) -> Iterator[Proposal]:
    """Assertions before contracts and results, so that nothing speaks of what is not there yet.

    Equal publications give equal proposals. With OVERRIDE there are whole aspects only; the owners
    of assets are left out then, since replacing them would wipe what others wrote. Contracts are
    left as they are while anything is wrong: a product that is missing here may promise something
    of a dataset of another's, and would lose that from the contract they share.
    """
    products = publication.products
    if products:
        yield theirs(PLATFORM, _platform())
    for product in products:
        yield from product_proposals(product, semantics)
    yield from assertion_proposals(products)
    if publication.complete:
        yield from contract_proposals(products)
    if semantics is WriteSemantics.PATCH:
        yield from _asset_owners(publication)
    yield from run_proposals(publication.runs, own_urns(products))
    yield from update_proposals(publication.updates)


def _asset_owners(publication: Publication) -> Iterator[Proposal]:
    for dataset, owners in publication.asset_owners:
        patch = DatasetPatchBuilder(dataset)
        for owner in owners_of(owners):
            patch.add_owner(owner)
        yield from (Proposal(change, is_ours=False) for change in patch.build())


def _platform() -> DataPlatformInfoClass:
    return DataPlatformInfoClass(
        name="data-products",
        displayName="Data Products",
        type=PlatformTypeClass.OTHERS,
        datasetNameDelimiter=".",
    )
