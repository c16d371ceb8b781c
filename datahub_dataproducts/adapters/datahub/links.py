"""Links into DataHub's pages, as its own client makes them: whatever is in a URN is encoded. Pure."""

from urllib.parse import quote

from datahub_dataproducts.adapters.datahub.urns import data_product_urn


def product_link(base: str, product: str) -> str:
    """The page of a product, given by id; `base` is where people open DataHub."""
    return f"{base.rstrip('/')}/dataProduct/{_encoded(data_product_urn(product))}/"


def dataset_link(base: str, dataset: str) -> str:
    """The page of a dataset, given by URN."""
    return f"{base.rstrip('/')}/dataset/{_encoded(dataset)}/"


def assertion_link(base: str, dataset: str, assertion: str) -> str:
    """An assertion, by URN, opened among those of its dataset."""
    return f"{dataset_link(base, dataset)}Quality/List?assertion_urn={_encoded(assertion)}"


def _encoded(urn: str) -> str:
    return quote(urn, safe="")
