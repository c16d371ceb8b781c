"""dbt nodes: what dbt's artifacts say, as far as data products need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.products import Owner


@dataclass(frozen=True, slots=True)
class Column:
    """A column as dbt's YAML describes it; `data_type` is empty where none is written."""

    name: str
    data_type: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A model, seed, snapshot, source table, test, exposure or other node of a dbt project.

    Attributes:
        unique_id: dbt's (`model.analytics.fct_revenue`).
        resource_type: dbt's (`model`, `seed`, `snapshot`, `source`, `test`, `exposure`, `metric`,
            `semantic_model`, `saved_query`, ...).
        name: as referred to in `ref` (sources: the table's name).
        package: dbt package.
        source_name: for source tables, the source's name, else empty.
        version: of a versioned model, as text, else empty; `is_latest` marks the one that a
            `ref` without version means.
        database: may be None (adapters without databases).
        schema: database schema.
        alias: name of the relation in the database, None where dbt gives none.
        identifier: name of a source's table in the database, None where dbt gives none.
        materialization: `table`, `view`, `incremental`, `ephemeral`, ..., empty where it has none.
        depends_on: unique ids of the nodes upstream, in dbt's order.
        tags: dbt tags.
        column: for generic tests on a column, its name, else empty.
        test_name: for generic tests `not_null`, `dbt_utils.equality`, ..., else empty.
        attached_to: for generic tests the unique id of the tested node, else empty.
        arguments: what a generic test is given beside the column: names with a text or a list of
            texts (`("values", ("a", "b"))`, `("to", "ref('users')")`).
        narrowed: for generic tests, the setting that lets pass what others of its name find
            (`where: ...`, `severity: warn`), else empty.
        owners: found in `meta`, `config.meta`, the exposure's `owner` or the group.
        file: path of the file it is written in, within its package.
        description: as written, may be empty.
        access: of models `public`, `protected` or `private`, else empty.
        group: dbt group, empty where it is in none.
        columns: described in dbt's YAML, in its order; not all that the table has.
        contract_enforced: True where dbt sees to it that the model has exactly these columns.
        url: of an exposure, else empty.
        label: of an exposure or a metric, else empty.
        kind: of an exposure (`dashboard`, `notebook`, `analysis`, `ml`, `application`) or a metric
            (`simple`, `derived`, ...), else empty.
        warn_after: age of a source's data that dbt warns of, milliseconds; None where none is set.
        error_after: age of a source's data that is an error to dbt, milliseconds, or None.
    """

    unique_id: str
    resource_type: str
    name: str
    package: str
    source_name: str = ""
    version: str = ""
    is_latest: bool = True
    database: str | None = None
    schema: str = ""
    alias: str | None = None
    identifier: str | None = None
    materialization: str = ""
    depends_on: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    column: str = ""
    test_name: str = ""
    attached_to: str = ""
    arguments: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    narrowed: str = ""
    owners: tuple[Owner, ...] = ()
    file: str = ""
    description: str = ""
    access: str = ""
    group: str = ""
    columns: tuple[Column, ...] = ()
    contract_enforced: bool = False
    url: str = ""
    label: str = ""
    kind: str = ""
    warn_after: int | None = None
    error_after: int | None = None

    @property
    def moves_data(self) -> bool:
        """True when building it changes data at rest; building a view moves none."""
        if self.resource_type in {"seed", "snapshot"}:
            return True
        return self.resource_type == "model" and self.materialization not in {
            "view",
            "ephemeral",
            "semantic_view",
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """The nodes of one manifest.

    Attributes:
        name: of the root project, empty where dbt did not write it.
        nodes: by unique id; models, seeds, snapshots, sources, tests, exposures, metrics, semantic
            models, saved queries and what else dbt calls a node.
        disabled: unique ids of disabled nodes.
        adapter: the platform dbt runs on (`duckdb`, `snowflake`), empty where dbt did not write it.
        problems: warnings about what the nodes say, such as an owner that is nobody.
    """

    name: str
    nodes: dict[str, Node]
    disabled: frozenset[str] = field(default_factory=frozenset)
    adapter: str = ""
    problems: tuple[Problem, ...] = ()

    def with_columns(self, found: Mapping[str, tuple[Column, ...]]) -> "Project":
        """The project with what the warehouse says of columns beside what people wrote.

        Args:
            found: columns by unique id. A column that is written keeps its name and type; one that
                has no type gets that of the warehouse, and those that nobody wrote come after.
        """
        nodes = {
            unique_id: replace(node, columns=_both(node.columns, found[unique_id]))
            if unique_id in found
            else node
            for unique_id, node in self.nodes.items()
        }
        return replace(self, nodes=nodes)


def _both(written: tuple[Column, ...], found: tuple[Column, ...]) -> tuple[Column, ...]:
    # Warehouses fold the case of names, people need not.
    types = {column.name.lower(): column.data_type for column in found}
    names = {column.name.lower() for column in written}
    return (
        *(replace(c, data_type=c.data_type or types.get(c.name.lower(), "")) for c in written),
        *(column for column in found if column.name.lower() not in names),
    )


class RunStatus(Enum):
    """How a node ended in a dbt run, as far as data products tell it apart."""

    SUCCESS = "success"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeRun:
    """One node in one dbt run.

    Attributes:
        unique_id: of the node.
        status: `FAILED` is a test that found something, `ERROR` one that could not run, or a
            model that did not build.
        at: when it ended, milliseconds; the end of the run where dbt gives no time (skipped).
        run_id: dbt's invocation id.
        message: dbt's, may be empty.
    """

    unique_id: str
    status: RunStatus
    at: int
    run_id: str
    message: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLoad:
    """What a freshness run found: the data of a source is of `loaded_at` (milliseconds).

    dbt 2 measures models too; what it finds of them is one of these as well.
    """

    unique_id: str
    loaded_at: int
    run_id: str
