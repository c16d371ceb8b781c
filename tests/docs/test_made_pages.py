"""The pages that are made are as they would be made now: `make docs` makes them anew."""

import pytest

from datahub_dataproducts.adapters.product_files.guide import read_guide
from docs.generate import PAGES
from tests.docs.pages import text_of


@pytest.mark.parametrize("page", PAGES)
def test_a_made_page_is_not_stale(page: str) -> None:
    assert text_of(page) == PAGES[page](), f"{page} is stale: run `make docs`"


def test_every_problem_is_shown_with_what_is_printed_of_it() -> None:
    text = text_of("docs/problems.md")
    for entry in read_guide():
        if not entry.untried:
            assert f"{entry.severity.split()[0]}[{entry.code}]: " in text or (
                f"warning[{entry.code}]: " in text
            ), entry.code
