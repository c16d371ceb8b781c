"""The reference of the product file is complete and has nothing else."""

import ast
import re
from collections.abc import Iterator

import pytest

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.owners import OWNER_TYPES
from datahub_dataproducts.adapters.product_files.product import PRODUCT_KEYS
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.documents import Evaluator, Selection
from datahub_dataproducts.domain.products import Lifecycle, ProductType
from tests.docs.pages import ROOT, code_in, first_cells, section, text_of

PAGE = "docs/yaml-reference.md"
PRODUCT = "id: revenue\ndomain: finance\nassets: [ref('a')]\n"
# A key that nobody knows, in each mapping that a product may have.
NESTED = {
    "Owners": "owners: [{qqqqqq: 1}]",
    "Inputs": "inputs: [{qqqqqq: 1}]",
    "Contract": "contract: [{qqqqqq: 1}]",
    "Freshness": "contract: [{asset: ref('a'), freshness: {qqqqqq: 1}}]",
    "Tests": "contract: [{asset: ref('a'), tests: {qqqqqq: 1}}]",
    "Objective": "objective: {qqqqqq: 1}",
}
LINKS = ("institutional_memory: {qqqqqq: 1}", "institutional_memory: {elements: [{qqqqqq: 1}]}")
# What takes a code as its second argument.
TELLING = {"error", "warn", "tell", "problem_with"}
KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)+")


def known_beside(text: str) -> list[str]:
    """The keys that may stand in a mapping, as the message about an unknown one lists them."""
    parsed = parse_product_file(PRODUCT + text, "a.yml", "UTC")
    (told,) = [p for p in parsed.problems if "qqqqqq" in p.message and p.code == "unknown-key"]
    return told.remedy.removeprefix("known are: ").split(", ")


def codes_of_the_package() -> Iterator[str]:
    """All codes of problems: those of product files by name, the others where they are told."""
    yield from (value for name, value in vars(codes).items() if name.isupper())
    for path in sorted((ROOT / "datahub_dataproducts").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                told = getattr(node.func, "attr", getattr(node.func, "id", "")) in TELLING
                given = [*node.args[1:2]] if told else []
                given += [k.value for k in node.keywords if k.arg == "code"]
                said = [n.value for n in given if isinstance(n, ast.Constant)]
                yield from (s for s in said if isinstance(s, str) and KEBAB.fullmatch(s))


def test_every_key_of_a_product_stands_there_in_order() -> None:
    assert first_cells(section(PAGE, "Product")) == list(PRODUCT_KEYS)


@pytest.mark.parametrize("title", NESTED)
def test_every_nested_key_stands_there(title: str) -> None:
    listed = [cell for cell in first_cells(section(PAGE, title)) if ":" not in cell]
    assert sorted(listed) == sorted(known_beside(NESTED[title]))


def test_every_key_of_links_stands_there() -> None:
    known = [key for text in LINKS for key in known_beside(text)]
    assert sorted(first_cells(section(PAGE, "Links"))) == sorted(known)


def test_every_code_of_a_problem_stands_there_once() -> None:
    text = text_of(PAGE)
    assert sorted(first_cells(text[text.index("## Problems") :])) == sorted({
        *codes_of_the_package()
    })


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Product", [t.value for t in ProductType]),
        ("Product", [lifecycle.value for lifecycle in Lifecycle]),
        ("Owners", list(OWNER_TYPES)),
        ("Contract", [impact.value for impact in Impact]),
        ("Freshness", [evaluator.value for evaluator in Evaluator]),
        ("Tests", [Selection.COLUMNS.value, Selection.TAGS.value]),
    ],
)
def test_every_word_that_may_be_written_stands_there(title: str, words: list[str]) -> None:
    assert set(words) <= set(code_in(section(PAGE, title)))
