import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from datahub.lite.lite_util import get_datahub_lite
from datahub.metadata.schema_classes import DataProductPropertiesClass

from tests.plugins.repositories import (
    CUSTOMERS,
    JAFFLE_SHOP,
    ORDERS,
    OWNERS,
    complaints,
    ingest,
    proposals,
    removed,
    urns,
    write_products,
)

ORDERS_TABLE = "urn:li:dataset:(urn:li:dataPlatform:duckdb,jaffle_shop.main.orders,PROD)"
MODEL_ERROR = JAFFLE_SHOP / "run_results/09_build_1_model_error_17_skipped.json"
BROKEN = "id: broken\ndomain: [sales\n"


def test_a_repository_becomes_products_contracts_and_assertions(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "nested/customers.yaml": CUSTOMERS})

    pipeline = ingest(tmp_path)

    written = proposals(tmp_path / "out.json")
    assert complaints(pipeline) == []
    assert complaints(pipeline, "warnings") == []
    assert urns(written, "domains") == ["customers", "orders"]
    assert len(urns(written, "platformResourceInfo")) == 2
    assert len(urns(written, "assertionInfo")) == 3
    contracts = [p for p in written if p["aspectName"] == "dataContractProperties"]
    assert sorted(len(p["aspect"]["json"].get("dataQuality", ())) for p in contracts) == [1, 12]
    report = pipeline.source.get_report().as_obj()
    assert (report["files_read"], report["products_found"], report["products_published"]) == (
        2,
        2,
        2,
    )


def test_ingesting_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    for semantics in ("PATCH", "OVERRIDE"):
        texts = []
        for out in ("first.json", "second.json"):
            ingest(tmp_path, out=out, write_semantics=semantics, run_results_path=str(MODEL_ERROR))
            texts.append(json.dumps(proposals(tmp_path / out)))
        assert texts[0] == texts[1]


