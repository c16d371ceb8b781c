"""Quality rules of ODCS as checks that dbt has tests for; what dbt has no test for is told."""

from fractions import Fraction

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.nodes import Place
from datahub_dataproducts.adapters.product_files.open_standards.odcs_tables import (
    Columns,
    names_of,
)
from datahub_dataproducts.adapters.product_files.open_standards.trees import Part
from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.described_tables import Check, CheckKind, Names

_OPERATORS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)
_REMEDY = (
    "write a dbt test for it, and name that here by `type: custom`, `engine: dbt` and "
    "`implementation: <name of the test>`"
)
# What tools write for a rule whose failure is not to stop anything.
_MILD = frozenset({"info", "warn", "warning"})


def check_of_rule(rule: Part, table: Part, column: Part | None, findings: Findings) -> Check | None:
    """The check of one quality rule; None where dbt has no test that checks it, which is told.

    Args:
        rule: an item of `quality`.
        table: the object it belongs to.
        column: the property it belongs to, None for a rule of the whole object.
        findings: of the contract file.
    """
    reader = _Rule(rule, table, column)
    check = reader.check(findings)
    if check is None:
        what = shown(reader.told(), 120)
        name = names_of(table)[0] if column is None else names_of(column)[0]
        findings.warning(
            codes.RULE_NOT_PROMISED,
            rule.node,
            f"nothing checks this rule of {name}: {what}",
            _REMEDY,
        )
    return check


class _Rule:
    def __init__(self, rule: Part, table: Part, column: Part | None) -> None:
        self._rule = rule
        self._table = table
        self._column = column
        self._metric = rule.said("metric") or rule.said("rule")

    def told(self) -> str:
        """The rule in its own words."""
        if self._metric:
            operator = next((key for key in _OPERATORS if self._rule.get(key) is not None), "")
            value = self._rule.get(operator)
            unit = self._rule.said("unit")
            said = "" if value is None else f" {operator} {value.value}"
            return f"{self._metric}{said}{f' {unit}' if unit else ''}"
        kind = self._rule.said("type") or "library"
        return f"{kind}, {self._rule.said('description') or self._rule.said('name') or 'no words'}"

    def check(self, findings: Findings) -> Check | None:
        """The check that a dbt test makes."""
        if self._rule.said("type") == "custom":
            name = self._rule.said("implementation").strip()
            is_dbt = self._rule.said("engine").lower() == "dbt"
            return self._made(CheckKind.NAMED, findings, name=name) if is_dbt and name else None
        if not self._metric or not allows_none(self._rule):
            return None
        if self._column is None:
            return self._of_table(findings)
        return self._of_column(names_of(self._column), findings)

    def _of_table(self, findings: Findings) -> Check | None:
        arguments = self._rule.get("arguments")
        listed = () if arguments is None else arguments.listed("properties")
        if self._metric != "duplicateValues" or not listed:
            return None
        of_table = Columns(self._table)
        columns = tuple(of_table.names(part.text) for part in listed)
        kind = CheckKind.UNIQUE if len(columns) == 1 else CheckKind.UNIQUE_TOGETHER
        return self._made(kind, findings, columns)

    def _of_column(self, column: Names, findings: Findings) -> Check | None:
        arguments = self._rule.get("arguments")
        if self._metric == "nullValues" or (self._metric == "missingValues" and self._only_null()):
            return self._made(CheckKind.NOT_NULL, findings, (column,))
        if self._metric == "duplicateValues":
            return self._made(CheckKind.UNIQUE, findings, (column,))
        values = () if arguments is None else arguments.listed("validValues")
        alone = arguments is not None and arguments.keys() == ("validValues",)
        if self._metric == "invalidValues" and values and alone:
            # dbt passes over nulls, so whether null is listed makes no difference.
            texts = tuple(part.text for part in values if part.value is not None)
            return self._made(CheckKind.ACCEPTED_VALUES, findings, (column,), values=texts)
        return None

    def _only_null(self) -> bool:
        arguments = self._rule.get("arguments")
        values = () if arguments is None else arguments.listed("missingValues")
        return all(part.value is None for part in values)

    def _made(
        self,
        kind: CheckKind,
        findings: Findings,
        columns: tuple[Names, ...] = (),
        values: tuple[str, ...] = (),
        name: str = "",
    ) -> Check:
        at: Place = self._rule.node
        mild = self._rule.said("severity").lower() in _MILD
        return Check(
            kind=kind,
            columns=columns,
            values=values,
            name=name,
            impact=Impact.WARNING if mild else None,
            location=findings.place(at),
        )


def allows_none(rule: Part) -> bool:
    """Whether a rule allows not a single row: that is all that dbt's own tests check.

    `mustBe: 0`, `mustBeLessOrEqualTo: 0`, and of rows `mustBeLessThan: 1`.
    """
    value = {key: rule.get(key) for key in _OPERATORS}
    given = {key: part.value for key, part in value.items() if part is not None}
    if len(given) != 1:
        return False
    ((operator, bound),) = given.items()
    if operator == "mustBeLessThan":
        number = _number(bound)
        in_rows = rule.said("unit") in {"", "rows"}
        return in_rows and number is not None and 0 < number <= 1
    return operator in {"mustBe", "mustBeLessOrEqualTo"} and _number(bound) == 0


def _number(value: object) -> Fraction | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Fraction(str(value)) if is_number else None
