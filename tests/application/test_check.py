"""Whether products are healthy enough, from what the store holds."""

from pathlib import Path

import pytest

from datahub_dataproducts.application.check import check
from datahub_dataproducts.domain.assertions import Impact, MaxAge, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.gates import Answer, GateRule
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.products import Input
from tests.application.stories import Story, otherwise_on_record
from tests.builders import AMSTERDAM, at, checked, freshness_assertion, product, result, update

USERS = product("users", checked("t"))
REVENUE = product("revenue", inputs=(Input(product="users"),))
HEALTHY = GateRule(require=Health.HEALTHY)
YES, NO, PERHAPS = Answer.AS_REQUIRED, Answer.NOT_AS_REQUIRED, Answer.CANNOT_TELL


@pytest.fixture
def story(tmp_path: Path) -> Story:
    here = Story(tmp_path, [USERS, REVENUE])
    here.hear(
        result("t", at("2026-03-02 06:00")), result("t", at("2026-03-03 06:00"), Outcome.FAILURE)
    )
    return here


def said(
    story: Story, when: str, *products: str, rule: GateRule = HEALTHY
) -> list[tuple[Answer, str]]:
    found = check(story.store, products, at(when), rule, AMSTERDAM)
    assert [one.product for one in found] == list(products)
    return [(one.answer, one.why) for one in found]


def test_each_product_is_answered_with_its_health_and_the_reason(story: Story) -> None:
    assert said(story, "2026-03-02 12:00", "revenue") == [(YES, "healthy since today at 06:00")]
    assert said(story, "2026-03-04 12:00", "revenue", "users") == [
        (NO, "unhealthy since yesterday at 06:00: its input Users fails a check"),
        (NO, "unhealthy since yesterday at 06:00: fct fails a check"),
    ]


def test_before_anything_was_heard_it_cannot_be_told(story: Story) -> None:
    why = "unknown: its input Users has not been checked yet"
    assert said(story, "2026-03-01 12:00", "revenue") == [(PERHAPS, why)]


def test_a_product_that_is_not_there_cannot_be_told(story: Story) -> None:
    assert said(story, "2026-03-02 12:00", "userz", "what is this") == [
        (PERHAPS, 'there is no such product; did you mean "users"?'),
        (PERHAPS, "there is no such product"),
    ]


def test_knowledge_is_as_old_as_the_latest_the_store_speaks_of(story: Story) -> None:
    rule = GateRule(require=Health.HEALTHY, max_age=6 * HOUR)
    assert said(story, "2026-03-03 12:00", "users", rule=rule)[0][0] is NO
    assert said(story, "2026-03-03 12:01", "users", rule=rule) == [
        (PERHAPS, "what is known of it is 6 h 1 min old, and 6 h is the most that is allowed")
    ]


def test_that_time_has_passed_is_no_knowledge(tmp_path: Path) -> None:
    story = Story(tmp_path, [product("users", freshness_assertion("x", MaxAge(age=DAY)))])
    story.hear(update("x", at("2026-03-02 06:00")))
    assert said(story, "2026-03-04 06:00", "users")[0][0] is NO
    rule = GateRule(require=Health.HEALTHY, max_age=36 * HOUR)
    assert said(story, "2026-03-04 06:00", "users", rule=rule)[0][0] is PERHAPS


def test_at_risk_will_do_where_that_is_asked_for(tmp_path: Path) -> None:
    story = Story(tmp_path, [product("users", checked("t", impact=Impact.WARNING))])
    story.hear(result("t", at("2026-03-02 06:00"), Outcome.FAILURE))
    why = "at risk since today at 06:00: fct fails a check"
    lenient = GateRule(require=Health.AT_RISK)
    assert said(story, "2026-03-02 12:00", "users") == [(NO, why)]
    assert said(story, "2026-03-02 12:00", "users", rule=lenient) == [(YES, why)]


def test_a_time_without_known_causes_says_so(story: Story) -> None:
    otherwise_on_record(story, "users", "2026-03-02 12:00")
    why = "unknown since today at 12:00: the causes of that time are not known"
    assert said(story, "2026-03-02 18:00", "users") == [(PERHAPS, why)]


def test_a_product_that_was_away_cannot_be_told(story: Story) -> None:
    story.define(REVENUE, when="2026-03-05 00:00")
    story.define(REVENUE, USERS, when="2026-03-07 00:00")
    why = "there is no such product at that moment, but at others"
    assert said(story, "2026-03-06 00:00", "users") == [(PERHAPS, why)]
    assert said(story, "2026-03-07 00:00", "users")[0][0] is NO
