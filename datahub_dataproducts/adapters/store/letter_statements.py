"""The statements for letters on their way, built once."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
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
_IS_HELD_UP = exists().where(
    _before.c.state == _PENDING,
    _before.c.thread != _NO_THREAD,
    _before.c.channel == _letters.c.channel,
    _before.c.thread == _letters.c.thread,
    _before.c.id < _letters.c.id,
    _before.c.due_at > bindparam("until"),
)
_RESTS = exists().where(
    schema.rests.c.channel == _letters.c.channel, schema.rests.c.until > bindparam("now")
)
_RESTS_BY_WISH = _RESTS.where(schema.rests.c.is_asked == true())


def _due(resting: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return (
        select(_letters)
        .where(_IS_PENDING, _letters.c.due_at <= bindparam("until"), ~resting, ~_IS_HELD_UP)
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
NEXT_LETTER = Prepared(
    select(func.min(_letters.c.due_at)).where(_IS_PENDING, _letters.c.due_at > bindparam("now"))
)
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
