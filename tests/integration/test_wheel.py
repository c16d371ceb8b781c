"""The wheel, installed into an empty environment without extras, runs the ingestion source."""

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "analytics"


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment with nothing but the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("wheel")
    # A copy, since building leaves its traces where it builds.
    source = folder / "source"
    source.mkdir()
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    package = "datahub_dataproducts"
    shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    ask([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(source)], folder)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=True)
    commands = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    ask([str(commands / "python"), *pip[1:], "install", str(wheel)], folder)
    return commands


def ask(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_it_brings_no_actions_no_sql_toolkit_and_no_dbt(tools: Path) -> None:
    listed = ask([str(tools / "python"), "-m", "pip", "list", "--format", "json"], tools)
    names = {package["name"].lower() for package in json.loads(listed)}
    assert "datahub-dataproducts" in names
    assert not names & {"acryl-datahub-actions", "acryl_datahub_actions", "dbt-core", "croniter"}


def test_the_revisions_of_the_store_are_in_it(tools: Path) -> None:
    (wheel,) = tools.parents[1].glob("*.whl")
    revisions = Path("datahub_dataproducts/adapters/store/migrations/versions")
    with ZipFile(wheel) as packed:
        names = set(packed.namelist())
    assert {str(revisions / path.name) for path in (ROOT / revisions).glob("*.py")} <= names


def test_datahub_lists_the_source_and_runs_it(tools: Path, tmp_path: Path) -> None:
    assert "data-products" in ask([str(tools / "datahub"), "check", "plugins"], tmp_path)
    out = tmp_path / "products.json"
    recipe = tmp_path / "recipe.yml"
    recipe.write_text(
        f"""
source:
  type: data-products
  config:
    dbt_project_dir: {EXAMPLE}
    manifest_path: artifacts/manifest.json.gz
    target_platform: duckdb
sink:
  type: file
  config: {{filename: {out}}}
""",
        encoding="utf-8",
    )
    ask([str(tools / "datahub"), "ingest", "-c", str(recipe)], tmp_path)
    written = json.loads(out.read_text(encoding="utf-8"))
    assert "urn:li:dataProduct:revenue" in {proposal["entityUrn"] for proposal in written}


def test_the_command_line_helps_and_says_what_is_missing(tools: Path, tmp_path: Path) -> None:
    command = str(tools / "datahub-dataproducts")
    assert "status" in ask([command, "--help"], tmp_path)
    done = subprocess.run(
        [command, "status"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "datahub-dataproducts[actions]" in done.stderr
    assert "Traceback" not in done.stderr


def test_analysts_need_nothing_but_the_wheel(tools: Path, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    (project / "target").mkdir(parents=True)
    (project / "dbt_project.yml").write_text("name: shop\n", encoding="utf-8")
    shutil.copy(EXAMPLE / "artifacts/manifest.json.gz", project / "target/manifest.json")
    command = str(tools / "datahub-dataproducts")
    assert "wrote data_products/" in ask([command, "init", "--yes"], project)
    assert (project / "data_products/product-file.schema.json").is_file()
    assert " in " in ask([command, "validate"], project)
    ask([command, "schema"], project)
    assert "unknown-input" in ask([command, "problem"], project)
    ask([command, "convert", "--to", "odcs"], project)
    assert "to create" in ask([command, "plan", "--catalog", "none.db"], project)
    (product,) = (EXAMPLE.parents[1] / "tests/data").glob("**/customer-data-product.odps.yaml")
    assert "id: " in ask([command, "convert", "--from", "odps", str(product)], project)
