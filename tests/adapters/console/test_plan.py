"""A plan as text, markdown and JSON; the pages as a whole are in `golden/`."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.console.plan import plan_as_json, plan_as_text, summary
from datahub_dataproducts.adapters.console.plan_markdown import LONGEST, plan_as_markdown
from datahub_dataproducts.application.plan import (
    Action,
    DatasetPlan,
    Meaning,
    Plan,
    ProductPlan,
    Removal,
)
from datahub_dataproducts.domain.field_changes import ChangeKind, FieldChange
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity

GOLDEN = Path(__file__).parent / "golden"
ADDED, REMOVED, CHANGED, KEPT = ChangeKind
WRONG = Problem(
    code="unknown-input",
    severity=ProblemSeverity.ERROR,
    location=Location("data_products/churn.yml", 3, 9),
    message='no product has the id "user|s"',
    remedy='did you mean "users"?',
    product="churn",
)


def change(field: str, kind: ChangeKind, item: str = "", **values: str) -> FieldChange:
    return FieldChange(field=field, kind=kind, item=item, **values)


def a_plan(*products: ProductPlan, **fields: Any) -> Plan:
    given: dict[str, Any] = {
        "datasets": (),
        "unchanged": (),
        "left_out": (),
        "removal": Removal.ON,
        "problems": (),
        **fields,
    }
    return Plan(products=products, **given)


def changed(*changes: FieldChange, id_: str = "users", title: str = "Users") -> ProductPlan:
    return ProductPlan(id=id_, title=title, action=Action.CHANGE, changes=changes)


REVENUE = ProductPlan(
    id="revenue",
    title="Revenue",
    action=Action.CREATE,
    changes=(
        change("display_name", ADDED, after="Revenue"),
        change("owners", ADDED, "ana as BUSINESS_OWNER"),
        change("owners", ADDED, "group finance as TECHNICAL_OWNER"),
        change("assets", ADDED, "fct_revenue"),
        change("contract", ADDED, "fct_revenue is built by dbt"),
        change("contract", ADDED, "fct_revenue passes unique on id (a failure is a warning)"),
        change("assertions", ADDED, "fct_revenue is built by dbt"),
        change("links", ADDED, "https://wiki.example.com/a_b", after="How to"),
    ),
    meanings=(Meaning.WATCHED, Meaning.ANNOUNCED),
)
USERS = ProductPlan(
    id="users",
    title="Users",
    action=Action.CHANGE,
    changes=(
        change("description", CHANGED, before="All | of\nthem", after="All <b>of</b> `them`"),
        change("description", CHANGED, "the promises in it", before="x", after="y"),
        change("owners", KEPT, "bo as BUSINESS_OWNER", because="write_semantics is PATCH"),
        change("contract", CHANGED, before="dim by 08:00", after="dim by 07:30"),
        change("contract", CHANGED, "dim is built: impact", before="blocking", after="warning"),
        change("assertions", CHANGED, "dim is built"),
        change(
            "assertions",
            KEPT,
            "dim is fresh",
            because="the recipe has no stateful ingestion that removes",
        ),
        change("timezone", REMOVED, before="Europe/Amsterdam"),
        change("tags", REMOVED, "pii"),
        change("type", KEPT, "Metric", because="an ingest takes no type away"),
    ),
    meanings=(Meaning.JUDGED_OTHERWISE,),
)
WHOLE = a_plan(
    REVENUE,
    ProductPlan(id="orders", title="orders", action=Action.TAKE_OVER, changes=()),
    USERS,
    ProductPlan(id="old", title="Old", action=Action.REMOVE, meanings=(Meaning.REMOVED,)),
    ProductPlan(id="theirs", title="Theirs", action=Action.LEAVE, because=Removal.ERRORS),
    datasets=(
        DatasetPlan(
            urn="urn:li:dataset:x",
            name="fct_revenue",
            changes=(
                change("owners", ADDED, "ana as TECHNICAL_OWNER"),
                change("data contract", ADDED, after="2 promises"),
            ),
        ),
    ),
    unchanged=("a", "b"),
    left_out=("churn",),
    removal=Removal.ERRORS,
    problems=(WRONG,),
)


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("plan.txt", plan_as_text(WHOLE, "catalog.db (DataHub Lite)")),
        ("plan.md", plan_as_markdown(WHOLE, "catalog.db (DataHub Lite)")),
        ("plan.json", plan_as_json(WHOLE, "catalog.db (DataHub Lite)")),
    ],
)
def test_a_page_is_as_it_was_looked_at(file: str, page: str) -> None:
    assert f"{page}\n" == (GOLDEN / file).read_text(encoding="utf-8")


def test_without_changes_there_is_a_line_and_no_more() -> None:
    text = plan_as_text(a_plan(unchanged=("a",)), "x.db")
    assert text == (
        "Compared with x.db\n\nPlan: 0 to create, 0 to change, 0 to remove, 1 unchanged."
    )
    assert summary(a_plan()) == "Plan: 0 to create, 0 to change, 0 to remove, 0 unchanged."


def test_colours_are_those_of_what_happens() -> None:
    text = plan_as_text(WHOLE, "x.db", colour=True)
    assert "\x1b[32m+\x1b[0m" in text
    assert re.sub(r"\x1b\[\d+m", "", text) == plan_as_text(WHOLE, "x.db")


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    one = changed(change("description", ADDED, after="a\x1b[31m\rb\u202e"), title="\x1b]0;x\x07")
    text = plan_as_text(a_plan(one), "x.db")
    assert all(c.isprintable() for c in text.replace("\n", ""))


def test_long_values_are_cut_to_where_they_differ() -> None:
    begin = "same " * 100
    one = changed(change("description", CHANGED, before=f"{begin}old", after=f"{begin}new"))
    line = plan_as_text(a_plan(one), "x.db").splitlines()[3]
    assert line == (
        '    ~ description: "...same same same same same same old" -> '
        '"...same same same same same same new"'
    )
    [added] = [
        text
        for text in plan_as_text(
            a_plan(changed(change("description", ADDED, after=begin))), "x.db"
        ).splitlines()
        if "description" in text
    ]
    assert added.endswith('..."')
    assert len(added) < 200


def test_one_text_that_goes_on_as_the_other_is_cut_where_that_ends() -> None:
    begin = "same " * 100
    one = changed(change("description", CHANGED, before=begin.strip(), after=f"{begin}more"))
    assert 'same more"' in plan_as_text(a_plan(one), "x.db")


def test_many_that_stay_are_counted() -> None:
    left = [
        ProductPlan(id=f"p{n}", title="", action=Action.LEAVE, because=Removal.UNSAID)
        for n in range(12)
    ]
    text = plan_as_text(a_plan(*left), "x.db")
    assert (
        "Not in these files: p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 2 more. They stay" in text
    )


def test_errors_say_that_nothing_is_removed_even_where_nothing_would_be() -> None:
    text = plan_as_text(a_plan(removal=Removal.ERRORS, problems=(WRONG,)), "x.db")
    assert "\n\nNothing is removed in this run, since there are errors.\n" in text


def test_names_and_numbers_call_nobody_and_link_nothing() -> None:
    one = changed(change("description", ADDED, after="ask @ana about #12, mail a@b.c"))
    page = plan_as_markdown(a_plan(one), "x.db")
    assert "@<!-- -->ana" in page
    assert "#<!-- -->12" in page
    assert "a@b.c" in page


def test_addresses_stay_links() -> None:
    one = changed(change("runbook", ADDED, after="https://wiki.example.com/_a_(b)?c=d_#e"))
    other = changed(change("runbook", ADDED, after="https://wiki.example.com/_a_?c=d_#e"))
    assert "https://wiki.example.com/_a_?c=d_#e |" in plan_as_markdown(a_plan(other), "x.db")
    assert "&#95;a&#95;" in plan_as_markdown(a_plan(one), "x.db")


texts = st.text(st.sampled_from("ab|`<>&*_~[]\\@#!$\n \x1b{}"), max_size=60)


@given(texts, texts)
def test_no_text_breaks_the_table_or_opens_html(before: str, after: str) -> None:
    one = changed(
        change("description", CHANGED, before=f"x{before}", after=f"y{after}"), title=after
    )
    page = plan_as_markdown(a_plan(one), "x.db")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert all(row.count("|") == 4 for row in rows)
    tags = set(re.findall(r"<[^>]*>?", page))
    ours = {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<!-- -->"}
    assert tags <= ours
    assert not set("`*\\") & set(page.partition("<details>")[2])


def many(count: int, size: int) -> Plan:
    value = "_<|" * size
    return a_plan(
        *(
            changed(
                change("description", ADDED, after=value), change("tags", ADDED, value), id_=f"p{n}"
            )
            for n in range(count)
        )
    )


@pytest.mark.parametrize(("count", "size"), [(1, 10), (1_000, 10), (50, 2_000), (3, 50_000)])
def test_a_comment_is_never_longer_than_github_takes(count: int, size: int) -> None:
    page = plan_as_markdown(many(count, size), "x.db")
    assert len(page) <= LONGEST
    shown = page.count("<details>")
    tail = f"... and {count - shown:,} more, for which there is no room here: "
    assert (tail in page) == (shown < count)
    assert page.count("</details>") == shown


def test_one_that_is_too_long_leaves_its_room_to_the_others() -> None:
    long = many(1, 50_000).products[0]
    short = changed(change("tags", ADDED, "pii"), id_="short")
    page = plan_as_markdown(a_plan(long, short), "x.db")
    assert "short (Users): to change" in page
    assert "... and 1 more" in page


def test_many_changes_of_one_product_are_counted() -> None:
    one = changed(*(change("links", ADDED, f"u{n}", after="w") for n in range(130)))
    page = plan_as_markdown(a_plan(one), "x.db")
    assert page.count("| links |") == 100
    assert "\n\n... and 30 more\n\n" in page


def test_many_problems_are_counted() -> None:
    page = plan_as_markdown(a_plan(problems=(WRONG,) * 25), "x.db")
    assert page.count("error&#91;unknown-input&#93;") == 20
    assert "- and 5 problems more: `datahub-dataproducts validate` shows all" in page


def test_as_json_everything_is_there_in_full() -> None:
    document = json.loads(plan_as_json(WHOLE, "x.db"))
    assert document["catalog"] == "x.db"
    assert document["summary"] == {
        "create": 1,
        "change": 2,
        "remove": 1,
        "unchanged": 2,
        "datasets": 1,
    }
    assert [p["action"] for p in document["products"]] == [
        "create",
        "take over",
        "change",
        "remove",
        "leave",
    ]
    assert document["products"][2]["changes"][0]["before"] == "All | of\nthem"
    assert document["problems"][0]["code"] == "unknown-input"
