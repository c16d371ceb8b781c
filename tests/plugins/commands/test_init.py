"""`init`: what it proposes is accepted by `validate`, of any dbt project."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from datahub_dataproducts.adapters.product_files.schema import product_file_schema
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.adapters.product_files.write import draft_text
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.drafts import Draft, drafts
from datahub_dataproducts.domain.existing import Existing, existing_products
from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.plugins.cli import main
from datahub_dataproducts.plugins.commands import init as init_module
from datahub_dataproducts.plugins.repository import (
    Repository,
    catalog_naming,
    publish_repository,
)
from datahub_dataproducts.plugins.settings import Settings
from tests.dbt_projects import projects
from tests.plugins.commands.projects import EXAMPLE, example_project

DATA = Path(__file__).parents[2] / "data"
SETTINGS = Settings(target_platform="duckdb")
# What a draft can do something about; that nobody owns it yet, say, it cannot.
AVOIDABLE = {
    "undeclared-input",
    "input-not-in-lineage",
    "repeated-promise",
    "repeated-asset",
    "promise-on-other-asset",
    "no-tests",
    "test-without-table",
    "updates-not-seen",
    "unknown-key",
    "asset-in-several-products",
    "colliding-ids",
    "repeated-name",
    "folded-assets",
}


def documents_of(made: Sequence[Draft]) -> list[ProductDocument]:
    """What the reader makes of the files of drafts, nothing being wrong with their form."""
    found: list[ProductDocument] = []
    for draft in made:
        text = draft_text(draft, "product-file.schema.json")
        parsed = parse_product_file(text, f"{draft.id}.yml", "UTC")
        assert not parsed.problems, text
        found += parsed.documents
    return found


def problems_of(project: Project, documents: list[ProductDocument]) -> tuple[Problem, ...]:
    return publish_repository(Repository(documents=documents, project=project), SETTINGS).problems


def known(project: Project, documents: list[ProductDocument]) -> Existing:
    return existing_products(documents, project, catalog_naming(SETTINGS, project).sibling_urns)


@settings(max_examples=100, deadline=None)
@given(projects(), st.booleans())
def test_what_is_proposed_of_any_project_is_accepted_and_not_proposed_again(
    project: Project, by_model: bool
) -> None:
    documents = documents_of(drafts(project, Existing(), by_model=by_model))
    found = problems_of(project, documents)
    assert not [p for p in found if p.is_error or p.code in AVOIDABLE]
    assert drafts(project, known(project, documents), by_model=by_model) == ()


@settings(max_examples=100, deadline=None)
@given(projects(), st.data())
def test_any_part_of_the_proposals_is_accepted_and_so_is_the_rest_later(
    project: Project, data: st.DataObject
) -> None:
    ids = [draft.id for draft in drafts(project, Existing())]
    some = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    first = documents_of(drafts(project, Existing(), wanted=some.__contains__))
    assert {d.id.value for d in first} == some
    found = problems_of(project, first)
    assert not [p for p in found if p.is_error or p.code in AVOIDABLE]
    rest = documents_of(drafts(project, known(project, first)))
    found = problems_of(project, first + rest)
    # What was there before may now read what is a product since.
    new = {d.id.value for d in rest}
    assert not [p for p in found if p.is_error or (p.code in AVOIDABLE and p.product in new)]


def dbt_project(folder: Path, manifest: Path) -> Path:
    """A dbt project with a manifest and no product yet."""
    (folder / "target").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: shop\n", encoding="utf-8")
    shutil.copy(manifest, folder / "target/manifest.json")
    return folder


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example's dbt project without its product files, as current folder."""
    folder = dbt_project(tmp_path / "shop", EXAMPLE / "artifacts/manifest.json.gz")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def _at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init_module, "_at_terminal", lambda: True)


def init(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["init", *arguments], input=typed)


def validated() -> Result:
    return CliRunner().invoke(main, ["validate"])


def written(project: Path) -> list[str]:
    return sorted(p.name for p in (project / "data_products").glob("*"))


EXAMPLE_FILES = ["activation.yml", "attribution.yml", "orders.yml", "revenue.yml", "users.yml"]
SCHEMA = "product-file.schema.json"


def test_yes_writes_a_file_for_each_product_and_validate_finds_nothing_wrong(shop: Path) -> None:
    done = init("--yes")
    assert done.exit_code == 0
    assert written(shop) == sorted([*EXAMPLE_FILES, SCHEMA])
    assert "wrote data_products/revenue.yml" in done.output
    assert "datahub-dataproducts validate" in done.output
    assert "datahub-dataproducts plan" in done.output
    check = validated()
    assert (check.exit_code, check.output) == (0, "Nothing wrong: 5 products in 5 files\n")


