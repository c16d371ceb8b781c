"""A file that cannot be used is one clear problem: which file, what it is, what to do."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datahub_dataproducts.adapters.dbt.artifacts import problem_with, shown
from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.adapters.dbt.run_results import read_run_results
from datahub_dataproducts.adapters.dbt.sources import read_sources
from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import Location, Problem
from tests.adapters.dbt.artifact_files import DATA, schema, written

EMPTY_MANIFEST = {"metadata": schema("manifest", 12), "nodes": {}}
JAFFLE_SHOP = DATA / "jaffle_shop_duckdb" / "manifest.json.gz"
Reader = Callable[[Path], Any]
READERS = {
    "manifest": read_manifest,
    "run-results": read_run_results,
    "sources": read_sources,
}


def refused(read: Reader, path: Path) -> Problem:
    problem = read(path)
    assert isinstance(problem, Problem), problem
    assert problem.is_error
    assert problem.location is not None
    assert problem.location.file == str(path)
    assert problem.remedy
    return problem


@pytest.mark.parametrize(
    ("read", "command", "option"),
    [
        (read_manifest, "dbt parse", "manifest_path"),
        (read_run_results, "dbt build", "run_results_path"),
        (read_sources, "dbt source freshness", "sources_path"),
    ],
)
def test_a_missing_file_names_the_command_that_makes_it_and_the_option_that_finds_it(
    tmp_path: Path, read: Reader, command: str, option: str
) -> None:
    problem = refused(read, tmp_path / "target" / "nothing.json")
    assert str(problem).startswith(f"{tmp_path}/target/nothing.json: error[dbt-file-missing]: ")
    assert f"`{command}`" in problem.remedy
    assert f"`{option}`" in problem.remedy


def test_a_folder_in_place_of_a_file_is_unreadable(tmp_path: Path) -> None:
    problem = refused(read_manifest, tmp_path)
    assert problem.code == "dbt-file-unreadable"
    assert "directory" in problem.message


@pytest.mark.parametrize("kept", [20, 1_000, -1_000, -1])
def test_a_gzip_file_that_was_cut_off_is_malformed(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "manifest.json.gz"
    path.write_bytes(JAFFLE_SHOP.read_bytes()[:kept])
    problem = refused(read_manifest, path)
    assert problem.code == "dbt-file-malformed"
    assert "cut off or damaged" in problem.message


def test_a_gzip_file_with_a_flipped_byte_is_malformed(tmp_path: Path) -> None:
    content = bytearray(JAFFLE_SHOP.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path = tmp_path / "manifest.json.gz"
    path.write_bytes(bytes(content))
    assert refused(read_manifest, path).code == "dbt-file-malformed"


def test_a_json_file_that_was_cut_off_says_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{\n  "metadata": {},\n  "nodes"', encoding="utf-8")
    problem = refused(read_manifest, path)
    assert problem.code == "dbt-file-malformed"
    assert problem.location == Location(str(path), 3, 10)


def test_what_is_no_json_says_where_it_stops_being_json(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{\n  "nodes": ?}', encoding="utf-8")
    problem = refused(read_manifest, path)
    assert problem.location == Location(str(path), 2, 12)
    assert "byte" not in problem.message


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 40, b"\xff\xfe{\x00}\x00", b"null", b"[]", b"1"]
)
def test_any_other_content_is_told_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(content)
    assert refused(read_manifest, path).code in {
        "dbt-file-malformed",
        "dbt-file-of-another-kind",
    }


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_endless_nesting_is_told_without_a_traceback(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "deep.json"
    path.write_text('{"nodes": ' + '{"a": ' * 200_000, encoding="utf-8")
    assert refused(read, path).code == "dbt-file-malformed"


@pytest.mark.parametrize(
    ("read", "content", "said"),
    [
        (read_manifest, "dbt_bouncer_project/catalog.json", "dbt's catalog v1"),
        (read_manifest, "dbt_bouncer_project/run_results.json", "dbt's run-results v6"),
        (read_run_results, "jaffle_shop_duckdb/sources.empty.json", "dbt's sources v3"),
        (read_run_results, "jaffle_shop_duckdb/manifest.json.gz", "dbt's manifest v12"),
        (read_sources, "dbt_bouncer_project/run_results.json", "dbt's run-results v6"),
    ],
)
def test_another_artifact_given_by_mistake_is_named_with_its_version(
    read: Reader, content: str, said: str
) -> None:
    problem = refused(read, DATA / content)
    assert problem.code == "dbt-file-of-another-kind"
    assert said in problem.message
    assert "written by dbt 1.12.6" in problem.message


@pytest.mark.parametrize("content", [{}, {"nodes": {}}, {"metadata": {}, "results": []}])
def test_json_that_names_no_dbt_schema_is_no_artifact(tmp_path: Path, content: object) -> None:
    path = written(tmp_path, "package.json", content)
    problem = refused(read_manifest, path)
    assert problem.code == "dbt-file-of-another-kind"
    assert "names no dbt schema version" in problem.message


@pytest.mark.parametrize(
    ("kind", "version"), [("manifest", 13), ("manifest", 0), ("run-results", 7), ("sources", 4)]
)
def test_a_version_too_new_or_too_old_is_told_with_those_that_can_be_read(
    tmp_path: Path, kind: str, version: int
) -> None:
    content = {"metadata": schema(kind, version), "nodes": {}, "results": []}
    problem = refused(READERS[kind], written(tmp_path, "artifact.json", content))
    assert problem.code == "dbt-file-of-unknown-version"
    assert f"{kind} v{version} (written by dbt 1.11.0)" in problem.message
    assert "upgrade datahub-dataproducts" in problem.remedy


def test_a_new_version_in_a_form_of_its_own_is_still_told_as_too_new(tmp_path: Path) -> None:
    content = {"metadata": schema("manifest", 99), "nodes": [1, 2]}
    problem = refused(read_manifest, written(tmp_path, "manifest.json", content))
    assert problem.code == "dbt-file-of-unknown-version"


def test_a_manifest_without_its_nodes_is_not_an_empty_project(tmp_path: Path) -> None:
    path = written(tmp_path, "manifest.json", {"metadata": schema("manifest", 12)})
    problem = refused(read_manifest, path)
    assert problem.code == "dbt-file-malformed"
    assert "`nodes`" in problem.message


def test_a_field_of_a_wrong_form_is_told_with_its_path(tmp_path: Path) -> None:
    nodes = {"model.a.b": {"name": ["b"]}}
    path = written(tmp_path, "manifest.json", {**EMPTY_MANIFEST, "nodes": nodes})
    assert "has model.a.b in a form" in refused(read_manifest, path).message
    assert "$.name" in refused(read_manifest, path).message


@pytest.mark.parametrize("name", ["manifest.json", "manifest.json.gz"])
def test_a_file_is_unpacked_by_its_content_not_by_its_name(tmp_path: Path, name: str) -> None:
    packed = written(tmp_path, "packed.gz", EMPTY_MANIFEST).read_bytes()
    for content in (packed, gzip.decompress(packed)):
        (tmp_path / name).write_bytes(content)
        assert read_manifest(tmp_path / name) == Project(name="", nodes={})


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path, "manifest.json", EMPTY_MANIFEST)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_manifest(path) == Project(name="", nodes={})


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("s3://bucket/target/manifest.json", "s3://bucket/target/manifest.json"),
        ("https://me:secret@host:8443/m.json?sig=secret#secret", "https://host:8443/m.json"),
        ("https://me:secret@host/m.json;v=1?secret", "https://host/m.json;v=1"),
        ("https://host:port/m.json?secret", "https://"),
        ("https://[::1/m.json?secret", "https://"),
        ("target/manifest.json", "target/manifest.json"),
        ("C:/target/manifest.json", "C:/target/manifest.json"),
        ("odd?name=secret", "odd?name=secret"),
    ],
)
def test_a_uri_is_told_without_what_may_be_secret_in_it(place: str, told: str) -> None:
    assert shown(place) == told


def test_a_uri_is_not_read_as_a_file_where_nobody_fetches() -> None:
    problem = read_manifest("s3://bucket/manifest.json?secret")
    assert isinstance(problem, Problem)
    assert str(problem).startswith("s3://bucket/manifest.json:1:1: error[dbt-file-unreadable]: ")
    assert "only files are read here" in problem.message


def test_what_is_fetched_is_read_like_a_file() -> None:
    content = gzip.compress(json.dumps(EMPTY_MANIFEST).encode())
    asked: list[str] = []

    def fetch(uri: str) -> bytes:
        asked.append(uri)
        return content

    project = read_manifest("https://host/m.json?sig=1", fetch=fetch)
    assert isinstance(project, Project)
    assert asked == ["https://host/m.json?sig=1"]


def test_what_cannot_be_fetched_is_told_at_its_place() -> None:
    why = problem_with("x", "dbt-file-missing", "there is nothing here", "put it there")
    read = read_manifest("https://host/m.json?secret", fetch=lambda _: why)
    assert isinstance(read, Problem)
    assert read.location == Location("https://host/m.json", 0, 0)
    assert read.message == "there is nothing here"


def test_a_name_that_no_file_can_have_is_told() -> None:
    assert "no file can have this name" in refused(read_manifest, Path("a\0b")).message
