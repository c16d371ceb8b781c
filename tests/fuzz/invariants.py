"""What holds of the reader of product files, whatever the bytes or the text are."""

import re
import time
from pathlib import Path

from datahub_dataproducts.adapters.product_files.findings import MOST_PROBLEMS
from datahub_dataproducts.adapters.product_files.named_files import ReadOther
from datahub_dataproducts.adapters.product_files.read import SourceText, decoded
from datahub_dataproducts.adapters.product_files.translate import Parsed, parse_product_file
from datahub_dataproducts.domain.problems import Problem

SECONDS_FOR_10_KB = 1.0
"""Of processor time, for what is no larger; a few milliseconds are usual."""

_PRODUCT = """\
id: orders
domain: finance
assets: [ref('orders'), "source('raw', 'orders')"]
contract: {odcs: orders.odcs.yaml}
"""
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def check_bytes(content: bytes) -> None:
    """The bytes of a file give text or one problem within them; the text holds as below.

    As a product file, and as a contract of the open standard that a product file names.
    """
    source = decoded(content, Path("any.yml"), "any.yml")
    assert source == decoded(content, Path("any.yml"), "any.yml")
    if isinstance(source, SourceText):
        check_text(source.text)
        check_contract(source.text)
    else:
        lines = re.split("\r\n|[\r\n]", content.decode("utf-8", "replace"))
        _check_problem(source, lines)


def check_text(text: str) -> None:
    """A text gives products or problems, each within the file and with a remedy, twice alike."""
    result = _parsed(text, None, len(text))
    assert len(result.problems) <= MOST_PROBLEMS + 1
    lines = _lines(text)
    for problem in result.problems:
        _check_problem(problem, lines)
    wrong = {found.id.value for found in result.documents if found.wrong}
    told = {problem.product for problem in result.problems if problem.is_error and problem.product}
    assert told & {found.id.value for found in result.documents} <= wrong


def check_contract(text: str) -> None:
    """The same of a text that a product names as its contract."""
    result = _parsed(_PRODUCT, lambda _: text, len(text))
    (document,) = result.documents
    assert document.contract or result.problems
    of_files = {"any.yml": _lines(_PRODUCT), "orders.odcs.yaml": _lines(text)}
    for problem in result.problems:
        assert problem.location is not None
        _check_problem(problem, of_files[problem.location.file])


def _parsed(text: str, read_other: ReadOther | None, size: int) -> Parsed:
    began = time.process_time()
    result = parse_product_file(text, "any.yml", "UTC", read_other)
    took = time.process_time() - began
    assert took < max(SECONDS_FOR_10_KB, size / 10_000), f"{took:.1f} s for {size}"
    assert result == parse_product_file(text, "any.yml", "UTC", read_other)
    assert result.documents or result.problems
    return result


def _lines(text: str) -> list[str]:
    return _LINE_BREAK.split(text.removeprefix("\ufeff"))


def _check_problem(problem: Problem, lines: list[str]) -> None:
    place = problem.location
    assert place is not None
    assert 1 <= place.line <= len(lines), problem
    assert 1 <= place.column <= len(lines[place.line - 1]) + 1, problem
    assert problem.message
    assert problem.remedy, problem
    said = str(problem)
    assert len(said) < 1_000, problem
    assert said.isprintable() or not said.isascii(), problem
    assert "\n" not in said
    said.encode("utf-8")
