"""Layers: what the folders and the name of a dbt node say of where it stands.

As dbt projects are commonly built: sources, staging, intermediate, marts; or bronze, silver, gold.
"""

from datahub_dataproducts.domain.nodes import Node

_MARTS = frozenset({"mart", "marts", "gold", "presentation", "report", "reporting", "reports"})
_INNER = frozenset({
    "base",
    "bronze",
    "int",
    "intermediate",
    "raw",
    "silver",
    "stage",
    "staging",
    "stg",
})
_INNER_PREFIXES = ("base_", "int_", "raw_", "src_", "stage_", "stg_", "tmp_")


def folders(node: Node) -> tuple[str, ...]:
    """The folders a node's file is in, below dbt's own (`models`)."""
    return tuple(node.file.replace("\\", "/").split("/")[1:-1])


def domain_folder(node: Node) -> str:
    """The first folder that is no layer, which teams name after their part of the business."""
    named = (f for f in folders(node) if f.lower() not in _MARTS | _INNER)
    return next(named, "")


def marts_folder(node: Node) -> int | None:
    """Where among its folders the first marts folder is."""
    places = (place for place, f in enumerate(folders(node)) if f.lower() in _MARTS)
    return next(places, None)


def is_inner(node: Node) -> bool:
    """Of a layer below; of the folders the last one that is a layer counts."""
    layers = [f.lower() for f in folders(node) if f.lower() in _MARTS | _INNER]
    return (bool(layers) and layers[-1] in _INNER) or node.name.lower().startswith(_INNER_PREFIXES)
