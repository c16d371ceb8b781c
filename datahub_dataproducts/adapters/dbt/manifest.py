"""dbt's manifest.json, of dbt 0.19 to 2.0, as a project of nodes."""

import re
from pathlib import Path
from typing import Any

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import Artifact, Kind, read_artifact
from datahub_dataproducts.adapters.dbt.owners import owners_in_meta, owners_of_group
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.products import TECHNICAL_OWNER, Owner

_QUOTED = re.compile(r"""['"]([^'"]+)['"]""")


class _DependsOn(msgspec.Struct):
    nodes: list[str] = []


class _Config(msgspec.Struct):
    materialized: str | None = None
    # People write what they like below meta, so its form is not checked here.
    meta: Any = None


class _TestMetadata(msgspec.Struct):
    name: str | None = None
    namespace: str | None = None
    kwargs: dict[str, Any] | None = None


class _Node(msgspec.Struct):
    name: str
    resource_type: str = ""
    package_name: str = ""
    source_name: str | None = None
    version: str | float | None = None
    latest_version: str | float | None = None
    database: str | None = None
    schema: str | None = None
    alias: str | None = None
    identifier: str | None = None
    config: _Config | None = None
    depends_on: _DependsOn | None = None
    tags: list[str] | str | None = None
    column_name: str | None = None
    test_metadata: _TestMetadata | None = None
    attached_node: str | None = None
    meta: Any = None
    group: str | None = None
    original_file_path: str | None = None


class _Group(msgspec.Struct):
    name: str
    package_name: str = ""
    owner: Any = None


class _DisabledNode(msgspec.Struct):
    unique_id: str = ""


class _Manifest(Artifact, kw_only=True):
    # Without a default: a manifest that has none is cut off or of another tool.
    nodes: dict[str, _Node]
    sources: dict[str, _Node] = msgspec.field(default_factory=dict)
    exposures: dict[str, _Node] = msgspec.field(default_factory=dict)
    groups: dict[str, _Group] | None = None
    # Up to dbt 0.21 a list of nodes, then lists of nodes by unique id.
    disabled: dict[str, msgspec.Raw] | list[_DisabledNode] | None = None


_KIND = Kind(
    name="manifest",
    file="manifest.json",
    newest=12,
    made_by="dbt parse",
    option="manifest_path",
    decoder=msgspec.json.Decoder(_Manifest),
)


def read_manifest(path: Path) -> Project | Problem:
    """The project a manifest describes, or why it cannot be read.

    Every node, source and exposure is in it, also those data products never name (analyses,
    operations): a dbt test counts all it depends on.
    """
    manifest = read_artifact(path, _KIND)
    if isinstance(manifest, Problem):
        return manifest
    groups = {
        (group.package_name, group.name): owners_of_group(group.owner)
        for group in (manifest.groups or {}).values()
    }
    nodes = {
        unique_id: _node(unique_id, written, resource_type, groups)
        for resource_type, written_nodes in (
            ("", manifest.nodes),
            ("source", manifest.sources),
            ("exposure", manifest.exposures),
        )
        for unique_id, written in written_nodes.items()
    }
    disabled = manifest.disabled or {}
    unique_ids = disabled if isinstance(disabled, dict) else (node.unique_id for node in disabled)
    return Project(
        name=manifest.metadata.project_name or "",
        nodes=nodes,
        disabled=frozenset(unique_ids) - {""},
    )


def _node(
    unique_id: str,
    written: _Node,
    resource_type: str,
    groups: dict[tuple[str, str], tuple[Owner, ...]],
) -> Node:
    config = written.config or _Config()
    test = written.test_metadata or _TestMetadata()
    version = _version(written.version)
    depends_on = tuple(written.depends_on.nodes) if written.depends_on else ()
    tags = [written.tags] if isinstance(written.tags, str) else written.tags or []
    owners = owners_in_meta(written.meta, config.meta)
    if not any(owner.type == TECHNICAL_OWNER for owner in owners):
        # A group's owner is often the same team once more, by its e-mail: what is nearer counts.
        owners += groups.get((written.package_name, written.group or ""), ())
    return Node(
        unique_id=unique_id,
        resource_type=written.resource_type or resource_type or unique_id.partition(".")[0],
        name=written.name,
        package=written.package_name,
        source_name=written.source_name or "",
        version=version,
        is_latest=version == _version(written.latest_version) or not version,
        database=written.database,
        schema=written.schema or "",
        alias=written.alias,
        identifier=written.identifier,
        materialization=config.materialized or "",
        depends_on=depends_on,
        tags=tuple(tags),
        column=_column(written, test),
        test_name=".".join(part for part in (test.namespace, test.name) if part),
        attached_to=written.attached_node or _tested(test, depends_on),
        owners=tuple(dict.fromkeys(owners)),
        file=written.original_file_path or "",
    )


def _version(written: str | float | None) -> str:
    """As dbt writes it into the unique id: `2`, also where YAML made it 2.0."""
    if isinstance(written, float) and written.is_integer():
        return str(int(written))
    return "" if written is None else str(written)


def _column(written: _Node, test: _TestMetadata) -> str:
    column = written.column_name or (test.kwargs or {}).get("column_name")
    return column if isinstance(column, str) else ""


def _tested(test: _TestMetadata, depends_on: tuple[str, ...]) -> str:
    """The node a generic test is attached to, for dbt before 1.6, which wrote only its `model`."""
    if not test.name:
        return ""
    if len(depends_on) == 1:
        return depends_on[0]
    words = _QUOTED.findall(str((test.kwargs or {}).get("model", "")))
    named = [node for node in depends_on if words and words[-1] in node.split(".")[2:]]
    return named[0] if len(named) == 1 else ""
