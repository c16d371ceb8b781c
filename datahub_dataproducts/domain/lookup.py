"""Lookup: which dbt node a name in a product file means, or why it means none."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import cached_property

from datahub_dataproducts.domain.documents import (
    ExposureRef,
    ModelRef,
    SemanticRef,
    SourceRef,
    TableRef,
)
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.problems import did_you_mean

MODEL_TYPES = frozenset({"model", "seed", "snapshot"})
NodeRef = ModelRef | SourceRef | ExposureRef | SemanticRef | TableRef
_OTHER_TYPES = ("exposure", "semantic_model", "metric", "saved_query")
_TABLE_TYPES = MODEL_TYPES | {"source"}
# To compare a name with all of a large project takes long. Where more are unknown than this, it is
# the manifest that is not the right one.
_MOST_SUGGESTIONS = 50
_IF_NEW = "see to its spelling; if it is new in dbt, run `dbt parse` again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Miss:
    """Why a name means no node: a code, what is wrong, and what to do about it."""

    code: str
    message: str
    remedy: str = ""


class Lookup:
    """The nodes of one project by the names that product files use.

    As in dbt, a name without a package means the root project's node if there is one, and a model
    without a version means its latest. What dbt would have to guess is refused.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        nodes = [node for _, node in sorted(project.nodes.items())]
        self._models = _by(nodes, MODEL_TYPES, lambda n: n.name)
        self._sources = _by(nodes, {"source"}, lambda n: f"{n.source_name}.{n.name}")
        self._misses = 0
        self._others = {kind: _by(nodes, {kind}, lambda n: n.name) for kind in _OTHER_TYPES}

    def find(self, ref: NodeRef) -> Node | Miss:
        """The node a reference means."""
        if isinstance(ref, SourceRef):
            return self._find_source(ref)
        if isinstance(ref, ExposureRef):
            return self._find_named(ref, "exposure")
        if isinstance(ref, SemanticRef):
            return self._find_semantic(ref)
        if isinstance(ref, TableRef):
            return self._find_table(ref)
        return self._find_model(ref)

    def _find_model(self, ref: ModelRef) -> Node | Miss:
        named = self._models.get(ref.name, [])
        if ref.package:
            named = [n for n in named if n.package == ref.package]
        if not named:
            return self._no_model(ref)
        one = self._of_one_package(ref, named)
        return one if isinstance(one, Miss) else self._of_version(ref, one)

    def _find_source(self, ref: SourceRef) -> Node | Miss:
        named = self._sources.get(f"{ref.source}.{ref.table}", [])
        if not named:
            disabled = self._disabled(ref, {"source"}, f"{ref.source}.{ref.table}")
            near = self._near(f"{ref.source}.{ref.table}", self._sources)
            message = f"{ref} is not known: the dbt project has no such source table"
            return disabled or Miss(code="unknown-source", message=message, remedy=near or _IF_NEW)
        one = self._of_one_package(ref, named)
        return one if isinstance(one, Miss) else one[0]

    def _find_named(self, ref: ExposureRef | SemanticRef, kind: str) -> Node | Miss:
        known = self._others[kind]
        named = known.get(ref.name, [])
        if not named:
            return self._disabled(ref, {kind}, ref.name) or self._unknown(ref, kind, known)
        one = self._of_one_package(ref, named)
        return one if isinstance(one, Miss) else one[0]

    def _find_semantic(self, ref: SemanticRef) -> Node | Miss:
        """A semantic model is a dataset in DataHub; metrics and saved queries are no assets there.

        DataHub's data products hold no metrics, and its dbt source publishes no saved queries.
        """
        if ref.kind == "semantic_model":
            return self._find_named(ref, ref.kind)
        built_on = [
            asset
            for node in self._others[ref.kind].get(ref.name, ())
            for asset in self._built_on(node)
        ]
        return Miss(
            code="not-an-asset",
            message=f"{ref} cannot be an asset: DataHub's data products hold no "
            f"{'metrics' if ref.kind == 'metric' else 'saved queries'}",
            remedy=f"name what it is built on: {', '.join(built_on)}"
            if built_on
            else "name the models or the semantic model that it is built on",
        )

    def _built_on(self, node: Node) -> list[str]:
        """The semantic models and models next upstream, as they are written."""
        written: dict[str, None] = {}
        seen: set[str] = set()
        ahead = list(node.depends_on)
        while ahead:
            upstream = self._project.nodes.get(ahead.pop(0))
            if upstream is None or upstream.unique_id in seen:
                continue
            seen.add(upstream.unique_id)
            if upstream.resource_type == "semantic_model":
                written[f"semantic_model('{upstream.name}')"] = None
            if upstream.resource_type in MODEL_TYPES:
                written[str(self._reference(upstream))] = None
            else:
                ahead += upstream.depends_on
        return list(written)

    def _reference(self, model: Node) -> ModelRef:
        package = "" if model.package == self._project.name else model.package
        return ModelRef(model.name, package, "" if model.is_latest else model.version)

    def _find_table(self, ref: TableRef) -> Node | Miss:
        """The one node by either name; a versioned model is its latest version."""
        named: dict[str, Node] = {}
        for name in (ref.name, ref.physical_name):
            named |= self._tables.get(name.casefold(), {})
        if len(named) == 1:
            return named.popitem()[1]
        if named:
            listed = ", ".join(sorted(named))
            return Miss(
                code="ambiguous-name",
                message=f"{ref} could be any of {listed}",
                remedy="say which by `asset:` beside `odcs:`",
            )
        near = self._near(ref.name, (n.name for ns in self._tables.values() for n in ns.values()))
        return Miss(
            code="unknown-table",
            message=f"{ref} is not known: the dbt project has no model, seed, snapshot or source "
            "table of that name",
            remedy=near or "say which it is by `asset:` beside `odcs:`",
        )

    @cached_property
    def _tables(self) -> dict[str, dict[str, Node]]:
        """Latest versions of tables by each of their names, folded, then by unique id.

        Gathered when a contract file first asks: most projects name none.
        """
        found: dict[str, dict[str, Node]] = defaultdict(dict)
        for node in self._project.nodes.values():
            if node.resource_type in _TABLE_TYPES and node.is_latest:
                for name in _table_names(node):
                    found[name.casefold()][node.unique_id] = node
        return dict(found)

    def _near(self, name: str, known: Iterable[str]) -> str:
        """The remedy that names the nearest known name, as long as not very many are unknown."""
        self._misses += 1
        return did_you_mean(name, known) if self._misses <= _MOST_SUGGESTIONS else ""

    def _of_one_package(self, ref: NodeRef, named: list[Node]) -> list[Node] | Miss:
        packages = sorted({n.package for n in named})
        if len(packages) == 1:
            return named
        if self._project.name in packages:
            return [n for n in named if n.package == self._project.name]
        remedy = "name the package that is meant"
        if isinstance(ref, ModelRef):
            remedy = f"write the package, as in ref('{packages[0]}', '{ref.name}')"
        return Miss(
            code="ambiguous-name",
            message=f"{ref} could be any of the packages {', '.join(packages)}",
            remedy=remedy,
        )

    def _no_model(self, ref: ModelRef) -> Miss:
        disabled = self._disabled(ref, MODEL_TYPES, ref.name)
        if disabled is not None:
            return disabled
        elsewhere = sorted({n.package for n in self._models.get(ref.name, [])})
        if elsewhere:
            return Miss(
                code="unknown-model",
                message=f"{ref} is not known: the package {ref.package} has no such model",
                remedy=f"{ref.name} is in {', '.join(elsewhere)}",
            )
        return Miss(
            code="unknown-model",
            message=f"{ref} is not known: the dbt project has no such model, seed or snapshot",
            remedy=self._near(ref.name, self._models) or _IF_NEW,
        )

    def _of_version(self, ref: ModelRef, named: list[Node]) -> Node | Miss:
        if not ref.version:
            # Without a latest one dbt would not have written this manifest; the highest name is near.
            return next((n for n in named if n.is_latest), named[-1])
        for node in named:
            if node.version == ref.version:
                return node
        versions = sorted((n.version for n in named if n.version), key=lambda v: (len(v), v))
        miss = Miss(
            code="unknown-version",
            message=f"{ref} is not known: {ref.name} has no version {ref.version}",
            remedy=f"its versions are {', '.join(versions)}" if versions else "it has no versions",
        )
        return self._disabled(ref, MODEL_TYPES, f"{ref.name}.v{ref.version}") or miss

    def _unknown(self, ref: ExposureRef | SemanticRef, kind: str, known: Iterable[str]) -> Miss:
        near = self._near(ref.name, known)
        if kind == "exposure":
            message = f"{ref} is not known: the dbt project has no such exposure"
            return Miss(code="unknown-exposure", message=message, remedy=near or _IF_NEW)
        message = f"{ref} is not known: the dbt project has no such semantic model"
        return Miss(code="unknown-semantic-model", message=message, remedy=near or _IF_NEW)

    def _disabled(self, ref: NodeRef, types: Iterable[str], name: str) -> Miss | None:
        package = ref.package if isinstance(ref, ModelRef) else ""
        for unique_id in sorted(self._project.disabled):
            kind, _, rest = unique_id.partition(".")
            in_package, _, rest = rest.partition(".")
            same = rest == name or rest.startswith(f"{name}.v")
            if kind in types and same and package in {"", in_package}:
                return Miss(
                    code="disabled-node",
                    message=f"{ref} is disabled in the dbt project",
                    remedy="enable it in dbt, or take it out of the product",
                )
        return None


def _table_names(node: Node) -> set[str]:
    """Its name in dbt, and that in the database, there also with its schema and database before it."""
    relation = node.alias or node.identifier or node.name
    full = [part for part in (node.database, node.schema, relation) if part]
    return {node.name, *(".".join(full[start:]) for start in range(len(full)))}


def _by(
    nodes: Iterable[Node], types: Container[str], key: Callable[[Node], str]
) -> dict[str, list[Node]]:
    named: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.resource_type in types:
            named[key(node)].append(node)
    return dict(named)
