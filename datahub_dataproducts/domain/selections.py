"""Selections: which dbt tests a contract means."""

from collections import defaultdict
from collections.abc import Iterable

from datahub_dataproducts.domain.documents import Selection, TestSelection
from datahub_dataproducts.domain.nodes import Node, Project


def tests_by_node(project: Project) -> dict[str, tuple[Node, ...]]:
    """The tests of each node, by its unique id, in the order of their names.

    A generic test belongs to the node it is written at, whatever else it reads: a `relationships`
    test says something of the table that refers, not of the one referred to. A singular test, or
    one of which dbt does not say where it is written, belongs to the nodes it reads.
    """
    found: dict[str, list[Node]] = defaultdict(list)
    for test in project.nodes.values():
        if test.resource_type == "test":
            for unique_id in {test.attached_to} if test.attached_to else {*test.depends_on}:
                found[unique_id].append(test)
    return {
        unique_id: tuple(sorted(tests, key=lambda t: (t.name, t.unique_id)))
        for unique_id, tests in found.items()
    }


def selected(
    selection: TestSelection, tests: Iterable[Node]
) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """The selected ones among the tests of an asset, and the words that selected nothing.

    A name is a test's own (`not_null_orders_order_id`) or the generic test's (`not_null`).
    """
    tests = tuple(tests)
    if selection.by is Selection.ALL:
        return tests, ()
    chosen: set[str] = set()
    idle: list[str] = []
    for word in selection.words:
        hits = {t.unique_id for t in tests if word.value in words_of(selection.by, t)}
        chosen |= hits
        if not hits:
            idle.append(word.value)
    return tuple(t for t in tests if t.unique_id in chosen), tuple(idle)


def words_of(by: Selection, test: Node) -> frozenset[str]:
    """The words that select a test of an asset."""
    if by is Selection.NAMES:
        return frozenset({test.name, test.test_name} - {""})
    if by is Selection.COLUMNS:
        return frozenset({test.column} - {""})
    return frozenset(test.tags)
