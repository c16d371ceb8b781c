"""The imports keep to the contracts in .importlinter, and the contracts do catch what they are for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_imports_point_only_downward() -> None:
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize(
    ("module", "imports", "broken"),
    [
        ("domain/health.py", "datahub_dataproducts.plugins", "The tree is the architecture"),
        ("utils.py", "json", "The tree is the architecture"),
        ("domain/health.py", "time", "The domain knows no vendor"),
        ("application/publish.py", "sqlalchemy", "The application knows ports"),
        ("adapters/console/render.py", "datahub", "DataHub has one door"),
        ("adapters/console/render.py", "sqlalchemy", "SQL has one door"),
        ("plugins/cli.py", "yaml", "YAML has one door"),
        ("plugins/source.py", "requests", "Ingesting needs neither"),
    ],
)
def test_a_forbidden_import_breaks_the_contract_meant_for_it(
    tmp_path: Path, module: str, imports: str, broken: str
) -> None:
    shutil.copy(ROOT / ".importlinter", tmp_path)
    package = tmp_path / "datahub_dataproducts"
    shutil.copytree(ROOT / "datahub_dataproducts", package)
    with (package / module).open("a", encoding="utf-8") as code:
        code.write(f"\nimport {imports}\n")

    linted = lint_imports(tmp_path)

    assert linted.returncode == 1, linted.stdout + linted.stderr
    verdicts = [line for line in linted.stdout.splitlines() if " BROKEN" in line]
    assert any(verdict.startswith(broken) for verdict in verdicts), linted.stdout
