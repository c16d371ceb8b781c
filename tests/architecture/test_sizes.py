"""Small modules, small functions, and names that say what is inside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "datahub_dataproducts"
MOST_LINES_OF_A_MODULE = 300
MOST_LINES_OF_A_FUNCTION = 50
NAMES_THAT_SAY_NOTHING = {
    "common",
    "handler",
    "handlers",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "util",
    "utils",
}


def modules_of(package: Path) -> list[Path]:
    return sorted(package.rglob("*.py"))


def too_long_modules(package: Path) -> Iterator[str]:
    for path in modules_of(package):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES_OF_A_MODULE:
            yield f"{path.relative_to(package)}: {lines} lines, at most {MOST_LINES_OF_A_MODULE}"


def too_long_functions(package: Path) -> Iterator[str]:
    for path in modules_of(package):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                yield (
                    f"{path.relative_to(package)}:{node.lineno}: {node.name} has {lines} lines, "
                    f"at most {MOST_LINES_OF_A_FUNCTION}"
                )


def names_that_say_nothing(package: Path) -> Iterator[str]:
    paths = [path for path in package.rglob("*") if path.suffix == ".py" or path.is_dir()]
    for path in sorted(paths):
        if NAMES_THAT_SAY_NOTHING & set(path.stem.split("_")):
            yield f"{path.relative_to(package)}: name it after what it holds"


def test_the_package_under_test_is_there() -> None:
    assert modules_of(PACKAGE), f"no modules below {PACKAGE}"


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    complaints = list(too_long_modules(PACKAGE))
    assert not complaints, "\n".join(complaints)


def test_no_function_is_longer_than_a_screen() -> None:
    complaints = list(too_long_functions(PACKAGE))
    assert not complaints, "\n".join(complaints)


def test_every_module_is_named_after_what_it_holds() -> None:
    complaints = list(names_that_say_nothing(PACKAGE))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("lines", "complaints"), [(300, 0), (301, 1)])
def test_a_module_is_measured_in_lines(tmp_path: Path, lines: int, complaints: int) -> None:
    (tmp_path / "products.py").write_text("x = 1\n" * lines)
    assert len(list(too_long_modules(tmp_path))) == complaints


@pytest.mark.parametrize(("lines", "complaints"), [(50, 0), (51, 1)])
def test_a_method_is_measured_like_a_function(tmp_path: Path, lines: int, complaints: int) -> None:
    body = "        x = 1\n" * (lines - 1)
    (tmp_path / "products.py").write_text(f"class Product:\n    async def judge(self):\n{body}")
    assert len(list(too_long_functions(tmp_path))) == complaints


def test_a_vague_name_is_found_in_folders_and_in_parts_of_names(tmp_path: Path) -> None:
    (tmp_path / "helpers").mkdir()
    (tmp_path / "url_utils.py").touch()
    (tmp_path / "utility.py").touch()
    assert [line.split(":")[0] for line in names_that_say_nothing(tmp_path)] == [
        "helpers",
        "url_utils.py",
    ]
