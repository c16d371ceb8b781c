"""Rebuild the example's dbt artifacts with real dbt, one series of seven days.

Each day the raw rows are loaded, then `dbt source freshness` and `dbt build` run,
under a clock that `faketime` sets to that day, so that dbt and DuckDB write the times
of the story. All work happens in a temporary directory; `artifacts/` is replaced only
when the whole series went as the story says.

Needs `faketime` (Debian: ``apt-get install faketime``) and a dbt with dbt-duckdb, by
default the one on the PATH:

    python make_artifacts.py --dbt path/to/venv/bin/dbt
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
NEUTRAL_PATH = "/home/analyst/analytics"
DIGEST_FILE = "INPUTS.sha256"

INPUT_PATTERNS = (
    "dbt_project.yml",
    "profiles.yml",
    "load_day.py",
    "make_artifacts.py",
    "models/**/*.sql",
    "models/**/*.yml",
    "tests/**/*.sql",
)

PROVENANCE = """\
# Where these files come from

dbt {dbt} with dbt-duckdb wrote them, running this project seven times with DuckDB;
`make example` runs it again (`make_artifacts.py`, from nothing, in a temporary directory).

- The days are not the days on which dbt ran: `faketime` set the clock of dbt and
  DuckDB to each day of the story in [README.md](../README.md).
- `<day>/sources.json` is from `dbt source freshness`, `<day>/run_results.json` from the
  `dbt build` that followed it: one invocation each.
- `manifest.json.gz` is from the last day's build (gzip, mtime 0): the project is the same on every
  day. `catalog.json` is from `dbt docs generate` after it, into a target of its own.
- One thing is edited: the absolute path of the project is replaced by
  `{path}`. Everything else is as dbt wrote it.
- The raw rows are invented (`load_day.py`). The manifest contains dbt's macros
  (Apache-2.0, dbt Labs).
