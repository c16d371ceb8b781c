"""Who caused the lost time of a product, from what the store holds."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datahub_dataproducts.application.charging import LostTime, lost_time
from datahub_dataproducts.application.looking_back import as_of, steps_until
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.charges import Charge
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.domain.timelines import Step, tally
from tests.application.stories import Story
from tests.builders import at, checked, product, result

FAULT = Outcome.FAILURE
ORDERS = product("orders", checked("o"))
USERS = product("users", checked("u"))
OF_USERS = product("revenue", checked("r"), inputs=(Input(product="users"),))
OF_ORDERS = product("revenue", checked("r"), inputs=(Input(product="orders"),))
BEGIN, CHANGE, END = at("2026-03-01 00:00"), at("2026-03-02 00:00"), at("2026-03-03 00:00")


def lost(
    story: Story,
    id_: str = "revenue",
    window: tuple[int, int] = (BEGIN, END),
    corrected: Sequence[Step] | None = None,
) -> LostTime:
    with as_of(story.store, window[1]) as book:
        return lost_time(book, id_, window, corrected)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Revenue used users on the first day and orders on the second; both fail on both days."""
    here = Story(tmp_path, [ORDERS, USERS, OF_USERS])
    here.hear(*(result(name, BEGIN) for name in "our"))
    here.hear(result("u", BEGIN + 18 * HOUR, FAULT), result("o", BEGIN + 21 * HOUR, FAULT))
    here.define(ORDERS, USERS, OF_ORDERS, when="2026-03-02 00:00")
    here.hear(result("u", CHANGE + HOUR), result("r", CHANGE + 2 * HOUR, FAULT))
    here.hear(result("o", CHANGE + 4 * HOUR), result("r", CHANGE + 5 * HOUR))
    return here


def test_each_time_is_charged_by_the_inputs_of_that_time(story: Story) -> None:
    found = lost(story)
    assert found.charges.lost == 11 * HOUR
    assert found.charges.by_root == (
        Charge(root="users", lost=6 * HOUR),
        Charge(root="orders", lost=4 * HOUR),
        Charge(root="revenue", lost=3 * HOUR),
    )
    assert found.charges.overlap
    assert found.titles == {"users": "Users", "orders": "Orders", "revenue": "Revenue"}


def test_a_correction_may_leave_nothing_to_charge(story: Story) -> None:
    assert lost(story, corrected=[(BEGIN, Health.HEALTHY)]).charges.by_root == ()


def test_before_any_history_nothing_is_lost(story: Story) -> None:
    found = lost(story, window=(BEGIN - 2 * HOUR, BEGIN - HOUR))
    assert (found.charges.lost, found.titles) == (0, {})


def test_an_input_that_is_no_more_is_charged_with_what_it_cost(tmp_path: Path) -> None:
    story = Story(tmp_path, [USERS, OF_USERS])
    story.hear(result("u", BEGIN), result("r", BEGIN), result("u", BEGIN + 18 * HOUR, FAULT))
    story.define(product("revenue", checked("r")), when="2026-03-02 00:00")
    found = lost(story)
    assert found.charges.by_root == (Charge(root="users", lost=6 * HOUR),)
    assert found.titles == {"users": "Users"}


@given(
    bounds=st.lists(st.integers(0, 48), min_size=2, max_size=4, unique=True).map(sorted),
    id_=st.sampled_from(["revenue", "users", "orders"]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_lost_is_the_bad_time_and_parts_of_a_window_add_up(
    story: Story, bounds: list[int], id_: str
) -> None:
    cuts = [BEGIN + hour * HOUR for hour in bounds]
    parts = [lost(story, id_, window).charges for window in pairwise(cuts)]
    whole = lost(story, id_, (cuts[0], cuts[-1])).charges
    with as_of(story.store, END) as book:
        steps = steps_until(book, id_, Scope.EXPERIENCED, END)
    assert whole.lost == tally(steps, cuts[0], cuts[-1]).bad == sum(part.lost for part in parts)
    for charge in whole.by_root:
        shares = [c.lost for part in parts for c in part.by_root if c.root == charge.root]
        assert charge.lost == sum(shares)
    assert whole.charged == sum(part.charged for part in parts) >= whole.lost


def test_time_before_the_history_of_a_product_that_is_no_more_costs_nothing(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path, [ORDERS, USERS, OF_USERS])
    story.define(ORDERS, USERS, OF_ORDERS, when="2026-03-01 12:00")
    story.hear(result("r", BEGIN + 18 * HOUR, FAULT))
    story.define(ORDERS, USERS, when="2026-03-03 00:00")
    found = lost(story, window=(BEGIN, CHANGE))
    assert found.charges.by_root == (Charge(root="revenue", lost=6 * HOUR),)


def test_a_product_that_was_away_for_a_time_lost_nothing_then_and_is_charged_for_the_rest(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path, [USERS, OF_USERS])
    story.hear(result("u", BEGIN), result("r", BEGIN), result("u", BEGIN + 18 * HOUR, FAULT))
    story.define(USERS, when="2026-03-02 00:00")
    story.define(USERS, OF_USERS, when="2026-03-02 12:00")
    found = lost(story)
    assert found.charges.by_root == (Charge(root="users", lost=18 * HOUR),)
    assert lost(story, window=(CHANGE, CHANGE + 12 * HOUR)).charges.lost == 0
    # People know better of the time it was away.
    known_bad = [(BEGIN, Health.HEALTHY), (CHANGE, Health.UNHEALTHY), (END, Health.HEALTHY)]
    found = lost(story, corrected=known_bad)
    assert {c.root: c.lost for c in found.charges.by_root} == {
        "revenue": 12 * HOUR,
        "users": 12 * HOUR,
    }
    while_away = lost(story, window=(CHANGE, CHANGE + 12 * HOUR), corrected=known_bad)
    assert while_away.charges.by_root == (Charge(root="revenue", lost=12 * HOUR),)
    assert while_away.titles == {"revenue": "revenue"}
