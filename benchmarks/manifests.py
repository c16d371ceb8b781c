"""A large dbt manifest read: ours against `json.load`, which DataHub's dbt source begins with.

Every reading is a process of its own, so that the peak of its memory is that of the reading alone.
"""

import gzip
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from timing import Line, ratio_of

from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.domain.nodes import Project

_SAMPLE = Path(__file__).parents[1] / "tests/data/dbt_bouncer_project/manifest.json.gz"
_PACKAGE = "dbt_bouncer_test_project"
# What grows with a project. Macros and docs do not: they are those of dbt and its packages.
_GROWING = (
    "nodes",
    "sources",
    "exposures",
    "metrics",
    "semantic_models",
    "parent_map",
    "child_map",
)
_STATUS = Path("/proc/self/status")


def reading(folder: Path, megabytes: float, rounds: int) -> list[Line]:
    """Each round: the manifest by us, by `json.load`, and both again gzipped."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / "manifest.json"
    size = _write(plain, int(megabytes * 1_000_000))
    packed = folder / "manifest.json.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes(), compresslevel=6))
    lines = []
    for file, what in (
        (plain, f"CPU time to read a manifest of {size / 1e6:.0f} MB"),
        (packed, "gzipped"),
    ):
        pairs = [(_measured("ours", file), _measured("theirs", file)) for _ in range(rounds)]
        lines += _lines(what, pairs, size, is_plain=file is plain)
    return lines


def _write(path: Path, wanted: int) -> int:
    """A manifest of about that size: a real one with its project many times over."""
    manifest: dict[str, Any] = json.loads(gzip.decompress(_SAMPLE.read_bytes()))
    sections = {name: json.dumps(manifest[name]) for name in _GROWING}
    once = len(json.dumps(manifest))
    for copy in range(max(0, wanted - once) // sum(map(len, sections.values()))):
        for name, text in sections.items():
            manifest[name].update(json.loads(text.replace(_PACKAGE, f"team_{copy}")))
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return path.stat().st_size


def _measured(reader: str, file: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, reader, str(file)], capture_output=True, text=True, check=True
    )
    taken: dict[str, float] = json.loads(done.stdout)
    return taken


def _lines(
    what: str,
    pairs: list[tuple[dict[str, float], dict[str, float]]],
    size: int,
    *,
    is_plain: bool,
) -> list[Line]:
    seconds = [(a["seconds"], b["seconds"]) for a, b in pairs]
    peaks = [(a["peak"], b["peak"]) for a, b in pairs]
    beyond = [(max(a - size, 1.0), max(b - size, 1.0)) for a, b in peaks]
    if not is_plain:
        return [_line(f"  the same {what}", seconds, "s"), _line("    peak memory", peaks, "MB")]
    return [
        _line(what, seconds, "s", aim=0.5),
        _line("  its peak memory beyond the size of the file", beyond, "MB", aim=0.3),
        _line("  its peak memory, the file included", peaks, "MB"),
    ]


def _line(what: str, pairs: list[tuple[float, float]], unit: str, aim: float | None = None) -> Line:
    ratio, spread = ratio_of(pairs)
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    said = [f"{v:.3f} s" if unit == "s" else f"{v / 1e6:.1f} MB" for v in (ours, theirs)]
    return Line(what=what, ours=said[0], theirs=said[1], ratio=ratio, spread=spread, aim=aim)


def _peak() -> int:
    """The most memory this process has had at once, in bytes."""
    if _STATUS.is_file():
        # What getrusage tells begins with the memory of the process that started this one.
        (line,) = (t for t in _STATUS.read_text("ascii").splitlines() if t.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _read(reader: str, file: Path) -> object:
    if reader == "ours":
        project = read_manifest(file)
        if not isinstance(project, Project):
            raise RuntimeError(str(project))
        return project
    if file.suffix == ".gz":
        with gzip.open(file, "rt", encoding="utf-8") as text:
            return json.load(text)
    with file.open(encoding="utf-8") as text:
        return json.load(text)


def _measure(reader: str, file: Path) -> None:
    before = _peak()
    # Of the processor, not of the clock: nothing here waits but for the file, which is in memory.
    begun = time.process_time()
    kept = _read(reader, file)
    seconds = time.process_time() - begun
    print(json.dumps({"seconds": seconds, "peak": _peak() - before}))
    del kept


if __name__ == "__main__":
    _measure(sys.argv[1], Path(sys.argv[2]))
