"""A described table is promised as far as dbt tests check exactly that."""

from dataclasses import replace

import pytest

from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.described_tables import (
    Check,
    CheckKind,
    DescribedColumn,
    DescribedTable,
)
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.nodes import Column, Node
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.quality import Kept, checking_test, kept, say_check

HERE = Location("c.yaml", 3, 5)


def check(kind: CheckKind = CheckKind.NOT_NULL, *columns: str, **fields: object) -> Check:
    names = tuple((column,) for column in columns)
    return Check(kind=kind, columns=names, location=HERE, **fields)  # type: ignore[arg-type]


def generic(test_name: str, column: str = "", **arguments: str | tuple[str, ...]) -> Node:
    name = f"{test_name}_{column}"
    return Node(
        unique_id=f"test.shop.{name}",
        resource_type="test",
        name=name,
        package="shop",
        test_name=test_name,
        column=column,
        arguments=tuple(arguments.items()),
    )


def table(**fields: object) -> Node:
    return Node(
        unique_id="model.shop.orders",
        resource_type="model",
        name="orders",
        package="shop",
        **fields,  # type: ignore[arg-type]
    )


TOGETHER = CheckKind.UNIQUE_TOGETHER
VALUES = CheckKind.ACCEPTED_VALUES
RELATIONS = CheckKind.RELATIONSHIPS


@pytest.mark.parametrize(
    ("asked", "test"),
    [
        (check(CheckKind.NOT_NULL, "id"), generic("not_null", "ID")),
        (check(CheckKind.UNIQUE, "id"), generic("unique", "id")),
        (
            Check(kind=CheckKind.UNIQUE, columns=(("pid", "id"),), location=HERE),
            generic("unique", "id"),
        ),
        (
            check(VALUES, "s", values=("a", "1")),
            generic("accepted_values", "s", values=("1", "a")),
        ),
        (check(VALUES, "s", values=("a",)), generic("accepted_values", "s", values="a")),
        (
            check(RELATIONS, "u", table=("dim", "users"), field=("id",)),
            generic("relationships", "u", to="ref('shop', 'users')", field="id"),
        ),
        (
            check(RELATIONS, "u", table=("users",), field=("id",)),
            generic("relationships", "u", to="source('app', 'users')", field="ID"),
        ),
        (
            check(TOGETHER, "a", "b"),
            generic(TOGETHER.value, combination_of_columns=("b", "A")),
        ),
        (check(CheckKind.NAMED, name="my_test_"), generic("my_test")),
        (check(CheckKind.NAMED, name="test.shop.my_test_"), generic("my_test")),
    ],
)
def test_a_check_is_made_by_the_test_that_looks_for_exactly_that(asked: Check, test: Node) -> None:
    others = [generic("not_null", "other"), generic("unique", "other")]
    assert checking_test(asked, [*others, test]) is test


@pytest.mark.parametrize(
    ("asked", "test"),
    [
        (check(CheckKind.NOT_NULL, "id"), generic("not_null", "idx")),
        (check(CheckKind.NOT_NULL, "id"), generic("unique", "id")),
        (check(VALUES, "s", values=("a",)), generic("accepted_values", "s", values=("a", "b"))),
        (check(VALUES, "s", values=("a",)), generic("accepted_values", "s")),
        (
            check(RELATIONS, "u", table=("users",), field=("id",)),
            generic("relationships", "u", to="ref('users')", field="key"),
        ),
        (
            check(RELATIONS, "u", table=("users",), field=("id",)),
            generic("relationships", "u", to="ref('people')", field="id"),
        ),
        (check(RELATIONS, "u", table=("users",), field=("id",)), generic("relationships", "u")),
        (check(TOGETHER, "a", "b"), generic(TOGETHER.value, combination_of_columns=("a", "c"))),
        (check(TOGETHER, "a", "b"), generic(TOGETHER.value, combination_of_columns=("a",))),
        (check(TOGETHER, "a", "b"), generic(TOGETHER.value)),
        (check(CheckKind.NAMED, name="my_tests"), generic("my_test")),
    ],
)
def test_a_test_that_looks_for_something_else_does_not_count(asked: Check, test: Node) -> None:
    assert checking_test(asked, [test]) is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (check(CheckKind.NOT_NULL, "id"), "not_null on id"),
        (check(TOGETHER, "a", "b"), "dbt_utils.unique_combination_of_columns on a, b"),
        (check(VALUES, "s", values=("a", "b")), "accepted_values of a, b on s"),
        (
            check(RELATIONS, "u", table=("users",), field=("id",)),
            "relationships to users.id on u",
        ),
        (check(CheckKind.NAMED, name="my_test"), "my_test"),
    ],
)
def test_a_check_is_said_as_the_dbt_test_it_wants(asked: Check, words: str) -> None:
    assert say_check(asked) == words


