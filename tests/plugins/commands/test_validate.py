"""`validate` as people and machines run it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.plugins.cli import main
from tests.plugins.commands.projects import EXAMPLE, example_project

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: revenue
version: 1.0.0
status: active
schema:
  - name: fct_revenue
    properties:
      - {name: loaded_by_nobody}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = example_project(tmp_path / "shop")
    monkeypatch.chdir(folder)
    return folder


def validate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments])


def spoil(file: Path, right: str, wrong: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), encoding="utf-8")


def problems_of(done: Result) -> list[tuple[str, str | None]]:
    return [(p["code"], p["file"]) for p in json.loads(done.output)["problems"]]


def test_a_project_with_nothing_wrong_says_what_was_read(project: Path) -> None:
    done = validate()
    assert (done.exit_code, done.output) == (0, "Nothing wrong: 4 products in 4 files\n")


def test_the_project_around_the_current_folder_is_found(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "data_products")
    spoil(project / "data_products/revenue.yml", "ref('fct_revenue')", "ref('fct_revenu')")
    done = validate()
    assert done.exit_code == 1
    assert done.output.startswith("revenue.yml:"), "named from the current folder on"


def test_all_that_is_wrong_is_told_at_once_with_place_line_and_remedy(project: Path) -> None:
    spoil(project / "data_products/revenue.yml", "ref('fct_revenue')", "ref('fct_revenu')")
    spoil(project / "data_products/revenue.yml", "lifecycle: live", "lifecycle: lvie")
    spoil(project / "data_products/users.yml", "domain:", "domian:")
    done = validate()
    assert done.exit_code == 1
    lines = [line for line in done.output.splitlines() if "error[" in line]
    assert [line.partition(" is ")[0] for line in lines] == [
        "data_products/revenue.yml:12:5: error[unknown-model]: ref('fct_revenu')",
        "data_products/revenue.yml:18:12: error[unknown-word]: `lifecycle`",
        "data_products/users.yml:1:1: error[missing-value]: `domain`",
        "data_products/users.yml:4:1: error[unknown-key]: the key `domian` means nothing here",
    ]
    assert '      |     ^^^^^^^^^^^^^^^^^\n      = did you mean "fct_revenue"?' in done.output
    assert done.output.endswith("4 errors, 1 warning: 4 products in 4 files\n")


def test_of_files_that_are_named_only_their_own_problems_are_told(project: Path) -> None:
    spoil(project / "data_products/revenue.yml", "ref('fct_revenue')", "ref('fct_revenu')")
    done = validate("data_products/users.yml")
    assert (done.exit_code, done.output) == (0, "Nothing wrong: 1 product in 1 file\n")
    done = validate("data_products/revenue.yml", "data_products/users.yml")
    assert done.exit_code == 1
    assert done.output.endswith("2 products in 2 files\n")


def test_a_file_that_is_named_refers_to_products_of_the_others(project: Path) -> None:
    (project / "data_products/users.yml").unlink()
    done = validate("--format", "json", "data_products/revenue.yml")
    assert ("unknown-input", "data_products/revenue.yml") in problems_of(done)


def test_a_file_outside_the_usual_folder_can_be_named(project: Path) -> None:
    drafts = project / "drafts [1]"
    drafts.mkdir()
    shutil.move(project / "data_products/revenue.yml", drafts / "revenue.yml")
    done = validate("drafts [1]/revenue.yml")
    assert (done.exit_code, done.output) == (0, "Nothing wrong: 1 product in 1 file\n")
    assert validate("drafts [1]").output == "Nothing wrong: 1 product in 1 file\n"


def test_two_projects_are_checked_each_with_its_own_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example_project(tmp_path / "one")
    example_project(tmp_path / "two")
    (tmp_path / "two/target/manifest.json").unlink()
    done = validate("one", "two", "--format", "json")
    assert done.exit_code == 1
    assert {file.split("/")[0] for _, file in problems_of(done) if file} == {"two"}


def test_a_folder_that_is_no_dbt_project_is_a_folder_of_product_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "products").mkdir()
    product = "id: a\ndomain: b\nassets: ['urn:li:dashboard:(looker,1)']\n"
    (tmp_path / "products/a.yaml").write_text(product, encoding="utf-8")
    done = validate("products")
    assert done.exit_code == 0, done.output
    assert done.output.endswith("1 product in 1 file\n")


def test_warnings_alone_are_no_failure_unless_strict(project: Path) -> None:
    spoil(project / "data_products/users.yml", "id: users", "id: users\nowner: ana")
    spoil(project / "data_products/users.yml", "owner: ana", "colour: blue")
    done = validate()
    assert done.exit_code == 0, done.output
    assert "warning[unknown-key]" in done.output
    assert validate("--strict").exit_code == 1
    assert validate("--strict", "--format", "github").exit_code == 1


def test_the_forms_for_machines_are_empty_when_nothing_is_wrong(project: Path) -> None:
    assert json.loads(validate("--format", "json").output) == {"problems": []}
    assert not validate("--format", "github").output
    assert json.loads(validate("--format", "sarif").output)["runs"][0]["results"] == []


def test_sarif_explains_the_codes_that_were_found(project: Path) -> None:
    spoil(project / "data_products/revenue.yml", "ref('fct_revenue')", "ref('fct_revenu')")
    (rule,) = json.loads(validate("--format", "sarif").output)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "unknown-model"
    assert rule["shortDescription"]["text"]
    assert rule["help"]["text"]


def test_no_product_file_at_all_is_a_problem(project: Path) -> None:
    shutil.rmtree(project / "data_products")
    done = validate("--format", "json")
    assert done.exit_code == 1
    assert problems_of(done) == [("no-product-files", None)]


def test_the_manifest_may_be_elsewhere(project: Path) -> None:
    shutil.move(project / "target/manifest.json", project / "manifest-of-prod.json")
    assert validate().exit_code == 1
    assert validate("--manifest", "manifest-of-prod.json").exit_code == 0


def test_the_manifest_may_be_at_a_uri_which_is_told_as_it_is(project: Path) -> None:
    done = validate("--manifest", "http://127.0.0.1:1/manifest.json?sig=secret")
    assert done.exit_code == 1
    assert "http://127.0.0.1:1/manifest.json:" in done.output
    assert "the server cannot be reached" in done.output
    assert "secret" not in done.output


def test_a_recipe_says_where_things_are_though_its_other_variables_are_not_set(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(project / "data_products", project / "declared")
    (project / "recipe.yml").write_text(
        """
