"""Quality: which dbt tests check exactly what a contract file asks of a table, and which are missing.

Nothing is checked by us: a rule of a contract file is promised where a dbt test checks it, and told
where none does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.described_tables import Check, CheckKind, DescribedTable, Names
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import did_you_mean

_QUOTED = re.compile(r"""['"]([^'"]+)['"]""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What of a described table is checked.

    Attributes:
        tests: dbt tests in the order of the file, each once, with the impact the file gives them.
        build: dbt sees to the columns and their types whenever it builds the table, which
            the file does not promise itself.
    """

    tests: tuple[tuple[Node, Impact | None], ...]
    build: bool


def kept(
    table: DescribedTable, node: Node, name: str, tests: Iterable[Node], findings: Findings
) -> Kept:
    """What dbt checks of a table as described; what it does not check is told, with the remedy.

    Args:
        table: as described.
        node: dbt's node of the table.
        name: what people call it.
        tests: the node's dbt tests.
        findings: where the missing is told.
    """
    tests = tuple(tests)
    found: dict[str, tuple[Node, Impact | None]] = {}
    for check in table.checks:
        test = checking_test(check, tests)
        if test is None:
            message, remedy = _partial(check, tests) or _missing(check, name)
            findings.warn(check.location, "missing-dbt-test", message, remedy)
            continue
        known = found.get(test.unique_id)
        # Asked for twice, once of its own impact: the stricter stands.
        found[test.unique_id] = (
            test,
            check.impact if known is None else _stricter(known[1], check),
        )
    _tell_columns(table, node, name, findings)
    build = node.contract_enforced and bool(table.columns) and not table.says_build
    return Kept(tests=tuple(found.values()), build=build)


def checking_test(check: Check, tests: Iterable[Node]) -> Node | None:
    """The dbt test that checks exactly that; None where there is none."""
    return next((test for test in tests if _is_of(check, test)), None)


def say_check(check: Check) -> str:
    """A check as the dbt test it wants (`accepted_values: [a, b] on status`)."""
    columns = ", ".join(names[0] for names in check.columns)
    if check.kind is CheckKind.NAMED:
        return check.name
    if check.kind is CheckKind.ACCEPTED_VALUES:
        return f"accepted_values of {', '.join(check.values)} on {columns}"
    if check.kind is CheckKind.RELATIONSHIPS:
        return f"relationships to {check.table[0]}.{check.field[0]} on {columns}"
    return f"{check.kind.value} on {columns}"


def same(one: str, other: str) -> bool:
    """Whether two names of a column or table are one: databases differ in upper and lower case."""
    return folded(one) == folded(other)


def folded(name: str) -> str:
    """What two names of a column or table that are one have in common; see `same`."""
    return name.casefold()


def _is_of(check: Check, test: Node) -> bool:
    if check.kind is CheckKind.NAMED:
        return check.name in {test.name, test.unique_id}
    return not test.narrowed and _is_alike(check, test)


def _is_alike(check: Check, test: Node) -> bool:
    """Whether a test is of the kind that is asked for, whatever it lets pass."""
    if test.test_name != check.kind.value:
        return False
    arguments = dict(test.arguments)
    if check.kind is CheckKind.UNIQUE_TOGETHER:
        combined = _texts(arguments.get("combination_of_columns", ()))
        return len(combined) == len(check.columns) and all(
            any(_is_called(column, names) for column in combined) for names in check.columns
        )
    return _is_called(test.column, check.columns[0]) and _asks_the_same(check, arguments)


def _asks_the_same(check: Check, arguments: dict[str, str | tuple[str, ...]]) -> bool:
    if check.kind is CheckKind.ACCEPTED_VALUES:
        return set(_texts(arguments.get("values", ()))) == set(check.values)
    if check.kind is CheckKind.RELATIONSHIPS:
        quoted = _QUOTED.findall("".join(_texts(arguments.get("to", ()))))
        field = "".join(_texts(arguments.get("field", ())))
        return _is_called("".join(quoted[-1:]), check.table) and _is_called(field, check.field)
    return True


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _is_called(name: str, names: Names) -> bool:
    return any(same(name, other) for other in names)


def _stricter(known: Impact | None, check: Check) -> Impact | None:
    return known if check.impact is Impact.WARNING else check.impact


def _partial(check: Check, tests: Iterable[Node]) -> tuple[str, str] | None:
    alike = (test for test in tests if test.narrowed and _is_alike(check, test))
    test = next(alike, None)
    if test is None:
        return None
    return (
        f"the dbt test {test.name} checks this only in part: it has `{test.narrowed}`",
        "take that setting out in dbt, or give the table a test of the same kind without it",
    )


def _missing(check: Check, name: str) -> tuple[str, str]:
    if check.kind is CheckKind.NAMED:
        message = f'{name} has no dbt test "{check.name}"'
        return message, "add it in dbt, or take the rule out of the contract file"
    return (
        f"no dbt test checks this of {name}: {say_check(check)}",
        f"add the test {check.kind.value} to the YAML of {name} in dbt",
    )


def _tell_columns(table: DescribedTable, node: Node, name: str, findings: Findings) -> None:
    if not table.columns:
        return
    if not node.contract_enforced:
        message = f"nothing checks that {name} has the columns and types of this contract"
        remedy = f"set `contract: {{enforced: true}}` in the YAML of {name} in dbt"
        if node.resource_type != "model":
            remedy = f"dbt enforces those of models only, and {name} is a {node.resource_type}"
        findings.warn(table.location, "schema-not-enforced", message, remedy)
    known = [column.name for column in node.columns]
    for column in table.columns if known else ():
        if not any(_is_called(known_name, column.names) for known_name in known):
            message = f"dbt's YAML of {name} has no column {column.names[0]}"
            remedy = did_you_mean(column.names[0], known) or "add it there, or take it out here"
            findings.warn(column.location, "column-not-in-dbt", message, remedy)
