"""Slack by an incoming webhook: every answer there is."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from datahub_dataproducts.adapters.slack.webhook import SlackWebhookChannel
from datahub_dataproducts.adapters.web import Address, Patience
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry
from tests.answering import AnsweringServer, Reply
from tests.integration.slack.block_rules import fault_of
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import CLOSED, LETTERS, OPENED, SECOND_CAUSE

SECRET = "services/T0TEAM/B0HOOK/aVerySecretEnd"
OK = Reply(body=b"ok")


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer(OK) as listening:
        yield listening


def channel(server: AnsweringServer, *, technical: bool = True) -> SlackWebhookChannel:
    patience = Patience(connect=2, read=0.3)
    return SlackWebhookChannel(
        Address(f"{server.url}/{SECRET}", who="Slack", patience=patience), is_technical=technical
    )


def test_every_letter_is_a_message_of_its_own_with_the_evidence_below(
    server: AnsweringServer,
) -> None:
    for letter in (OPENED, SECOND_CAUSE, CLOSED):
        assert channel(server).post(dispatch_of(letter)) == Delivered()
    first, _, last = (json.loads(posted.body) for posted in server.received)
    assert "freshness-dim-users" in json.dumps(first["blocks"])
    assert "recovered" in last["text"]


def test_business_readers_get_no_evidence(server: AnsweringServer) -> None:
    channel(server, technical=False).post(dispatch_of(OPENED))
    assert b"urn:li" not in server.received[0].body


@pytest.mark.parametrize("name", LETTERS)
def test_slack_would_take_it_a_second_time_too(server: AnsweringServer, name: str) -> None:
    channel(server).post(replace(dispatch_of(LETTERS[name]), is_uncertain=True))
    blocks = json.loads(server.received[0].body)["blocks"]
    assert not fault_of(blocks)
    assert "may have been told before" in json.dumps(blocks)


@pytest.mark.parametrize(
    ("status", "word", "says"),
    [
        (400, "invalid_payload", "does not take the message"),
        (404, "channel_not_found", "make a webhook for another"),
        (404, "no_service", "make another"),
        (404, "no_team", "in another"),
        (410, "channel_is_archived", "archived"),
    ],
)
def test_what_will_never_be_taken_is_refused_with_what_to_do(
    server: AnsweringServer, status: int, word: str, says: str
) -> None:
    server.posts.replies = [Reply(status=status, body=word.encode())]
    receipt = channel(server).post(dispatch_of(OPENED))
    assert isinstance(receipt, Refused)
    assert receipt.reason.startswith(f"Slack (localhost) answers {status}: {word}: ")
    assert says in receipt.reason


def test_what_somebody_can_mend_is_kept_for_later(server: AnsweringServer) -> None:
    server.posts.replies = [Reply(status=403, body=b"action_prohibited")]
    receipt = channel(server).post(dispatch_of(OPENED))
    assert isinstance(receipt, Retry)
    assert "rules of the workspace" in receipt.reason


def test_it_may_ask_to_slow_down(server: AnsweringServer) -> None:
    server.posts.replies = [
        Reply(status=429, headers=(("Retry-After", "30"),), body=b"rate_limited")
    ]
    assert channel(server).post(dispatch_of(OPENED)) == Retry(
        "Slack (localhost) answers 429: it asks to slow down", 30_000
    )


@pytest.mark.parametrize(
    "lost",
    [
        Reply(resets=True),
        Reply(silent=True),
        Reply(status=500, body=b"rollup_error"),
        Reply(body=b"<html>sign in here"),
    ],
)
def test_what_may_have_arrived_is_told_again_and_says_so(
    server: AnsweringServer, lost: Reply
) -> None:
    server.posts.replies = [lost, OK]
    receipt = channel(server).post(dispatch_of(OPENED))
    assert isinstance(receipt, Retry)
    assert receipt.may_have_arrived
    again = replace(dispatch_of(OPENED), is_uncertain=True)
    assert channel(server).post(again) == Delivered()


def test_what_is_not_taken_as_blocks_is_told_as_text(server: AnsweringServer) -> None:
    server.posts.replies = [Reply(status=400, body=b"invalid_blocks"), OK]
    assert channel(server).post(dispatch_of(OPENED)) == Delivered()
    said = json.loads(server.received[1].body)
    assert said["text"] == OPENED.text
    assert "blocks" not in said


def test_a_redirect_is_not_followed(server: AnsweringServer) -> None:
    with AnsweringServer(OK) as elsewhere:
        server.posts.replies = [Reply(status=308, headers=(("Location", elsewhere.url),))]
        assert isinstance(channel(server).post(dispatch_of(OPENED)), Refused)
        assert not elsewhere.received


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 429, 500])
def test_nothing_that_is_answered_brings_out_the_address(
    server: AnsweringServer, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="datahub_dataproducts")
    echo = f"{server.url}/{SECRET} aVerySecretEnd".encode()
    server.posts.replies = [Reply(status=status, headers=(("Retry-After", SECRET),), body=echo)]
    told = channel(server)
    receipt = told.post(dispatch_of(OPENED))
    assert isinstance(receipt, Retry | Refused)
    assert "Secret" not in f"{receipt!r} {told!r} {caplog.text}"
