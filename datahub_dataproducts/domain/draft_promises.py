"""Promises of drafts: what dbt checks already of a product's tables and of the sources below."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from datahub_dataproducts.domain.documents import AssetRef
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.domain.lookup import MODEL_TYPES
from datahub_dataproducts.domain.nodes import Node


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftPromise:
    """What may be promised of one asset.

    Attributes:
        asset: as it is written.
        build: dbt builds it.
        all_tests: it has dbt tests, all of which may be promised.
        tests: names of tests, where some of its tests are promised of another asset already.
        max_age: of a source, the age at which dbt calls it stale, milliseconds.
        moves_data: building it is an update, so it may be promised to be ready by a time of day.
    """

    asset: AssetRef
    build: bool = False
    all_tests: bool = False
    tests: tuple[str, ...] = ()
    max_age: int | None = None
    moves_data: bool = False


def table_promises(
    tables: Iterable[Node],
    refs: Mapping[str, AssetRef],
    tests: Mapping[str, tuple[Node, ...]],
    nodes: Collection[str],
) -> Iterator[DraftPromise]:
    """Of each table that it is built and that its tests pass; a test of several tables once."""
    told: set[str] = set()
    for table in tables:
        its = tests.get(table.unique_id, ())
        # DataHub keeps a test by the tables it reads.
        new = [t for t in its if t.unique_id not in told and any(d in nodes for d in t.depends_on)]
        told.update(test.unique_id for test in new)
        are_all = len(new) == len(its)
        yield DraftPromise(
            asset=refs[table.unique_id],
            build=True,
            all_tests=bool(its) and are_all,
            tests=() if are_all else tuple(test.name for test in new),
            moves_data=table.moves_data,
        )


def watched_sources(nodes: Mapping[str, Node]) -> frozenset[str]:
    """The sources under dbt's own freshness check."""
    return frozenset(
        unique_id
        for unique_id, node in nodes.items()
        if node.resource_type == "source" and source_age(node) is not None
    )


def source_age(source: Node) -> int | None:
    """The age at which dbt calls a source stale, or else warns of it; whole seconds."""
    age = source.error_after or source.warn_after
    return age if age and age >= SECOND and age % SECOND == 0 else None


def source_promises(
    sources: Iterable[str], refs: Mapping[str, AssetRef], nodes: Mapping[str, Node]
) -> tuple[DraftPromise, ...]:
    """Of each source that it is as fresh as dbt wants it."""
    return tuple(
        DraftPromise(asset=refs[unique_id], max_age=source_age(nodes[unique_id]))
        for unique_id in sources
    )


def own_sources(nodes: Mapping[str, Node], refs: Collection[str]) -> frozenset[str]:
    """The sources that can be written and are no model's table: DataHub has that one once."""
    tables = {
        _relation(node, node.alias)
        for node in nodes.values()
        if node.resource_type in MODEL_TYPES and node.materialization != "ephemeral"
    }
    return frozenset(
        unique_id
        for unique_id, node in nodes.items()
        if node.resource_type == "source"
        and unique_id in refs
        and tables.isdisjoint({_relation(node, node.identifier), _relation(node, None)})
    )


def _relation(node: Node, alias: str | None) -> tuple[str, ...]:
    named = (node.database or "", node.schema, alias or node.name)
    return tuple(part.lower() for part in named)
