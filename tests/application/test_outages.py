"""That the catalog is away is told once to those who mend, and once that it is back."""

from pathlib import Path

from datahub_dataproducts.application.outages import Outage, Reach
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from tests.application.stories import Story, posts
from tests.builders import AMSTERDAM, at, checked, product

SINCE = at("2026-03-03 06:00")
POLICY = TrackingPolicy(
    channels=("finance", "engineering", "on-call"),
    business=frozenset({"finance"}),
    zones={"engineering": AMSTERDAM},
)


def told(story: Story, outage: Outage, when: str) -> dict[str, list[str]]:
    """What is told of it by a process that knows nothing of what others told."""
    story.restart()
    story.tracker.tell_outage(outage, at(when))
    return {name: story.told(name) for name in story.channels}


def test_an_outage_is_told_once_however_many_processes_see_it_and_its_end_too(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path, [product("users", checked("u"))], policy=POLICY)
    nothing: dict[str, list[str]] = {name: [] for name in POLICY.channels}
    assert told(story, Outage(None), "2026-03-03 05:00") == nothing
    first = told(story, Outage(SINCE), "2026-03-03 07:00")
    assert first["finance"] == []
    assert [one.partition(". ")[0] for one in (*first["engineering"], *first["on-call"])] == [
        "blind: DataHub has not been reachable since Tue 3 Mar at 06:00",
        "blind: DataHub has not been reachable since Tue 3 Mar at 05:00",
    ]
    assert told(story, Outage(SINCE + MINUTE), "2026-03-03 08:00") == nothing
    over = told(story, Outage(None), "2026-03-03 09:00")
    assert over["finance"] == []
    assert over["engineering"] == over["on-call"] != []
    assert over["engineering"][0].startswith("seen again: DataHub is reachable again, after 3 h.")
    assert told(story, Outage(None), "2026-03-03 10:00") == nothing
    again = told(story, Outage(at("2026-03-04 06:00")), "2026-03-04 07:00")
    assert len(again["engineering"]) == 1


def test_its_end_is_the_next_letter_of_the_same_conversation(tmp_path: Path) -> None:
    story = Story(tmp_path, [product("users", checked("u"))], policy=POLICY)
    story.tracker.tell_outage(Outage(SINCE), at("2026-03-03 07:00"))
    story.tracker.tell_outage(Outage(None), at("2026-03-03 09:00"))
    begun, over = posts(story, "engineering")
    assert (begun.conversation, begun.sequence) == (over.conversation, 1)
    assert (over.sequence, over.is_last) == (2, True)


def test_what_is_told_of_no_product_is_nothing_wrong_with_the_store(tmp_path: Path) -> None:
    story = Story(tmp_path, [product("users", checked("u"))], policy=POLICY)
    told(story, Outage(SINCE), "2026-03-03 07:00")
    with story.store.auditing() as book:
        assert list(book.dangling()) == []


def test_it_is_news_when_nothing_got_through_for_an_hour() -> None:
    reach = Reach()
    assert reach.news(SINCE) is None
    reach.heard(SINCE, answered=False)
    reach.heard(SINCE + 30 * MINUTE, answered=False)
    assert reach.news(SINCE + HOUR - 1) is None
    assert reach.news(SINCE + HOUR) == Outage(SINCE)
    reach.told(Outage(SINCE))
    assert reach.news(SINCE + 2 * HOUR) is None
    reach.heard(SINCE + 3 * HOUR, answered=True)
    assert reach.news(SINCE + 3 * HOUR) == Outage(None)
    reach.told(Outage(None))
    assert reach.news(SINCE + 3 * HOUR) is None


def test_a_catalog_that_answers_now_and_then_is_not_away() -> None:
    reach = Reach()
    for minute in range(0, 180, 10):
        reach.heard(SINCE + minute * MINUTE, answered=minute % 50 == 0)
        assert reach.news(SINCE + minute * MINUTE) in (None, Outage(None))


def test_the_first_answer_after_a_start_may_be_the_end_of_what_another_process_told() -> None:
    reach = Reach()
    reach.heard(SINCE, answered=True)
    assert reach.news(SINCE) == Outage(None)
