"""From what a product promises to ODCS contracts of version 3.1, one for each asset."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from datahub_dataproducts.adapters.product_files.open_standards.odcs import OWN_PROPERTY
from datahub_dataproducts.adapters.product_files.open_standards.odcs_asked import (
    Asked,
    asked_by_test,
)
from datahub_dataproducts.adapters.product_files.open_standards.odps_words import STATUSES, role_of
from datahub_dataproducts.adapters.product_files.open_standards.own_words import (
    clock,
    cron_of,
    freshness_words,
    impact_words,
    is_ready_by,
)
from datahub_dataproducts.adapters.product_files.open_standards.to_openslo import object_name
from datahub_dataproducts.adapters.product_files.open_standards.yaml_text import Written, yaml_text
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Freshness,
    Impact,
    MaxAge,
)
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE, SECOND
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.products import DataProduct

_API_VERSION = "v3.1.0"
_FIRST = "1.0.0"
_EVERY_WEEKDAY = 7
_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "minutes"), (SECOND, "s"))


@dataclass(frozen=True, slots=True)
class Exported:
    """A contract, and the asset it is of as a product file names it."""

    asset: str
    written: Written


def to_odcs(
    product: DataProduct, project: Project | None, expect_every: int | None
) -> tuple[tuple[Exported, ...], tuple[str, ...]]:
    """The contracts of a product, and what no contract has a place for.

    Args:
        product: resolved.
        project: of dbt, None where there is none.
        expect_every: how often results must come where nothing is written, milliseconds.
    """
    nodes = project.nodes if project else {}
    # Where two tests check the same in different ways, only their names tell them apart.
    kinds = Counter(map(_kind_of, nodes.values()))
    by_asset: dict[str, list[Assertion]] = {}
    notes: list[str] = []
    for assertion in product.assertions:
        if assertion.asset:
            by_asset.setdefault(assertion.asset, []).append(assertion)
        else:
            notes.append(
                f"{assertion.urn}: an assertion by its URN has no place in ODCS, and is left out"
            )
    found = tuple(
        _contract(_Export(product, tuple(promised), nodes, kinds, expect_every))
        for promised in by_asset.values()
    )
    return found, tuple(notes)


@dataclass(frozen=True, slots=True)
class _Export:
    product: DataProduct
    promised: tuple[Assertion, ...]
    nodes: dict[str, Node]
    kinds: Counter[tuple[object, ...]]
    usual: int | None

    @property
    def node(self) -> Node | None:
        """Dbt's node of the asset; None where the asset is given as a URN."""
        asset = next(
            (a for a in self.product.assets or () if a.urn == self.promised[0].asset), None
        )
        unique_id = asset.node if asset else ""
        for assertion in self.promised:
            if assertion.kind is AssertionKind.TESTS and not unique_id:
                unique_id = self.nodes[assertion.node].attached_to
            elif assertion.kind is not AssertionKind.TESTS:
                unique_id = unique_id or assertion.node
        return self.nodes.get(unique_id)

    def of_kind(self, kind: AssertionKind) -> Iterator[Assertion]:
        """The promises of one kind."""
        return (assertion for assertion in self.promised if assertion.kind is kind)


def _contract(export: _Export) -> Exported:
    product, node = export.product, export.node
    name = export.promised[0].asset_name
    described, own = _described(export, node)
    own = [*_own_build(export, node), *_own_freshness(export), *own]
    table = {
        "name": node.name if node else name,
        "physicalName": _physical_name(node),
        "physicalType": _physical_type(node),
        "description": (node.description if node else "") or None,
        **described,
        "customProperties": [{"property": OWN_PROPERTY, "value": own}] if own else None,
    }
    document = {
        "apiVersion": _API_VERSION,
        "kind": "DataContract",
        "id": f"{product.id}.{name}",
        "name": f"{product.title}: {name}",
        "version": dict(product.properties).get("version", _FIRST),
        "status": STATUSES[product.lifecycle],
        "domain": product.domain.rpartition(":")[2],
        "description": {"purpose": product.description} if product.description else None,
        "team": _team(product),
        "schema": [_given(table)],
        "slaProperties": [
            level for a in export.of_kind(AssertionKind.FRESHNESS) for level in _levels(a.freshness)
        ],
    }
    notes = ("dbt has no such table, so its columns are not known",) * (node is None)
    file = f"{object_name(product.id)}-{object_name(name)}.odcs.yaml"
    return Exported(_reference(node, name), Written(file, yaml_text(_given(document)), notes))


