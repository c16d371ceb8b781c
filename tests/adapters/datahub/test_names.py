from typing import Any

import pytest
from datahub.configuration.common import GraphError, OperationalError
from datahub.metadata.schema_classes import DataProductPropertiesClass, DomainPropertiesClass

from datahub_dataproducts.adapters.datahub.catalog_naming import CatalogNaming
from datahub_dataproducts.adapters.datahub.names import resolve_names
from datahub_dataproducts.domain.documents import Marked, ProductDocument
from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import Location

pytestmark = pytest.mark.filterwarnings("ignore:Use get_aspect directly")


class Server:
    """A DataHub server that knows one domain by id, one by name, and products likewise."""

    def __init__(self, broken: Exception | None = None) -> None:
        self.broken = broken
        self.asked: list[str] = []

    def get_domain_properties(self, urn: str) -> DomainPropertiesClass | None:
        self.asked.append(urn)
        if self.broken is not None:
            raise self.broken
        return DomainPropertiesClass(name="Sales") if urn == "urn:li:domain:sales" else None

    def get_domain_urn_by_name(self, name: str) -> str | None:
        return "urn:li:domain:1234" if name == "Growth" else None

    def get_aspect(self, urn: str, aspect_type: Any) -> DataProductPropertiesClass | None:
        self.asked.append(urn)
        known = urn == "urn:li:dataProduct:core"
        return DataProductPropertiesClass(name="Core") if known else None

    def get_data_product_urn_by_name(self, name: str) -> str | None:
        return "urn:li:dataProduct:5678" if name == "Mobile" else None


def document(id_: str, domain: str, parent: str | None = None) -> ProductDocument:
    place = Location("p.yml", 1, 5)
    return ProductDocument(
        id=Marked(id_, place), domain=Marked(domain, Location("p.yml", 2, 9)), parent=parent
    )


def resolved(
    *documents: ProductDocument, server: Server | None = None
) -> tuple[list[ProductDocument], list[str]]:
    found, problems = resolve_names(documents, server or Server())  # type: ignore[arg-type]
    return found, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("domain", "urn"),
    [
        ("sales", "urn:li:domain:sales"),
        ("Growth", "urn:li:domain:1234"),
        ("urn:li:domain:anything", "urn:li:domain:anything"),
    ],
)
def test_a_domain_is_found_by_id_by_name_or_taken_as_a_urn(domain: str, urn: str) -> None:
    (found,), problems = resolved(document("a", domain))
    assert (found.domain.value, problems) == (urn, [])
    assert found.domain.location == Location("p.yml", 2, 9)


def test_a_domain_the_server_does_not_know_is_told_where_it_is_written() -> None:
    _, problems = resolved(document("a", "nowhere"))
    assert problems == [
        (
            'p.yml:2:9: error[unknown-domain]: DataHub does not know the domain "nowhere"; create it '
            "there first, or give its URN"
        )
    ]


@pytest.mark.parametrize(
    "broken", [OperationalError("token abc"), GraphError("token abc"), ConnectionError("token abc")]
)
def test_a_server_that_fails_is_told_without_what_its_error_holds(broken: Exception) -> None:
    _, problems = resolved(document("a", "sales"), server=Server(broken))
    assert problems == [
        (
            'p.yml:2:9: error[unknown-domain]: DataHub could not be asked for the domain "sales"; try '
            "again, or give its URN"
        )
    ]


def test_each_name_is_asked_for_once() -> None:
    server = Server()
    resolved(document("a", "sales"), document("b", "sales"), server=server)
    assert server.asked == ["urn:li:domain:sales"]


@pytest.mark.parametrize(
    ("written", "resolved_as"),
    [("core", "urn:li:dataProduct:core"), ("Mobile", "urn:li:dataProduct:5678"), ("b", "b")],
)
def test_a_parent_is_found_by_id_by_name_or_declared_here(written: str, resolved_as: str) -> None:
    (found, _), problems = resolved(document("a", "sales", written), document("b", "sales"))
    assert (found.parent, problems) == (resolved_as, [])


def test_a_parent_the_server_does_not_know_is_told() -> None:
    _, problems = resolved(document("a", "sales", "nothing"))
    assert problems == [
        (
            'p.yml:1:5: error[unknown-parent]: DataHub does not know the parent "nothing"; create it '
            "there first, or give its URN"
        )
    ]


def test_owners_and_assets_of_any_kind_have_names() -> None:
    naming = CatalogNaming(target_platform="duckdb").within(Project(name="shop", nodes={}))
    assert naming.owner_urn("ana") == "urn:li:corpuser:ana"
    assert naming.owner_urn("urn:li:corpGroup:data") == "urn:li:corpGroup:data"
    assert naming.short_name("urn:li:dashboard:(looker,dashboards.42)") == "dashboards.42"
