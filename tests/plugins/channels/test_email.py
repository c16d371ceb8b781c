"""What a recipe says of a channel by mail."""

import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import ValidationError

from datahub_dataproducts.adapters.mail.server import Security
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry
from datahub_dataproducts.plugins.channels.base import Surroundings
from datahub_dataproducts.plugins.channels.email import EmailChannelConfig
from tests.kept_formats import dispatch_of
from tests.mail_server import Postbox, mail_server
from tests.messages_by_hand import OPENED

LEAST = {"type": "email", "host": "mail.example.com", "sender": "a@example.com", "to": ["b@c.de"]}


def config(**options: object) -> EmailChannelConfig:
    return EmailChannelConfig.model_validate({**LEAST, **options})


def test_mails_come_from_what_the_recipe_says() -> None:
    postbox = Postbox()
    server = mail_server(postbox)
    server.start()
    try:
        said = config(host="127.0.0.1", port=server.port, security="none", to=["b@c.de", "b@c.de"])
        receipt = said.build(Surroundings(name="finance")).post(dispatch_of(OPENED))
    finally:
        server.stop()
    assert isinstance(receipt, Delivered)
    ((recipients, mail),) = postbox.mails
    assert recipients == ["b@c.de"]
    assert b"From: Data products <a@example.com>\r\n" in mail


def test_the_usual_is_starttls() -> None:
    assert config().security is Security.STARTTLS
    assert repr(config().build(Surroundings(name="a"))) == "MailChannel(mail.example.com)"
    assert config().spacing == 1_000


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"host": "smtp://mail"}, "write the name of the mail server, without smtp:// before it"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"sender": "Ann <a@b.c>"}, '"Ann <a@b.c>" is not the address of a mailbox'),
        ({"to": ["a@b.c\r\nBcc: x@y.z"]}, "is not the address of a mailbox"),
        ({"to": []}, "at least 1 item"),
        ({"username": "a"}, "username and password go together"),
        ({"password": "s3cret"}, "username and password go together"),
        (
            {"username": "a", "password": "s3cret", "security": "none"},
            "with security: none a password would be readable on its way",
        ),
        ({"security": "ssl"}, "'starttls', 'tls' or 'none'"),
        ({"template": "/nowhere.j2"}, "/nowhere.j2: cannot be read"),
    ],
)
def test_what_is_wrong_is_told_without_secrets(options: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError) as faults:
        config(**options)
    words = "; ".join(fault["msg"] for fault in faults.value.errors())
    assert told in words
    assert "s3cret" not in words


def test_a_bad_template_is_told_when_the_recipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.j2"
    path.write_text("<p>\n{{ colur }}</p>", encoding="utf-8")
    with pytest.raises(ValidationError, match=r"mine\.j2:2: 'colur' is undefined"):
        config(template=str(path))


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server shows, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context, tmp_path / "ca.pem"


PASSWORD = "Zq7-s3cret-pa55word"
TRAVELLING = base64.b64encode(f"\0health\0{PASSWORD}".encode()).decode()
SAID = f"no {PASSWORD} {TRAVELLING} {PASSWORD[::-1]} {PASSWORD.lower()}"


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"sender": f"451 {SAID}"}, 451),
        ({"sender": f"550 {SAID}"}, 550),
        ({"data": f"452 {SAID}"}, 452),
        ({"data": f"554 {SAID}"}, 554),
        ({"recipients": {"b@c.de": f"550 {SAID}"}}, 550),
        ({"recipients": {"b@c.de": f"451 {SAID}"}}, 451),
        ({"password": "another"}, 535),
    ],
)
def test_no_password_is_seen_whatever_a_mail_server_answers(
    certificates: tuple[ssl.SSLContext, Path],
    caplog: pytest.LogCaptureFixture,
    answers: dict[str, Any],
    code: int,
) -> None:
    context, bundle = certificates
    postbox = Postbox(**{"password": PASSWORD, **answers})
    server = mail_server(postbox, starttls=context)
    server.start()
    try:
        said = config(
            host="localhost",
            port=server.port,
            ca_bundle=str(bundle),
            username="health",
            password=PASSWORD,
        )
        receipt = said.build(Surroundings(name="finance")).post(dispatch_of(OPENED))
    finally:
        server.stop()
    assert isinstance(receipt, Retry | Refused)
    assert isinstance(receipt, Retry) is (code < 500 or code == 535)
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("datahub_data")]
    for text in (receipt.reason, repr(said), *ours):
        for secret in (PASSWORD, TRAVELLING, PASSWORD[::-1], PASSWORD.lower()):
            assert secret not in text
    assert f"answers {code}" in receipt.reason