def keep(
    described: DescribedTable, node: Node | None = None, *tests: Node
) -> tuple[Kept, list[str]]:
    findings = Findings("p")
    found = kept(described, node or table(), "orders", tests, findings)
    return found, [str(problem) for problem in findings.problems]


def test_a_missing_test_is_told_with_what_to_add() -> None:
    checks = (check(CheckKind.NOT_NULL, "id"), check(CheckKind.NAMED, name="mine"))
    found, told = keep(DescribedTable(location=HERE, checks=checks))
    assert found == Kept(tests=(), build=False)
    assert told == [
        (
            "c.yaml:3:5: warning[missing-dbt-test]: no dbt test checks this of orders: not_null on "
            "id; add the test not_null to the YAML of orders in dbt"
        ),
        (
            'c.yaml:3:5: warning[missing-dbt-test]: orders has no dbt test "mine"; add it in dbt, '
            "or take the rule out of the contract file"
        ),
    ]


def test_a_test_that_lets_faults_pass_is_not_taken_for_the_whole_check() -> None:
    checks = (check(CheckKind.NOT_NULL, "id"),)
    partial = replace(generic("not_null", "id"), narrowed="where: paid")
    found, told = keep(DescribedTable(location=HERE, checks=checks), None, partial)
    assert found == Kept(tests=(), build=False)
    assert told == [
        (
            "c.yaml:3:5: warning[missing-dbt-test]: the dbt test not_null_id checks this only in "
            "part: it has `where: paid`; take that setting out in dbt, or give the table a test of "
            "the same kind without it"
        )
    ]
    whole = replace(partial, unique_id="test.shop.whole", narrowed="")
    found, told = keep(DescribedTable(location=HERE, checks=checks), None, partial, whole)
    assert [test.unique_id for test, _ in found.tests] == ["test.shop.whole"]
    assert told == []
    named = (check(CheckKind.NAMED, name="not_null_id"),)
    found, told = keep(DescribedTable(location=HERE, checks=named), None, partial)
    assert len(found.tests) == 1, "who names it means it as it is"


@pytest.mark.parametrize(
    ("first", "second", "impact"),
    [
        (None, None, None),
        (Impact.WARNING, None, None),
        (None, Impact.WARNING, None),
        (Impact.WARNING, Impact.WARNING, Impact.WARNING),
    ],
)
def test_a_check_asked_for_twice_is_one_test_with_the_stricter_impact(
    first: Impact | None, second: Impact | None, impact: Impact | None
) -> None:
    test = generic("not_null", "id")
    checks = tuple(check(CheckKind.NOT_NULL, "id", impact=one) for one in (first, second))
    found, told = keep(DescribedTable(location=HERE, checks=checks), None, test)
    assert (found.tests, told) == (((test, impact),), [])


COLUMNS = (
    DescribedColumn(("order_id",), Location("c.yaml", 4, 7)),
    DescribedColumn(("pstatus", "status"), Location("c.yaml", 5, 7)),
)


def test_an_enforced_contract_of_dbt_keeps_the_columns_at_every_build() -> None:
    node = table(contract_enforced=True, columns=(Column("ORDER_ID"), Column("status")))
    found, told = keep(DescribedTable(location=HERE, columns=COLUMNS), node)
    assert (found.build, told) == (True, [])


def test_a_build_that_the_file_promises_itself_is_not_taken_from_the_columns() -> None:
    node = table(contract_enforced=True)
    found, _ = keep(DescribedTable(location=HERE, columns=COLUMNS, says_build=True), node)
    assert not found.build


def test_columns_that_nothing_enforces_and_columns_that_dbt_does_not_have_are_told() -> None:
    node = table(columns=(Column("order_ident"), Column("x")))
    found, told = keep(DescribedTable(location=HERE, columns=COLUMNS), node)
    assert not found.build
    assert told == [
        (
            "c.yaml:3:5: warning[schema-not-enforced]: nothing checks that orders has the columns "
            "and types of this contract; set `contract: {enforced: true}` in the YAML of orders in dbt"
        ),
        (
            "c.yaml:4:7: warning[column-not-in-dbt]: dbt's YAML of orders has no column order_id; "
            'did you mean "order_ident"?'
        ),
        (
            "c.yaml:5:7: warning[column-not-in-dbt]: dbt's YAML of orders has no column pstatus; "
            "add it there, or take it out here"
        ),
    ]


def test_of_a_table_whose_columns_dbt_does_not_describe_none_is_said_to_be_missing() -> None:
    seed = Node(unique_id="seed.shop.s", resource_type="seed", name="s", package="shop")
    _, told = keep(DescribedTable(location=HERE, columns=COLUMNS), seed)
    assert told == [
        (
            "c.yaml:3:5: warning[schema-not-enforced]: nothing checks that orders has the columns and "
            "types of this contract; dbt enforces those of models only, and orders is a seed"
        )
    ]
