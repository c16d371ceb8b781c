"""What is wrong with routes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.products import ProductType
from datahub_dataproducts.domain.route_faults import route_faults
from datahub_dataproducts.domain.routes import Audience, Route, Signposts
from tests.builders import product

CHANNELS = ("finance", "platform")


def faults(*routes: Route) -> list[str]:
    posts = Signposts(channels=CHANNELS, business=frozenset({"finance"}), routes=routes)
    return route_faults(posts)


def to(*names: str, **conditions: object) -> Route:
    return Route(channels=names, **conditions)  # type: ignore[arg-type]


def test_routes_that_can_be_taken_have_no_faults() -> None:
    nested = to("platform", routes=(Route(types=(ProductType.METRIC,)),), tags=("gold",))
    assert faults(to("finance", domains=("d",)), nested, to("platform"), to(products=("x",))) == []
    assert faults(to("platform", goes_on=True), to("platform", "finance")) == []
    assert faults() == []


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ((to("slak"),), "routes[0]: there is no channel slak; channels are: finance, platform"),
        ((Route(),), "routes[0]: it leads to no channel"),
        (
            (to("platform"), to("platform", products=("x",))),
            "routes[1]: it is never taken: routes[0] before it matches all",
        ),
        (
            (to("platform", products=("x", "y")), to("platform", products=("y",))),
            "routes[1]: it is never taken",
        ),
        (
            (to("platform", products=("x",), routes=(Route(products=("y",)),)),),
            "routes[0].routes[0]: it is never taken: its products are none of those",
        ),
        (
            (
                to(
                    "platform",
                    audience=Audience.TECHNICAL,
                    routes=(to("finance", audience=Audience.BUSINESS),),
                ),
            ),
            "is for the other audience",
        ),
        ((to("platform", audience=Audience.BUSINESS),), "it is for business readers, and none"),
        ((to("platform", reasons=(Why.CLOSED,)),), "it never begins a conversation"),
        (
            (to("finance", reasons=(Why.BLIND,)),),
            "routes[0]: nobody is told by it: of what is not known business readers are not told",
        ),
        (
            (
                to("platform", "finance", audience=Audience.BUSINESS),
                to("platform", products=("x",)),
                to("platform"),
                to("platform", "finance", products=("x",)),
            ),
            "routes[3]: it is never taken: routes[0] and routes[1] before it match all that it matches",
        ),
        (
            (
                to(
                    "platform",
                    domains=("Growth", "urn:li:domain:Growth"),
                    routes=(Route(domains=("Finance", "urn:li:domain:Finance")),),
                ),
            ),
            "its domains are none of those of the route it is in (Growth)",
        ),
        (
            (
                to(
                    "platform",
                    types=(ProductType.METRIC,),
                    routes=(Route(types=(ProductType.BUILDING_BLOCK,)),),
                ),
            ),
            "(metric)",
        ),
    ],
)
def test_what_can_never_be_is_told_with_its_place(routes: tuple[Route, ...], words: str) -> None:
    (told,) = faults(*routes)
    assert words in told


def test_a_route_for_others_too_is_not_hidden_by_the_one_of_business_readers() -> None:
    assert faults(to("finance"), to("finance", "platform")) == []
    inner = Route(routes=(to("platform"),), products=("x",))
    assert faults(to("finance"), inner) == []


def test_all_faults_are_told_at_once() -> None:
    assert len(faults(to("slak"), Route(), to("platform"), to("platform"))) == 3


IDS = st.sampled_from(("revenue", "users"))
SOME = st.lists(IDS, unique=True, max_size=2).map(tuple)
ROUTES = st.recursive(
    st.builds(
        Route,
        channels=st.one_of(st.none(), st.lists(st.sampled_from(CHANNELS), max_size=2).map(tuple)),
        products=SOME,
        audience=st.sampled_from((None, *Audience)),
        goes_on=st.booleans(),
    ),
    lambda inner: st.builds(
        Route,
        channels=st.one_of(st.none(), st.lists(st.sampled_from(CHANNELS), max_size=2).map(tuple)),
        products=SOME,
        goes_on=st.booleans(),
        routes=st.lists(inner, max_size=2).map(tuple),
    ),
    max_leaves=5,
)


@given(st.lists(ROUTES, max_size=3))
def test_what_is_said_never_to_be_taken_never_is(routes: list[Route]) -> None:
    posts = Signposts(channels=CHANNELS, business=frozenset({"finance"}), routes=tuple(routes))
    never = {told.partition(":")[0] for told in route_faults(posts) if "never taken" in told}
    for id_ in ("revenue", "users", "other"):
        for way in posts.ways(product(id_), Why.OPENED):
            assert never.isdisjoint(way.trail)
