"""The privileges in the operator's page are enough, and none of them too many."""

import gzip
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datahub.emitter.serialization_helper import pre_json_transform
from datahub.ingestion.run.pipeline import Pipeline
from datahub_actions.pipeline.pipeline import Pipeline as ActionsPipeline

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.domain.assertions import MaxAge
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from tests.builders import checked, dataset, freshness_assertion, product
from tests.docs.pages import section
from tests.integration.gms.server import Gms
from tests.integration.gms.test_published_example import EXAMPLE, recipe, with_domains
from tests.integration.roads import action_recipe, run_event

THEIRS = "urn:li:incident:theirs"
USERS = product("users", checked("users"), freshness_assertion("users", MaxAge(age=HOUR)))


def documented(column: int) -> frozenset[str]:
    """What the table grants: `read`, `write` and so on of the row's entity type."""
    grants = set()
    for line in section("docs/operations.md", "What the token may do").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            kind = cells[0].strip("`")
            grants |= {f"{verb} {kind}" for verb in cells[column].split(", ") if verb != "-"}
    return frozenset(grants)


def ingested(project: Path, gms: Gms) -> Pipeline:
    pipeline = Pipeline.create(recipe(project, gms.url))
    pipeline.run()
    return pipeline


def test_an_ingestion_needs_what_the_page_says_and_nothing_else(tmp_path: Path) -> None:
    project = tmp_path / "analytics"
    shutil.copytree(EXAMPLE / "data_products", project / "data_products")
    manifest = gzip.decompress((EXAMPLE / "artifacts/manifest.json.gz").read_bytes())
    (project / "manifest.json").write_bytes(manifest)
    with Gms() as gms:
        with_domains(gms)
        gms.switches.grants = documented(1)
        ingested(project, gms).raise_from_status()
        (project / "data_products/activation.yml").unlink()
        ingested(project, gms).raise_from_status()
        assert gms.refused == set()
        assert gms.wanted == gms.switches.grants
        assert gms.get("urn:li:dataProduct:activation", "status") == {"removed": True}


def raises(gms: Gms) -> bool:
    """The action has raised an incident, or was not allowed to."""
    return (
        "incidentInfo" in {aspect for _, aspect in gms.written} or "write incident" in gms.refused
    )


def observed(folder: Path, gms: Gms, until: Callable[[Gms], bool] = raises) -> list[str]:
    """The action, over a failure, an incident and a product made by hand; what it posted."""
    now = WallClock().now()
    events = [
        run_event("urn:li:assertion:users", now - HOUR),
        run_event("urn:li:assertion:users", now - MINUTE, "FAILURE"),
    ]
    file = folder / "events.json"
    file.write_text(json.dumps(events), encoding="utf-8")
    asked: dict[str, Any] = action_recipe(folder, file)
    asked["source"]["config"]["clock"] = "wall"
    asked["datahub"] = {"server": gms.url, "retry_max_times": 1}
    asked["action"]["config"] |= {
        "catalog": {"type": "datahub"},
        "incidents": {"raise": True},
        "tick_every": "1s",
        "for": "1s",
    }
    pipeline = ActionsPipeline.create(asked)
    pipeline.run()
    for _ in range(100):
        if until(gms):
            break
        threading.Event().wait(0.1)
    pipeline.close()
    return [aspect for _, aspect in gms.written]


def test_the_action_needs_what_the_page_says_and_nothing_else(tmp_path: Path) -> None:
    with Gms() as gms:
        info = pre_json_transform(definition_aspect(USERS).to_obj())
        gms.put(definition_urn("users"), "platformResourceInfo", info)
        table = dataset("orders")
        made = {"name": "Orders", "assets": [{"destinationUrn": table}]}
        gms.put("urn:li:dataProduct:orders", "dataProductProperties", made)
        contract = {"entity": table, "dataQuality": [{"assertion": "urn:li:assertion:orders"}]}
        gms.put("urn:li:dataContract:orders", "dataContractProperties", contract)
        update = {
            "timestampMillis": 5,
            "lastUpdatedTimestamp": WallClock().now() - MINUTE,
            "operationType": "INSERT",
        }
        gms.put(dataset("users"), "operation", update)
        incident = {
            "type": "OPERATIONAL",
            "entities": [table],
            "status": {"state": "ACTIVE", "lastUpdated": {"time": 1, "actor": "urn:li:corpuser:a"}},
            "created": {"time": 1, "actor": "urn:li:corpuser:a"},
        }
        gms.put(THEIRS, "incidentInfo", incident)
        gms.switches.grants = documented(2)
        written = observed(tmp_path, gms)
        (ours,) = {urn for urn, aspect in gms.written if aspect == "incidentInfo"} - {THEIRS}
        raised = gms.get(ours, "incidentInfo")
        stamp = {"time": WallClock().now(), "actor": "urn:li:corpuser:ana"}
        taken = {"state": "ACTIVE", "stage": "INVESTIGATION", "lastUpdated": stamp}
        gms.put(ours, "incidentInfo", {**raised, "status": taken})
        observed(tmp_path, gms, lambda gms: "read corpuser" in gms.wanted)
        assert gms.refused == set()
        assert {"structuredProperties", "assertionRunEvent", "incidentInfo"} <= set(written)
        assert gms.wanted == gms.switches.grants
        shown = gms.get("urn:li:dataProduct:orders", "structuredProperties")
        assert shown is not None


@pytest.mark.parametrize("missing", ["write dataProduct", "write incident"])
def test_without_one_of_them_what_is_posted_waits_and_says_so(
    tmp_path: Path, missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Gms() as gms:
        info = pre_json_transform(definition_aspect(USERS).to_obj())
        gms.put(definition_urn("users"), "platformResourceInfo", info)
        gms.switches.grants = documented(2) - {missing}
        observed(tmp_path, gms)
        assert gms.refused == {missing}
        assert "give the token's user the privileges for it" in caplog.text