- `INPUTS.sha256` is a digest of the files that the artifacts are made from; a test compares it.
"""


class SeriesError(Exception):
    """The series cannot be made, or did not go as the story says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day of the series: when its run starts and how dbt is to end.

    Times are UTC, `HH:MM`; the story's readers live in Europe/Amsterdam, one hour
    ahead in these weeks. An exit code of 1 is dbt's way to say that a source is stale
    or a node failed.
    """

    date: str
    load: str = "05:00"
    freshness: str = "05:02"
    build: str = "05:04"
    build_arguments: tuple[str, ...] = ()
    freshness_exit: int = 0
    build_exit: int = 0


DAYS = (
    Day(date="2026-03-02"),
    # Without `cautious`, dbt would leave out the tests of fct_orders that read dim_users.
    Day(
        date="2026-03-03",
        build_arguments=("--exclude", "dim_users", "--indirect-selection", "cautious"),
        freshness_exit=1,
    ),
    Day(date="2026-03-04"),
    Day(date="2026-03-05", build_exit=1),
    Day(date="2026-03-06"),
    Day(date="2026-03-07", load="09:30", freshness="09:38", build="09:40"),
    Day(date="2026-03-08"),
)


def inputs_digest(project: Path) -> str:
    """The SHA-256 over names and contents of all files that the artifacts depend on."""
    paths = {path for pattern in INPUT_PATTERNS for path in project.glob(pattern)}
    digest = hashlib.sha256()
    for name in sorted(path.relative_to(project).as_posix() for path in paths):
        content = (project / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def make(dbt: Path, destination: Path) -> None:
    """Run the series with the given dbt and replace `destination` by its artifacts.

    Raises:
        SeriesError: A tool is missing, or a command ended otherwise than the story says.
    """
    faketime = shutil.which("faketime")
    if faketime is None:
        message = (
            "faketime is not installed; it sets dbt's clock to the days of the series."
            " Install it (Debian, Ubuntu: apt-get install faketime) and try again."
        )
        raise SeriesError(message)
    python = dbt.parent / "python"
    for program in (dbt, python):
        if not os.access(program, os.X_OK):
            message = (
                f"{program} is not there or cannot be run. Give --dbt the dbt of a virtual"
                " environment with dbt-core and dbt-duckdb."
            )
            raise SeriesError(message)
    with tempfile.TemporaryDirectory(prefix="analytics-") as folder:
        workshop = Workshop(
            root=Path(folder).resolve() / "analytics",
            faketime=Path(faketime),
            dbt=dbt,
            python=python,
        )
        workshop.copy_project()
        made = workshop.root.parent / "artifacts"
        for day in DAYS:
            workshop.run_day(day, made / day.date)
            sys.stdout.write(f"{day.date} done\n")
        workshop.finish(DAYS[-1], made)
        (made / DIGEST_FILE).write_text(f"{inputs_digest(PROJECT)}\n", encoding="utf-8")
        if destination.exists():
            shutil.rmtree(destination)
        shutil.copytree(made, destination)


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """A copy of the project in a temporary directory, and the programs that run in it."""

    root: Path
    faketime: Path
    dbt: Path
    python: Path

    def copy_project(self) -> None:
        """Copy the files that dbt and the loader need, and nothing else."""
        self.root.mkdir()
        for name in ("dbt_project.yml", "profiles.yml", "load_day.py"):
            shutil.copy(PROJECT / name, self.root / name)
        for name in ("models", "tests"):
            shutil.copytree(PROJECT / name, self.root / name)

    def run_day(self, day: Day, kept: Path) -> None:
        """Load, measure freshness and build on one day; keep both results in `kept`."""
        kept.mkdir(parents=True)
        loaded_at = f"{day.date}T{day.load}:00"
        loader = [str(self.python), "load_day.py", "--database", "analytics.duckdb"]
        self._run([*loader, "--loaded-at", loaded_at], expected=0)
        self._dbt(
            ["source", "freshness"],
            clock=f"{day.date} {day.freshness}:00",
            expected=day.freshness_exit,
        )
        self._dbt(
            ["build", *day.build_arguments],
            clock=f"{day.date} {day.build}:00",
            expected=day.build_exit,
        )
        for name in ("sources.json", "run_results.json"):
            text = self._neutral(self.root / "target" / name)
            (kept / name).write_text(text, encoding="utf-8")

    def finish(self, last: Day, kept: Path) -> None:
        """Keep the manifest of the last build, the catalog, and where all comes from."""
        manifest = self._neutral(self.root / "target" / "manifest.json")
        packed = gzip.compress(manifest.encode(), compresslevel=9, mtime=0)
        (kept / "manifest.json.gz").write_bytes(packed)
        hour, minute = last.build.split(":")
        self._dbt(
            ["docs", "generate", "--target-path", "target_docs"],
            clock=f"{last.date} {hour}:{int(minute) + 2:02}:00",
            expected=0,
        )
        catalog = self._neutral(self.root / "target_docs" / "catalog.json")
        (kept / "catalog.json").write_text(catalog, encoding="utf-8")
        version = json.loads(manifest)["metadata"]["dbt_version"]
        note = PROVENANCE.format(dbt=version, path=NEUTRAL_PATH)
        (kept / "PROVENANCE.md").write_text(note, encoding="utf-8")

    def _neutral(self, path: Path) -> str:
        """The text of an artifact, with the temporary path replaced by the neutral one."""
        text = path.read_text(encoding="utf-8").replace(str(self.root), NEUTRAL_PATH)
        for foreign in (self.root.parent, self.dbt.parent):
            if str(foreign) in text:
                message = f"{path.name} still contains the path {foreign}."
                raise SeriesError(message)
        return text

    def _dbt(self, arguments: list[str], *, clock: str, expected: int) -> None:
        command = [str(self.faketime), "-f", f"@{clock}", str(self.dbt), *arguments]
        self._run([*command, "--no-use-colors"], expected=expected)

    def _run(self, command: list[str], *, expected: int) -> None:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.root.parent),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_PROFILES_DIR": ".",
            # Real waiting times: dbt and DuckDB measure durations with this clock.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        done = subprocess.run(
            command,
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != expected:
            told = f"{done.stdout}\n{done.stderr}".strip()
            message = (
                f"`{' '.join(command)}` ended with {done.returncode} instead of {expected}:\n{told}"
            )
            raise SeriesError(message)


def main() -> int:
    """Read the arguments, make the series; exit code 1 with a sentence on a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dbt",
        type=Path,
        default=Path(shutil.which("dbt") or "dbt"),
        help="the dbt to run (default: the one on the PATH)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=PROJECT / "artifacts",
        help="where the artifacts go (default: artifacts/ beside this file)",
    )
    arguments = parser.parse_args()
    try:
        # Not resolved: the link in a virtual environment is what selects it.
        make(arguments.dbt.absolute(), arguments.output.absolute())
    except SeriesError as fault:
        sys.stderr.write(f"make_artifacts: {fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