source:
  type: data-products
  config: {dbt_project_dir: "${SHOP}", product_paths: ["declared/*.yml"], target_platform: duckdb}
sink: {type: datahub-rest, config: {server: "${NOT_SET}"}}
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("SHOP", str(project))
    done = validate("--recipe", "recipe.yml")
    assert (done.exit_code, done.output) == (0, "Nothing wrong: 4 products in 4 files\n")
    monkeypatch.delenv("SHOP")
    done = validate("--recipe", "recipe.yml")
    assert done.exit_code == 2
    assert "SHOP" in done.output
    assert "the variable SHOP is not set" in done.output


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("source: {type: dbt, config: {}}", "is no recipe of the source data-products"),
        ("source: [", "cannot be read"),
        ("source:\n  a: {b: ${SHOP}}", "cannot be read: line 2: expected ',' or '}'"),
        ("- a", "is no recipe"),
        ("source: {type: data-products, config: []}", "target_platform"),
        ("source: {type: data-products, config: [1]}", "`config` is a mapping"),
        ("source: {type: data-products, config: {target_platform: x, hop: s3cret}}", "hop"),
    ],
)
def test_a_wrong_recipe_is_wrong_use(project: Path, recipe: str, words: str) -> None:
    (project / "recipe.yml").write_text(recipe, encoding="utf-8")
    done = validate("--recipe", "recipe.yml")
    assert done.exit_code == 2
    assert words in done.output
    assert "s3cret" not in done.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "'nowhere' does not exist"),
        (("--timezone", "Mars/Olympus"), "is not a time zone"),
        (("--format", "xml"), "'xml' is not one of"),
        (("--manifest", "nowhere.json"), "'nowhere.json' does not exist"),
    ],
)
def test_wrong_use_is_told_apart(project: Path, arguments: tuple[str, ...], words: str) -> None:
    done = validate(*arguments)
    assert done.exit_code == 2
    assert words in done.output


