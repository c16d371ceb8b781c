"""The page on open standards says what happens: every row of its tables is tried."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest
import yaml

from datahub_dataproducts.adapters.product_files.open_standards import published
from datahub_dataproducts.adapters.product_files.open_standards.to_odcs import to_odcs
from datahub_dataproducts.adapters.product_files.open_standards.to_openslo import to_openslo
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.described_tables import CheckKind
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.nodes import Column, Project
from tests.adapters.product_files.open_standards.contracts import (
    freshness,
    read,
    with_column,
    with_levels,
)
from tests.application.test_publish import dbt_test, model
from tests.application.test_publish import published as publication_of
from tests.docs.pages import text_of

TOLD = "told"
CODE = re.compile(r"`[^`]*`")
PAGE = text_of("docs/open-standards.md")
ORDERS = "model.shop.orders"
NODES = (
    model("orders", columns=(Column("id"), Column("status"))),
    model("users"),
    dbt_test("not_null_id", ORDERS, kind="not_null", column="id"),
    dbt_test("unique_id", ORDERS, kind="unique", column="id"),
    dbt_test(
        "values_status",
        ORDERS,
        kind="accepted_values",
        column="status",
        arguments=(("values", ("a", "b")),),
    ),
    dbt_test(
        "orders_users",
        ORDERS,
        "model.shop.users",
        kind="relationships",
        column="user_id",
        arguments=(("to", "ref('users')"), ("field", "id")),
    ),
    dbt_test("singular", ORDERS),
)
PROJECT = Project(name="shop", nodes={node.unique_id: node for node in NODES})


def rows(heading: str) -> list[tuple[str, ...]]:
    """The rows of the table whose first heading is that, without the ticks around a cell."""
    lines = PAGE.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |")) + 2
    found: list[tuple[str, ...]] = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        cells = (cell.strip() for cell in line.strip("| ").split(" | "))
        found.append(tuple(cell[1:-1] if CODE.fullmatch(cell) else cell for cell in cells))
    assert found
    return found


@pytest.mark.parametrize(("level", "promise"), rows("in `slaProperties`"))
def test_service_levels_promise_what_the_page_says(level: str, promise: str) -> None:
    contract, told = read(with_levels(level))
    assert contract is not None
    wanted = "" if promise.startswith(TOLD) else promise
    assert freshness(contract.tables[0]) == wanted
    assert len(told) == promise.startswith(TOLD)


def kinds(text: str) -> tuple[list[str], list[str]]:
    version = "v3.2.0" if "enum" in text else "v3.1.0"
    contract, told = read(text.replace("v3.1.0", version))
    assert contract is not None
    described = contract.tables[0].described
    assert described is not None
    found = [c.name if c.kind is CheckKind.NAMED else c.kind.value for c in described.checks]
    return found, told


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        *((with_column(f", {said}"), tests) for said, tests in rows("of a column")),
        *((with_column("", f", {said}"), tests) for said, tests in rows("of a table")),
    ],
)
def test_rules_want_the_dbt_tests_that_the_page_says(text: str, tests: str) -> None:
    found, told = kinds(text)
    wanted = [] if tests == TOLD else [word.strip("` ") for word in tests.split(",")]
    assert (found, bool(told)) == (wanted, tests == TOLD)


def places_of(document: dict[str, Any]) -> list[str]:
    """What of a contract says a promise."""
    (table,) = document["schema"]
    found = [
        f"`{key}` of the column"
        for column in table["properties"]
        for key in column
        if key not in {"name", "physicalType"}
    ]
    found += [f"`{key}` of the table" for key in ("quality", "customProperties") if key in table]
    levels = [f"`slaProperties` {level['property']}" for level in document.get("slaProperties", ())]
    # In our own words and in theirs: ours stand.
    return found or levels


@pytest.mark.parametrize(("promise", "place"), rows("promise"))
def test_promises_go_where_the_page_says(promise: str, place: str) -> None:
    entry = {"asset": "ref('orders')", **yaml.safe_load(promise)}
    text = json.dumps({
        "id": "shop",
        "domain": "d",
        "assets": ["ref('orders')"],
        "contract": [entry],
    })
    documents = parse_product_file(text, "p.yml", "UTC").documents
    (product,) = publication_of(*documents, project=PROJECT).products
    ((one,), _) = to_odcs(product, PROJECT, 3 * DAY)
    assert places_of(yaml.safe_load(one.written.text)) == [place]


def test_every_key_of_odps_has_its_row() -> None:
    schema = json.loads(
        (files(published.__package__ or "") / "odps-json-schema-v1.0.0.json").read_text("utf-8")
    )
    assert sorted(row[0] for row in rows("ODPS")) == sorted(schema["properties"])


@pytest.mark.parametrize(("objective", "said"), rows("`objective`"))
def test_objectives_are_the_slos_that_the_page_says(objective: str, said: str) -> None:
    text = f"id: p\ndomain: d\nobjective: {objective}\n"
    written = to_openslo(parse_product_file(text, "p.yml", "UTC").documents[0])
    assert written is not None
    spec = yaml.load(written.text, Loader=yaml.BaseLoader)["spec"]
    for part in said.split("`, `"):
        key, value = part.strip("`").split(": ", 1)
        found = spec["objectives"][0]["target"] if key == "target" else spec[key]
        assert found == yaml.load(value, Loader=yaml.BaseLoader)
