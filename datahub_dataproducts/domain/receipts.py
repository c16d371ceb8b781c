"""Receipts: a letter on its way to people, and what came of sending one. Pure values."""

from dataclasses import dataclass

from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.letters import ToPeople
from datahub_dataproducts.domain.messages import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatch:
    """A letter to people on its way to one channel.

    Attributes:
        letter: see `ToPeople`.
        message: what is to be shown, with addresses for targets.
        earlier: by what the channel knows what it showed of the same conversation before; empty:
            nothing, or it did not say.
        is_uncertain: True when it may have arrived already: a try was begun, and nobody knows how
            it ended. A channel that can look does so before it tells the same again.
        ended: the same as `earlier` of each conversation that this one takes the place of
            (`Announcement.ends`), of those that the channel showed anything of.
        at: when it is sent (milliseconds).
    """

    letter: ToPeople
    message: Message
    earlier: str = ""
    is_uncertain: bool = False
    ended: tuple[str, ...] = ()
    at: int = 0

    @property
    def is_late(self) -> bool:
        """True where it is sent so long after what it tells of that its readers are told so.

        It was held back, by a mute or a silence, or its channel was away.
        """
        return self.at - self.letter.at >= HOUR


@dataclass(frozen=True, slots=True)
class Delivered:
    """It arrived.

    Attributes:
        reference: by what the channel knows what it shows now, to change or to go on with it.
    """

    reference: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """It did not arrive, and may later.

    Attributes:
        reason: for the operator, free of secrets.
        after: milliseconds the other side asked us to wait, None: our own back-off.
        may_have_arrived: True when nobody knows: the time was over, or the connection broke, after
            it was sent. False when it is certain that nobody was told.
    """

    reason: str
    after: int | None = None
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken; the reason is for the operator, free of secrets."""

    reason: str


Receipt = Delivered | Retry | Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """When a channel takes letters again.

    Attributes:
        until: not before (milliseconds).
        failures: how many tries in a row have failed; 0: the last one did not.
        is_asked: True when the other side asked for it, or its pace wants it.
        reason: why the last try failed, empty: it did not.
    """

    until: int = 0
    failures: int = 0
    is_asked: bool = False
    reason: str = ""
