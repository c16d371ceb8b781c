"""Incidents: which are open on an asset at any time, and what that says. Pure.

What one notice tells holds until the next one of the same incident. Of several of one instant the
one written first stands, since it is nearest to the truth of that time, then the worse; so neither
order nor repetition matter, and an incident known only from its end still has its whole time.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from datahub_dataproducts.domain.assertions import Evidence, IncidentNotice
from datahub_dataproducts.domain.verdicts import (
    Change,
    Judgement,
    OpenIncident,
    Reason,
    Verdict,
    merged,
)

NO_INCIDENT = Judgement(Verdict.MET, Reason.NO_INCIDENT)
_OPEN = Judgement(Verdict.NOT_MET, Reason.INCIDENT)
_OPEN_LOW = Judgement(Verdict.NOT_MET, Reason.INCIDENT, low=True)


def incident_changes(
    subjects: Collection[str], evidence: Iterable[Evidence], until: int
) -> tuple[Change, ...]:
    """The instants, up to and including `until`, at which other incidents are open on an asset.

    Empty where none ever was: what was never open begins no history.

    Args:
        subjects: all URNs that DataHub knows the asset by.
        evidence: anything; notices of incidents on the asset, and of deleted ones, count.
        until: what is later is left for later.
    """
    notices = [e for e in evidence if isinstance(e, IncidentNotice) and e.at <= until]
    mine = {(n.incident, n.subject) for n in notices if n.subject in subjects}
    turns: dict[int, dict[tuple[str, str], OpenIncident | None]] = {}
    for incident, subject in mine:
        told = [n for n in notices if n.incident == incident and n.subject in ("", subject)]
        for at, state in _states(told):
            turns.setdefault(at, {})[incident, subject] = state
    now: dict[tuple[str, str], OpenIncident | None] = {}
    made: list[Change] = []
    for at in sorted(turns):
        now |= turns[at]
        change = change_of(at, filter(None, now.values()))
        if made or change.incidents:
            made.append(change)
    return merged(made)


def open_incidents(notices: Iterable[IncidentNotice]) -> dict[str, frozenset[str]]:
    """URNs of the incidents that are open by the last of these notices, with those of their assets."""
    told: dict[tuple[str, str], list[IncidentNotice]] = {}
    for_all: dict[str, list[IncidentNotice]] = {}
    for notice in notices:
        if notice.subject:
            told.setdefault((notice.incident, notice.subject), []).append(notice)
        else:
            for_all.setdefault(notice.incident, []).append(notice)
    found: dict[str, set[str]] = {}
    for (incident, subject), mine in told.items():
        *_, (_, last) = _states([*mine, *for_all.get(incident, ())])
        if last is not None:
            found.setdefault(incident, set()).add(subject)
    return {incident: frozenset(subjects) for incident, subjects in found.items()}


def change_of(at: int, incidents: Iterable[OpenIncident]) -> Change:
    """From an instant on these incidents are open, maybe none."""
    worst_first: dict[str, OpenIncident] = {}
    for one in sorted(incidents, key=lambda i: (not i.grave, i.since, i.opened_at, i.urn)):
        # On the same table by two of its URNs it is one incident.
        worst_first.setdefault(one.urn, one)
    still_open = tuple(worst_first.values())
    if not still_open:
        return Change(at, NO_INCIDENT, at, "")
    judgement = _judgement(grave=still_open[0].grave)
    return Change(at, judgement, still_open[0].opened_at, "", still_open)


def each_alone(change: Change) -> Iterator[tuple[OpenIncident, Change]]:
    """The incidents that are open after a change, each with what it says alone."""
    for one in change.incidents:
        yield (
            one,
            replace(
                change,
                at=one.since,
                judgement=_judgement(grave=one.grave),
                evidence_at=one.opened_at,
                incidents=(one,),
            ),
        )


def _judgement(*, grave: bool) -> Judgement:
    return _OPEN if grave else _OPEN_LOW


def _states(notices: Iterable[IncidentNotice]) -> Iterator[tuple[int, OpenIncident | None]]:
    """From when on one incident on one asset is open, and how; None: it is not."""
    standing: dict[int, IncidentNotice] = {}
    for notice in notices:
        rival = standing.get(notice.at)
        if rival is None or _first_written_worse_first(notice) < _first_written_worse_first(rival):
            standing[notice.at] = notice
    before: OpenIncident | None = None
    for at in sorted(standing):
        notice = standing[at]
        if not notice.active:
            before = None
        else:
            goes_on = before is not None and before.grave == notice.grave
            before = OpenIncident(
                urn=notice.incident,
                title=notice.title,
                grave=notice.grave,
                opened_at=before.opened_at if before else at,
                since=before.since if before and goes_on else at,
            )
        yield at, before


def _first_written_worse_first(notice: IncidentNotice) -> tuple[int, bool, bool, str, str]:
    return (
        notice.written_at,
        not notice.active,
        not notice.grave,
        notice.subject,
        notice.title,
    )
