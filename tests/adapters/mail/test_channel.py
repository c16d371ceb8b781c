"""E-mail as a channel, against a mail server on the loopback."""

import base64
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller

from datahub_dataproducts.adapters.mail.channel import MailChannel
from datahub_dataproducts.adapters.mail.server import MailServer, Security, Sent
from datahub_dataproducts.adapters.mail.template import MailTemplate
from datahub_dataproducts.adapters.web import Patience
from datahub_dataproducts.domain.durations import MINUTE
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry
from tests.kept_formats import ENVELOPE, dispatch_of
from tests.mail_server import Postbox, mail_server
from tests.messages_by_hand import CLOSED, OPENED, SECOND_CAUSE, THIRD_PRODUCT

ANN, BOB = ENVELOPE.recipients
TEMPLATE = MailTemplate()
SHORT = Patience(connect=2, read=0.4)


@dataclass
class Place:
    """A server that listens, what it took, and whom to trust."""

    postbox: Postbox
    port: int
    bundle: Path

    def channel(
        self,
        security: Security = Security.STARTTLS,
        *,
        password: str = "hush-hush",  # noqa: S107 - of a server within the test
        bundle: Path | None = None,
    ) -> MailChannel:
        server = MailServer(
            host="localhost",
            port=self.port,
            security=security,
            username="health" if password else "",
            password=password,
            patience=Patience(connect=5, read=5),
            ca_bundle=bundle or self.bundle,
        )
        return MailChannel(server, ENVELOPE, TEMPLATE, is_technical=True)

    def mail(self, index: int = 0) -> EmailMessage:
        read = message_from_bytes(self.postbox.mails[index][1], policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def place(authority: trustme.CA, bundle: Path) -> Iterator[Place]:
    postbox = Postbox()
    server = mail_server(postbox, starttls=context_of(authority.issue_cert("localhost")))
    yield from listening(server, postbox, bundle)


def listening(server: Controller, postbox: Postbox, bundle: Path) -> Iterator[Place]:
    server.start()
    try:
        yield Place(postbox=postbox, port=server.port, bundle=bundle)
    finally:
        server.stop()


def test_a_letter_is_a_mail_to_all_readers(place: Place) -> None:
    receipt = place.channel().post(dispatch_of(OPENED))
    (recipients, _), mail = place.postbox.mails[0], place.mail()
    assert recipients == [ANN, BOB]
    assert receipt == Delivered(str(mail["Message-ID"]))
    assert place.postbox.logins == [("health", "hush-hush")]
    assert mail["Subject"] == "Revenue is unhealthy because of Users"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_the_letters_of_a_conversation_are_one_thread(place: Place) -> None:
    channel = place.channel()
    earlier = ""
    for letter in (OPENED, SECOND_CAUSE, THIRD_PRODUCT):
        receipt = channel.post(replace(dispatch_of(letter), earlier=earlier))
        assert isinstance(receipt, Delivered)
        earlier = receipt.reference
    first, second, third = (place.mail(index) for index in range(3))
    assert first["References"] is None
    assert second["References"] == first["Message-ID"]
    assert third["References"] == f"{first['Message-ID']} {second['Message-ID']}"
    assert third["In-Reply-To"] == second["Message-ID"]


def test_what_may_have_come_comes_again_as_the_same_mail(place: Place) -> None:
    dispatch = dispatch_of(OPENED)
    place.channel().post(dispatch)
    place.channel().post(replace(dispatch, is_uncertain=True))
    once, again = place.mail(0), place.mail(1)
    assert once["Message-ID"] == again["Message-ID"]
    body = again.get_body(("plain",))
    assert body is not None
    assert "This may have been told before" in body.get_content()


def test_tls_from_the_first_byte(authority: trustme.CA, bundle: Path) -> None:
    postbox = Postbox()
    server = mail_server(postbox, tls=context_of(authority.issue_cert("localhost")))
    for place in listening(server, postbox, bundle):
        assert isinstance(place.channel(Security.TLS).post(dispatch_of(OPENED)), Delivered)


def told_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is told by us; aiosmtpd has its own to tell."""
    return [one.getMessage() for one in caplog.records if one.name.startswith("datahub_data")]


def test_without_tls_where_the_recipe_says_so(place: Place) -> None:
    receipt = place.channel(Security.NONE, password="").post(dispatch_of(OPENED))
    assert isinstance(receipt, Delivered)


@pytest.mark.parametrize(
    ("answers", "receipt"),
    [
        (
            {"sender": "451 4.7.1 greylisted, try later"},
            Retry("localhost answers 451: greylisted, try later"),
        ),
        (
            {"sender": "550 5.7.1 sender not allowed"},
            Refused("localhost answers 550: sender not allowed"),
        ),
        (
            {"sender": "530 5.7.0 hush-hush"},
            Retry("localhost answers 530: it does not accept our login; give a valid one"),
        ),
        ({"data": "452 4.3.1 no space"}, Retry("localhost answers 452: no space")),
        ({"data": "554 5.6.0 hush-hush spam"}, Refused("localhost answers 554: spam")),
    ],
)
def test_an_answer_to_the_whole_says_whether_to_try_again(
    place: Place, answers: dict[str, str], receipt: Retry | Refused
) -> None:
    vars(place.postbox).update(answers)
    assert place.channel().post(dispatch_of(OPENED)) == receipt
    assert not place.postbox.mails


def test_a_wrong_password_waits_for_the_operator(place: Place) -> None:
    receipt = place.channel(password="wr0ng-s3cret").post(dispatch_of(OPENED))
    assert receipt == Retry("localhost answers 535: it does not accept our login; give a valid one")


def test_who_is_refused_is_told_and_the_others_get_it(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.postbox.recipients[ANN] = "550 5.1.1 no such user"
    channel = place.channel()
    with caplog.at_level(logging.WARNING):
        for letter in (OPENED, SECOND_CAUSE):
            assert isinstance(channel.post(dispatch_of(letter)), Delivered)
    assert [to for to, _ in place.postbox.mails] == [[BOB], [BOB]]
    assert told_in(caplog) == [f"{ANN} is not reached by mail: localhost answers 550: no such user"]


def test_who_is_put_off_gets_it_later_and_nobody_gets_it_twice(place: Place) -> None:
    place.postbox.recipients[ANN] = "451 4.7.1 greylisted"
    channel = place.channel()
    assert channel.post(dispatch_of(OPENED)) == Retry(f"{ANN}: localhost answers 451: greylisted")
    place.postbox.recipients.clear()
    assert isinstance(channel.post(dispatch_of(OPENED)), Delivered)
    assert [to for to, _ in place.postbox.mails] == [[BOB], [ANN]]


def test_who_is_put_off_and_then_refused_is_told(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    channel = place.channel()
    place.postbox.recipients[ANN] = "451 later"
    channel.post(dispatch_of(OPENED))
    place.postbox.recipients[ANN] = "550 never"
    assert isinstance(channel.post(dispatch_of(OPENED)), Delivered)
    assert told_in(caplog) == [f"{ANN} is not reached by mail: localhost answers 550: never"]


def test_a_letter_that_came_for_some_is_not_refused_for_the_others(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    channel = place.channel()
    place.postbox.recipients[ANN] = "451 later"
    channel.post(dispatch_of(OPENED))
    place.postbox.sender = "550 5.7.1 sender not allowed"
    assert isinstance(channel.post(dispatch_of(OPENED)), Delivered)
    assert told_in(caplog) == [
        "not everybody is reached by mail: localhost answers 550: sender not allowed"
    ]


def test_a_full_mailbox_has_nobody_else_told_twice_or_kept_waiting(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.postbox.recipients[ANN] = "452 4.2.2 mailbox full"
    channel = place.channel()
    for minute in (0, 10, 20):
        for letter in (OPENED, SECOND_CAUSE):
            sent = channel.post(replace(dispatch_of(letter), at=minute * MINUTE))
            assert sent == Retry(f"{ANN}: localhost answers 452: mailbox full")
    assert [to for to, _ in place.postbox.mails] == [[BOB], [BOB]]
    for letter in (OPENED, SECOND_CAUSE, THIRD_PRODUCT):
        assert isinstance(channel.post(replace(dispatch_of(letter), at=30 * MINUTE)), Delivered)
    assert [to for to, _ in place.postbox.mails] == [[BOB], [BOB], [BOB]]
    why = "localhost answers 452: mailbox full"
    assert told_in(caplog) == [f"{ANN} is put off by mail all the time and not waited for: {why}"]
    place.postbox.recipients.clear()
    channel.post(replace(dispatch_of(CLOSED), at=40 * MINUTE))
    assert place.postbox.mails[-1][0] == [ANN, BOB]
    place.postbox.recipients[ANN] = "452 4.2.2 mailbox full"
    again = channel.post(replace(dispatch_of(OPENED), at=50 * MINUTE))
    assert isinstance(again, Retry)


def test_where_nobody_is_taken_the_letter_waits_or_is_refused(place: Place) -> None:
    place.postbox.recipients = {ANN: "550 no", BOB: "550 no"}
    refused = f"{ANN}: localhost answers 550: no; {BOB}: localhost answers 550: no"
    assert place.channel().post(dispatch_of(OPENED)) == Refused(refused)
    place.postbox.recipients[BOB] = "451 later"
    assert isinstance(place.channel().post(dispatch_of(OPENED)), Retry)


def test_a_certificate_that_is_not_trusted_is_said(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    assert place.channel(bundle=other).post(dispatch_of(OPENED)) == Retry(
        "localhost cannot be trusted: unable to get local issuer certificate; see `ca_bundle`"
    )
    gone = place.channel(bundle=tmp_path / "gone.pem").post(dispatch_of(OPENED))
    assert gone == Retry(
        "localhost cannot be asked: the certificates in `ca_bundle` cannot be read"
    )


def test_a_server_without_starttls_gets_nothing(bundle: Path) -> None:
    postbox = Postbox()
    for place in listening(mail_server(postbox), postbox, bundle):
        assert place.channel().post(dispatch_of(OPENED)) == Retry(
            "localhost offers no STARTTLS or no login; see `security`"
        )
        assert not postbox.logins


def server_at(port: int, security: Security = Security.NONE) -> MailServer:
    return MailServer(host="localhost", port=port, security=security, patience=SHORT)


@pytest.mark.parametrize("leave", [b"421 4.4.2 too slow\r\n", b"554 5.0.0 no\r\n", b"?\r\n", b""])
def test_a_mail_that_was_taken_has_arrived_however_the_server_takes_its_leave(leave: bytes) -> None:
    taken = [b"220 hi\r\n", *[b"250 ok\r\n"] * 3, b"354 go\r\n", b"250 ok\r\n", leave]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=play, args=(listener, taken), daemon=True)
        thread.start()
        sent = server_at(listener.getsockname()[1]).send(ENVELOPE.sender, [ANN], b"Hi\r\n")
        thread.join()
    assert sent == Sent(refused={}, postponed={})


@pytest.mark.parametrize(
    ("script", "receipt"),
    [
        ([b""], Retry("localhost breaks off the connection")),
        ([None], Retry("localhost does not answer in time")),
        ([b"554 no service\r\n"], Retry("localhost answers 554: no service")),
        ([b"HTTP/1.1 200 OK\r\n"], Retry("localhost answers what is no SMTP")),
        (
            [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b""],
            Retry("localhost breaks off the connection", may_have_arrived=True),
        ),
    ],
    ids=["closes", "silent", "no service", "another protocol", "closes after the text"],
)
def test_a_server_that_behaves_strangely_is_tried_again(
    script: list[bytes | None], receipt: Retry
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=play, args=(listener, script), daemon=True)
        thread.start()
        sent = server_at(listener.getsockname()[1]).send(ENVELOPE.sender, [ANN], b"Hi\r\n")
        thread.join()
    assert sent == receipt


@pytest.mark.parametrize(
    ("script", "may_have_arrived"),
    [
        ([b"220-"], False),
        ([b"220 hi\r\n", b"250 ok\r\n", b"250-"], True),
    ],
    ids=["the greeting", "an answer to the mail"],
)
def test_a_server_that_talks_byte_by_byte_is_waited_for_no_longer_than_it_may_take(
    script: list[bytes | None], *, may_have_arrived: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener, script), daemon=True)
        thread.start()
        server = replace(
            server_at(listener.getsockname()[1]), patience=Patience(connect=0.2, read=0.2)
        )
        before = time.monotonic()
        sent = server.send(ENVELOPE.sender, [ANN], b"Hi\r\n")
        assert time.monotonic() - before < 5
        thread.join()
    assert sent == Retry("localhost does not answer in time", may_have_arrived=may_have_arrived)


def drip(listener: socket.socket, script: list[bytes | None]) -> None:
    """Play, and then say a byte more every few hundredths of a second, until nobody listens."""
    connection, _ = listener.accept()
    with connection, suppress(OSError):
        speak(connection, script)
        while True:
            connection.sendall(b"x")
            threading.Event().wait(0.03)


def test_tls_that_breaks_while_a_mail_is_handed_in_leaves_it_uncertain(
    authority: trustme.CA, bundle: Path
) -> None:
    context = context_of(authority.issue_cert("localhost"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=break_tls, args=(listener, context), daemon=True)
        thread.start()
        server = replace(
            server_at(listener.getsockname()[1]), security=Security.TLS, ca_bundle=bundle
        )
        sent = server.send(ENVELOPE.sender, [ANN], b"Hi\r\n")
        thread.join()
    assert sent == Retry("localhost breaks off the connection", may_have_arrived=True)


def break_tls(listener: socket.socket, context: ssl.SSLContext) -> None:
    plain, _ = listener.accept()
    with context.wrap_socket(plain, server_side=True) as connection:
        speak(connection, [b"220 hi\r\n", b"250 ok\r\n"])
        connection.recv(65_536)
        socket.socket.sendall(connection, b"no TLS at all, and long enough to be taken for it")
        # Until the client has read it and gone.
        with suppress(OSError):
            while connection.recv(65_536):
                pass


def play(listener: socket.socket, script: list[bytes | None]) -> None:
    connection, _ = listener.accept()
    with connection:
        speak(connection, script)


def speak(connection: socket.socket, script: list[bytes | None]) -> None:
    """Say a line after each that is heard, the first before any."""
    for index, line in enumerate(script):
        if index:
            connection.recv(65_536)
        if line is None:
            connection.recv(1)
        elif line:
            connection.sendall(line)


def test_where_nobody_listens_or_nothing_is_called_so_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert server_at(port).send(ENVELOPE.sender, [ANN], b"") == Retry(
        "localhost cannot be reached: nobody listens there, or the way is barred"
    )
    nowhere = replace(server_at(port), host="nowhere.invalid")
    assert nowhere.send(ENVELOPE.sender, [ANN], b"") == Retry(
        "nowhere.invalid is a name that is not known here"
    )


def test_no_password_is_shown_however_it_is_repeated(place: Place) -> None:
    travelling = base64.b64encode(b"\0health\0hush-hush").decode()
    place.postbox.data = f"554 no hush-hush {travelling} hush"
    receipt = place.channel().post(dispatch_of(OPENED))
    assert receipt == Refused("localhost answers 554: no")
    assert "hush" not in repr(place.channel())
    assert "hush" not in repr(replace(server_at(1), password="hush-hush"))


def test_a_template_that_fails_for_one_letter_loses_none(
    place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "mine.j2"
    path.write_text("<p>{% if 'Users is not fresh: dim' in preview %}{{ 1 // 0 }}{% endif %}</p>")
    server = MailServer(host="localhost", port=place.port, security=Security.NONE)
    channel = MailChannel(server, ENVELOPE, MailTemplate(path), is_technical=True)
    assert isinstance(channel.post(dispatch_of(OPENED)), Delivered)
    html = place.mail().get_body(("html",))
    assert html is not None
    assert "dim_users was last updated" in html.get_content()
    (told,) = told_in(caplog)
    assert told.startswith(f"{path}:1: ")
    assert told.endswith("; our own template is used in its place")
