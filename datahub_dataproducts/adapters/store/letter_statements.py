"""The statements for letters on their way, built once."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    insert,
    literal_column,
    select,
    true,
    update,
)

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.prepared import Prepared

_letters = schema.letters
_before = schema.letters.alias("before")
# As literals, or SQLite would not know that the index of those that wait will do.
_PENDING: ColumnElement[str] = literal_column("'pending'")
_NO_THREAD: ColumnElement[str] = literal_column("''")
_IS_PENDING = _letters.c.state == _PENDING


def _waits(table: FromClause) -> ColumnElement[bool]:
    """A letter waits for its next try; what was never tried, or waits longer than any, does not.

    Such an instant is of a clock that was ahead. For how long people are to be left alone, when they
    ask for it, their channel rests.
    """
    last = case((table.c.thread == _NO_THREAD, bindparam("asked")), else_=bindparam("backed_off"))
    return and_(
        table.c.attempts > 0,
        table.c.due_at > bindparam("until"),
        table.c.due_at <= last,
    )


_IS_HELD_UP = exists().where(
    _before.c.state == _PENDING,
    _before.c.thread != _NO_THREAD,
    _before.c.channel == _letters.c.channel,
    _before.c.thread == _letters.c.thread,
    _before.c.id < _letters.c.id,
    _waits(_before),
)
_RESTS = exists().where(
    schema.rests.c.channel == _letters.c.channel, schema.rests.c.until > bindparam("now")
)
_RESTS_BY_WISH = _RESTS.where(schema.rests.c.is_asked == true())


def _due(resting: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return (
        select(_letters)
        .where(_IS_PENDING, ~_waits(_letters), ~resting, ~_IS_HELD_UP)
        .order_by(_letters.c.id)
        .limit(bindparam("most"))
    )


DUE_LETTERS = Prepared(_due(_RESTS))
DUE_AHEAD = Prepared(_due(_RESTS_BY_WISH))
LINE = Prepared(
    select(_letters)
    .where(
        _IS_PENDING,
        _letters.c.thread != _NO_THREAD,
        _letters.c.channel == bindparam("of_channel"),
        _letters.c.thread == bindparam("of_thread"),
    )
    .order_by(_letters.c.id)
)
NEXT_LETTER = Prepared(select(func.min(_letters.c.due_at)).where(_IS_PENDING, _waits(_letters)))
NEXT_WAKING = Prepared(
    select(func.min(schema.rests.c.until)).where(
        schema.rests.c.until > bindparam("now"),
        exists().where(
            _letters.c.channel == schema.rests.c.channel,
            _letters.c.thread != _NO_THREAD,
            _IS_PENDING,
        ),
    )
)
# A letter that was replaced on the way is due again with its new text.
_ON_ITS_WAY = update(_letters).where(
    _letters.c.id == bindparam("of_id"), _letters.c.revision == bindparam("of_revision")
)
BEGUN = Prepared(_ON_ITS_WAY.values(is_uncertain=true(), body=bindparam("text")))
SUPERSEDED = Prepared(_ON_ITS_WAY.values(state="superseded", reason=""))
DELIVERED = Prepared(_ON_ITS_WAY.values(state="delivered", reason="", is_uncertain=false()))
POSTPONED = Prepared(
    _ON_ITS_WAY.values(
        due_at=bindparam("later"),
        attempts=bindparam("tries"),
        reason=bindparam("why"),
        is_uncertain=bindparam("doubt"),
    )
)
REFUSED = Prepared(
    _ON_ITS_WAY.values(state="refused", reason=bindparam("why"), is_uncertain=false())
)
_IS_SHOWN = (
    schema.shown.c.channel == bindparam("of_channel"),
    schema.shown.c.thread == bindparam("of_thread"),
)
SHOWN = Prepared(select(schema.shown.c.reference).where(*_IS_SHOWN))
SHOWS = Prepared(update(schema.shown).where(*_IS_SHOWN).values(reference=bindparam("what")))
SHOWS_FIRST = Prepared(insert(schema.shown))
RESTS = Prepared(select(schema.rests))
_REST: dict[str, BindParameter[Any]] = {
    name: bindparam(f"new_{name}") for name in ("until", "failures", "is_asked", "reason")
}
REST = Prepared(
    update(schema.rests).where(schema.rests.c.channel == bindparam("of_channel")).values(**_REST)
)
FIRST_REST = Prepared(insert(schema.rests))
# Since when the oldest waits of those that were never tried.
WAITING = Prepared(
    select(
        _letters.c.channel,
        func.count(),
        func.min(case((_letters.c.attempts == 0, _letters.c.due_at))),
    )
    .where(_IS_PENDING)
    .group_by(_letters.c.channel)
    .order_by(_letters.c.channel)
)
TRIED = Prepared(
    select(_letters.c.channel, _letters.c.body).where(_IS_PENDING, _letters.c.attempts > 0)
)
_later = schema.letters.alias("later")
# What people were told since then would be followed by what was before it.
_IS_OUTDONE = exists().where(
    _later.c.channel == _letters.c.channel,
    _later.c.thread == _letters.c.thread,
    _later.c.thread != _NO_THREAD,
    _later.c.id > _letters.c.id,
    _later.c.state == literal_column("'delivered'"),
)
UNDELIVERED = Prepared(
    select(
        _letters.c.id,
        _letters.c.channel,
        _letters.c.thread,
        _letters.c.state,
        _letters.c.due_at,
        _letters.c.attempts,
        _letters.c.reason,
    )
    .where(_letters.c.state.in_([literal_column("'pending'"), literal_column("'refused'")]))
    .order_by(_letters.c.id)
)
SEND_AGAIN = Prepared(
    update(_letters)
    .where(
        _letters.c.state == literal_column("'refused'"),
        _letters.c.channel == bindparam("of_channel"),
        ~_IS_OUTDONE,
    )
    .values(state="pending", attempts=0, due_at=bindparam("when"))
)
