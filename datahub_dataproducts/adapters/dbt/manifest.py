"""dbt's manifest.json, of dbt 0.19 to 2.0, as a project of nodes."""

import re
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import Kind, malformed, read_artifact
from datahub_dataproducts.adapters.dbt.owners import owners_in_meta, owners_of_group
from datahub_dataproducts.adapters.dbt.written import (
    Config,
    Freshness,
    Manifest,
    TestMetadata,
    Threshold,
    Written,
)
from datahub_dataproducts.domain.nodes import Column, Node, Project
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.products import TECHNICAL_OWNER, Owner

_QUOTED = re.compile(r"""['"]([^'"]+)['"]""")
_MILLISECONDS = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
_NODE = msgspec.json.Decoder(Written | None)

_KIND = Kind(
    name="manifest",
    file="manifest.json",
    newest=12,
    made_by="dbt parse",
    option="manifest_path",
    decoder=msgspec.json.Decoder(Manifest),
)
_Groups = Mapping[tuple[str, str], tuple[Owner, ...]]


def read_manifest(path: Path) -> Project | Problem:
    """The project a manifest describes, or why it cannot be read.

    Every node, source, exposure, metric, semantic model and saved query is in it, also those data
    products never name (analyses, operations): a dbt test counts all it depends on.
    """
    manifest = read_artifact(path, _KIND)
    if isinstance(manifest, Problem):
        return manifest
    groups = {
        (group.package_name or "", group.name or ""): owners_of_group(group.owner)
        for group in (manifest.groups or {}).values()
        if group is not None
    }
    nodes: dict[str, Node] = {}
    for unique_id, resource_type, raw in _raw_nodes(manifest):
        try:
            written = _NODE.decode(raw)
        except (msgspec.ValidationError, UnicodeDecodeError) as wrong:
            what = f"has {unique_id} in a form that dbt does not write: {wrong}"
            return malformed(path, _KIND, what)
        if written is not None:
            nodes[unique_id] = _node(unique_id, written, resource_type, groups)
    return Project(
        name=manifest.metadata.project_name or "",
        nodes=nodes,
        disabled=_disabled(manifest),
        adapter=manifest.metadata.adapter_type or "",
    )


def _raw_nodes(manifest: Manifest) -> Iterator[tuple[str, str, msgspec.Raw]]:
    """Unique id, resource type where the section gives it, and JSON."""
    for resource_type, section in (
        ("", manifest.nodes),
        ("source", manifest.sources),
        ("exposure", manifest.exposures),
        ("metric", manifest.metrics),
        ("semantic_model", manifest.semantic_models),
        ("saved_query", manifest.saved_queries),
    ):
        for unique_id, raw in (section or {}).items():
            yield unique_id, resource_type, raw


def _disabled(manifest: Manifest) -> frozenset[str]:
    if isinstance(manifest.disabled, list):
        listed = (node.unique_id for node in manifest.disabled if node is not None)
        return frozenset(unique_id for unique_id in listed if unique_id)
    return frozenset(manifest.disabled or ()) - {""}


