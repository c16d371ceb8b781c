"""Who answers for what, and what nobody answers for."""

import pytest

from datahub_dataproducts.domain.accountability import (
    Accountable,
    AssetDuty,
    Gap,
    ProductDuty,
    accountability,
    answering_to,
)
from datahub_dataproducts.domain.documents import (
    AssetRef,
    ExposureRef,
    Marked,
    ModelRef,
    OwnerDocument,
    ProductDocument,
    SourceRef,
    UrnRef,
)
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import (
    BUSINESS_OWNER,
    TECHNICAL_OWNER,
    Lifecycle,
)
from tests.dbt_projects import exposure, model, project, source, user

PLACE = Location("a.yml", 1, 5)
ANA = "urn:li:corpuser:ana"
TEAM = "urn:li:corpGroup:data"
BOTH = ((ANA, BUSINESS_OWNER), (TEAM, TECHNICAL_OWNER))


def owner_urn(owner: str) -> str:
    return owner if owner.startswith("urn:") else f"urn:li:corpuser:{owner}"


def document(
    id_: str,
    *owners: tuple[str, str],
    assets: tuple[AssetRef, ...] = (),
    lifecycle: Lifecycle = Lifecycle.LIVE,
) -> ProductDocument:
    """A product whose assets are written from line 10 on."""
    return ProductDocument(
        id=Marked(id_, PLACE),
        domain=Marked("d", PLACE),
        owners=tuple(OwnerDocument(id=i, type=t, location=PLACE) for i, t in owners),
        assets=tuple(Marked(asset, Location("a.yml", 10 + n, 5)) for n, asset in enumerate(assets)),
        lifecycle=lifecycle,
    )


def lacking(*documents: ProductDocument) -> list[tuple[str, str, str]]:
    nodes = project(
        model("owned", owners=(user("ana"),)),
        model("bare"),
        model("of_business", owners=(user("ana", BUSINESS_OWNER),)),
        exposure("shown", owners=(user("ana", BUSINESS_OWNER),)),
        exposure("unowned"),
        source("charges"),
    )
    gaps = accountability(documents, nodes, owner_urn).gaps
    return [(gap.product, gap.asset, gap.lacks) for gap in gaps]


def test_owners_of_products_are_known_by_urn_or_name_each_duty_once() -> None:
    ours = document("a", ("ana", BUSINESS_OWNER), (ANA, BUSINESS_OWNER), (TEAM, TECHNICAL_OWNER))
    duty = ProductDuty(product="a", name="a", lifecycle=Lifecycle.LIVE, type=BUSINESS_OWNER)
    team, ana = accountability([ours], None, owner_urn).owners
    assert (ana.urn, ana.products, ana.name, ana.is_group) == (ANA, (duty,), "ana", False)
    assert (team.urn, team.name, team.is_group) == (TEAM, "data", True)


def test_owners_of_assets_are_told_with_the_products_they_are_in() -> None:
    orders = model("orders", owners=(user("ana"),))
    alone = model("alone", owners=(user("ana"),))
    documents = [document(i, assets=(ModelRef("orders"), ModelRef("orders"))) for i in "ab"]
    (ana,) = accountability(documents, project(orders, alone), owner_urn).owners
    assert ana.assets == (
        AssetDuty(node=alone.unique_id, name="alone", kind="model", type=TECHNICAL_OWNER),
        AssetDuty(
            node=orders.unique_id,
            name="orders",
            kind="model",
            type=TECHNICAL_OWNER,
            products=("a", "b"),
        ),
    )


def test_owners_of_what_can_be_no_asset_are_not_told() -> None:
    test = model("test", resource_type="test", owners=(user("ana"),))
    assert accountability([], project(test), owner_urn).owners == ()


@pytest.mark.parametrize("lifecycle", [Lifecycle.LIVE, Lifecycle.DEPRECATED])
def test_a_product_people_are_told_of_wants_a_business_and_a_technical_owner(
    lifecycle: Lifecycle,
) -> None:
    assert lacking(document("a", lifecycle=lifecycle)) == [
        ("a", "", BUSINESS_OWNER),
        ("a", "", TECHNICAL_OWNER),
    ]
    assert lacking(document("a", *BOTH, lifecycle=lifecycle)) == []


def test_datahubs_own_types_may_be_given_as_urns() -> None:
    types = [f"urn:li:ownershipType:__system__{t}" for t in ("business_owner", "technical_owner")]
    assert lacking(document("a", *((ANA, type_) for type_ in types))) == []


def test_a_product_in_the_making_may_lack_owners() -> None:
    unfinished = document("a", assets=(ModelRef("bare"),), lifecycle=Lifecycle.DEVELOPMENT)
    assert lacking(unfinished) == []


def test_tables_of_a_live_product_want_a_technical_owner_and_exposures_any() -> None:
    names = (ModelRef("owned"), ModelRef("bare"), ModelRef("of_business"))
    others = (ExposureRef("shown"), ExposureRef("unowned"), SourceRef("raw", "charges"))
    assert lacking(document("a", *BOTH, assets=(*names, *others))) == [
        ("a", "bare", TECHNICAL_OWNER),
        ("a", "of_business", TECHNICAL_OWNER),
        ("a", "unowned", "OWNER"),
        ("a", "raw.charges", TECHNICAL_OWNER),
    ]


def test_who_owns_a_urn_or_what_dbt_does_not_know_cannot_be_known_here() -> None:
    assets = (UrnRef("urn:li:dashboard:(looker,1)"), ModelRef("gone"))
    assert lacking(document("a", *BOTH, assets=assets)) == []
    bare = document("a", *BOTH, assets=(ModelRef("bare"),))
    assert accountability([bare], None, owner_urn).gaps == ()


def test_a_gap_says_where_the_asset_is_written_here_and_in_dbt() -> None:
    ours = document("a", *BOTH, assets=(ModelRef("bare"),))
    (gap,) = accountability([ours], project(model("bare")), owner_urn).gaps
    assert gap == Gap(
        product="a",
        name="a",
        lacks=TECHNICAL_OWNER,
        location=Location("a.yml", 10, 5),
        asset="bare",
        file="models/marts/bare.sql",
    )


OWNERS = [
    Accountable(urn=f"urn:li:{urn}")
    for urn in (
        "corpGroup:data-platform",
        "corpGroup:data-science",
        "corpuser:ana",
        "corpuser:ana.jansen@example.com",
        "corpuser:joana",
    )
]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("urn:li:corpuser:ana", ["ana"]),
        ("ana", ["ana"]),
        ("@ANA", ["ana"]),
        ("Data Platform", ["data-platform"]),
        ("urn:li:corpGroup:data_platform", ["data-platform"]),
        ("ana.jansen", ["ana.jansen@example.com"]),
        ("ana.jansen@example.com", ["ana.jansen@example.com"]),
        ("data", ["data-platform", "data-science"]),
        ("joan", ["joana"]),
        ("nobody", []),
        ("--", []),
    ],
)
def test_a_name_means_who_is_called_so_or_else_who_is_called_like_it(
    name: str, meant: list[str]
) -> None:
    assert [owner.name for owner in answering_to(name, OWNERS)] == meant
