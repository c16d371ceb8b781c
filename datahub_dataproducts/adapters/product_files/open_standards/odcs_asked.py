"""What a dbt test checks, in the words of an ODCS contract."""

import re
from dataclasses import dataclass
from typing import Any

from datahub_dataproducts.domain.described_tables import CheckKind
from datahub_dataproducts.domain.nodes import Node

_QUOTED = re.compile(r"""['"]([^'"]+)['"]""")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MILD = "warning"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a contract asks for.

    Attributes:
        words: keys and values.
        column: the column they belong to, empty for the table.
        below: the list of the column or table they are an item of; empty: its own keys.
    """

    words: dict[str, Any]
    column: str = ""
    below: str = ""


def asked_by_test(test: Node, *, is_blocking: bool, by_name: bool) -> Asked:
    """What a contract asks for so that this very test is promised.

    What ODCS has no word for is asked for by the name of the test, as a rule of the engine dbt.

    Args:
        test: a dbt test.
        is_blocking: False: a failure is only a warning.
        by_name: its name alone tells it from another test.
    """
    said = None if by_name else _said(test, is_blocking=is_blocking)
    if said is not None:
        return said
    words = {"type": "custom", "engine": "dbt", "implementation": test.name}
    if not is_blocking:
        words["severity"] = _MILD
    return Asked(words, test.column, "quality")


def _said(test: Node, *, is_blocking: bool) -> Asked | None:
    """In ODCS's own words; None where it has none."""
    if test.test_name == CheckKind.UNIQUE_TOGETHER.value:
        columns = dict(test.arguments).get("combination_of_columns")
        words = _rule("duplicateValues", is_blocking=is_blocking)
        words["arguments"] = {"properties": [*columns]} if isinstance(columns, tuple) else {}
        return Asked(words, below="quality") if words["arguments"] else None
    return _said_of_column(test, is_blocking=is_blocking) if test.column else None


def _said_of_column(test: Node, *, is_blocking: bool) -> Asked | None:
    arguments = dict(test.arguments)
    plain = _PLAIN.get(test.test_name)
    if plain is not None:
        if is_blocking:
            return Asked({plain[0]: True}, test.column)
        return Asked(_rule(plain[1], is_blocking=False), test.column, "quality")
    values = arguments.get("values")
    if test.test_name == CheckKind.ACCEPTED_VALUES.value and values:
        words = _rule("invalidValues", is_blocking=is_blocking)
        words["arguments"] = {"validValues": [*values] if isinstance(values, tuple) else [values]}
        return Asked(words, test.column, "quality")
    if test.test_name == CheckKind.RELATIONSHIPS.value and is_blocking:
        to = _reference(arguments)
        if to:
            return Asked({"type": "foreignKey", "to": to}, test.column, "relationships")
    return None


_PLAIN = {
    CheckKind.NOT_NULL.value: ("required", "nullValues"),
    CheckKind.UNIQUE.value: ("unique", "duplicateValues"),
}


def _rule(metric: str, *, is_blocking: bool) -> dict[str, Any]:
    words = {"type": "library", "metric": metric, "mustBe": 0}
    return words if is_blocking else {**words, "severity": _MILD}


def _reference(arguments: dict[str, str | tuple[str, ...]]) -> str:
    """`table.column`, where both are words that ODCS allows; else empty."""
    quoted = _QUOTED.findall(str(arguments.get("to", "")))
    field = str(arguments.get("field", ""))
    words = (*quoted[-1:], field)
    return ".".join(words) if len(words) == 2 and all(map(_WORD.fullmatch, words)) else ""  # noqa: PLR2004 - a table and a column
