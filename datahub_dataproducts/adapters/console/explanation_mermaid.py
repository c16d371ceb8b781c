"""Explanation -> a flowchart in Mermaid's language, for pages that show one. Pure."""

from collections.abc import Iterator

from datahub_dataproducts.adapters.console.words import printable
from datahub_dataproducts.domain.announcements import HEALTH_WORDS
from datahub_dataproducts.domain.corrections import say_correction
from datahub_dataproducts.domain.explanation_words import say_verdict
from datahub_dataproducts.domain.explanations import Explanation
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.product_states import ProductState, PromiseState
from datahub_dataproducts.domain.schedules import say_when

_LOOKS = {
    Health.UNHEALTHY: "fill:#fde2e1,stroke:#b3261e,color:#410e0b",
    Health.UNKNOWN: "fill:#f3e3fb,stroke:#7b3fa0,color:#2d0f3f",
    Health.AT_RISK: "fill:#fff1d0,stroke:#946200,color:#3a2700",
    Health.HEALTHY: "fill:#e0f3e3,stroke:#2e7d32,color:#0d2f10",
}
# All else that Mermaid could read as its own within a quoted label is told by number.
_PLAIN = frozenset(" .,:;()/-+_=")


def explanation_as_mermaid(explained: Explanation) -> str:
    """Products with the promises that are not kept; how many are kept is told in one box each."""
    lines = ["flowchart LR", *_nodes(explained), *_edges(explained)]
    lines += [f"    classDef {health.value} {look}" for health, look in _LOOKS.items()]
    return "\n".join(lines)


def _nodes(explained: Explanation) -> Iterator[str]:
    at, zone = explained.at, explained.timezone
    for number, state in enumerate(explained.states):
        since = "" if state.since is None else say_when(state.since, at, zone).removeprefix("on ")
        told = f"{HEALTH_WORDS[state.health]} since {since}" if since else "nothing was heard"
        corrections = (c for c in explained.corrections if c.product == state.product.id)
        better = (f"corrected: {say_correction(c, zone)}" for c in corrections)
        yield f"    p{number}{_box(state.product.title, told, *better)}:::{state.health.value}"
        for place, promise in _amiss(state):
            name = f"{promise.assertion.asset_name} {promise.assertion.promise}"
            does = promise.does or Health.UNKNOWN
            said = say_verdict(promise, at, zone)
            yield f"    p{number}a{place}{_box(name, said)}:::{does.value}"
        if kept := _kept(state):
            promises = "1 promise" if kept == 1 else f"{kept} promises"
            yield f"    p{number}kept{_box(f'kept: {promises}')}:::{Health.HEALTHY.value}"


def _edges(explained: Explanation) -> Iterator[str]:
    places = {state.product.id: n for n, state in enumerate(explained.states)}
    for number, state in enumerate(explained.states):
        for input_ in state.inputs:
            # A dotted line passes nothing on.
            line = "-.->" if input_.passes is None else "-->"
            need = "required" if input_.required else "optional"
            yield f'    p{number} {line}|"{need} input"| p{places[input_.product]}'
        for place, promise in _amiss(state):
            line = "-.->" if promise.does is None else "-->"
            yield f'    p{number} {line}|"{promise.assertion.impact.value}"| p{number}a{place}'
        if _kept(state):
            yield f"    p{number} --> p{number}kept"


def _amiss(state: ProductState) -> list[tuple[int, PromiseState]]:
    numbered = enumerate(state.promises)
    return [(n, promise) for n, promise in numbered if promise.does is not Health.HEALTHY]


def _kept(state: ProductState) -> int:
    return len(state.promises) - len(_amiss(state))


def _box(*lines: str) -> str:
    return f'["{"<br>".join(map(_quoted, lines))}"]'


def _quoted(text: str) -> str:
    # A line that begins with a number or a dash would be taken for an item of a list.
    return "".join(
        c if c.isalpha() or (n and (c.isalnum() or c in _PLAIN)) else f"#{ord(c)};"
        for n, c in enumerate(printable(text))
    )
