"""Episodes: when a turn of health is worth a word, and which."""

from dataclasses import dataclass

from datahub_dataproducts.domain.health import Assessment, Health
from datahub_dataproducts.domain.letters import Why

MEASURED_GOOD = frozenset({Health.HEALTHY, Health.AT_RISK})


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What was last said of a product, so that it is said again only when it changes.

    Attributes:
        digest: of health and causes.
        health: as said.
        opened_at: since when an episode of bad health is open, None: none is. UNKNOWN neither
            opens nor closes one.
        blind: people were told that nothing is known any more.
        posted_at: when the catalog was last told.
    """

    digest: str
    health: Health
    opened_at: int | None
    blind: bool
    posted_at: int


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


def next_word(before: Told | None, health: Health) -> Why | None:
    """What to announce when the digest of a product has changed, None: nothing.

    Nothing is announced of a product's way from "never measured" to its first good verdict.
    """
    if health is Health.UNHEALTHY:
        return Why.OPENED if before is None or before.opened_at is None else Why.CAUSE_CHANGED
    if before is None:
        return Why.AT_RISK if health is Health.AT_RISK else None
    if health is Health.UNKNOWN:
        return Why.BLIND if before.health is not Health.UNKNOWN else None
    return _next_good_word(before, health)


def _next_good_word(before: Told, health: Health) -> Why | None:
    if before.opened_at is not None:
        return Why.CLOSED
    if health is Health.AT_RISK:
        return Why.CAUSE_CHANGED if before.health is Health.AT_RISK else Why.AT_RISK
    if before.health is Health.AT_RISK:
        return Why.CLOSED
    return Why.SEEN_AGAIN if before.blind else None


def retold(before: Told | None, assessment: Assessment, *, since: int | None, now: int) -> Told:
    """What stands as told once this assessment is."""
    health = assessment.health
    opened_at = before.opened_at if before else None
    if health in MEASURED_GOOD:
        opened_at = None
    elif health is Health.UNHEALTHY and opened_at is None:
        opened_at = now if since is None else since
    was_measured = before is not None and (before.blind or before.health is not Health.UNKNOWN)
    return Told(
        digest=digest(assessment),
        health=health,
        opened_at=opened_at,
        blind=health is Health.UNKNOWN and was_measured,
        posted_at=now,
    )
