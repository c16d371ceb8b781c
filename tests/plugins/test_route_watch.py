"""What a recipe names that no product has is told once, and again only when it is otherwise."""

import logging

import pytest

from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.routes import Route, Signposts
from datahub_dataproducts.plugins.route_watch import RouteWatch
from tests.builders import product

SIGNPOSTS = Signposts(
    channels=("console",),
    routes=(Route(channels=("console",), products=("orders",)), Route(channels=("console",))),
)
TOLD = 'Of the recipe: routes[0]: there is no product "orders"; products are: '


def test_what_is_missing_is_told_at_the_start_and_when_it_is_otherwise_an_hour_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = RouteWatch(SIGNPOSTS)
    users, more = product("users"), product("churn")

    def told(now: int, *ids: str) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            watch.look(portfolios[ids], now)
        return [record.getMessage() for record in caplog.records]

    portfolios = {
        ("users",): portfolio_of([users]),
        ("churn",): portfolio_of([more]),
        ("orders",): portfolio_of([product("orders")]),
    }
    assert told(0, "users") == [f"{TOLD}users"]
    assert told(HOUR - 1, "churn") == []
    assert told(HOUR, "churn") == [f"{TOLD}churn"]
    assert told(2 * HOUR, "churn") == []
    assert told(3 * HOUR, "orders") == []
    assert told(4 * HOUR, "churn") == [f"{TOLD}churn"]
