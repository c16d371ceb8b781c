"""Letters: what is said to the catalog and to people, durable before it is sent."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.objectives import ObjectiveStatus
from datahub_dataproducts.domain.verdicts import Verdict


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


class Why(Enum):
    """Why an announcement is made."""

    OPENED = "opened"
    CAUSE_CHANGED = "cause changed"
    CLOSED = "closed"
    AT_RISK = "at risk"
    BLIND = "blind"
    SEEN_AGAIN = "seen again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """What people are told of a product, composed once, free of any channel's format.

    Attributes:
        product: its id.
        domain: URN of its domain.
        at: when it became so (milliseconds), read in `timezone`.
        timezone: the product's (IANA name).
        why: see `Why`.
        health: now.
        text: the whole in plain words, sentences separated by a space.
    """

    product: str
    domain: str
    at: int
    timezone: str
    why: Why
    health: Health
    text: str


Letter = HealthPost | VerdictPost | Announcement


@dataclass(frozen=True, slots=True)
class Delivered:
    """It arrived."""


@dataclass(frozen=True, slots=True)
class Retry:
    """It did not arrive, and may later.

    Attributes:
        reason: for the operator, free of secrets.
        after: milliseconds the other side asked us to wait, None: our own back-off.
    """

    reason: str
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken; the reason is for the operator, free of secrets."""

    reason: str


Receipt = Delivered | Retry | Refused
