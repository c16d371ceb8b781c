"""Contract proposals: for each dataset the union of what all products promise on it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from datahub.metadata.schema_classes import (
    DataContractPropertiesClass,
    DataContractStateClass,
    DataContractStatusClass,
    DataQualityContractClass,
    FreshnessContractClass,
    StatusClass,
)

from datahub_dataproducts.adapters.datahub.proposals.forms import Proposal, ours
from datahub_dataproducts.adapters.datahub.urns import contract_urn
from datahub_dataproducts.domain.assertions import AssertionKind
from datahub_dataproducts.domain.products import DataProduct


def contract_proposals(products: Iterable[DataProduct]) -> Iterator[Proposal]:
    """One contract a dataset: DataHub knows no more than one.

    An assertion that a product names by its URN alone is in none, since its dataset is not known.
    """
    freshness: dict[str, set[str]] = defaultdict(set)
    quality: dict[str, set[str]] = defaultdict(set)
    for product in products:
        for assertion in product.assertions:
            if assertion.kind is AssertionKind.FRESHNESS:
                freshness[assertion.asset].add(assertion.urn)
            elif assertion.asset:
                quality[assertion.asset].update(assertion.listens_to)
    for dataset in sorted(freshness.keys() | quality.keys()):
        urn = contract_urn(dataset)
        fresh, good = sorted(freshness.get(dataset, ())), sorted(quality.get(dataset, ()))
        yield ours(
            urn,
            DataContractPropertiesClass(
                entity=dataset,
                freshness=[FreshnessContractClass(assertion=a) for a in fresh] or None,
                dataQuality=[DataQualityContractClass(assertion=a) for a in good] or None,
            ),
        )
        yield ours(urn, DataContractStatusClass(state=DataContractStateClass.ACTIVE))
        yield ours(urn, StatusClass(removed=False))
