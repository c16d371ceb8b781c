"""Slack by a bot: one message for a conversation, edited in place, with the evidence in its thread."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

import msgspec

from datahub_dataproducts.adapters.slack.api import SlackApi, SlackFailed
from datahub_dataproducts.adapters.slack.blocks import block_kit, fallback, note, spoken
from datahub_dataproducts.adapters.slack.faults import BAD_BLOCKS, FIXED, GONE
from datahub_dataproducts.adapters.slack.history import History
from datahub_dataproducts.adapters.slack.people import SlackPeople, named_in
from datahub_dataproducts.adapters.slack.places import (
    DETAILS,
    FOLLOW_UP,
    MESSAGE,
    Place,
    metadata,
    place_of,
    read_place,
)
from datahub_dataproducts.domain.letters import Announcement
from datahub_dataproducts.domain.messages import Block
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Refused, Retry

logger = logging.getLogger(__name__)

_MARK = 16


class SlackChannel:
    """Posts, and then edits what it posted; who mends finds the evidence in the thread.

    What cannot be edited any more is followed up in its thread, what somebody deleted is posted
    anew. After a send of which nobody knows the end it looks for its own message first, by the
    metadata that every message of ours has.

    Args:
        api: of the bot's token.
        channel: id of the channel in Slack.
        is_technical: whether its readers are shown details, and owners are mentioned.
    """

    shows_latest = True

    def __init__(self, api: SlackApi, channel: str, *, is_technical: bool) -> None:
        self._api = api
        self._channel = channel
        self._people = SlackPeople(api) if is_technical else None
        self._history = History(api, channel)
        # Conversations with a letter that is shown in part: which letter, and where.
        self._begun: dict[str, tuple[str, Place]] = {}
        self._told: set[str] = set()

    def __repr__(self) -> str:
        return f"SlackChannel({self._channel})"

    def post(self, dispatch: Dispatch) -> Receipt:
        """Show the letter in the place of its conversation; the reference is that place."""
        key = dispatch.letter.thread
        try:
            place = self._show(dispatch, self._begun.get(key))
            self._begun[key] = dispatch.letter.id, place
            place = self._show_details(dispatch, place)
            self._begun[key] = dispatch.letter.id, place
            self._end(dispatch)
        except SlackFailed as failed:
            return self._receipt(failed, dispatch)
        del self._begun[key]
        return Delivered(place.written())

    def _receipt(self, failed: SlackFailed, dispatch: Dispatch) -> Receipt:
        receipt, key = failed.fault.receipt, dispatch.letter.thread
        begun = self._begun.get(key)
        is_begun = begun is not None and begun[0] == dispatch.letter.id
        if isinstance(receipt, Retry):
            # Of what is shown in part, too, a later try must look what there is.
            unknown = receipt.may_have_arrived or is_begun or dispatch.is_uncertain
            return replace(receipt, may_have_arrived=unknown)
        if begun is None or not is_begun:
            return receipt
        self._tell_once("a message is shown, and what belongs to it is not", receipt)
        del self._begun[key]
        return Delivered(begun[1].written())

    def _show(self, dispatch: Dispatch, begun: tuple[str, Place] | None) -> Place:
        if begun is not None and begun[0] == dispatch.letter.id:
            return begun[1]
        place = begun[1] if begun is not None else read_place(dispatch.earlier)
        if place is not None and self._is_changed(dispatch, place):
            return place
        found = self._history.message(dispatch) if dispatch.is_uncertain else None
        if found is not None and self._is_changed(dispatch, found):
            return found
        return self._post(self._shown(dispatch, MESSAGE), dispatch)

    def _is_changed(self, dispatch: Dispatch, place: Place) -> bool:
        """Whether the place shows the letter now; False where there is nothing to be changed."""
        try:
            self._send("chat.update", {**self._shown(dispatch, MESSAGE), **_at(place)}, dispatch)
        except SlackFailed as failed:
            if failed.fault.word in GONE:
                return False
            if failed.fault.word in FIXED:
                return self._is_followed_up(dispatch, place)
            raise
        return True

    def _is_followed_up(self, dispatch: Dispatch, place: Place) -> bool:
        """As `_is_changed`: told in the thread, and in the channel, where it is read."""
        if dispatch.is_uncertain and self._history.has_reply(dispatch, place, FOLLOW_UP):
            return True
        reply = {"thread_ts": place.ts, "reply_broadcast": True}
        try:
            self._send("chat.postMessage", {**self._shown(dispatch, FOLLOW_UP), **reply}, dispatch)
        except SlackFailed as failed:
            if failed.fault.word in GONE:
                return False
            raise
        return True

    def _show_details(self, dispatch: Dispatch, place: Place) -> Place:
        details = dispatch.message.details
        if self._people is None or not details or not place.ts:
            return place
        blocks = block_kit(details, self._called(details, dispatch))
        mark = sha256(msgspec.json.encode(blocks)).hexdigest()[:_MARK]
        if mark == place.details:
            return place
        if not (dispatch.is_uncertain and self._history.has_reply(dispatch, place, DETAILS)):
            said = self._message(dispatch, DETAILS, blocks)
            self._send("chat.postMessage", {**said, "thread_ts": place.ts}, dispatch)
        return replace(place, details=mark)

    def _end(self, dispatch: Dispatch) -> None:
        """Where a conversation was told whose place this one takes, it says so."""
        goes_on = f"This goes on in another message: {dispatch.message.subject}"
        said = {"text": spoken(goes_on), "blocks": [note(goes_on)], "parse": "none"}
        for place in filter(None, map(read_place, dispatch.ended)):
            try:
                self._api.write("chat.update", {**said, **_at(place)}, dispatch.at)
            except SlackFailed as failed:
                if failed.fault.word not in GONE | FIXED:
                    raise

    def _shown(self, dispatch: Dispatch, part: str) -> dict[str, object]:
        blocks = dispatch.message.blocks
        return self._message(dispatch, part, block_kit(blocks, self._called(blocks, dispatch)))

    def _called(self, blocks: Sequence[Block], dispatch: Dispatch) -> Mapping[str, str]:
        """A digest calls nobody: it is read when there is time."""
        if self._people is None or not isinstance(dispatch.letter, Announcement):
            return {}
        return self._people.called(named_in(blocks), dispatch.at)

    def _message(
        self, dispatch: Dispatch, part: str, blocks: list[dict[str, object]]
    ) -> dict[str, object]:
        return {
            "channel": self._channel,
            "text": fallback(dispatch.message),
            "blocks": blocks,
            "metadata": metadata(dispatch.letter, part),
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }

    def _post(self, said: Mapping[str, object], dispatch: Dispatch) -> Place:
        answer = self._send("chat.postMessage", said, dispatch)
        # Without a place that can be read the next letter is posted anew.
        return place_of(answer.get("channel"), answer.get("ts")) or Place(
            channel=self._channel, ts=""
        )

    def _send(
        self, method: str, said: Mapping[str, object], dispatch: Dispatch
    ) -> dict[str, object]:
        """Write it; as text alone where Slack does not take the blocks."""
        try:
            return self._api.write(method, said, dispatch.at)
        except SlackFailed as failed:
            if failed.fault.word not in BAD_BLOCKS:
                raise
            self._tell_once("shown as text alone", failed.fault.receipt)
        text = spoken(dispatch.letter.text)
        return self._api.write(method, {**said, "blocks": [], "text": text}, dispatch.at)

    def _tell_once(self, what: str, why: Retry | Refused) -> None:
        if what not in self._told:
            self._told.add(what)
            logger.warning("Slack channel %s: %s: %s", self._channel, what, why.reason)


def _at(place: Place) -> dict[str, object]:
    return {"channel": place.channel, "ts": place.ts}
