"""Codes are what documentation and filters know problems by."""

import re
from pathlib import Path

from datahub_dataproducts.adapters.product_files import codes

CODES = {name: value for name, value in vars(codes).items() if name.isupper()}


def test_codes_are_kebab_case_and_each_has_one_name() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in CODES.values())
    assert len(set(CODES.values())) == len(CODES)


def test_no_code_is_left_that_nothing_tells() -> None:
    folder = Path(codes.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    assert {name for name in CODES if not re.search(rf"\bcodes\.{name}\b", source)} == set()
