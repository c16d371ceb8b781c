"""What DataHub's own dbt source emits, run here, is the measure of every URN we compute."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from datahub.ingestion.run.pipeline import Pipeline

from datahub_dataproducts.adapters.datahub.urns import DbtNaming
from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.adapters.dbt.run_results import RunResults, read_run_results
from datahub_dataproducts.domain.nodes import Node, Project, RunStatus

DATA = Path(__file__).parents[1] / "data"
DATASET_TYPES = {"model", "seed", "snapshot", "source", "semantic_model"}
RESULT_TYPES = {
    RunStatus.SUCCESS: "SUCCESS",
    RunStatus.FAILED: "FAILURE",
    RunStatus.ERROR: "ERROR",
}
INSTANCES: dict[str, Any] = {
    "platform_instance": "Analytics_dbt",
    "target_platform_instance": "Main_Warehouse",
    "env": "DEV",
    "include_env_in_assertion_guid": True,
}
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "instances and env": INSTANCES,
    "env left out of the guid": {"env": "DEV"},
    "prod in the guid": {"include_env_in_assertion_guid": True},
    "lower case by default, with instances": {"target_platform_instance": "Main_Warehouse"},
    "lower case as the recipe says": {**INSTANCES, "convert_urns_to_lowercase": True},
    "case kept": {**INSTANCES, "convert_urns_to_lowercase": False},
    "no database": {"include_database_name": False},
    "identifiers": {"use_identifiers": True, "convert_urns_to_lowercase": False},
    "duplicate sources kept": {"drop_duplicate_sources": False},
}
PROJECTS = {
    "jaffle_shop_duckdb": "run_results/03_test_2_fail.json",
    "dbt_bouncer_project": "run_results.json",
    "dbt_project_evaluator_it": "run_results.json",
}
# The dbt source says that the option is deprecated; we have it because it changes URNs.
pytestmark = [
    pytest.mark.filterwarnings("ignore:use_identifiers is deprecated"),
]


@dataclass(frozen=True)
class Emitted:
    """What DataHub's dbt source sends, as far as it concerns URNs."""

    datasets: set[str]
    dashboards: set[str]
    assertions: set[tuple[str, str]]
    runs: set[tuple[str, str, int, str, str]]


def emitted(recipe: Mapping[str, Any], folder: Path) -> Emitted:
    """DataHub's dbt source with a file sink, its output sorted by kind."""
    written = folder / "emitted.json"
    config = {
        "target_platform": "duckdb",
        "write_semantics": "OVERRIDE",
        "incremental_lineage": False,
        # Slow, and about columns only.
        "infer_dbt_schemas": False,
        "include_column_lineage": False,
        # Data of runs, of a kind that is no asset of ours.
        "entities_enabled": {"model_performance": "NO"},
        **recipe,
    }
    pipeline = Pipeline.create({
        "source": {"type": "dbt", "config": config},
        "sink": {"type": "file", "config": {"filename": str(written)}},
    })
    pipeline.run()
    pipeline.raise_from_status()
    records = json.loads(written.read_text(encoding="utf-8"))
    aspects = [(r.get("aspectName"), r["aspect"]["json"]) for r in records if r.get("aspect")]
    return Emitted(
        datasets={text for text in texts_in(records) if text.startswith("urn:li:dataset:")},
        dashboards={text for text in texts_in(records) if text.startswith("urn:li:dashboard:")},
        assertions={
            (record["entityUrn"], record["aspect"]["json"]["customAssertion"]["entity"])
            for record in records
            if record.get("aspectName") == "assertionInfo"
        },
        runs={
            (
                aspect["assertionUrn"],
                aspect["asserteeUrn"],
                aspect["timestampMillis"],
                aspect["runId"],
                aspect["result"]["type"],
            )
            for name, aspect in aspects
            if name == "assertionRunEvent"
        },
    )


def texts_in(value: object) -> Iterator[str]:
    """Every text in a JSON value: the warehouse's dataset of a source is named in aspects only."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from texts_in(entry)
    elif isinstance(value, dict):
        yield from texts_in(list(value.values()))


def naming_of(settings: Mapping[str, Any], project: Project) -> DbtNaming:
    lowercase_said = settings.get("convert_urns_to_lowercase") is True
    naming = DbtNaming(
        target_platform="duckdb", lowercase_platform_instance=lowercase_said, **settings
    )
    return naming.within(project)


def read_project(manifest: Path) -> Project:
    project = read_manifest(manifest)
    assert isinstance(project, Project), project
    return project


def nodes_of(project: Project, types: set[str]) -> list[Node]:
    return [node for node in project.nodes.values() if node.resource_type in types]


def freshness_of_all(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A sources.json in which every source of a project was measured."""
    metadata = {
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json",
        "dbt_version": "1.12.6",
        "generated_at": "2026-11-22T14:02:50.864007Z",
        "invocation_id": "07c5e5ba-3da0-41c2-b34d-eca8989bca45",
    }
    criteria = {"warn_after": {"count": 12, "period": "hour"}}
    results = [
        {
            "unique_id": source,
            "status": "pass",
            "max_loaded_at": "2026-11-22T09:01:44.226679+00:00",
            "snapshotted_at": "2026-11-22T14:02:50.782298+00:00",
            "max_loaded_at_time_ago_in_s": 18066.5,
            "criteria": criteria,
        }
        for source in manifest["sources"]
    ]
    return {"metadata": metadata, "results": results}


