"""The statements that run for every event, built once."""

from typing import Any

from sqlalchemy import Table, bindparam, case, delete, func, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from datahub_dataproducts.adapters.store import schema


def _upsert(table: Table, *key: str) -> Any:
    statement = sqlite_insert(table)
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=rest)


RECORD = sqlite_insert(schema.evidence).on_conflict_do_nothing()
PROVISIONAL = select(func.min(schema.evidence.c.at)).where(
    schema.evidence.c.subject == bindparam("of_subject"),
    schema.evidence.c.run_id == bindparam("of_run"),
    schema.evidence.c.provisional,
)
DISPLACE = delete(schema.evidence).where(
    schema.evidence.c.subject == bindparam("of_subject"),
    schema.evidence.c.run_id == bindparam("of_run"),
    schema.evidence.c.provisional,
)
STANDING = select(schema.standings).where(
    schema.standings.c.product == bindparam("product"),
    schema.standings.c.assertion == bindparam("assertion"),
)
PUT_STANDING = _upsert(schema.standings, "product", "assertion")
NEXT_EXPIRY = select(func.min(schema.standings.c.expires_at))
NEXT_ANNOUNCEMENT = select(func.min(schema.told.c.announce_at))
OLDEST_POST = select(func.min(schema.told.c.posted_at))
CHANGES = (
    select(schema.changes)
    .where(
        schema.changes.c.product == bindparam("product"),
        schema.changes.c.until > bindparam("since"),
    )
    .order_by(schema.changes.c.assertion, schema.changes.c.at)
)
STEPS = (
    select(schema.steps.c.at, schema.steps.c.health)
    .where(
        schema.steps.c.product == bindparam("product"),
        schema.steps.c.scope == bindparam("scope"),
        schema.steps.c.until > bindparam("since"),
    )
    .order_by(schema.steps.c.at)
)
TOLD = select(schema.told).where(schema.told.c.product == bindparam("product"))
PUT_TOLD = _upsert(schema.told, "product")
_PENDING = {"revision": 1, "state": "pending", "attempts": 0, "reason": ""}
_NEW_LETTER = sqlite_insert(schema.letters)
_IS_RETRIED = (schema.letters.c.state == "pending") & (schema.letters.c.attempts > 0)
ADD_LETTER = _NEW_LETTER.values(**_PENDING).on_conflict_do_nothing()
# A letter that waits for its next try goes on waiting with its new text: nobody who asked us to
# wait is asked again because there is something newer to say.
REPLACE_LETTER = _NEW_LETTER.values(**_PENDING).on_conflict_do_update(
    index_elements=["channel", "key"],
    set_={
        "revision": schema.letters.c.revision + 1,
        "state": "pending",
        "attempts": case((_IS_RETRIED, schema.letters.c.attempts), else_=0),
        "reason": case((_IS_RETRIED, schema.letters.c.reason), else_=""),
        "due_at": case(
            (_IS_RETRIED, func.max(schema.letters.c.due_at, _NEW_LETTER.excluded.due_at)),
            else_=_NEW_LETTER.excluded.due_at,
        ),
        "body": _NEW_LETTER.excluded.body,
    },
)
