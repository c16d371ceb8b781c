"""What a store asks of the database that it is kept in."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, slots=True)
class Space:
    """Of a store, bytes.

    Attributes:
        size: of the whole.
        free: what of it holds nothing, and is used again before it grows.
    """

    size: int
    free: int


class Database(Protocol):
    """A database that may hold a store; what it raises is the driver's, in SQLAlchemy's classes.

    Attributes:
        place: where it is, for people; without secrets.
        url: the same as it is written in a recipe, without secrets.
        advice: what somebody looks at first who cannot open it.
        kind: what a store has of its own: a file, or a database.
    """

    place: str
    url: str
    advice: str
    kind: str

    def take(self) -> bool:
        """Be the only one that works on it until `leave`; False while another does.

        Raises:
            Unavailable: it cannot be known.
        """
        ...

    def leave(self) -> None:
        """Let the next one work on it, and close all connections; harmless when repeated."""
        ...

    def is_missing(self) -> bool:
        """True where it is certain, without opening it, that there is none."""
        ...

    def made(self, connection: Connection) -> None:
        """It was opened to be written, and is a store."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction, after the ones of all others: on disk at its end, undone if it raises.

        Raises:
            Unavailable: somebody else writes all the time, or works on the store since.
        """
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """Sees the store as it is at one moment, writes nothing, waits for nobody."""
        ...

    def trial(self) -> AbstractContextManager[Connection]:
        """One in which verdicts and histories may be written, and which is undone in any case."""
        ...

    def alone(self) -> AbstractContextManager[Connection]:
        """Outside of any transaction."""
        ...

    def space(self, connection: Connection) -> Space:
        """How much there is of it."""
        ...

    def give_back(self, connection: Connection) -> None:
        """Let what holds nothing be used again; `connection` is outside of any transaction."""
        ...

    def damage(self, connection: Connection) -> Sequence[str]:
        """What the database itself finds wrong, in sentences."""
        ...

    def renumber(self, connection: Connection) -> None:
        """Rows came with their ids: those that it gives from now on follow."""
        ...

    def is_unavailable(self, problem: DBAPIError) -> bool:
        """Whether it is the database that cannot; else it is a mistake of ours."""
        ...

    def said(self, problem: DBAPIError) -> str:
        """What the database said, on one line, without secrets."""
        ...
