"""Slack by a bot: one message for a conversation, whatever goes wrong on the way."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from datahub_dataproducts.adapters.slack.api import SlackApi
from datahub_dataproducts.adapters.slack.channel import SlackChannel
from datahub_dataproducts.adapters.web import Patience
from datahub_dataproducts.domain.letters import ToPeople
from datahub_dataproducts.domain.messages import Fact, Facts
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Refused, Retry
from tests.answering import AnsweringServer, Reply
from tests.integration.slack.workspace import (
    CHANNEL,
    TOKEN,
    SlackServer,
    Trouble,
    Workspace,
    refusal,
)
from tests.messages_by_hand import (
    BAD_DAY,
    CLOSED,
    LETTERS,
    OPENED,
    SECOND_CAUSE,
    THIRD_PRODUCT,
)

IMPATIENT = Patience(connect=2, read=0.3)
RATE_LIMITED = Reply(
    status=429, headers=(("Retry-After", "7"),), body=b'{"ok":false,"error":"ratelimited"}'
)


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


def channel(slack: SlackServer, *, technical: bool = True, token: str = TOKEN) -> SlackChannel:
    api = SlackApi(token, base_url=slack.api, patience=IMPATIENT)
    return SlackChannel(api, CHANNEL, is_technical=technical)


def dispatch(letter: ToPeople, earlier: str = "", *, uncertain: bool = False) -> Dispatch:
    return Dispatch(
        letter=letter,
        message=letter.shown,
        earlier=earlier,
        is_uncertain=uncertain,
        at=letter.at + 1_500,
    )


def reference(receipt: Receipt) -> str:
    assert isinstance(receipt, Delivered), receipt
    return receipt.reference


def headline(message: dict[str, Any]) -> str:
    text: str = message["blocks"][0]["text"]["text"]
    return text


def sent(workspace: Workspace) -> list[str]:
    """What was written, without what was only looked up."""
    return [one for one in workspace.called if one.startswith("chat.")]


def test_a_conversation_is_one_message_that_is_edited_until_it_is_over(slack: SlackServer) -> None:
    told, earlier = channel(slack), ""
    for letter in (OPENED, SECOND_CAUSE, THIRD_PRODUCT, CLOSED):
        earlier = reference(told.post(dispatch(letter, earlier)))
    (message,) = slack.workspace.shown
    assert message["edits"] == 3
    assert headline(message).startswith("🟢 Revenue, Activation and Users have recovered")
    assert message["metadata"]["event_payload"]["letter"] == CLOSED.id


def test_the_thread_has_the_evidence_and_more_of_it_only_when_it_changes(
    slack: SlackServer,
) -> None:
    told, earlier = channel(slack), ""
    for letter in (OPENED, SECOND_CAUSE, THIRD_PRODUCT, CLOSED):
        earlier = reference(told.post(dispatch(letter, earlier)))
    letters = [one["metadata"]["event_payload"]["letter"] for one in slack.workspace.in_threads]
    assert letters == [OPENED.id, SECOND_CAUSE.id]
    assert "freshness-dim-users" in json.dumps(slack.workspace.in_threads[0]["blocks"])


def test_business_readers_get_no_thread_and_no_evidence(slack: SlackServer) -> None:
    channel(slack, technical=False).post(dispatch(OPENED))
    assert not slack.workspace.in_threads
    assert "urn:li" not in json.dumps(slack.workspace.shown[0]["blocks"])


@pytest.mark.parametrize("name", LETTERS)
def test_slack_takes_whatever_is_told(slack: SlackServer, name: str) -> None:
    assert isinstance(channel(slack).post(dispatch(LETTERS[name])), Delivered)
    assert all("blocks" in one for one in slack.workspace.messages[CHANNEL])


def test_a_message_that_somebody_deleted_is_posted_anew(slack: SlackServer) -> None:
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    slack.workspace.messages[CHANNEL].clear()
    again = reference(told.post(dispatch(SECOND_CAUSE, earlier)))
    assert again != earlier
    assert len(slack.workspace.shown) == 1
    assert len(slack.workspace.in_threads) == 1


def test_what_cannot_be_edited_is_followed_up_in_its_thread(slack: SlackServer) -> None:
    told = channel(slack, technical=False)
    earlier = reference(told.post(dispatch(OPENED)))
    slack.workspace.is_edit_window_closed = True
    assert reference(told.post(dispatch(CLOSED, earlier))) == earlier
    (reply,) = slack.workspace.in_threads
    assert reply["reply_broadcast"] is True
    assert "recovered" in headline(reply)


def test_a_follow_up_is_not_told_twice(slack: SlackServer) -> None:
    told = channel(slack, technical=False)
    earlier = reference(told.post(dispatch(OPENED)))
    slack.workspace.is_edit_window_closed = True
    told.post(dispatch(CLOSED, earlier))
    told.post(dispatch(CLOSED, earlier, uncertain=True))
    assert len(slack.workspace.in_threads) == 1


@pytest.mark.parametrize(
    "lost",
    [
        Reply(resets=True),
        Reply(silent=True),
        Reply(status=500),
        Reply(status=502, body=b"<html>"),
        Reply(body=b"<html>"),
        refusal("internal_error"),
        refusal("fatal_error"),
    ],
)
@pytest.mark.parametrize("is_done", [True, False])
def test_a_send_of_unknown_end_is_looked_up_and_never_doubled(
    slack: SlackServer, lost: Reply, is_done: bool
) -> None:
    slack.workspace.troubles = [Trouble(method="chat.postMessage", reply=lost, is_done=is_done)]
    first = channel(slack).post(dispatch(OPENED))
    assert isinstance(first, Retry)
    assert first.may_have_arrived
    # By another process, which remembers nothing.
    assert isinstance(channel(slack).post(dispatch(OPENED, uncertain=True)), Delivered)
    assert len(slack.workspace.shown) == 1
    assert len(slack.workspace.in_threads) == 1


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("same_process", [True, False])
def test_a_thread_that_broke_off_is_gone_on_with(
    slack: SlackServer, is_done: bool, same_process: bool
) -> None:
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    lost = Trouble(method="chat.postMessage", reply=Reply(resets=True), is_done=is_done)
    slack.workspace.troubles = [lost]
    receipt = told.post(dispatch(SECOND_CAUSE, earlier))
    assert isinstance(receipt, Retry)
    assert receipt.may_have_arrived
    again = told if same_process else channel(slack)
    again.post(dispatch(SECOND_CAUSE, earlier, uncertain=True))
    assert len(slack.workspace.shown) == 1
    assert len(slack.workspace.in_threads) == 2


def test_own_messages_are_found_behind_those_of_others(slack: SlackServer) -> None:
    channel(slack, technical=False).post(dispatch(OPENED))
    others = [
        {"ts": f"1772521300.{number:06d}", "bot_id": "B2", "text": "lunch?"}
        for number in range(1, 30)
    ]
    slack.workspace.messages[CHANNEL] += others
    slack.workspace.page = 10
    channel(slack, technical=False).post(dispatch(OPENED, uncertain=True))
    assert len(slack.workspace.shown) == 30
    assert slack.workspace.called.count("conversations.history") == 3


def test_without_the_scope_to_look_it_is_told_again_and_the_operator_once(
    slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    slack.workspace.scopes = frozenset({"chat:write"})
    told = channel(slack, technical=False)
    for letter in (OPENED, BAD_DAY):
        assert isinstance(told.post(dispatch(letter, uncertain=True)), Delivered)
    assert caplog.text.count("missing_scope") == 1
    assert len(slack.workspace.shown) == 2


def test_while_it_cannot_look_it_waits(slack: SlackServer) -> None:
    slack.workspace.troubles = [Trouble(method="conversations.history", reply=RATE_LIMITED)]
    receipt = channel(slack).post(dispatch(OPENED, uncertain=True))
    assert isinstance(receipt, Retry)
    assert (receipt.after, receipt.may_have_arrived) == (7_000, True)
    assert not sent(slack.workspace)


def test_what_is_shown_without_its_evidence_has_arrived_in_part(slack: SlackServer) -> None:
    earlier = reference(channel(slack).post(dispatch(OPENED)))
    slack.workspace.troubles = [Trouble(method="chat.postMessage", reply=RATE_LIMITED)]
    receipt = channel(slack).post(dispatch(SECOND_CAUSE, earlier))
    assert isinstance(receipt, Retry)
    assert receipt.may_have_arrived


def test_slack_may_ask_to_slow_down_and_nothing_has_arrived(slack: SlackServer) -> None:
    slack.workspace.troubles = [Trouble(method="chat.postMessage", reply=RATE_LIMITED)]
    receipt = channel(slack).post(dispatch(OPENED))
    assert receipt == Retry(
        "Slack (localhost) answers ratelimited: it asks to slow down", after=7_000
    )


def test_each_call_is_tried_once_and_the_outbox_decides_about_the_next(
    slack: SlackServer,
) -> None:
    slack.workspace.troubles = [Trouble(method="chat.postMessage", reply=Reply(resets=True))] * 3
    channel(slack, technical=False).post(dispatch(OPENED))
    assert slack.workspace.called == ["chat.postMessage"]


@pytest.mark.parametrize("word", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_token_that_is_not_accepted_keeps_the_letter_until_there_is_a_valid_one(
    slack: SlackServer, word: str
) -> None:
    slack.workspace.troubles = [Trouble(method="chat.postMessage", reply=refusal(word))]
    receipt = channel(slack).post(dispatch(OPENED))
    assert receipt == Retry(
        f"Slack (localhost) answers {word}: it does not accept the token; give a valid one"
    )


def test_a_wrong_token_shows_nothing(slack: SlackServer) -> None:
    receipt = channel(slack, token="xoxb-another").post(dispatch(OPENED))
    assert isinstance(receipt, Retry)
    assert "invalid_auth" in receipt.reason
    assert not slack.workspace.shown


def test_a_channel_that_is_gone_archived_or_not_ours_is_refused_with_what_to_do(
    slack: SlackServer,
) -> None:
    slack.workspace.without_us = {CHANNEL}
    assert "invite the app" in str(channel(slack).post(dispatch(OPENED)))
    slack.workspace.archived = {CHANNEL}
    assert "archived" in str(channel(slack).post(dispatch(OPENED)))
    del slack.workspace.messages[CHANNEL]
    receipt = channel(slack).post(dispatch(OPENED))
    assert isinstance(receipt, Refused)
    assert "give the id of one" in receipt.reason


def test_a_letter_whose_thread_is_refused_is_delivered_and_the_operator_told(
    slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    slack.workspace.troubles = [
        Trouble(method="chat.postMessage", reply=refusal("restricted_action"))
    ]
    assert reference(told.post(dispatch(SECOND_CAUSE, earlier))) == earlier
    assert "restricted_action" in caplog.text


def test_what_slack_does_not_take_as_blocks_is_told_as_text(slack: SlackServer) -> None:
    slack.workspace.troubles = [
        Trouble(method="chat.postMessage", reply=refusal("invalid_blocks")),
    ]
    assert isinstance(channel(slack, technical=False).post(dispatch(OPENED)), Delivered)
    (message,) = slack.workspace.shown
    assert message["text"] == OPENED.text
    assert "blocks" not in message


def test_a_redirect_is_not_followed(slack: SlackServer) -> None:
    with AnsweringServer(Reply(body=b'{"ok":true}')) as elsewhere:
        away = Reply(status=307, headers=(("Location", f"{elsewhere.url}/api/chat.postMessage"),))
        slack.workspace.troubles = [Trouble(method="chat.postMessage", reply=away)]
        assert isinstance(channel(slack).post(dispatch(OPENED)), Refused)
        assert not elsewhere.received


def test_nobody_there_is_nobody_told() -> None:
    with SlackServer() as server:
        told = channel(server)
    receipt = told.post(dispatch(OPENED))
    assert isinstance(receipt, Retry)
    assert not receipt.may_have_arrived


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 429, 500])
def test_nothing_that_is_answered_brings_out_the_token(
    slack: SlackServer, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bodies = (
        TOKEN.encode(),
        json.dumps({"ok": False, "error": TOKEN}).encode(),
        json.dumps({"ok": False, "error": f"invalid token {TOKEN}"}).encode(),
    )
    for body in bodies:
        echo = Reply(status=status, headers=(("Retry-After", TOKEN), ("X", TOKEN)), body=body)
        slack.workspace.troubles = [Trouble(method="chat.postMessage", reply=echo)]
        told = channel(slack)
        receipt = told.post(dispatch(OPENED))
        assert isinstance(receipt, Retry | Refused)
        assert TOKEN not in f"{receipt!r} {told!r} {told._api!r} {caplog.text}"  # noqa: SLF001


def test_owners_of_the_cause_are_mentioned_to_those_who_mend(slack: SlackServer) -> None:
    slack.workspace.users = {"jane.roe@example.com": "U0JANE"}
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    assert "Jane Roe <@U0JANE>" in json.dumps(slack.workspace.shown[0]["blocks"])
    told.post(dispatch(SECOND_CAUSE, earlier))
    assert slack.workspace.called.count("users.lookupByEmail") == 1


def test_a_business_channel_and_a_digest_mention_nobody(slack: SlackServer) -> None:
    slack.workspace.users = {"jane.roe@example.com": "U0JANE"}
    channel(slack, technical=False).post(dispatch(OPENED))
    named = replace(BAD_DAY, message=OPENED.shown)
    channel(slack).post(dispatch(named))
    assert "<@" not in json.dumps(slack.workspace.messages)


def test_people_who_are_not_in_slack_are_named(slack: SlackServer) -> None:
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    told.post(dispatch(SECOND_CAUSE, earlier))
    assert "<@" not in json.dumps(slack.workspace.shown)
    assert slack.workspace.called.count("users.lookupByEmail") == 1


def test_without_the_scope_people_are_named_and_the_operator_is_told_once(
    slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    slack.workspace.scopes -= {"users:read.email"}
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    told.post(dispatch(SECOND_CAUSE, earlier))
    assert caplog.text.count("people are named and not mentioned") == 1
    assert slack.workspace.called.count("users.lookupByEmail") == 1


@pytest.mark.parametrize("reply", [RATE_LIMITED, Reply(silent=True), Reply(status=500)])
def test_no_announcement_waits_for_who_somebody_is(slack: SlackServer, reply: Reply) -> None:
    slack.workspace.users = {"jane.roe@example.com": "U0JANE"}
    slack.workspace.troubles = [Trouble(method="users.lookupByEmail", reply=reply)]
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    assert "<@" not in json.dumps(slack.workspace.shown)
    told.post(dispatch(SECOND_CAUSE, earlier))
    assert "<@U0JANE>" in json.dumps(slack.workspace.shown)


def test_an_answer_that_names_nobody_mentions_nobody(slack: SlackServer) -> None:
    slack.workspace.users = {"jane.roe@example.com": "!channel"}
    channel(slack).post(dispatch(OPENED))
    assert "<!" not in json.dumps(slack.workspace.shown)


def test_a_conversation_that_goes_on_in_another_says_so(slack: SlackServer) -> None:
    told = channel(slack, technical=False)
    ended = reference(told.post(dispatch(OPENED)))
    other = replace(THIRD_PRODUCT, conversation="other", ends=(OPENED.conversation,))
    gone = '{"channel":"C0FINANCE","ts":"1.000009","details":""}'
    told.post(replace(dispatch(other), ended=(ended, gone, "no place")))
    first, second = slack.workspace.shown
    assert "goes on in another message" in json.dumps(first["blocks"])
    assert headline(second).startswith("🔴 Revenue is unhealthy")


@pytest.mark.parametrize(
    "reference",
    ["nonsense", "{}", '{"channel":"../x","ts":"1.0"}', '{"channel":"C1","ts":"now"}', "[" * 9_999],
)
def test_a_reference_that_is_none_is_a_new_message(slack: SlackServer, reference: str) -> None:
    assert isinstance(channel(slack).post(dispatch(OPENED, reference)), Delivered)
    assert len(slack.workspace.shown) == 1


def test_an_answer_without_a_place_counts_as_told(slack: SlackServer) -> None:
    slack.workspace.troubles = [
        Trouble(method="chat.postMessage", reply=Reply(body=b'{"ok":true,"ts":[1]}'))
    ]
    assert isinstance(channel(slack).post(dispatch(OPENED)), Delivered)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "tök"])
def test_what_cannot_be_a_token_is_refused_at_once_and_not_repeated(token: str) -> None:
    with pytest.raises(ValueError, match="no token of Slack") as refused:
        SlackApi(token)
    assert not token or token not in str(refused.value)


def test_a_thread_that_is_gone_when_it_is_followed_up_is_a_new_message(
    slack: SlackServer,
) -> None:
    told = channel(slack, technical=False)
    earlier = reference(told.post(dispatch(OPENED)))
    slack.workspace.is_edit_window_closed = True
    gone = Trouble(method="chat.postMessage", reply=refusal("thread_not_found"))
    slack.workspace.troubles = [gone]
    assert reference(told.post(dispatch(CLOSED, earlier))) != earlier
    assert len(slack.workspace.shown) == 2


@pytest.mark.parametrize("is_edit_window_closed", [True, False])
def test_an_edit_that_slack_is_too_busy_for_is_tried_again(
    slack: SlackServer, is_edit_window_closed: bool
) -> None:
    told = channel(slack, technical=False)
    earlier = reference(told.post(dispatch(OPENED)))
    slack.workspace.is_edit_window_closed = is_edit_window_closed
    method = "chat.postMessage" if is_edit_window_closed else "chat.update"
    slack.workspace.troubles = [Trouble(method=method, reply=RATE_LIMITED)]
    assert isinstance(told.post(dispatch(CLOSED, earlier)), Retry)
    assert reference(told.post(dispatch(CLOSED, earlier))) == earlier


def test_a_conversation_whose_end_cannot_be_shown_for_the_moment_is_tried_again(
    slack: SlackServer,
) -> None:
    told = channel(slack, technical=False)
    ended = reference(told.post(dispatch(OPENED)))
    other = replace(dispatch(replace(THIRD_PRODUCT, conversation="other")), ended=(ended,))
    slack.workspace.troubles = [Trouble(method="chat.update", reply=RATE_LIMITED)]
    assert isinstance(told.post(other), Retry)
    assert isinstance(told.post(other), Delivered)
    assert len(slack.workspace.shown) == 2
    assert "goes on in another" in json.dumps(slack.workspace.shown[0])


def test_what_was_begun_is_gone_on_with_by_the_next_letter(slack: SlackServer) -> None:
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    slack.workspace.troubles = [Trouble(method="chat.postMessage", reply=refusal("ratelimited"))]
    assert isinstance(told.post(dispatch(SECOND_CAUSE, earlier)), Retry)
    told.post(dispatch(CLOSED, earlier))
    (message,) = slack.workspace.shown
    assert message["metadata"]["event_payload"]["letter"] == CLOSED.id


def test_an_answer_of_a_status_that_slack_never_gives_is_looked_up(slack: SlackServer) -> None:
    strange = Trouble(method="chat.postMessage", reply=Reply(status=204), is_done=True)
    slack.workspace.troubles = [strange]
    first = channel(slack).post(dispatch(OPENED))
    assert isinstance(first, Retry)
    assert first.may_have_arrived
    channel(slack).post(dispatch(OPENED, uncertain=True))
    assert len(slack.workspace.shown) == 1


def test_a_thread_that_is_gone_has_no_reply(slack: SlackServer) -> None:
    told = channel(slack)
    earlier = reference(told.post(dispatch(OPENED)))
    gone = Trouble(method="conversations.replies", reply=refusal("thread_not_found"))
    slack.workspace.troubles = [gone]
    assert isinstance(told.post(dispatch(SECOND_CAUSE, earlier, uncertain=True)), Delivered)
    assert len(slack.workspace.in_threads) == 2


def test_who_is_no_address_of_e_mail_is_not_looked_up(slack: SlackServer) -> None:
    facts = Facts(facts=(Fact(label="Owner", value="jane", people=("urn:li:corpuser:jane",)),))
    named = replace(OPENED, message=replace(OPENED.shown, blocks=(facts,)))
    channel(slack).post(dispatch(named))
    assert "users.lookupByEmail" not in slack.workspace.called
