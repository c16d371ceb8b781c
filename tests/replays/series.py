"""The series, the moments of them that are explained, and what the commands say of them now."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from datahub_dataproducts.plugins import scratch_store
from datahub_dataproducts.plugins.cli import main
from datahub_dataproducts.plugins.store_wiring import store_of

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "tests/data/replays"
EXAMPLE = ROOT / "examples/analytics"
ARTIFACTS = EXAMPLE / "artifacts"
RUNS = ROOT / "tests/data/jaffle_shop_duckdb"


@dataclass(frozen=True, kw_only=True)
class Series:
    """Runs one after the other, and when it is worth asking why a product is as it is.

    Attributes:
        name: its folder in `tests/data/replays`.
        inputs: what a replay of it is given.
        timezone: that it is told in.
        moments: product and moment, on the clock of that zone.
    """

    name: str
    inputs: tuple[str, ...]
    timezone: str
    moments: tuple[tuple[str, str], ...]

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return KEPT / self.name


ANALYTICS = Series(
    name="analytics",
    inputs=(
        "--products",
        str(EXAMPLE),
        "--manifest",
        str(ARTIFACTS / "manifest.json.gz"),
        "--timezone",
        "Europe/Amsterdam",
        "--run-results",
        *map(str, sorted(ARTIFACTS.glob("*/run_results.json"))),
        "--sources",
        *map(str, sorted(ARTIFACTS.glob("*/sources.json"))),
    ),
    timezone="Europe/Amsterdam",
    moments=(
        ("users", "2026-03-03T07:30"),
        ("users", "2026-03-03T12:00"),
        ("revenue", "2026-03-03T12:00"),
        ("activation", "2026-03-03T12:00"),
        ("revenue", "2026-03-05T08:00"),
        ("revenue", "2026-03-05T12:00"),
        ("users", "2026-03-07T09:30"),
        ("attribution", "2026-03-07T09:30"),
        ("revenue", "2026-03-07T08:30"),
        ("revenue", "2026-03-07T09:30"),
        ("activation", "2026-03-07T09:30"),
    ),
)
JAFFLE_SHOP = Series(
    name="jaffle_shop_duckdb",
    inputs=(
        "--products",
        str(KEPT / "jaffle_shop_duckdb/products.yml"),
        "--manifest",
        str(RUNS / "manifest.json.gz"),
        "--target-platform",
        "duckdb",
        "--for",
        "5s",
        "--clear-for",
        "5s",
        "--run-results",
        *(
            str(path)
            for path in sorted((RUNS / "run_results").iterdir())
            if "NOT_test_results" not in path.name
        ),
    ),
    timezone="UTC",
    moments=(
        ("people", "2026-11-22T14:00:20"),
        ("orders", "2026-11-22T14:00:20"),
        ("orders", "2026-11-22T14:00:40"),
        ("payments", "2026-11-22T14:05:08"),
        ("orders", "2026-11-22T14:05:08"),
        ("payments", "2026-11-22T14:05:17"),
    ),
)
ALL = (ANALYTICS, JAFFLE_SHOP)


def told_of(series: Series) -> dict[str, str]:
    """What the commands say of a series, by the name of the file that it is kept in."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/health.db"
        # The store of a replay, which is gone after it, is asked here as that of the action is.
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(scratch_store, "scratch_store", lambda: _kept_at(url))
            made = {"replay.txt": _said("replay", *series.inputs)}
        made["replay.json"] = _said("replay", *series.inputs, "--format", "json")
        asked = ("--store", url, "--timezone", series.timezone)
        made["uptime.txt"] = _said("uptime", "--charges", "--at", _end_of(made), *asked)
        for product, moment in series.moments:
            name = f"explained/{moment.replace(':', '')}_{product}.txt"
            made[name] = _said("explain", product, "--at", moment, *asked)
    return made


def _end_of(made: dict[str, str]) -> str:
    # What lies exactly at the end counts.
    until = datetime.fromtimestamp(json.loads(made["replay.json"])["until"] / 1000, timezone.utc)
    return until.isoformat(timespec="milliseconds")


@contextmanager
def _kept_at(url: str) -> Iterator[object]:
    store = store_of(url)
    store.open()
    try:
        yield store
    finally:
        store.close()


def _said(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout
