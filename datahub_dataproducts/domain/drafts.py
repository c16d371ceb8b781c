"""Drafts: the products that a dbt project suggests, with nothing that dbt does not say."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from datahub_dataproducts.domain.candidates import (
    Candidate,
    Kind,
    candidates,
    first_upstream,
)
from datahub_dataproducts.domain.cycles import cycles
from datahub_dataproducts.domain.documents import AssetRef
from datahub_dataproducts.domain.draft_promises import (
    DraftPromise,
    own_sources,
    source_promises,
    table_promises,
    watched_sources,
)
from datahub_dataproducts.domain.draft_words import (
    distinct_ids,
    fold,
    reasons_of,
    reference,
    title_of,
)
from datahub_dataproducts.domain.existing import Existing
from datahub_dataproducts.domain.layers import domain_folder
from datahub_dataproducts.domain.lookup import MODEL_TYPES, Lookup
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.products import BUSINESS_OWNER, Link, Owner, ProductType
from datahub_dataproducts.domain.selections import tests_by_node

_TYPES = MODEL_TYPES | {"source", "exposure"}


class DomainFrom(Enum):
    """Where a domain is taken from; the value says it in words."""

    GROUP = "the dbt group"
    FOLDER = "the folder of the models"
    PROJECT = "the dbt project, for want of a better one"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A product that a dbt project suggests.

    Attributes:
        id: folded, so that DataHub, file systems and YAML take it.
        name: what people would call it.
        domain: a name.
        domain_from: where that is taken from.
        description: dbt's, of its one model or exposure; empty where there are several or none.
        owners: whom dbt names for its models and exposures, business owners first.
        assets: its tables, the sources that only it reads and dbt checks, its exposures.
        output_ports: those of the tables that others use.
        inputs: ids of the products it is built on, by dbt's lineage.
        promises: on its tables and its sources.
        shared: on sources that other products read too, so that it is for people to say whose
            they are.
        links: to its dashboards.
        reasons: why it is suggested, as sentences without a full stop.
    """

    id: str
    name: str
    type: ProductType
    domain: str
    domain_from: DomainFrom
    description: str = ""
    owners: tuple[Owner, ...] = ()
    assets: tuple[AssetRef, ...] = ()
    output_ports: tuple[AssetRef, ...] = ()
    inputs: tuple[str, ...] = ()
    promises: tuple[DraftPromise, ...] = ()
    shared: tuple[DraftPromise, ...] = ()
    links: tuple[Link, ...] = ()
    reasons: tuple[str, ...] = ()


def drafts(
    project: Project,
    existing: Existing,
    *,
    by_model: bool = False,
    wanted: Callable[[str], bool] = lambda _: True,
) -> tuple[Draft, ...]:
    """The products that a dbt project suggests beside those it has, by id.

    Args:
        project: dbt's nodes.
        existing: products whose assets are taken.
        by_model: one product for each model, where a folder or a dbt group would be one.
        wanted: which ids to make; the inputs of these are among them and the existing ones.

    Returns:
        Drafts with the inputs that dbt's lineage shows, never in a circle.
    """
    lookup = Lookup(project)
    refs = {
        unique_id: ref
        for unique_id, node in project.nodes.items()
        if node.resource_type in _TYPES and (ref := reference(node, lookup)) is not None
    }
    # What cannot be written can be in no product.
    taken = {
        unique_id: ()
        for unique_id, node in project.nodes.items()
        if node.resource_type in _TYPES and unique_id not in refs
    }
    found = candidates(project, {**taken, **existing.assets}, by_model=by_model)
    ids = distinct_ids(found, existing.ids, project.nodes)
    drafting = _Drafting(project.nodes, existing, refs, ids)
    return drafting.drafts([id_ for id_ in sorted(ids) if wanted(id_)], tests_by_node(project))


def _told_apart(made: Iterable[Draft]) -> tuple[Draft, ...]:
    """With the id where several have one name: labels of dashboards need not differ."""
    made = tuple(made)
    names = Counter(draft.name.casefold() for draft in made)
    return tuple(
        replace(draft, name=f"{draft.name} ({draft.id})")
        if names[draft.name.casefold()] > 1
        else draft
        for draft in made
    )


