"""The whole road on this machine: declare, publish, watch, tell. Started by `make demo`.

Products and their dbt project are in examples/analytics, with what dbt wrote on seven days. For
each day DataHub's own dbt source and ours turn that into metadata files, which `datahub actions`
then replays; the catalog is DataHub Lite, the store SQLite, the channel this console.
"""

import gzip
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "examples" / "analytics"
DEMO = Path(os.environ.get("DEMO_DIR", ROOT / ".demo"))
TOOLS = Path(sys.executable).parent
ZONE = "Europe/Amsterdam"
DAYS = {
    "2026-03-02": "Monday: all good",
    "2026-03-03": "Tuesday: the user table is not refreshed",
    "2026-03-04": "Wednesday: recovered",
    "2026-03-05": "Thursday: a model error, and dbt skips what depends on it",
    "2026-03-06": "Friday: all good but one test that only warns",
    "2026-03-07": "Saturday: the whole run is late",
    "2026-03-08": "Sunday: all good",
}


def main() -> None:
    """Run the demo; exit code 1 and the last words of a command that fails."""
    begun = time.monotonic()
    prepare()
    say("1. Publish: `datahub ingest -c recipes/ingest/lite.yml`")
    print(
        tail(datahub("ingest", "-c", ROOT / "recipes" / "ingest" / "lite.yml", day="2026-03-02"), 1)
    )
    say("2. What dbt said on seven days, as DataHub's dbt source and ours report it")
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(report_day, DAYS))
    for day in DAYS:
        sizes = [
            f"{f.name} {f.stat().st_size // 1024} kB"
            for f in sorted((DEMO / "events" / day).iterdir())
        ]
        print(f"   {day}: {', '.join(sizes)}")
    say("3. Watch: `datahub actions -c recipes/actions/replay-into-lite.yml`")
    told = datahub("actions", "-c", ROOT / "recipes" / "actions" / "replay-into-lite.yml")
    for day, story in DAYS.items():
        say(story)
        said = [line for line in told.splitlines() if line[4:14] == day]
        print("\n".join(said) if said else "(nothing to tell)")
        print()
        print(
            run(
                TOOLS / "datahub-dataproducts",
                "status",
                "--store",
                store(),
                "--at",
                f"{day}T12:00",
                "--timezone",
                ZONE,
            ),
            end="",
        )
    say("The catalog has it too")
    shown = DEMO.relative_to(ROOT) if DEMO.is_relative_to(ROOT) else DEMO
    home = f"$PWD/{shown}" if DEMO.is_relative_to(ROOT) else DEMO
    print(f"   HOME={home} .venv/bin/datahub lite get --urn urn:li:dataProduct:revenue")
    print(f"\nDone in {time.monotonic() - begun:.0f} s; everything is in {shown}/")


def prepare() -> None:
    """An empty folder with the dbt project as dbt left it, and where the catalog is."""
    if DEMO.exists():
        shutil.rmtree(DEMO)
    target = DEMO / "analytics"
    shutil.copytree(PROJECT, target, ignore=shutil.ignore_patterns("target", "*.duckdb", "logs"))
    # DataHub's dbt source reads no gzip.
    packed = (PROJECT / "artifacts" / "manifest.json.gz").read_bytes()
    (target / "artifacts" / "manifest.json").write_bytes(gzip.decompress(packed))
    catalog = DEMO / "catalog.db"
    (DEMO / ".datahubenv").write_text(
        "gms: {server: 'http://localhost:8080'}  # asked for, not used by DataHub Lite\n"
        f"lite:\n  type: sqlite\n  config: {{file: '{catalog}'}}\n",
        encoding="utf-8",
    )


def report_day(day: str) -> None:
    """Two metadata files: what DataHub's dbt source makes of the day, and what ours does."""
    (DEMO / "events" / day).mkdir(parents=True)
    datahub("ingest", "-c", PROJECT / "recipes" / "dbt-to-file.yml", day=day, file="1_dbt.json")
    datahub(
        "ingest", "-c", ROOT / "recipes" / "ingest" / "file.yml", day=day, file="2_products.json"
    )


def datahub(*arguments: object, day: str = "", file: str = "") -> str:
    """Run the `datahub` command with the places of the demo in its environment."""
    artifacts = DEMO / "analytics" / "artifacts"
    places = {
        "HOME": DEMO,
        "DATAHUB_TELEMETRY_ENABLED": "false",
        "DBT_PROJECT_DIR": DEMO / "analytics",
        "TARGET_PLATFORM": "duckdb",
        "DBT_MANIFEST": artifacts / "manifest.json",
        "DBT_CATALOG": artifacts / "catalog.json",
        "DBT_RUN_RESULTS": artifacts / day / "run_results.json",
        "DBT_SOURCES": artifacts / day / "sources.json",
        "METADATA_FILE": DEMO / "events" / day / file,
        "DEFAULT_TIMEZONE": ZONE,
        "CATALOG": DEMO / "catalog.db",
        "STATE_FILE": DEMO / "data_products_state.json",
        "EVENTS": DEMO / "events",
        "HEALTH_STORE": store(),
        "FAILED_EVENTS_DIR": DEMO / "failed_events",
    }
    return run(TOOLS / "datahub", *arguments, **{k: str(v) for k, v in places.items()})


def run(*command: object, **environment: str) -> str:
    """What a command prints; ends the demo with its last words when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **environment},
        cwd=DEMO,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"{' '.join(map(str, command))} ended with {done.returncode}:", file=sys.stderr)
        print(tail(done.stdout + done.stderr, 40), file=sys.stderr)
        sys.exit(1)
    return done.stdout


def store() -> str:
    """URL of the demo's store."""
    return f"sqlite:///{DEMO / 'health.db'}"


def tail(text: str, lines: int) -> str:
    """The last lines that say something."""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def say(heading: str) -> None:
    """A heading."""
    print(f"\n== {heading}", flush=True)


if __name__ == "__main__":
    main()
