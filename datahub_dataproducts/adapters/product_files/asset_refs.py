"""References to assets: dbt's own words, or URNs."""

import re
from collections.abc import Iterable
from functools import lru_cache

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.nodes import KINDS, Node, Place, Scalar
from datahub_dataproducts.domain.documents import (
    AssetRef,
    ExposureRef,
    Marked,
    ModelRef,
    SemanticRef,
    SourceRef,
    UrnRef,
)

_EXAMPLES = (
    "write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), "
    "semantic_model('name') or a full URN"
)


def _quoted(name: str) -> str:
    # A name is on one line, as messages are.
    return rf"""(?P<{name}_quote>['"])(?P<{name}>[^'"\t\n\r\x85\u2028\u2029]+)(?P={name}_quote)"""


_REF = re.compile(
    rf"""ref\(\s*{_quoted("first")}\s*(?:,\s*{_quoted("second")}\s*)?"""
    r"""(?:,\s*(?:v|version)\s*=\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|"""
    rf"""{_quoted("version")})\s*)?\)"""
)
_SOURCE = re.compile(rf"""source\(\s*{_quoted("source")}\s*,\s*{_quoted("table")}\s*\)""")
_EXPOSURE = re.compile(rf"""exposure\(\s*{_quoted("name")}\s*\)""")
# Metrics and saved queries can be no assets, which is told with what to name in their place.
_SEMANTIC = re.compile(
    rf"""(?P<kind>semantic_model|metric|saved_query)\(\s*{_quoted("name")}\s*\)"""
)
_URN = re.compile(r"urn:li:([A-Za-z][A-Za-z0-9]*):(\S+)")
_URN_PREFIX = "urn:"
_UNBALANCED = "has unbalanced parentheses"
# Of the kinds of assets whose key DataHub writes as (part,part,...), how many parts there are.
_PARTS = {
    "chart": 2,
    "dashboard": 2,
    "dataFlow": 3,
    "dataJob": 2,
    "dataset": 3,
    "mlFeature": 2,
    "mlFeatureTable": 2,
    "mlModel": 3,
    "mlModelGroup": 3,
    "mlPrimaryKey": 2,
    "notebook": 2,
    "schemaField": 2,
}
_ANY = None


def asset_ref(node: Node, name: str, findings: Findings) -> Marked[AssetRef] | None:
    """The asset that a node names; `name` is the key it belongs to, for messages."""
    if not isinstance(node, Scalar):
        findings.error(
            codes.BAD_ASSET, node, f"{name} has {KINDS[type(node)]}, not an asset", _EXAMPLES
        )
        return None
    text = node.text.strip()
    ref = parse_asset_ref(text)
    if ref is not None:
        return Marked(ref, findings.place(node))
    if text.startswith(_URN_PREFIX):
        check_urn(text, "", node, name, findings)
    else:
        bracketed = text.count("(") != text.count(")")
        findings.error(
            codes.BAD_ASSET,
            node,
            f"{name} has {shown(text)}, which names no asset",
            f"{_EXAMPLES}{', in quotes where it stands in [brackets]' if bracketed else ''}",
        )
    return None


def parse_asset_ref(text: str) -> AssetRef | None:
    """An asset as it is written; None when it is neither dbt's words nor a well-formed URN."""
    if match := _REF.fullmatch(text):
        first, second = match["first"], match["second"]
        version = match["number"] or match["version"] or ""
        return ModelRef(second or first, first if second else "", version)
    if match := _SOURCE.fullmatch(text):
        return SourceRef(match["source"], match["table"])
    if match := _EXPOSURE.fullmatch(text):
        return ExposureRef(match["name"])
    if match := _SEMANTIC.fullmatch(text):
        return SemanticRef(match["kind"], match["name"])
    return UrnRef(text) if fault_of_urn(text) == "" else None


def check_urn(text: str, type_: str, at: Place, name: str, findings: Findings) -> bool:
    """True for a well-formed URN, of the entity type given if that is not empty; else tell.

    The types that are asked for by name all have a key of one part.
    """
    fault = fault_of_urn(text)
    if type_ and text.startswith(_URN_PREFIX) and not text.startswith(f"urn:li:{type_}:"):
        fault = f"is not a URN of type {type_}"
    elif type_ and not fault and re.search(r"[(),]", text):
        fault = "has a comma or a parenthesis"
    if fault:
        remedy = f"write urn:li:{type_ or '<type>'}:<id>"
        if fault == _UNBALANCED:
            remedy += ", in quotes where it stands in [brackets]"
        findings.error(codes.BAD_URN, at, f"{name} has {shown(text)}, which {fault}", remedy)
    return not fault


# The same owners, tags and tables are named by many products.
@lru_cache(maxsize=10_000)
def fault_of_urn(text: str) -> str:
    """What is wrong with the form of a URN, in words that follow "which"; empty when nothing is."""
    match = _URN.fullmatch(text)
    if match is None:
        return "has a space" if re.search(r"\s", text) else "is not a URN"
    type_, key = match.groups()
    depth = commas = closed_at = 0
    for sign in re.finditer(r"[(),]", key):
        commas += sign.group() == "," and depth == 1
        depth += {"(": 1, ")": -1}.get(sign.group(), 0)
        if depth < 0:
            return _UNBALANCED
        closed_at = closed_at or (sign.end() if sign.group() == ")" and not depth else 0)
    if depth:
        return _UNBALANCED
    return _fault_of_key(type_, key, commas + 1, whole=closed_at == len(key))


def _fault_of_key(type_: str, key: str, parts: int, *, whole: bool) -> str:
    in_parentheses = key.startswith("(")
    if in_parentheses and not whole:
        return "goes on after its closing parenthesis"
    if re.search(r"\(,|,,|,\)|\(\)", key):
        return "has an empty part"
    wanted = _PARTS.get(type_)
    if wanted and not (in_parentheses and parts == wanted):
        return f"needs {wanted} parts in parentheses"
    return ""


class AssetNames:
    """The assets of a product, to ask whether one is among them as far as is seen without dbt.

    A model that is written without its package or its version may be the one with it.
    """

    __slots__ = ("_names",)

    def __init__(self, assets: Iterable[AssetRef]) -> None:
        self._names: set[object] = set()
        for asset in assets:
            if isinstance(asset, ModelRef):
                self._names.update(
                    (asset.name, package, version)
                    for package in (asset.package, _ANY)
                    for version in (asset.version, _ANY)
                )
            else:
                self._names.add(asset)

    def __contains__(self, asset: object) -> bool:
        if not isinstance(asset, ModelRef):
            return asset in self._names
        packages = (asset.package, "") if asset.package else (_ANY,)
        versions = (asset.version, "") if asset.version else (_ANY,)
        return any(
            (asset.name, package, version) in self._names
            for package in packages
            for version in versions
        )
