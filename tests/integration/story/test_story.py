"""The scenario that must always work, by real processes: what each reader sees is a kept story.

What differs is read aloud, as the reader would, before `make goldens` makes it anew.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.message_words import MAYBE_TWICE
from tests.integration.gms.server import Gms
from tests.integration.story.days import Days
from tests.integration.story.kept import KEPT, READERS, everything, story, there
from tests.integration.story.reading import lines_of
from tests.integration.story.receivers import Arrival, Receivers
from tests.integration.story.scenario import STAGES, Scenario

pytestmark = pytest.mark.whole

ANEW = "read what has changed, aloud, and run `make goldens`"
FIRST, SECOND, _ = STAGES


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    made = Days(tmp_path_factory.mktemp("days") / "demo")
    made.make(STAGES)
    return made


@contextmanager
def scenario(folder: Path, days: Days) -> Iterator[Scenario]:
    with Gms() as gms, Receivers(folder, folder / "health.db") as receivers:
        days.publish(gms)
        yield Scenario(folder, days, gms, receivers)
        assert not gms.unexpected


@pytest.fixture(scope="module")
def quiet(days: Days, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Played to its end, with nothing in its way."""
    with scenario(tmp_path_factory.mktemp("quiet"), days) as played:
        played.play(*STAGES)
        return played


def test_what_each_reader_sees_is_what_is_kept(quiet: Scenario) -> None:
    made = everything(quiet.log.arrivals)
    kept = there()
    for path, text in made.items():
        assert text == kept.get(path), f"{KEPT / path}: {ANEW}"
    assert kept.keys() == made.keys()


def test_everything_that_people_are_told_of_happens(quiet: Scenario) -> None:
    letters = [one.letter for one in quiet.log.arrivals]
    told = {one.why for one in letters if isinstance(one, Announcement)}
    assert told == set(Why) - {Why.STILL_OPEN}
    days = {one.day for one in letters if not isinstance(one, Announcement)}
    assert days == {f"2026-03-{day:02d}" for day in range(2, 11)}


def test_a_channel_has_one_message_per_cause_and_one_digest_a_day(quiet: Scenario) -> None:
    for channel in ("finance", "engineering"):
        posts = [
            one.letter.thread
            for one in quiet.log.arrivals
            if one.channel == channel and one.how == "post"
        ]
        assert len(posts) == len(set(posts))


def test_business_readers_see_no_sql_no_tests_and_no_names_of_assertions(quiet: Scenario) -> None:
    for one in quiet.log.arrivals:
        if one.channel not in {"engineering", "tickets"}:
            said = "\n".join(lines_of(one))
            for word in ("urn:li:", "test.analytics", "assertion", "select "):
                assert word not in said


def test_killed_at_any_point_readers_see_the_same(
    quiet: Scenario, days: Days, tmp_path: Path
) -> None:
    """Kills come after a send, before the answer; others wait to be sent at that moment.

    Slack's messages are found again and are the same. What Teams, mail and the webhook showed
    nobody can look up: it is there twice, and says so or has the same id.
    """

    def kill(channel: str, how: str, why: Why | None) -> Callable[[Arrival], bool]:
        def is_now(one: Arrival) -> bool:
            letter = one.letter
            return (one.channel, one.how) == (channel, how) and (
                letter.why if isinstance(letter, Announcement) else None
            ) is why

        return is_now

    kills = (
        kill("finance", "post", Why.OPENED),
        kill("engineering", "reply", None),
        kill("tickets", "event", Why.ACKNOWLEDGED),
        kill("growth", "card", Why.AFFECTED_CHANGED),
    )
    with scenario(tmp_path, days) as rough:
        assert rough.play(FIRST, SECOND, kills=kills) == len(kills)
    assert any(rough.log.waited), "each kill came when nothing was left to be sent"

    undisturbed = quiet.log.arrivals[: quiet.heard_by[SECOND]]
    once, again = seen_once(rough.log.arrivals)
    assert again == {"tickets": 1, "growth": 1}
    for channel in READERS:
        assert story(channel, once) == story(channel, undisturbed)


def seen_once(arrivals: Sequence[Arrival]) -> tuple[list[Arrival], Counter[str]]:
    """As a reader sees it who knows the same again, and how much of it came again, by channel."""
    kept: list[Arrival] = []
    again: Counter[str] = Counter()
    shown: dict[str, list[str]] = {}
    known: set[str] = set()
    for one in arrivals:
        lines = lines_of(one)
        if one.how == "edit" and lines == shown.get(one.place):
            continue
        if one.how in {"post", "edit"}:
            shown[one.place] = lines
        id_ = _id(one)
        if id_ in known or any(MAYBE_TWICE in line for line in lines):
            again[one.channel] += 1
            continue
        known |= {id_} if id_ else set()
        kept.append(one)
    return kept, again


def _id(one: Arrival) -> str:
    """By which a program knows it again; empty where there is nothing of the kind."""
    if one.how == "event":
        return str(one.said["id"])
    if one.how == "mail":
        return str(message_from_bytes(one.said, policy=policy.default)["Message-ID"])
    return ""