def test_a_broken_yaml_beside_a_good_one_loses_nothing_and_removes_nothing(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    ingest(tmp_path, state=True)

    write_products(tmp_path, {"orders.yml": BROKEN})
    pipeline = ingest(tmp_path, state=True)

    (failure,) = complaints(pipeline)
    assert failure.startswith("data_products/orders.yml:")
    assert pipeline.has_failures()
    written = proposals(tmp_path / "out.json")
    assert urns(written, "domains") == ["customers"]
    assert removed(written) == []
    (warning, *_) = complaints(pipeline, "warnings")
    assert "it may be in one of the files that could not be read" in warning

    write_products(tmp_path, {"orders.yml": ORDERS})
    ingest(tmp_path, state=True)
    assert removed(proposals(tmp_path / "out.json")) == [], "the state outlived the broken run"


def test_a_product_that_is_wrong_removes_nothing_either(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    ingest(tmp_path, state=True)
    write_products(tmp_path, {"customers.yml": CUSTOMERS.replace("ref('customers')", "ref('x')")})
    pipeline = ingest(tmp_path, state=True)
    assert len(complaints(pipeline)) == 1
    assert removed(proposals(tmp_path / "out.json")) == []


FINANCE = """id: finance
domain: finance
assets: ["ref('customers')"]
contract:
  - {asset: "ref('orders')", build: true}
"""


def promised_of(written: list[dict[str, Any]], dataset: str) -> list[str] | None:
    """The assertions in the contract of a dataset, None where no contract was written."""
    for proposal in written:
        if proposal["aspectName"] == "dataContractProperties":
            contract = proposal["aspect"]["json"]
            if contract["entity"] == dataset:
                return [a["assertion"] for a in contract.get("dataQuality", ())]
    return None


def contracts_of(written: list[dict[str, Any]]) -> set[str]:
    return {p["entityUrn"] for p in written if p["aspectName"] == "dataContractProperties"}


def test_a_broken_product_keeps_its_promises_in_the_contract_it_shares_with_another(
    tmp_path: Path,
) -> None:
    write_products(tmp_path, {"finance.yml": FINANCE, "orders.yml": ORDERS})
    ingest(tmp_path, state=True)
    before = proposals(tmp_path / "out.json")
    whole = promised_of(before, ORDERS_TABLE)
    assert whole is not None

    write_products(tmp_path, {"finance.yml": FINANCE.replace("ref('customers')", "ref('x')")})
    pipeline = ingest(tmp_path, state=True)

    broken = proposals(tmp_path / "out.json")
    assert urns(broken, "domains") == ["orders"]
    assert contracts_of(broken) == set()
    assert removed(broken) == []
    assert complaints(pipeline, "infos") == ["1 datasets"]

    (tmp_path / "data_products/finance.yml").unlink()
    pipeline = ingest(tmp_path, state=True)

    after = proposals(tmp_path / "out.json")
    assert complaints(pipeline, "infos") == []
    left = promised_of(after, ORDERS_TABLE)
    assert left is not None
    assert len(left) == len(whole) - 1
    assert "urn:li:dataProduct:finance" in removed(after)


def test_a_contract_that_was_left_alone_for_a_while_is_removed_when_its_product_goes(
    tmp_path: Path,
) -> None:
    write_products(tmp_path, {"customers.yml": CUSTOMERS, "orders.yml": ORDERS})
    ingest(tmp_path, state=True)
    contracts = contracts_of(proposals(tmp_path / "out.json"))
    write_products(tmp_path, {"broken.yml": BROKEN})
    ingest(tmp_path, state=True)
    for file in ("broken.yml", "customers.yml"):
        (tmp_path / "data_products" / file).unlink()

    ingest(tmp_path, state=True)

    after = proposals(tmp_path / "out.json")
    (gone,) = contracts - contracts_of(after)
    assert gone in removed(after)


def test_what_left_the_repository_is_removed_and_nothing_of_others(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    ingest(tmp_path, state=True, run_results_path=str(MODEL_ERROR))
    before = proposals(tmp_path / "out.json")

    (tmp_path / "data_products/orders.yml").unlink()
    write_products(tmp_path, {"customers.yml": CUSTOMERS.replace("inputs: [orders]\n", "")})
    pipeline = ingest(tmp_path, state=True)

    assert complaints(pipeline) == []
    gone = removed(proposals(tmp_path / "out.json"))
    assert "urn:li:dataProduct:orders" in gone
    assert sorted(urn.split(":")[2] for urn in gone) == [
        "assertion",
        "assertion",
        "dataContract",
        "dataProduct",
        "platformResource",
    ]
    ours = {p["entityUrn"] for p in before if p["aspectName"] == "status"}
    assert set(gone) <= ours
    tests = {p["entityUrn"] for p in before if p["aspectName"] == "assertionRunEvent"} - ours
    assert tests, "the skipped tests of dbt were reported"
    assert not tests & set(gone)
    assert not any(urn.startswith("urn:li:dataset:") for urn in gone)


EMPTIED = [
    pytest.param({"b/orders.yml": "data_products:\n"}, "b/orders.yml:1:1: error[no-products]"),
    pytest.param({"b/orders.yml": "data_products: []\n"}, "b/orders.yml:1:1: error[no-products]"),
    pytest.param({}, "error[no-product-files]: there is no folder data_products/b"),
]


@pytest.mark.parametrize(("left", "said"), EMPTIED, ids=["cut off", "no item", "no folder"])
def test_a_file_cut_off_and_a_folder_not_checked_out_remove_nothing(
    tmp_path: Path, left: dict[str, str], said: str
) -> None:
    paths = ["data_products/a/**/*.yml", "data_products/b/**/*.yml"]
    # The other product has no inputs: that one is missing is no failure by itself.
    other = CUSTOMERS.replace("inputs: [orders]\n", "")
    write_products(tmp_path, {"a/customers.yml": other, "b/orders.yml": ORDERS})
    assert complaints(ingest(tmp_path, state=True, product_paths=paths)) == []

    (tmp_path / "data_products/b/orders.yml").unlink()
    (tmp_path / "data_products/b").rmdir()
    write_products(tmp_path, left)
    pipeline = ingest(tmp_path, state=True, product_paths=paths)

    (failure,) = complaints(pipeline)
    assert failure.removeprefix("data_products/").startswith(said)
    assert removed(proposals(tmp_path / "out.json")) == []


def test_a_broken_build_and_the_tests_it_skips_are_reported(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    ingest(tmp_path, run_results_path=str(MODEL_ERROR))
    written = proposals(tmp_path / "out.json")
    runs = [p["aspect"]["json"] for p in written if p["aspectName"] == "assertionRunEvent"]
    assert {run["result"]["type"] for run in runs} == {"ERROR"}
    assert len(runs) == 13, "two builds skipped, ten tests of orders, one of them kept twice"
    assert urns(written, "operation") == []


def test_a_good_build_is_reported_with_the_updates_it_made(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    all_pass = JAFFLE_SHOP / "run_results/01_build_all_pass.json"
    ingest(tmp_path, run_results_path=str(all_pass))
    written = proposals(tmp_path / "out.json")
    runs = [p["aspect"]["json"] for p in written if p["aspectName"] == "assertionRunEvent"]
    assert [run["result"]["type"] for run in runs] == ["SUCCESS", "SUCCESS"]
    updated = [p["entityUrn"] for p in written if p["aspectName"] == "operation"]
    assert updated == [ORDERS_TABLE]


@pytest.mark.parametrize(
    ("file", "command"),
    [
        ("07_docs_generate_NOT_test_results.json", "dbt docs generate"),
        ("08_compile_NOT_test_results.json", "dbt compile"),
    ],
)
def test_results_of_a_command_that_runs_nothing_are_refused(
    tmp_path: Path, file: str, command: str
) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    results = JAFFLE_SHOP / "run_results" / file
    pipeline = ingest(tmp_path, run_results_path=str(results))
    (failure,) = complaints(pipeline)
    assert failure == (
        f"{results}:1:1: error[dbt-run-of-nothing]: these results were written by `{command}`, "
        "which runs neither models nor tests, and may say success for every one of them; run "
        "`dbt build`, or keep its results apart with `dbt build --target-path`"
    )
    written = proposals(tmp_path / "out.json")
    assert urns(written, "domains") == ["customers", "orders"]
    assert urns(written, "assertionRunEvent") == []


def product(id_: str, **fields: str) -> str:
    lines = {"domain": "sales", "assets": "[\"ref('orders')\"]", **fields}
    return f"id: {id_}\n" + "".join(f"{key}: {text}\n" for key, text in lines.items())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"bad.yml": BROKEN},
            [
                (
                    "bad.yml:3:1: error[not-yaml]: this is not YAML: did not find expected ',' or ']' "
                    "(while parsing a flow sequence, begun at line 2); look at the indentation, "
                    "colons and quotes here and above, and quote text that has ': '"
                )
            ],
        ),
        (
            {"bad.yml": "id: bad\nid: worse\ndomain: sales\n"},
            [
                (
                    "bad.yml:2:1: error[duplicate-key]: `id` is written twice, first at line 1; keep "
                    "one of them"
                )
            ],
        ),
        (
            {"bad.yml": product("bad", assets="[\"ref('ordesr')\"]")},
            [
                (
                    "bad.yml:3:10: error[unknown-model]: ref('ordesr') is not known: the dbt project "
                    'has no such model, seed or snapshot; did you mean "orders"?'
                )
            ],
        ),
        (
            {"bad.yml": product("bad", inputs="[godo]")},
            [
                (
                    'bad.yml:4:10: error[unknown-input]: no product has the id "godo"; '
                    'did you mean "good"?'
                )
            ],
        ),
        (
            {"a.yml": product("bad"), "b.yml": product("bad")},
            [
                (
                    'a.yml:1:5: error[duplicate-id]: the id "bad" is also used at '
                    "data_products/b.yml:1:5; give each product an id of its own; none of these is "
                    "published"
                ),
                (
                    'b.yml:1:5: error[duplicate-id]: the id "bad" is also used at '
                    "data_products/a.yml:1:5; give each product an id of its own; none of these is "
                    "published"
                ),
            ],
        ),
        (
            {"a.yml": product("a", inputs="[b]"), "b.yml": product("b", inputs="[a]")},
            [
                (
                    "a.yml:4:10: error[input-cycle]: the inputs form a cycle: a -> b -> a; take one "
                    "of these inputs out"
                ),
                (
                    "b.yml:4:10: error[input-cycle]: the inputs form a cycle: b -> a -> b; take one "
                    "of these inputs out"
                ),
            ],
        ),
        (
            {"bad.yml": product("bad", lifecycle="live", runbook="https://x.example/y")},
            [
                (
                    "bad.yml:4:1: error[missing-owner]: a live product needs a business owner, and "
                    "this one has none; add one of type BUSINESS_OWNER to `owners`"
                ),
                (
                    "bad.yml:4:1: error[missing-owner]: a live product needs a technical owner, and "
                    "this one has none; add one of type TECHNICAL_OWNER to `owners`"
                ),
            ],
        ),
        (
            {"bad.yml": f"{OWNERS}{product('bad', lifecycle='live')}"},
            [
                (
                    "bad.yml:7:1: error[missing-runbook]: a live product needs a runbook, and this "
                    "one has none; add `runbook: https://...`, what to do when it is not healthy"
                )
            ],
        ),
    ],
    ids=[
        "not YAML",
        "duplicate key",
        "unknown model",
        "unknown input",
        "duplicate id",
        "cycle",
        "owner",
        "runbook",
    ],
)
def test_bad_input_is_told_with_its_place_and_the_others_go_on(
    tmp_path: Path, files: dict[str, str], expected: list[str]
) -> None:
    write_products(tmp_path, {**files, "good.yml": product("good")})

    pipeline = ingest(tmp_path)

    told = complaints(pipeline)
    assert told == [f"data_products/{words}" for words in expected]
    assert pipeline.has_failures()
    assert urns(proposals(tmp_path / "out.json"), "domains") == ["good"]


def test_a_project_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    pipeline = ingest(tmp_path, dbt_project_dir=str(tmp_path / "nowhere"))
    (failure,) = complaints(pipeline)
    assert "there is no folder" in failure


def test_a_name_without_a_manifest_is_told_with_the_path_where_it_was_looked_for(
    tmp_path: Path,
) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS})
    pipeline = ingest(tmp_path, manifest_path="target/manifest.json")
    (failure,) = complaints(pipeline)
    assert failure == (
        "data_products/orders.yml:8:10: error[no-manifest]: ref('orders') cannot be looked up without "
        "dbt's manifest target/manifest.json; run `dbt parse` to make it, or say where it is: "
        "`manifest_path` in the recipe, `--manifest` of the command line"
    )


