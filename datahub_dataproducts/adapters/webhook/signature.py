"""Signatures as the specification Standard Webhooks 1.0.0 has them (symmetric, `v1`). Pure."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
_FEWEST = 24
_MOST = 64


def key_of(secret: str) -> bytes:
    """The key that a secret is written for.

    Raises:
        ValueError: it is none; the text is for the operator, without it.
    """
    msg = (
        f"is no secret for signatures: write {PREFIX} and the base64 of "
        f"{_FEWEST} to {_MOST} random bytes (openssl rand -base64 32)"
    )
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(msg) from None
    if not secret.startswith(PREFIX) or not _FEWEST <= len(key) <= _MOST:
        raise ValueError(msg)
    return key


def signed_headers(mark: str, seconds: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers by which a receiver knows who sent a body, when, and whether it came before.

    Args:
        mark: the same each time that the same is sent; no full stop in it.
        seconds: when this try is made, since the epoch.
        body: exactly what is sent.
        keys: one, or the new one and the one before it while receivers change; none: nothing is
            signed.
    """
    headers = {"webhook-id": mark, "webhook-timestamp": str(seconds)}
    signed = b".".join((mark.encode(), str(seconds).encode(), body))
    signatures = [
        base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys
    ]
    if signatures:
        headers["webhook-signature"] = " ".join(f"v1,{one}" for one in signatures)
    return headers