def _node(unique_id: str, written: Written, resource_type: str, groups: _Groups) -> Node:
    config = written.config or Config()
    test = written.test_metadata or TestMetadata()
    version = _version(written.version)
    read = written.depends_on.nodes if written.depends_on else None
    depends_on = tuple(sys.intern(node) for node in read or ())
    package = written.package_name or ""
    group = written.group or config.group or ""
    resource_type = written.resource_type or resource_type or unique_id.partition(".")[0]
    warn_after, error_after = _thresholds(written.freshness or config.freshness)
    exposed = resource_type in {"exposure", "metric"}
    return Node(
        unique_id=sys.intern(unique_id),
        resource_type=sys.intern(resource_type),
        name=written.name or _name_in(unique_id),
        package=sys.intern(package),
        source_name=written.source_name or "",
        version=version,
        is_latest=version == _version(written.latest_version) or not version,
        database=_shared(written.database),
        schema=sys.intern(written.schema or ""),
        alias=written.alias,
        identifier=written.identifier,
        materialization=sys.intern(config.materialized or ""),
        depends_on=depends_on,
        tags=_tags(written.tags),
        column=_column(written, test),
        test_name=sys.intern(".".join(part for part in (test.namespace, test.name) if part)),
        attached_to=sys.intern(written.attached_node or _tested(test, depends_on)),
        arguments=_arguments(test),
        owners=_owners(written, config, groups.get((package, group), ())),
        file=sys.intern(written.original_file_path or ""),
        description=written.description or "",
        access=sys.intern(written.access or config.access or ""),
        group=sys.intern(group),
        columns=_columns(written),
        contract_enforced=_is_enforced(written, config),
        url=written.url or "",
        label=written.label or "",
        kind=(written.type or "") if exposed else "",
        warn_after=warn_after,
        error_after=error_after,
    )


def _owners(written: Written, config: Config, of_group: tuple[Owner, ...]) -> tuple[Owner, ...]:
    owners = owners_in_meta(written.meta, config.meta)
    if not any(owner.type == TECHNICAL_OWNER for owner in owners):
        # A group's owner is often the same team once more, by its e-mail: what is nearer counts.
        owners += of_group
    return tuple(dict.fromkeys(owners))


def _columns(written: Written) -> tuple[Column, ...]:
    return tuple(
        Column(
            sys.intern((column and column.name) or name),
            sys.intern((column and column.data_type) or ""),
        )
        for name, column in (written.columns or {}).items()
    )


def _is_enforced(written: Written, config: Config) -> bool:
    return any(contract and contract.enforced for contract in (written.contract, config.contract))


def _thresholds(freshness: Freshness | None) -> tuple[int | None, int | None]:
    if freshness is None:
        return None, None
    return _milliseconds(freshness.warn_after), _milliseconds(freshness.error_after)


def _milliseconds(threshold: Threshold | None) -> int | None:
    """The duration, None where dbt has none: null counts, or a threshold that is no number."""
    if threshold is None or isinstance(threshold.count, str | None):
        return None
    unit = _MILLISECONDS.get(threshold.period or "")
    return None if unit is None else int(Fraction(threshold.count) * unit)


def _tags(written: list[str] | str | None) -> tuple[str, ...]:
    tags = [written] if isinstance(written, str) else written or []
    return tuple(sys.intern(tag) for tag in tags)


def _name_in(unique_id: str) -> str:
    """The name in a unique id, for a node that has no `name`."""
    return ".".join(unique_id.split(".")[2:]) or unique_id


def _shared(text: str | None) -> str | None:
    return None if text is None else sys.intern(text)


def _version(written: str | float | None) -> str:
    """As dbt writes it into the unique id: `2`, also where YAML made it 2.0."""
    if isinstance(written, float) and written.is_integer():
        return str(int(written))
    return "" if written is None else str(written)


def _column(written: Written, test: TestMetadata) -> str:
    column = written.column_name or (test.kwargs or {}).get("column_name")
    return column if isinstance(column, str) else ""


def _arguments(test: TestMetadata) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """What a generic test is given, as text; newer dbt may write it below `arguments`."""
    kwargs = test.kwargs or {}
    below = kwargs.get("arguments")
    given = {**kwargs, **(below if isinstance(below, dict) else {})}
    return tuple(
        (name, tuple(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in given.items()
        if name not in {"model", "column_name", "arguments"}
    )


def _tested(test: TestMetadata, depends_on: tuple[str, ...]) -> str:
    """The node a generic test is attached to, for dbt before 1.6, which wrote only its `model`."""
    if not test.name:
        return ""
    if len(depends_on) == 1:
        return depends_on[0]
    words = _QUOTED.findall(str((test.kwargs or {}).get("model", "")))
    named = [node for node in depends_on if words and words[-1] in node.split(".")[2:]]
    return named[0] if len(named) == 1 else ""
