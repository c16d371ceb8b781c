"""The archive in SQL: what only those ask who look back."""

from collections.abc import Sequence

from sqlalchemy import select

from datahub_dataproducts.adapters.store import evidence_statements, rows, schema
from datahub_dataproducts.adapters.store.book import SqlBook
from datahub_dataproducts.adapters.store.register import held_at
from datahub_dataproducts.application.register import Definition
from datahub_dataproducts.domain.assertions import Observation
from datahub_dataproducts.domain.corrections import Correction

# A text without the name of the field has none, and need not be read, which takes its time.
_NAMED = '"corrections"'


class SqlArchive(SqlBook):
    """See the `Archive` port, whose rules this keeps."""

    def known(self) -> list[str]:
        """Ids of all products that were ever defined."""
        table = schema.definitions
        query = select(table.c.product).distinct().order_by(table.c.product)
        return list(self._connection.execute(query).scalars())

    def definition_at(self, product: str, instant: int) -> Definition | None:
        """A product as of an instant; None: it was not there then."""
        query = held_at(instant).where(schema.definitions.c.product == product)
        rows_ = self._connection.execute(query).all()
        return self._definition(rows_[-1]) if rows_ else None

    def corrections(self, product: str) -> tuple[Correction, ...]:
        """What people know better of a product, as it was published last, of whatever time it is."""
        table = schema.definitions
        query = select(table.c.definition).where(table.c.product == product)
        latest = query.order_by(table.c.generation.desc()).limit(1)
        text = self._connection.execute(latest).scalar()
        return self._read(text).corrections if text is not None and _NAMED in text else ()

    def evidence_between(
        self, subjects: Sequence[str], since: int | None, until: int
    ) -> list[Observation]:
        """All evidence of some subjects from an instant (None: the beginning) to another, both in."""
        begin = -schema.OPEN if since is None else since
        found: list[Observation] = []
        for subject in dict.fromkeys(subjects):
            key = {"of_subject": subject, "since": begin, "until": until}
            found += map(
                rows.evidence, evidence_statements.HEARD_BETWEEN.rows(self._connection, key)
            )
        return found
