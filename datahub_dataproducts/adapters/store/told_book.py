"""The part of the book that keeps what was told."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from datahub_dataproducts.adapters.store import conversation_statements, rows, statements
from datahub_dataproducts.adapters.store.quiet_book import (
    read_acknowledged,
    read_held,
    write_acknowledged,
    write_held,
)
from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.episodes import Told


class SqlToldBook:
    """See the `ToldBook` port, whose rules this keeps."""

    _connection: Connection

    def told(self, product: str) -> Told | None:
        """What was last said of a product."""
        found = statements.TOLD.rows(self._connection, {"product": product})
        return rows.told(found[0]) if found else None

    def put_told(self, product: str, told: Told) -> None:
        """Replace it."""
        statements.PUT_TOLD.run(self._connection, {"product": product, **rows.told_row(told)})

    def posted_before(self, instant: int, limit: int) -> list[str]:
        """Products of which the catalog was last told at or before an instant."""
        key = {"instant": instant, "most": limit}
        return [product for (product,) in statements.POSTED_BEFORE.rows(self._connection, key)]

    def announcements_due(self, now: int, limit: int) -> list[tuple[str, int]]:
        """Products of which people are to be told by now, and when; earliest first."""
        key = {"now": now, "most": limit}
        found = statements.ANNOUNCEMENTS_DUE.rows(self._connection, key)
        return [(product, announce_at) for product, announce_at in found]

    def conversation(self, channel: str, key: str) -> Conversation | None:
        """A conversation, also one that is over."""
        mine = {"of_channel": channel, "of_key": key}
        found = conversation_statements.CONVERSATION.rows(self._connection, mine)
        return self._conversation(found[0]) if found else None

    def conversation_about(
        self, channel: str, kind: Kind, roots: Sequence[str]
    ) -> Conversation | None:
        """The conversation of a channel that is about just these roots and not over."""
        wanted = {"of_channel": channel, "of_kind": kind.value, "of_roots": _write_roots(roots)}
        found = conversation_statements.CONVERSATION_ABOUT.rows(self._connection, wanted)
        return self._conversation(found[0]) if found else None

    def open_conversations(self) -> list[Conversation]:
        """Those that are not over, by channel and key."""
        found = conversation_statements.OPEN_CONVERSATIONS.rows(self._connection, {})
        return [self._conversation(row) for row in found]

    def conversations_of(self, product: str) -> list[tuple[str, str]]:
        """Channel and key of the conversations that tell of a product, in order."""
        found = conversation_statements.CONVERSATIONS_OF.rows(
            self._connection, {"of_product": product}
        )
        return [(channel, key) for channel, key in found]

    def put_conversation(self, conversation: Conversation) -> None:
        """Replace it, or begin it."""
        key = {"channel": conversation.channel, "key": conversation.key}
        row = {
            "kind": conversation.kind.value,
            "roots": _write_roots(conversation.roots),
            "opened_at": conversation.opened_at,
            "sequence": conversation.sequence,
            "causes": conversation.causes,
            "remind_at": conversation.remind_at,
            "is_over": conversation.is_over,
            "held": write_held(conversation.held),
            "acknowledged": write_acknowledged(conversation.acknowledged),
            "look_at": conversation.look_at,
            "news_at": conversation.news_at,
        }
        conversation_statements.PUT_CONVERSATION.run(self._connection, {**key, **row})
        mine = {"of_channel": conversation.channel, "of_key": conversation.key}
        known = {id_ for (id_,) in conversation_statements.MEMBERS.rows(self._connection, mine)}
        for product in sorted(known - set(conversation.members)):
            conversation_statements.FORGET_MEMBER.run(
                self._connection, {**mine, "of_product": product}
            )
        for product in conversation.members:
            if product not in known:
                conversation_statements.ADD_MEMBER.run(
                    self._connection, {**key, "product": product}
                )

    def reminders_due(self, now: int, limit: int) -> list[tuple[str, str]]:
        """Channel and key of conversations of which it is to be said by now that they are open."""
        key = {"now": now, "most": limit}
        found = conversation_statements.REMINDERS_DUE.rows(self._connection, key)
        return [(channel, key_) for channel, key_ in found]

    def _conversation(self, row: Sequence[Any]) -> Conversation:
        (
            channel,
            key,
            kind,
            roots,
            opened_at,
            sequence,
            causes,
            remind_at,
            _,
            held,
            taken,
            look_at,
            news_at,
        ) = row
        mine = {"of_channel": channel, "of_key": key}
        return Conversation(
            channel=channel,
            key=key,
            kind=Kind(kind),
            roots=tuple(json.loads(roots)),
            opened_at=opened_at,
            members=tuple(
                id_ for (id_,) in conversation_statements.MEMBERS.rows(self._connection, mine)
            ),
            sequence=sequence,
            causes=causes,
            remind_at=remind_at,
            held=read_held(held),
            acknowledged=read_acknowledged(taken),
            look_at=look_at,
            news_at=news_at,
        )


def _write_roots(roots: Sequence[str]) -> str:
    return json.dumps(list(roots), ensure_ascii=False)
