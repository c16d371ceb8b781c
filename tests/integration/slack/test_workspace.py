"""The stand-in speaks as Slack does: Slack's own client finds its way in it."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.integration.slack.workspace import CHANNEL, TOKEN, SlackServer


def test_slacks_own_client_posts_edits_and_finds_its_message() -> None:
    with SlackServer() as slack:
        client = WebClient(TOKEN, base_url=slack.api, timeout=5)
        metadata = {"event_type": "e", "event_payload": {"a": "b"}}
        ts = client.api_call(
            "chat.postMessage", json={"channel": CHANNEL, "text": "one", "metadata": metadata}
        )["ts"]
        client.api_call("chat.update", json={"channel": CHANNEL, "ts": ts, "text": "two"})
        client.api_call(
            "chat.postMessage", json={"channel": CHANNEL, "text": "three", "thread_ts": ts}
        )
        asked = {"channel": CHANNEL, "include_all_metadata": "true"}
        found = client.api_call("conversations.history", params=asked)["messages"]
        assert [(one["text"], one["metadata"]) for one in found] == [("two", metadata)]
        thread = client.api_call("conversations.replies", params={**asked, "ts": ts})["messages"]
        assert [one["text"] for one in thread] == ["two", "three"]


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "header", "text": {"type": "plain_text", "text": "h" * 151}}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "f"}] * 11}],
        [{"type": "actions", "elements": []}],
        [{"type": "divider"}] * 51,
    ],
)
def test_blocks_beyond_the_limits_are_refused(blocks: list[dict[str, object]]) -> None:
    with SlackServer() as slack:
        client = WebClient(TOKEN, base_url=slack.api, timeout=5)
        said = {"channel": CHANNEL, "text": "t", "blocks": blocks}
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            client.api_call("chat.postMessage", json=said)
