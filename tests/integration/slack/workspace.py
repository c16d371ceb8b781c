"""A stand-in for Slack's Web API: the methods we call, and what they refuse.

It is strict where that hurts: a token, scopes, blocks within their limits, messages that are gone
or cannot be edited, JSON where a method takes it and forms where it does not, metadata only for who
asks for it, pages that are short.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.answering import AnsweringServer, Posted, Posts, Reply
from tests.integration.slack.block_rules import fault_of

TOKEN = "xoxb-17-not-a-token-of-anybody"
CHANNEL = "C0FINANCE"
SCOPES = frozenset({"chat:write", "users:read.email", "channels:history"})
_NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "users.lookupByEmail": "users:read.email",
}
_JSON = frozenset({"chat.postMessage", "chat.update"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """What goes wrong with the next call of a method; with `is_done` it is carried out before."""

    method: str
    reply: Reply
    is_done: bool = False


def refusal(word: str) -> Reply:
    """An answer of 200 that says no."""
    return Reply(body=json.dumps({"ok": False, "error": word}).encode())


@dataclass
class Workspace(Posts):
    """What is shown in the workspace, and how it is.

    Attributes:
        messages: those there are, by channel, in the order in which they came.
        archived: ids of channels.
        without_us: ids of channels that the app is not in.
        users: ids by address of e-mail.
        scopes: of the token.
        troubles: what goes wrong next, each once.
        is_edit_window_closed: nothing can be edited any more.
        page: how many messages one answer has at most.
        called: methods, in order.
    """

    messages: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {CHANNEL: []})
    archived: set[str] = field(default_factory=set)
    without_us: set[str] = field(default_factory=set)
    users: dict[str, str] = field(default_factory=dict)
    scopes: frozenset[str] = SCOPES
    troubles: list[Trouble] = field(default_factory=list)
    is_edit_window_closed: bool = False
    page: int = 100
    called: list[str] = field(default_factory=list)
    _last: int = 0

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The messages of the channel that are in no thread."""
        return [one for one in self.messages[CHANNEL] if "thread_ts" not in one]

    @property
    def in_threads(self) -> list[dict[str, Any]]:
        """Those in threads."""
        return [one for one in self.messages[CHANNEL] if "thread_ts" in one]

    def next(self) -> Reply:
        """The answer to what came last."""
        posted = self.received[-1]
        method = posted.path.removeprefix("/api/")
        self.called.append(method)
        trouble = next((one for one in self.troubles if one.method == method), None)
        if trouble is None:
            return self._answered(method, posted)
        self.troubles.remove(trouble)
        if trouble.is_done:
            self._answered(method, posted)
        return trouble.reply

    def _answered(self, method: str, posted: Posted) -> Reply:
        said = self._refused(method, posted) or self._done(method, _arguments(method, posted))
        body = {"ok": "error" not in said, **said}
        return Reply(body=json.dumps(body).encode())

    def _refused(self, method: str, posted: Posted) -> dict[str, Any]:
        given = posted.headers.get("authorization")
        if given is None:
            return {"error": "not_authed"}
        if given != f"Bearer {TOKEN}":
            return {"error": "invalid_auth"}
        if method not in _NEEDED:
            return {"error": "unknown_method"}
        if _NEEDED[method] not in self.scopes:
            return {"error": "missing_scope", "needed": _NEEDED[method]}
        return {}

    def _done(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method == "users.lookupByEmail":
            id_ = self.users.get(given.get("email", ""))
            return {"user": {"id": id_}} if id_ else {"error": "users_not_found"}
        channel = given.get("channel", "")
        if fault := self._closed(method, channel):
            return {"error": fault}
        if method == "conversations.history":
            return self._history(channel, given)
        if method == "conversations.replies":
            return self._replies(channel, given)
        return self._write(method, channel, given)

    def _closed(self, method: str, channel: str) -> str:
        if channel not in self.messages:
            return "channel_not_found"
        if channel in self.archived and method.startswith("chat."):
            return "is_archived"
        return "not_in_channel" if channel in self.without_us else ""

    def _write(self, method: str, channel: str, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("text") and not given.get("blocks"):
            return {"error": "no_text"}
        if len(given.get("text", "")) > 40_000:
            return {"error": "msg_too_long"}
        if fault := fault_of(given.get("blocks", [])):
            return {"error": fault}
        there = {one["ts"]: one for one in self.messages[channel]}
        kept = ("text", "blocks", "metadata", "thread_ts", "reply_broadcast")
        message = {key: given[key] for key in kept if given.get(key)}
        if method == "chat.update":
            return self._update(channel, there.get(given.get("ts", "")), message)
        parent = given.get("thread_ts")
        if parent is not None and parent not in there:
            return {"error": "thread_not_found"}
        self._last += 1
        ts = f"1772521200.{self._last:06d}"
        self.messages[channel].append({"ts": ts, "bot_id": "B1", "edits": 0, **message})
        return {"channel": channel, "ts": ts, "message": message}

    def _update(
        self, channel: str, old: dict[str, Any] | None, new: dict[str, Any]
    ) -> dict[str, Any]:
        if old is None:
            return {"error": "message_not_found"}
        if self.is_edit_window_closed:
            return {"error": "edit_window_closed"}
        if old["bot_id"] != "B1":
            return {"error": "cant_update_message"}
        # What is not given stays, but blocks, which go when there is other text.
        old.pop("blocks", None)
        old.update(new, edits=old["edits"] + 1)
        return {"channel": channel, "ts": old["ts"], "message": new}

    def _history(self, channel: str, given: dict[str, Any]) -> dict[str, Any]:
        newest_first = [
            one
            for one in reversed(self.messages[channel])
            if ("thread_ts" not in one or one.get("reply_broadcast"))
            and float(one["ts"]) >= float(given.get("oldest", "0"))
        ]
        return self._paged(newest_first, given)

    def _replies(self, channel: str, given: dict[str, Any]) -> dict[str, Any]:
        ts = given.get("ts")
        thread = [o for o in self.messages[channel] if ts in {o["ts"], o.get("thread_ts")}]
        if not any(one["ts"] == ts for one in thread):
            return {"error": "thread_not_found"}
        return self._paged(thread, given)

    def _paged(self, messages: list[dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
        first = int(given.get("cursor") or 0)
        last = first + min(self.page, int(given.get("limit", "100")))
        page = [dict(one) for one in messages[first:last]]
        if given.get("include_all_metadata") != "true":
            for one in page:
                one.pop("metadata", None)
        more = {"next_cursor": str(last)} if last < len(messages) else {"next_cursor": ""}
        return {"messages": page, "response_metadata": more}


def _arguments(method: str, posted: Posted) -> dict[str, Any]:
    """Slack reads the token's owner's arguments in the one form that a method takes."""
    is_json = posted.headers.get("content-type", "").startswith("application/json")
    if is_json != (method in _JSON):
        return {}
    if is_json:
        given: dict[str, Any] = json.loads(posted.body)
        return given
    return {key: values[0] for key, values in parse_qs(posted.body.decode()).items()}


class SlackServer(AnsweringServer):
    """Listens while it is entered; `workspace` is what is behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace = Workspace()
        self.posts = self.workspace

    @property
    def api(self) -> str:
        """The base of the Web API."""
        return f"{self.url}/api"
