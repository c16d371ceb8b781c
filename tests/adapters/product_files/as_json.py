"""Product files as an editor's language server sees them: JSON values, by the rules of YAML 1.2."""

from typing import Any

from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.nodes import Mapping, Node, Scalar
from datahub_dataproducts.adapters.product_files.scalars import Reading, flag, is_nothing, reading


def as_json(text: str) -> Any:
    """The value of a YAML text that can be read."""
    node = compose(text, Findings("a.yml"))
    assert node is not None, text
    return _value(node)


def _value(node: Node) -> Any:
    if isinstance(node, Mapping):
        return {key: _value(entry.value) for key, entry in node.entries.items()}
    if not isinstance(node, Scalar):
        return [_value(item) for item in node.items]
    if is_nothing(node):
        return None
    kind = reading(node)
    if kind is Reading.FLAG:
        return flag(node)
    if kind is Reading.NUMBER:
        return int(node.text, 16) if node.text.startswith("0x") else _number(node.text)
    return node.text


def _number(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
