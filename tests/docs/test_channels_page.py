"""The page on channels: its recipes are valid, its tables complete, its snippet verifies."""

import base64
import re
from string import Template
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from datahub_dataproducts.adapters.mail.template import MailTemplate
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.receipts import Delivered
from datahub_dataproducts.plugins.channels.base import ChannelConfig, Surroundings
from datahub_dataproducts.plugins.channels.email import EmailChannelConfig
from datahub_dataproducts.plugins.channels.every import AnyChannelConfig
from datahub_dataproducts.plugins.channels.slack import (
    SlackChannelConfig,
    SlackWebhookChannelConfig,
)
from datahub_dataproducts.plugins.channels.teams import TeamsChannelConfig
from datahub_dataproducts.plugins.channels.web_values import WithWaiting
from datahub_dataproducts.plugins.channels.webhook import WebhookChannelConfig
from tests.answering import AnsweringServer
from tests.docs.pages import Block, blocks, code_in, first_cells, section, text_of
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import OPENED

PAGE = "docs/channels.md"
READER: TypeAdapter[Any] = TypeAdapter(AnyChannelConfig)
SECRET = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
OLD = f"whsec_{base64.b64encode(b'o' * 32).decode()}"
NOW = OPENED.at // 1000 + 1


def of_page(language: str) -> list[Block]:
    return [block for block in blocks(language) if block.page == PAGE]


@pytest.mark.parametrize("block", of_page("yml"), ids=str)
def test_every_channel_shown_is_valid(block: Block) -> None:
    ((name, options),) = yaml.safe_load(block.text).items()
    given = {
        "WEBHOOK_URL": "https://a.example/x",
        "WEBHOOK_SECRET": SECRET,
        "MAIL_PASSWORD": "x",
        "SLACK_TOKEN": "xoxb-x",
        "SLACK_WEBHOOK": "https://a.example/x",
        "TEAMS_WEBHOOK": "https://a.example/x",
    }
    filled = {
        key: Template(value).safe_substitute(given) if isinstance(value, str) else value
        for key, value in options.items()
    }
    READER.validate_python(filled).build(Surroundings(name=name))


@pytest.mark.parametrize(
    ("title", "config"),
    [
        ("E-mail", EmailChannelConfig),
        ("Slack", SlackChannelConfig),
        ("Slack", SlackWebhookChannelConfig),
        ("Microsoft Teams", TeamsChannelConfig),
        ("Webhook", WebhookChannelConfig),
    ],
)
def test_every_option_is_on_the_page(title: str, config: type[ChannelConfig]) -> None:
    common = {*ChannelConfig.model_fields, *WithWaiting.model_fields}
    own = {*config.model_fields} - common
    rows = re.findall(r"^\| (`[^|]+) \|", section(PAGE, title), re.MULTILINE)
    named = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}
    assert own <= named
    told = first_cells(section(PAGE, "What all have"))
    assert {"audience", "timezone", "at_most", *WithWaiting.model_fields} <= set(told)


def test_a_template_of_the_page_works(tmp_path: Any) -> None:
    (block,) = of_page("jinja")
    path = tmp_path / "mine.html.j2"
    path.write_text(block.text, encoding="utf-8")
    html = MailTemplate(path).html_of(OPENED.shown, is_technical=True, footer=())
    assert "ACME data products" in html
    assert "dim_users" in html


def test_a_receiver_can_verify_what_it_gets() -> None:
    (block,) = of_page("python")
    defined: dict[str, Any] = {}
    exec(block.text, defined)  # noqa: S102 - the page's own snippet
    is_genuine = defined["is_genuine"]
    with AnsweringServer() as server:
        options = {"url": server.url, "secret": SECRET, "previous_secret": OLD}
        channel = READER.validate_python({"type": "webhook", **options}).build(
            Surroundings(name="a")
        )
        assert channel.post(dispatch_of(OPENED)) == Delivered()
        (posted,) = server.received
    for secret in (SECRET, OLD):
        assert is_genuine(posted.headers, posted.body, secret, lambda: NOW)
    other = f"whsec_{base64.b64encode(b'x' * 32).decode()}"
    assert not is_genuine(posted.headers, posted.body, other, lambda: NOW)
    assert not is_genuine(posted.headers, posted.body + b" ", SECRET, lambda: NOW)
    assert not is_genuine(posted.headers, posted.body, SECRET, lambda: NOW + 301)
    unsigned = {k: v for k, v in posted.headers.items() if k != "webhook-signature"}
    assert not is_genuine(unsigned, posted.body, SECRET, lambda: NOW)


def test_every_reason_is_named() -> None:
    named = set(code_in(section(PAGE, "Webhook")))
    assert {why.value.replace(" ", "_") for why in Why} <= named


def test_every_block_of_ours_that_a_template_may_replace_is_named() -> None:
    ours = text_of("datahub_dataproducts/adapters/mail/letter.html.j2")
    for name in re.findall(r"{%-? block (\w+)", ours):
        assert f"`{name}`" in section(PAGE, "E-mail")
