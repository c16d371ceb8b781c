"""Files are found once each and in order, and what cannot be read is told."""

import os
import subprocess
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.product_files.read import (
    LARGEST_FILE,
    SourceText,
    find_files,
    read_file,
)
from datahub_dataproducts.domain.problems import Problem

PATTERNS = ("data_products/**/*.yml", "data_products/**/*.yaml")


def project(root: Path, *files: str) -> Path:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("id: x\n")
    return root


def found(root: Path, *patterns: str) -> tuple[list[str], list[str]]:
    files, problems = find_files(root, patterns)
    return [path.relative_to(root).as_posix() for path in files], [str(one) for one in problems]


def told(path: Path) -> str:
    result = read_file(path, path.name)
    assert isinstance(result, Problem)
    return str(result)


def test_files_are_found_at_any_depth_sorted_and_once(tmp_path: Path) -> None:
    project(
        tmp_path,
        "data_products/b.yml",
        "data_products/a/c.yaml",
        "data_products/a/d/e.yml",
        "data_products/a/notes.md",
        "models/schema.yml",
    )
    patterns = (*PATTERNS, "data_products/b.*", "./data_products//b.yml")
    assert found(tmp_path, *patterns) == (
        ["data_products/a/c.yaml", "data_products/a/d/e.yml", "data_products/b.yml"],
        [],
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "**/*.yml",
        "*/*.yml",
        "a/?.yml",
        "a/[bc].yml",
        "**/b/*",
        "a/b.yml",
        "*.yml",
        "a/[!b].yml",
    ],
)
def test_a_pattern_means_what_it_means_to_pathlib(tmp_path: Path, pattern: str) -> None:
    project(tmp_path, "a.yml", "a/b.yml", "a/c.yml", "a/b/c.yml", "b/.hidden.yml", "a/(b).yml")
    theirs = sorted(path for path in tmp_path.glob(pattern) if path.is_file())
    files, problems = find_files(tmp_path, [pattern])
    assert files == theirs
    assert {problem.code for problem in problems} <= {"not-a-file"}


def test_no_file_at_all_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data_products").mkdir()
    assert found(tmp_path, *PATTERNS) == (
        [],
        [
            (
                "error[no-product-files]: no product file matches data_products/**/*.yml, "
                f"data_products/**/*.yaml in {tmp_path}; see to the folder (`--project-dir`; in a "
                "recipe `dbt_project_dir` and `product_paths`), and that the files are there"
            )
        ],
    )


REMEDY = (
    "see to the folder (`--project-dir`; in a recipe `dbt_project_dir` and `product_paths`), and "
    "that it is checked out; `datahub-dataproducts init` makes the first products"
)


def test_a_folder_that_is_not_checked_out_is_told_though_there_are_files_elsewhere(
    tmp_path: Path,
) -> None:
    project(tmp_path, "a/b.yml")
    assert found(tmp_path, "a/**/*.yml", "b/c/**/*.yml", "a/b.yml/*.yml") == (
        ["a/b.yml"],
        [
            f"error[no-product-files]: there is no folder {folder} in {tmp_path}, where products "
            f"should be; {REMEDY}"
            for folder in ("a/b.yml", "b/c")
        ],
    )


def test_one_folder_that_several_patterns_begin_with_is_missed_once(tmp_path: Path) -> None:
    assert found(tmp_path, *PATTERNS) == (
        [],
        [
            (
                f"error[no-product-files]: there is no folder data_products in {tmp_path}, where "
                f"products should be; {REMEDY}"
            )
        ],
    )


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    project(tmp_path, "a/b.yml")
    assert found(tmp_path, "a/b.yml", "a/c.yml", "a/*.yaml") == (
        ["a/b.yml"],
        [
            (
                f"error[no-product-files]: there is no file a/c.yml in {tmp_path}, where products "
                f"should be; {REMEDY}"
            )
        ],
    )


def test_no_project_at_all_is_an_error(tmp_path: Path) -> None:
    assert found(tmp_path / "nowhere", *PATTERNS) == (
        [],
        [
            (
                f"error[unreadable-file]: there is no folder {tmp_path / 'nowhere'}; set "
                "`dbt_project_dir` to the folder of the dbt project"
            )
        ],
    )


