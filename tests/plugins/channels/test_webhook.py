"""What a recipe says of a webhook."""

import base64
from pathlib import Path

import pytest
from pydantic import ValidationError

from datahub_dataproducts.domain.receipts import Delivered
from datahub_dataproducts.plugins.channels.base import Surroundings
from datahub_dataproducts.plugins.channels.webhook import WebhookChannelConfig
from tests.answering import AnsweringServer
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import OPENED

KEY = f"whsec_{base64.b64encode(b's3cret-s3cret-s3cret-s3cret').decode()}"
URL = "https://hooks.example.com/in/s3cret"


def config(**options: object) -> WebhookChannelConfig:
    return WebhookChannelConfig.model_validate({"type": "webhook", "url": URL, **options})


def test_a_recipe_needs_no_more_than_the_address(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(f"{KEY}\n", encoding="utf-8")
    with AnsweringServer() as server:
        made = config(url=server.url, secret_file=str(secret)).build(Surroundings(name="a b"))
        assert made.post(dispatch_of(OPENED)) == Delivered()
        (posted,) = server.received
    assert b'"source":"/datahub-dataproducts/a%20b"' in posted.body
    assert "webhook-signature" in posted.headers
    assert "authorization" not in posted.headers


def test_all_of_it_may_be_said() -> None:
    said = config(
        secret=KEY,
        previous_secret=KEY,
        authorization="Bearer s3cret",
        source="https://example.com/health",
        connect_timeout="1s",
        timeout="30s",
        audience="business",
    )
    assert (said.patience.connect, said.patience.read) == (1.0, 30.0)
    assert repr(said.build(Surroundings(name="a"))) == "WebhookChannel(hooks.example.com)"
    assert "s3cret" not in repr(said)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "hooks/s3cret"}, "is no address that begins with https:// or http://"),
        ({"secret": "s3cret"}, "is no secret for signatures"),
        ({"previous_secret": KEY}, "there is a previous_secret and no secret"),
        ({"authorization": "Bearer s3cret\nX: y"}, "has characters that no header may have"),
        ({"source": "a b"}, "write a URI, or a path such as /health/production"),
        ({"source": ""}, "write a URI, or a path such as /health/production"),
        ({"timeout": "soon"}, '"soon" is not a duration'),
        ({"ca_bundle": "/nowhere.pem"}, "Path does not point to a file"),
        ({"ca_bundle": __file__}, "has no certificates that can be read"),
    ],
)
def test_what_is_wrong_is_told_without_secrets(options: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError) as faults:
        config(**options)
    words = "; ".join(fault["msg"] for fault in faults.value.errors())
    assert told in words
    assert "s3cret" not in words
