"""The artifacts of a project are read from where the recipe says, by the rules that it gives."""

import gzip
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.plugins.artifacts import Artifacts, read_artifacts
from datahub_dataproducts.plugins.config import DataProductsSourceConfig
from datahub_dataproducts.plugins.settings import Settings

DATA = Path(__file__).parents[1] / "data"
JAFFLE = DATA / "jaffle_shop_duckdb"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(DATA)))
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def artifacts_of(**recipe: Any) -> Artifacts:
    config = DataProductsSourceConfig.model_validate({"target_platform": "duckdb", **recipe})
    return read_artifacts(config.settings())


def test_artifacts_are_read_from_a_server_as_from_files(server: str) -> None:
    results = "run_results/02_build_1_fail_1_seed_error_18_skipped.json"
    names = {"manifest_path": "manifest.json.gz", "run_results_path": results}
    names |= {"sources_path": "sources.empty.json"}
    by_file = artifacts_of(dbt_project_dir=str(JAFFLE), **names)
    by_uri = artifacts_of(**{
        key: f"{server}/jaffle_shop_duckdb/{name}" for key, name in names.items()
    })
    assert isinstance(by_file.project, Project)
    assert by_uri == by_file
    assert not by_uri.problems


def test_a_file_that_is_not_on_the_server_is_told_without_its_signature(server: str) -> None:
    uri = f"{server.replace('http://', 'http://me:secret@')}/gone.json?X-Amz-Signature=secret"
    artifacts = artifacts_of(manifest_path=uri, run_results_path=f"{server}/README.md#x")
    assert [str(problem) for problem in artifacts.problems] == [
        f"{server}/{file}: error[dbt-file-missing]: there is nothing here (the server answers "
        "404); see that dbt's artifacts are put there, or name the place where they are"
        for file in ("gone.json", "README.md")
    ]


def test_what_is_no_artifact_on_the_server_is_told_with_its_place(server: str) -> None:
    (problem,) = artifacts_of(manifest_path=f"{server}/jaffle_shop_duckdb/?secret").problems
    assert problem.code == "dbt-file-malformed"
    assert problem.location == Location(f"{server}/jaffle_shop_duckdb/", 1, 1)


def test_a_manifest_that_is_not_there_is_left_to_those_who_need_it(tmp_path: Path) -> None:
    assert artifacts_of(dbt_project_dir=str(tmp_path)) == Artifacts()


def owned_by(meta: dict[str, Any], folder: Path, **recipe: Any) -> list[tuple[str, str]]:
    manifest = {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
        "nodes": {"model.a.b": {"name": "b", "meta": meta}},
    }
    (folder / "manifest.json").write_bytes(gzip.compress(json.dumps(manifest).encode()))
    artifacts = artifacts_of(dbt_project_dir=str(folder), manifest_path="manifest.json", **recipe)
    assert artifacts.project is not None
    return [(owner.type, owner.urn) for owner in artifacts.project.nodes["model.a.b"].owners]


def test_the_recipe_says_where_owners_are_and_what_they_are(tmp_path: Path) -> None:
    meta = {"steward": "ana@example.com", "owner": "core-team", "business_owner": "@ben"}
    assert owned_by(
        meta,
        tmp_path,
        owner_keys={"DATA_STEWARD": ["steward"], "BUSINESS_OWNER": []},
        owner_kinds=[{"match": "core-.*", "kind": "corpuser"}],
        strip_user_ids_from_email=True,
    ) == [
        ("TECHNICAL_OWNER", "urn:li:corpuser:core-team"),
        ("DATA_STEWARD", "urn:li:corpuser:ana"),
    ]


def test_an_owner_that_is_nobody_is_a_warning_with_the_file(tmp_path: Path) -> None:
    node = {"name": "b", "meta": {"owner": "TBD"}, "original_file_path": "models/b.sql"}
    manifest = {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
        "nodes": {"model.a.b": node},
    }
    (tmp_path / "m.json").write_text(json.dumps(manifest), encoding="utf-8")
    (problem,) = artifacts_of(dbt_project_dir=str(tmp_path), manifest_path="m.json").problems
    assert not problem.is_error
    assert problem.location == Location("models/b.sql", 0, 0)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({"owner_keys": {"JUGGLER": ["owner"]}}, "owner_keys"),
        ({"owner_kinds": [{"match": "(", "kind": "corpuser"}]}, "it is no regular expression"),
        ({"owner_kinds": [{"match": "x", "kind": "robot"}]}, "corpGroup"),
    ],
)
def test_a_rule_for_owners_that_is_none_is_refused(recipe: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        artifacts_of(**recipe)


def test_secrets_of_connections_are_in_no_text_of_the_settings() -> None:
    config = DataProductsSourceConfig.model_validate({
        "target_platform": "duckdb",
        "aws_connection": {"aws_secret_access_key": "s3cr3t"},
        "gcs_connection": {"credential": {"hmac_access_secret": "s3cr3t"}},
    })
    assert "s3cr3t" not in repr(config.settings()) + repr(config)


def test_what_was_not_built_and_tests_that_were_skipped_are_no_rhythm() -> None:
    folder = JAFFLE / "run_results"
    names = ["01_build_all_pass.json", "09_build_1_model_error_17_skipped.json"]
    observed = read_artifacts(
        Settings(observed_paths=tuple(str(folder / name) for name in names))
    ).observed
    assert len(observed["model.jaffle_shop.stg_orders"]) == 2
    assert len(observed["model.jaffle_shop.customers"]) == 1
    tests = [len(times) for id_, times in observed.items() if id_.startswith("test.")]
    assert sorted(set(tests)) == [1, 2]
