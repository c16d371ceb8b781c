"""Lineage: which products a product uses according to dbt, and whether that is what it declares."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.products import Asset, DataProduct
from datahub_dataproducts.domain.reviews import plain_id

_Ports = dict[str, str]


def review_inputs(
    documents: Iterable[ProductDocument],
    products: Sequence[DataProduct],
    nodes: Mapping[str, Node],
) -> list[Problem]:
    """Warnings for inputs that dbt's lineage shows and the file does not, and the other way round.

    A product uses another if one of its assets has, upstream in dbt, an output port of the other
    with no third product's output port between. Whatever dbt knows may lie between: ephemeral
    models, versions, sources, semantic models, metrics. An input that is declared may be read where
    dbt does not look, so where an asset of the one or a port of the other is no node of dbt, its
    absence is not told.
    """
    ports = _ports(products)
    ported = {product.id for product in products if _is_ported_in_dbt(product)}
    nearest = _nearest(nodes, ports)
    by_id = {product.id: product for product in products}
    problems: list[Problem] = []
    for document in documents:
        product = by_id.get(plain_id(document.id.value))
        if product is not None:
            findings = Findings(product.id)
            _compare(document, product, nearest, ported, findings)
            problems += findings.problems
    return problems


def _compare(
    document: ProductDocument,
    product: DataProduct,
    nearest: Mapping[str, _Ports],
    ported: set[str],
    findings: Findings,
) -> None:
    known = [asset.node for asset in product.assets or () if asset.node]
    found = {other: port for node in known for other, port in nearest[node].items()}
    declared = {input_.product for input_ in product.inputs}
    for other in sorted(found.keys() - declared - {product.id}):
        message = (
            f'{found[other]} of the product "{other}" is upstream in dbt, '
            f'and "{other}" is not among the inputs'
        )
        remedy = f'add "{other}" to `inputs`'
        findings.warn(document.id.location, "undeclared-input", message, remedy)
    seen_whole = bool(known) and len(known) == len(product.assets or ())
    for input_ in document.inputs:
        other = plain_id(input_.product)
        if seen_whole and other in ported and other not in found:
            message = f'no output port of the input "{other}" is upstream in dbt'
            remedy = "take it out, or see that a model here reads one of its output ports"
            findings.warn(input_.location, "input-not-in-lineage", message, remedy)


def _is_ported_in_dbt(product: DataProduct) -> bool:
    known = {asset.urn for asset in product.assets or () if asset.node}
    return bool(product.output_ports) and known.issuperset(product.output_ports)


def _ports(products: Iterable[DataProduct]) -> dict[str, _Ports]:
    """By dbt's unique id of an output port, the products it belongs to with its name."""
    ports: dict[str, _Ports] = defaultdict(dict)
    for product in products:
        assets: dict[str, Asset] = {asset.urn: asset for asset in product.assets or ()}
        for urn in product.output_ports:
            if assets[urn].node:
                ports[assets[urn].node][product.id] = assets[urn].name
    return ports


def _nearest(nodes: Mapping[str, Node], ports: Mapping[str, _Ports]) -> dict[str, _Ports]:
    """The first output ports upstream of each node, on every way.

    A product's own port ends the way too: being an asset, it begins one of its own.
    """
    nearest: dict[str, _Ports] = {}
    for node in _upstream_first(nodes):
        upstream = [u for u in nodes[node].depends_on if u in nodes]
        nearest[node] = {
            product: port
            for u in upstream
            # dbt refuses cycles; in a manifest that has one, it ends where it began.
            for product, port in (ports[u] if u in ports else nearest.get(u, {})).items()
        }
    return nearest


def _upstream_first(nodes: Mapping[str, Node]) -> list[str]:
    """All nodes, each after what it depends on."""
    ordered: list[str] = []
    entered: set[str] = set()
    for start in nodes:
        ways = [iter([start])]
        path: list[str] = []
        while ways:
            node = next((n for n in ways[-1] if n in nodes and n not in entered), None)
            if node is not None:
                entered.add(node)
                path.append(node)
                ways.append(iter(nodes[node].depends_on))
            else:
                ways.pop()
                if path:
                    ordered.append(path.pop())
    return ordered
