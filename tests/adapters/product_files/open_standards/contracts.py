"""Contract files for these tests, and what comes of them."""

from pathlib import Path

from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.open_standards.odcs import (
    Contract,
    TableTerms,
    read_contract,
)
from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.promises import say_freshness
from datahub_dataproducts.domain.quality import say_check

DATA = Path(__file__).parents[3] / "data/open_standards"
HEAD = "{apiVersion: v3.1.0, kind: DataContract, id: c, version: '1', status: active"


def read(text: str) -> tuple[Contract | None, list[str]]:
    """A contract, and what is told of it."""
    findings = Findings("c.yaml")
    contract = read_contract(text, findings, "Europe/Amsterdam")
    return contract, [str(problem) for problem in findings.problems]


def with_levels(*levels: str) -> str:
    """A contract of one table with service levels."""
    lines = "\n".join(f"    {level}," for level in levels)
    return f"{HEAD}, schema: [{{name: orders}}], slaProperties: [\n{lines}\n]}}"


def with_column(column: str, rest: str = "") -> str:
    """A contract of one table with one column, and more of the table."""
    return f"{HEAD}, schema: [{{name: orders, properties: [\n{{name: c{column}}}\n]{rest}}}]}}"


def terms(text: str) -> TableTerms:
    """What a contract that has nothing wrong says of its one table."""
    contract, told = read(text)
    assert told == []
    assert contract is not None
    (found,) = contract.tables
    return found


def checks(found: TableTerms) -> list[str]:
    """The checks of a table in words."""
    return [] if found.described is None else [say_check(c) for c in found.described.checks]


def freshness(found: TableTerms) -> str:
    """The freshness of a table in words; empty where none is promised."""
    return say_freshness(found.freshness.value) if isinstance(found.freshness, Marked) else ""
