"""Signatures, held to the library of the specification."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.webhook.signature import key_of, signed_headers

NEW = f"whsec_{base64.b64encode(b'n' * 32).decode()}"
OLD = f"whsec_{base64.b64encode(b'o' * 24).decode()}"
OTHER = f"whsec_{base64.b64encode(b'x' * 32).decode()}"
BODY = b'{"a":1}'


def seconds() -> int:
    return WallClock().now() // 1000


def test_a_receiver_verifies_with_either_secret_while_they_change() -> None:
    headers = signed_headers("id", seconds(), BODY, [key_of(NEW), key_of(OLD)])
    for secret in (NEW, OLD):
        assert Webhook(secret).verify(BODY, headers) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_what_is_sent_again_by_somebody_else_is_not_verified(name: str) -> None:
    headers = signed_headers("id", seconds(), BODY, [key_of(NEW)])
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, {**headers, name: str(seconds() + 1)})
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY + b" ", headers)


def test_without_a_key_nothing_is_signed() -> None:
    assert signed_headers("id", 7, BODY, []) == {"webhook-id": "id", "webhook-timestamp": "7"}


@given(st.binary(min_size=24, max_size=64))
def test_every_key_is_read_from_its_secret(key: bytes) -> None:
    assert key_of(f"whsec_{base64.b64encode(key).decode()}") == key


@pytest.mark.parametrize(
    "secret", ["", "hush", "whsec_", "whsec_aHVzaA==", NEW.removeprefix("whsec_"), f"{NEW}!", "whsec_é"]
)  # fmt: skip
def test_what_is_no_secret_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(ValueError, match="is no secret for signatures") as refused:
        key_of(secret)
    assert not secret or secret not in str(refused.value).replace("whsec_ and", "")
