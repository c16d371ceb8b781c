"""Letters as CloudEvents: the published form, and that no text changes it."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from datahub_dataproducts.adapters.webhook.event import CONTENT_TYPE, event_of
from datahub_dataproducts.domain.letters import ToPeople, Why
from datahub_dataproducts.domain.messages import Headline, Message, Meter, Paragraph, Tone
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import BAD_DAY, LETTERS, OPENED

SCHEMA = Path(__file__).parents[3] / "docs" / "webhook-data-v1.schema.json"


def written(letter: ToPeople, *, is_technical: bool = True) -> bytes:
    return event_of(dispatch_of(letter), mark="0123", source="/here", is_technical=is_technical)


def data_of(letter: ToPeople, *, is_technical: bool = True) -> Any:
    return json.loads(written(letter, is_technical=is_technical))["data"]


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(published)
    return Draft202012Validator(published)


@pytest.mark.parametrize("is_technical", [True, False])
@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_the_data_has_the_published_form(
    schema: Draft202012Validator, letter: ToPeople, *, is_technical: bool
) -> None:
    schema.validate(data_of(letter, is_technical=is_technical))


@pytest.mark.parametrize("why", Why)
def test_every_reason_is_in_the_published_form(schema: Draft202012Validator, why: Why) -> None:
    schema.validate(data_of(replace(OPENED, why=why)))


def test_the_published_form_forbids_what_is_not_of_it(schema: Draft202012Validator) -> None:
    for name, value in (("version", 2), ("why", "bored"), ("blocks", [{"kind": "song"}])):
        assert not schema.is_valid({**data_of(OPENED), name: value})


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_the_envelope_is_one_that_others_read(letter: ToPeople) -> None:
    message = HTTPMessage(headers={"content-type": CONTENT_TYPE}, body=written(letter))
    event = from_http_event(message)
    assert event.get_specversion() == "1.0"
    assert (event.get_id(), event.get_source()) == ("0123", "/here")
    time = event.get_time()
    assert time is not None
    assert time.timestamp() == letter.at / 1000
    assert event.get_datacontenttype() == "application/json"


def test_the_type_says_why() -> None:
    assert json.loads(written(OPENED))["type"] == "io.datahub-dataproducts.announcement.opened"
    assert json.loads(written(BAD_DAY))["type"] == "io.datahub-dataproducts.digest"
    changed = replace(OPENED, why=Why.CAUSE_CHANGED)
    assert json.loads(written(changed))["type"].endswith(".announcement.cause_changed")


def test_business_readers_get_no_details() -> None:
    told = data_of(OPENED, is_technical=False)
    assert told["details"] == []
    assert told["faults"] == []
    assert "urn:li:assertion" not in json.dumps(told)
    assert data_of(OPENED)["details"]


def test_nothing_is_rounded_up_to_the_whole() -> None:
    almost = Fraction(10**9 - 1, 10**9)
    meter = Meter(label="", share=almost, days=(None, almost, Fraction(-1, 3)))
    message = Message(subject="", tone=Tone.GOOD, blocks=(meter,))
    (block,) = data_of(replace(OPENED, message=message))["blocks"]
    assert block["share"] == 0.999999
    assert block["days"] == [None, 0.999999, -0.333334]


@given(st.text())
def test_no_text_changes_the_form(text: str) -> None:
    blocks = (Headline(text=text, tone=Tone.BAD), Paragraph(text=text))
    message = Message(subject=text, tone=Tone.BAD, blocks=blocks)
    told = data_of(replace(OPENED, text=text, message=message))
    assert told["subject"] == told["text"] == text
    assert told["blocks"] == [
        {"kind": "headline", "text": text, "tone": "bad"},
        {"kind": "paragraph", "text": text},
    ]


def test_half_a_character_stops_nothing() -> None:
    message = Message(subject="\ud83d", tone=Tone.BAD, blocks=())
    assert data_of(replace(OPENED, message=message))["subject"] == "?"


def test_what_is_of_no_product_has_its_conversation_as_subject() -> None:
    said = replace(OPENED, product="", conversation="datahub@1")
    assert json.loads(written(said))["subject"] == "datahub@1"
