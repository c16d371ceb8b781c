from dataclasses import replace

from datahub_dataproducts.domain.routes import Route, channels_for
from tests.builders import product

KNOWN = ("finance", "growth", "all")
REVENUE = product("revenue")
FINANCE = Route(channels=("finance", "all"), domains=("urn:li:domain:revenue-domain",))
GROWTH = Route(channels=("growth",), products=("activation",))
EVERYTHING = Route(channels=("all",))


def test_without_routes_every_channel_is_told() -> None:
    assert channels_for(REVENUE, (), KNOWN) == KNOWN


def test_a_product_is_told_on_all_routes_that_match_each_channel_once() -> None:
    assert channels_for(REVENUE, (FINANCE, GROWTH, EVERYTHING), KNOWN) == ("finance", "all")


def test_a_product_that_no_route_matches_is_told_nowhere() -> None:
    assert channels_for(REVENUE, (GROWTH,), KNOWN) == ()


def test_a_route_with_two_conditions_wants_both() -> None:
    both = replace(FINANCE, products=("activation",))
    assert not both.matches(REVENUE)
    assert replace(both, products=("revenue",)).matches(REVENUE)


def test_a_product_that_asks_for_channels_gets_those_that_are_known() -> None:
    asking = replace(REVENUE, channels=("growth", "gone", "growth"))
    assert channels_for(asking, (FINANCE,), KNOWN) == ("growth",)


def test_a_product_that_asks_for_unknown_channels_alone_goes_by_the_routes() -> None:
    asking = replace(REVENUE, channels=("gone",))
    assert channels_for(asking, (FINANCE,), KNOWN) == ("finance", "all")
