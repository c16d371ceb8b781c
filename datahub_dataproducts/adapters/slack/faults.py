"""What Slack says when it does not do what it is asked: whether to try again, and what to do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from datahub_dataproducts.domain.answers import Answer, asked_wait, failure_of, safe_words
from datahub_dataproducts.domain.receipts import Refused, Retry

_OK = 200

GONE = frozenset({"message_not_found", "thread_not_found", "cannot_reply_to_message"})
"""What we showed is there no more."""

FIXED = frozenset({"cant_update_message", "edit_window_closed", "is_inactive"})
"""What we showed cannot be changed."""

BAD_BLOCKS = frozenset({
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_attachments",
    "msg_blocks_too_long",
    "msg_too_long",
    "block_mismatch",
})
"""Slack does not take the form of a message; it may take its text."""

NOT_ALLOWED = frozenset({
    "missing_scope",
    "not_allowed_token_type",
    "no_permission",
    "access_denied",
    "method_not_supported_for_channel_type",
    "not_in_channel",
})
"""The app may not look at that; without it we go on as well as we can."""

_TOKEN = "it does not accept the token; give a valid one"  # noqa: S105 - words, no token
_UNCERTAIN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_LATER: Mapping[str, str] = {
    "ratelimited": "it asks to slow down",
    "rate_limited": "it asks to slow down",
    "fatal_error": "it failed at it",
    "internal_error": "it failed at it",
    "request_timeout": "it did not get all of the request in time",
    "service_unavailable": "it cannot be used for the moment",
    "team_added_to_org": "the workspace is being moved",
    "org_login_required": "the workspace is being moved",
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "account_inactive": _TOKEN,
    "token_revoked": _TOKEN,
    "token_expired": _TOKEN,
    "missing_scope": "the app lacks a scope; see docs/channels.md for those it needs",
    "access_denied": "the app is not allowed to; see its scopes and the rules of the workspace",
    "ekm_access_denied": "an administrator has suspended the posting of messages",
}
"""The fault is not the letter's: it may be taken later, or once somebody has seen to it."""

_NEVER: Mapping[str, str] = {
    "not_in_channel": "invite the app to the channel, or give it the scope chat:write.public",
    "channel_not_found": "there is no such channel for the app; give the id of one, and invite the "
    "app if it is private",
    "is_archived": "the channel is archived; give another",
    "restricted_action": "the rules of the workspace do not let the app post there",
    "restricted_action_read_only_channel": "the channel is read-only; give another",
    "restricted_action_thread_only_channel": "the channel takes replies only; give another",
    "not_allowed_token_type": "give a bot token, which begins with xoxb-",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why Slack did not do it.

    Attributes:
        word: Slack's own for it, empty where it gave none.
        receipt: what it means for a letter.
    """

    word: str
    receipt: Retry | Refused


def read_answer(answer: Answer, *, who: str, now: int | None, token: str) -> dict[str, Any] | Fault:
    """What Slack's Web API answers, or why not.

    Args:
        answer: over HTTP.
        who: whom we asked, as a sentence begins.
        now: milliseconds.
        token: what must not be repeated.
    """
    said = _object(answer.told)
    word = str(said.get("error", ""))
    if said.get("ok") is True and answer.status == _OK:
        return said
    if word in _LATER:
        return Fault(word, _later(word, answer, who, now))
    if answer.status != _OK:
        return Fault(word, _by_status(answer, who, now))
    if not said:
        return Fault("", Retry(f"{who} answers what is no JSON", may_have_arrived=True))
    shown = safe_words(word, [token])
    reason = _NEVER.get(word, "it does not take the message")
    return Fault(word, Refused(f"{who} answers {shown or 'no reason that can be shown'}: {reason}"))


def _later(word: str, answer: Answer, who: str, now: int | None) -> Retry:
    return Retry(
        f"{who} answers {word}: {_LATER[word]}",
        asked_wait(answer.retry_after, now),
        may_have_arrived=word in _UNCERTAIN,
    )


def _by_status(answer: Answer, who: str, now: int | None) -> Retry | Refused:
    if answer.status // 100 == 2:  # noqa: PLR2004 - the class of an answer is its first digit
        return Retry(f"{who} answers {answer.status}, which it never does", may_have_arrived=True)
    return failure_of(answer, who=who, now=now)


def _object(told: str) -> dict[str, Any]:
    """The JSON object of an answer; empty where it is none."""
    try:
        said = msgspec.json.decode(told)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