def test_a_folder_with_the_name_of_a_product_file_is_told(tmp_path: Path) -> None:
    project(tmp_path, "data_products/old.yml/a.yml")
    assert found(tmp_path, *PATTERNS) == (
        ["data_products/old.yml/a.yml"],
        [
            (
                "data_products/old.yml:1:1: error[not-a-file]: this is a folder, and has the name of "
                "a product file; rename it or narrow the pattern"
            )
        ],
    )


def test_a_link_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    project(tmp_path, "data_products/a.yml")
    (tmp_path / "data_products/loop.yml").symlink_to("loop.yml")
    (tmp_path / "data_products/gone.yml").symlink_to("nothing.yml")
    files, problems = found(tmp_path, *PATTERNS)
    assert files == ["data_products/a.yml"]
    assert [problem.split(" (")[0] for problem in problems] == [
        "data_products/gone.yml:1:1: error[unreadable-file]: the file cannot be read",
        "data_products/loop.yml:1:1: error[unreadable-file]: the file cannot be read",
    ]


def test_a_link_to_a_folder_above_is_not_followed(tmp_path: Path) -> None:
    project(tmp_path, "data_products/a/b.yml")
    (tmp_path / "data_products/a/up").symlink_to("..")
    (tmp_path / "data_products/a/top").symlink_to("../..")
    remedy = "remove it, or narrow the pattern; it is not followed"
    assert found(tmp_path, *PATTERNS) == (
        ["data_products/a/b.yml"],
        [
            f"data_products/a/{name}:1:1: warning[link-loop]: this link leads back to a folder above it; {remedy}"
            for name in ("top", "up")
        ],
    )


def test_a_link_to_a_folder_beside_is_followed_and_each_file_is_read_once(tmp_path: Path) -> None:
    project(tmp_path, "data_products/a.yml", "shared/b.yml")
    (tmp_path / "data_products/shared").symlink_to("../shared")
    (tmp_path / "data_products/z.yml").symlink_to("a.yml")
    assert found(tmp_path, *PATTERNS) == (
        ["data_products/a.yml", "data_products/shared/b.yml"],
        [],
    )


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    root = project(tmp_path / "project", "data_products/a.yml")
    project(tmp_path, "secret/b.yml")
    (root / "data_products/b.yml").symlink_to(tmp_path / "secret/b.yml")
    (root / "data_products/folder").symlink_to(tmp_path / "secret")
    (root / "linked").symlink_to(tmp_path / "secret")
    files, problems = found(
        root, *PATTERNS, "../secret/*.yml", str(tmp_path / "secret/*.yml"), "linked/*.yml"
    )
    assert files == ["data_products/a.yml"]
    remedy = "keep product files below the folder of the dbt project"
    assert problems == [
        (
            f"../secret/*.yml: error[outside-project]: the pattern leads out of the dbt project; "
            f"{remedy}"
        ),
        (
            f"{tmp_path}/secret/*.yml: error[outside-project]: the pattern leads out of the dbt "
            f"project; {remedy}"
        ),
        (
            "data_products/b.yml: error[outside-project]: this link leads out of the dbt project; "
            f"{remedy}"
        ),
        (
            "data_products/folder:1:1: warning[outside-project]: this link leads out of the dbt "
            "project; remove it, or narrow the pattern; it is not followed"
        ),
        f"linked: error[outside-project]: this link leads out of the dbt project; {remedy}",
    ]


def test_folders_that_link_to_one_another_are_each_entered_once(tmp_path: Path) -> None:
    names = [f"f{n}" for n in range(12)]
    project(tmp_path, *(f"data_products/{name}/{name}.yml" for name in names))
    for name in names:
        for other in names:
            if other != name:
                (tmp_path / f"data_products/{name}/{other}").symlink_to(f"../{other}")
    files, problems = found(tmp_path, *PATTERNS)
    assert len(files) == len(names)
    assert {problem.split(": ")[1] for problem in problems} <= {"warning[link-loop]"}


