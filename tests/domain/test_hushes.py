"""What somebody silenced."""

from dataclasses import replace

from datahub_dataproducts.domain.hushes import Hush, hushes_of
from tests.builders import product

REVENUE, USERS = product("revenue"), product("users")
HUSH = Hush(since=10, until=20, author="ana", reason="planned work", made_at=0)


def test_a_silence_holds_from_its_beginning_and_not_at_its_end() -> None:
    assert [HUSH.holds(at) for at in (9, 10, 19, 20)] == [False, True, True, False]


def test_it_is_of_what_it_names_or_of_everything() -> None:
    assert HUSH.is_of(REVENUE)
    assert replace(HUSH, products=("revenue",)).is_of(REVENUE)
    assert not replace(HUSH, products=("users",)).is_of(REVENUE)
    both = replace(HUSH, products=("users",), domains=(REVENUE.domain,))
    assert both.is_of(REVENUE)
    assert both.is_of(USERS)


def test_what_it_causes_is_covered_only_where_all_roots_are_silenced() -> None:
    caused = replace(HUSH, products=("users",), with_caused=True)
    assert caused.covers(REVENUE, [USERS], "finance")
    assert not caused.covers(REVENUE, [USERS, REVENUE], "finance")
    assert not caused.covers(REVENUE, [], "finance")
    assert not replace(caused, with_caused=False).covers(REVENUE, [USERS], "finance")
    assert not replace(caused, channels=("growth",)).covers(REVENUE, [USERS], "finance")


def test_of_several_the_longest_is_told_first() -> None:
    longer = replace(HUSH, id=2, until=30)
    over = replace(HUSH, id=3, until=12)
    assert hushes_of([HUSH, longer, over], REVENUE, 15) == (longer, HUSH)
