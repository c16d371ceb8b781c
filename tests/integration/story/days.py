"""The events of the story: the example's seven days, two more made of them, and time going by.

`datahub ingest` makes them, by DataHub's own dbt source and by ours, as in examples/demo.py, whose
code it is. The days that follow are made of the last: on Monday dbt is stopped before it tests
`dim_users`, and on Tuesday all is well.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn
from tests.integration.gms.server import Gms

ROOT = Path(__file__).parents[3]
TOOLS = Path(sys.executable).parent
ZONE = ZoneInfo("Europe/Amsterdam")
DOMAINS = ("data-platform", "finance", "growth", "marketing")
LAST, BLIND, SEEN = "2026-03-08", "2026-03-09", "2026-03-10"
SIGNED_UP = "2026-03-03T09:20"
SIGNUPS = """\
id: signups
display_name: Signups
type: metric
domain: growth
description: New users of each day.
owners:
  - {id: urn:li:corpuser:noor, type: BUSINESS_OWNER}
  - {id: urn:li:corpGroup:analytics-engineering, type: TECHNICAL_OWNER}
assets: ["urn:li:dashboard:(looker,dashboards.77)"]
inputs: [users]
runbook: https://wiki.example.com/runbooks/signups
lifecycle: live
contract:
  - {asset: ref('stg_users'), tests: all}
"""
"""A product that goes live while the one that it uses is out of date."""


_ELSEWHERE = "urn:li:dataset:(urn:li:dataPlatform:duckdb,warehouse.main.web_logs,PROD)"
_BUSY = range(6, 12)


class Days:
    """Metadata files in folders that are replayed one after the other.

    Args:
        folder: where all of it is.
    """

    def __init__(self, folder: Path) -> None:
        self._demo = _demo(folder)
        self._folder = folder

    def make(self, stages: Mapping[str, tuple[str, str]]) -> None:
        """The events of each stage: of the time from one local minute up to another."""
        self._demo.prepare()
        _made_of_the_last(self._artifacts, BLIND, _without_tests_of_users)
        _made_of_the_last(self._artifacts, SEEN, lambda _: None)
        days = [*self._demo.DAYS, BLIND, SEEN]
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(self._demo.report_day, days))
        self._merge_signups()
        self.lay_out(stages)

    def lay_out(self, stages: Mapping[str, tuple[str, str]]) -> None:
        """The files of each stage, in the order of time."""
        days = [*self._demo.DAYS, BLIND, SEEN]
        arrivals = [(self._began(day), self._folder / "events" / day) for day in days]
        arrivals.append((minute(SIGNED_UP), self._folder / "events" / "signups"))
        for name, (begin, end) in stages.items():
            within = [one for one in arrivals if minute(begin) <= one[0] < minute(end)]
            _lay_out(self.of(name), minute(begin), minute(end), sorted(within))

    def of(self, stage: str) -> Path:
        """The folder of a stage."""
        return self._folder / "stages" / stage

    @property
    def _artifacts(self) -> Path:
        return self._folder / "analytics" / "artifacts"

    def publish(self, gms: Gms) -> None:
        """The example's products as they are before the first day, in a server's catalog."""
        for domain in DOMAINS:
            gms.put(f"urn:li:domain:{domain}", "domainProperties", {"name": domain})
        recipe, products = ROOT / "recipes/ingest/rest.yml", ROOT / "examples" / "analytics"
        where = {
            **os.environ,
            "DATAHUB_TELEMETRY_ENABLED": "false",
            "DATAHUB_GMS_URL": gms.url,
            "DBT_PROJECT_DIR": str(products),
            "DBT_MANIFEST": str(self._artifacts / "manifest.json"),
            "DBT_RUN_RESULTS": str(self._artifacts / "2026-03-02" / "run_results.json"),
            "TARGET_PLATFORM": "duckdb",
            "DEFAULT_TIMEZONE": ZONE.key,
        }
        command = [TOOLS / "datahub", "ingest", "-c", recipe]
        done = subprocess.run(
            command, env=where, cwd=self._folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def publish_signups(self, gms: Gms) -> None:
        """What the ingest of Tuesday says of the new product, in a server's catalog."""
        written = self._folder / "events" / "signups" / "products.json"
        for record in json.loads(written.read_text(encoding="utf-8")):
            if record["entityUrn"] in {data_product_urn("signups"), definition_urn("signups")}:
                gms.put(record["entityUrn"], record["aspectName"], record["aspect"]["json"])

    def _merge_signups(self) -> None:
        """What an ingest says on the day on which the file of one more product was merged."""
        products = self._folder / "analytics" / "data_products"
        (products / "signups.yml").write_text(SIGNUPS, encoding="utf-8")
        (self._folder / "events" / "signups").mkdir()
        recipe = ROOT / "recipes/ingest/file.yml"
        self._demo.datahub(
            "ingest", "-c", recipe, day="2026-03-03", file="../signups/products.json"
        )

    def _began(self, day: str) -> datetime:
        """When dbt began to look at the sources, to the minute."""
        written = json.loads((self._artifacts / day / "sources.json").read_text(encoding="utf-8"))
        at = datetime.fromisoformat(written["metadata"]["invocation_started_at"][:16] + "+00:00")
        return at.astimezone(ZONE)