def test_artifacts_below_the_project_are_told_by_their_path_in_it_and_others_in_full(
    tmp_path: Path,
) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS})
    (tmp_path / "target").mkdir()
    (tmp_path / "target/sources.json").write_text("{", encoding="utf-8")
    settings = {"sources_path": "target/sources.json", "run_results_path": "target/runs.json"}
    assert [told.partition("; ")[0] for told in complaints(ingest(tmp_path, **settings))] == [
        "target/runs.json: error[dbt-file-missing]: there is no run_results.json here",
        (
            "target/sources.json:1:2: error[dbt-file-malformed]: sources.json is no complete JSON: "
            "Input data was truncated"
        ),
    ]
    (missing,) = complaints(ingest(tmp_path, run_results_path="/nowhere/runs.json"))
    assert missing.startswith("/nowhere/runs.json: error[dbt-file-missing]")


def test_a_project_that_is_worked_in_has_its_artifacts_told_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS})
    monkeypatch.chdir(tmp_path)
    settings = {"dbt_project_dir": ".", "run_results_path": "target/runs.json"}
    (missing,) = complaints(ingest(tmp_path, **settings))
    assert missing.startswith("target/runs.json: error[dbt-file-missing]")


def test_a_manifest_that_cannot_be_read_is_told_once_with_the_products_it_stops(
    tmp_path: Path,
) -> None:
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    write_products(tmp_path, {"orders.yml": ORDERS})
    pipeline = ingest(tmp_path, manifest_path="manifest.json")
    assert len(complaints(pipeline)) == 2


