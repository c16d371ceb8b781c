"""dbt's manifest.json, of dbt 0.19 to 2.0, as a project of nodes."""

from collections.abc import Iterator

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import (
    Fetch,
    Kind,
    Place,
    malformed,
    read_artifact,
)
from datahub_dataproducts.adapters.dbt.node_forms import group_of, node_of
from datahub_dataproducts.adapters.dbt.owners import NO_OWNERS, Owned, OwnerReader, OwnerRules
from datahub_dataproducts.adapters.dbt.written import Manifest, Written
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity
from datahub_dataproducts.domain.products import Owner

_NODE = msgspec.json.Decoder(Written | None)
_DEFAULT_RULES = OwnerRules()

_KIND = Kind(
    versions={"manifest": (1, 12)},
    file="manifest.json",
    made_by="dbt parse",
    option="manifest_path",
    decoder=msgspec.json.Decoder(Manifest),
)


def read_manifest(
    place: Place, owner_rules: OwnerRules = _DEFAULT_RULES, fetch: Fetch | None = None
) -> Project | Problem:
    """The project a manifest describes, or why it cannot be read.

    Every node, source, exposure, metric, semantic model and saved query is in it, also those data
    products never name (analyses, operations): a dbt test counts all it depends on.
    """
    manifest = read_artifact(place, _KIND, fetch)
    if isinstance(manifest, Problem):
        return manifest
    project_name = manifest.metadata.project_name or ""
    owners = _Owners(manifest, project_name, OwnerReader(owner_rules))
    nodes: dict[str, Node] = {}
    for unique_id, resource_type, raw in _raw_nodes(manifest):
        try:
            written = _NODE.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            what = f"has {unique_id} in a form that dbt does not write: {wrong}"
            return malformed(place, _KIND, what)
        if written is not None:
            owned = owners.of(unique_id, written)
            nodes[unique_id] = node_of(unique_id, written, resource_type, owned)
    return Project(
        name=project_name,
        nodes=nodes,
        disabled=_disabled(manifest),
        adapter=manifest.metadata.adapter_type or "",
        problems=owners.problems(),
    )


class _Owners:
    """Who owns each node, and the texts that name nobody, with the nodes that have them."""

    def __init__(self, manifest: Manifest, project: str, reader: OwnerReader) -> None:
        self._reader = reader
        self._project = project
        self._nobodies: dict[str, list[tuple[str, str]]] = {}
        self._groups: dict[tuple[str, str], Owned] = {}
        for unique_id, group in (manifest.groups or {}).items():
            if group is not None:
                owned = reader.named(group.owner)
                self._note(unique_id, group.package_name, group.original_file_path, owned)
                self._groups[group.package_name or "", group.name or ""] = owned

    def of(self, unique_id: str, written: Written) -> tuple[Owner, ...]:
        config_meta = written.config.meta if written.config else None
        owned = NO_OWNERS
        if written.owner:
            owned = self._reader.named(written.owner)
        if written.meta or config_meta:
            owned = owned.and_then(self._reader.in_meta(written.meta, config_meta))
        if owned.nobodies:
            self._note(unique_id, written.package_name, written.original_file_path, owned)
        if self._groups and not owned.has_technical:
            # A group's owner is often the same team once more, by its e-mail: what is nearer counts.
            owned = owned.and_then(self._groups.get(group_of(written), NO_OWNERS))
        return owned.owners

    def _note(self, unique_id: str, package: str | None, file: str | None, owned: Owned) -> None:
        # What an installed package says of its owners is not for this project to mend, and a test
        # only has what its model has.
        if (self._project and package != self._project) or unique_id.startswith("test."):
            return
        for text in owned.nobodies:
            self._nobodies.setdefault(text, []).append((unique_id, file or ""))

    def problems(self) -> tuple[Problem, ...]:
        """One warning for each text, however many nodes inherit it."""
        return tuple(_names_nobody(text, at) for text, at in sorted(self._nobodies.items()))


def _names_nobody(text: str, at: list[tuple[str, str]]) -> Problem:
    unique_id, file = at[0]
    more = f" and {len(at) - 1} more" if len(at) > 1 else ""
    return Problem(
        code="owner-names-nobody",
        severity=ProblemSeverity.WARNING,
        location=Location(file, 0, 0) if file else None,
        message=f'"{text}" is written as the owner of {unique_id}{more}, and names nobody',
        remedy="write a user or a group there, or take it out",
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
