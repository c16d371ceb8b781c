"""A replay in forms: text for people, JSON for tools. Pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from datahub_dataproducts.adapters.console.corrections import correction_as_json
from datahub_dataproducts.adapters.console.render import render
from datahub_dataproducts.adapters.console.spending import spending_as_json
from datahub_dataproducts.adapters.console.uptime_words import say_objective, say_target
from datahub_dataproducts.adapters.console.words import (
    printable,
    say_moment,
    say_share,
    sums_as_json,
)
from datahub_dataproducts.application.episode_listing import ListedEpisode
from datahub_dataproducts.application.replay import Replay, Replayed
from datahub_dataproducts.domain.announcements import HEALTH_WORDS
from datahub_dataproducts.domain.corrections import say_correction
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.health import Cause, Health
from datahub_dataproducts.domain.letters import Announcement
from datahub_dataproducts.domain.objectives import ObjectiveReport
from datahub_dataproducts.domain.spending import Spending
from datahub_dataproducts.domain.timelines import Step, Tally

_WIDTH = max(map(len, HEALTH_WORDS.values()))

Interval = tuple[int, int, Health]
"""From this instant (milliseconds) to before that one, this health."""


def intervals(steps: Iterable[Step], until: int) -> list[Interval]:
    """Steps as half-open intervals up to an instant; what begins there is none yet."""
    turns = [*steps, (until, Health.UNKNOWN)]
    return [(at, end, health) for (at, health), (end, _) in pairwise(turns) if at < end]


def replay_as_json(replayed: Replay) -> str:
    """Instants and sums in milliseconds, since the epoch; `null` where there is none.

    All is as measured, but for `corrected` of those products of which something is known better.
    """
    return json.dumps(
        {
            "until": replayed.until,
            "products": {p.product.id: _product(p, replayed.until) for p in replayed.products},
            "announcements": [_announcement(one) for one in replayed.announcements],
        },
        indent=2,
        ensure_ascii=False,
    )


def replay_as_text(replayed: Replay, zone: str) -> str:
    """A block for each product, then what people would have been told; times in a zone."""
    count = len(replayed.products)
    until = say_moment(replayed.until, zone)
    heading = f"{count} product{'' if count == 1 else 's'}, replayed until {until} ({zone})"
    blocks = [heading, *(_block(one, replayed.until, zone) for one in replayed.products)]
    said = [_line(render(replace(one, timezone=zone))) for one in replayed.announcements]
    blocks.append("\n".join(["Announcements", *(said or ["  none"])]))
    return "\n\n".join(blocks)


def _product(one: Replayed, until: int) -> dict[str, object]:
    return {
        "health": one.assessment.health.value,
        "since": one.since,
        "history_from": one.history_from,
        "causes": [_cause(cause) for cause in one.assessment.causes],
        "intervals": [
            [at, end, health.value] for at, end, health in intervals(one.history.experienced, until)
        ],
        "episodes": [_episode(episode) for episode in one.episodes],
        "own": sums_as_json(one.own),
        "experienced": sums_as_json(one.experienced),
        "objective": None if one.objective is None else _objective(one.objective),
        **_spending(one.spending),
        **_corrected(one),
    }


def _episode(episode: ListedEpisode) -> dict[str, object]:
    """One that is open is not `closed_at` any time."""
    times = episode.times
    return {
        "opened_at": times.opened_at,
        "told_at": times.told_at,
        "closed_at": times.closed_at,
        "lasted_ms": episode.lasted,
        "cause": episode.cause,
    }


def _spending(spending: Spending | None) -> dict[str, object]:
    """How the error budget of a product that has an objective is spent."""
    return {} if spending is None else {"spending": spending_as_json(spending)}


def _corrected(one: Replayed) -> dict[str, object]:
    """Keys of what people know better beside those of what was measured, where there is any."""
    better = one.corrected
    if better is None:
        return {}
    return {
        "corrected": {
            "own": sums_as_json(better.own),
            "experienced": sums_as_json(better.experienced),
            "objective": None if better.objective is None else _objective(better.objective),
            **_spending(one.corrected_spending),
        },
        "corrections": [correction_as_json(correction) for correction in one.corrections],
    }


def _cause(cause: Cause) -> dict[str, object]:
    return {
        "root": cause.root,
        "path": list(cause.path),
        "asset": cause.assertion.asset,
        "assertion": cause.assertion.urn,
        "verdict": cause.judgement.verdict.value,
        "reason": cause.judgement.reason.value,
        "since": cause.since,
    }


def _objective(report: ObjectiveReport) -> dict[str, object]:
    return {
        "status": report.status.value,
        "target": float(report.target),
        "remaining_ms": report.remaining,
    }


def _announcement(one: Announcement) -> dict[str, object]:
    return {
        "at": one.at,
        "product": one.product,
        "why": one.why.value,
        "health": one.health.value,
        "text": one.text,
        "conversation": one.conversation,
        "sequence": one.sequence,
        "affected": [each.product for each in one.affected],
        "recovered": [each.product for each in one.recovered],
        "ends": list(one.ends),
    }


def _block(one: Replayed, until: int, zone: str) -> str:
    product, health = one.product, one.assessment.health
    since = "" if one.since is None else f" since {say_moment(one.since, zone)}"
    lines = [_line(f"{product.title} ({product.id}): {HEALTH_WORDS[health]}{since}", indent="")]
    if health is not Health.HEALTHY or one.assessment.blind_spots or one.assessment.blind_inputs:
        lines.append(_line(one.explanation))
    if one.history_from is None:
        lines.append("  nothing was heard of what it promises or uses")
    else:
        lines += _table(intervals(one.history.experienced, until), zone)
        lines.append(f"  uptime {_uptime(one.experienced)}; on its own promises {_uptime(one.own)}")
    if one.objective is not None:
        lines.append(f"  objective {_said(one.objective)}")
    lines += [_line(_say_episode(episode, zone)) for episode in one.episodes]
    lines += _corrected_lines(one, zone)
    return "\n".join(lines)


def _say_episode(episode: ListedEpisode, zone: str) -> str:
    times = episode.times
    waited = times.told_at - times.opened_at
    end = "still open" if times.closed_at is None else say_moment(times.closed_at, zone)
    told = f"told after {say_duration(waited)}" if waited else "told at once"
    span = f"{say_moment(times.opened_at, zone)} - {end}"
    return f"episode {span}, {say_duration(episode.lasted)}, {told}: {episode.cause}"


def _corrected_lines(one: Replayed, zone: str) -> Iterator[str]:
    better = one.corrected
    if better is None:
        return
    yield (
        f"  corrected: uptime {_uptime(better.experienced)}; on its own promises "
        f"{_uptime(better.own)}"
    )
    if better.objective is not None:
        yield f"  corrected: objective {_said(better.objective)}"
    yield from (_line(f"known better: {say_correction(c, zone)}") for c in one.corrections)


def _table(rows: Iterable[Interval], zone: str) -> list[str]:
    return [
        f"  {say_moment(at, zone)} - {say_moment(end, zone)}  {HEALTH_WORDS[health]:<{_WIDTH}}  "
        f"{say_duration(end - at)}"
        for at, end, health in rows
    ]


def _uptime(tally: Tally) -> str:
    if tally.uptime is None:
        return "not measured"
    return (
        f"{say_share(tally.uptime)} ({say_duration(tally.good) if tally.good else 'none'} good, "
        f"{say_duration(tally.bad) if tally.bad else 'none'} bad, "
        f"{say_duration(tally.unknown) if tally.unknown else 'none'} unknown)"
    )


def _said(report: ObjectiveReport) -> str:
    return f"{say_target(report)}: {say_objective(report)}"


def _line(text: str, indent: str = "  ") -> str:
    """One line, whatever the text holds: what a terminal would obey is shown as a space."""
    return f"{indent}{printable(text).rstrip()}"