def test_folders_far_deeper_than_python_recurses_are_walked(tmp_path: Path) -> None:
    folder = tmp_path / "data_products"
    folder.mkdir()
    deep = os.open(folder, os.O_RDONLY)
    for _ in range(1_100):
        os.mkdir("d", dir_fd=deep)
        inner = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = inner
    os.close(os.open("a.yml", os.O_CREAT | os.O_WRONLY, dir_fd=deep))
    os.close(deep)
    files, problems = found(tmp_path, *PATTERNS)
    assert (len(files), problems) == (1, [])
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_told_since_products_may_be_in_it(tmp_path: Path) -> None:
    project(tmp_path, "data_products/a.yml", "data_products/closed/b.yml")
    closed = tmp_path / "data_products/closed"
    closed.chmod(0)
    try:
        files, problems = found(tmp_path, *PATTERNS)
    finally:
        closed.chmod(0o700)
    assert files == ["data_products/a.yml"]
    assert [problem.split(" (")[0] for problem in problems] == [
        "data_products/closed:1:1: error[unreadable-file]: the folder cannot be read"
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter everything")
def test_a_folder_that_may_be_listed_and_not_entered_is_told(tmp_path: Path) -> None:
    project(tmp_path, "data_products/a.yml", "data_products/closed/b.yml")
    closed = tmp_path / "data_products/closed"
    closed.chmod(0o400)
    try:
        files, problems = found(tmp_path, *PATTERNS, "data_products/closed/deeper/*.yml")
    finally:
        closed.chmod(0o700)
    assert files == ["data_products/a.yml"]
    assert problems == [
        (
            f"data_products/closed/{name}:1:1: error[unreadable-file]: the file cannot be read "
            "(Permission denied); see to its permissions and links"
        )
        for name in ("b.yml", "deeper")
    ]


def test_a_name_that_is_not_utf_8_can_still_be_told(tmp_path: Path) -> None:
    project(tmp_path, "data_products/a.yml")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/data_products/\xff.yml")).symlink_to("gone")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    _, problems = found(tmp_path, *PATTERNS)
    assert (
        problems[0].encode("utf-8").startswith(b"data_products/?.yml:1:1: error[unreadable-file]")
    )


def test_a_file_is_read_with_its_mark_removed_and_its_line_ends_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"\xef\xbb\xbfid: caf\xc3\xa9\r\ndomain: x\r\n")
    assert read_file(path, "data_products/a.yml") == SourceText(
        path=path, file="data_products/a.yml", text="id: café\r\ndomain: x\r\n"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"",
            "a.yml:1:1: error[empty-file]: the file is empty; write a product into it, or remove it",
        ),
        (
            b"\xef\xbb\xbf \n",
            "a.yml:1:1: error[empty-file]: the file is empty; write a product into it, or remove it",
        ),
        (
            b"id: x\r\nname: caf\xe9\n",
            "a.yml:2:10: error[not-utf-8]: the file is not text in UTF-8; save it in UTF-8",
        ),
        (
            "id: x\n".encode("utf-16"),
            "a.yml:1:1: error[not-utf-8]: the file is text in UTF-16, not in UTF-8; save it in UTF-8",
        ),
        (
            "id: x\n".encode("utf-32"),
            "a.yml:1:1: error[not-utf-8]: the file is text in UTF-32, not in UTF-8; save it in UTF-8",
        ),
        (
            b"#" * (LARGEST_FILE + 1),
            (
                "a.yml:1:1: error[file-too-large]: the file is larger than 10 MB; split it into "
                "several files, and see that it is a product file"
            ),
        ),
    ],
    ids=["empty", "blank", "latin-1", "utf-16", "utf-32", "large"],
)
def test_a_file_that_is_no_text_is_told(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(content)
    assert told(path) == problem


def test_a_file_just_as_large_as_allowed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"#" * LARGEST_FILE)
    assert isinstance(read_file(path, "a.yml"), SourceText)


def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "loop.yml").symlink_to("loop.yml")
    for name in ("pipe.yml", "folder.yml"):
        assert told(tmp_path / name) == (
            f"{name}:1:1: error[not-a-file]: this is not a file; rename it or narrow the pattern"
        )
    for name in ("gone.yml", "loop.yml", "nul\0.yml"):
        assert told(tmp_path / name).startswith(
            f"{name}:1:1: error[unreadable-file]: the file cannot"
        )


def test_a_file_that_vanishes_between_finding_and_reading_is_told(tmp_path: Path) -> None:
    project(tmp_path, "data_products/a.yml")
    (path,), _ = find_files(tmp_path, PATTERNS)
    path.unlink()
    assert told(path) == (
        "a.yml:1:1: error[unreadable-file]: the file cannot be read (No such file or directory); see "
        "to its permissions and links"
    )


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_device_is_not_read() -> None:
    assert told(Path("/dev/zero")) == (
        "zero:1:1: error[not-a-file]: this is not a file; rename it or narrow the pattern"
    )
