"""Other files are read from within the dbt project only."""

from pathlib import Path

from datahub_dataproducts.adapters.product_files.open_standards.other_files import other_files
from datahub_dataproducts.domain.problems import Problem


def problem(folder: Path, path: str) -> tuple[str, str]:
    found = other_files(folder)(path)
    assert isinstance(found, Problem), found
    return found.code, found.message


def test_the_text_of_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/a.yaml").write_text("é: 1\n", encoding="utf-8")
    assert other_files(tmp_path)("contracts/a.yaml") == "é: 1\n"


def test_a_missing_file_a_folder_and_a_broken_link_are_problems(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert problem(tmp_path, "a.yaml") == ("bad-contract-file", "there is no such file")
    assert problem(tmp_path, "folder")[0] == "not-a-file"
    assert problem(tmp_path, "link")[0] == "unreadable-file"


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret.yaml").write_text("a: 1")
    (project / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    assert problem(project, "link.yaml") == (
        "outside-project",
        "this link leads out of the dbt project",
    )
