"""The statements that run for every event, built once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.dialect import Dialect
from datahub_dataproducts.adapters.store.prepared import Prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """How the end of a series of rows, each open until the next, is replaced.

    Attributes:
        key: what tells one series of the table from another.
        cut: remove what begins at or after `since`.
        last: the row that begins last, all columns.
        end: the row that begins at `begun` ends at `ended`.
        add: one row.
    """

    key: tuple[str, ...]
    cut: Prepared
    last: Prepared
    end: Prepared
    add: Prepared


def _series(table: Table, *key: str) -> Series:
    mine = [table.c[name] == bindparam(f"of_{name}") for name in key]
    ends = update(table).where(*mine, table.c.at == bindparam("begun"))
    return Series(
        key=key,
        cut=Prepared(delete(table).where(*mine, table.c.at >= bindparam("since"))),
        last=Prepared(select(table).where(*mine).order_by(table.c.at.desc()).limit(1)),
        end=Prepared(ends.values(until=bindparam("ended"))),
        add=Prepared(insert(table)),
    )


def upsert(table: Table, *key: str) -> Prepared:
    """Put a row in the place of the one with the same key, if there is one."""

    def made(dialect: Dialect) -> Executable:
        statement = dialect.insert(table)
        rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in key}
        replaced: Executable = statement.on_conflict_do_update(index_elements=list(key), set_=rest)
        return replaced

    return Prepared(made)


def later_of(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    """The later of two instants that are both there."""
    return case((one > other, one), else_=other)


MARK = Prepared(select(schema.compaction.c.mark))
STANDING = Prepared(
    select(schema.standings).where(
        schema.standings.c.product == bindparam("product"),
        schema.standings.c.assertion == bindparam("assertion"),
    )
)
FORGET_STANDING = Prepared(
    delete(schema.standings).where(
        schema.standings.c.product == bindparam("product"),
        schema.standings.c.assertion == bindparam("assertion"),
    )
)
LAST_GENERATION = Prepared(
    select(func.max(schema.definitions.c.generation)).where(
        schema.definitions.c.product == bindparam("of_product")
    )
)
DEFINITION = Prepared(
    select(schema.definitions.c.definition, schema.definitions.c.since).where(
        schema.definitions.c.product == bindparam("of_product"), schema.definitions.c.current
    )
)
DEFINE = Prepared(insert(schema.definitions))
PUT_STANDING = upsert(schema.standings, "product", "assertion")
_DUE = (
    select(schema.standings)
    .where(schema.standings.c.expires_at <= bindparam("now"))
    .order_by(
        schema.standings.c.expires_at, schema.standings.c.product, schema.standings.c.assertion
    )
    .limit(bindparam("most"))
)
DUE = Prepared(_DUE)


def _due_among(dialect: Dialect) -> Executable:
    asked = dialect.each_of(bindparam("asked"))
    return _DUE.where(schema.standings.c.product.in_(select(asked.c.value)))


DUE_AMONG = Prepared(_due_among)
POSTED_BEFORE = Prepared(
    select(schema.told.c.product)
    .where(schema.told.c.posted_at <= bindparam("instant"))
    .order_by(schema.told.c.posted_at, schema.told.c.product)
    .limit(bindparam("most"))
)
ANNOUNCEMENTS_DUE = Prepared(
    select(schema.told.c.product, schema.told.c.announce_at)
    .where(schema.told.c.announce_at <= bindparam("now"))
    .order_by(schema.told.c.announce_at, schema.told.c.product)
    .limit(bindparam("most"))
)
NEXT_EXPIRY = Prepared(select(func.min(schema.standings.c.expires_at)))
NEXT_ANNOUNCEMENT = Prepared(select(func.min(schema.told.c.announce_at)))
OLDEST_POST = Prepared(select(func.min(schema.told.c.posted_at)))
# Each is open until the next, so their ends are in the order of their beginnings; and the ends have
# the index that lets go of what was over before.
CHANGES = Prepared(
    select(schema.changes)
    .where(
        schema.changes.c.product == bindparam("product"),
        schema.changes.c.until > bindparam("since"),
    )
    .order_by(schema.changes.c.until, schema.changes.c.assertion, schema.changes.c.at)
)
STEPS = Prepared(
    select(schema.steps.c.at, schema.steps.c.health)
    .where(
        schema.steps.c.product == bindparam("product"),
        schema.steps.c.scope == bindparam("scope"),
        schema.steps.c.until > bindparam("since"),
    )
    .order_by(schema.steps.c.until)
)
# Of the whole history the index on ends would be one more way to each of its rows.
ALL_STEPS = Prepared(
    select(schema.steps.c.at, schema.steps.c.health)
    .where(
        schema.steps.c.product == bindparam("product"),
        schema.steps.c.scope == bindparam("scope"),
    )
    .order_by(schema.steps.c.at)
)
TOLD = Prepared(select(schema.told).where(schema.told.c.product == bindparam("product")))
PUT_TOLD = upsert(schema.told, "product")
CHANGE_SERIES = _series(schema.changes, "product", "assertion")
STEP_SERIES = _series(schema.steps, "product", "scope")
_PENDING = {
    "revision": 1,
    "state": "pending",
    "attempts": 0,
    "reason": "",
    "is_uncertain": False,
}
_IS_RETRIED = (schema.letters.c.state == "pending") & (schema.letters.c.attempts > 0)
_NEW: dict[str, BindParameter[Any]] = {
    name: bindparam(name) for name in ("channel", "key", "due_at", "body", "thread")
}
ADD_LETTER = Prepared(
    lambda dialect: (
        dialect.insert(schema.letters).values(**_NEW, **_PENDING).on_conflict_do_nothing()
    )
)


# A letter that waits for its next try goes on waiting with its new text: nobody who asked us to
# wait is asked again because there is something newer to say.
def _replace_letter(dialect: Dialect) -> Executable:
    kept, letter = schema.letters.c, dialect.insert(schema.letters)
    replaced: Executable = letter.values(**_NEW, **_PENDING).on_conflict_do_update(
        index_elements=["channel", "key"],
        set_={
            "revision": kept.revision + 1,
            "state": "pending",
            "attempts": case((_IS_RETRIED, kept.attempts), else_=0),
            "reason": case((_IS_RETRIED, kept.reason), else_=""),
            "due_at": case(
                (_IS_RETRIED, later_of(kept.due_at, letter.excluded.due_at)),
                else_=letter.excluded.due_at,
            ),
            "body": letter.excluded.body,
        },
    )
    return replaced


REPLACE_LETTER = Prepared(_replace_letter)
