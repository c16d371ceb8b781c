"""Links into DataHub's pages, as its own client makes them: whatever is in a URN is encoded. Pure."""

from urllib.parse import quote

from datahub_dataproducts.adapters.datahub.urns import data_product_urn

_PAGES = frozenset({
    "dataProduct",
    "dataset",
    "dashboard",
    "chart",
    "dataJob",
    "dataFlow",
    "domain",
})


def product_link(base: str, product: str) -> str:
    """The page of a product, given by id; `base` is where people open DataHub."""
    return f"{base.rstrip('/')}/dataProduct/{_encoded(data_product_urn(product))}/"


def dataset_link(base: str, dataset: str) -> str:
    """The page of a dataset, given by URN."""
    return f"{base.rstrip('/')}/dataset/{_encoded(dataset)}/"


def assertion_link(base: str, dataset: str, assertion: str) -> str:
    """An assertion, by URN, opened among those of its dataset."""
    return f"{dataset_link(base, dataset)}Quality/List?assertion_urn={_encoded(assertion)}"


def page_of(base: str, urn: str) -> str | None:
    """The page of an entity given by URN; of an assertion when its dataset's URN follows it.

    None for what has no page of its own that we know.
    """
    first, _, second = urn.partition(" ")
    if first.startswith("urn:li:assertion:"):
        return assertion_link(base, second, first) if second else None
    kind = first.split(":")[2] if first.count(":") > 2 else ""  # noqa: PLR2004
    return f"{base.rstrip('/')}/{kind}/{_encoded(first)}/" if kind in _PAGES else None


def _encoded(urn: str) -> str:
    return quote(urn, safe="")
