"""Digest: what a channel is told of a day, shown or sent when somebody asks."""

from datahub_dataproducts.application.archive import Archive, Readable
from datahub_dataproducts.application.digesting import Readers, compose_digest
from datahub_dataproducts.application.looking_back import as_of, portfolio_then
from datahub_dataproducts.application.ports import HealthStore
from datahub_dataproducts.domain.digests import DigestTime
from datahub_dataproducts.domain.letters import Digest
from datahub_dataproducts.domain.routes import Signposts


def digest_then(
    store: Readable[Archive], channel: str, signposts: Signposts, time: DigestTime
) -> Digest | None:
    """The digest of a time, by what is known now; None where nothing is to be told.

    Products are as they were defined then.

    Raises:
        Unavailable: the store cannot be read.
    """
    with as_of(store, time.at) as book:
        portfolio = portfolio_then(book.definitions_at(time.at))
        readers = Readers(channel=channel, signposts=signposts, portfolio=portfolio)
        return compose_digest(book, readers, time)


def send_digest(store: HealthStore, channel: str, digest: Digest, now: int) -> bool:
    """Put a digest into the outbox, from which the action sends it; False: it is there already.

    Raises:
        Unavailable: the store cannot be written.
    """
    with store.transaction() as book:
        book.send(channel, digest.id, digest, now, replace=False)
        return book.sent > 0
