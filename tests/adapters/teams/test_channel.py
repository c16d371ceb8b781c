"""Teams by the webhook of a workflow: every answer there is."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from datahub_dataproducts.adapters.teams.channel import TeamsChannel
from datahub_dataproducts.adapters.web import Address, Patience
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry
from tests.answering import AnsweringServer, Reply
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import CLOSED, OPENED, SECOND_CAUSE

SECRET = "workflows/0a/triggers/manual/paths/invoke?sp=%2Ftriggers&sig=aVerySecretSignature"
ACCEPTED = Reply(status=202)


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer(ACCEPTED) as listening:
        yield listening


def channel(server: AnsweringServer) -> TeamsChannel:
    patience = Patience(connect=2, read=0.3)
    return TeamsChannel(
        Address(f"{server.url}/{SECRET}", who="Teams", patience=patience), is_technical=True
    )


def test_every_letter_is_a_card_of_its_own_in_the_envelope_of_a_workflow(
    server: AnsweringServer,
) -> None:
    for letter in (OPENED, SECOND_CAUSE, CLOSED):
        assert channel(server).post(dispatch_of(letter)) == Delivered()
    assert [posted.path for posted in server.received] == [f"/{SECRET}"] * 3
    assert server.received[0].headers["content-type"] == "application/json; charset=utf-8"
    said = json.loads(server.received[2].body)
    assert said["type"] == "message"
    (attachment,) = said["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["version"] == "1.5"


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "does not take the card"),
        (404, "make another webhook"),
        (410, "make another webhook"),
        (413, "as large as this"),
        (307, "another address"),
    ],
)
def test_what_will_never_be_taken_is_refused_with_what_to_do(
    server: AnsweringServer, status: int, says: str
) -> None:
    server.posts.replies = [Reply(status=status)]
    receipt = channel(server).post(dispatch_of(OPENED))
    assert isinstance(receipt, Refused)
    assert says in receipt.reason


@pytest.mark.parametrize("status", [401, 403])
def test_what_somebody_can_mend_is_kept_for_later(server: AnsweringServer, status: int) -> None:
    server.posts.replies = [Reply(status=status)]
    receipt = channel(server).post(dispatch_of(OPENED))
    assert isinstance(receipt, Retry)
    assert "let anyone start it" in receipt.reason


def test_it_may_ask_to_slow_down(server: AnsweringServer) -> None:
    server.posts.replies = [Reply(status=429, headers=(("Retry-After", "12"),))]
    assert channel(server).post(dispatch_of(OPENED)) == Retry(
        "Teams (localhost) answers 429: it asks to slow down", 12_000
    )


def test_a_webhook_of_the_older_kind_says_200_to_what_teams_refused(
    server: AnsweringServer,
) -> None:
    failed = b"Webhook message delivery failed with error: Microsoft Teams endpoint returned 429"
    server.posts.replies = [Reply(body=failed)]
    assert isinstance(channel(server).post(dispatch_of(OPENED)), Retry)


@pytest.mark.parametrize("lost", [Reply(resets=True), Reply(silent=True), Reply(status=500)])
def test_what_may_have_arrived_is_told_again_and_says_so(
    server: AnsweringServer, lost: Reply
) -> None:
    server.posts.replies = [lost, ACCEPTED]
    receipt = channel(server).post(dispatch_of(OPENED))
    assert isinstance(receipt, Retry)
    assert receipt.may_have_arrived
    assert channel(server).post(replace(dispatch_of(OPENED), is_uncertain=True)) == Delivered()
    assert b"may have been told before" not in server.received[0].body
    assert b"may have been told before" in server.received[1].body


def test_a_redirect_is_not_followed(server: AnsweringServer) -> None:
    with AnsweringServer() as elsewhere:
        server.posts.replies = [Reply(status=307, headers=(("Location", elsewhere.url),))]
        channel(server).post(dispatch_of(OPENED))
        assert not elsewhere.received


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500])
def test_nothing_that_is_answered_brings_out_the_address(
    server: AnsweringServer, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="datahub_dataproducts")
    echo = f"{server.url}/{SECRET} aVerySecretSignature".encode()
    server.posts.replies = [Reply(status=status, headers=(("Retry-After", SECRET),), body=echo)]
    told = channel(server)
    receipt = told.post(dispatch_of(OPENED))
    assert isinstance(receipt, Retry | Refused)
    assert "Secret" not in f"{receipt!r} {told!r} {caplog.text}"
