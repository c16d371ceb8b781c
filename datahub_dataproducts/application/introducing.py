"""Introducing: a channel that is to hear of a product by now is told what it did not hear of before.

The recipe may lead elsewhere since, or the product may be another. Whoever is on call there is told at
once, as in Prometheus' Alertmanager, and not with the next change.
"""

from collections.abc import Collection

from datahub_dataproducts.application.in_force import in_force_at
from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.application.tell import Ground, announce
from datahub_dataproducts.domain.conversations import Turn, beginning, by_own_faults
from datahub_dataproducts.domain.episodes import turn_of
from datahub_dataproducts.domain.health import Health


def introduce(book: Book, ground: Ground, products: Collection[str], now: int) -> None:
    """Tell of those products, by id, of which a channel does not know what people were told.

    What waits to be told goes to all channels then.
    """
    missed = [id_ for id_ in sorted(products) if _is_missed(book, ground, id_, now)]
    if missed:
        announce(book, ground, missed, now)


def _is_missed(book: Book, ground: Ground, id_: str, now: int) -> bool:
    told, product = book.told(id_), ground.portfolio.products.get(id_)
    if told is None or product is None or not product.is_announced:
        return False
    if told.health is Health.HEALTHY or not told.announced or told.announce_at is not None:
        return False
    assessment = ground.assessments.of(ground.portfolio, id_, in_force_at(book, now))
    turn = turn_of(told, assessment, since=now)
    known = {
        channel for channel, key in book.conversations_of(id_) if _is_of(book, (channel, key), turn)
    }
    ways = ground.policy.signposts.ways(product, beginning(turn.enters)) if turn.enters else ()
    wanted = {way.channel for way in ways}
    if by_own_faults(turn).enters is not None:
        wanted.update(ground.policy.by_root)
    return not wanted <= known


def _is_of(book: Book, conversation: tuple[str, str], turn: Turn) -> bool:
    found = book.conversation(*conversation)
    return found is not None and found.kind is turn.enters
