"""Messages as Block Kit: within Slack's limits, whatever they say."""

import json
from typing import Any

import pytest
from hypothesis import given

from datahub_dataproducts.adapters.slack.blocks import block_kit, fallback, with_details
from datahub_dataproducts.domain.messages import (
    Block,
    Breach,
    Breaches,
    Fact,
    Facts,
    Headline,
    Item,
    Items,
    Link,
    Links,
    Message,
    Meter,
    Paragraph,
    Tone,
)
from tests.integration.slack.block_rules import fault_of
from tests.message_strategies import MESSAGES
from tests.messages_by_hand import FIFTY_AFFECTED, LETTERS, OPENED

MANY = tuple(Item(text=f"Product {n}", note="n" * 900) for n in range(500))


def text_of(blocks: list[dict[str, object]]) -> str:
    return json.dumps(blocks, ensure_ascii=False)


@pytest.mark.parametrize("name", LETTERS)
def test_slack_would_take_it(name: str) -> None:
    message = LETTERS[name].shown
    for blocks in (block_kit(message.blocks), block_kit(message.details), with_details(message)):
        assert not fault_of(blocks)


@given(MESSAGES)
def test_slack_would_take_anything(message: Message) -> None:
    for blocks in (block_kit(message.blocks), block_kit(message.details), with_details(message)):
        assert not fault_of(blocks)
        assert "<!" not in text_of(blocks)
    assert len(fallback(message)) <= 3_000


@pytest.mark.parametrize(
    "block",
    [
        Headline(text="h" * 9_999, tone=Tone.BAD),
        Paragraph(text="&" * 9_999),
        Facts(facts=(Fact(label="l" * 9_999, value="v" * 9_999),) * 99),
        Items(title="t" * 9_999, items=MANY),
        Meter(label="m" * 9_999, share=None),
        Links(links=(Link(label="l" * 9_999, target="https://x/"),) * 99),
        Links(links=(Link(label="l", target=f"https://x/{'y' * 9_999}"),)),
        Breaches(
            breaches=(Breach(title="t", facts=(Fact(label="l", value="v" * 999),) * 99),) * 99
        ),
    ],
)
def test_the_longest_of_each_is_cut(block: Block) -> None:
    assert not fault_of(block_kit([block]))
    assert not fault_of(block_kit([block] * 60))


def test_what_is_left_out_is_said() -> None:
    blocks = block_kit([Paragraph(text="p")] * 60)
    assert len(blocks) == 50
    assert "The rest is too long for Slack" in text_of(blocks[-1:])


def test_fifty_products_hit_at_once_read_well() -> None:
    blocks = block_kit(FIFTY_AFFECTED.shown.blocks)
    (listed,) = (one for one in blocks if "Also unhealthy" in text_of([one]))
    lines = listed["text"]["text"].splitlines()  # type: ignore[index]
    assert lines[0] == "*Also unhealthy*"
    assert lines[-1] == "and 30 more"
    assert len(lines) == 22


def test_each_item_has_sign_and_word() -> None:
    items = (Item(text="Churn", tone=Tone.RISK), Item(text="Users"))
    (block,) = block_kit([Items(title="Others", items=items)])
    assert block["text"]["text"] == "*Others*\n• 🟠 Churn: at risk\n• Users"  # type: ignore[index]


def test_what_says_nothing_is_no_block() -> None:
    empty: list[Block] = [
        Headline(text="", tone=Tone.PLAIN),
        Paragraph(text="\x00"),
        Facts(facts=()),
        Links(links=(Link(label="", target="https://x/"), Link(label="x", target=""))),
        Breaches(breaches=()),
    ]
    assert block_kit(empty) == []


def test_people_are_mentioned_behind_their_names() -> None:
    jane = "urn:li:corpuser:jane"
    facts = Facts(facts=(Fact(label="Owner", value="Jane", people=(jane, "urn:li:corpuser:x")),))
    (block,) = block_kit([facts], {jane: "U0J"})
    (field,) = block["fields"]  # type: ignore[misc]
    said: Any = field
    assert said["text"] == "*Owner*\nJane <@U0J>"


def test_the_page_of_a_name_is_beside_it() -> None:
    page = "https://hub.example.com/dataset/x"
    facts = (
        Fact(label="Asset", value="db.stg__x", target=page, is_code=True),
        Fact(label="Run", value="a__b", is_code=True),
        Fact(label="Far", value="c", target=f"https://x/{'y' * 9_999}", is_code=True),
    )
    (block,) = block_kit([Breaches(breaches=(Breach(title="x", facts=facts),))])
    assert block["text"]["text"] == (  # type: ignore[index]
        f"x\n*Asset* `db.stg__x` (<{page}|open>)\n*Run* `a__b`\n*Far* `c`"
    )


def test_without_a_thread_the_evidence_is_below() -> None:
    blocks = with_details(OPENED.shown)
    kinds = [one["type"] for one in blocks]
    assert kinds.index("divider") == len(block_kit(OPENED.shown.blocks))
    assert with_details(LETTERS["quiet_day"].shown) == block_kit(LETTERS["quiet_day"].shown.blocks)
