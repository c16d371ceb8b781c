"""What the server says when it does not do what it was asked for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Refusal(Exception):
    """What the server does not take, with the sentence it says; a request with one changes nothing."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


class Unknown(Exception):
    """What the stand-in has no answer for: a path."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer given instead of the true one."""

    status: int
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None

    @property
    def text(self) -> str:
        return json.dumps(fault(self.status, self.message)) if self.body is None else self.body


def fault(status: int, message: str) -> dict[str, Any]:
    return {
        "exceptionClass": "com.linkedin.restli.server.RestLiServiceException",
        "message": message,
        "status": status,
    }


def too_many_requests(seconds: int = 1) -> Answer:
    """What rate limiting says."""
    return Answer(429, "Too many requests", {"Retry-After": str(seconds)})


def conflict(seconds: int = 1) -> Answer:
    """What the server says since v1.7.0 when its database took too long to agree with itself."""
    body = {
        **fault(503, "The write met others and was not made"),
        "code": "DATABASE_TRANSACTION_CONFLICT",
        "retryable": True,
    }
    return Answer(503, headers={"Retry-After": str(seconds)}, body=json.dumps(body))
