"""What an HTTP answer means for a letter: it arrived, may arrive later, or never will. Pure.

The body of an answer is written by somebody else, who has seen our secrets: it may repeat them.
Nothing of it reaches an operator but by `safe_words`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timezone
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from datahub_dataproducts.domain.durations import DAY, SECOND
from datahub_dataproducts.domain.receipts import Delivered, Receipt, Refused, Retry

LONGEST_WAIT = DAY
"""No receiver keeps us waiting longer between two tries, whatever it asks for; milliseconds."""

NO_REASON = "it gives no reason"

_MULTIPLE_CHOICES = 300
_BAD_REQUEST = 400
_SERVER_FAULTS = 500
_TOO_BUSY = 503

_LATER = {
    401: "it does not accept our credentials; give valid ones",
    403: "it does not allow this; give us the right to it",
    407: "a proxy asks for credentials",
    408: "it took too long",
    425: "it asks to be asked again later",
    429: "it asks to slow down",
}
"""The fault is not the letter's: it may be taken later, or once somebody has seen to it."""

_NEVER = {
    404: "there is nothing at this address; give the right one",
    405: "it takes no posts at this address; give the right one",
    410: "what was at this address is gone; give another",
    413: "it takes no letter as large as this",
}

_REDIRECTED = "it sends us to another address, where we do not go; give the right one"
_NO_REMEDIES: Mapping[int, str] = MappingProxyType({})

_MOST_DIGITS = 9
_LONGEST_TOLD = 100
_SHORTEST_SECRET = 4
# Words as people write them, and codes such as `channel_not_found`; no token looks so.
_WORD = re.compile(r"[A-Za-z][a-z']{0,15}[.,:;]?|[a-z]{1,16}(?:_[a-z]{1,16}){1,5}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What matters of an answer over HTTP.

    Attributes:
        status: as in the first line.
        retry_after: the header `Retry-After`, empty: there was none.
        told: what the body begins with. Not to be shown; see `safe_words`.
    """

    status: int
    retry_after: str = ""
    told: str = ""


def receipt_of(
    answer: Answer,
    *,
    who: str,
    now: int | None,
    remedies: Mapping[int, str] = _NO_REMEDIES,
    told: str = "",
) -> Receipt:
    """What came of a post; see `failure_of`. Every 2xx says that it arrived."""
    if _is_taken(answer.status):
        return Delivered()
    return failure_of(answer, who=who, now=now, remedies=remedies, told=told)


def failure_of(
    answer: Answer,
    *,
    who: str,
    now: int | None,
    remedies: Mapping[int, str] = _NO_REMEDIES,
    told: str = "",
) -> Retry | Refused:
    """Whether a post that was not taken may be tried again, by the status; reasons for an operator.

    Args:
        answer: not a 2xx.
        who: whom we asked, as the sentence begins; no address with secrets in it.
        now: milliseconds, what a date in `Retry-After` is measured from; None: dates count nothing.
        remedies: what to do about a status in this receiver's own words, in place of ours. One of
            a status that we would refuse does not make it one to try again.
        told: its own words where it will never take it; safe to be shown.
    """
    status = answer.status
    begin = f"{who} answers {status}"
    words = remedies.get(status)
    if status in _LATER:
        return Retry(f"{begin}: {words or _LATER[status]}", asked_wait(answer.retry_after, now))
    if _BAD_REQUEST <= status < _SERVER_FAULTS:
        return Refused(f"{begin}: {words or told or _NEVER.get(status) or NO_REASON}")
    if _MULTIPLE_CHOICES <= status < _BAD_REQUEST:
        return Refused(f"{begin}: {words or _REDIRECTED}")
    return Retry(
        f"{begin}: {words}" if words else begin,
        asked_wait(answer.retry_after, now),
        # Only who says that it is too busy says that it did nothing.
        may_have_arrived=status != _TOO_BUSY,
    )


def _is_taken(status: int) -> bool:
    return status // 100 == 2  # noqa: PLR2004 - the class of an answer is its first digit


def asked_wait(retry_after: str, now: int | None) -> int | None:
    """Milliseconds that a `Retry-After` asks for, by RFC 9110 section 10.2.3; None: nothing usable.

    Seconds, or a date in any of the three forms of HTTP, which is measured from `now`. Never below
    0 nor above `LONGEST_WAIT`.
    """
    asked = retry_after.strip()
    if asked.isascii() and asked.isdecimal():
        seconds = int(asked) if len(asked) <= _MOST_DIGITS else LONGEST_WAIT
        return min(seconds * SECOND, LONGEST_WAIT)
    until = http_date(asked)
    if until is None or now is None:
        return None
    return max(0, min(until - now, LONGEST_WAIT))


def http_date(written: str) -> int | None:
    """The instant of a date as HTTP writes it (milliseconds), None where it is none."""
    try:
        read = parsedate_to_datetime(written)
        # What names no zone is the oldest of the three forms, which is always in GMT.
        instant = read if read.tzinfo else read.replace(tzinfo=timezone.utc)
        return int(instant.timestamp()) * SECOND
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def safe_words(told: str, secrets: Iterable[str]) -> str:
    """What may be shown of somebody else's words: plain words, a few, none of them of a secret.

    Args:
        told: anything.
        secrets: what we gave them: addresses, tokens, keys, passwords.

    Returns:
        At most 100 characters in one line; empty where there is no plain word.
    """
    kept = [one.lower() for one in secrets]
    shown: list[str] = []
    length = 0
    for word in told[: 10 * _LONGEST_TOLD].split():
        length += len(word) + 1
        if length > _LONGEST_TOLD:
            break
        if _WORD.fullmatch(word) and not _is_of(word.rstrip(".,:;").lower(), kept):
            shown.append(word)
    return " ".join(shown).rstrip(".,:;")


def _is_of(word: str, secrets: Iterable[str]) -> bool:
    """True for a word that is a piece of a secret, or has one in it."""
    return any(
        (len(word) >= _SHORTEST_SECRET and word in secret) or (secret and secret in word)
        for secret in secrets
    )