def test_a_path_no_file_system_takes_is_told_like_any_other(tmp_path: Path) -> None:
    write_products(tmp_path, {"a.yml": product("a", assets='["urn:li:dashboard:(looker,1)"]')})
    pipeline = ingest(tmp_path, manifest_path="x" * 300)
    (failure,) = complaints(pipeline)
    assert "manifest" in failure
    assert urns(proposals(tmp_path / "out.json"), "domains") == ["a"]


def test_sources_that_cannot_be_read_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS})
    pipeline = ingest(tmp_path, sources_path="target/sources.json")
    assert len(complaints(pipeline)) == 1
    assert urns(proposals(tmp_path / "out.json"), "domains") == ["orders"]


def test_datahub_lite_keeps_what_is_published_and_each_run_anew(tmp_path: Path) -> None:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    catalog = {"type": "sqlite", "config": {"file": str(tmp_path / "catalog.db")}}
    for _ in range(2):
        pipeline = ingest(
            tmp_path,
            sink={"type": "datahub-lite", "config": catalog},
            write_semantics="override",
            run_results_path=str(MODEL_ERROR),
        )
        pipeline.raise_from_status(raise_warnings=True)
        assert pipeline.sink.get_report().warnings == []

    lite = get_datahub_lite(catalog, read_only=True)
    try:
        found = lite.get("urn:li:dataProduct:orders", aspects=None, typed=True)
    finally:
        lite.close()
    assert found is not None
    properties = found["dataProductProperties"]
    assert isinstance(properties, DataProductPropertiesClass)
    assert "- `orders` is updated every day by 08:00 Europe/Amsterdam." in properties.description


