"""What every channel does when things go wrong, and that none ever shows a secret."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import pytest
from pydantic import BaseModel, TypeAdapter

from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import Channel
from datahub_dataproducts.domain.receipts import Delivered, Receipt, Refused, Retry
from datahub_dataproducts.plugins.channels.base import ChannelConfig, Surroundings
from datahub_dataproducts.plugins.channels.every import AnyChannelConfig
from tests.answering import AnsweringServer, Reply
from tests.fakes import FakeCatalog, store_in
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import OPENED
from tests.plugins.channels.http_cases import HTTP_CASES, HttpCase

NOT_OVER_HTTP = {"console", "email"}
"""`email` has the like of this beside its adapter."""

READER: TypeAdapter[Any] = TypeAdapter(AnyChannelConfig)


def types_of(union: object) -> set[str]:
    """The types that a recipe may name."""
    if isinstance(union, type) and issubclass(union, BaseModel):
        return set(get_args(union.model_fields["type"].annotation))
    return {name for part in get_args(union) for name in types_of(part)}


def test_every_channel_over_http_has_its_case() -> None:
    assert types_of(AnyChannelConfig) - NOT_OVER_HTTP == set(HTTP_CASES), (
        "add the case of a new channel to tests/plugins/channels/http_cases.py"
    )


@pytest.fixture(params=HTTP_CASES)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def case(kind: str) -> HttpCase:
    return HTTP_CASES[kind]


@pytest.fixture
def server(case: HttpCase) -> Iterator[AnsweringServer]:
    with AnsweringServer(case.good) as listening:
        yield listening


@pytest.fixture
def config(kind: str, case: HttpCase, server: AnsweringServer) -> ChannelConfig:
    read: ChannelConfig = READER.validate_python({"type": kind, **case.options(server.url)})
    return read


@pytest.fixture
def channel(config: ChannelConfig) -> Channel:
    return config.build(Surroundings(name="finance"))


def post(channel: Channel, server: AnsweringServer, *replies: Reply) -> Receipt:
    server.posts.replies = list(replies)
    return channel.post(dispatch_of(OPENED))


def test_all_is_well(channel: Channel, server: AnsweringServer, case: HttpCase) -> None:
    assert isinstance(post(channel, server, case.good), Delivered)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(status=429, headers=(("Retry-After", "7"),)), (Retry, 7_000, False)),
        (
            Reply(status=429, headers=(("Retry-After", "Tue, 03 Mar 2026 07:00:31 GMT"),)),
            (Retry, 29_500, False),
        ),
        (Reply(status=500), (Retry, None, True)),
        (Reply(status=503, headers=(("Retry-After", "60"),)), (Retry, 60_000, False)),
        (Reply(silent=True), (Retry, None, True)),
        (Reply(resets=True), (Retry, None, True)),
        (Reply(raw=b""), (Retry, None, True)),
        (Reply(raw=b"\x00\xff\x16\x03"), (Retry, None, True)),
        (Reply(status=404), Refused),
        (Reply(status=410), Refused),
    ],
    ids=[
        "429, seconds", "429, a date", "500", "503", "time-out", "reset", "closed", "no HTTP",
        "gone, 404", "gone, 410",
    ],
)  # fmt: skip
def test_what_happens_to_a_letter(
    channel: Channel,
    server: AnsweringServer,
    reply: Reply,
    expected: type[Refused] | tuple[type[Retry], int | None, bool],
) -> None:
    receipt = post(channel, server, reply)
    if isinstance(expected, tuple):
        assert isinstance(receipt, Retry)
        assert (Retry, receipt.after, receipt.may_have_arrived) == expected
    else:
        assert isinstance(receipt, expected)
    assert "localhost" in receipt.reason or " answers " in receipt.reason


def test_a_wrong_token_waits_for_an_operator(
    channel: Channel, server: AnsweringServer, case: HttpCase
) -> None:
    receipt = post(channel, server, case.bad_token)
    assert isinstance(receipt, Retry)
    assert not receipt.may_have_arrived


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_else_is_told_where_a_redirect_points_to(
    channel: Channel, server: AnsweringServer, case: HttpCase, status: int
) -> None:
    with AnsweringServer(case.good) as elsewhere:
        there = (("Location", f"{elsewhere.url}/{case.secrets[0]}"),)
        receipt = post(channel, server, Reply(status=status, headers=there))
        assert not elsewhere.received
    assert isinstance(receipt, Refused)
    hidden(case, receipt.reason)


def forms(secret: str) -> set[str]:
    """A secret as it is, and as it may be repeated."""
    coded = base64.b64encode(secret.encode()).decode()
    half = secret[: len(secret) // 2]
    return {secret, quote(secret, safe=""), coded, secret[::-1], half, secret.lower()}


def hidden(case: HttpCase, *texts: str) -> None:
    """No text has a secret in any form."""
    for text in texts:
        for secret in case.secrets:
            for form in forms(secret):
                assert form.lower() not in text.lower()


def malicious(case: HttpCase) -> list[Reply]:
    said = " ".join(sorted(form for secret in case.secrets for form in forms(secret)))
    headers = (("Retry-After", said), ("Location", f"https://evil.example/{said}"))
    bodies = (said.encode(), b"\x00\xff" + said.encode("utf-16"), said.encode() * 20_000)
    return [
        *(
            Reply(status=status, headers=headers, body=body)
            for status in (302, 400, 401, 403, 404, 429, 500)
            for body in bodies
        ),
        Reply(raw=f"{said}\r\n\r\n".encode()),
        Reply(raw=f"HTTP/1.1 200 {said}\r\n{said}\r\nContent-Length: {said}\r\n\r\n".encode()),
        Reply(raw=f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{said}\r\n".encode()),
        Reply(raw=f"HTTP/1.1 400 OK\r\nContent-Encoding: gzip\r\n\r\n{said}".encode()),
    ]


def test_no_secret_is_seen_whatever_a_server_answers(
    channel: Channel,
    server: AnsweringServer,
    case: HttpCase,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    # All that any library has to say, too.
    caplog.set_level(logging.DEBUG)
    for reply in malicious(case):
        receipt = post(channel, server, reply)
        # This is all that the outbox and the log are told.
        told = receipt.reference if isinstance(receipt, Delivered) else receipt.reason
        hidden(case, told, repr(receipt))
        assert len(told) < 500
        assert told.isprintable()
    hidden(case, caplog.text, *capfd.readouterr())


def test_no_secret_is_in_the_store(
    channel: Channel, server: AnsweringServer, case: HttpCase, tmp_path: Path
) -> None:
    store = store_in(tmp_path)
    for number, reply in enumerate(malicious(case)):
        server.posts.replies = [reply]
        name, now = f"channel {number}", OPENED.at
        with store.transaction() as book:
            book.send(name, "key", OPENED, now, replace=False)
        Courier(store, FakeCatalog(), {name: channel}).deliver(now)
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    store.close()
    assert any(b"answers 4" in content for content in written)
    hidden(case, *(content.decode("latin-1") for content in written))


def test_no_secret_is_in_a_repr(channel: Channel, config: ChannelConfig, case: HttpCase) -> None:
    hidden(case, repr(channel), str(channel), repr(config), config.model_dump_json())


def test_no_secret_is_in_the_words_for_a_wrong_recipe(kind: str, case: HttpCase) -> None:
    options = case.options("http://localhost:1")
    for name in options:
        for wrong in (["a"], {"a": 1}, -1):
            with pytest.raises(ValueError, match=r".") as faults:
                READER.validate_python({"type": kind, **options, name: wrong})
            errors: list[dict[str, Any]] = faults.value.errors()  # type: ignore[attr-defined]
            hidden(case, *(fault["msg"] for fault in errors))
