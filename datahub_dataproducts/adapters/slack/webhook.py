"""Slack by an incoming webhook: it can post, and neither edit nor look nor reply."""

from collections.abc import Sequence

import msgspec

from datahub_dataproducts.adapters.slack.blocks import (
    block_kit,
    fallback,
    note,
    spoken,
    with_details,
)
from datahub_dataproducts.adapters.slack.faults import BAD_BLOCKS
from datahub_dataproducts.adapters.web import Address
from datahub_dataproducts.domain.answers import Answer, receipt_of
from datahub_dataproducts.domain.message_words import MAYBE_TWICE
from datahub_dataproducts.domain.receipts import Dispatch, Receipt, Retry

_OK = 200
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_WORDS = {
    "action_prohibited": "the rules of the workspace do not let the webhook post there",
    "channel_is_archived": "the channel is archived; make a webhook for another",
    "channel_not_found": "the channel is gone; make a webhook for another",
    "invalid_payload": "it does not take the message",
    "invalid_token": "the webhook is none any more; make another",
    "no_active_hooks": "the webhook is switched off; make another",
    "no_service": "the webhook is gone; make another",
    "no_service_id": "the address is not whole; copy it again",
    "no_team": "the workspace is gone; make a webhook in another",
    "no_text": "it does not take a message without text",
    "posting_to_general_channel_denied": "the webhook may not post to that channel",
    "team_disabled": "the workspace is gone; make a webhook in another",
    "too_many_attachments": "it does not take the message",
    "user_not_found": "whom it is for is gone; make another webhook",
}
"""What Slack answers to a webhook that it does not take, and what to do."""


class SlackWebhookChannel:
    """Posts each letter of a conversation as a message of its own, details below.

    Args:
        address: of the webhook.
        is_technical: whether its readers are shown details.
    """

    shows_latest = False

    def __init__(self, address: Address, *, is_technical: bool) -> None:
        self._address = address
        self._is_technical = is_technical

    def __repr__(self) -> str:
        return f"SlackWebhookChannel({self._address.host})"

    def post(self, dispatch: Dispatch) -> Receipt:
        """Tell it below what was told before; Slack gives nothing to know it by again."""
        message = dispatch.message
        blocks = with_details(message) if self._is_technical else block_kit(message.blocks)
        if dispatch.is_uncertain:
            blocks = [*blocks[:-1], blocks[-1], note(MAYBE_TWICE)]
        answer = self._send(fallback(message), blocks)
        if isinstance(answer, Answer) and answer.told.strip() in BAD_BLOCKS:
            answer = self._send(spoken(dispatch.letter.text), ())
        return answer if isinstance(answer, Retry) else self._receipt(answer, dispatch.at)

    def _send(self, text: str, blocks: Sequence[dict[str, object]]) -> Answer | Retry:
        said: dict[str, object] = {
            "text": text,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if blocks:
            said["blocks"] = list(blocks)
        return self._address.post(msgspec.json.encode(said), _HEADERS)

    def _receipt(self, answer: Answer, now: int) -> Receipt:
        who, word = self._address.who, answer.told.strip()
        if answer.status == _OK and word != "ok":
            return Retry(f"{who} answers what Slack never does", may_have_arrived=True)
        shown = f"{word}: {_WORDS[word]}" if word in _WORDS else self._address.shown(word)
        remedies = {answer.status: shown} if word in _WORDS else {}
        return receipt_of(answer, who=who, now=now, remedies=remedies, told=shown)
