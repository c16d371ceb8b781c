"""`validate` of many product files, against the time `datahub --help` takes to start."""

import sys
from pathlib import Path
from statistics import median

import repositories
from timing import Line, cost_of, ratio_of

_BIN = Path(sys.executable).parent


def thousand_files(folder: Path, count: int, rounds: int) -> list[Line]:
    """Each round: all files validated by the installed command, then DataHub's help.

    What is told is the time for 1,000 files: that of the whole command, start-up and all, and that
    of the same files without the start-up (that of the same command on a single file).
    """
    repositories.write_repository(folder / "many", count)
    repositories.write_repository(folder / "one", 1)
    pairs = []
    alone = []
    for _ in range(rounds):
        ours = _validated(folder / "many")
        start_up = _validated(folder / "one")
        theirs = cost_of([_BIN / "datahub", "--help"], {}).wall
        per_thousand = 1_000 / count
        pairs.append((ours * per_thousand, theirs))
        alone.append(((ours - start_up) * per_thousand, theirs))
    return [
        _line(f"validate of {count:,} product files, and datahub --help", pairs, 1),
        _line("  of that the files alone, without the start-up", alone, None),
    ]


def _validated(project: Path) -> float:
    command = [_BIN / "datahub-dataproducts", "validate", "--project-dir", project]
    return cost_of(command, {}).wall


def _line(what: str, pairs: list[tuple[float, float]], aim: float | None) -> Line:
    ratio, spread = ratio_of(pairs)
    return Line(
        what=what,
        ours=f"{median(a for a, _ in pairs):.2f} s",
        theirs=f"{median(b for _, b in pairs):.2f} s",
        ratio=ratio,
        spread=spread,
        aim=aim,
    )
