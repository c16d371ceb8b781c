"""Notices of incidents in SQL."""

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from datahub_dataproducts.adapters.store import rows, schema
from datahub_dataproducts.adapters.store.dialect import dialect_of
from datahub_dataproducts.domain.assertions import IncidentNotice

_TABLE = schema.notices


class SqlIncidentBook:
    """See the `IncidentBook` port, whose rules this keeps."""

    _connection: Connection

    def record_notice(self, notice: IncidentNotice) -> bool:
        """Keep a notice; False when it was known already."""
        statement = dialect_of(self._connection).insert(_TABLE).on_conflict_do_nothing()
        return self._connection.execute(statement, rows.notice_row(notice)).rowcount == 1

    def notices(self, subjects: Sequence[str]) -> list[IncidentNotice]:
        """All notices of incidents on some assets, with those of no asset of the same incidents."""
        on_them = _TABLE.c.subject.in_(subjects)
        theirs = select(_TABLE.c.incident).where(on_them)
        of_none = (_TABLE.c.subject == "") & _TABLE.c.incident.in_(theirs)
        query = select(_TABLE).where(or_(on_them, of_none)).order_by(*_TABLE.primary_key.columns)
        return [rows.notice(tuple(row)) for row in self._connection.execute(query)]

    def assets_of(self, incident: str) -> list[str]:
        """URNs of the assets that an incident was ever told to be on."""
        query = select(_TABLE.c.subject).where(_TABLE.c.incident == incident).distinct()
        found = self._connection.execute(query.order_by(_TABLE.c.subject)).scalars()
        return [subject for subject in found if subject]
