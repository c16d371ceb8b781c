"""The portfolio: all products together, who listens to what and who uses whom."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.cycles import cycles
from datahub_dataproducts.domain.products import DataProduct, Input


@dataclass(frozen=True, kw_only=True, slots=True)
class Portfolio:
    """All products, indexed so that an event costs the same among ten and among ten thousand.

    Attributes:
        products: by id.
        listeners: for each URN, who listens to its evidence: product id and assertion.
        inputs: the inputs that count, by product id: known products only, and none for a product
            in a cycle, which is judged on its own assertions.
        dependents: ids of the products that use a product as an input that counts.
        depth: a product's is larger than that of each of its inputs.
        cyclic: for each product that is its own input over some way round, the shortest such way.
        set_up: ids of the products with an assertion, own or inherited.
        watches: by product id, one assertion of the kind INCIDENT an asset, in their order: that
            there is no open incident on it. It is no part of the contract.
        watchers: for each URN of an asset, who watches it: product id and watch.
    """

    products: Mapping[str, DataProduct]
    listeners: Mapping[str, tuple[tuple[str, Assertion], ...]]
    inputs: Mapping[str, tuple[Input, ...]]
    dependents: Mapping[str, tuple[str, ...]]
    depth: Mapping[str, int]
    cyclic: Mapping[str, tuple[str, ...]]
    set_up: frozenset[str]
    watches: Mapping[str, tuple[Assertion, ...]]
    watchers: Mapping[str, tuple[tuple[str, Assertion], ...]]


def portfolio_of(
    products: Iterable[DataProduct], counted: Mapping[str, Collection[str]] | None = None
) -> Portfolio:
    """The portfolio of some products; of two with one id the last counts.

    `counted` gives, for products as they were in the past, the inputs that were known then; of a
    product that it does not name, those known here count.
    """
    by_id = {p.id: p for p in products}
    known = {id_: _known_inputs(p, by_id, counted or {}) for id_, p in by_id.items()}
    cyclic = cycles({id_: tuple(i.product for i in used) for id_, used in known.items()})
    inputs: dict[str, tuple[Input, ...]] = {}
    listeners: dict[str, list[tuple[str, Assertion]]] = {}
    dependents: dict[str, list[str]] = {}
    watches = {p.id: watches_of(p) for p in by_id.values() if p.assets}
    for product in by_id.values():
        inputs[product.id] = () if product.id in cyclic else known[product.id]
        for used in inputs[product.id]:
            dependents.setdefault(used.product, []).append(product.id)
        for assertion in product.assertions:
            for urn in dict.fromkeys(assertion.listens_to):
                listeners.setdefault(urn, []).append((product.id, assertion))
    order = _inputs_first(inputs)
    depth: dict[str, int] = {}
    set_up: set[str] = set()
    for id_ in order:
        used_ids = [i.product for i in inputs[id_]]
        depth[id_] = 1 + max((depth[u] for u in used_ids), default=-1)
        if by_id[id_].assertions or any(u in set_up for u in used_ids):
            set_up.add(id_)
    return Portfolio(
        products=by_id,
        listeners={urn: tuple(all_) for urn, all_ in listeners.items()},
        inputs=inputs,
        dependents={id_: tuple(all_) for id_, all_ in dependents.items()},
        depth=depth,
        cyclic=cyclic,
        set_up=frozenset(set_up),
        watches=watches,
        watchers=_watchers(watches),
    )


def _known_inputs(
    product: DataProduct,
    by_id: Mapping[str, DataProduct],
    counted: Mapping[str, Collection[str]],
) -> tuple[Input, ...]:
    known = counted.get(product.id, by_id)
    return tuple(i for i in product.inputs if i.product in by_id and i.product in known)


def promised(product: DataProduct) -> tuple[Assertion, ...]:
    """What a product promises, and its watches for incidents."""
    return (*product.assertions, *watches_of(product))


def watches_of(product: DataProduct) -> tuple[Assertion, ...]:
    """One watch for incidents an asset; see `Portfolio`.

    A promise of freshness knows all URNs that DataHub may know its table by.
    """
    siblings = {a.asset: a.listens_to for a in product.assertions if a.freshness is not None}
    return tuple(
        Assertion(
            urn=asset.urn,
            kind=AssertionKind.INCIDENT,
            asset=asset.urn,
            asset_name=asset.name,
            promise="has no open incident",
            listens_to=tuple(dict.fromkeys((asset.urn, *siblings.get(asset.urn, ())))),
            node=asset.node,
        )
        for asset in {asset.urn: asset for asset in product.assets or ()}.values()
    )


def _watchers(
    watches: Mapping[str, tuple[Assertion, ...]],
) -> dict[str, tuple[tuple[str, Assertion], ...]]:
    found: dict[str, list[tuple[str, Assertion]]] = {}
    for id_, mine in watches.items():
        for watch in mine:
            for urn in watch.listens_to:
                found.setdefault(urn, []).append((id_, watch))
    return {urn: tuple(all_) for urn, all_ in found.items()}


def _inputs_first(inputs: Mapping[str, tuple[Input, ...]]) -> list[str]:
    waiting = {id_: len({i.product for i in used}) for id_, used in inputs.items()}
    users: dict[str, list[str]] = {}
    for id_, used in inputs.items():
        for product in {i.product for i in used}:
            users.setdefault(product, []).append(id_)
    order = [id_ for id_, count in waiting.items() if count == 0]
    for id_ in order:
        for user in users.get(id_, ()):
            waiting[user] -= 1
            if waiting[user] == 0:
                order.append(user)
    return order
