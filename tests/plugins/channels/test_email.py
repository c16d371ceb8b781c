"""What a recipe says of a channel by mail."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from datahub_dataproducts.adapters.mail.server import Security
from datahub_dataproducts.domain.receipts import Delivered
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
