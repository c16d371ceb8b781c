"""Slack's Web API, one call at a time.

Slack's SDK has a client too. It is not used: it follows redirects with the token in its hand, and
posts again by itself after a broken connection, when the first may have arrived.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from datahub_dataproducts.adapters.slack.faults import Fault, read_answer
from datahub_dataproducts.adapters.web import Address, Patience
from datahub_dataproducts.domain.receipts import Retry

SLACK = "https://slack.com/api"
_MOST_READ = 8_000_000


def check_token(token: str) -> None:
    """`ValueError`, without it, for what can be no token."""
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise ValueError("is no token of Slack, which begins with xoxb-")


class SlackFailed(Exception):
    """Slack did not do it; `fault` says why. Its text is free of secrets."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.receipt.reason)
        self.fault = fault


class SlackApi:
    """Calls of the Web API. Its `repr` shows no token.

    Args:
        token: of the bot.
        base_url: where the API is.
        patience: see `Patience`.
        ca_bundle: certificates to trust in place of the usual ones (PEM).

    Raises:
        ValueError: the address is none, or the token cannot be one; without either.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str = SLACK,
        patience: Patience | None = None,
        ca_bundle: Path | None = None,
    ) -> None:
        check_token(token)
        self._token = token
        self._base_url = base_url.rstrip("/")
        self._patience = patience
        self._ca_bundle = ca_bundle
        self._who = self._address("").who

    def __repr__(self) -> str:
        return f"SlackApi({self._who})"

    def write(self, method: str, arguments: Mapping[str, object], now: int) -> dict[str, Any]:
        """Call a method that changes something; what Slack answers.

        Raises:
            SlackFailed: it did not do it, or nobody knows.
        """
        body = msgspec.json.encode(dict(arguments))
        return self._call(method, body, "application/json; charset=utf-8", now)

    def read(self, method: str, arguments: Mapping[str, str], now: int) -> dict[str, Any]:
        """Call a method that only looks; see `write`."""
        body = urlencode(arguments).encode()
        return self._call(method, body, "application/x-www-form-urlencoded", now)

    def _call(self, method: str, body: bytes, form: str, now: int) -> dict[str, Any]:
        headers = {"Content-Type": form, "Authorization": f"Bearer {self._token}"}
        answer = self._address(method).post(body, headers)
        if isinstance(answer, Retry):
            raise SlackFailed(Fault("", answer))
        said = read_answer(answer, who=self._who, now=now, token=self._token)
        if isinstance(said, Fault):
            raise SlackFailed(said)
        return said

    def _address(self, method: str) -> Address:
        return Address(
            f"{self._base_url}/{method}",
            who="Slack",
            patience=self._patience,
            ca_bundle=self._ca_bundle,
            most_read=_MOST_READ,
        )
