"""Episodes: when a turn of health is worth a word to people, and which."""

from dataclasses import dataclass, replace

from datahub_dataproducts.domain.assertions import AssertionKind
from datahub_dataproducts.domain.durations import MINUTE
from datahub_dataproducts.domain.health import Assessment, Health
from datahub_dataproducts.domain.letters import Why

MEASURED_GOOD = frozenset({Health.HEALTHY, Health.AT_RISK})


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a turn of health must last before people are told of it, milliseconds.

    A turn to "not fresh" is told at once: time made it so, and no result is on its way that would
    change it within the same run.

    Attributes:
        for_: a turn to the worse.
        clear_for: a turn to the better.
    """

    for_: int = 10 * MINUTE
    clear_for: int = 10 * MINUTE

    def with_(self, assessment: Assessment, told: "Told | None") -> int:
        """How long to wait before this is told, given what was told last."""
        ends_episode = told is not None and told.opened_at is not None
        if assessment.health is Health.HEALTHY or (
            ends_episode and assessment.health in MEASURED_GOOD
        ):
            return self.clear_for
        announced = told.announced_health if told else None
        turned = assessment.health not in (announced, Health.UNKNOWN)
        only_time = all(c.assertion.kind is AssertionKind.FRESHNESS for c in assessment.causes)
        return 0 if turned and only_time else self.for_


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
        announce_at = now + patience.with_(assessment, before)
        if before is not None and before.announce_at is not None:
            lasts_on = before.health is assessment.health
            announce_at = min(announce_at, before.announce_at) if lasts_on else announce_at
    told = before or Told(digest=mark, health=assessment.health, posted_at=now)
    return replace(
        told, digest=mark, health=assessment.health, posted_at=now, announce_at=announce_at
    )


def told_people(told: Told, assessment: Assessment, *, since: int | None, now: int) -> Told:
    """What stands as told once people are."""
    health, why = assessment.health, next_word(told, assessment)
    opened_at = told.opened_at
    if health in MEASURED_GOOD:
        opened_at = None
    elif health is Health.UNHEALTHY and opened_at is None:
        opened_at = now if since is None else since
    unsaid = why is None and _is_anothers(assessment)
    return replace(
        told,
        announced=digest(assessment),
        announced_health=told.announced_health if unsaid else health,
        opened_at=opened_at,
        blind=health is Health.UNKNOWN and (told.blind or why is Why.BLIND),
        announce_at=None,
    )


def next_word(told: Told, assessment: Assessment) -> Why | None:
    """What to announce of a product, None: nothing.

    Nothing is announced of a product's way from "never measured" to its first good verdict. A mere
    risk, and blindness, are announced by the product whose promise it is and not by all that use
    it: only what is UNHEALTHY is news to the readers of each.
    """
    health, before = assessment.health, told.announced_health
    if told.announced == digest(assessment):
        return None
    if health is Health.UNHEALTHY:
        return Why.OPENED if told.opened_at is None else Why.CAUSE_CHANGED
    if health in MEASURED_GOOD and told.opened_at is not None:
        return Why.CLOSED
    if _is_anothers(assessment):
        return None
    if health is Health.UNKNOWN:
        return None if before in (None, Health.UNKNOWN) else Why.BLIND
    return _next_good_word(told, health)


def _is_anothers(assessment: Assessment) -> bool:
    lesser = assessment.health in (Health.AT_RISK, Health.UNKNOWN)
    causes = assessment.causes
    return lesser and bool(causes) and not any(cause.is_own for cause in causes)


def _next_good_word(told: Told, health: Health) -> Why | None:
    before = told.announced_health
    if health is Health.AT_RISK:
        return Why.CAUSE_CHANGED if before is Health.AT_RISK else Why.AT_RISK
    if before is Health.AT_RISK:
        return Why.CLOSED
    return Why.SEEN_AGAIN if told.blind else None
