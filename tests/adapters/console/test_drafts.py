"""Proposals as they are shown before anything is written."""

from datahub_dataproducts.adapters.console.drafts import drafts_as_text
from datahub_dataproducts.domain.documents import ExposureRef, ModelRef, SourceRef, UrnRef
from datahub_dataproducts.domain.drafts import DomainFrom, Draft
from datahub_dataproducts.domain.products import ProductType

DRAFT = Draft(
    id="orders",
    name="Orders",
    type=ProductType.BUILDING_BLOCK,
    domain="sales",
    domain_from=DomainFrom.GROUP,
    assets=(
        SourceRef("shop", "orders"),
        ModelRef("orders", "erp", "2"),
        ExposureRef("board"),
        UrnRef("urn:li:chart:(a,b)"),
    ),
    reasons=("orders is public", "the dashboard board shows it"),
)


def test_a_draft_is_told_with_what_it_consists_of_and_why() -> None:
    assert drafts_as_text([DRAFT]) == (
        "orders (building block, domain sales)\n"
        "  consists of source shop.orders, erp.orders v2, exposure board, urn:li:chart:(a,b)\n"
        "  because orders is public; the dashboard board shows it"
    )


def test_of_many_assets_the_first_are_told() -> None:
    many = Draft(
        id="a",
        name="A",
        type=ProductType.METRIC,
        domain="d",
        domain_from=DomainFrom.FOLDER,
        assets=tuple(ModelRef(f"m{n}") for n in range(20)),
        inputs=("b", "c"),
    )
    assert "m6, m7 and 12 more\n  is built on b, c\n" in drafts_as_text([many])
