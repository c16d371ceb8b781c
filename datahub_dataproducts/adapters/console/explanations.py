"""Explanation -> text for people. Pure."""

from collections.abc import Iterator

from datahub_dataproducts.adapters.console.spending import firing_lines
from datahub_dataproducts.adapters.console.words import printable, say_moment
from datahub_dataproducts.domain.announcements import HEALTH_WORDS
from datahub_dataproducts.domain.explanation_words import (
    say_corrections,
    say_generation,
    say_health,
    say_inputs,
    say_next_turn,
    say_remedies,
    say_rule,
    say_since,
    say_verdict,
    say_way,
)
from datahub_dataproducts.domain.explanations import Explanation
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.verdicts import Verdict

_MARKS = {Verdict.MET: "+", Verdict.NOT_MET: "x", Verdict.UNKNOWN: "?"}


def explanation_as_text(explained: Explanation) -> str:
    """The health in sentences, its causes, what heals it, and every promise with its verdict.

    What a terminal would obey or break the line at is shown as a space.
    """
    return "\n".join(printable(line).rstrip() for line in _lines(explained))


def _lines(explained: Explanation) -> Iterator[str]:
    product = explained.state.product
    # The weekday by our own names: strftime's depend on the machine's language.
    when = say_moment(explained.at, explained.timezone)
    yield f"{product.title} ({product.id}) on {when} ({explained.timezone})"
    yield ""
    yield say_health(explained)
    yield say_since(explained)
    yield from firing_lines(explained.spending)
    yield from say_corrections(explained)
    if explained.is_explained and explained.assessment.causes:
        yield from ("", "Because of")
        yield from (f"  {say_way(explained, cause)}" for cause in explained.assessment.causes)
    yield from _outlook(explained)
    yield from _promises(explained)


def _outlook(explained: Explanation) -> Iterator[str]:
    remedies = say_remedies(explained)
    if remedies:
        yield from ("", "To be healthy it takes")
        yield from (f"  {remedy}" for remedy in remedies)
    if turn := say_next_turn(explained):
        yield from ("", turn)


def _promises(explained: Explanation) -> Iterator[str]:
    at, zone = explained.at, explained.timezone
    for state in explained.states:
        yield ""
        word = HEALTH_WORDS[state.health]
        word = "not known" if state.health is Health.UNKNOWN else word
        yield f"{state.product.title}: {word}. {say_generation(state, at, zone)}"
        yield from (f"  {line}" for line in say_inputs(explained, state))
        for promise in state.promises:
            yield f"  {_MARKS[promise.judgement.verdict]} {say_rule(promise.assertion)}"
            yield f"    {say_verdict(promise, at, zone)}"
