"""Who is told of what together, and what becomes of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.conversations import (
    Conversation,
    Folded,
    Kind,
    Turn,
    by_own_faults,
    fold,
)
from datahub_dataproducts.domain.holding import taken_over
from datahub_dataproducts.domain.letters import Why

EPISODE, RISK, BLINDNESS = Kind
ALL = frozenset(Kind)


def bad(product: str, *roots: str, since: int = 5) -> Turn:
    return Turn(
        product=product,
        enters=EPISODE,
        leaves=frozenset({RISK, BLINDNESS}),
        roots=tuple(sorted(roots or (product,))),
        since=since,
    )


def good(product: str) -> Turn:
    return Turn(product=product, enters=None, leaves=ALL)


def folded(held: list[Conversation], *turns: Turn, taken: tuple[str, ...] = ()) -> list[Folded]:
    return fold("console", held, turns, lambda key: key in taken)


def after(held: list[Conversation], *turns: Turn) -> list[Conversation]:
    return [one.after for one in folded(held, *turns)]


def subjects(conversations: list[Conversation]) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {one.roots: one.members for one in conversations if one.members}


def test_fifty_products_hit_by_one_root_are_one_conversation() -> None:
    turns = [bad("users"), *(bad(f"p{n:02}", "users") for n in range(50))]
    (one,) = folded([], *turns)
    assert (one.after.key, one.after.roots) == ("users@5", ("users",))
    assert len(one.joined) == len(one.after.members) == 51
    assert one.reason("x") is Why.OPENED


def test_a_root_that_nobody_is_told_of_still_folds_those_who_use_it() -> None:
    assert subjects(after([], bad("a", "users"), bad("b", "users"))) == {("users",): ("a", "b")}


def test_a_product_with_causes_from_two_roots_has_a_conversation_of_its_own() -> None:
    made = after([], bad("users"), bad("a", "users"), bad("b", "users", "orders"), bad("orders"))
    assert subjects(made) == {
        ("users",): ("a", "users"),
        ("orders",): ("orders",),
        ("orders", "users"): ("b",),
    }


def test_a_second_root_takes_a_product_out_of_the_others_conversation() -> None:
    held = after([], bad("users"), bad("a", "users"), bad("b", "users"))
    new, old = folded(held, bad("b", "b", "users", since=5))
    assert (old.after.members, old.reason("")) == (("a", "users"), None)
    assert (new.after.roots, new.after.members) == (("b", "users"), ("b",))
    assert new.reason("x") is Why.OPENED
    assert taken_over([old, new]) == {}


def test_who_is_alone_in_a_conversation_goes_on_in_it_with_a_second_root() -> None:
    held = after([], bad("b"))
    (one,) = folded(held, bad("b", "b", "users"))
    assert (one.after.key, one.after.roots) == ("b@5", ("b", "users"))
    assert one.reason("x") is Why.CAUSE_CHANGED


def test_what_is_mended_in_between_moves_nobody() -> None:
    held = after([], bad("b", "b", "users"), bad("users"), bad("a", "users"))
    made = after(held, bad("b", "users"))
    assert subjects(made) == {("b", "users"): ("b",), ("users",): ("a", "users")}


def test_where_all_go_elsewhere_the_largest_group_goes_on() -> None:
    held = after([], *(bad(id_, "users") for id_ in "abcd"))
    made = after(
        held,
        bad("a", "users", "x"),
        bad("b", "users", "y"),
        bad("c", "users", "y"),
        bad("d", "users", "x"),
    )
    assert subjects(made) == {("users", "x"): ("a", "d"), ("users", "y"): ("b", "c")}
    (goes_on,) = [one for one in made if one.key == "users@5"]
    assert goes_on.members == ("a", "d"), "of two groups alike the first by name"


def test_another_root_is_told_where_it_is_told_already() -> None:
    held = after([], bad("b", "users"), bad("orders"))
    outcome = folded(held, bad("b", "orders"))
    joined = next(one for one in outcome if one.joined)
    assert (joined.after.roots, joined.after.members) == (("orders",), ("b", "orders"))
    assert joined.reason(joined.after.causes) is Why.AFFECTED_CHANGED
    (left,) = [one for one in outcome if one.is_over]
    assert left.reason("x") is None, "nobody recovered"
    assert taken_over(outcome) == {left.after.key: joined.after.key}


def test_one_recovers_first_then_all() -> None:
    held = after([], bad("users"), bad("a", "users"))
    (first,) = folded(held, good("a"))
    assert (first.ended, first.reason("")) == (("a",), Why.AFFECTED_CHANGED)
    (last,) = folded([first.after], good("users"))
    assert (last.is_over, last.ended, last.reason("")) == (True, ("users",), Why.CLOSED)


def test_who_enters_as_the_last_one_leaves_begins_an_episode_of_its_own() -> None:
    held = after([], bad("a", "users"))
    outcome = folded(held, good("a"), bad("b", "users", since=9))
    assert {one.after.key: one.reason("x") for one in outcome} == {
        "users@5": Why.CLOSED,
        "users@9": Why.OPENED,
    }


def test_nothing_new_is_no_letter() -> None:
    held = after([], bad("users"))
    (one,) = folded(held, bad("users"))
    assert one.reason("") is None


def test_all_that_is_blind_is_one_conversation_and_each_risk_its_own() -> None:
    def turn(product: str, kind: Kind) -> Turn:
        return Turn(product=product, enters=kind, leaves=frozenset(), roots=("r",), since=7)

    made = folded([], turn("a", BLINDNESS), turn("b", BLINDNESS), turn("c", RISK), turn("d", RISK))
    assert [(one.after.key, one.after.members, one.reason("x")) for one in made] == [
        ("risk:c@7", ("c",), Why.AT_RISK),
        ("risk:d@7", ("d",), Why.AT_RISK),
        ("blindness@7", ("a", "b"), Why.BLIND),
    ]
    ends = folded([one.after for one in made], good("a"), good("b"), good("c"))
    assert [one.reason("") for one in ends] == [Why.CLOSED, None, Why.SEEN_AGAIN]


def test_a_key_is_never_used_twice() -> None:
    (one,) = folded([], bad("users"), taken=("users@5", "users@5~2"))
    assert one.after.key == "users@5~3"


ROOTS = st.sets(st.sampled_from("wxyz"), min_size=1, max_size=2)
TURNS = st.lists(
    st.one_of(
        st.builds(lambda product, roots: bad(product, *roots), st.sampled_from("abcde"), ROOTS),
        st.builds(good, st.sampled_from("abcde")),
    ),
    max_size=5,
    unique_by=lambda turn: turn.product,
)


def open_only(conversations: list[Conversation]) -> list[Conversation]:
    return [one for one in conversations if one.members]


@given(st.lists(TURNS, max_size=6), st.randoms())
def test_whatever_happens_each_is_told_of_in_one_place_and_nothing_is_lost(
    rounds: list[list[Turn]], random: object
) -> None:
    held: list[Conversation] = []
    sick: dict[str, Turn] = {}
    keys: set[str] = set()
    for turns in rounds:
        shuffled = list(turns)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        outcome = fold("console", held, turns, keys.__contains__)
        assert fold("console", held, shuffled, keys.__contains__) == outcome, "order is nothing"
        recovered = {turn.product for turn in turns if turn.enters is None} & sick.keys()
        for turn in turns:
            sick.pop(turn.product, None)
            if turn.enters is not None:
                sick[turn.product] = turn
        assert sorted(id_ for one in outcome for id_ in one.ended) == sorted(recovered)
        held = open_only([one.after for one in outcome])
        members = [id_ for one in held for id_ in one.members]
        assert sorted(members) == sorted(sick), "each in one place"
        for one in held:
            assert all(set(sick[id_].roots) <= set(one.roots) for id_ in one.members)
        assert len({one.roots for one in held}) == len(held), "one conversation about one thing"
        fresh = {one.after.key for one in outcome if one.before is None}
        assert not fresh & keys
        keys |= fresh
        for key, place in taken_over(outcome).items():
            assert key != place
            assert any(one.key == place for one in held)


@pytest.mark.parametrize("causes", ["", "x"])
def test_a_conversation_goes_on_as_it_was_told(causes: str) -> None:
    (told,) = after([], bad("users"))
    (one,) = folded([replace(told, causes=causes, sequence=3)], bad("users"))
    assert (one.after.sequence, one.reason(causes)) == (3, None)


def test_for_who_hears_of_own_faults_alone_a_root_is_a_conversation_by_itself() -> None:
    assert by_own_faults(bad("a", "a", "b")).roots == ("a",)
    others = by_own_faults(bad("a", "b"))
    assert (others.enters, others.leaves) == (None, ALL)
    risk = Turn(product="a", enters=RISK, leaves=frozenset({EPISODE}), roots=("a",))
    assert by_own_faults(risk) == replace(risk, enters=None)
    assert by_own_faults(good("a")) == good("a")
