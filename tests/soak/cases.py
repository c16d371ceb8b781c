"""Seeds as cases: what is tried with each, and the smallest history that still fails."""

from collections.abc import Callable, Iterable
from random import Random

from tests.soak.comparing import disagreements, replay_disagreements
from tests.soak.random_histories import RandomHistory, random_history, smaller
from tests.soak.tracking import tracking_disagreements

Check = Callable[[RandomHistory], list[str]]

CHECKS: dict[str, Check] = {
    "pure": disagreements,
    "replay": replay_disagreements,
    "tracking": tracking_disagreements,
}


def first_failure(seeds: Iterable[int], checks: Iterable[str] = CHECKS) -> str:
    """What fails with the first seed that fails, made as small as can be; empty: nothing does."""
    for seed in seeds:
        for name in checks:
            history = random_history(Random(seed))
            if _fails(CHECKS[name], history):
                return told(seed, name, smallest(CHECKS[name], history))
    return ""


def smallest(check: Check, history: RandomHistory) -> RandomHistory:
    """With as little in it as still fails; nothing more can be left out."""
    while True:
        still = next((less for less in smaller(history) if _fails(check, less)), None)
        if still is None:
            return history
        history = still


def told(seed: int, name: str, history: RandomHistory) -> str:
    """The example for a reader."""
    lines = [f"seed {seed}, {name}: the smallest history that fails", ""]
    lines += [f"product {p}" for p in history.products]
    lines += [f"told at {t.at}: {t.evidence}" for t in history.told]
    lines += [f"correction {c}" for c in history.corrections]
    lines += [f"until {history.until}, step {history.step}, cut {history.cut}", ""]
    lines += CHECKS[name](history)
    return "\n".join(lines)


def _fails(check: Check, history: RandomHistory) -> bool:
    return bool(check(history))
