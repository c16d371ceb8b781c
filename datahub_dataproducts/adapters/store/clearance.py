"""Clearing the store in SQL: what is old, and may go."""

from collections.abc import Collection, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    insert,
    literal_column,
    select,
    tuple_,
)

from datahub_dataproducts.adapters.store import schema, statements
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.application.retention import Basis, Key

_AT_ONCE = 500
_OVER = ("delivered", "superseded", "refused")
# As a literal, or SQLite would not know that the index of what is broken will do.
_ERROR: ColumnElement[str] = literal_column("'ERROR'")

_kept = schema.evidence
_broken = schema.evidence.alias("broken")
_KEY = (_kept.c.subject, _kept.c.at, _kept.c.run_id, _kept.c.outcome)
_RESUMPTION = Prepared(
    select(_kept.c.at)
    .where(
        _kept.c.subject == bindparam("of_subject"),
        _kept.c.at < bindparam("before"),
        ~_kept.c.provisional,
        _kept.c.outcome != _ERROR,
        ~exists().where(_broken.c.outcome == _ERROR, _broken.c.at == _kept.c.at),
    )
    .order_by(_kept.c.at.desc())
    .limit(1)
)
_BEFORE = Prepared(
    select(*_KEY)
    .where(
        _kept.c.subject == bindparam("of_subject"),
        _kept.c.at < bindparam("before"),
        tuple_(*_KEY[1:])
        > tuple_(bindparam("last_at"), bindparam("last_run"), bindparam("last_outcome")),
    )
    .order_by(*_KEY)
    .limit(_AT_ONCE)
)
_REMOVE = Prepared(
    delete(_kept).where(
        _kept.c.subject == bindparam("of_subject"),
        _kept.c.at == bindparam("of_at"),
        _kept.c.run_id == bindparam("of_run"),
        _kept.c.outcome == bindparam("of_outcome"),
    )
)


class SqlClearance:
    """See the `Clearance` port, whose rules this keeps."""

    def __init__(self, connection: Connection) -> None:
        """The connection is in a transaction already."""
        self._connection = connection

    def mark(self) -> int | None:
        """Evidence of before it may be gone; None: none is."""
        found = statements.MARK.rows(self._connection, {})
        return found[0][0] if found else None

    def put_mark(self, mark: int) -> None:
        """Move it on; it never moves back."""
        held = self.mark()
        if held is None or mark > held:
            self._connection.execute(delete(schema.compaction))
            self._connection.execute(insert(schema.compaction), {"mark": mark})

    def bases(self, mark: int) -> Collection[Basis]:
        """What verdicts that are in force at the mark or later rest on, of before it."""
        table = schema.changes
        query = (
            select(table.c.evidence_at, table.c.run_id)
            .where(table.c.until > mark, table.c.evidence_at < mark)
            .distinct()
        )
        return {(at, run_id) for at, run_id in self._connection.execute(query)}

    def subjects(self, after: str, limit: int) -> Sequence[str]:
        """Subjects of evidence in order, those after one of them (empty: from the first)."""
        subject = schema.evidence.c.subject
        query = select(subject).where(subject > after).distinct().order_by(subject).limit(limit)
        return list(self._connection.execute(query).scalars())

    def resumption(self, subject: str, before: int) -> int | None:
        """The latest instant before another from which its history can be taken up; see the port."""
        found = _RESUMPTION.rows(self._connection, {"of_subject": subject, "before": before})
        return found[0][0] if found else None

    def evidence_before(self, subject: str, before: int, after: Key | None) -> Sequence[Key]:
        """The evidence of a subject of before an instant, in order, after one piece; some of it."""
        _, at, run_id, outcome = after or (subject, -schema.OPEN, "", "")
        last = {"last_at": at, "last_run": run_id, "last_outcome": outcome}
        found = _BEFORE.rows(self._connection, {"of_subject": subject, "before": before, **last})
        return [(row[0], row[1], row[2], row[3]) for row in found]

    def letters_before(self, before: int, after: int) -> Sequence[int]:
        """Letters that arrived or were refused and were due before an instant, by id; some."""
        table = schema.letters
        query = (
            select(table.c.id)
            .where(table.c.id > after, table.c.state.in_(_OVER), table.c.due_at < before)
            .order_by(table.c.id)
            .limit(_AT_ONCE)
        )
        return list(self._connection.execute(query).scalars())

    def set_aside_before(self, before: int, after: int) -> Sequence[int]:
        """What was set aside before an instant, by id; some of it."""
        table = schema.set_aside
        query = (
            select(table.c.id)
            .where(table.c.id > after, table.c.at < before)
            .order_by(table.c.id)
            .limit(_AT_ONCE)
        )
        return list(self._connection.execute(query).scalars())

    def remove_evidence(self, keys: Sequence[Key]) -> None:
        """It goes."""
        for subject, at, run_id, outcome in keys:
            key = {"of_subject": subject, "of_at": at, "of_run": run_id, "of_outcome": outcome}
            _REMOVE.run(self._connection, key)

    def remove_letters(self, ids: Sequence[int]) -> None:
        """They go."""
        self._connection.execute(delete(schema.letters).where(schema.letters.c.id.in_(ids)))

    def remove_set_aside(self, ids: Sequence[int]) -> None:
        """It goes."""
        self._connection.execute(delete(schema.set_aside).where(schema.set_aside.c.id.in_(ids)))
