"""An object of an ODCS schema as a described table: its columns, and what must hold of them."""

from collections.abc import Iterator

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.nodes import Place
from datahub_dataproducts.adapters.product_files.open_standards.odcs_rules import check_of_rule
from datahub_dataproducts.adapters.product_files.open_standards.odcs_tables import Tables, names_of
from datahub_dataproducts.adapters.product_files.open_standards.trees import Part
from datahub_dataproducts.domain.described_tables import (
    Check,
    CheckKind,
    DescribedColumn,
    DescribedTable,
    Names,
)

# Of the options of a logical type, those that only say how a value is written down.
_NO_LIMITS = frozenset({"format", "timezone", "defaultTimezone"})
_INSIDE = ("properties", "items", "map")
_LIMITS = ("required", "unique", "quality", "relationships", "enum")


def described_table(table: Part, tables: Tables, findings: Findings) -> DescribedTable:
    """What an object of `schema` says; what nothing checks is told."""
    columns = table.listed("properties")
    checks = [
        *(check for column in columns for check in _of_column(column, table, tables, findings)),
        *_primary_key(columns, findings),
        *_relationships(table, None, tables, findings),
        *_rules(table, None, findings),
    ]
    return DescribedTable(
        location=findings.place(table.node),
        columns=tuple(
            DescribedColumn(names_of(column), findings.place(column.node)) for column in columns
        ),
        checks=tuple(_each_once(checks)),
    )


def _of_column(column: Part, table: Part, tables: Tables, findings: Findings) -> Iterator[Check]:
    names = names_of(column)
    for key, kind in (("required", CheckKind.NOT_NULL), ("unique", CheckKind.UNIQUE)):
        if column.is_true(key):
            yield _check(kind, (names,), column.key_place(key), findings)
    if allowed := column.listed("enum"):
        values = tuple(value.said("value") for value in allowed)
        at = findings.place(column.key_place("enum"))
        yield Check(kind=CheckKind.ACCEPTED_VALUES, columns=(names,), values=values, location=at)
    yield from _relationships(column, names, tables, findings)
    yield from _rules(table, column, findings)
    _tell_limits(column, names[0], findings)


def _primary_key(columns: tuple[Part, ...], findings: Findings) -> Iterator[Check]:
    keys = [column for column in columns if column.is_true("primaryKey")]
    for column in keys:
        at = column.key_place("primaryKey")
        yield _check(CheckKind.NOT_NULL, (names_of(column),), at, findings)
    if keys:
        kind = CheckKind.UNIQUE if len(keys) == 1 else CheckKind.UNIQUE_TOGETHER
        together = tuple(names_of(column) for column in keys)
        yield _check(kind, together, keys[0].key_place("primaryKey"), findings)


def _rules(table: Part, column: Part | None, findings: Findings) -> Iterator[Check]:
    for rule in (table if column is None else column).listed("quality"):
        check = check_of_rule(rule, table, column, findings)
        if check is not None:
            yield check


def _relationships(
    part: Part, names: Names | None, tables: Tables, findings: Findings
) -> Iterator[Check]:
    """Of a column, whose names are given, or of a table, where they are None."""
    for relationship in part.listed("relationships"):
        to = tables.column(_lone(relationship, "to"))
        column = names
        if names is None:
            source = tables.column(_lone(relationship, "from"))
            column = None if source is None else source[1]
        if to is None or column is None:
            findings.warning(
                codes.RULE_NOT_PROMISED,
                relationship.node,
                "nothing checks this relationship: dbt has a test from one column to one column "
                "of a table that this file or dbt names",
                "write a dbt test for it, and promise that by `tests: [name]`",
            )
            continue
        yield Check(
            kind=CheckKind.RELATIONSHIPS,
            columns=(column,),
            table=to[0],
            field=to[1],
            location=findings.place(relationship.node),
        )


def _lone(relationship: Part, key: str) -> str:
    """The single reference under a key; empty for a key of several columns."""
    items = relationship.listed(key)
    if not items:
        return relationship.said(key)
    return items[0].text if len(items) == 1 else ""


def _tell_limits(column: Part, name: str, findings: Findings) -> None:
    options = column.get("logicalTypeOptions")
    limits = [key for key in (options.keys() if options else ()) if key not in _NO_LIMITS]
    if limits:
        findings.warning(
            codes.RULE_NOT_PROMISED,
            column.key_place("logicalTypeOptions"),
            f"nothing checks these limits of {name}: {', '.join(limits)}",
            "write a dbt test for them, and promise that by `tests: [name]`",
        )
    inner = [part for key in _INSIDE for part in _inner(column, key)]
    if any(part.is_true(key) or part.listed(key) for part in inner for key in _LIMITS):
        findings.warning(
            codes.RULE_NOT_PROMISED,
            column.node,
            f"nothing checks what is asked of the fields inside {name}: dbt's tests look at columns",
            "write a dbt test for them, and promise that by `tests: [name]`",
        )


def _inner(column: Part, key: str) -> tuple[Part, ...]:
    part = column.get(key)
    if part is None:
        return ()
    return tuple(part.items()) or (part,)


def _check(kind: CheckKind, columns: tuple[Names, ...], at: Place, findings: Findings) -> Check:
    return Check(kind=kind, columns=columns, location=findings.place(at))


def _each_once(checks: list[Check]) -> Iterator[Check]:
    """A key that is also said to be required and unique is asked for once."""
    known: set[object] = set()
    for check in checks:
        what = (check.kind, check.columns, check.values, check.table, check.field, check.name)
        if (what, check.impact) not in known:
            known.add((what, check.impact))
            yield check
