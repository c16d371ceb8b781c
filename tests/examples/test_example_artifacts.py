import gzip
import importlib.util
import json
import re
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ANALYTICS = Path(__file__).resolve().parents[2] / "examples" / "analytics"
ARTIFACTS = ANALYTICS / "artifacts"
DAYS = [f"2026-03-0{day}" for day in range(2, 9)]
WARNING_TEST = "accepted_values_fct_attribution_last_channel"
AMSTERDAM_IN_EARLY_MARCH = timedelta(hours=1)
TEAMS = {"data-platform", "marketing-analytics", "analytics-engineering"}


def script() -> ModuleType:
    name = "example_make_artifacts"
    spec = importlib.util.spec_from_file_location(name, ANALYTICS / "make_artifacts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def read(day: str, name: str) -> Any:
    return json.loads((ARTIFACTS / day / name).read_text(encoding="utf-8"))


def manifest() -> Any:
    return json.loads(gzip.decompress((ARTIFACTS / "manifest.json.gz").read_bytes()))


def outcomes(day: str) -> dict[str, str]:
    """Node name (without package and hash) -> status of the day's build."""
    results = read(day, "run_results.json")["results"]
    return {result["unique_id"].split(".")[2]: result["status"] for result in results}


def freshness(day: str) -> dict[str, str]:
    results = read(day, "sources.json")["results"]
    return {".".join(result["unique_id"].split(".")[2:]): result["status"] for result in results}


def local(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp[:19]) + AMSTERDAM_IN_EARLY_MARCH


def products() -> dict[str, Any]:
    files = sorted((ANALYTICS / "data_products").glob("*.yml"))
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return {document["id"]: document for document in documents}


def test_the_artifacts_were_made_from_the_project_as_it_is() -> None:
    kept = (ARTIFACTS / "INPUTS.sha256").read_text(encoding="utf-8").strip()

    assert kept == script().inputs_digest(ANALYTICS), (
        "The example's project changed after its dbt artifacts were made. Run `make example`"
        " and commit examples/analytics/artifacts."
    )


def test_a_changed_model_and_a_new_file_change_the_digest(tmp_path: Path) -> None:
    model = tmp_path / "models" / "dim.sql"
    model.parent.mkdir()
    model.write_text("select 1", encoding="utf-8")
    digest = script().inputs_digest
    first = digest(tmp_path)

    model.write_text("select 2", encoding="utf-8")
    second = digest(tmp_path)
    (tmp_path / "models" / "dim.yml").write_text("", encoding="utf-8")

    assert len({first, second, digest(tmp_path)}) == 3


def test_a_changed_product_file_does_not_make_the_artifacts_stale(tmp_path: Path) -> None:
    digest = script().inputs_digest
    before = digest(tmp_path)
    (tmp_path / "data_products").mkdir()
    (tmp_path / "data_products" / "users.yml").write_text("id: users", encoding="utf-8")

    assert digest(tmp_path) == before


def test_without_faketime_the_script_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    module = script()

    with pytest.raises(module.SeriesError, match="apt-get install faketime"):
        module.make(tmp_path / "dbt", tmp_path / "artifacts")


def test_the_series_has_seven_days_from_a_monday_on() -> None:
    assert sorted(path.name for path in ARTIFACTS.iterdir() if path.is_dir()) == DAYS
    assert datetime.fromisoformat(DAYS[0]).strftime("%A") == "Monday"


@pytest.mark.parametrize("day", DAYS)
def test_every_day_is_one_build_after_one_measure_of_freshness(day: str) -> None:
    results, sources = read(day, "run_results.json"), read(day, "sources.json")

    assert results["args"]["which"] == "build"
    assert sources["metadata"]["dbt_schema_version"].endswith("/sources/v3.json")
    assert results["metadata"]["invocation_id"] != sources["metadata"]["invocation_id"]
    assert sources["metadata"]["generated_at"] < results["metadata"]["generated_at"]


def test_no_invocation_id_comes_twice() -> None:
    names = ("run_results.json", "sources.json")
    ids = [read(day, name)["metadata"]["invocation_id"] for day in DAYS for name in names]

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("day", DAYS)
def test_every_time_in_a_result_lies_in_the_run_of_its_day(day: str) -> None:
    begin, end = ("10:38", "10:50") if day == "2026-03-07" else ("06:02", "06:14")
    results, sources = read(day, "run_results.json"), read(day, "sources.json")
    stamps = [results["metadata"]["generated_at"], sources["metadata"]["generated_at"]]
    stamps += [source["snapshotted_at"] for source in sources["results"]]
    for node in [*results["results"], *sources["results"]]:
        for phase in node["timing"]:
            stamps += [phase["started_at"], phase["completed_at"]]

    assert stamps
    for stamp in stamps:
        assert f"{day}T{begin}" <= local(stamp).isoformat() < f"{day}T{end}"


@pytest.mark.parametrize("day", DAYS)
def test_sources_were_loaded_that_morning_but_for_the_users_on_tuesday(day: str) -> None:
    hour = "10:30" if day == "2026-03-07" else "06:00"
    for source in read(day, "sources.json")["results"]:
        late = day == "2026-03-03" and source["unique_id"] == "source.analytics.app.users"
        expected = "2026-03-02T06:00:00" if late else f"{day}T{hour}:00"
        assert local(source["max_loaded_at"]).isoformat() == expected


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-04", "2026-03-07", "2026-03-08"])
def test_on_good_days_and_the_late_one_everything_runs_and_passes(day: str) -> None:
    assert Counter(outcomes(day).values()) == {"success": 9, "pass": 29, "no-op": 1}
    assert set(freshness(day).values()) == {"pass"}


def test_on_tuesday_the_user_table_is_not_built_and_all_else_passes() -> None:
    missing = set(outcomes("2026-03-02")) - set(outcomes("2026-03-03"))

    assert missing == {
        "dim_users",
        "accepted_values_dim_users_plan__free__plus__pro",
        "not_null_dim_users_email",
        "not_null_dim_users_user_id",
        "unique_dim_users_user_id",
    }
    assert set(outcomes("2026-03-03").values()) == {"success", "pass", "no-op"}


def test_on_tuesday_only_the_users_export_is_stale() -> None:
    assert freshness("2026-03-03") == {
        "app.users": "error",
        "marketing.touches": "pass",
        "shop.orders": "pass",
        "stripe.charges": "pass",
    }


def test_on_thursday_a_model_error_skips_what_depends_on_it_and_no_test_fails() -> None:
    result = outcomes("2026-03-05")
    skipped = {name for name, status in result.items() if status == "skipped"}

    assert Counter(result.values()) == {"success": 7, "pass": 21, "error": 1, "skipped": 10}
    assert result["fct_orders"] == "error"
    assert {"fct_revenue", "revenue_dashboard", "assert_revenue_equals_charges"} <= skipped
    assert result["fct_activation"] == "success"
    assert set(freshness("2026-03-05").values()) == {"pass"}


def test_on_thursday_the_error_names_the_missing_column() -> None:
    results = read("2026-03-05", "run_results.json")["results"]
    (error,) = [result for result in results if result["status"] == "error"]

    assert '"discount_cents" not found' in error["message"]


def test_on_friday_one_test_warns_and_all_else_passes() -> None:
    result = outcomes("2026-03-06")
    (warned,) = [name for name, status in result.items() if status == "warn"]

    assert warned.startswith(WARNING_TEST)
    assert Counter(result.values()) == {"success": 9, "pass": 28, "no-op": 1, "warn": 1}
    assert set(freshness("2026-03-06").values()) == {"pass"}


@pytest.mark.parametrize("day", DAYS)
def test_every_result_is_of_a_node_in_the_manifest(day: str) -> None:
    project = manifest()
    known = {*project["nodes"], *project["sources"], *project["exposures"]}
    for name in ("run_results.json", "sources.json"):
        assert {result["unique_id"] for result in read(day, name)["results"]} <= known


def test_marts_are_tables_and_staging_models_are_views() -> None:
    kinds = {
        node["name"]: node["config"]["materialized"]
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "model"
    }

    assert Counter(kinds.values()) == {"table": 5, "view": 4}
    for name, kind in kinds.items():
        assert kind == ("view" if name.startswith("stg_") else "table")


def test_every_model_has_an_owner_a_group_and_tags() -> None:
    for node in manifest()["nodes"].values():
        if node["resource_type"] == "model":
            assert node["meta"]["owner"] in TEAMS
            assert node["group"]
            assert node["tags"]


def test_no_path_of_the_machine_that_made_them_is_inside() -> None:
    neutral = script().NEUTRAL_PATH
    foreign = re.compile(r"""["' =:](/(?:home|root|tmp|var|work|private|Users|opt|usr)/[^"' ]*)""")
    for path in sorted(ARTIFACTS.rglob("*.json*")):
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        found = {match for match in foreign.findall(text) if not match.startswith(neutral)}
        assert found == set(), path


def test_the_compressed_manifest_carries_no_time_of_its_making() -> None:
    assert (ARTIFACTS / "manifest.json.gz").read_bytes()[4:8] == b"\0\0\0\0"


def test_the_artifacts_stay_small() -> None:
    assert sum(path.stat().st_size for path in ARTIFACTS.rglob("*") if path.is_file()) < 1_000_000


def test_the_four_products_are_live_and_have_who_to_ask_and_what_to_do() -> None:
    found = products()

    assert {name: (product["type"], product["domain"]) for name, product in found.items()} == {
        "users": ("building_block", "data-platform"),
        "attribution": ("building_block", "marketing"),
        "revenue": ("metric", "finance"),
        "activation": ("metric", "growth"),
    }
    for product in found.values():
        owners = {owner["type"]: owner["id"] for owner in product["owners"]}
        assert owners["BUSINESS_OWNER"].startswith("urn:li:corpuser:")
        assert owners["TECHNICAL_OWNER"].startswith("urn:li:corpGroup:")
        assert product["lifecycle"] == "live"
        assert product["runbook"].endswith(product["id"])


def test_every_asset_of_a_product_is_in_the_manifest_or_a_urn() -> None:
    project = manifest()
    written = {f"ref('{node['name']}')" for node in project["nodes"].values()}
    written |= {f"exposure('{node['name']}')" for node in project["exposures"].values()}
    written |= {
        f"source('{node['source_name']}', '{node['name']}')" for node in project["sources"].values()
    }
    for product in products().values():
        promised = [promise["asset"] for promise in product["contract"]]
        for asset in [*product["assets"], *product["output_ports"], *promised]:
            assert asset in written or asset.startswith("urn:li:")


def test_revenue_is_due_after_the_products_it_is_made_from() -> None:
    due = {
        name: promise["freshness"]["ready_by"]
        for name, product in products().items()
        for promise in product["contract"]
        if "ready_by" in promise.get("freshness", {})
    }

    assert due == {
        "users": "08:00",
        "attribution": "08:30",
        "revenue": "09:00",
        "activation": "09:00",
    }
