"""Corrections beside the product files are published with the products they are of."""

from pathlib import Path
from typing import Any

import pytest

from datahub_dataproducts.adapters.datahub.definitions import read_definition
from datahub_dataproducts.domain.corrections import CorrectionKind
from datahub_dataproducts.domain.products import DataProduct
from tests.builders import at
from tests.plugins.repositories import (
    CUSTOMERS,
    ORDERS,
    complaints,
    ingest,
    proposals,
    removed,
    urns,
    write_products,
)

CORRECTIONS = "data_products_corrections.yml"
PLANNED = """\
timezone: Europe/Amsterdam
corrections:
  - product: orders
    from: 2026-03-05T06:00
    to: 2026-03-05T10:00
    kind: planned_work
    reason: Migration of the warehouse
    author: ana
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    return tmp_path


def write(project: Path, text: str) -> None:
    (project / CORRECTIONS).write_text(text, encoding="utf-8")


def published(project: Path, **config: Any) -> tuple[dict[str, DataProduct], list[str]]:
    """The products by id, as their definitions have them, and what failed."""
    pipeline = ingest(project, **config)
    written = proposals(project / "out.json")
    definitions = (
        read_definition(proposal["aspect"]["json"]["value"]["blob"])
        for proposal in written
        if proposal["aspectName"] == "platformResourceInfo"
    )
    return {product.id: product for product in definitions}, complaints(pipeline)


def test_each_product_carries_its_own_corrections_and_nothing_else_changes(project: Path) -> None:
    before, _ = published(project)
    write(project, PLANNED)
    after, failures = published(project)
    assert failures == []
    (correction,) = after["orders"].corrections
    assert (correction.since, correction.until) == (at("2026-03-05 06:00"), at("2026-03-05 10:00"))
    assert correction.kind is CorrectionKind.PLANNED_WORK
    assert (correction.reason, correction.author) == ("Migration of the warehouse", "ana")
    assert after["customers"] == before["customers"]
    assert before["orders"].corrections == ()


def test_publishing_the_same_corrections_twice_changes_nothing(project: Path) -> None:
    write(project, PLANNED)
    ingest(project, out="first.json")
    ingest(project, out="second.json")
    assert proposals(project / "first.json") == proposals(project / "second.json")


def test_the_recipe_may_name_another_file(project: Path) -> None:
    write(project, PLANNED)
    (project / CORRECTIONS).rename(project / "known-better.yml")
    assert published(project)[0]["orders"].corrections == ()
    after, _ = published(project, corrections_path="known-better.yml")
    assert len(after["orders"].corrections) == 1
    _, failures = published(project, corrections_path="missing.yml")
    assert "missing.yml" in failures[0]


CONTRADICTING = """\
  - product: orders
    from: 2026-03-05T09:00
    to: 2026-03-05T11:00
    kind: false_alarm
    reason: The check was wrong
    author: ben
"""
OF_NOBODY = """\
  - product: orders
    from: 2026-03-06T09:00
    to: 2026-03-06T11:00
    kind: false_alarm
    reason: The check was wrong
"""


@pytest.mark.parametrize(
    ("text", "place", "counting"),
    [
        (PLANNED + CONTRADICTING, "9:5", 0),
        (PLANNED + OF_NOBODY, "9:5", 1),
        (PLANNED.replace("Europe/Amsterdam", "Europe/Amsterdm"), "1:11", 0),
        ("corrections: [", "1:15", 0),
    ],
)
def test_a_fault_in_the_corrections_fails_the_run_and_unpublishes_no_product(
    project: Path, text: str, place: str, counting: int
) -> None:
    write(project, PLANNED)
    ingest(project, state=True)
    write(project, text)
    products, failures = published(project, state=True)
    assert [failure for failure in failures if failure.startswith(f"{CORRECTIONS}:{place}: ")]
    assert [*products] == ["customers", "orders"]
    assert urns(proposals(project / "out.json"), "domains") == ["customers", "orders"]
    assert removed(proposals(project / "out.json")) == []
    assert len(products["orders"].corrections) == counting


def test_a_correction_of_an_unknown_product_or_of_the_far_future_is_a_warning(
    project: Path,
) -> None:
    write(project, PLANNED.replace("orders", "order").replace("to: 2026", "to: 2096"))
    pipeline = ingest(project)
    assert complaints(pipeline) == []
    told = [text for text in complaints(pipeline, "warnings") if CORRECTIONS in text]
    assert len(told) == 2
    assert all(text.startswith(f"{CORRECTIONS}:3:5: ") for text in told)


def test_an_empty_file_of_corrections_corrects_nothing(project: Path) -> None:
    write(project, "")
    products, failures = published(project)
    assert failures == []
    assert products["orders"].corrections == ()
