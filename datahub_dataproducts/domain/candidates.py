"""Candidates: the nodes of a dbt project that people use, gathered by what may be one product.

People use what lies in a marts folder, what an exposure shows, what is public, and, in a project
without a marts folder, the models that no other model reads. Models of the staging and
intermediate layers are how a product is made, and no product.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from datahub_dataproducts.domain.cycles import cycles
from datahub_dataproducts.domain.layers import folders, is_inner, marts_folder
from datahub_dataproducts.domain.lookup import MODEL_TYPES
from datahub_dataproducts.domain.nodes import Node, Project

_TIME_SPINE = "time_spine"


class Reason(Enum):
    """Why nodes are a candidate; the value says it in words that follow the node's name."""

    MART = "is in a marts folder"
    PUBLIC = "is public"
    SHOWN = "is shown by an exposure"
    UNREAD = "is read by no other model"


class Kind(Enum):
    """What holds the nodes of a candidate together."""

    FOLDER = "folder"
    GROUP = "group"
    MODEL = "model"
    EXPOSURE = "exposure"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Nodes that may be one product.

    Attributes:
        kind: what holds them together.
        name: of the folder, the dbt group, the model or the exposure.
        nodes: models, seeds and snapshots, by unique id, in the order of their names.
        exposures: that show these nodes and nothing else.
        shown: of a candidate made of an exposure, the tables it shows, whosesoever they are.
        reasons: why people use them.
    """

    kind: Kind
    name: str
    nodes: tuple[str, ...]
    exposures: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    reasons: frozenset[Reason] = frozenset()

    @property
    def members(self) -> tuple[str, ...]:
        """All of its unique ids."""
        return (*self.nodes, *self.exposures)


def candidates(
    project: Project,
    taken: Mapping[str, Sequence[str]],
    *,
    by_model: bool = False,
) -> tuple[Candidate, ...]:
    """What may be a product, each node in one candidate at most.

    Args:
        project: with the nodes.
        taken: by unique id of nodes, the products each is an asset of already.
        by_model: make a candidate of each model, where a folder or a dbt group would be one.

    Returns:
        By name. Candidates never depend on one another in a circle: folders and groups that would
        are taken apart into their models.
    """
    reasons = _used_by_people(project)
    free = {unique_id: why for unique_id, why in reasons.items() if unique_id not in taken}
    keys = {
        unique_id: _key(project.nodes[unique_id], why, by_model=by_model)
        for unique_id, why in free.items()
    }
    keys = _without_circles(keys, taken, project.nodes)
    gathered = _gathered(keys, free, project.nodes)
    found = _with_exposures(gathered, taken, project)
    return tuple(sorted(found, key=lambda c: (c.name, c.kind.value, c.members)))


def first_upstream(start: str, stops: Collection[str], nodes: Mapping[str, Node]) -> frozenset[str]:
    """The stops upstream of a node with no other stop between."""
    found: set[str] = set()
    seen = {start}
    ahead = list(nodes[start].depends_on)
    while ahead:
        here = ahead.pop()
        if here in seen or here not in nodes:
            continue
        seen.add(here)
        if here in stops:
            found.add(here)
        else:
            ahead += nodes[here].depends_on
    return frozenset(found)


def _used_by_people(project: Project) -> dict[str, set[Reason]]:
    reasons: dict[str, set[Reason]] = defaultdict(set)
    own = [n for _, n in sorted(project.nodes.items()) if project.name in {"", n.package}]
    models = [n for n in own if _may_be_offered(n)]
    for node in models:
        if node.access == "public":
            reasons[node.unique_id].add(Reason.PUBLIC)
        if marts_folder(node) is not None and not is_inner(node):
            reasons[node.unique_id].add(Reason.MART)
    if not any(Reason.MART in why for why in reasons.values()):
        for node in _unread(models, project):
            reasons[node.unique_id].add(Reason.UNREAD)
    tables = _tables(project.nodes)
    for exposure in (n for n in own if n.resource_type == "exposure"):
        for unique_id in first_upstream(exposure.unique_id, tables, project.nodes):
            reasons[unique_id].add(Reason.SHOWN)
    return reasons


def _may_be_offered(node: Node) -> bool:
    return (
        node.resource_type == "model"
        and node.materialization != "ephemeral"
        and node.is_latest
        and _TIME_SPINE not in node.name
    )


def _unread(models: Iterable[Node], project: Project) -> list[Node]:
    readers = (n for n in project.nodes.values() if n.resource_type in MODEL_TYPES)
    read = {upstream for reader in readers for upstream in reader.depends_on}
    return [n for n in models if n.unique_id not in read and not is_inner(n)]


def _tables(nodes: Mapping[str, Node]) -> frozenset[str]:
    """What an exposure shows, seen through metrics and ephemeral models."""
    return frozenset(
        unique_id
        for unique_id, node in nodes.items()
        if node.resource_type in MODEL_TYPES and node.materialization != "ephemeral"
    )


_Key = tuple[Kind, str]


def _key(node: Node, reasons: Collection[Reason], *, by_model: bool) -> _Key:
    """The candidate a node belongs to, as far as the node itself says."""
    place = marts_folder(node)
    if not by_model and Reason.MART in reasons and place is not None:
        below = folders(node)[place + 1 :]
        return (Kind.FOLDER, below[0]) if below else (Kind.MODEL, node.unique_id)
    if not by_model and node.group:
        return Kind.GROUP, node.group
    return Kind.MODEL, node.unique_id


def _without_circles(
    keys: Mapping[str, _Key], taken: Mapping[str, Sequence[str]], nodes: Mapping[str, Node]
) -> dict[str, _Key]:
    """Takes apart what would depend on itself.

    Once is enough: dbt's own graph has no circle, so a new one would have to go through what is
    taken apart already.
    """
    uses: dict[str, list[str]] = defaultdict(list)
    names = {unique_id: repr(key) for unique_id, key in keys.items()}
    # A node of several products is all of them at once.
    names.update({unique_id: repr(products) for unique_id, products in taken.items()})
    for unique_id, name in names.items():
        upstream = sorted(first_upstream(unique_id, names, nodes))
        uses[name] += [names[u] for u in upstream if names[u] != name]
    in_circle = cycles({name: list(dict.fromkeys(used)) for name, used in uses.items()})
    return {
        unique_id: (Kind.MODEL, unique_id) if repr(key) in in_circle else key
        for unique_id, key in keys.items()
    }


def _gathered(
    keys: Mapping[str, _Key], reasons: Mapping[str, set[Reason]], nodes: Mapping[str, Node]
) -> list[Candidate]:
    members: dict[_Key, list[str]] = defaultdict(list)
    for unique_id in sorted(keys, key=lambda u: (nodes[u].name, u)):
        members[keys[unique_id]].append(unique_id)
    return [
        Candidate(
            kind=kind,
            name=nodes[name].name if kind is Kind.MODEL else name,
            nodes=tuple(ids),
            reasons=frozenset().union(*(reasons[unique_id] for unique_id in ids)),
        )
        for (kind, name), ids in members.items()
    ]


def _with_exposures(
    gathered: Sequence[Candidate], taken: Mapping[str, Sequence[str]], project: Project
) -> Iterator[Candidate]:
    """Adds each exposure to the one candidate it shows, or makes one of it.

    An exposure that shows several is a candidate of its own, with those models that nobody else
    uses; the others are what it is built on.
    """
    by_node = {unique_id: c for c in gathered for unique_id in c.nodes}
    tables = _tables(project.nodes)
    shows = {
        exposure.unique_id: sorted(first_upstream(exposure.unique_id, tables, project.nodes))
        for exposure in _free_exposures(project, taken)
    }
    homes = {exposure: _home(shown, by_node) for exposure, shown in shows.items()}
    joined: dict[Candidate, list[str]] = defaultdict(list)
    for exposure, home in homes.items():
        if home is not None:
            joined[home].append(exposure)
    shown_by = Counter(unique_id for shown in shows.values() for unique_id in shown)
    shared = {unique_id for unique_id, times in shown_by.items() if times > 1}
    shared |= _used_by_models(gathered, taken, project.nodes)
    absorbed: set[Candidate] = set()
    for exposure, home in homes.items():
        if home is None:
            its = [by_node[u] for u in shows[exposure] if u in by_node and u not in shared]
            alone = [candidate for candidate in its if candidate.kind is Kind.MODEL]
            absorbed.update(alone)
            yield _exposed(project.nodes[exposure], alone, shows[exposure])
    for candidate in gathered:
        if candidate not in absorbed:
            yield replace(candidate, exposures=tuple(joined[candidate]))


def _home(shown: Iterable[str], by_node: Mapping[str, Candidate]) -> Candidate | None:
    """The one candidate that all of these nodes are in."""
    homes = {by_node.get(unique_id) for unique_id in shown}
    return homes.pop() if len(homes) == 1 else None


def _free_exposures(project: Project, taken: Collection[str]) -> Iterable[Node]:
    for unique_id, node in sorted(project.nodes.items()):
        own = project.name in {"", node.package}
        if node.resource_type == "exposure" and own and unique_id not in taken:
            yield node


def _used_by_models(
    gathered: Iterable[Candidate], taken: Collection[str], nodes: Mapping[str, Node]
) -> set[str]:
    """The candidates' nodes that nodes of a candidate or of a product there is already read."""
    members = {unique_id for c in gathered for unique_id in c.nodes}
    starts = members.union(taken)
    return {upstream for start in starts for upstream in first_upstream(start, members, nodes)}


def _exposed(exposure: Node, alone: Iterable[Candidate], shown: Iterable[str]) -> Candidate:
    return Candidate(
        kind=Kind.EXPOSURE,
        name=exposure.name,
        nodes=tuple(unique_id for candidate in alone for unique_id in candidate.nodes),
        exposures=(exposure.unique_id,),
        shown=tuple(shown),
    )
