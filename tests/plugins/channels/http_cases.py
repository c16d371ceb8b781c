"""How each channel over HTTP is built for the test of all; a new one adds its case here."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.answering import Reply

TOKEN = "Zq7-s3cret-t0ken-xoxb"
PATH = "T0AAAA/B0BBBB/pathSecretOfTheHook"
KEY = base64.b64encode(b"hmac-secret-of-32-bytes-and-more").decode()


@dataclass(frozen=True, kw_only=True)
class HttpCase:
    """A channel that posts over HTTP.

    Attributes:
        options: of its recipe, from the address of the server that it is to reach.
        secrets: what of them must never be seen.
        good: what its server answers when all is well.
        bad_token: what its server answers to credentials that are not valid.
    """

    options: Callable[[str], dict[str, object]]
    secrets: tuple[str, ...]
    good: Reply = field(default_factory=Reply)
    bad_token: Reply = field(default_factory=lambda: Reply(status=401))


def _webhook(url: str) -> dict[str, object]:
    return {
        "url": f"{url}/{PATH}?sig={TOKEN}",
        "secret": f"whsec_{KEY}",
        "authorization": f"Bearer {TOKEN}",
        "timeout": "1s",
    }


def _bot(url: str) -> dict[str, object]:
    return {"base_url": f"{url}/api", "token": TOKEN, "channel": "C0FINANCE", "timeout": "1s"}


def _address(url: str) -> dict[str, object]:
    return {"url": f"{url}/{PATH}?sig={TOKEN}", "timeout": "1s"}


HTTP_CASES = {
    "slack": HttpCase(
        options=_bot,
        secrets=(TOKEN,),
        good=Reply(body=b'{"ok":true,"channel":"C0FINANCE","ts":"1772521200.000001"}'),
        bad_token=Reply(body=b'{"ok":false,"error":"invalid_auth"}'),
    ),
    "slack_webhook": HttpCase(
        options=_address,
        secrets=(TOKEN, PATH),
        good=Reply(body=b"ok"),
        bad_token=Reply(status=403, body=b"invalid_token"),
    ),
    "teams": HttpCase(options=_address, secrets=(TOKEN, PATH), good=Reply(status=202)),
    "webhook": HttpCase(options=_webhook, secrets=(TOKEN, PATH, KEY)),
}
"""By the `type` of the recipe."""
