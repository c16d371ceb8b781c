"""The gates for orchestrators: run as they are written, against a store whose results are of today."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR
from tests.application.stories import Story
from tests.builders import checked, product, result

ROOT = Path(__file__).parents[2]
GATES = ROOT / "recipes/gates"
BIN = Path(sys.executable).parent
BAD = Outcome.FAILURE


@pytest.fixture
def worker(tmp_path: Path) -> dict[str, str]:
    """The environment of a worker: ours, a dbt that only says what it was asked, and the store."""
    dbt = tmp_path / "bin/dbt"
    dbt.parent.mkdir()
    dbt.write_text('#!/bin/sh\necho "dbt $*"\nexit 7\n', encoding="utf-8")
    dbt.chmod(0o755)
    return {
        # The commands are of this tree, wherever the environment has its own from.
        "PYTHONPATH": str(ROOT),
        "PATH": f"{dbt.parent}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}",
        "HEALTH_STORE": f"sqlite:///{tmp_path / 'health.db'}",
    }


def store(folder: Path, age: int = HOUR, **outcomes: Outcome) -> None:
    story = Story(folder, [product("revenue", checked("r")), product("users", checked("u"))])
    now = WallClock().now()
    for name, outcome in outcomes.items():
        story.tracker.record(result(name, now - age, outcome), now)
    story.store.close()


def run(
    command: list[str], worker: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=worker, cwd=folder, check=False, capture_output=True, text=True
    )


def of_dag(name: str) -> str:
    """The value of a constant of the DAG, which is not imported: Airflow is not there."""
    tree = ast.parse((GATES / "airflow.py").read_text(encoding="utf-8"))
    (value,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    text = ast.literal_eval(value)
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    "case",
    [
        ({"r": Outcome.SUCCESS}, HOUR, 0, "ok: revenue: healthy"),
        ({"r": BAD}, HOUR, 1, "not ok: revenue: unhealthy"),
        ({}, HOUR, 2, "cannot tell: revenue: unknown"),
        ({"r": Outcome.SUCCESS}, 2 * DAY, 2, "what is known of it is 2 days old"),
    ],
)
def test_the_command_of_the_dag_exits_as_the_product_is(
    tmp_path: Path, worker: dict[str, str], case: tuple[dict[str, Outcome], int, int, str]
) -> None:
    outcomes, age, code, word = case
    store(tmp_path, age, **outcomes)
    done = run(["bash", "-c", of_dag("CHECK")], worker, tmp_path)
    assert done.returncode == code, done.stderr
    assert word in done.stdout


def test_the_dag_compiles_and_skips_on_the_code_of_a_product_that_is_not_as_required() -> None:
    text = (GATES / "airflow.py").read_text(encoding="utf-8")
    compile(text, "airflow.py", "exec")
    assert "bash_command=CHECK" in text
    assert "skip_on_exit_code=1" in text


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ({"r": Outcome.SUCCESS, "u": Outcome.SUCCESS}, 7),
        ({"r": Outcome.SUCCESS, "u": BAD}, 1),
        ({"r": Outcome.SUCCESS}, 2),
    ],
)
def test_dbt_builds_only_while_all_products_are_as_required(
    tmp_path: Path, worker: dict[str, str], outcomes: dict[str, Outcome], code: int
) -> None:
    store(tmp_path, **outcomes)
    gate = [str(GATES / "dbt.sh"), "revenue,users", "--select", "marts"]
    done = run(gate, worker, tmp_path)
    assert done.returncode == code, done.stderr
    assert ("dbt build --select marts" in done.stdout) == (code == 7)


def test_the_gate_before_dbt_asks_for_products(tmp_path: Path, worker: dict[str, str]) -> None:
    done = run([str(GATES / "dbt.sh")], worker, tmp_path)
    assert done.returncode != 0
    assert "name the products, with commas between them" in done.stderr


@pytest.mark.parametrize("gate", sorted(path.name for path in GATES.iterdir()))
def test_every_gate_is_named_on_the_page_for_operators(gate: str) -> None:
    assert f"recipes/gates/{gate}" in (ROOT / "docs/operations.md").read_text(encoding="utf-8")
