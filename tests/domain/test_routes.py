"""Which way an announcement goes."""

from dataclasses import replace

from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.products import BUSINESS_OWNER, DataProduct, Owner, ProductType
from datahub_dataproducts.domain.routes import Audience, Route, Signposts, Terms
from tests.builders import product

CHANNELS = ("finance", "growth", "platform", "night")
FINANCE_DOMAIN = "urn:li:domain:finance"
REVENUE = replace(
    product("revenue"),
    domain=FINANCE_DOMAIN,
    type=ProductType.METRIC,
    tags=("pii",),
    owners=(Owner(urn="urn:li:corpuser:ana", type=BUSINESS_OWNER),),
)
USERS = replace(product("users"), domain="urn:li:domain:platform")


def signposts(*routes: Route, **others: object) -> Signposts:
    return Signposts(
        channels=CHANNELS,
        business=frozenset({"finance", "growth"}),
        routes=routes,
        **others,  # type: ignore[arg-type]
    )


def channels(posts: Signposts, made: DataProduct = REVENUE, why: Why = Why.OPENED) -> list[str]:
    return [way.channel for way in posts.ways(made, why)]


def to(*names: str, **conditions: object) -> Route:
    return Route(channels=names, **conditions)  # type: ignore[arg-type]


def test_without_routes_every_channel_is_told_of_its_domains() -> None:
    assert channels(signposts()) == list(CHANNELS)
    posts = signposts(domains={"finance": (FINANCE_DOMAIN,), "growth": ("urn:li:domain:growth",)})
    assert channels(posts) == ["finance", "platform", "night"]
    assert channels(posts, USERS) == ["platform", "night"]


def test_the_first_route_that_matches_is_taken_and_those_after_it_only_if_it_goes_on() -> None:
    first, second = to("platform", domains=(FINANCE_DOMAIN,)), to("night")
    assert channels(signposts(first, second)) == ["platform"]
    assert channels(signposts(replace(first, goes_on=True), second)) == ["platform", "night"]
    assert channels(signposts(first, second), USERS) == ["night"]


def test_the_route_of_business_readers_keeps_no_technical_channel_from_hearing() -> None:
    posts = signposts(to("finance", domains=(FINANCE_DOMAIN,)), to("platform"))
    assert channels(posts) == ["finance", "platform"]
    assert channels(posts, USERS) == ["platform"]


def test_a_route_may_be_for_one_audience() -> None:
    both = ("finance", "platform")
    assert channels(signposts(to(*both, audience=Audience.BUSINESS), to("night"))) == [
        "finance",
        "night",
    ]


def test_a_route_to_nobody_keeps_from_all_what_matches() -> None:
    assert channels(signposts(to(products=("revenue",)), to("platform"))) == []
    silent = to(products=("revenue",), audience=Audience.BUSINESS)
    assert channels(signposts(silent, to("finance", "platform"))) == ["platform"]


def test_within_a_route_its_own_are_tried_first_and_it_stands_for_itself_else() -> None:
    outer = to("platform", routes=(to("night", types=(ProductType.METRIC,)),))
    assert channels(signposts(outer)) == ["night"]
    assert channels(signposts(outer), USERS) == ["platform"]
    (way,) = signposts(outer).ways(REVENUE, Why.OPENED)
    assert way.trail == ("routes[0]", "routes[0].routes[0]")


def test_a_route_without_channels_has_those_of_the_route_it_is_in() -> None:
    inner = Route(tags=("pii",), terms=Terms(for_=5))
    outer = to("platform", routes=(inner,), terms=Terms(for_=1, clear_for=2))
    (way,) = signposts(outer, terms={"platform": Terms(still_open_every=3)}).ways(
        REVENUE, Why.OPENED
    )
    assert (way.channel, way.terms) == (
        "platform",
        Terms(for_=5, clear_for=2, still_open_every=3),
    )


def test_a_route_that_leads_nowhere_is_none() -> None:
    assert channels(signposts(Route(), to("platform"))) == ["platform"]


def test_all_conditions_of_a_route_are_wanted() -> None:
    ana = "urn:li:corpuser:ana"
    wanted = to(
        "platform",
        domains=(FINANCE_DOMAIN,),
        products=("revenue",),
        types=(ProductType.METRIC,),
        tags=("pii", "gold"),
        owners=(ana,),
        reasons=(Why.OPENED,),
    )
    assert channels(signposts(wanted)) == ["platform"]
    for other in (
        replace(REVENUE, domain="urn:li:domain:x"),
        replace(REVENUE, id="x"),
        replace(REVENUE, type=None),
        replace(REVENUE, tags=()),
        replace(REVENUE, owners=()),
    ):
        assert channels(signposts(wanted), other) == []
    assert channels(signposts(wanted), why=Why.AT_RISK) == []


def test_of_blindness_no_business_reader_hears() -> None:
    assert channels(signposts(), why=Why.BLIND) == ["platform", "night"]


def test_a_product_that_asks_for_channels_gets_those_that_are_known() -> None:
    asking = replace(REVENUE, channels=("growth", "gone", "growth"))
    (way,) = signposts(to("platform"), terms={"growth": Terms(for_=7)}).ways(asking, Why.OPENED)
    assert (way.channel, way.terms.for_, way.is_asked_for) == ("growth", 7, True)
    only_gone = replace(REVENUE, channels=("gone",))
    assert channels(signposts(to("platform")), only_gone) == ["platform"]


def test_patience_of_its_own_is_found_wherever_it_is_said() -> None:
    assert signposts(to("platform")).is_patient_for_all
    assert not signposts(to("platform", routes=(Route(terms=Terms(for_=1)),))).is_patient_for_all
    assert not signposts(terms={"platform": Terms(clear_for=1)}).is_patient_for_all


def test_a_product_that_is_defined_anew_goes_another_way_from_then_on() -> None:
    posts = signposts(to("platform", domains=(FINANCE_DOMAIN,)), to("night"))
    moved = replace(REVENUE, domain="urn:li:domain:growth")
    said = [channels(posts, one) for one in (REVENUE, REVENUE, moved, moved, REVENUE)]
    assert said == [["platform"], ["platform"], ["night"], ["night"], ["platform"]]


def test_a_domain_is_matched_by_its_urn_and_by_what_it_is_called() -> None:
    made = replace(product("revenue"), domain="urn:li:domain:4f2a", domain_name="Finance")
    for domains in (("Finance", "urn:li:domain:Finance"), ("urn:li:domain:4f2a",)):
        assert Route(domains=domains).fits(made)
        posts = Signposts(channels=("a",), domains={"a": domains})
        assert [way.channel for way in posts.ways(made, Why.OPENED)] == ["a"]
    assert not Route(domains=("4f2a",)).fits(made)
    assert not Route(domains=("",)).fits(product("revenue"))