def test_the_schema_lies_beside_where_the_files_say_it_is(shop: Path) -> None:
    init("--yes")
    first, *_ = (shop / "data_products/revenue.yml").read_text(encoding="utf-8").splitlines()
    assert first == f"# yaml-language-server: $schema={SCHEMA}"
    schema = json.loads((shop / "data_products" / SCHEMA).read_text(encoding="utf-8"))
    assert schema == product_file_schema()


def test_a_second_time_nothing_is_left_to_propose(shop: Path) -> None:
    init("--yes")
    again = init("--yes")
    assert again.exit_code == 0
    assert again.output == (
        "Nothing to propose: what people use in this dbt project is in products already.\n"
    )


def test_what_a_product_has_already_is_not_proposed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(example_project(tmp_path))
    assert init("--yes").output.startswith("Nothing to propose")


def test_a_file_that_is_there_is_never_overwritten_and_nothing_is_built_on_it(shop: Path) -> None:
    (shop / "data_products").mkdir()
    mine = shop / "data_products/users.yml"
    mine.write_text("id: people\ndomain: hr\n", encoding="utf-8")
    done = init("--yes")
    assert done.exit_code == 0
    assert mine.read_text(encoding="utf-8") == "id: people\ndomain: hr\n"
    assert "data_products/users.yml is there already and stays as it is" in done.output
    text = (shop / "data_products/activation.yml").read_text(encoding="utf-8")
    assert "inputs:" not in text
    assert validated().exit_code == 0


def test_only_some_are_written_when_only_they_are_asked_for(shop: Path) -> None:
    assert init("--yes", "--only", "users", "--only", "activation").exit_code == 0
    assert written(shop) == ["activation.yml", SCHEMA, "users.yml"]
    assert validated().exit_code == 0


def test_an_id_that_is_not_proposed_is_wrong_use_with_the_nearest_one(shop: Path) -> None:
    done = init("--yes", "--only", "revenu")
    assert done.exit_code == 2
    assert 'revenu is not proposed; did you mean "revenue"?' in done.output
    assert not (shop / "data_products").exists()


def test_a_dry_run_prints_the_files_and_writes_none(shop: Path) -> None:
    done = init("--dry-run")
    assert done.exit_code == 0
    assert [line for line in done.output.splitlines() if line.startswith("# ==> ")] == [
        f"# ==> data_products/{file}" for file in EXAMPLE_FILES
    ]
    assert not (shop / "data_products").exists()


def test_with_nobody_to_ask_it_is_wrong_use_without_yes(shop: Path) -> None:
    done = init()
    assert done.exit_code == 2
    assert "--yes writes all that is proposed, --dry-run prints it" in done.output
    assert not (shop / "data_products").exists()


@pytest.mark.usefixtures("_at_terminal")
def test_at_a_terminal_the_proposals_are_shown_with_their_reasons(shop: Path) -> None:
    done = init(typed="none\n")
    assert done.exit_code == 0
    assert (
        "revenue (metric, domain analytics_engineering)\n"
        "  consists of source stripe.charges, fct_revenue, exposure revenue_dashboard\n"
        "  is built on attribution, orders, users\n"
        "  because fct_revenue is in a marts folder; the dashboard revenue_dashboard shows it\n"
    ) in done.output
    assert done.output.endswith("Nothing written.\n")
    assert not (shop / "data_products").exists()


@pytest.mark.usefixtures("_at_terminal")
@pytest.mark.parametrize(
    ("typed", "folder", "files"),
    [
        ("\n\n", "data_products", EXAMPLE_FILES),
        ("all\nproducts\n", "products", EXAMPLE_FILES),
        ("users, revenue\n\n", "data_products", ["revenue.yml", "users.yml"]),
        ("usrs\nusers\n\n", "data_products", ["users.yml"]),
    ],
)
def test_what_is_answered_is_written(shop: Path, typed: str, folder: str, files: list[str]) -> None:
    done = init(typed=typed)
    assert done.exit_code == 0
    assert sorted(p.name for p in (shop / folder).glob("*.yml")) == files


@pytest.mark.usefixtures("_at_terminal")
def test_the_folder_is_not_asked_for_where_it_is_given(shop: Path) -> None:
    done = init("--folder", "products", typed="users\n")
    assert done.exit_code == 0
    assert (shop / "products/users.yml").is_file()


