"""The part of the book that keeps up to when each channel had its digests."""

from sqlalchemy import Connection, func, select

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.adapters.store.statements import upsert
from datahub_dataproducts.application.digest_ports import DigestMark

_MARKS = Prepared(select(schema.digests).order_by(schema.digests.c.channel))
_PUT_MARK = upsert(schema.digests, "channel")
NEXT_DIGEST = Prepared(select(func.min(schema.digests.c.next_at)))


class SqlDigestBook:
    """See the `DigestBook` port, whose rules this keeps."""

    _connection: Connection

    def digest_marks(self) -> list[DigestMark]:
        """Those of all channels, by name."""
        found = _MARKS.rows(self._connection, {})
        return [
            DigestMark(channel=channel, told_until=told_until, next_at=next_at)
            for channel, told_until, next_at in found
        ]

    def put_digest_mark(self, mark: DigestMark) -> None:
        """Replace it, or begin with it."""
        row = {"channel": mark.channel, "told_until": mark.told_until, "next_at": mark.next_at}
        _PUT_MARK.run(self._connection, row)
