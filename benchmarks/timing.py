"""Measuring two ways side by side: A B A B, so that what else the machine does hits both alike."""

import gc
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the table that is printed.

    Attributes:
        what: is compared.
        ours, theirs: medians, in words.
        ratio: the median of the ratios of the rounds.
        spread: the least and the greatest of them.
        aim: what the ratio is to be, None: told for information.
        at_least: the aim is a least, not a most.
        aimed: what the aim is about where it is not the ratio.
        unit: of the aim, where it is not the ratio.
    """

    what: str
    ours: str
    theirs: str
    ratio: float
    spread: tuple[float, float]
    aim: float | None = None
    at_least: bool = False
    aimed: float | None = None
    unit: str = ""

    @property
    def verdict(self) -> str:
        """Whether the aim is reached; empty where there is none."""
        if self.aim is None:
            return ""
        found = self.ratio if self.aimed is None else self.aimed
        reached = found >= self.aim if self.at_least else found <= self.aim
        return "reached" if reached else "MISSED"

    @property
    def aim_in_words(self) -> str:
        """Such as `>= 10`."""
        if self.aim is None:
            return ""
        return f"{'>=' if self.at_least else '<='} {self.aim:g}{self.unit}"


def ratio_of(pairs: Sequence[tuple[float, float]]) -> tuple[float, tuple[float, float]]:
    """Median, least and greatest of the ratios of pairs measured one right after the other."""
    ratios = [a / b for a, b in pairs]
    return median(ratios), (min(ratios), max(ratios))


def seconds(work: Callable[[], object]) -> float:
    """Wall time of some work, from a heap that was just tidied up."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took, in seconds; `cpu` is the time of the process and its children."""

    wall: float
    cpu: float


def cost_of(command: Sequence[str | Path], environment: dict[str, str]) -> Cost:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    begun, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - begun, os.times()
    if done.returncode:
        told = (done.stdout + done.stderr)[-3000:]
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{told}")
    cpu = after.children_user - before.children_user
    cpu += after.children_system - before.children_system
    return Cost(wall, cpu)
