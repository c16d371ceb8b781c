"""The export in SQL: rows as records, a thousand in memory at most."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, select

from datahub_dataproducts.adapters.store import rows, schema
from datahub_dataproducts.adapters.store.conversation_statements import MEMBERS
from datahub_dataproducts.application.export import Record
from datahub_dataproducts.domain.assertions import Observation

_AT_ONCE = 1_000

FORM = 1
"""Raised whenever who reads an export would misread it."""


class SqlExport:
    """See the `Exportable` port, whose rules this keeps."""

    def __init__(self, connection: Connection) -> None:
        """The connection is in a transaction already."""
        self._connection = connection

    def all_evidence(self) -> Iterator[Observation]:
        """By subject, event time and run."""
        return map(rows.evidence, self._rows(schema.evidence))

    def records(self) -> dict[str, Callable[[], Iterator[Record]]]:
        """The other tables by name."""
        return {
            "store": self._store,
            "notices": self._notices,
            "changes": self._changes,
            "intervals": self._intervals,
            "generations": self._generations,
            "conversations": self._conversations,
            "silences": self._silences,
            "digests": self._digests,
            "letters": self._letters,
            "shown": self._shown,
            "rests": self._rests,
            "set_aside": self._set_aside,
        }

    def _store(self) -> Iterator[Record]:
        mark = next((row.mark for row in self._rows(schema.compaction)), None)
        for row in self._rows(schema.version):
            written_by = row.written_by
            yield {"form": FORM, "layout": row.version, "written_by": written_by, "mark": mark}

    def _notices(self) -> Iterator[Record]:
        for row in self._rows(schema.notices):
            yield rows.notice_row(rows.notice(tuple(row)))

    def _changes(self) -> Iterator[Record]:
        for row in self._rows(schema.changes):
            yield {
                "product": row.product,
                "assertion": row.assertion,
                "from": row.at,
                "until": _end(row.until),
                "verdict": row.verdict,
                "reason": row.reason,
                "low": row.low,
                "evidence_at": row.evidence_at,
                "run_id": row.run_id,
                "incidents": json.loads(row.incidents or "[]"),
            }

    def _intervals(self) -> Iterator[Record]:
        for row in self._rows(schema.steps):
            yield {
                "product": row.product,
                "scope": row.scope,
                "from": row.at,
                "until": _end(row.until),
                "health": row.health,
            }

    def _generations(self) -> Iterator[Record]:
        for row in self._rows(schema.definitions):
            yield {
                "product": row.product,
                "generation": row.generation,
                "since": row.since,
                "until": None if row.until == -schema.OPEN else row.until,
                "held": _held(row.since, row.until),
                "current": row.current,
                "inputs": _json(row.inputs),
                "definition": json.loads(row.definition),
            }

    def _conversations(self) -> Iterator[Record]:
        for row in self._rows(schema.conversations):
            yield {
                "channel": row.channel,
                "key": row.key,
                "kind": row.kind,
                "roots": json.loads(row.roots),
                "opened_at": row.opened_at,
                "members": self._members(row.channel, row.key),
                "is_over": row.is_over,
                "sequence": row.sequence,
                "remind_at": row.remind_at,
                "look_at": row.look_at,
                "news_at": row.news_at,
                "held": _json(row.held),
                "acknowledged": _json(row.acknowledged),
            }

    def _members(self, channel: str, key: str) -> list[str]:
        asked = {"of_channel": channel, "of_key": key}
        return [product for (product,) in MEMBERS.rows(self._connection, asked)]

    def _silences(self) -> Iterator[Record]:
        for row in self._rows(schema.hushes):
            named = {"id": row.id, "since": row.since, "until": row.until, "author": row.author}
            yield {**named, "reason": row.reason, "made_at": row.made_at, **json.loads(row.of)}

    def _digests(self) -> Iterator[Record]:
        for row in self._rows(schema.digests):
            yield {"channel": row.channel, "told_until": row.told_until, "next_at": row.next_at}

    def _letters(self) -> Iterator[Record]:
        for row in self._rows(schema.letters):
            yield {
                "channel": row.channel,
                "key": row.key,
                "state": row.state,
                "due_at": row.due_at,
                "reason": row.reason,
                "letter": json.loads(row.body),
                "thread": row.thread,
                "attempts": row.attempts,
                "is_uncertain": row.is_uncertain,
            }

    def _shown(self) -> Iterator[Record]:
        for row in self._rows(schema.shown):
            yield {"channel": row.channel, "thread": row.thread, "reference": row.reference}

    def _rests(self) -> Iterator[Record]:
        for row in self._rows(schema.rests):
            named = {"channel": row.channel, "until": row.until, "failures": row.failures}
            yield {**named, "is_asked": row.is_asked, "reason": row.reason}

    def _set_aside(self) -> Iterator[Record]:
        for row in self._rows(schema.set_aside):
            yield {"at": row.at, "reason": row.reason, "content": row.content}

    def _rows(self, table: Table) -> Iterator[Any]:
        """In the order of the key, so that the same store gives the same export."""
        query = select(table).order_by(*table.primary_key.columns)
        yield from self._connection.execute(query).yield_per(_AT_ONCE)


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _end(until: int) -> int | None:
    return None if until == schema.OPEN else until


def _held(since: int | None, until: int | None) -> bool:
    """Whether any time is judged by a generation: others may have begun when or before it did."""
    return until is None or (-schema.OPEN if since is None else since) < until
