"""Drafts as YAML: what the reader makes of it is what the draft says."""

from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from datahub_dataproducts.adapters.product_files.schema import product_file_schema
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.adapters.product_files.write import draft_text
from datahub_dataproducts.domain.assertions import MaxAge
from datahub_dataproducts.domain.documents import (
    AssetRef,
    ExposureRef,
    ModelRef,
    ProductDocument,
    Selection,
    SourceRef,
)
from datahub_dataproducts.domain.draft_promises import DraftPromise
from datahub_dataproducts.domain.drafts import DomainFrom, Draft
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.products import (
    BUSINESS_OWNER,
    TECHNICAL_OWNER,
    Lifecycle,
    Link,
    Owner,
    ProductType,
)
from tests.dbt_projects import user

EDITOR = Draft7Validator(product_file_schema())
PLAIN = Draft(
    id="revenue",
    name="Revenue",
    type=ProductType.METRIC,
    domain="finance",
    domain_from=DomainFrom.GROUP,
    assets=(ModelRef("fct_revenue"),),
    output_ports=(ModelRef("fct_revenue"),),
    promises=(DraftPromise(asset=ModelRef("fct_revenue"), build=True, moves_data=True),),
    reasons=("fct_revenue is in a marts folder",),
)

SUGGESTED = (
    *("owners:", "- {id:", "runbook:", "objective:", "freshness:"),
    *("- asset:", "  freshness:", "  impact:"),
)


def text_of(draft: Draft) -> str:
    return draft_text(draft, "product-file.schema.json")


def read(draft: Draft) -> ProductDocument:
    text = text_of(draft)
    parsed = parse_product_file(text, "a.yml", "UTC")
    assert parsed.problems == ()
    assert not list(EDITOR.iter_errors(yaml.safe_load(text))), "the editor is content too"
    (document,) = parsed.documents
    return document


def uncommented(text: str) -> str:
    """With every suggestion taken, as an editor uncomments lines; what asks in words stays out."""
    lines = []
    for line in text.splitlines():
        suggests = line.lstrip().startswith(tuple(f"# {key}" for key in SUGGESTED))
        lines.append(line.replace("# ", "", 1) if suggests else line)
    return (
        "\n".join(lines).replace("corpuser:...", "corpuser:x").replace("https://...", "https://x.y")
    )


def test_a_plain_draft_reads_as_a_colleague_would_write_it() -> None:
    assert text_of(PLAIN) == (
        """\
# yaml-language-server: $schema=product-file.schema.json
#
# A draft, made from what dbt says: fct_revenue is in a marts folder.
# Where it asks, fill in and take out the `#`. `datahub-dataproducts validate` checks it.

id: revenue  # by which other products name it; keep it, once published
display_name: Revenue
type: metric  # used by the business; `building_block` is used by other products
domain: finance  # the dbt group; is it called so in DataHub?
# description: What is it, of what is there one row each, what is it good for?

# Who answers for it; a live product has a business and a technical owner.
# owners:
  # - {id: urn:li:corpuser:..., type: BUSINESS_OWNER}  # who says what it must show?
  # - {id: urn:li:corpuser:..., type: TECHNICAL_OWNER}  # who mends it?

# What it consists of.
assets:
  - ref('fct_revenue')
# Those of the assets that others are to use.
output_ports:
  - ref('fct_revenue')

lifecycle: development  # `live` is the promise: then people are told when it is not healthy
# runbook: https://...  # what to do when it is not healthy; a live product has one
# objective: {target: 99%, window: 30d}  # how much of the time is it to be healthy?

# What is promised. `impact: warning` on a promise makes breaking it a risk, not a fault.
contract:
  - asset: ref('fct_revenue')
    build: true  # dbt builds it
    # By when must it be ready, on which days? Put your own time and time zone:
    # freshness: {ready_by: "08:00", timezone: Europe/Amsterdam, days: MON-FRI}
"""
    )


