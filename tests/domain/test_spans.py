"""Spans of time, and what holds in them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.spans import Span, joined, length, pieces, side_by_side

timelines = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from("abc")), max_size=8, unique_by=lambda s: s[0]
).map(sorted)
any_spans = st.lists(
    st.tuples(st.integers(-5, 45), st.integers(0, 12)).map(lambda s: (s[0], s[0] + s[1])),
    max_size=6,
)


def holding(timeline: list[tuple[int, str]], instant: int) -> str | None:
    begun = [what for at, what in timeline if at <= instant]
    return begun[-1] if begun else None


def test_pieces_are_what_holds_within_the_spans() -> None:
    timeline = [(10, "a"), (20, "b"), (30, "c")]
    assert list(pieces(timeline, [(0, 15), (18, 22), (25, 26), (29, 99)])) == [
        (10, 15, "a"),
        (18, 20, "a"),
        (20, 22, "b"),
        (25, 26, "b"),
        (29, 30, "b"),
        (30, 99, "c"),
    ]


def test_nothing_holds_before_a_timeline_begins_nor_in_none() -> None:
    assert list(pieces([(10, "a")], [(0, 10)])) == []
    assert list(pieces([], [(0, 10)])) == []
    assert list(pieces([(10, "a")], [])) == []


@given(timelines, any_spans)
def test_pieces_say_of_each_instant_what_holds_there(
    timeline: list[tuple[int, str]], spans: list[Span]
) -> None:
    apart = joined(spans)
    cut = list(pieces(timeline, apart))
    assert all(since < until for since, until, _ in cut)
    found = [(instant, what) for since, until, what in cut for instant in range(since, until)]
    assert found == [
        (instant, what)
        for since, until in apart
        for instant in range(since, until)
        if (what := holding(timeline, instant)) is not None
    ]


@given(any_spans)
def test_joined_spans_are_the_same_time_and_lie_apart(spans: list[Span]) -> None:
    apart = joined(spans)
    instants = {instant for since, until in spans for instant in range(since, until)}
    assert {i for since, until in apart for i in range(since, until)} == instants
    assert length(apart) == len(instants)
    assert all(since < until for since, until in apart)
    assert all(one[1] < other[0] for one, other in pairwise(apart))


@given(st.lists(timelines, max_size=4))
def test_side_by_side_each_timeline_holds_what_it_holds_alone(
    several: list[list[tuple[int, str]]],
) -> None:
    turns = dict(side_by_side(several))
    assert list(turns) == sorted({at for timeline in several for at, _ in timeline})
    for at, held in turns.items():
        assert held == tuple(holding(timeline, at) for timeline in several)
