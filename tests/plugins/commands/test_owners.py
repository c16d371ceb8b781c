"""`owners` as people and CI run it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.plugins.cli import main
from tests.plugins.commands.projects import example_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = example_project(tmp_path / "shop")
    monkeypatch.chdir(folder)
    return folder


def owners(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["owners", *arguments])


def take_out(file: Path, word: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if word not in line), encoding="utf-8")


def test_each_owner_is_told_with_products_and_assets(project: Path) -> None:
    done = owners()
    assert done.exit_code == 0
    paragraphs = done.output.split("\n\n")
    assert paragraphs[0] == (
        "analytics-engineering (group)\n"
        "  technical owner of the products activation, revenue\n"
        "  technical owner of fct_activation in activation\n"
        "  technical owner of stripe.charges, fct_orders, fct_revenue in revenue\n"
        "  technical owner of stg_charges, stg_orders in no product"
    )
    assert "mila (user)\n  business owner of the product attribution\n" in done.output


def test_one_owner_is_found_by_any_spelling(project: Path) -> None:
    done = owners("--owner", "Data Platform")
    assert done.exit_code == 0
    assert done.output.startswith("data-platform (group)\n")
    assert "analytics" not in done.output


def test_an_owner_nobody_knows_is_wrong_use_with_those_there_are(project: Path) -> None:
    done = owners("--owner", "zorro")
    assert done.exit_code == 2
    assert "nobody of the name zorro answers for anything; there are: analytics-eng" in done.output


def test_a_live_product_without_an_owner_fails_with_the_place_and_the_remedy(
    project: Path,
) -> None:
    take_out(project / "data_products/revenue.yml", "BUSINESS_OWNER")
    done = owners()
    assert done.exit_code == 1
    assert (
        "Nobody answers for\n"
        "  data_products/revenue.yml:1:5: revenue lacks a business owner\n"
        "    = add one of type BUSINESS_OWNER to its `owners`\n"
    ) in done.output


def test_what_others_lack_does_not_fail_for_one_owner(project: Path) -> None:
    take_out(project / "data_products/revenue.yml", "BUSINESS_OWNER")
    assert owners("--owner", "mila").exit_code == 0
    assert owners("--owner", "analytics-engineering").exit_code == 1


def test_of_files_that_are_named_only_their_products_are_told(project: Path) -> None:
    take_out(project / "data_products/revenue.yml", "BUSINESS_OWNER")
    done = owners("data_products/users.yml")
    assert done.exit_code == 0
    assert "of the product users" in done.output
    assert "of the product revenue" not in done.output


def test_json_has_owners_and_gaps(project: Path) -> None:
    take_out(project / "data_products/users.yml", "TECHNICAL_OWNER")
    done = owners("--format", "json")
    assert done.exit_code == 1
    told = json.loads(done.output)
    ana = next(o for o in told["owners"] if o["urn"] == "urn:li:corpuser:ana")
    assert ana["products"] == [
        {"id": "revenue", "name": "Revenue", "lifecycle": "live", "type": "BUSINESS_OWNER"}
    ]
    assert ana["assets"][0] == {
        "node": "model.analytics.fct_orders",
        "name": "fct_orders",
        "kind": "model",
        "type": "BUSINESS_OWNER",
        "products": ["revenue"],
    }
    assert told["gaps"] == [
        {
            "product": "users",
            "asset": None,
            "lacks": "TECHNICAL_OWNER",
            "file": "data_products/users.yml",
            "line": 1,
            "column": 5,
            "suggestion": "add one of type TECHNICAL_OWNER to its `owners`",
        }
    ]


def test_markdown_is_a_table_for_a_page(project: Path) -> None:
    take_out(project / "data_products/users.yml", "TECHNICAL_OWNER")
    done = owners("--format", "markdown")
    assert done.exit_code == 1
    assert "| daan (user) | business owner | users | dim\\_users |" in done.output
    assert "| users | a technical owner | data\\_products/users.yml:1:5 |" in done.output


def test_without_a_manifest_products_are_told_and_that_assets_are_not_known(project: Path) -> None:
    (project / "target/manifest.json").unlink()
    done = owners()
    assert done.exit_code == 0
    assert "of the product users" in done.output
    assert "Owners of assets are not known: there is no target/manifest.json" in done.output


def test_a_file_that_cannot_be_read_fails_since_who_owns_it_is_not_known(project: Path) -> None:
    (project / "data_products/bad.yml").write_text("id: [", encoding="utf-8")
    done = owners()
    assert done.exit_code == 1
    assert "bad.yml" in done.output


def test_where_nobody_is_named_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dbt_project.yml").touch()
    (tmp_path / "data_products").mkdir()
    (tmp_path / "data_products/a.yml").write_text("id: a\ndomain: d\n", encoding="utf-8")
    done = owners()
    assert done.exit_code == 0
    assert "Nobody is named" in done.output


def test_two_dbt_projects_are_told_together(project: Path) -> None:
    other = example_project(project.parent / "other")
    take_out(other / "data_products/revenue.yml", "TECHNICAL_OWNER")
    done = owners(".", "../other", "--format", "json")
    assert done.exit_code == 1
    told = json.loads(done.output)
    mila = next(o for o in told["owners"] if o["urn"] == "urn:li:corpuser:mila")
    assert [p["id"] for p in mila["products"]] == ["attribution", "attribution"]
    assert [gap["file"] for gap in told["gaps"]] == ["../other/data_products/revenue.yml"]
