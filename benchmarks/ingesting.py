"""A whole `datahub ingest` of ours against the framework passing the same proposals on."""

import json
import sys
from pathlib import Path
from statistics import median

import repositories
from timing import Cost, Line, cost_of, ratio_of

_DATAHUB = Path(sys.executable).parent / "datahub"


def whole_ingest(folder: Path, count: int, rounds: int) -> list[Line]:
    """Real commands, file sink; each round ours, then theirs on the file ours wrote."""
    repositories.write_repository(folder, count)
    mine = folder / "ours.json"
    home = {"HOME": str(folder), "DATAHUB_TELEMETRY_ENABLED": "false"}
    our_recipe = _recipe(
        folder / "ours.yml",
        {
            "type": "data-products",
            "config": {"dbt_project_dir": str(folder), "target_platform": "duckdb"},
        },
        mine,
    )
    their_source = {"type": "file", "config": {"path": str(mine)}}
    their_recipe = _recipe(folder / "theirs.yml", their_source, folder / "theirs.json")
    pairs: list[tuple[Cost, Cost]] = []
    for _ in range(rounds):
        ours = cost_of([_DATAHUB, "ingest", "-c", our_recipe], home)
        pairs.append((ours, cost_of([_DATAHUB, "ingest", "-c", their_recipe], home)))
    proposals = _count(mine)
    if proposals != _count(folder / "theirs.json") or proposals < count:
        raise RuntimeError("the two did not write the same proposals")
    what = f"a whole `datahub ingest` ({count:,} products, {proposals:,} proposals)"
    return [
        _line(f"{what}, wall time", [(a.wall, b.wall) for a, b in pairs], 1.1),
        _line("  the same, CPU time", [(a.cpu, b.cpu) for a, b in pairs], None),
    ]


def _recipe(file: Path, source: dict[str, object], out: Path) -> Path:
    sink = {"type": "file", "config": {"filename": str(out)}}
    # JSON is YAML.
    file.write_text(json.dumps({"source": source, "sink": sink}), encoding="utf-8")
    return file


def _count(file: Path) -> int:
    return len(json.loads(file.read_text(encoding="utf-8")))


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
