"""What of ours is in a channel of Slack already, for when the end of a send is not known."""

import logging
from typing import Any

from datahub_dataproducts.adapters.slack.api import SlackApi, SlackFailed
from datahub_dataproducts.adapters.slack.faults import GONE, NOT_ALLOWED
from datahub_dataproducts.adapters.slack.places import (
    MESSAGE,
    Place,
    own_message,
    place_of,
)
from datahub_dataproducts.domain.durations import DAY, SECOND
from datahub_dataproducts.domain.receipts import Dispatch

logger = logging.getLogger(__name__)

_PAGE = 100
_MOST_PAGES = 10
# What was uncertain was tried after it became so, by clocks that need not agree.
_LOOK_BACK = 7 * DAY


class History:
    """Looks for our own messages by their metadata.

    Args:
        api: of a token with the scope `channels:history` (`groups:history` where the channel is
            private); without it nothing is found, which is told once.
        channel: id of the channel.
    """

    def __init__(self, api: SlackApi, channel: str) -> None:
        self._api = api
        self._channel = channel
        self._may_look = True

    def message(self, dispatch: Dispatch) -> Place | None:
        """The newest message that shows the conversation.

        Raises:
            SlackFailed: it cannot be looked at for the moment.
        """
        oldest = max(dispatch.letter.at - _LOOK_BACK, 0) // SECOND
        cursor = ""
        key = dispatch.letter.thread
        for _ in range(_MOST_PAGES):
            asked = {"oldest": str(oldest), "cursor": cursor}
            page = self._page("conversations.history", asked, dispatch)
            if ts := own_message(page.get("messages") or (), conversation=key, part=MESSAGE):
                return place_of(self._channel, ts)
            cursor = _next_cursor(page)
            if not cursor:
                break
        return None

    def has_reply(self, dispatch: Dispatch, place: Place, part: str) -> bool:
        """Whether this part of the letter is in the thread; raises as `message`."""
        cursor = ""
        for _ in range(_MOST_PAGES):
            asked = {"ts": place.ts, "cursor": cursor}
            page = self._page("conversations.replies", asked, dispatch)
            if own_message(page.get("messages") or (), letter=dispatch.letter.id, part=part):
                return True
            cursor = _next_cursor(page)
            if not cursor:
                break
        return False

    def _page(self, method: str, asked: dict[str, str], dispatch: Dispatch) -> dict[str, Any]:
        if not self._may_look:
            return {}
        always = {"channel": self._channel, "limit": str(_PAGE), "include_all_metadata": "true"}
        given = {key: value for key, value in asked.items() if value}
        try:
            return self._api.read(method, {**always, **given}, dispatch.at)
        except SlackFailed as failed:
            if failed.fault.word in GONE:
                return {}
            if failed.fault.word not in NOT_ALLOWED:
                raise
            self._may_look = False
            logger.warning("Slack may be told something twice after a broken send: %s", failed)
            return {}


def _next_cursor(page: dict[str, Any]) -> str:
    more = page.get("response_metadata")
    return str(more.get("next_cursor") or "") if isinstance(more, dict) else ""
