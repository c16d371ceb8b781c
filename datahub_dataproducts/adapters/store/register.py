"""The register in SQL: the definitions of products over time."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select, update

from datahub_dataproducts.adapters.store import schema, statements
from datahub_dataproducts.adapters.store.dialect import dialect_of
from datahub_dataproducts.application.register import Definition
from datahub_dataproducts.domain.generations import Generation, UsedInput, used_inputs
from datahub_dataproducts.domain.portfolio import portfolio_of, promised
from datahub_dataproducts.domain.products import DataProduct

_LISTENS, _USES = "listens to", "uses"


class SqlRegister:
    """See the `Register` port, whose rules this keeps."""

    def __init__(
        self,
        connection: Connection,
        write: Callable[[DataProduct], str],
        read: Callable[[str], DataProduct],
    ) -> None:
        """The connection is in a transaction already."""
        self.sent = 0
        self._connection = connection
        self._write = write
        self._read = read

    def definitions(self) -> list[tuple[DataProduct, int | None]]:
        """The products as last defined, with the start of that generation (None: from ever)."""
        table = schema.definitions
        query = select(table).where(table.c.current).order_by(table.c.product)
        return [(self._read(row.definition), row.since) for row in self._connection.execute(query)]

    def definition(self, product: str) -> tuple[DataProduct, int | None] | None:
        """The same of one product; None: it is not there."""
        found = statements.DEFINITION.rows(self._connection, {"of_product": product})
        return (self._read(found[0][0]), found[0][1]) if found else None

    def definitions_at(self, instant: int) -> list[Definition]:
        """All products that were there at an instant, as of then, by id."""
        # Of several that begin at one instant the last one counts.
        held = {row.product: row for row in self._connection.execute(held_at(instant))}
        return [self._definition(row) for row in held.values()]

    def define(self, product: DataProduct, since: int | None) -> None:
        """A product is as given; its promises hold from `since` on."""
        mine = {"of_product": product.id}
        ((last,),) = statements.LAST_GENERATION.rows(self._connection, mine)
        table = schema.definitions
        # It holds from then on, in place of whatever held then or later.
        ended = -schema.OPEN if since is None else since
        later = or_(table.c.until.is_(None), table.c.until > ended)
        before = update(table).where(table.c.product == product.id, later)
        self._connection.execute(before.values(current=False, until=ended))
        row = {"product": product.id, "generation": (last or 0) + 1, "since": since}
        text = {"definition": self._write(product), "current": True, "until": None, "inputs": None}
        statements.DEFINE.run(self._connection, {**row, **text})

    def retire(self, product: DataProduct, until: int, inputs: tuple[UsedInput, ...]) -> None:
        """The promises of a product hold no more from an instant on; until then these inputs counted."""
        table = schema.definitions
        ended = {"current": False, "until": until, "inputs": _write_inputs(inputs)}
        mine = update(table).where(table.c.product == product.id, table.c.current)
        self._connection.execute(mine.values(ended))
        heard = {(_LISTENS, urn) for a in promised(product) for urn in a.listens_to}
        relied_on = sorted(heard | {(_USES, input_.product) for input_ in inputs})
        if not relied_on:
            return
        statement = dialect_of(self._connection).insert(schema.past_reliance)
        until_then = schema.past_reliance.c.until
        later = {"until": statements.later_of(until_then, statement.excluded.until)}
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["kind", "name", "product"], set_=later),
            [
                {"kind": kind, "name": name, "product": product.id, "until": until}
                for kind, name in relied_on
            ],
        )

    def forget(self, product: str) -> None:
        """What of a product is of now: where its assertions stand, what was told last."""
        for gone in (schema.standings, schema.told):
            self._connection.execute(delete(gone).where(gone.c.product == product))

    def was_defined(self, product: str) -> bool:
        """True for a product that is or once was there."""
        ((last,),) = statements.LAST_GENERATION.rows(self._connection, {"of_product": product})
        return last is not None

    def last_turn(self) -> int | None:
        """The latest instant at which promises of any product began or ended; None: none has yet."""
        table = schema.definitions
        query = select(func.max(table.c.since), func.max(table.c.until))
        found = [at for at in self._connection.execute(query).one() if at is not None]
        # One that was replaced from ever on is no turn.
        return max((at for at in found if at > -schema.OPEN), default=None)

    def past_generations(self, product: str, after: int) -> list[Generation]:
        """Generations of a product that hold no more and held after an instant, in order."""
        return self._past(product, after)

    def past_listeners(self, subject: str, after: int) -> list[str]:
        """Ids of products with such a generation that listened to the evidence of a subject."""
        return self._relied_on(_LISTENS, subject, after)

    def past_users(self, product: str, after: int) -> list[str]:
        """Ids of products with such a generation that used a product."""
        return self._relied_on(_USES, product, after)

    def _past(self, product: str, after: int, *which: ColumnElement[bool]) -> list[Generation]:
        table = schema.definitions
        query = (
            select(table)
            .where(table.c.product == product, table.c.until > after, *which)
            .where(or_(table.c.since.is_(None), table.c.since < table.c.until))
            .order_by(table.c.generation)
        )
        return [self._generation(row) for row in self._connection.execute(query)]

    def _relied_on(self, kind: str, name: str, after: int) -> list[str]:
        table = schema.past_reliance
        query = select(table.c.product).where(table.c.kind == kind, table.c.name == name)
        found = self._connection.execute(query.where(table.c.until > after)).scalars()
        return sorted(found)

    def _definition(self, row: Any) -> Definition:
        inputs = _read_inputs(row.inputs)
        return Definition(
            product=self._read(row.definition),
            generation=row.generation,
            since=row.since,
            counted=None if inputs is None else tuple(i.product for i in inputs),
        )

    def _generation(self, row: Any) -> Generation:
        inputs = _read_inputs(row.inputs)
        if inputs is None:
            # It ended before that was recorded. Which products were known did not change in its
            # time, or another generation would have begun.
            then = portfolio_of(one.product for one in self.definitions_at(row.until - 1))
            inputs = used_inputs(then, row.product)
        product = self._read(row.definition)
        return Generation(product=product, since=row.since, until=row.until, inputs=inputs)


def held_at(instant: int) -> Select[Any]:
    """The definitions that held at an instant, by product and generation."""
    table = schema.definitions
    return (
        select(table)
        .where(or_(table.c.since.is_(None), table.c.since <= instant))
        .where(or_(table.c.until.is_(None), table.c.until > instant))
        .order_by(table.c.product, table.c.generation)
    )


def _write_inputs(inputs: tuple[UsedInput, ...]) -> str:
    return json.dumps([[i.product, i.required, i.passes, i.counts] for i in inputs])


def _read_inputs(text: str | None) -> tuple[UsedInput, ...] | None:
    if text is None:
        return None
    return tuple(
        # Of old it was not told apart whether one passes nothing on or does not count.
        UsedInput(product=product, required=required, passes=passes, counts=any([passes, *counts]))
        for product, required, passes, *counts in json.loads(text)
    )
