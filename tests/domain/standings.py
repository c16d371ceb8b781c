"""Products as the letters of a conversation find them."""

from dataclasses import replace

from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.conversations import Conversation, Folded, Kind
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.health import Assessment, Cause, Health
from datahub_dataproducts.domain.letters import Why
from datahub_dataproducts.domain.news import News, Standpoint
from datahub_dataproducts.domain.products import DataProduct, ProductType
from datahub_dataproducts.domain.verdicts import Judgement, Reason, Verdict
from tests.builders import at, checked, product

UNHEALTHY, UNKNOWN, AT_RISK, HEALTHY = Health
NOW = at("2026-03-03 08:00")
FAILED = Judgement(Verdict.NOT_MET, Reason.FAILED)
SILENT = Judgement(Verdict.UNKNOWN, Reason.GONE_SILENT)
METRIC, BLOCK = ProductType
CHECK = "the promise is that fct passes t, and the check of that failed on Tue 3 Mar at 06:00."
WHO = "Owner of Users: users-team. Runbook of Users: https://wiki.example.com/users"


def made(*ids: str, type_: ProductType | None = None) -> list[DataProduct]:
    return [replace(product(id_, checked("t")), type=type_) for id_ in ids]


def standing(
    health: Health,
    *path: str,
    judgement: Judgement = FAILED,
    began_at: int | None = NOW - HOUR,
    is_announced: bool = True,
) -> Standpoint:
    cause = Cause(
        path=path,
        assertion=checked("t", impact=Impact.BLOCKING),
        judgement=judgement,
        since=at("2026-03-03 06:00"),
        evidence_at=at("2026-03-03 06:00"),
        run_id="run",
    )
    causes = () if health is HEALTHY else (cause,)
    return Standpoint(
        assessment=Assessment(product=path[0], health=health, own=None, causes=causes),
        turned_at=NOW,
        began_at=began_at,
        is_announced=is_announced,
    )


def news_of(
    standpoints: dict[str, Standpoint],
    *,
    why: Why = Why.OPENED,
    kind: Kind = Kind.EPISODE,
    joined: tuple[str, ...] = (),
    ended: tuple[str, ...] = (),
    known: bool = True,
) -> News:
    """What a letter is made of; all that did not end are in the conversation."""
    members = tuple(id_ for id_ in standpoints if id_ not in ended)
    here = Conversation(
        channel="c", key="k", kind=kind, roots=("users",), opened_at=NOW, members=members
    )
    folded = Folded(before=here if known else None, after=here, joined=joined, ended=ended)
    return News(folded=folded, why=why, now=NOW, standpoints=standpoints)
