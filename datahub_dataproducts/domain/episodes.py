"""Episodes: when a turn of health is worth a word to people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from datahub_dataproducts.domain.conversations import Kind, Turn
from datahub_dataproducts.domain.durations import MINUTE
from datahub_dataproducts.domain.health import Assessment, Health
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.timelines import Step
from datahub_dataproducts.domain.verdicts import Reason

MEASURED_GOOD = frozenset({Health.HEALTHY, Health.AT_RISK})


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a turn of health must last before people are told of it, milliseconds.

    What becomes "not fresh" is told at once: time made it so, and no result is on its way that would
    change it within the same run.

    Attributes:
        for_: a turn to the worse.
        clear_for: a turn to the better.
    """

    for_: int = 10 * MINUTE
    clear_for: int = 10 * MINUTE

    def until(self, assessment: Assessment, told: "Told | None", now: int) -> int:
        """When this is told (milliseconds) if it lasts so long, given what was told last.

        What breaks is told as soon as it lasted so long. Of what is merely not known the time is a
        multiple of `for_`: a portfolio that nothing is heard of any more falls silent one by one, and
        is one letter and not one a product. It is heard of again one by one too: what is well is
        told at a whole minute, so that all who are well within it are looked at together, once.
        """
        at = now + self.with_(assessment, told)
        if at == now:
            return at
        together = 1
        if assessment.health is Health.UNKNOWN:
            together = max(self.for_, MINUTE)
        elif _is_well_again(assessment, told):
            together = MINUTE
        return -(-at // together) * together

    def with_(self, assessment: Assessment, told: "Told | None") -> int:
        """How long to wait before this is told, given what was told last."""
        if _is_well_again(assessment, told):
            return self.clear_for
        announced = told.announced_health if told else None
        turned = assessment.health not in (announced, Health.UNKNOWN)
        by_time = any(c.judgement.reason is Reason.NOT_FRESH for c in assessment.causes)
        return 0 if turned and by_time else self.for_


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What was last said of a product, so that it is said again only when it changes.

    Attributes:
        digest: of health, causes and blind spots, as the catalog was told.
        health: as the catalog was told.
        posted_at: when the catalog was last told.
        announced: the digest people were last told, empty: they were told nothing yet.
        announced_health: the health people were last told, None: nothing yet.
        opened_at: since when an episode of bad health is open, None: none is. UNKNOWN neither
            opens nor closes one.
        blind: people were told that nothing is known any more.
        announce_at: when people are to be told, if it lasts so long; None: nothing to tell.
    """

    digest: str
    health: Health
    posted_at: int
    announced: str = ""
    announced_health: Health | None = None
    opened_at: int | None = None
    blind: bool = False
    announce_at: int | None = None


def digest(assessment: Assessment) -> str:
    """Equal for assessments of which there is nothing new to say.

    What is merely unknown is told by root and reason, so that a hundred checks reporting for the
    first time, one by one, are not a hundred pieces of news.
    """
    if assessment.health is Health.UNKNOWN:
        parts = {f"{'>'.join(c.path)} {c.judgement.reason.value}" for c in assessment.causes}
    else:
        parts = {
            f"{c.root} {c.assertion.urn} {c.judgement.reason.value}" for c in assessment.causes
        }
    return "|".join([assessment.health.value, *sorted(parts)])


def fingerprint(assessments: Iterable[Assessment]) -> str:
    """Short, and equal where what is wrong is the same, however many products it makes unhealthy."""
    faults = {
        f"{cause.root} {cause.assertion.urn} {cause.judgement.reason.value}"
        for assessment in assessments
        for cause in assessment.causes
    }
    return sha256("\n".join(sorted(faults)).encode()).hexdigest()


def catalog_digest(assessment: Assessment) -> str:
    """Equal for assessments of which the catalog has nothing new to show: blind spots count too."""
    spots = {f"?{c.assertion.urn} {c.judgement.reason.value}" for c in assessment.blind_spots}
    inputs = {f"?{id_}" for id_ in assessment.blind_inputs}
    return "|".join([digest(assessment), *sorted(spots | inputs)])


def told_catalog(
    before: Told | None, assessment: Assessment, patience: Patience | None, now: int
) -> Told:
    """What stands as told once the catalog is; without patience people are told nothing."""
    mark = catalog_digest(assessment)
    announce_at: int | None = None
    if patience is not None and (before is None or before.announced != digest(assessment)):
        announce_at = patience.until(assessment, before, now)
        if before is not None and before.announce_at is not None:
            lasts_on = _lasts_on(before, assessment.health)
            announce_at = min(announce_at, before.announce_at) if lasts_on else announce_at
    told = before or Told(digest=mark, health=assessment.health, posted_at=now)
    return replace(
        told, digest=mark, health=assessment.health, posted_at=now, announce_at=announce_at
    )


def told_people(told: Told, assessment: Assessment, *, since: int | None, now: int) -> Told:
    """What stands as told once people are."""
    health = assessment.health
    opened_at = told.opened_at
    if health in MEASURED_GOOD:
        opened_at = None
    elif health is Health.UNHEALTHY and opened_at is None:
        opened_at = now if since is None else since
    turn = turn_of(told, assessment, since=now if since is None else since)
    closes = told.opened_at is not None and health in MEASURED_GOOD
    unsaid = turn.enters is None and not closes and _is_anothers(assessment)
    return replace(
        told,
        announced=digest(assessment),
        announced_health=told.announced_health if unsaid else health,
        opened_at=opened_at,
        blind=health is Health.UNKNOWN and (told.blind or turn.enters is Kind.BLINDNESS),
        announce_at=None,
    )


def reason_of(told: Told | None, assessment: Assessment) -> Why:
    """The reason by which the conversation begins, or began, that a turn of health is told in."""
    health = assessment.health
    if health is Health.UNKNOWN:
        return Why.BLIND
    if health is Health.UNHEALTHY or (told is not None and told.opened_at is not None):
        return Why.OPENED
    if health is Health.AT_RISK or (told is not None and told.announced_health is Health.AT_RISK):
        return Why.AT_RISK
    return Why.BLIND if told is not None and told.blind else Why.OPENED


def turn_of(told: Told, assessment: Assessment, *, since: int) -> Turn:
    """What is due to be told of a product, given what was told before; `since` when it is so.

    Nothing is announced of a product's way from "never measured" to its first good verdict. A mere
    risk, and blindness, are announced by the product whose promise it is and not by all that use
    it: only what is UNHEALTHY is news to the readers of each.
    """
    health = assessment.health
    enters: Kind | None = None
    leaves = frozenset({Kind.EPISODE, Kind.RISK, Kind.BLINDNESS})
    if health is Health.UNHEALTHY:
        enters, leaves = Kind.EPISODE, frozenset({Kind.RISK, Kind.BLINDNESS})
    elif health is Health.AT_RISK:
        enters, leaves = Kind.RISK, frozenset({Kind.EPISODE, Kind.BLINDNESS})
    elif health is Health.UNKNOWN:
        was_known = told.announced_health not in (None, Health.UNKNOWN)
        enters, leaves = (Kind.BLINDNESS if told.blind or was_known else None), frozenset()
    return Turn(
        product=assessment.product,
        enters=None if _is_anothers(assessment) else enters,
        leaves=leaves,
        roots=tuple(sorted({cause.root for cause in assessment.causes})),
        since=since,
    )


def opening(steps: Sequence[Step], known: int, patience: Patience) -> int:
    """Since when the episode is open that people were told began at `known`.

    Late results may have moved it. `steps` are those of the product since it was last good for long
    enough; it is `known` where they show no episode (what is no more is told as its end).
    """
    opened: int | None = None
    ends = [at for at, _ in steps[1:]]
    for (at, health), end in zip(steps, [*ends, None], strict=False):
        if health is Health.UNHEALTHY:
            is_it = end is None or at <= known < end or end - at >= patience.for_
            opened = at if opened is None and is_it else opened
        elif health in MEASURED_GOOD and end is not None and end - at >= patience.clear_for:
            opened = None
    return known if opened is None else opened


def _lasts_on(told: Told, health: Health) -> bool:
    """True where what is waited for goes on: an episode ends at risk as well as healthy."""
    ends_episode = told.opened_at is not None and {told.health, health} <= MEASURED_GOOD
    return told.health is health or ends_episode


def _is_well_again(assessment: Assessment, told: Told | None) -> bool:
    ends_episode = told is not None and told.opened_at is not None
    return assessment.health is Health.HEALTHY or (
        ends_episode and assessment.health in MEASURED_GOOD
    )


def _is_anothers(assessment: Assessment) -> bool:
    lesser = assessment.health in (Health.AT_RISK, Health.UNKNOWN)
    causes = assessment.causes
    return lesser and bool(causes) and not any(cause.is_own for cause in causes)