def test_with_override_the_owners_of_assets_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    write_products(tmp_path, {"users.yml": product("users", assets="[\"ref('dim_users')\"]")})
    manifest = Path(__file__).parents[2] / "examples/analytics/artifacts/manifest.json.gz"
    pipeline = ingest(tmp_path, manifest_path=str(manifest), write_semantics="OVERRIDE")
    assert complaints(pipeline, "infos") == ["1 datasets"]
    written = proposals(tmp_path / "out.json")
    owned = {p["entityUrn"] for p in written if p["aspectName"] == "ownership"}
    assert not any(urn.startswith("urn:li:dataset:") for urn in owned)
    ingest(tmp_path, manifest_path=str(manifest))
    assert len(urns(proposals(tmp_path / "out.json"), "ownership")) == 1


def test_urns_of_the_file_stay_as_they_are_written_whatever_the_recipe_lowers(
    tmp_path: Path,
) -> None:
    urn = "urn:li:dataset:(urn:li:dataPlatform:snowflake,DB.Schema.Table,PROD)"
    write_products(tmp_path, {"a.yml": product("a", assets=f'["{urn}"]')})
    ingest(tmp_path, convert_urns_to_lowercase=True, write_semantics="OVERRIDE")
    assert urn in (tmp_path / "out.json").read_text(encoding="utf-8")


def test_ingesting_needs_neither_actions_nor_sql() -> None:
    code = (
        "import sys, datahub_dataproducts.plugins.source; "
        "print([m for m in ('datahub_actions', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"