class _Drafting:
    """Makes drafts of candidates that have their ids."""

    def __init__(
        self,
        nodes: Mapping[str, Node],
        existing: Existing,
        refs: Mapping[str, AssetRef],
        ids: Mapping[str, Candidate],
    ) -> None:
        self._nodes = nodes
        self._existing = existing
        self._refs = refs
        self._ids = ids
        self._tables = {node: id_ for id_, candidate in ids.items() for node in candidate.nodes}
        self._has_public = any(node.access == "public" for node in nodes.values())
        self._used = self._uses()
        self._ports = {id_: self._ports_of(id_) for id_ in ids}

    def drafts(
        self, ids: Sequence[str], tests: Mapping[str, tuple[Node, ...]]
    ) -> tuple[Draft, ...]:
        """Those of some ids."""
        inputs = self._inputs(ids)
        own, shared = self._sources(ids)
        made = (self._draft(id_, inputs[id_], own[id_], shared[id_], tests) for id_ in ids)
        return _told_apart(made)

    def _draft(
        self,
        id_: str,
        inputs: tuple[str, ...],
        own: Sequence[str],
        shared: Sequence[str],
        tests: Mapping[str, tuple[Node, ...]],
    ) -> Draft:
        candidate = self._ids[id_]
        members = [self._nodes[unique_id] for unique_id in candidate.members]
        tables = [self._nodes[unique_id] for unique_id in candidate.nodes]
        exposures = [self._nodes[unique_id] for unique_id in candidate.exposures]
        one = tables if candidate.kind is not Kind.EXPOSURE else exposures
        owners = dict.fromkeys(owner for node in members for owner in node.owners)
        domain, domain_from = self._domain(candidate)
        label = one[0].label if candidate.kind is Kind.EXPOSURE else ""
        checked = table_promises(tables, self._refs, tests, self._nodes.keys())
        assets = (*own, *candidate.members)
        return Draft(
            id=id_,
            name=title_of(id_, label),
            type=self._type(id_),
            domain=domain,
            domain_from=domain_from,
            description=one[0].description if len(one) == 1 else "",
            owners=tuple(sorted(owners, key=lambda owner: owner.type != BUSINESS_OWNER)),
            assets=tuple(self._refs[unique_id] for unique_id in assets),
            output_ports=tuple(self._refs[unique_id] for unique_id in self._ports[id_]),
            inputs=inputs,
            promises=(*checked, *source_promises(own, self._refs, self._nodes)),
            shared=source_promises(shared, self._refs, self._nodes),
            links=tuple(
                Link(url=node.url, description=node.label or node.name)
                for node in exposures
                if node.url
            ),
            reasons=reasons_of(candidate, self._nodes),
        )

    def _uses(self) -> dict[str, set[str]]:
        """By table, who reads it: ids of products, and of its own one only for an exposure."""
        used: dict[str, set[str]] = defaultdict(set)
        stops = {*self._tables, *self._existing.ports}
        readers = [(m, [id_]) for id_, c in self._ids.items() for m in c.members]
        readers += [(m, list(ids)) for m, ids in self._existing.assets.items()]
        for reader, ids in readers:
            for table in first_upstream(reader, stops, self._nodes):
                shows = self._nodes[reader].resource_type == "exposure"
                its = self._tables.get(table)
                used[table].update(id_ for id_ in ids if id_ != its or shows)
        return used

    def _ports_of(self, id_: str) -> tuple[str, ...]:
        """Tables that others use, and those dbt offers: the public ones, or else the last ones.

        Whoever calls some models public means that of the others nobody else is to read any.
        """
        tables = self._ids[id_].nodes
        inside = {
            upstream
            for table in tables
            for upstream in first_upstream(table, self._tables, self._nodes)
        }
        shown = {table for table in tables if id_ in self._used[table]}
        last = [table for table in tables if table not in inside or table in shown]
        open_last = [table for table in last if self._nodes[table].access != "private"]
        public = [table for table in tables if self._nodes[table].access == "public"]
        offered = {*(public if self._has_public else open_last)}
        offered.update(table for table in tables if self._used[table] - {id_})
        return tuple(table for table in tables if table in offered)

    def _type(self, id_: str) -> ProductType:
        others = {user for table in self._ids[id_].nodes for user in self._used[table]} - {id_}
        return ProductType.BUILDING_BLOCK if others else ProductType.METRIC

    def _domain(self, candidate: Candidate) -> tuple[str, DomainFrom]:
        about = [self._nodes[table] for table in candidate.nodes or candidate.shown]
        groups = {node.group for node in about}
        if len(groups) == 1 and (group := groups.pop()):
            return fold(group), DomainFrom.GROUP
        folders = {domain_folder(node) for node in about}
        if len(folders) == 1 and (folder := folders.pop()):
            return fold(folder), DomainFrom.FOLDER
        return fold(self._nodes[candidate.members[0]].package), DomainFrom.PROJECT

    def _inputs(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """By dbt's lineage, and without those that would close a circle over what is declared."""
        ids = tuple(ids)
        ports: dict[str, list[str]] = defaultdict(list)
        for id_ in ids:
            for table in self._ports[id_]:
                ports[table].append(id_)
        for table, products in self._existing.ports.items():
            ports[table] += products
        inputs = {
            id_: tuple(
                sorted(
                    {
                        product
                        for member in self._ids[id_].members
                        for port in first_upstream(member, ports, self._nodes)
                        for product in ports[port]
                    }
                    - {id_}
                )
            )
            for id_ in ids
        }
        in_circle = cycles({**self._existing.inputs, **inputs})
        return {
            id_: tuple(i for i in its if id_ not in in_circle or i in self._ids)
            for id_, its in inputs.items()
        }

    def _sources(self, ids: Iterable[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """The sources that only one product reads, and those that several do, by product."""
        watched = watched_sources(self._nodes)
        stops = {*self._tables, *self._existing.assets, *watched}

        def below(members: Iterable[str]) -> set[str]:
            ends = {e for m in members for e in first_upstream(m, stops, self._nodes)}
            return ends & watched

        reads = {id_: below(candidate.members) for id_, candidate in self._ids.items()}
        readers = Counter(source for sources in reads.values() for source in sources)
        readers.update(below(self._existing.assets))
        free = own_sources(self._nodes, self._refs) - self._existing.assets.keys()
        own = {id_: [s for s in sorted(reads[id_]) if s in free and readers[s] == 1] for id_ in ids}
        shared = {
            id_: [s for s in sorted(reads[id_]) if s in free and readers[s] > 1] for id_ in ids
        }
        return own, shared
