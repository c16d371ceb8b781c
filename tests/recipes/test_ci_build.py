"""The step of a pipeline that builds with dbt and publishes: run as it is written, against the stand-in.

In dbt's place is a program that leaves what dbt left on a day of the example, and ends as it did.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gms.server import Gms

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/analytics"
BIN = Path(sys.executable).parent
DBT = """#!/bin/sh
echo "dbt $*" >> asked
[ -z "$BREAKS" ] || exit 2
case "$1" in
  source) cp "$DAY/sources.json" target/ ;;
  build) cp "$DAY/run_results.json" target/; exit "$ENDS" ;;
esac
[ "$1" != source ] || exit 1
"""


@pytest.fixture
def gms() -> Iterator[Gms]:
    with Gms(version="v1.7.0") as server:
        for domain in ("data-platform", "finance", "growth", "marketing"):
            server.put(f"urn:li:domain:{domain}", "domainProperties", {"name": domain})
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The dbt project, with the manifest in place and the results of a run of long ago."""
    folder = tmp_path / "analytics"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("target", "*.duckdb", "logs"))
    (folder / "target").mkdir()
    shutil.copy(EXAMPLE / "artifacts/manifest.json.gz", folder / "target/manifest.json")
    (folder / "target/run_results.json").write_text("that of a run of long ago", encoding="utf-8")
    dbt = tmp_path / "bin/dbt"
    dbt.parent.mkdir()
    dbt.write_text(DBT, encoding="utf-8")
    dbt.chmod(0o755)
    return folder


def build(project: Path, gms: Gms, **variables: str) -> subprocess.CompletedProcess[str]:
    programs = os.pathsep.join(map(str, (project.parent / "bin", BIN)))
    return subprocess.run(
        ["bash", str(ROOT / "recipes/ci/dbt-build.sh"), "--select", "marts"],
        cwd=project,
        env={
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(project),
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "DATAHUB_TELEMETRY_ENABLED": "false",
            "DATAHUB_GMS_URL": gms.url,
            "DATAHUB_GMS_TOKEN": "made-up-secret",
            "TARGET_PLATFORM": "duckdb",
            "RECIPE": str(ROOT / "recipes/ingest/ci.yml"),
            "DAY": str(EXAMPLE / "artifacts/2026-03-05"),
            "ENDS": "1",
            "BREAKS": "",
            **variables,
        },
        check=False,
        capture_output=True,
        text=True,
    )


def outcomes(gms: Gms) -> list[str]:
    """How the runs ended that the server was told of."""
    bodies = [event.body for event in gms.events]
    runs = [b["aspect"]["value"] for b in bodies if b.get("aspectName") == "assertionRunEvent"]
    return sorted({json.loads(run)["result"]["type"] for run in runs})


def test_of_a_build_that_failed_datahub_is_told_and_the_code_is_dbts(
    project: Path, gms: Gms
) -> None:
    done = build(project, gms, ENDS="3")
    assert done.returncode == 3, done.stderr
    assert (project / "asked").read_text(encoding="utf-8").splitlines() == [
        "dbt source freshness",
        "dbt build --select marts",
    ]
    assert outcomes(gms) == ["ERROR", "FAILURE", "SUCCESS"]
    assert "made-up-secret" not in done.stdout + done.stderr


def test_a_product_that_is_wrong_is_the_code_of_a_build_that_went_well(
    project: Path, gms: Gms
) -> None:
    wrong = project / "data_products/revenue.yml"
    text = wrong.read_text(encoding="utf-8").replace("ref('fct_revenue')", "ref('fct_revenu')")
    wrong.write_text(text, encoding="utf-8")
    done = build(project, gms, ENDS="0", DAY=str(EXAMPLE / "artifacts/2026-03-02"))
    assert done.returncode == 1, done.stderr
    assert "unknown-model" in done.stdout + done.stderr
    assert outcomes(gms) == ["SUCCESS"]


def test_where_dbt_could_not_begin_no_result_of_an_earlier_run_is_taken_for_its_own(
    project: Path, gms: Gms
) -> None:
    done = build(project, gms, BREAKS="yes")
    assert done.returncode == 2, done.stderr
    assert gms.get("urn:li:dataProduct:revenue", "dataProductProperties") is not None
    assert outcomes(gms) == []


def test_without_an_address_nothing_is_sent_to_this_machine(project: Path, gms: Gms) -> None:
    done = build(project, gms, ENDS="0", DATAHUB_GMS_URL="")
    assert done.returncode == 1
    assert "gms server is required" in done.stderr
    assert outcomes(gms) == []
