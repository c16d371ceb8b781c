"""The audit in SQL: whether rows belong together, and what waits or lies aside."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Connection, Table, exists, func, select

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.archive import SqlArchive
from datahub_dataproducts.application.audit import Aside, Waiting
from datahub_dataproducts.domain.generations import Generation
from datahub_dataproducts.domain.outages import OF_NO_PRODUCT
from datahub_dataproducts.domain.products import DataProduct

_REFUSED = "refused"
_UNDELIVERED = ("pending", _REFUSED)


class SqlAudit(SqlArchive):
    """See the `Auditable` port, whose rules this keeps."""

    def __init__(
        self,
        connection: Connection,
        write: Callable[[DataProduct], str],
        read: Callable[[str], DataProduct],
        damage: Callable[[Connection], Sequence[str]],
    ) -> None:
        """As a book; `damage` is what the database says of itself."""
        super().__init__(connection, write, read)
        self._damage = damage

    def recorded_generations(self, product: str, after: int) -> list[Generation]:
        """Generations that hold no more, of which it was kept which inputs counted; see the port."""
        return self._past(product, after, schema.definitions.c.inputs.is_not(None))

    def damage(self) -> Sequence[str]:
        """What the database itself finds wrong, in sentences."""
        return self._damage(self._connection)

    def dangling(self) -> Sequence[str]:
        """Rows about products that never were or are no more, or about no conversation."""
        known = select(schema.definitions.c.product)
        current = known.where(schema.definitions.c.current)
        said = []
        for table, defined in (
            (schema.changes, known),
            (schema.steps, known),
            (schema.affected, known),
            (schema.past_reliance, known),
            (schema.standings, current),
            (schema.told, current),
        ):
            # That the catalog cannot be reached is told of no product.
            is_wrong = table.c.product.not_in(defined) & (table.c.product != OF_NO_PRODUCT)
            query = select(table.c.product, func.count()).where(is_wrong)
            for product, count in self._connection.execute(query.group_by(table.c.product)):
                said.append(f"{count} rows of {table.name} are of {product}, which is not defined")
        return [*said, *self._wrong_conversations()]

    def broken_series(self) -> Sequence[tuple[str, str, int, int, int]]:
        """Rows of changes and steps that do not end where the next begins; see the port."""
        return [
            *self._broken(schema.changes, "assertion"),
            *self._broken(schema.steps, "scope"),
        ]

    def undelivered(self) -> Sequence[Waiting]:
        """Letters that wait or were refused, by channel."""
        table = schema.letters
        groups = select(
            table.c.channel,
            table.c.state,
            func.count().label("count"),
            func.min(table.c.due_at).label("since"),
            func.min(table.c.id).label("first"),
        ).where(table.c.state.in_(_UNDELIVERED))
        grouped = groups.group_by(table.c.channel, table.c.state).subquery()
        query = (
            select(grouped, table.c.reason)
            .join(table, table.c.id == grouped.c.first)
            .order_by(grouped.c.channel, grouped.c.state)
        )
        return [
            Waiting(
                channel=channel, refused=state == _REFUSED, count=count, since=since, reason=reason
            )
            for channel, state, count, since, _, reason in self._connection.execute(query)
        ]

    def aside(self) -> Sequence[Aside]:
        """What lies aside, by reason, the latest first."""
        table = schema.set_aside
        latest = func.max(table.c.at)
        query = select(table.c.reason, func.count(), latest).group_by(table.c.reason)
        found = self._connection.execute(query.order_by(latest.desc(), table.c.reason))
        return [Aside(reason=reason, count=count, latest=at) for reason, count, at in found]

    def _wrong_conversations(self) -> Iterator[str]:
        """Who is told of together belongs to a conversation, and one that is over tells of nobody."""
        of, members = schema.conversations, schema.affected
        mine = (of.c.channel == members.c.channel) & (of.c.key == members.c.key)
        are_there = exists().where(mine)
        ends_open = of.c.is_over.is_(False) & of.c.held.is_(None)
        for table, is_wrong, wrong in (
            (members, ~are_there, "is there no more, and told of"),
            (of, of.c.is_over.is_(True) & are_there, "is over, and tells of somebody"),
            (of, ends_open & ~are_there, "is not over, and tells of nobody"),
        ):
            named = (table.c.channel, table.c.key)
            query = select(*named).where(is_wrong).distinct().order_by(*named)
            for channel, key in self._connection.execute(query):
                yield f"the conversation {key} of {channel} {wrong}"

    def _broken(self, table: Table, series: str) -> list[tuple[str, str, int, int, int]]:
        mine = (table.c.product, table.c[series])
        follows = func.lead(table.c.at, 1, schema.OPEN).over(partition_by=mine, order_by=table.c.at)
        rows = select(*mine, table.c.at, table.c.until, follows.label("follows")).subquery()
        query = select(rows).where(rows.c.until != rows.c.follows)
        return [(row[0], row[1], row[2], row[3], row[4]) for row in self._connection.execute(query)]
