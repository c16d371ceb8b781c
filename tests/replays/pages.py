"""Pages written by hand, read by tests: tables by their heads, quotes, and dbt's own files beside them."""

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

Row = tuple[str, ...]


def rows(page: Path, *head: str) -> list[Row]:
    """The rows of all tables of a page that have this head; `...` ends a head that goes on."""
    found: list[Row] = []
    wanted = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            wanted = False
            continue
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if cells == head:
            wanted = True
        elif wanted and set(cells) != {"---"}:
            found.append(cells)
    assert found, f"no table of {page.name} has the head {head}"
    return found


def quotes(page: Path) -> list[str]:
    """What a page quotes."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("> ") for line in lines if line.startswith("> ")]


def said_by_dbt(file: Path, node: str) -> tuple[str, datetime]:
    """Status and instant, cut to the millisecond, as a reader finds them in a file of dbt's."""
    packed = file if file.exists() else file.with_name(f"{file.name}.gz")
    raw = packed.read_bytes()
    text = gzip.decompress(raw) if packed.suffix == ".gz" else raw
    artifact: dict[str, Any] = json.loads(text)
    (found,) = [
        result
        for result in artifact["results"]
        if result["unique_id"] == node or result["unique_id"].rpartition(".")[0] == node
    ]
    at = found.get("max_loaded_at") or _ended(found, artifact)
    read = datetime.fromisoformat(at.replace("Z", "+00:00"))
    return found["status"], read.replace(microsecond=read.microsecond // 1000 * 1000)


def _ended(result: dict[str, Any], artifact: dict[str, Any]) -> str:
    """A test counts from its beginning, a build from its end, what was skipped from the run's."""
    executed = [step for step in result["timing"] if step["name"] == "execute"]
    if not executed:
        return str(artifact["metadata"]["generated_at"])
    is_test = result["unique_id"].startswith("test.")
    return str(executed[0]["started_at" if is_test else "completed_at"])
