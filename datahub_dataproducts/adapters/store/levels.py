"""How much there is in the store of what piles up, for operators."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, func, select

from datahub_dataproducts.adapters.store import letter_statements, schema
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.adapters.store.rows import HEALTHS
from datahub_dataproducts.application.metering import Levels, Waiting

# There may be thousands, and each look asks for all.
_TOLD = Prepared(select(schema.told.c.product, schema.told.c.health))
_REFUSED = "refused"


def read_levels(connection: Connection) -> Levels:
    """As they are now; looks at no letter that was delivered, and at no history."""
    aside = connection.execute(select(func.count()).select_from(schema.set_aside)).scalar_one()
    return Levels(
        letters=_letters(connection),
        set_aside=aside,
        healths={product: HEALTHS[health] for product, health in _TOLD.rows(connection, {})},
    )


class _Dated(msgspec.Struct):
    """All that is looked at of a letter, of whatever kind and version."""

    at: int


_dated = msgspec.json.Decoder(_Dated)


def _letters(connection: Connection) -> Mapping[str, Waiting]:
    table = schema.letters
    counted = (
        select(table.c.channel, func.count())
        .where(table.c.state == _REFUSED)
        .group_by(table.c.channel)
    )
    refused: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted)}
    waiting: dict[str, int] = {}
    oldest: dict[str, int] = {}
    for channel, count, since in letter_statements.WAITING.rows(connection, {}):
        waiting[channel] = count
        if since is not None:
            oldest[channel] = since
    # Of one that was tried it is in its text alone since when it waits; there are few of them.
    for channel, body in letter_statements.TRIED.rows(connection, {}):
        at = _dated.decode(body).at
        oldest[channel] = min(at, oldest.get(channel, at))
    return {
        channel: Waiting(
            waiting=waiting.get(channel, 0),
            refused=refused.get(channel, 0),
            oldest=oldest.get(channel),
        )
        for channel in {*refused, *waiting}
    }
