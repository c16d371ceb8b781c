"""What a recipe names that no product has."""

from dataclasses import replace

from datahub_dataproducts.domain.products import DataProduct, Owner, ProductType
from datahub_dataproducts.domain.route_gaps import route_gaps
from datahub_dataproducts.domain.routes import Audience, Route, Signposts
from tests.builders import product

MONEY = "urn:li:domain:4f2a"
REVENUE = replace(
    product("revenue"),
    domain=MONEY,
    domain_name="Finance",
    type=ProductType.METRIC,
    tags=("urn:li:tag:gold",),
    owners=(Owner(urn="urn:li:corpuser:ana", type="BUSINESS_OWNER"),),
)
USERS = replace(product("users"), domain="urn:li:domain:platform", owners=(), type=None)


def to(*names: str, **conditions: object) -> Route:
    return Route(channels=names, **conditions)  # type: ignore[arg-type]


def gaps(*routes: Route, products: tuple[DataProduct, ...] = (REVENUE, USERS)) -> list[str]:
    posts = Signposts(channels=("console",), routes=(*routes, to("console")))
    return route_gaps(posts, products)


def test_what_products_have_by_name_or_by_urn_is_no_gap() -> None:
    assert (
        gaps(
            to("console", domains=("Finance", "urn:li:domain:Finance")),
            to("console", domains=(MONEY,), types=(ProductType.METRIC,)),
            to("console", domains=("platform", "urn:li:domain:platform"), products=("users",)),
            to("console", tags=("gold", "urn:li:tag:gold"), audience=Audience.BUSINESS),
            to("console", owners=("urn:li:corpuser:ana",)),
        )
        == []
    )


def test_what_no_product_has_is_told_with_what_was_probably_meant() -> None:
    assert gaps(
        to("console", domains=("Finanse", "urn:li:domain:Finanse")),
        to(
            "console",
            products=("revenu",),
            routes=(to("console", tags=("silver", "urn:li:tag:silver")),),
        ),
        to("console", owners=("urn:li:corpuser:bob",), types=(ProductType.BUILDING_BLOCK,)),
    ) == [
        'routes[0]: no product is in a domain "Finanse"; did you mean "Finance"?',
        'routes[1]: there is no product "revenu"; did you mean "revenue"?',
        'routes[1].routes[0]: no product has a tag "silver"; tags are: gold',
        'routes[2]: no product is of type "building_block"; types are: metric',
        'routes[2]: no product has an owner "bob"; owners are: ana',
    ]


def test_each_condition_may_be_met_and_not_all_of_them() -> None:
    assert gaps(to("console", domains=("Finance",), products=("users",))) == [
        "routes[0]: no product is all of what it asks for"
    ]


def test_of_many_that_there_are_ten_are_named() -> None:
    many = tuple(product(f"p{number:02}") for number in range(12))
    (told,) = gaps(to("console", products=("x",)), products=many)
    assert told.endswith(
        "products are: p00, p01, p02, p03, p04, p05, p06, p07, p08, p09 and 2 more"
    )


def test_a_channel_that_a_product_file_names_and_the_recipe_has_not_is_told() -> None:
    asking = (replace(REVENUE, channels=("consol",)), replace(USERS, channels=("consol", "pager")))
    assert gaps(products=asking) == [
        'channel "consol": it is named by the product files of revenue, users, and not in the recipe; did you mean "console"?',
        'channel "pager": it is named by the product files of users, and not in the recipe; channels are: console',
    ]


def test_a_channel_that_hears_of_nothing_is_told() -> None:
    posts = Signposts(
        channels=("finance", "growth", "quiet"),
        routes=(to("finance", domains=("Finance",)), to("growth")),
    )
    assert route_gaps(posts, (REVENUE, USERS)) == ["channels.quiet: it is told of no product"]


def test_without_routes_the_domains_of_a_channel_are_looked_at() -> None:
    posts = Signposts(channels=("finance", "all"), domains={"finance": ("finance",)})
    assert route_gaps(posts, (REVENUE,)) == [
        'channels.finance: no product is in a domain "finance"; did you mean "Finance"?'
    ]


def test_before_there_is_any_product_nothing_is_missing() -> None:
    assert gaps(to("console", products=("x",)), products=()) == []
