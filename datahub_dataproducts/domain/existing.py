"""Existing products: which dbt nodes the product files of a project speak of already."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from datahub_dataproducts.domain.documents import AssetRef, Marked, ProductDocument, UrnRef
from datahub_dataproducts.domain.lookup import Lookup
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.reviews import plain_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Existing:
    """The products there are, as far as dbt's nodes are concerned.

    Attributes:
        ids: of all of them, those with errors too.
        assets: by dbt's unique id, the products it is an asset of.
        ports: by dbt's unique id, the products it is an output port of, where lineage sees it:
            a product with errors is not published, and a URN is not followed.
        inputs: by id, the ids of the declared inputs.
    """

    ids: frozenset[str] = frozenset()
    assets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ports: Mapping[str, Sequence[str]] = field(default_factory=dict)
    inputs: Mapping[str, Sequence[str]] = field(default_factory=dict)


def existing_products(
    documents: Sequence[ProductDocument],
    project: Project,
    urns_of: Callable[[Node], Iterable[str]],
) -> Existing:
    """What product files speak of; `urns_of` gives the URNs DataHub knows a node by."""
    find = _Finder(documents, project, urns_of)
    assets: dict[str, list[str]] = defaultdict(list)
    ports: dict[str, list[str]] = defaultdict(list)
    inputs: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        id_ = plain_id(document.id.value)
        inputs[id_] += [plain_id(i.product) for i in document.inputs]
        for ref in document.assets or ():
            for unique_id in find(ref):
                assets[unique_id].append(id_)
        for ref in () if document.wrong else document.output_ports:
            if not isinstance(ref.value, UrnRef):
                for unique_id in find(ref):
                    ports[unique_id].append(id_)
    return Existing(ids=frozenset(inputs), assets=dict(assets), ports=dict(ports), inputs=inputs)


class _Finder:
    """The nodes that a reference means: none where it is not known; a URN may mean several."""

    def __init__(
        self,
        documents: Iterable[ProductDocument],
        project: Project,
        urns_of: Callable[[Node], Iterable[str]],
    ) -> None:
        self._lookup = Lookup(project)
        self._by_urn: dict[str, list[str]] = defaultdict(list)
        given = (ref.value for document in documents for ref in document.assets or ())
        if any(isinstance(ref, UrnRef) for ref in given):
            for unique_id, node in project.nodes.items():
                for urn in urns_of(node):
                    self._by_urn[urn].append(unique_id)

    def __call__(self, ref: Marked[AssetRef]) -> Sequence[str]:
        if isinstance(ref.value, UrnRef):
            return self._by_urn.get(ref.value.urn, ())
        node = self._lookup.find(ref.value)
        return (node.unique_id,) if isinstance(node, Node) else ()
