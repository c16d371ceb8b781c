"""Explanations as people and programs read them, whole."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.console.explanation_json import explanation_as_json
from datahub_dataproducts.adapters.console.explanation_mermaid import explanation_as_mermaid
from datahub_dataproducts.adapters.console.explanations import explanation_as_text
from datahub_dataproducts.application.explain import explain
from datahub_dataproducts.domain.assertions import Deadline, Impact, MaxAge, Outcome
from datahub_dataproducts.domain.corrections import CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.explanations import Explanation
from datahub_dataproducts.domain.products import BurnRule, Input, Objective
from datahub_dataproducts.domain.schedules import Schedule
from tests.application.stories import Story, otherwise_on_record
from tests.builders import (
    AMSTERDAM,
    at,
    checked,
    correction,
    freshness_assertion,
    product,
    result,
    update,
)

GOLDENS = Path(__file__).parent / "explained"
DAILY = Deadline(schedule=Schedule(times=(480,), timezone=AMSTERDAM))
NOT_NULL = replace(
    checked("not_null", expect_every=3 * DAY),
    asset_name="dim_users",
    promise="passes not_null on user_id",
)
USERS = product(
    "users",
    freshness_assertion("dim_users", DAILY),
    NOT_NULL,
    checked("never", impact=Impact.WARNING),
)
REVENUE = product(
    "revenue", checked("r"), inputs=(Input(product="users"), Input(product="rates", required=False))
)
RATES = product("rates", freshness_assertion("rates", MaxAge(age=DAY)))


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    here = Story(tmp_path, [USERS, REVENUE, RATES])
    here.hear(
        update("dim_users", at("2026-03-02 06:00")),
        result("not_null", at("2026-03-02 06:00"), run="monday"),
        result("r", at("2026-03-02 06:10"), run="monday"),
        result("not_null", at("2026-03-03 06:00"), Outcome.FAILURE, run="tuesday"),
    )
    yield here
    here.store.close()


def explained(story: Story, when: str = "2026-03-03 09:00", id_: str = "revenue") -> Explanation:
    found = explain(story.store, id_, at(when), AMSTERDAM)
    assert isinstance(found, Explanation)
    return found


@pytest.mark.parametrize("moment", ["bad", "good", "before"])
def test_the_text_is_the_one_that_was_read_and_found_good(story: Story, moment: str) -> None:
    when = {"bad": "2026-03-03 09:00", "good": "2026-03-02 12:00", "before": "2026-03-01 12:00"}
    golden = (GOLDENS / f"{moment}.txt").read_text(encoding="utf-8")
    assert explanation_as_text(explained(story, when[moment])) + "\n" == golden


def test_the_json_is_the_one_that_was_read_and_found_good(story: Story) -> None:
    golden = (GOLDENS / "bad.json").read_text(encoding="utf-8")
    assert explanation_as_json(explained(story)) + "\n" == golden


def test_the_flowchart_is_the_one_that_mermaid_was_seen_to_render(story: Story) -> None:
    golden = (GOLDENS / "bad.mmd").read_text(encoding="utf-8")
    assert explanation_as_mermaid(explained(story)) + "\n" == golden


def test_a_time_of_which_the_causes_are_not_known_is_told_without_them(story: Story) -> None:
    otherwise_on_record(story, "users", "2026-03-02 11:00")
    found = explained(story, "2026-03-02 12:00", "users")
    told = json.loads(explanation_as_json(found))
    assert (told["is_explained"], told["causes"], told["not_known"]) == (False, [], "")
    assert told["because"] == "the causes of that time are not known"
    assert "Because of" not in explanation_as_text(found)


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path) -> None:
    story = Story(tmp_path, [product("p", checked("t"), name="Bad\x1b[31m\nName")])
    assert "\x1b" not in explanation_as_text(explained(story, id_="p"))
    assert "Bad [31m Name (p) on Tue" in explanation_as_text(explained(story, id_="p"))
    story.store.close()


# Mermaid.

NODE = re.compile(r'    (p\d+(?:a\d+|kept)?)\["((?:[\w .,:;()/\-+=]|<br>|#\d+;)*)"\]:::([A-Z_]+)')
EDGE = re.compile(r'    (p\d+) (?:-->|-\.->)(?:\|"[a-z ]+"\|)? (p\d+(?:a\d+|kept)?)')
STYLE = re.compile(r"    classDef ([A-Z_]+) (?:fill|stroke|color):#[0-9a-f]{6}[\w:#,]*")


def parts(chart: str) -> tuple[dict[str, str], list[tuple[str, str]], set[str]]:
    """Boxes with their looks, lines and the looks there are; each line is one of these."""
    first, *lines = chart.splitlines()
    assert first == "flowchart LR"
    nodes, edges, looks = {}, [], set()
    for line in lines:
        if node := NODE.fullmatch(line):
            assert node[1] not in nodes
            nodes[node[1]] = node[3]
        elif edge := EDGE.fullmatch(line):
            edges.append((edge[1], edge[2]))
        else:
            style = STYLE.fullmatch(line)
            assert style is not None, line
            looks.add(style[1])
    return nodes, edges, looks


@pytest.mark.parametrize("when", ["2026-03-01 12:00", "2026-03-02 12:00", "2026-03-03 09:00"])
def test_a_flowchart_is_one_tree_whose_boxes_all_have_a_look(story: Story, when: str) -> None:
    nodes, edges, looks = parts(explanation_as_mermaid(explained(story, when)))
    assert set(nodes.values()) <= looks
    assert {end for edge in edges for end in edge} == set(nodes)
    assert {target for _, target in edges} == set(nodes) - {"p0"}


@pytest.mark.parametrize(
    "name",
    [
        'Say "hi"',
        "a]b[c",
        "`code`",
        "#35;",
        "<script>",
        "end",
        "%% no",
        "Zürich 東京",
        "a|b",
        "1. one",
        "- x",
    ],
)
def test_no_name_breaks_the_flowchart(tmp_path: Path, name: str) -> None:
    story = Story(tmp_path, [product("p", checked("t"), name=name)])
    chart = explanation_as_mermaid(explained(story, id_="p"))
    nodes, edges, _ = parts(chart)
    assert (set(nodes), edges) == ({"p0", "p0a0"}, [("p0", "p0a0")])
    label = chart.splitlines()[1].partition('["')[2].partition("<br>")[0]
    assert re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label) == name
    story.store.close()


def test_a_corrected_moment_says_so_in_every_form(story: Story) -> None:
    known = correction(CorrectionKind.FALSE_ALARM, "2026-03-03 08:00", "2026-03-03 10:00")
    found = replace(explained(story), corrections=(known,))
    said = "2026-03-03 08:00 to 2026-03-03 10:00, a false alarm, good: as known (ana)"
    assert explanation_as_text(found).splitlines()[4] == f"Corrected: Users {said}"
    assert json.loads(explanation_as_json(found))["corrections"][0]["author"] == "ana"
    boxes = [line for line in explanation_as_mermaid(found).splitlines() if "corrected" in line]
    assert len(boxes) == 1
    assert boxes[0].strip().startswith("p1[")


def test_a_budget_that_is_spent_too_fast_is_told(tmp_path: Path) -> None:
    rule = BurnRule(rate=Fraction(10), long=HOUR, short=HOUR // 12)
    aim = Objective(
        target=Fraction(99, 100), window=DAY, burn=(rule, replace(rule, rate=Fraction(101)))
    )
    here = Story(tmp_path, [replace(product("p", checked("t")), objective=aim)])
    here.hear(result("t", at("2026-03-03 06:00"), Outcome.FAILURE))
    found = explained(here, "2026-03-03 09:00", "p")
    assert explanation_as_text(found).count("too fast:") == 1
    assert (
        "It spends its error budget too fast: 100 times over 1 h and 100 times over 5 min, "
        "10 times is too fast."
    ) in explanation_as_text(found)
    told = json.loads(explanation_as_json(found))["spending"]
    assert [burn["fires"] for burn in told["burn"]] == [True, False]
    assert told["bad_after_deadlines"] == []
