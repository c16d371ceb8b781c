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


def asked_by_test(test: Node, *, is_blocking: bool) -> Asked:
    """What a contract asks for so that this very test is promised.

    What ODCS has no word for is asked for by the name of the test, as a rule of the engine dbt.
    """
    arguments = dict(test.arguments)
    plain = _PLAIN.get(test.test_name)
    if plain and test.column and is_blocking:
        return Asked({plain[0]: True}, test.column)
    if plain and test.column:
        return Asked(_rule(plain[1], is_blocking=False), test.column, "quality")
    values = arguments.get("values")
    if test.test_name == CheckKind.ACCEPTED_VALUES.value and test.column and values:
        words = _rule("invalidValues", is_blocking=is_blocking)
        words["arguments"] = {"validValues": [*values] if isinstance(values, tuple) else [values]}
        return Asked(words, test.column, "quality")
    if test.test_name == CheckKind.RELATIONSHIPS.value and test.column and is_blocking:
        to = _reference(arguments)
        if to:
            return Asked({"type": "foreignKey", "to": to}, test.column, "relationships")
    columns = arguments.get("combination_of_columns")
    if test.test_name == CheckKind.UNIQUE_TOGETHER.value and isinstance(columns, tuple):
        words = _rule("duplicateValues", is_blocking=is_blocking)
        return Asked({**words, "arguments": {"properties": [*columns]}}, below="quality")
    words = {"type": "custom", "engine": "dbt", "implementation": test.name}
    if not is_blocking:
        words["severity"] = _MILD
    return Asked(words, test.column, "quality")


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
