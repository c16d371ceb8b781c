"""Letters: what is said to the catalog and to people, durable before it is sent."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.messages import Message, Tone, plain
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.verdicts import Reason, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectivePost:
    """How an objective stands over its own window, exactly; see `ObjectiveReport`.

    Attributes:
        status: in one word.
        target: between 0 and 1.
        budget: bad milliseconds that it allows.
        remaining: what is left of them; negative when more was bad.
    """

    status: ObjectiveStatus
    target: Fraction
    budget: int
    remaining: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectedPost:
    """The figures of a health post as the corrected history has them; of the same windows."""

    uptime: Fraction | None
    coverage: Fraction | None
    own_uptime: Fraction | None
    objective: ObjectivePost | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecentUptime:
    """Good / (good + bad) of the last days, whatever window a deployment shows besides.

    Attributes:
        days: how many days of 24 hours, up to the post.
        uptime: None where nothing was measured.
        corrected: as the corrected history has it, None where nothing was corrected of those days.
    """

    days: int
    uptime: Fraction | None
    corrected: Fraction | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthPost:
    """What the catalog shows of a product's health; the newest replaces all before it.

    Attributes:
        product: its id.
        at: when it was evaluated (milliseconds).
        health: now.
        since: from when on it has been so; None where nothing was ever measured.
        reason: in plain words, one sentence or two.
        uptime: good / (good + bad) over the window, None where nothing was measured.
        coverage: measured share of the window, None before the history began.
        window: the rolling window of uptime and coverage, milliseconds.
        own_uptime: as `uptime`, on the product's own promises alone.
        objective: None for a product without one.
        corrected: None where people know nothing better of the windows.
        recent: uptime of the last days, for several windows that are the same everywhere.
    """

    product: str
    at: int
    health: Health
    since: int | None
    reason: str
    uptime: Fraction | None
    coverage: Fraction | None
    window: int
    own_uptime: Fraction | None = None
    objective: ObjectivePost | None = None
    corrected: CorrectedPost | None = None
    recent: tuple[RecentUptime, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictPost:
    """What the catalog shows of a freshness promise that is evaluated here: one run of it.

    Attributes:
        assertion: URN.
        dataset: URN of the dataset it is about.
        at: when the verdict changed (milliseconds); with the assertion it makes the run one.
        verdict: MET or NOT_MET.
        message: in plain words.
    """

    assertion: str
    dataset: str
    at: int
    verdict: Verdict
    message: str


TONES = {
    Health.UNHEALTHY: Tone.BAD,
    Health.UNKNOWN: Tone.BLIND,
    Health.AT_RISK: Tone.RISK,
    Health.HEALTHY: Tone.GOOD,
}
"""How each health is shown."""


class Why(Enum):
    """Why an announcement is made."""

    OPENED = "opened"
    CAUSE_CHANGED = "cause changed"
    AFFECTED_CHANGED = "affected changed"
    STILL_OPEN = "still open"
    CLOSED = "closed"
    AT_RISK = "at risk"
    BLIND = "blind"
    SEEN_AGAIN = "seen again"
    ACKNOWLEDGED = "acknowledged"
    CAUGHT_UP = "caught up"


_ENDINGS = frozenset({Why.CLOSED, Why.SEEN_AGAIN, Why.CAUGHT_UP})


@dataclass(frozen=True, kw_only=True, slots=True)
class Affected:
    """A product that an announcement tells of.

    Attributes:
        product: its id.
        title: what people call it.
        type: what it is to the business: `metric`, `building_block`, empty where it was not said.
        health: now.
        since: since when it has been part of what is told of, None: not known.
    """

    product: str
    title: str
    type: str
    health: Health
    since: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something that is wrong, for those who are to mend it.

    Attributes:
        root: id of the product whose promise it is.
        asset: URN.
        assertion: URN.
        reason: why its verdict is what it is.
        since: since when, None: always.
        run_id: the run the verdict rests on, empty where none does.
    """

    root: str
    asset: str
    assertion: str
    reason: Reason
    since: int | None
    run_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """What people of one channel are told, composed once, free of any channel's format.

    Attributes:
        product: id of the product that the text begins with.
        domain: URN of its domain.
        at: when it became so (milliseconds), read in `timezone`.
        timezone: the product's (IANA name).
        why: see `Why`.
        health: the worst there is now.
        text: the whole in plain words, sentences separated by a space.
        conversation: key of the conversation it is part of, the same from its opening to its end.
        sequence: which letter of the conversation it is; the first is 1. A channel that can edit
            what it has said shows the latest.
        affected: those it is about now, the most important to the business first.
        recovered: those for whom it is over with this letter.
        faults: what is wrong now, the main one first.
        ends: keys of conversations that are over because this one takes their place.
        message: the same for those who read it in a channel; None: an older version wrote no more
            than the text.
    """

    product: str
    domain: str
    at: int
    timezone: str
    why: Why
    health: Health
    text: str
    conversation: str = ""
    sequence: int = 1
    affected: tuple[Affected, ...] = ()
    recovered: tuple[Affected, ...] = ()
    faults: tuple[Fault, ...] = ()
    ends: tuple[str, ...] = ()
    message: Message | None = None

    @property
    def id(self) -> str:
        """What makes it one among all that a channel is told; the same however often it is sent."""
        return f"{self.conversation} {self.sequence}"

    @property
    def thread(self) -> str:
        """What it is told together with, in order: its conversation."""
        return self.conversation or self.product

    @property
    def is_last(self) -> bool:
        """True when the conversation is over with it."""
        return not self.affected and self.why in _ENDINGS

    @property
    def shown(self) -> Message:
        """What a channel shows."""
        return self.message or plain(self.text, TONES[self.health])

    @property
    def products(self) -> frozenset[str]:
        """Ids of all products it tells of."""
        return frozenset({
            self.product,
            *(one.product for one in (*self.affected, *self.recovered)),
        })


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """What one channel is told of one day, whether or not something happened.

    Attributes:
        day: the day it is of, as `2026-03-03`, in the channel's time zone.
        at: when it was due (milliseconds).
        timezone: the channel's (IANA name).
        text: the whole in plain words.
        message: the same for those who read it in a channel.
    """

    day: str
    at: int
    timezone: str
    text: str
    message: Message

    @property
    def id(self) -> str:
        """What makes it one among all that a channel is told; the same however often it is sent."""
        return f"digest {self.day}"

    @property
    def thread(self) -> str:
        """What it is told together with, in order: each day is told by itself."""
        return self.id

    @property
    def shown(self) -> Message:
        """What a channel shows."""
        return self.message


ToPeople = Announcement | Digest
Letter = HealthPost | VerdictPost | ToPeople
