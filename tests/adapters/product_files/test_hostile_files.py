"""Whatever lies among the product files, each fault is told once, and none hides another."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GOOD = b"id: good\r\ndomain: finance\r\ndescription: Windows' line ends\r\n"
LAUGHS = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % before] * 10))
    for before, name in zip(b"abcdefgh", b"bcdefghi", strict=True)
)
# What is in a file, and the one code that is told of it.
FILES: dict[str, tuple[bytes, str]] = {
    "aliases.yml": (LAUGHS, "too-many-values"),
    "control.yml": (b"id: a1\ndomain: d\x07\n", "control-character"),
    "cut_off.yml": (b"id: a2\ndomain: [d\n", "not-yaml"),
    "cut_off_list.yml": (b"data_products:\n", "no-products"),
    "deep.yml": (b"id: a3\ndomain: " + b"[" * 5_000_000, "nested-too-deep"),
    "documents.yml": (b"id: a4\ndomain: d\n---\nid: a5\ndomain: d\n", "several-documents"),
    "empty.yml": (b"", "empty-file"),
    "just_too_large.yml": (b"#" * 10_000_001, "file-too-large"),
    "key_twice.yml": (b"id: a6\ndomain: d\ndomain: e\n", "duplicate-key"),
    "large_key.yml": (b"id: a7\ndomain: d\n" + b"k" * 9_000_000 + b": 1\n", "not-yaml"),
    "latin_1.yml": ("id: a8\ndomain: caf\u00e9\n".encode("latin-1"), "not-utf-8"),
    "many_values.yml": (b"id: a9\ndomain: d\ntags:\n" + b"- a\n" * 2_000_000, "too-many-values"),
    "merge.yml": (b"id: b0\ndomain: d\n<<: [1]\n", "bad-merge"),
    "nul.yml": (b"id: b1\0\ndomain: d\n", "control-character"),
    "object.yml": (b"id: b2\ndomain: !!python/name:os.system d\n", "unknown-tag"),
    "only_notes.yml": (b"# nothing\n", "empty-file"),
    "picture.yml": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not-utf-8"),
    "recursive.yml": (b"id: b3\ndomain: d\ntags: &t [*t]\n", "recursive-alias"),
    "stray_alias.yml": (b"id: b4\ndomain: *d\n", "unknown-alias"),
    "tab.yml": (b"id: b5\ndomain: d\nowners:\n\t- ana\n", "tab-indentation"),
    "text.yml": (b"a product\n", "wrong-kind"),
    "utf_16.yml": ("id: b6\ndomain: d\n".encode("utf-16"), "not-utf-8"),
    "utf_16_without_mark.yml": ("id: b7\n".encode("utf-16-le"), "control-character"),
    "wrong_type.yml": (b"id: b8\ndomain: d\ntags: finance\n", "wrong-kind"),
    "typing_error.yml": (b"id: b9\ndomain: d\nlifecylce: live\n", "unknown-key"),
}
# Links, folders and pipes with the names of product files.
PLACES = {
    "folder.yml": "not-a-file",
    "gone.yml": "unreadable-file",
    "loop.yml": "unreadable-file",
    "out.yml": "outside-project",
    "pipe.yml": "not-a-file",
    "up": "link-loop",
}
# No page of memory more, and no minute of the processor: the machine is to survive whatever it is.
LIMITED = (
    "import resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))\n"
    "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
    "from datahub_dataproducts.plugins.cli import main\n"
    "main(sys.argv[1:])\n"
)


def lay_out(root: Path) -> None:
    products = root / "data_products"
    products.mkdir(parents=True)
    (root / "dbt_project.yml").write_text("name: hostile\n", encoding="utf-8")
    (products / "good.yml").write_bytes(GOOD)
    for name, (content, _) in FILES.items():
        (products / name).write_bytes(content)
    (products / "folder.yml").mkdir()
    (products / "gone.yml").symlink_to("nowhere")
    (products / "loop.yml").symlink_to("loop.yml")
    (products / "out.yml").symlink_to("/etc/hostname")
    os.mkfifo(products / "pipe.yml")
    (products / "up").symlink_to("..")


@pytest.mark.skipif(sys.platform != "linux", reason="limits and pipes of Linux")
def test_every_hostile_file_is_told_once_within_bounds(tmp_path: Path) -> None:
    lay_out(tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, "validate", "--format", "json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.stderr == ""
    assert run.returncode == 1
    problems: list[dict[str, Any]] = json.loads(run.stdout)["problems"]
    told = sorted((problem["file"], problem["code"]) for problem in problems)
    expected = {**{name: code for name, (_, code) in FILES.items()}, **PLACES}
    assert told == sorted((f"data_products/{name}", code) for name, code in expected.items())
    assert len(run.stdout) < 50_000


@pytest.mark.skipif(sys.platform != "linux", reason="limits and pipes of Linux")
def test_nothing_that_lies_out_of_the_project_is_shown(tmp_path: Path) -> None:
    lay_out(tmp_path / "project")
    (tmp_path / "secret.yml").write_text("password: hunter2\n", encoding="utf-8")
    (tmp_path / "project/data_products/secret.yml").symlink_to(tmp_path / "secret.yml")
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, "validate"],
        cwd=tmp_path / "project",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "data_products/secret.yml: error[outside-project]" in run.stdout
    assert "hunter2" not in run.stdout