def in_capitals(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with every rule about names in it, in names that stress them.

    Capitals, quotes, reserved characters, no database, identifiers unlike the names, and two
    sources that are tables of models, one of them tested together with its model.
    """
    for i, node in enumerate([*manifest["nodes"].values(), *manifest["sources"].values()]):
        node["schema"] = f'"{node["schema"]}"'.upper()
        node["database"] = None if i % 7 == 0 else str(node["database"]).upper()
        if node["resource_type"] == "source":
            node["identifier"] = f"Raw_{node['name']}_(Old, Cold)"
        elif node["resource_type"] != "test":
            node["alias"] = [node["alias"].title(), None, node["alias"] + ", (v2)"][i % 3]
    models = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    ]
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    for source, model, test in zip(
        list(manifest["sources"].values())[:2], models[:2], tests[:2], strict=False
    ):
        source.update(database=model["database"], schema=model["schema"])
        source.update(name=model["alias"] or model["name"])
        source.update(identifier=source["name"])
        test["depends_on"]["nodes"] = [
            source["unique_id"],
            models[2]["unique_id"],
            model["unique_id"],
            "model.elsewhere.not_in_this_manifest",
        ]
    for name in list(manifest["semantic_models"]):
        # Its dataset is named by its unique id, whatever else there is to name it by.
        model = manifest["semantic_models"].pop(name)
        manifest["semantic_models"][f"{name}_Capital, (v2)"] = model
    # Reads one table under two names.
    tests[1]["depends_on"]["nodes"].remove(models[2]["unique_id"])
    # Reads none.
    tests[2]["depends_on"]["nodes"] = []
    return manifest


@pytest.fixture(params=[*PROJECTS, "dbt_project_evaluator_it in capitals"])
def recipe(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """The files of one project, laid out for a recipe of the dbt source."""
    folder = DATA / request.param.split(maxsplit=1)[0]
    manifest = json.loads(gzip.decompress((folder / "manifest.json.gz").read_bytes()))
    if request.param.endswith("in capitals"):
        manifest = in_capitals(manifest)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "sources.json").write_text(json.dumps(freshness_of_all(manifest)), encoding="utf-8")
    return {
        "manifest_path": str(tmp_path / "manifest.json"),
        "sources_path": str(tmp_path / "sources.json"),
        "run_results_paths": [str(folder / PROJECTS[folder.name])],
    }


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_every_urn_is_the_one_that_the_dbt_source_emits(
    settings: dict[str, Any], recipe: dict[str, Any], tmp_path: Path
) -> None:
    project = read_project(Path(recipe["manifest_path"]))
    naming = naming_of(settings, project)
    known = frozenset(project.nodes)
    measured = [
        source
        for source in nodes_of(project, {"source"})
        if source.unique_id not in naming.same_tables
    ]

    theirs = emitted({**recipe, **settings}, tmp_path)

    assert theirs.datasets == {
        urn for node in nodes_of(project, DATASET_TYPES) for urn in naming.sibling_urns(node)
    }
    assert theirs.dashboards == {
        naming.asset_urn(exposure) for exposure in nodes_of(project, {"exposure"})
    }
    tests = {pair for test in nodes_of(project, {"test"}) for pair in naming.test_urns(test, known)}
    freshness = {
        (naming.source_freshness_urn(source), naming.target_urn(source)) for source in measured
    }
    assert theirs.assertions == tests | freshness
    assert len(tests) >= 20


def test_a_test_run_is_told_of_the_same_instant_with_the_same_outcome(
    recipe: dict[str, Any], tmp_path: Path
) -> None:
    project = read_project(Path(recipe["manifest_path"]))
    naming = naming_of({}, project)
    known = frozenset(project.nodes)
    results = read_run_results(Path(recipe["run_results_paths"][0]))
    assert isinstance(results, RunResults)
    del recipe["sources_path"]

    theirs = emitted(recipe, tmp_path)

    assert theirs.runs == {
        (assertion, dataset, run.at, run.run_id, RESULT_TYPES[run.status])
        for run in results.runs
        if run.unique_id.startswith("test.") and run.status is not RunStatus.SKIPPED
        for assertion, dataset in naming.test_urns(project.nodes[run.unique_id], known)
    }
    assert theirs.runs
