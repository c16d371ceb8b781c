"""Faults of the text itself, before it means anything: told with their place in plain words."""

import re
from typing import Any

import yaml

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.nodes import At, Place

YamlError = yaml.YAMLError
"""What a parser of YAML raises, for those who have YAML read by others."""

# The characters YAML allows.
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
# `source('a', 'b')` without quotes, as far as YAML read it in a list or mapping on one line.
_SPLIT_CALL = re.compile(r"[\[{,:]\s*(ref|source|exposure|semantic_model)\([^()]*,[^()]*\)$")
_LOOK = "look at the indentation, colons and quotes here and above, and quote text that has ': '"
_TAB_INDENT = re.compile("^ *\t[ \t]*(?=[^ \t\r\n])", re.MULTILINE)


def has_control_character(text: str, findings: Findings, at: Place | None = None) -> bool:
    """Tell the first character that is no text; `at` is where the text is, None for the file."""
    match = _NOT_PRINTABLE.search(text)
    if match is None:
        return False
    if at is None:
        before = _LINE_BREAK.split(text[: match.start()])
        at = At(len(before), len(before[-1]) + 1)
    findings.error(
        codes.CONTROL_CHARACTER,
        at,
        f"there is a character that does not belong in text (U+{ord(match.group()):04X})",
        "remove it, and see that the file is text in UTF-8",
    )
    return True


def has_tab_outside(spans: list[tuple[int, int]], text: str, findings: Findings) -> bool:
    """Tell the first line that is indented with a tab, but for lines that continue a scalar.

    `spans` are the first and last lines (from 1, ascending) that continue quoted or block scalars,
    where a tab is text.
    """
    if _TAB_INDENT.search(text) is None:
        return False
    inside = iter(spans)
    span: tuple[int, int] | None = (0, 0)
    for number, line in enumerate(_LINE_BREAK.split(text), start=1):
        while span is not None and span[1] < number:
            span = next(inside, None)
        if (span is None or number < span[0]) and _TAB_INDENT.match(line):
            _tell_tab(At(number, line.index("\t") + 1), findings)
            return True
    return False


def tell_syntax(error: yaml.MarkedYAMLError, text: str, findings: Findings) -> None:
    """Tell what the parser stumbled over."""
    mark: Any = error.problem_mark or error.context_mark
    lines = _LINE_BREAK.split(text)
    row, column = min((mark.line, mark.column), (len(lines) - 1, len(lines[-1])))
    at = At(row + 1, min(column, len(lines[row])) + 1)
    if lines[row][column : column + 1] == "\t":
        _tell_tab(at, findings)
        return
    if _TAB_INDENT.match(lines[row]):
        _tell_tab(At(row + 1, lines[row].index("\t") + 1), findings)
        return
    begun: Any = error.context_mark
    context = f" ({error.context}, begun at line {begun.line + 1})" if begun else ""
    what = f"{error.problem}{context}"
    split = _SPLIT_CALL.search(lines[row][: column + 1])
    if begun and split:
        remedy = (
            f"a comma within [ ] and {{ }} begins the next item: put {split.group(1)}(...) in double "
            "quotes as a whole"
        )
        tell_not_yaml(at, what, findings, remedy)
    else:
        tell_not_yaml(at, what, findings)


def tell_not_yaml(at: Place, what: str, findings: Findings, remedy: str = _LOOK) -> None:
    """Tell that a text is not YAML."""
    findings.error(codes.NOT_YAML, at, f"this is not YAML: {what}", remedy)


def _tell_tab(at: Place, findings: Findings) -> None:
    findings.error(
        codes.TAB, at, "there is a tab where YAML wants spaces", "indent with spaces instead"
    )
