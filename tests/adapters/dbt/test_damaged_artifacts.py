"""Whatever became of an artifact on its way, it is read as far as it goes, or refused in words."""

import copy
import gzip
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datahub_dataproducts.adapters.dbt.catalog import Catalog, read_catalog
from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.adapters.dbt.run_results import RunResults, read_run_results
from datahub_dataproducts.adapters.dbt.sources import read_sources
from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import Problem
from tests.adapters.dbt.artifact_files import DATA, schema, written

SCRAPS = [None, "", "x", 0, -1, 1e308, True, [], [None], ["x"], {}, {"x": None}, [[]], {"x": {}}]


def content_of(path: str) -> Any:
    content = (DATA / path).read_bytes()
    return json.loads(gzip.decompress(content) if path.endswith(".gz") else content)


def without_macros(manifest: Any) -> Any:
    return {**manifest, "macros": {}, "docs": {}}


SAMPLES: list[tuple[Any, Any]] = [
    (read_manifest, without_macros(content_of("dbt_bouncer_project/manifest.json.gz"))),
    (
        read_manifest,
        without_macros(content_of("dbt_bouncer_project/dbt_v2_beta_fixture/manifest.json.gz")),
    ),
    (read_manifest, without_macros(content_of("dbt_versions/manifest/v4/manifest.json.gz"))),
    (read_run_results, content_of("dbt_bouncer_project/dbt_v2_beta_fixture/run_results.json")),
    (read_sources, content_of("dbt_project_evaluator_it/sources.json")),
    (read_sources, content_of("dbt_versions/freshness/v0/freshness.json")),
    (read_catalog, content_of("dbt_bouncer_project/catalog.json")),
]


def damaged(content: Any, chance: random.Random, times: int) -> Any:
    """The content with keys taken out, set to null, or given a value of another type."""
    content = copy.deepcopy(content)
    for _ in range(times):
        at = content
        while True:
            keys = list(at) if isinstance(at, dict) else range(len(at))
            if not keys:
                break
            key = chance.choice(keys)
            below = at[key]
            if isinstance(below, dict | list) and below and chance.random() < 0.75:
                at = below
                continue
            if isinstance(at, dict) and chance.random() < 0.3:
                del at[key]
            else:
                at[key] = copy.deepcopy(chance.choice(SCRAPS))
            break
    return content


@pytest.mark.parametrize("sample", range(len(SAMPLES)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), times=st.integers(1, 8))
def test_keys_that_are_gone_null_or_of_another_type_never_raise(
    sample: int, seed: int, times: int
) -> None:
    reader, content = SAMPLES[sample]
    with tempfile.TemporaryDirectory() as folder:
        text = damaged(content, random.Random(seed), times)
        read = reader(written(Path(folder), "artifact.json", text))
    assert isinstance(read, Project | RunResults | Catalog | tuple | Problem)
    if isinstance(read, Problem):
        assert read.code.startswith("dbt-")
        assert read.message
        assert read.remedy
    if isinstance(read, Project):
        assert all(node.name and node.resource_type for node in read.nodes.values())


