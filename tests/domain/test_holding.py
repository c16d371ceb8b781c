"""Who takes care, heard late, twice and in any order: of what they knew, the last word counts."""

from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.held_news import Acknowledgement, Held
from datahub_dataproducts.domain.holding import is_cared_for, taken_up, with_news

HERE = Conversation(
    channel="console",
    key="users@100",
    kind=Kind.EPISODE,
    roots=("users",),
    opened_at=100,
    members=("users",),
    news_at=110,
)
ANA = Acknowledgement(by="ana", note="investigating", at=150)
TOLD = replace(HERE, acknowledged=replace(ANA, is_told=True))

# Each instant is of one version of the incident, which one person wrote.
words = st.dictionaries(
    st.integers(90, 200),
    st.tuples(st.sampled_from(["ana", "ben"]), st.sampled_from(["investigating", "fixed"])),
    max_size=4,
)


def hear(here: Conversation, *said: Acknowledgement) -> Conversation:
    for one in said:
        here = taken_up(here, one) or here
    return here


def care(here: Conversation) -> tuple[str, str, int] | None:
    taken = here.acknowledged
    return None if taken is None else (taken.by, taken.note, taken.at)


def test_who_takes_it_up_is_to_be_told_at_once() -> None:
    assert taken_up(HERE, ANA) == replace(HERE, acknowledged=ANA, look_at=150)


def test_what_waits_to_be_told_is_not_told_before_its_time() -> None:
    held = replace(HERE, held=Held(since=120, said=(), is_quiet=True), look_at=900)
    assert taken_up(held, ANA) == replace(held, acknowledged=ANA)


def test_what_is_heard_again_is_no_news() -> None:
    assert taken_up(TOLD, ANA) is None
    assert taken_up(TOLD, replace(ANA, by="ben", at=149)) is None


def test_who_is_a_stage_further_is_told_of_no_second_time() -> None:
    further = replace(ANA, note="work in progress", at=160)
    assert taken_up(TOLD, further) == replace(
        HERE, acknowledged=replace(further, is_told=True), look_at=None
    )


def test_who_takes_over_is_told() -> None:
    ben = replace(ANA, by="ben", at=160)
    assert taken_up(TOLD, ben) == replace(HERE, acknowledged=ben, look_at=160)


def test_who_spoke_before_it_opened_did_not_speak_of_it() -> None:
    assert taken_up(HERE, replace(ANA, at=99)) is None
    assert taken_up(HERE, replace(ANA, at=100)) is not None


def test_of_what_broke_since_somebody_spoke_nobody_takes_care() -> None:
    assert not is_cared_for(HERE)
    assert is_cared_for(TOLD)
    assert is_cared_for(replace(TOLD, news_at=None))
    assert is_cared_for(with_news(TOLD, 150))
    assert with_news(TOLD, 151) == replace(TOLD, news_at=151), "what was said goes on being said"
    assert not is_cared_for(with_news(TOLD, 151))
    # What was held back since then broke later.
    assert with_news(replace(TOLD, news_at=160), 140) == replace(TOLD, news_at=160)


def test_who_spoke_of_what_broke_before_is_told_again_to_take_care_of_what_broke_since() -> None:
    again = replace(ANA, note="both", at=170)
    assert taken_up(with_news(TOLD, 160), again) == replace(
        HERE, news_at=160, acknowledged=again, look_at=170
    )


@given(words, st.integers(100, 200))
def test_neither_order_nor_repetition_matters(
    told: dict[int, tuple[str, str]], news_at: int
) -> None:
    said = [Acknowledgement(by=by, note=note, at=at) for at, (by, note) in told.items()]
    in_order = sorted(said, key=lambda one: one.at)
    wanted = care(with_news(hear(HERE, *in_order), news_at))
    for order in permutations(said):
        for split in range(len(order) + 1):
            before, after = order[:split], order[split:]
            here = with_news(hear(HERE, *before, *before), news_at)
            assert care(hear(here, *after, *order)) == wanted
