"""What holds of the reader of product files, whatever the bytes or the text are."""

import re
import time
from pathlib import Path

from datahub_dataproducts.adapters.product_files.findings import MOST_PROBLEMS
from datahub_dataproducts.adapters.product_files.read import SourceText, decoded
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.problems import Problem

SECONDS_FOR_10_KB = 1.0
"""Of processor time, for what is no larger; a few milliseconds are usual."""

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def check_bytes(content: bytes) -> None:
    """The bytes of a file give text or one problem within them; the text holds as below."""
    source = decoded(content, Path("any.yml"), "any.yml")
    assert source == decoded(content, Path("any.yml"), "any.yml")
    if isinstance(source, SourceText):
        check_text(source.text)
    else:
        lines = re.split("\r\n|[\r\n]", content.decode("utf-8", "replace"))
        _check_problem(source, lines)


def check_text(text: str) -> None:
    """A text gives products or problems, each within the file and with a remedy, twice alike."""
    began = time.process_time()
    result = parse_product_file(text, "any.yml", "UTC")
    took = time.process_time() - began
    assert took < max(SECONDS_FOR_10_KB, len(text) / 10_000), f"{took:.1f} s for {len(text)}"
    assert result == parse_product_file(text, "any.yml", "UTC")
    assert result.documents or result.problems
    assert len(result.problems) <= MOST_PROBLEMS + 1
    lines = _LINE_BREAK.split(text.removeprefix("\ufeff"))
    for problem in result.problems:
        _check_problem(problem, lines)
    wrong = {found.id.value for found in result.documents if found.wrong}
    told = {problem.product for problem in result.problems if problem.is_error and problem.product}
    assert told & {found.id.value for found in result.documents} <= wrong
    if not wrong and len(result.documents) > 0:
        in_none = [p for p in result.problems if p.is_error and p.product is None]
        assert not in_none, "an error outside any product touches them all"


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
