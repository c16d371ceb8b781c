"""How many cases a search looks through: a quarter in `make test`, all of them in `make test-whole`."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import settings

Test = TypeVar("Test", bound=Callable[..., Any])

WHOLE = "SEARCH_ALL_CASES"


def searches(cases: int, **others: Any) -> Callable[[Test], Test]:
    """Marks a property whose cases cost much; `others` as hypothesis' `settings` takes them."""
    looked_at = cases if os.environ.get(WHOLE) else cases // 4

    def marked(test: Test) -> Test:
        return pytest.mark.search(settings(max_examples=looked_at, **others)(test))

    return marked
