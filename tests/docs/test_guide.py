"""The guide has every code, and its examples do what it says of them."""

from pathlib import Path

import pytest

from datahub_dataproducts.adapters.product_files.guide import (
    GuideEntry,
    guide_codes,
    guide_entry,
    read_guide,
)
from docs.tried import problems_of
from tests.docs.codes_of_the_package import codes_of_the_package

ENTRIES = read_guide()
# What cannot be shown alone: the code, and those that come with it.
UNAVOIDABLE = {
    "column-not-in-dbt": {"schema-not-enforced"},
    "differing-promises": {"asset-in-several-products"},
    "input-not-published": {"unknown-word"},
    "too-many-problems": {"unknown-key"},
}


def test_every_code_of_the_package_has_an_entry_and_no_other() -> None:
    assert sorted(guide_codes()) == sorted({*codes_of_the_package()})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_the_bad_example_gives_exactly_this_problem(entry: GuideEntry, tmp_path: Path) -> None:
    problems = problems_of(entry.bad, tmp_path)
    if entry.untried:
        assert problems == ()
        return
    codes = {problem.code for problem in problems}
    assert codes == {entry.code} | UNAVOIDABLE.get(entry.code, set()), [str(p) for p in problems]
    severities = {problem.severity.value for problem in problems if problem.code == entry.code}
    assert severities <= set(entry.severity.split(" or "))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_the_good_example_gives_no_problem_at_all(entry: GuideEntry, tmp_path: Path) -> None:
    problems = problems_of(entry.good, tmp_path)
    assert [str(problem) for problem in problems if problem.code == entry.code] == []
    others = {problem.code for problem in problems}
    assert others <= STILL_TOLD.get(entry.code, set()), [str(p) for p in problems]


# Where the mended example is not free of other warnings.
STILL_TOLD = {
    "unknown-alias": {"unknown-key"},
    "bad-merge": {"unknown-key"},
    "column-not-in-dbt": {"schema-not-enforced"},
    "other-format": {"schema-not-enforced"},
}


def test_an_entry_is_found_by_its_code() -> None:
    entry = guide_entry("unknown-input")
    assert entry is not None
    assert entry.title == "An input that is no product"


@pytest.mark.parametrize("code", ["unknown", "", "../guide/unknown-input", "unknown-input.yml"])
def test_what_is_no_code_has_no_entry(code: str) -> None:
    assert guide_entry(code) is None