def test_a_policy_beside_the_project_or_named_decides_what_is_asked(project: Path) -> None:
    spoil(project / "data_products/revenue.yml", "objective:", "x-objective:")
    assert validate("--format", "json").exit_code == 0
    (project / "strict.yml").write_text(
        "stages: {live: {required: [objective]}}\n", encoding="utf-8"
    )
    named = validate("--policy", "strict.yml", "--format", "json")
    assert named.exit_code == 1
    assert ("missing-artefact", "data_products/revenue.yml") in problems_of(named)
    (project / "strict.yml").rename(project / "data_products_policy.yml")
    assert validate("--format", "json").output == named.output


def test_a_wrong_policy_is_told_with_its_place(project: Path) -> None:
    (project / "data_products_policy.yml").write_text("stages: {life: {}}\n", encoding="utf-8")
    done = validate()
    assert done.exit_code == 1
    assert "data_products_policy.yml:1:10: error[unknown-key]" in done.output


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=ana", "-c", "user.email=ana@example.com"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_a_move_that_no_product_may_make_is_told_against_the_base(project: Path) -> None:
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "-m", "products")
    spoil(project / "data_products/revenue.yml", "lifecycle: live", "lifecycle: proposed")
    done = validate("--base", "main", "--format", "json")
    assert done.exit_code == 1
    assert problems_of(done) == [("forbidden-move", "data_products/revenue.yml")]
    assert validate().exit_code == 0, "without a base a stage is as good as another"


def test_a_base_that_git_does_not_know_is_wrong_use(project: Path) -> None:
    done = validate("--base", "main")
    assert done.exit_code == 2
    assert "not a git repository" in done.output


def test_a_revision_that_was_not_fetched_is_named_with_what_to_do(project: Path) -> None:
    git(project, "init", "--quiet")
    done = validate("--base", "origin/main")
    assert done.exit_code == 2
    assert 'no revision "origin/main" in this clone' in " ".join(done.output.split())
    assert "fetch" in done.output


def test_code_hosts_are_told_the_place_in_the_repository_wherever_it_is_run(project: Path) -> None:
    git(project.parent, "init", "--quiet")
    spoil(project / "data_products/revenue.yml", "ref('fct_revenue')", "ref('fct_revenu')")
    assert "::error file=shop/data_products/revenue.yml," in validate("--format", "github").output
    assert '"uri": "shop/data_products/revenue.yml"' in validate("--format", "sarif").output
    assert problems_of(validate("--format", "json"))[0][1] == "data_products/revenue.yml"


def test_a_file_elsewhere_that_is_reached_by_a_link_has_a_plain_path(
    project: Path, tmp_path: Path
) -> None:
    spoil(project / "data_products/revenue.yml", "ref('fct_revenue')", "ref('fct_revenu')")
    link = tmp_path / "link"
    link.symlink_to(project)
    done = validate("--format", "json", str(link / "data_products/revenue.yml"))
    assert problems_of(done)[0][1] == str(link / "data_products/revenue.yml")


