"""The webhook as a channel, against a server on the loopback."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from datahub_dataproducts.adapters.web import Address
from datahub_dataproducts.adapters.webhook.channel import WebhookChannel
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry
from tests.answering import AnsweringServer, Reply
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import OPENED, SECOND_CAUSE


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer() as listening:
        yield listening


def channel(server: AnsweringServer, source: str = "/a") -> WebhookChannel:
    address = Address(f"{server.url}/in?key=hush-hush")
    return WebhookChannel(
        address,
        source=source,
        keys=[b"k" * 32],
        authorization="Bearer t0ken",
        secrets=("hush-hush",),
    )


def test_a_letter_is_posted_signed(server: AnsweringServer) -> None:
    assert channel(server).post(dispatch_of(OPENED)) == Delivered()
    (posted,) = server.received
    assert posted.path == "/in?key=hush-hush"
    assert posted.headers["authorization"] == "Bearer t0ken"
    assert posted.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert posted.headers["webhook-signature"].startswith("v1,")
    assert posted.headers["webhook-timestamp"] == str(OPENED.at // 1000 + 1)
    assert posted.headers["webhook-id"] == json.loads(posted.body)["id"]


def test_what_may_have_come_comes_again_with_the_same_id(server: AnsweringServer) -> None:
    first = dispatch_of(OPENED)
    for one in (first, replace(first, is_uncertain=True, at=first.at + 60_000)):
        channel(server).post(one)
    once, again = server.received
    assert once.headers["webhook-id"] == again.headers["webhook-id"]
    assert once.body == again.body
    assert once.headers["webhook-timestamp"] != again.headers["webhook-timestamp"]


def test_other_letters_and_other_senders_have_other_ids(server: AnsweringServer) -> None:
    channel(server).post(dispatch_of(OPENED))
    channel(server).post(dispatch_of(SECOND_CAUSE))
    channel(server, source="/b").post(dispatch_of(OPENED))
    assert len({posted.headers["webhook-id"] for posted in server.received}) == 3


def test_a_refusal_has_the_plain_words_of_the_receiver(server: AnsweringServer) -> None:
    body = b"unknown field of hush-hush <b> Bearer t0ken"
    server.posts.replies = [Reply(status=400, body=body)]
    assert channel(server).post(dispatch_of(OPENED)) == Refused(
        "localhost answers 400: unknown field of"
    )


def test_a_date_to_wait_for_is_measured_from_when_it_was_sent(server: AnsweringServer) -> None:
    headers = (("Retry-After", "Tue, 03 Mar 2026 07:00:31 GMT"),)
    server.posts.replies = [Reply(status=429, headers=headers)]
    assert channel(server).post(dispatch_of(OPENED)) == Retry(
        "localhost answers 429: it asks to slow down", 29_500
    )
