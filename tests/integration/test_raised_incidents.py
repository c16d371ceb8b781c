"""`datahub actions` raises an incident on the server, and resolves it after it was started again."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from datahub.emitter.serialization_helper import pre_json_transform

from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.urns import definition_urn, own_incident_urn
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.products import Input, ProductType
from tests.builders import checked, product
from tests.integration.gms.answers import conflict
from tests.integration.gms.server import Gms
from tests.integration.roads import action_recipe, run_event

pytestmark = pytest.mark.whole

MORNING = 1_772_514_000_000
USERS = product("users", checked("users"), name="Users")
REVENUE = replace(
    product("revenue", checked("revenue"), inputs=(Input(product="users"),), name="Revenue"),
    type=ProductType.METRIC,
)
URN = own_incident_urn(f"users@{MORNING + HOUR}")


def run_action(folder: Path, gms: Gms, *events: dict[str, Any]) -> str:
    """The installed command over some events, to its end; what it printed."""
    (folder / "events.json").write_text(json.dumps(events), encoding="utf-8")
    recipe = action_recipe(folder, folder / "events.json")
    recipe["datahub"] = {"server": gms.url, "retry_max_times": 1}
    recipe["action"]["config"] |= {
        "catalog": {"type": "datahub"},
        "incidents": {"raise": True},
        "datahub_url": "https://hub.example.com",
    }
    file = folder / "recipe.yml"
    file.write_text(yaml.safe_dump(recipe), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("datahub")), "actions", "-c", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outcome(name: str, hours: int, type_: str = "SUCCESS") -> dict[str, Any]:
    return run_event(f"urn:li:assertion:{name}", MORNING + hours * HOUR, type_)


def test_one_incident_a_root_and_episode_over_a_dead_server_and_a_restart(tmp_path: Path) -> None:
    with Gms() as gms:
        for published in (USERS, REVENUE):
            info = pre_json_transform(definition_aspect(published).to_obj())
            gms.put(definition_urn(published.id), "platformResourceInfo", info)
        gms.switches.answer(conflict(1), route="entity/incident/batchGet", times=5)
        told = run_action(
            tmp_path,
            gms,
            outcome("users", 0),
            outcome("revenue", 0),
            outcome("users", 1, "FAILURE"),
            outcome("revenue", 2),
        )
        assert "https://hub.example.com/dataProduct/urn%3Ali%3AdataProduct%3Ausers/" in told
        gms.switches.answer_truly()

        run_action(tmp_path, gms, outcome("revenue", 3))
        raised = gms.get(URN, "incidentInfo")
        assert raised["status"]["state"] == "ACTIVE"
        assert raised["entities"] == [USERS.assertions[0].asset]
        assert raised["priority"] == 1
        assert "Products that rely on it: Revenue." in raised["description"]
        stage = {**raised["status"], "stage": "INVESTIGATION"}
        gms.put(URN, "incidentInfo", {**raised, "status": stage, "title": "We are on it"})

        run_action(tmp_path, gms, outcome("users", 4), outcome("revenue", 6))
        resolved = gms.get(URN, "incidentInfo")
        assert resolved["title"] == "We are on it"
        assert resolved["status"]["state"] == "RESOLVED"
        assert resolved["status"]["stage"] == "INVESTIGATION"
        assert "after 3 h" in resolved["status"]["message"]
        incidents = {urn for urn, aspect in gms.written if aspect == "incidentInfo"}
        assert incidents == {URN}
        assert gms.unexpected == []