def minute(local: str) -> datetime:
    """A local time of the readers, as `2026-03-03T08:20`."""
    return datetime.fromisoformat(local).replace(tzinfo=ZONE)


def _lay_out(
    folder: Path, begin: datetime, end: datetime, arrivals: list[tuple[datetime, Path]]
) -> None:
    """Files whose names are in the order of time, with time going by in between."""
    folder.mkdir(parents=True)
    since = begin
    for number, (came, source) in enumerate(arrivals):
        _let_time_go_by(folder / f"{number:02d}-1-time.json", since, came)
        for file in sorted(source.iterdir()):
            shutil.copy(file, folder / f"{number:02d}-2-{file.name}")
        since = came + timedelta(minutes=5)
    _let_time_go_by(folder / "99-time.json", since, end)


def _let_time_go_by(file: Path, begin: datetime, end: datetime) -> None:
    """A table that is nobody's product is updated: every ten minutes in the morning, else hourly."""
    at, told = begin, []
    while at <= end:
        if at.minute == 0 or (at.hour in _BUSY and at.minute % 10 == 0):
            told.append(_update(round(at.timestamp() * 1000)))
        at += timedelta(minutes=1)
    file.write_text(json.dumps(told), encoding="utf-8")


def _update(at: int) -> dict[str, Any]:
    value = {"timestampMillis": at, "operationType": "INSERT", "lastUpdatedTimestamp": at}
    return {
        "entityType": "dataset",
        "entityUrn": _ELSEWHERE,
        "changeType": "UPSERT",
        "aspectName": "operation",
        "aspect": {"json": value},
    }


def _made_of_the_last(
    artifacts: Path, day: str, changed: Callable[[list[dict[str, Any]]], None]
) -> None:
    """What dbt would have written on a day if it went as on the last one, but for what is changed."""
    (artifacts / day).mkdir()
    for name in ("run_results.json", "sources.json"):
        text = (artifacts / LAST / name).read_text(encoding="utf-8").replace(LAST, day)
        written = json.loads(text)
        written["metadata"]["invocation_id"] = str(uuid5(NAMESPACE_URL, f"{day}/{name}"))
        if name == "run_results.json":
            changed(written["results"])
        (artifacts / day / name).write_text(json.dumps(written), encoding="utf-8")


def _without_tests_of_users(results: list[dict[str, Any]]) -> None:
    """As dbt writes of what it did not come to."""
    for one in results:
        if one["unique_id"].startswith("test.") and "dim_users_" in one["unique_id"]:
            one |= {"status": "skipped", "timing": [], "execution_time": 0, "message": None}


def _demo(folder: Path) -> ModuleType:
    """The script of the demo, at work in a folder."""
    spec = importlib.util.spec_from_file_location("example_demo", ROOT / "examples" / "demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.DEMO = folder
    return module
