"""What stands for Slack, Teams, a mailbox and a tool for tickets: strict, and it remembers.

Everything that arrives is kept in order, with what the outbox was sending at that moment: it writes
down that a try begins before anything is sent. At chosen points the sender is killed.
"""

import base64
import json
import os
import signal
import sqlite3
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks.webhooks import Webhook
from typing_extensions import Self

from datahub_dataproducts.adapters.store.letters import read_letter
from datahub_dataproducts.domain.letters import Announcement, Digest
from tests.answering import AnsweringServer, Posted, Posts, Reply
from tests.integration.slack.block_rules import fault_of
from tests.integration.slack.workspace import TOKEN, SlackServer
from tests.mail_server import Postbox, mail_server

FINANCE, ENGINEERING = "C0FINANCE", "C0ENGINEERING"
SECRET = f"whsec_{base64.b64encode(b'signs-letters-of-the-story-here').decode()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """Something that arrived.

    Attributes:
        channel: by its name in the recipe.
        how: what was done: `post`, `edit`, `reply`, `card`, `mail`, `event`.
        letter: what the outbox was sending.
        told_at: when it was to be told (milliseconds).
        said: the body, as it is on the wire.
        place: of a message that can be edited or replied to, by which it is known.
    """

    channel: str
    how: str
    letter: Announcement | Digest
    told_at: int
    said: Any
    place: str = ""


@dataclass
class Log:
    """All that arrived, in order; and who is killed when.

    Attributes:
        store: the file of the outbox.
        arrivals: in the order in which they came.
        kill: whether to kill the sender now that this has arrived, before it is answered.
        sender: the process that sends.
        waited: how many letters were still to be sent whenever it was killed.
    """

    store: Path
    arrivals: list[Arrival] = field(default_factory=list)
    kill: Callable[[Arrival], bool] = lambda _: False
    sender: int = 0
    waited: list[int] = field(default_factory=list)

    def add(self, channel: str, how: str, said: Any, place: str = "") -> bool:
        """Keep it; False: who sent it is no more."""
        query = "SELECT due_at, body FROM letters WHERE channel = ? AND state = 'pending' AND "
        found = self._ask(f"{query} is_uncertain", channel)
        assert len(found) == 1, f"{channel}: {len(found)} letters are on their way"
        told_at, body = found[0]
        letter = read_letter(body)
        assert isinstance(letter, Announcement | Digest)
        arrival = Arrival(
            channel=channel, how=how, letter=letter, told_at=told_at, said=said, place=place
        )
        self.arrivals.append(arrival)
        if not self.kill(arrival):
            return True
        os.kill(self.sender, signal.SIGKILL)
        waiting = "SELECT count(*) FROM letters WHERE state = 'pending' AND NOT is_uncertain"
        self.waited.append(self._ask(waiting)[0][0])
        return False

    def _ask(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.store, timeout=30)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()


_LOST = Reply(resets=True)


class _Slack(SlackServer):
    """A workspace with the two channels of the story."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self.workspace.messages = {FINANCE: [], ENGINEERING: []}
        answered = self.workspace.next

        def next_() -> Reply:
            reply = answered()
            posted = self.received[-1]
            method = posted.path.rpartition("/")[2]
            if method not in {"chat.postMessage", "chat.update"}:
                return reply
            answer, said = json.loads(reply.body), json.loads(posted.body)
            assert answer["ok"], answer
            edit = "reply" if "thread_ts" in said else "post"
            how = "edit" if method == "chat.update" else edit
            channel = "finance" if said["channel"] == FINANCE else "engineering"
            place = said.get("thread_ts") or answer["ts"]
            return reply if log.add(channel, how, said, place) else _LOST

        self.workspace.next = next_  # type: ignore[method-assign]


class _Hook(Posts):
    """Takes posts to one address, and what is no valid one is refused."""

    def __init__(self, take: Callable[[Posted], tuple[Reply, bool]]) -> None:
        super().__init__()
        self._take = take

    def next(self) -> Reply:
        """The answer to what came last."""
        reply, is_there = self._take(self.received[-1])
        return reply if is_there else _LOST


class _Mailbox(Postbox):
    """Takes mails over TLS, from who logs in."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """What is said to a mail."""
        assert session.ssl is not None
        assert session.authenticated
        said = await super().handle_DATA(server, session, envelope)
        self._log.add("marketing", "mail", self.mails[-1][1])
        return said


class Receivers:
    """All of them, listening while the block lasts; `environment` is what a recipe needs to know.

    Args:
        folder: where the certificates are.
        store: the file of the outbox whose letters arrive.
    """

    def __init__(self, folder: Path, store: Path) -> None:
        self.log = Log(store=store)
        self._slack = _Slack(self.log)
        self._teams, self._platform, self._tickets = (AnsweringServer() for _ in range(3))
        self._teams.posts = _Hook(self._card)
        self._platform.posts = _Hook(self._webhook)
        self._tickets.posts = _Hook(self._event)
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.authority))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self._mail: Controller = mail_server(_Mailbox(self.log), starttls=context)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for server in (self._slack, self._teams, self._platform, self._tickets):
            self._stack.enter_context(server)
        self._mail.start()
        self._stack.callback(self._mail.stop)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def slack_api(self) -> str:
        """Where the Web API is."""
        return self._slack.api

    @property
    def mail_port(self) -> int:
        """Where mails are taken."""
        return int(self._mail.port)

    @property
    def environment(self) -> dict[str, str]:
        """What the recipe asks for."""
        return {
            "SLACK_TOKEN": TOKEN,
            "SLACK_FINANCE": FINANCE,
            "SLACK_ENGINEERING": ENGINEERING,
            "TEAMS_GROWTH": f"{self._teams.url}/workflows/growth?sig=s3cret",
            "SMTP_HOST": "localhost",
            "SMTP_USER": "health",
            "SMTP_PASSWORD": Postbox().password,
            "SLACK_PLATFORM_WEBHOOK": f"{self._platform.url}/services/T0TEAM/B0HOOK/s3cret",
            "TICKETS_URL": f"{self._tickets.url}/health",
            "TICKETS_SECRET": SECRET,
        }

    def _card(self, posted: Posted) -> tuple[Reply, bool]:
        said = json.loads(posted.body)
        (attachment,) = said["attachments"]
        assert attachment["content"]["type"] == "AdaptiveCard"
        return Reply(status=202), self.log.add("growth", "card", attachment["content"])

    def _webhook(self, posted: Posted) -> tuple[Reply, bool]:
        said = json.loads(posted.body)
        assert not fault_of(said["blocks"])
        return Reply(body=b"ok"), self.log.add("platform", "post", said)

    def _event(self, posted: Posted) -> tuple[Reply, bool]:
        # Not `verify`, which takes the time of the letter for that of an attack.
        at = datetime.fromtimestamp(int(posted.headers["webhook-timestamp"]), timezone.utc)
        signed = Webhook(SECRET).sign(posted.headers["webhook-id"], at, posted.body.decode())
        assert signed in posted.headers["webhook-signature"].split()
        return Reply(status=204), self.log.add("tickets", "event", json.loads(posted.body))
