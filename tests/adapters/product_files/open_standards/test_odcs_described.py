"""What ODCS says of columns becomes checks that dbt has tests for, or is told."""

import pytest

from datahub_dataproducts.domain.assertions import Impact
from tests.adapters.product_files.open_standards.contracts import (
    HEAD,
    checks,
    read,
    terms,
    with_column,
)


def rule(text: str) -> str:
    return with_column(f", quality: [{{{text}}}]")


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (", required: true", ["not_null on c"]),
        (", unique: true", ["unique on c"]),
        (", primaryKey: true, required: true", ["not_null on c", "unique on c"]),
        (", required: false, unique: false, primaryKey: false", []),
        (", physicalName: pc, required: true", ["not_null on pc"]),
        (", quality: [{metric: nullValues, mustBe: 0}]", ["not_null on c"]),
        (", quality: [{type: library, rule: x, metric: nullValues, mustBe: 0}]", ["not_null on c"]),
        (", quality: [{metric: nullValues, mustBeLessThan: 1}]", ["not_null on c"]),
        (", quality: [{rule: nullValues, mustBe: 0}]", ["not_null on c"]),
        (
            ", quality: [{metric: nullValues, mustBeLessOrEqualTo: 0, unit: percent}]",
            ["not_null on c"],
        ),
        (
            ", quality: [{metric: missingValues, mustBe: 0, arguments: {missingValues: [null]}}]",
            ["not_null on c"],
        ),
        (", quality: [{metric: duplicateValues, mustBe: 0}]", ["unique on c"]),
        (
            ", quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [a, 1, null]}}]",
            ["accepted_values of a, 1 on c"],
        ),
        (", quality: [{type: custom, engine: dbt, implementation: my_test}]", ["my_test"]),
        (", relationships: [{to: users.id}]", ["relationships to users.id on c"]),
        (", relationships: [{to: [users.id]}]", ["relationships to users.id on c"]),
    ],
)
def test_what_a_column_must_be_is_a_check(column: str, wanted: list[str]) -> None:
    assert checks(terms(with_column(column))) == wanted


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (
            ", quality: [{metric: nullValues, mustBeLessThan: 1, unit: percent}]",
            "this rule of c: nullValues mustBeLessThan 1 percent",
        ),
        (", quality: [{metric: nullValues, mustBe: 3}]", "this rule of c: nullValues mustBe 3"),
        (
            ", quality: [{metric: nullValues, mustBe: true}]",
            "this rule of c: nullValues mustBe True",
        ),
        (
            ", quality: [{metric: nullValues, mustBe: false}]",
            "this rule of c: nullValues mustBe False",
        ),
        (", quality: [{rule: nullValues}]", "this rule of c: nullValues;"),
        (
            ", quality: [{metric: nullValues, mustBe: 1.0e+999}]",
            "this rule of c: nullValues mustBe",
        ),
        (
            ", quality: [{metric: nullValues, mustBeBetween: [0, 1]}]",
            "this rule of c: nullValues mustBeBetween [0, 1]",
        ),
        (
            ", quality: [{metric: nullValues, mustBeGreaterThan: 3}]",
            "this rule of c: nullValues mustBeGreaterThan 3",
        ),
        (
            ", quality: [{metric: missingValues, mustBe: 0, arguments: {missingValues: [null, '']}}]",
            "this rule of c: missingValues mustBe 0",
        ),
        (
            ", quality: [{metric: invalidValues, mustBe: 0, arguments: {pattern: x}}]",
            "this rule of c: invalidValues mustBe 0",
        ),
        (
            ", quality: [{metric: invalidValues, mustBe: 0}]",
            "this rule of c: invalidValues mustBe 0",
        ),
        (", quality: [{type: text, description: be nice}]", "this rule of c: text, be nice"),
        (", quality: [{type: sql, query: select 1, mustBe: 0}]", "this rule of c: sql, no words"),
        (
            ", quality: [{type: custom, engine: soda, implementation: x}]",
            "this rule of c: custom, no words",
        ),
        (
            ", logicalType: string, logicalTypeOptions: {maxLength: 2, format: uuid}",
            "these limits of c: maxLength",
        ),
        (
            ", logicalType: object, properties: [{name: inner, required: true}]",
            "what is asked of the fields inside c: dbt's tests look at columns",
        ),
        (
            ", logicalType: array, items: {logicalType: string, unique: true}",
            "what is asked of the fields inside c: dbt's tests look at columns",
        ),
        (", relationships: [{to: 'schema/users/properties/id'}]", "this relationship: dbt has"),
        (", relationships: [{to: [users.id, users.country]}]", "this relationship: dbt has"),
    ],
)
def test_what_dbt_has_no_test_for_is_told_in_the_contract(column: str, told: str) -> None:
    contract, found = read(with_column(column))
    assert contract is not None
    assert checks(contract.tables[0]) == []
    assert len(found) == 1
    assert found[0].startswith("c.yaml:2:")
    assert f"warning[rule-not-promised]: nothing checks {told}" in found[0]


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (
            ", quality: [{metric: duplicateValues, mustBe: 0, arguments: {properties: [c]}}]",
            ["unique on pc"],
        ),
        (
            ", quality: [{metric: duplicateValues, mustBe: 0, arguments: {properties: [c, d]}}]",
            ["dbt_utils.unique_combination_of_columns on pc, d"],
        ),
        (", relationships: [{from: orders.c, to: users.id}]", ["relationships to users.id on pc"]),
    ],
)
def test_what_a_table_must_be_is_a_check_of_its_columns(table: str, wanted: list[str]) -> None:
    assert checks(terms(with_column(", physicalName: pc", table))) == wanted


