"""The part of the book that keeps what is not told, and when it is looked at again."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from datahub_dataproducts.adapters.store import conversation_statements
from datahub_dataproducts.domain.held_news import Acknowledgement, Held, Passed
from datahub_dataproducts.domain.hushes import Hush


class SqlQuietBook:
    """See the `QuietBook` port, whose rules this keeps."""

    _connection: Connection

    def looks_due(self, now: int, limit: int) -> list[tuple[str, str]]:
        """Channel and key of conversations that are to be looked at by now, earliest first."""
        key = {"now": now, "most": limit}
        found = conversation_statements.LOOKS_DUE.rows(self._connection, key)
        return [(channel, key_) for channel, key_ in found]

    def look_sooner(self, now: int) -> None:
        """Look at all conversations of which something is held back, at an instant."""
        conversation_statements.LOOK_SOONER.run(self._connection, {"now": now})

    def hushes(self, after: int) -> list[Hush]:
        """Those that end after an instant, in the order they were made."""
        found = conversation_statements.HUSHES.rows(self._connection, {"after": after})
        return [_hush(row) for row in found]

    def channels(self) -> list[str]:
        """Names of those the action was started with, or that were told something, in order."""
        return [name for (name,) in conversation_statements.CHANNELS.rows(self._connection, {})]

    def add_hush(self, hush: Hush) -> int:
        """Keep one; the id that it has from now on."""
        names = ("since", "until", "author", "reason", "made_at")
        row = {name: getattr(hush, name) for name in names}
        of = {
            "products": hush.products,
            "domains": hush.domains,
            "channels": hush.channels,
            "with_caused": hush.with_caused,
        }
        told = {**row, "of": json.dumps(of, ensure_ascii=False)}
        conversation_statements.ADD_HUSH.run(self._connection, told)
        ((newest,),) = conversation_statements.NEWEST_HUSH.rows(self._connection, {})
        return int(newest)

    def end_hush(self, id_: int, until: int) -> None:
        """Have one end at an instant."""
        conversation_statements.END_HUSH.run(self._connection, {"of_id": id_, "ends_at": until})


def write_held(held: Held | None) -> str | None:
    """As kept in a column."""
    return None if held is None else json.dumps(asdict(held), ensure_ascii=False)


def read_held(text: str | None) -> Held | None:
    """As it was written."""
    if text is None:
        return None
    found = json.loads(text)
    return Held(
        since=found["since"],
        said=tuple(found["said"]),
        is_quiet=found["is_quiet"],
        passed=tuple(Passed(**one) for one in found["passed"]),
        ends=tuple(found["ends"]),
    )


def write_acknowledged(said: Acknowledgement | None) -> str | None:
    """As kept in a column."""
    return None if said is None else json.dumps(asdict(said), ensure_ascii=False)


def read_acknowledged(text: str | None) -> Acknowledgement | None:
    """As it was written."""
    return None if text is None else Acknowledgement(**json.loads(text))


def _hush(row: Sequence[Any]) -> Hush:
    id_, since, until, author, reason, made_at, of = row
    found = json.loads(of)
    return Hush(
        id=id_,
        since=since,
        until=until,
        author=author,
        reason=reason,
        made_at=made_at,
        products=tuple(found["products"]),
        domains=tuple(found["domains"]),
        channels=tuple(found["channels"]),
        with_caused=found["with_caused"],
    )
