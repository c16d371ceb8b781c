"""What a recipe says of Slack."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from datahub_dataproducts.domain.receipts import Delivered
from datahub_dataproducts.plugins.channels.base import Surroundings
from datahub_dataproducts.plugins.channels.slack import (
    SlackChannelConfig,
    SlackWebhookChannelConfig,
)
from tests.answering import AnsweringServer, Reply
from tests.integration.slack.workspace import CHANNEL, TOKEN, SlackServer
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import OPENED

HERE = Surroundings(name="finance")


def bot(**options: object) -> SlackChannelConfig:
    given = {"type": "slack", "token": TOKEN, "channel": CHANNEL, **options}
    return SlackChannelConfig.model_validate(given)


def test_a_bot_needs_a_token_and_a_channel(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n", encoding="utf-8")
    with SlackServer() as slack:
        given = {"type": "slack", "token_file": str(token), "channel": CHANNEL}
        config = SlackChannelConfig.model_validate({**given, "base_url": slack.api})
        receipt = config.build(HERE).post(dispatch_of(OPENED))
        assert isinstance(receipt, Delivered)
        assert len(slack.workspace.in_threads) == 1


def test_business_readers_get_no_thread() -> None:
    with SlackServer() as slack:
        config = bot(base_url=slack.api, audience="business")
        config.build(HERE).post(dispatch_of(OPENED))
        assert not slack.workspace.in_threads


def test_slack_takes_about_one_message_a_second() -> None:
    assert bot().spacing == 1_000
    assert bot(at_most="20/m").spacing == 3_000


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"channel": "#finance"}, "write the id of the channel"),
        ({"token": "xoxb 17"}, "is no token of Slack"),
        ({"base_url": "http://slack.example.com/api"}, "begins with https://"),
        ({"base_url": "slack.com/api"}, "is no address"),
    ],
)
def test_what_cannot_be_is_told_when_the_recipe_is_read(
    options: dict[str, object], says: str
) -> None:
    with pytest.raises(ValidationError, match=says) as refused:
        bot(**options)
    assert "xoxb" not in str(refused.value).replace("which begins with xoxb-", "")


def test_a_webhook_needs_its_address() -> None:
    with AnsweringServer(Reply(body=b"ok")) as server:
        given = {"type": "slack_webhook", "url": f"{server.url}/services/T/B/s3cret"}
        config = SlackWebhookChannelConfig.model_validate(given)
        assert config.spacing == 1_000
        assert config.build(HERE).post(dispatch_of(OPENED)) == Delivered()
        assert "s3cret" not in repr(config.build(HERE)) + repr(config)
