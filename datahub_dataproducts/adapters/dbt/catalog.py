"""dbt's catalog.json: the columns that the warehouse really has."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import (
    Artifact,
    Fetch,
    Kind,
    Place,
    read_artifact,
)
from datahub_dataproducts.domain.nodes import Column
from datahub_dataproducts.domain.problems import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """The tables dbt found in the warehouse.

    Attributes:
        columns: by dbt's unique id, in the table's order, with the warehouse's types as it writes
            them (`NUMBER(38,0)`, `varchar`). A node that was not built is not in it.
    """

    columns: Mapping[str, tuple[Column, ...]]


class _Column(msgspec.Struct):
    name: str | None = None
    type: str | None = None
    index: int | float | None = None


class _Table(msgspec.Struct):
    columns: dict[str, _Column | None] | None = None


class _Catalog(Artifact, kw_only=True):
    # Without a default: a catalog that has none is cut off or of another tool.
    nodes: dict[str, _Table | None] | None
    sources: dict[str, _Table | None] | None = None


_KIND = Kind(
    versions={"catalog": (1, 1)},
    file="catalog.json",
    made_by="dbt docs generate",
    option="catalog_path",
    decoder=msgspec.json.Decoder(_Catalog),
)


def read_catalog(place: Place, fetch: Fetch | None = None) -> Catalog | Problem:
    """The columns of each table, or why the file cannot be read."""
    written = read_artifact(place, _KIND, fetch)
    if isinstance(written, Problem):
        return written
    tables = {**(written.nodes or {}), **(written.sources or {})}
    return Catalog(
        columns={
            unique_id: _columns(table) for unique_id, table in tables.items() if table is not None
        }
    )


def _columns(table: _Table) -> tuple[Column, ...]:
    written = [(key, column or _Column()) for key, column in (table.columns or {}).items()]
    # dbt counts from 1, and not every adapter writes the columns in their order.
    written.sort(key=lambda entry: entry[1].index or 0)
    return tuple(Column(column.name or key, column.type or "") for key, column in written)
