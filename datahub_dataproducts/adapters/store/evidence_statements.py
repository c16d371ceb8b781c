"""The statements for evidence, built once."""

from sqlalchemy import Executable, bindparam, delete, exists, select, text

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.dialect import Dialect
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.domain.assertions import Outcome

RECORD = Prepared(lambda dialect: dialect.insert(schema.evidence).on_conflict_do_nothing())
IS_KEPT = Prepared(
    select(schema.evidence.c.at).where(
        schema.evidence.c.subject == bindparam("subject"),
        schema.evidence.c.at == bindparam("at"),
        schema.evidence.c.run_id == bindparam("run_id"),
        schema.evidence.c.outcome == bindparam("outcome"),
    )
)
# Left to itself SQLite reads all that was ever heard of a promise, for each event of it, rather
# than the index on the few results that are provisional.
PROVISIONAL = Prepared(
    lambda dialect: text(
        f"SELECT at, outcome FROM evidence{dialect.by_index('provisional_evidence')}"  # noqa: S608
        " WHERE subject = :of_subject AND run_id = :of_run AND provisional ORDER BY at"
    )
)
DISPLACE = Prepared(
    delete(schema.evidence).where(
        schema.evidence.c.subject == bindparam("of_subject"),
        schema.evidence.c.run_id == bindparam("of_run"),
        schema.evidence.c.provisional,
    )
)
# A run event and what tells of it come close together, so what is looked for is found at once.
RUN_EVENT = Prepared(
    select(schema.evidence.c.at)
    .where(
        schema.evidence.c.subject == bindparam("of_subject"),
        schema.evidence.c.run_id == bindparam("of_run"),
        schema.evidence.c.provisional.is_(False),
    )
    .order_by(schema.evidence.c.at.desc())
    .limit(1)
)
# In the order of the key, which is that of the table itself in SQLite.
_HEARD = (
    select(schema.evidence)
    .where(
        schema.evidence.c.subject == bindparam("of_subject"),
        schema.evidence.c.at >= bindparam("since"),
    )
    .order_by(schema.evidence.c.at, schema.evidence.c.run_id, schema.evidence.c.outcome)
)
HEARD = Prepared(_HEARD)
HEARD_BETWEEN = Prepared(_HEARD.where(schema.evidence.c.at <= bindparam("until")))


# Looks for one piece of evidence of each, however many there are.
def _heard_of(dialect: Dialect) -> Executable:
    asked = dialect.each_of(bindparam("asked"))
    return select(asked.c.value).where(exists().where(schema.evidence.c.subject == asked.c.value))


HEARD_OF = Prepared(_heard_of)
_BROKEN = schema.evidence.alias("broken")


# At one instant an ERROR outdoes a success, so no instant that holds one will do. The latest that
# will do is nearly always the latest there is, whatever there was before.
def _anchor(dialect: Dialect) -> Executable:
    asked = dialect.each_of(bindparam("asked"))
    return (
        select(schema.evidence.c.at)
        .where(
            schema.evidence.c.subject == bindparam("of_subject"),
            schema.evidence.c.at < bindparam("before"),
            ~exists().where(
                _BROKEN.c.subject.in_(select(asked.c.value)),
                _BROKEN.c.at == schema.evidence.c.at,
                _BROKEN.c.outcome == Outcome.ERROR.value,
            ),
        )
        .order_by(schema.evidence.c.at.desc())
        .limit(1)
    )


ANCHOR = Prepared(_anchor)