@given(kept=st.integers(0, 2_000), packed=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_manifest_cut_off_anywhere_is_refused(kept: int, packed: bool) -> None:
    whole = (DATA / "dbt_versions/manifest/v4/manifest.json.gz").read_bytes()
    part = whole[:kept] if packed else gzip.decompress(whole)[: kept * 100]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.json"
        path.write_bytes(part)
        assert isinstance(read_manifest(path), Problem)


def manifest_of(folder: Path, **content: Any) -> Project:
    manifest = {"metadata": schema("manifest", 12), "nodes": {}, **content}
    read = read_manifest(written(folder, "manifest.json", manifest))
    assert isinstance(read, Project), read
    return read


@pytest.mark.parametrize(
    "section",
    [
        "nodes",
        "sources",
        "exposures",
        "metrics",
        "semantic_models",
        "saved_queries",
        "groups",
        "disabled",
        "macros",
    ],
)
def test_a_section_of_a_manifest_that_is_null_has_nothing_in_it(
    tmp_path: Path, section: str
) -> None:
    nodes = {"model.a.b": {"name": "b"}}
    project = manifest_of(tmp_path, **{"nodes": nodes, section: None})
    assert set(project.nodes) == (set() if section == "nodes" else {"model.a.b"})


@pytest.mark.parametrize(
    "fields",
    [
        {"depends_on": {"nodes": None}},
        {"depends_on": None},
        {"tags": None},
        {"columns": None},
        {"columns": {"id": None}},
        {"config": None},
        {"config": {"meta": None, "contract": None, "freshness": None}},
        {"meta": None},
        {"contract": {"enforced": None}},
        {"freshness": {"warn_after": None}},
        {"test_metadata": {"name": None, "kwargs": None}},
        {"name": None, "package_name": None, "resource_type": None, "schema": None},
        {},
    ],
)
def test_a_field_of_a_node_that_is_null_is_as_if_it_were_not_there(
    tmp_path: Path, fields: dict[str, Any]
) -> None:
    node = manifest_of(tmp_path, nodes={"model.a.b": fields}).nodes["model.a.b"]
    assert (node.name, node.resource_type) == ("b", "model")
    assert (node.depends_on, node.tags, node.owners) == ((), (), ())


@pytest.mark.parametrize("unique_id", ["b", "model.b", "", "...", "model.a.b.v2", "modèle.é.b"])
def test_an_id_of_any_form_is_kept_as_it_is(tmp_path: Path, unique_id: str) -> None:
    project = manifest_of(tmp_path, nodes={unique_id: {"name": "b", "depends_on": {"nodes": [""]}}})
    assert project.nodes[unique_id].unique_id == unique_id


def test_a_node_that_is_null_is_none(tmp_path: Path) -> None:
    assert manifest_of(tmp_path, nodes={"model.a.b": None}, groups={"group.a.b": None}).nodes == {}


@pytest.mark.parametrize(
    "dbt_version",
    ["1.0.0", "1.12.6", "2025.6.1+abc1234", "versionless", "2.0.0-beta.2", "", None],
)
def test_the_version_of_dbt_is_not_what_decides(tmp_path: Path, dbt_version: str | None) -> None:
    metadata = {**schema("manifest", 12), "dbt_version": dbt_version}
    assert manifest_of(tmp_path, metadata=metadata).nodes == {}


def test_a_schema_to_come_is_named_with_its_version_and_dbts(tmp_path: Path) -> None:
    metadata = {**schema("manifest", 13), "dbt_version": "3.0.0"}
    read = read_manifest(written(tmp_path, "m.json", {"metadata": metadata, "nodes": {}}))
    assert isinstance(read, Problem)
    assert read.message == "this is manifest v13 (written by dbt 3.0.0), and v1 to v12 can be read"


def test_null_results_are_none(tmp_path: Path) -> None:
    results = {"metadata": schema("run-results", 6), "args": {"which": "build"}, "results": None}
    read = read_run_results(written(tmp_path, "r.json", results))
    assert read == RunResults(runs=())
    results = {"metadata": schema("sources", 3), "results": None}
    assert read_sources(written(tmp_path, "s.json", results)) == ()
    tables = {"metadata": schema("catalog", 1), "nodes": None, "sources": None}
    assert read_catalog(written(tmp_path, "c.json", tables)) == Catalog(columns={})


def test_a_result_without_a_node_or_that_is_null_is_left_out(tmp_path: Path) -> None:
    content = {
        "metadata": schema("run-results", 6),
        "args": {"which": "build"},
        "results": [None, {"status": "success"}, {"unique_id": "model.a.b", "timing": [None]}],
    }
    read = read_run_results(written(tmp_path, "r.json", content))
    assert isinstance(read, RunResults)
    assert read.runs == ()
    (problem,) = read.problems
    assert problem.message.startswith('model.a.b ended with the status "", which is not known')
    loads = [None, {"max_loaded_at": "2026-01-01T00:00:00Z"}, {"unique_id": "source.a.b.c"}]
    content = {"metadata": schema("sources", 3), "results": loads}
    assert read_sources(written(tmp_path, "s.json", content)) == ()


@pytest.mark.parametrize("status", ["Success", "PASS", "success", " Success "])
def test_a_status_counts_however_it_is_written(tmp_path: Path, status: str) -> None:
    content = {
        "metadata": schema("run-results", 6),
        "args": {"which": "build"},
        "results": [{"unique_id": "model.a.b", "status": status}],
    }
    read = read_run_results(written(tmp_path, "r.json", content))
    assert isinstance(read, RunResults)
    assert len(read.runs) == 1