def _reference(node: Node | None, name: str) -> str:
    if node is None:
        return name
    if node.resource_type == "source":
        return f"source('{node.source_name}', '{node.name}')"
    version = f", v={node.version}" if node.version else ""
    return f"ref('{node.package}', '{node.name}'{version})"


def _given(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in (None, "", [], {})}


def _physical_name(node: Node | None) -> str | None:
    relation = (node.alias or node.identifier) if node else None
    return relation if node and relation != node.name else None


def _physical_type(node: Node | None) -> str | None:
    if node is None:
        return None
    return "view" if node.materialization == "view" else "table"


def _team(product: DataProduct) -> dict[str, Any] | None:
    members = [
        {"username": owner.urn.rpartition(":")[2], "role": role_of(owner.type)}
        for owner in product.owners
    ]
    return {"name": product.title, "members": members} if members else None


def _described(export: _Export, node: Node | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Columns and rules of the table, and the tests that are promised in another way than usual."""
    columns: dict[str, dict[str, Any]] = {}
    for column in node.columns if node else ():
        columns[column.name] = _given({"name": column.name, "physicalType": column.data_type})
    rules: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    for promise in export.of_kind(AssertionKind.TESTS):
        test = export.nodes[promise.node]
        if promise.expect_every != export.usual:
            words = impact_words(promise.impact, promise.expect_every, export.usual)
            own.append({"tests": [test.name], **words})
            continue
        asked = asked_by_test(
            test,
            is_blocking=promise.impact is Impact.BLOCKING,
            # Nor is a test that lets faults pass the rule that its kind stands for.
            by_name=export.kinds[_kind_of(test)] > 1 or bool(test.narrowed),
        )
        if asked.column:
            _add(columns.setdefault(asked.column, {"name": asked.column}), asked)
        else:
            rules.append(asked.words)
    return {"properties": list(columns.values()), "quality": rules}, own


def _kind_of(test: Node) -> tuple[object, ...]:
    return (test.attached_to, test.test_name, test.column.casefold(), test.arguments)


def _add(column: dict[str, Any], asked: Asked) -> None:
    if asked.below:
        column.setdefault(asked.below, []).append(asked.words)
    else:
        column.update(asked.words)


def _own_build(export: _Export, node: Node | None) -> Iterator[dict[str, Any]]:
    for promise in export.of_kind(AssertionKind.BUILD):
        words = impact_words(promise.impact, promise.expect_every, export.usual)
        # Of a model whose contract dbt enforces, describing the columns promises the build.
        if words or node is None or not (node.contract_enforced and node.columns):
            yield {"build": True, **words}


def _own_freshness(export: _Export) -> Iterator[dict[str, Any]]:
    for promise in export.of_kind(AssertionKind.FRESHNESS):
        rule = promise.freshness
        words = impact_words(promise.impact, None, None)
        if rule is not None and (words or not _is_said(rule)):
            yield {"freshness": freshness_words(rule), **words}


def _is_said(rule: Freshness) -> bool:
    """Whether service levels say a rule whole."""
    if isinstance(rule, MaxAge):
        return True
    schedule = rule.schedule
    return rule.look_back is None and is_ready_by(schedule) and not schedule.holidays


def _levels(rule: Freshness | None) -> Iterator[dict[str, Any]]:
    if isinstance(rule, MaxAge):
        length, unit = next((size, unit) for size, unit in _UNITS if rule.age % size == 0)
        yield {"property": "latency", "value": rule.age // length, "unit": unit}
    elif rule is not None and is_ready_by(rule.schedule):
        schedule = rule.schedule
        level = {
            "property": "timeOfAvailability",
            "value": clock(schedule.times[0]),
            "valueExt": schedule.timezone,
        }
        if len(schedule.weekdays) < _EVERY_WEEKDAY:
            level |= {"scheduler": "cron", "schedule": cron_of(schedule)}
        yield level
