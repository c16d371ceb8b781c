"""Files of another revision, from real repositories."""

import subprocess
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.git import GitRefused, files_at


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=ana", "-c", "user.email=ana@example.com"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def write(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    write(tmp_path, "shop/data_products/a.yml", b"id: a\n")
    write(
        tmp_path,
        "shop/data_products/naive\xcc\x88 file.yml".encode("latin-1").decode("latin-1"),
        b"",
    )
    write(tmp_path, "shop/data_products/bytes.yml", b"\xff\x00\nblob 3\n")
    write(tmp_path, "other/data_products/b.yml", b"id: b\n")
    (tmp_path / "shop/data_products/link.yml").symlink_to("a.yml")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    git(tmp_path, "tag", "v1")
    write(tmp_path, "shop/data_products/a.yml", b"id: a\nlifecycle: live\n")
    git(tmp_path, "commit", "--quiet", "-a", "-m", "second")
    write(tmp_path, "shop/data_products/a.yml", b"not committed")
    return tmp_path


def everything(path: str) -> bool:
    return bool(path)


def test_the_files_of_a_revision_are_those_below_the_folder_as_they_were(repository: Path) -> None:
    found = files_at(repository / "shop", "v1", everything)
    assert found["data_products/a.yml"] == b"id: a\n"
    assert found["data_products/bytes.yml"] == b"\xff\x00\nblob 3\n"
    assert not any("b.yml" in name and "other" in name for name in found)
    assert "data_products/link.yml" not in found
    assert len(found) == 3
    assert files_at(repository / "shop", "main", everything)["data_products/a.yml"].endswith(
        b"live\n"
    )


def test_only_what_is_wanted_is_read(repository: Path) -> None:
    assert set(files_at(repository, "main", lambda path: path.startswith("other/"))) == {
        "other/data_products/b.yml"
    }
    assert files_at(repository, "main", lambda _: False) == {}


@pytest.mark.parametrize("revision", ["nowhere", "--help", "", "main:shop", "HEAD~9"])
def test_a_revision_that_is_none_is_refused_in_words(repository: Path, revision: str) -> None:
    with pytest.raises(GitRefused) as refused:
        files_at(repository, revision, everything)
    assert str(refused.value)


def test_a_folder_without_a_repository_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(GitRefused, match="not a git repository"):
        files_at(tmp_path, "main", everything)


def test_a_machine_without_git_is_told_of(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(GitRefused, match="git cannot be started"):
        files_at(repository, "main", everything)