@pytest.mark.parametrize(
    "table",
    [
        ", quality: [{metric: rowCount, mustBe: 0}]",
        ", quality: [{metric: duplicateValues, mustBe: 0}]",
        ", relationships: [{from: schema/other/properties/x, to: users.id}]",
        ", relationships: [{from: [orders.c, orders.d], to: [users.id, users.d]}]",
    ],
)
def test_what_is_asked_of_a_whole_table_is_told_where_dbt_has_no_test_for_it(table: str) -> None:
    contract, told = read(with_column("", table))
    assert contract is not None
    assert checks(contract.tables[0]) == []
    assert len(told) == 1
    assert "warning[rule-not-promised]" in told[0]


@pytest.mark.parametrize("severity", ["warning", "warn", "INFO"])
def test_a_mild_rule_is_a_warning_promise(severity: str) -> None:
    found = terms(rule(f"metric: nullValues, mustBe: 0, severity: {severity}"))
    assert found.described is not None
    assert [check.impact for check in found.described.checks] == [Impact.WARNING]


def test_a_rule_of_severity_error_is_as_its_entry_says() -> None:
    found = terms(rule("metric: nullValues, mustBe: 0, severity: error"))
    assert found.described is not None
    assert [check.impact for check in found.described.checks] == [None]


def test_references_by_id_are_those_of_the_file() -> None:
    text = (
        f"{HEAD}, schema: [{{name: a, properties: [{{name: c, relationships: "
        "[{to: schema/b1/properties/k1}]}]}, "
        "{name: b, id: b1, physicalName: tb, properties: [{name: k, id: k1}]}]}"
    )
    contract, told = read(text)
    assert (contract is not None, told) == (True, [])
    assert contract is not None
    assert checks(contract.tables[0]) == ["relationships to tb.k on c"]


def test_the_allowed_values_of_version_3_2_are_a_check() -> None:
    text = with_column(", enum: [{value: a}, {value: 2}]").replace("v3.1.0", "v3.2.0")
    assert checks(terms(text)) == ["accepted_values of a, 2 on c"]


def test_a_rule_with_two_bounds_is_no_rule_of_the_standard() -> None:
    contract, told = read(with_column(", quality: [{metric: nullValues, mustBe: 0, mustNotBe: 1}]"))
    assert contract is None
    assert "error[contract-file-form]" in told[0]


@pytest.mark.parametrize("to", ["schema/b1/properties/nothing", "schema/b2/properties/k1", "a/b"])
def test_a_reference_by_an_id_that_the_file_does_not_have_is_told(to: str) -> None:
    text = (
        f"{HEAD}, schema: [{{name: a, properties: [{{name: c, relationships: [{{to: {to}}}]}}]}}, "
        "{name: b, id: b1, properties: [{name: k, id: k1}]}]}"
    )
    contract, told = read(text)
    assert contract is not None
    assert checks(contract.tables[0]) == []
    assert len(told) == 1
    assert "warning[rule-not-promised]: nothing checks this relationship" in told[0]
