"""The recipes for pull requests: valid for those who read them, and run as they are written."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.plugins.commands.projects import example_project

ROOT = Path(__file__).parents[2]
CI = ROOT / "recipes/ci"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
BIN = Path(sys.executable).parent


def loaded(path: Path) -> Any:
    # YAML 1.1 reads the key `on` as true.
    return yaml.safe_load(path.read_text(encoding="utf-8").replace("\non:", '\n"on":'))


@pytest.mark.parametrize(
    ("recipe", "schema"),
    [
        ("github-actions.yml", "vendor.github-workflows"),
        ("gitlab-ci.yml", "vendor.gitlab-ci"),
    ],
)
def test_a_pipeline_is_valid_by_the_schema_its_host_publishes(recipe: str, schema: str) -> None:
    done = run(f"check-jsonschema --builtin-schema {schema} {CI / recipe}", ROOT)
    assert done.returncode == 0, done.stdout


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=ana", "-c", "user.email=ana@example.com"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def pull_request(tmp_path: Path) -> Path:
    """A clone of a dbt repository, on a branch whose last commit has a mistake."""
    origin = tmp_path / "origin"
    example_project(origin)
    git(origin, "init", "--quiet", "--initial-branch=main")
    git(origin, "add", "--all", "--force")
    git(origin, "commit", "--quiet", "-m", "products")
    git(tmp_path, "clone", "--quiet", str(origin), "clone")
    clone = tmp_path / "clone"
    git(clone, "switch", "--quiet", "--create", "typo")
    file = clone / "data_products/revenue.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("ref('fct_revenue')", "ref('fct_revenu')"), encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "-m", "typo")
    return clone


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does: a shell that stops at the first failure."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, **variables},
        check=False,
        capture_output=True,
        text=True,
    )


def github_step(name: str) -> str:
    steps = loaded(CI / "github-actions.yml")["jobs"]["validate"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == name]
    assert isinstance(script, str)
    return script


def test_github_annotates_the_line_that_is_wrong(pull_request: Path) -> None:
    done = run(github_step("Validate"), pull_request, BASE="origin/main")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=data_products/revenue.yml,line=12,col=5,")


def test_github_comments_the_plan(pull_request: Path) -> None:
    git(pull_request, "revert", "--no-edit", "HEAD")
    done = run(github_step("Plan"), pull_request, DATAHUB_GMS_URL=str(pull_request / "new.duckdb"))
    assert done.returncode == 0, done.stderr
    plan = (pull_request / "plan.md").read_text(encoding="utf-8")
    assert "4 to create" in plan


def test_gitlab_stops_at_what_is_wrong_and_keeps_the_plan(pull_request: Path) -> None:
    jobs = loaded(CI / "gitlab-ci.yml")
    validate = "\n".join(jobs["validate data products"]["script"])
    done = run(validate, pull_request, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert done.returncode == 1, done.stderr
    assert "error[unknown-model]" in done.stdout
    git(pull_request, "revert", "--no-edit", "HEAD")
    done = run(validate, pull_request, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert done.returncode == 0, done.stdout
    plan = "\n".join(jobs["plan data products"]["script"])
    done = run(plan, pull_request, DATAHUB_GMS_URL=str(pull_request / "new.duckdb"))
    assert done.returncode == 0, done.stderr
    assert "4 to create" in (pull_request / "plan.md").read_text(encoding="utf-8")


def test_the_hook_of_this_repository_is_the_one_of_the_recipe() -> None:
    (hook,) = loaded(HOOKS)
    (listed,) = loaded(CI / "pre-commit-config.yaml")["repos"][0]["hooks"]
    shared = {"id", "name", "entry", "language", "types", "files", "require_serial"}
    assert {key: hook[key] for key in shared} == {key: listed[key] for key in shared}


def pre_commit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(f"{BIN / 'pre-commit'} {' '.join(arguments)}", folder, NO_COLOR="1")


def test_pre_commit_takes_the_hook_file() -> None:
    done = pre_commit(ROOT, "validate-manifest", HOOKS.name)
    assert done.returncode == 0, done.stdout
    done = pre_commit(CI, "validate-config", "pre-commit-config.yaml")
    assert done.returncode == 0, done.stdout


def test_a_commit_with_a_mistake_is_stopped_and_one_without_passes(
    pull_request: Path, tmp_path: Path
) -> None:
    config = loaded(CI / "pre-commit-config.yaml")
    (hook,) = config["repos"][0]["hooks"]
    # What is installed already stands for what pip would install.
    hook["language"] = "system"
    del hook["additional_dependencies"]
    (pull_request / ".pre-commit-config.yaml").write_text(json.dumps(config), encoding="utf-8")
    git(pull_request, "add", ".pre-commit-config.yaml")
    shutil.copy(pull_request / "data_products/users.yml", tmp_path / "users.yml")
    done = pre_commit(pull_request, "run", "--files", "data_products/users.yml")
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
    done = pre_commit(pull_request, "run", "--files", "data_products/users.yml dbt_project.yml")
    assert done.returncode == 0, done.stdout
    done = pre_commit(pull_request, "run", "--all-files")
    assert done.returncode == 1
    assert "data_products/revenue.yml:12:5: error[unknown-model]" in done.stdout