def test_what_a_draft_says_is_what_is_read() -> None:
    full = replace(
        PLAIN,
        description="Revenue per day.",
        owners=(user("ana", BUSINESS_OWNER), user("team")),
        assets=(SourceRef("stripe", "charges"), ModelRef("fct_revenue"), ExposureRef("board")),
        inputs=("orders", "users"),
        promises=(
            DraftPromise(asset=ModelRef("fct_revenue"), build=True, all_tests=True),
            DraftPromise(asset=ExposureRef("board"), tests=("same_sum", "no")),
            DraftPromise(asset=SourceRef("stripe", "charges"), max_age=36 * HOUR),
        ),
        links=(Link(url="https://x.example.com/1?a=b,c", description="Board: 1"),),
    )
    document = read(full)
    assert (document.id.value, document.name, document.type) == ("revenue", "Revenue", full.type)
    assert (document.domain.value, document.description) == ("finance", "Revenue per day.")
    assert document.lifecycle is Lifecycle.DEVELOPMENT
    assert [(o.id, o.type) for o in document.owners] == [(o.urn, o.type) for o in full.owners]
    assert [a.value for a in document.assets or ()] == list(full.assets)
    assert [p.value for p in document.output_ports] == list(full.output_ports)
    assert [i.product for i in document.inputs] == list(full.inputs)
    assert document.links == full.links
    built, shown, fresh = document.contract
    assert built.build
    assert built.tests is not None
    assert built.tests.by is Selection.ALL
    assert shown.tests is not None
    assert [word.value for word in shown.tests.words] == ["same_sum", "no"]
    assert fresh.freshness is not None
    assert fresh.freshness.value == MaxAge(age=36 * HOUR)


def test_every_suggestion_can_be_taken_as_it_stands() -> None:
    shared = DraftPromise(asset=SourceRef("shop", "orders"), max_age=DAY)
    for draft in (PLAIN, replace(PLAIN, owners=(user("ana"),)), replace(PLAIN, shared=(shared,))):
        text = uncommented(text_of(draft))
        parsed = parse_product_file(text, "a.yml", "UTC")
        assert [p.code for p in parsed.problems if p.is_error] == [], text
        (document,) = parsed.documents
        assert {o.type for o in document.owners} == {BUSINESS_OWNER, TECHNICAL_OWNER}
        assert document.contract[0].freshness is not None
        assert len(document.contract) == 1 + len(draft.shared)


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        (Owner(urn="urn:li:corpGroup:Data Team", type=TECHNICAL_OWNER), "corpGroup:Data Team"),
        (Owner(urn="urn:li:corpuser:ana", type="BOSS"), "corpuser:ana"),
        (Owner(urn="urn:li:corpuser:a\x00b", type=TECHNICAL_OWNER), "corpuser:a b"),
    ],
)
def test_an_owner_that_cannot_be_written_is_asked_about(owner: Owner, told: str) -> None:
    draft = replace(PLAIN, owners=(owner,))
    assert read(draft).owners == ()
    assert f"# dbt also says urn:li:{told}: who is that in DataHub?" in text_of(draft)


@pytest.mark.parametrize("url", ["see wiki", "http://", "https://x.example.com/\x07"])
def test_an_address_that_leads_nowhere_is_no_link(url: str) -> None:
    assert "institutional_memory" not in text_of(
        replace(PLAIN, links=(Link(url=url, description="x"),))
    )


@pytest.mark.parametrize(
    ("ref", "written"),
    [
        (ModelRef("a", "b"), "ref('b', 'a')"),
        (ModelRef("a", version="2"), "ref('a', v=2)"),
        (ModelRef("a", "b", "next"), "ref('b', 'a', v='next')"),
        (SourceRef("a: b", "c # d"), "\"source('a: b', 'c # d')\""),
        (ExposureRef("日本"), "\"exposure('日本')\""),
    ],
)
def test_assets_are_written_as_in_dbt_in_quotes_where_yaml_wants_them(
    ref: AssetRef, written: str
) -> None:
    draft = replace(PLAIN, assets=(ref,), output_ports=(ref,), promises=())
    assert f"  - {written}\n" in text_of(draft)
    assert [port.value for port in read(draft).output_ports] == [ref]


@pytest.mark.parametrize("word", ["no", "null", "1e3", "0x1f", "12", "on", "2024-01-01", "1_000"])
def test_words_that_yaml_reads_as_something_else_are_in_quotes(word: str) -> None:
    document = read(replace(PLAIN, id=word, name=word, domain=word, inputs=("y", "~")))
    assert (document.id.value, document.name, document.domain.value) == (word, word, word)
    assert [i.product for i in document.inputs] == ["y", "~"]


def test_a_product_of_nothing_but_a_dashboard_has_no_contract() -> None:
    draft = replace(PLAIN, assets=(ExposureRef("board"),), output_ports=(), promises=())
    assert "contract" not in text_of(draft)
    assert read(draft).contract == ()


@given(st.text(max_size=300))
def test_any_description_and_name_is_read_back_word_by_word(text: str) -> None:
    document = read(replace(PLAIN, description=text, name=text, reasons=(text,)))
    readable = "".join(sign if sign.isprintable() else " " for sign in text).split()
    told = (document.description or "").split()
    assert "".join(sign for word in told for sign in word if sign.isprintable()) == "".join(
        readable
    ).replace("\ufeff", "")