@pytest.mark.parametrize("folder", ["..", "/elsewhere", "data_products/../../x"])
def test_a_folder_outside_the_dbt_project_is_refused(shop: Path, folder: str) -> None:
    done = init("--yes", "--folder", folder)
    assert done.exit_code == 2
    assert "is not in the dbt project" in done.output
    assert not list(shop.parent.glob("*.yml"))


def test_without_a_manifest_it_says_to_run_dbt_parse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = init("--yes")
    assert done.exit_code == 2
    assert "there is no target/manifest.json" in done.output
    assert "dbt parse" in done.output


def test_a_manifest_that_cannot_be_read_is_told(shop: Path) -> None:
    (shop / "target/manifest.json").write_text("{", encoding="utf-8")
    done = init("--yes")
    assert done.exit_code == 2
    assert "manifest.json" in done.output


def test_product_files_that_cannot_be_read_are_mended_first(shop: Path) -> None:
    (shop / "data_products").mkdir()
    (shop / "data_products/a.yml").write_text("id: [", encoding="utf-8")
    done = init("--yes")
    assert done.exit_code == 1
    assert "data_products/a.yml:1:" in done.output
    assert "Mend these first" in done.output
    assert written(shop) == ["a.yml"]


def test_a_folder_that_cannot_be_written_to_is_told(shop: Path) -> None:
    (shop / "data_products").write_text("not a folder", encoding="utf-8")
    done = init("--yes", "--folder", "data_products/more")
    assert done.exit_code == 2
    assert "cannot write to data_products/more" in done.output


def test_a_project_of_staging_models_alone_gives_nothing_to_propose(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    said = {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
        "nodes": {
            "model.shop.stg_orders": {
                "name": "stg_orders",
                "resource_type": "model",
                "package_name": "shop",
                "original_file_path": "models/staging/stg_orders.sql",
            }
        },
    }
    manifest.write_text(json.dumps(said), encoding="utf-8")
    done = init("--yes", "--project-dir", str(tmp_path), "--manifest", str(manifest))
    assert done.exit_code == 0
    assert "no model in a marts folder" in done.output


def test_folders_of_the_recipe_are_written_to(shop: Path) -> None:
    recipe = shop / "recipe.yml"
    recipe.write_text(
        "source:\n  type: data-products\n  config:\n    dbt_project_dir: .\n"
        "    target_platform: duckdb\n    product_paths: ['products/a/*.yml']\n",
        encoding="utf-8",
    )
    assert init("--yes", "--recipe", "recipe.yml").exit_code == 0
    assert (shop / "products/a/users.yml").is_file()


REAL = sorted((*DATA.glob("**/manifest*.json.gz"), *EXAMPLE.glob("**/manifest.json.gz")))


@pytest.mark.parametrize("per", ["folder", "model"])
@pytest.mark.parametrize("manifest", REAL, ids=[str(p.relative_to(DATA.parents[1])) for p in REAL])
def test_of_every_real_project_what_is_written_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manifest: Path, per: str
) -> None:
    project = dbt_project(tmp_path / "real", manifest)
    monkeypatch.chdir(project)
    assert init("--yes", "--per", per).exit_code == 0
    assert list((project / "data_products").glob("*.yml"))
    check = CliRunner().invoke(main, ["validate", "--format", "json"])
    assert check.exit_code == 0
    schema = Draft7Validator(json.loads((project / "data_products" / SCHEMA).read_text("utf-8")))
    for file in (project / "data_products").glob("*.yml"):
        assert not list(schema.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8"))))
    codes = {problem["code"] for problem in json.loads(check.output)["problems"]}
    # What dbt does not say and people have to, or have to decide.
    assert codes <= {"metric-without-business-owner", "protected-port", "port-without-freshness"}


@pytest.mark.parametrize(
    ("golden", "manifest"),
    [
        ("jaffle_shop_duckdb", "jaffle_shop_duckdb/manifest.json.gz"),
        ("jaffle_shop", "dbt_versions/manifest/v12/manifest_1.12.json.gz"),
        ("dbt_bouncer", "dbt_bouncer_project/manifest.json.gz"),
        ("analytics", "../../examples/analytics/artifacts/manifest.json.gz"),
    ],
)
def test_the_files_are_what_a_colleague_would_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: str, manifest: str
) -> None:
    monkeypatch.chdir(dbt_project(tmp_path / "real", DATA / manifest))
    # Read by people: tests/data/drafts is worth a look whenever this changes.
    assert init("--dry-run").output == (DATA / f"drafts/{golden}.txt").read_text(encoding="utf-8")
