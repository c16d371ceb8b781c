"""The reference of the product file, which is made from the schema and the guide, is complete."""

import pytest

from datahub_dataproducts.adapters.product_files.guide import guide_codes
from datahub_dataproducts.adapters.product_files.owners import OWNER_TYPES
from datahub_dataproducts.adapters.product_files.product import PRODUCT_KEYS
from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.documents import Evaluator, Selection
from datahub_dataproducts.domain.products import Lifecycle, ProductType
from tests.docs.pages import code_in, first_cells, section, text_of

PAGE = "docs/yaml-reference.md"


def test_every_key_of_a_product_stands_there_in_order() -> None:
    assert first_cells(section(PAGE, "Product")) == list(PRODUCT_KEYS)


def test_every_code_of_a_problem_is_linked_to_its_explanation() -> None:
    text = text_of(PAGE)
    listed = text[text.index("## Problems") :]
    for code in guide_codes():
        assert listed.count(f"| [`{code}`](problems.md#{code}) |") == 1, code


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