def test_results_of_the_past_show_that_they_are_expected_too_often(project: Path) -> None:
    spoil(project / "data_products/revenue.yml", "tests: all", "tests: all\n    expect_every: 1h")
    runs = sorted((EXAMPLE / "artifacts").glob("2026-*/run_results.json"))
    options = [word for run in runs for word in ("--run-results", str(run))]
    assert validate().exit_code == 0
    done = validate("--strict", "--format", "json", *options)
    assert done.exit_code == 1
    assert {code for code, _ in problems_of(done)} == {"silence-below-cadence"}
    done = validate("--run-results", "target/manifest.json", "--format", "json")
    assert problems_of(done)[0] == ("dbt-file-of-another-kind", "target/manifest.json")


def test_a_wrong_policy_does_not_make_products_seem_unread(project: Path) -> None:
    (project / "data_products_policy.yml").write_text("stages: {life: {}}\n", encoding="utf-8")
    spoil(project / "data_products/revenue.yml", "inputs: [users", "inputs: [usrs")
    done = validate("--format", "json")
    told = {p["code"]: p["severity"] for p in json.loads(done.output)["problems"]}
    assert told["unknown-input"] == "error"


def test_columns_that_only_the_warehouse_has_are_known_too(project: Path) -> None:
    (project / "data_products/revenue.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    file = project / "data_products/revenue.yml"
    text = file.read_text(encoding="utf-8")
    head = text[: text.index("contract:")]
    file.write_text(f"{head}contract:\n  - odcs: revenue.odcs.yaml\n", encoding="utf-8")
    settings = ("--format", "json", "data_products/revenue.yml")
    assert "column-not-in-dbt" in {code for code, _ in problems_of(validate(*settings))}
    unique_id = "model.analytics.fct_revenue"
    schema = "https://schemas.getdbt.com/dbt/catalog/v1.json"
    column = {"name": "LOADED_BY_NOBODY", "type": "VARCHAR", "index": 9}
    catalog = {
        "metadata": {"dbt_schema_version": schema},
        "nodes": {unique_id: {"columns": {"LOADED_BY_NOBODY": column}}},
        "sources": {},
    }
    (project / "target/catalog.json").write_text(json.dumps(catalog), encoding="utf-8")
    assert "column-not-in-dbt" not in {code for code, _ in problems_of(validate(*settings))}
    (project / "target/catalog.json").write_text("{", encoding="utf-8")
    assert ("dbt-file-malformed", "target/catalog.json") in problems_of(validate(*settings))


def test_a_contract_file_among_product_files_is_told_once_where_it_is_named(project: Path) -> None:
    folder = project / "data_products/contracts"
    folder.mkdir()
    file = project / "data_products/revenue.yml"
    text = file.read_text(encoding="utf-8")
    named = f"{text[: text.index('contract:')]}contract: {{odcs: contracts/revenue.odcs.yaml}}\n"
    file.write_text(named, encoding="utf-8")
    (folder / "revenue.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    place = "data_products/contracts/revenue.odcs.yaml"
    told = problems_of(validate("--format", "json"))
    assert [code for code, file in told if file == place] == [
        "schema-not-enforced",
        "column-not-in-dbt",
    ]
    assert validate().output.endswith("3 warnings: 4 products in 5 files\n")
    assert {file for _, file in problems_of(validate("--format", "json", place))} == {place}
    assert not problems_of(validate("--format", "json", "data_products/users.yml"))
    (folder / "nobody.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    told = problems_of(validate("--format", "json"))
    assert ("other-format", "data_products/contracts/nobody.odcs.yaml") in told


@pytest.mark.parametrize("contract", ["revenue.yml", "../data_products/users.yml"])
def test_a_product_file_named_as_a_contract_file_is_read_all_the_same(
    project: Path, contract: str
) -> None:
    for name, other in (("revenue", contract), ("users", "revenue.yml")):
        file = project / f"data_products/{name}.yml"
        text = file.read_text(encoding="utf-8")
        head = text[: text.index("contract:")]
        file.write_text(f"{head}contract: {{odcs: {other}}}\n", encoding="utf-8")
    done = validate("--format", "json")
    assert done.exit_code == 1
    told = [code for code, _ in problems_of(done)]
    assert told.count("contract-file-version") == 2
    assert validate().output.endswith(" 4 products in 4 files\n")


CORRECTION = (
    "corrections:\n  - {product: users, from: 2026-03-05T06:00, to: 2026-03-05T10:00, "
    "kind: planned_work, reason: Migration, author: ana}\n"
)


def test_corrections_beside_the_project_or_named_are_read_with_it(project: Path) -> None:
    beside = project / "data_products_corrections.yml"
    beside.write_text(CORRECTION, encoding="utf-8")
    assert validate().output == "Nothing wrong: 4 products in 4 files\n"
    beside.write_text(CORRECTION.replace("users", "user"), encoding="utf-8")
    assert "data_products_corrections.yml:2:5: warning[unknown-product]" in validate().output
    beside.rename(project / "elsewhere.yml")
    assert validate().output == "Nothing wrong: 4 products in 4 files\n"
    named = validate("--corrections", "elsewhere.yml", "--format", "json")
    assert problems_of(named) == [("unknown-product", "elsewhere.yml")]
    assert validate("--corrections", "elsewhere.yml", "--strict").exit_code == 1


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (", author: ana", "", "2:5: error[missing-value]"),
        ("planned_work", "holiday", "2:74: error[unknown-word]"),
        ("corrections:", "corrections: [", "2:3: error[not-yaml]"),
    ],
)
def test_every_fault_of_corrections_is_told_with_its_place(
    project: Path, right: str, wrong: str, told: str
) -> None:
    text = CORRECTION.replace(right, wrong)
    (project / "data_products_corrections.yml").write_text(text, encoding="utf-8")
    done = validate()
    assert done.exit_code == 1
    assert f"data_products_corrections.yml:{told}" in done.output


def test_a_product_in_a_file_that_cannot_be_read_may_well_be_corrected(project: Path) -> None:
    (project / "data_products/users.yml").write_text("id: [users\n", encoding="utf-8")
    (project / "data_products_corrections.yml").write_text(CORRECTION, encoding="utf-8")
    assert "unknown-product" not in validate().output


def test_a_file_of_corrections_is_no_product_file_whichever_way_it_is_found(project: Path) -> None:
    (project / "data_products_corrections.yml").write_text(CORRECTION, encoding="utf-8")
    done = validate("data_products_corrections.yml")
    assert (done.exit_code, done.output) == (0, "Nothing wrong: 0 products in 1 file\n")


def with_holidays(project: Path, dates: str) -> None:
    """The four products of the example name one calendar, which lies among them."""
    (project / "data_products/calendars").mkdir()
    (project / "data_products/calendars/nl.yml").write_text(dates, encoding="utf-8")
    for file in (project / "data_products").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        named = text.replace("timezone: Europe", "holidays: calendars/nl.yml, timezone: Europe")
        file.write_text(named, encoding="utf-8")


def test_a_calendar_among_the_product_files_is_no_product_file(project: Path) -> None:
    with_holidays(project, "holidays: [2099-12-25]\n")
    done = validate()
    assert (done.exit_code, done.output) == (0, "Nothing wrong: 4 products in 5 files\n")


def test_what_is_wrong_with_a_calendar_is_told_once_by_all_that_name_it(project: Path) -> None:
    with_holidays(project, "holidays: [2026-12-32]\n")
    done = validate("--format", "json")
    assert problems_of(done) == [("bad-date", "data_products/calendars/nl.yml")]
    done = validate("--format", "json", "data_products/calendars/nl.yml")
    assert problems_of(done) == [("bad-date", "data_products/calendars/nl.yml")]


def test_a_calendar_that_nobody_names_is_told_as_what_it_is(project: Path) -> None:
    (project / "data_products/nl.yml").write_text("holidays: [2099-12-25]\n", encoding="utf-8")
    done = validate()
    assert done.exit_code == 1
    assert "this is a calendar of holidays, and not a product file" in done.output
