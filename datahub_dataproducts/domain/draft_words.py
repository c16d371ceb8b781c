"""Words of drafts: ids, titles, references and reasons, from the names that dbt has."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import chain, count

from datahub_dataproducts.domain.candidates import Candidate, Kind, Reason
from datahub_dataproducts.domain.documents import AssetRef, ExposureRef, ModelRef, SourceRef
from datahub_dataproducts.domain.lookup import Lookup, NodeRef
from datahub_dataproducts.domain.nodes import Node

_LONGEST_ID = 80
# What says how a table is made, and not what it is about.
_PREFIX = re.compile(r"(?:agg|dim|fact|fct|mart|marts|report|rpt)_+(?=[a-z])")
_MOST_NAMES = 4
_UNWRITABLE = re.compile(r"""['"]""")


def fold(name: str) -> str:
    """A name as DataHub, file systems and YAML take it: `a-z`, `0-9`, `-` and `_`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9-]+", "_", plain)[:_LONGEST_ID].strip("_-") or "product"


def distinct_ids(
    found: Iterable[Candidate], used: Collection[str], nodes: Mapping[str, Node]
) -> dict[str, Candidate]:
    """An id for each: the short one where only one wants it, else the full one, else numbered."""
    found = tuple(found)
    wanted = Counter(_short_id(candidate, nodes) for candidate in found)
    folded = {id_.casefold() for id_ in used}
    ids: dict[str, Candidate] = {}
    for candidate in found:
        short, full = _short_id(candidate, nodes), _full_id(candidate, nodes)
        numbered = (f"{full}_{number}" for number in count(2))
        names = chain([short] * (wanted[short] == 1), [full], numbered)
        ids[next(n for n in names if n not in folded and n not in ids)] = candidate
    return ids


def title_of(id_: str, label: str = "") -> str:
    """What people call it: the label it has, or else its id as they write: `Order items`."""
    words = re.sub(r"[_-]+", " ", id_)
    printable = "".join(sign if sign.isprintable() else " " for sign in label)
    return " ".join(printable.split()) or words[:1].upper() + words[1:]


def reference(node: Node, lookup: Lookup) -> AssetRef | None:
    """The shortest reference that means the node, as `ref('orders')`.

    None where there is none: a package of the same name hides it, or it has a quotation mark in
    its name.
    """
    written = (node.name, node.package, node.version, node.source_name)
    if any(_UNWRITABLE.search(text) or not text.isprintable() for text in written):
        return None
    refs: tuple[NodeRef, ...]
    if node.resource_type == "source":
        refs = (SourceRef(node.source_name, node.name),)
    elif node.resource_type == "exposure":
        refs = (ExposureRef(node.name),)
    else:
        refs = tuple(
            ModelRef(node.name, package, version)
            for package in ("", node.package)
            for version in dict.fromkeys(("", node.version))
        )
    found = (ref for ref in refs if lookup.find(ref) == node)
    return next(found, None)


def reasons_of(candidate: Candidate, nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """Why a candidate is one, as sentences without a full stop."""
    return (*_of_nodes(candidate, nodes), *_of_exposures(candidate, nodes))


def _short_id(candidate: Candidate, nodes: Mapping[str, Node]) -> str:
    """The id people would choose: `revenue` of the model `fct_revenue`."""
    name = _full_id(candidate, nodes)
    return _PREFIX.sub("", name, count=1) if candidate.kind is Kind.MODEL else name


def _full_id(candidate: Candidate, nodes: Mapping[str, Node]) -> str:
    """The id with all that tells a candidate from others: `fct_revenue`, `customers_v3`."""
    versions = {nodes[n].version for n in candidate.nodes if not nodes[n].is_latest}
    version = f"_v{versions.pop()}" if candidate.kind is Kind.MODEL and versions else ""
    return fold(candidate.name + version)


def _of_nodes(candidate: Candidate, nodes: Mapping[str, Node]) -> list[str]:
    models = f"{len(candidate.nodes)} model{'s' * (len(candidate.nodes) > 1)}"
    if candidate.kind is Kind.FOLDER:
        return [f"the marts folder {candidate.name} has {models}"]
    if candidate.kind is Kind.GROUP:
        return [f"the dbt group {candidate.name} has {models} that people use"]
    if candidate.kind is Kind.EXPOSURE:
        return []
    (name,) = (nodes[unique_id].name for unique_id in candidate.nodes)
    words = [r.value for r in Reason if r in candidate.reasons and r is not Reason.SHOWN]
    if Reason.SHOWN in candidate.reasons and not candidate.exposures:
        words.append(Reason.SHOWN.value)
    return [f"{name} {' and '.join(words)}"] if words else []


def _of_exposures(candidate: Candidate, nodes: Mapping[str, Node]) -> list[str]:
    shown = "it"
    if candidate.kind is Kind.EXPOSURE:
        names = [nodes[unique_id].name for unique_id in candidate.shown]
        more = f" and {len(names) - _MOST_NAMES} more" * (len(names) > _MOST_NAMES)
        shown = ", ".join(names[:_MOST_NAMES]) + more or "what no model makes"
    return [
        f"the {nodes[unique_id].kind or 'exposure'} {nodes[unique_id].name} shows {shown}"
        for unique_id in candidate.exposures
    ]
