"""The portfolio: all products together, who listens to what and who uses whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import Assertion
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
        cyclic: ids of the products that are their own input over some way round.
        set_up: ids of the products with an assertion, own or inherited.
    """

    products: Mapping[str, DataProduct]
    listeners: Mapping[str, tuple[tuple[str, Assertion], ...]]
    inputs: Mapping[str, tuple[Input, ...]]
    dependents: Mapping[str, tuple[str, ...]]
    depth: Mapping[str, int]
    cyclic: frozenset[str]
    set_up: frozenset[str]


def portfolio_of(products: Iterable[DataProduct]) -> Portfolio:
    """The portfolio of some products; of two with one id the last counts."""
    by_id = {p.id: p for p in products}
    uses = {p.id: tuple(i.product for i in p.inputs if i.product in by_id) for p in by_id.values()}
    cyclic = products_in_cycles(uses)
    inputs: dict[str, tuple[Input, ...]] = {}
    listeners: dict[str, list[tuple[str, Assertion]]] = {}
    dependents: dict[str, list[str]] = {}
    for product in by_id.values():
        counting = () if product.id in cyclic else product.inputs
        inputs[product.id] = tuple(i for i in counting if i.product in by_id)
        for used in inputs[product.id]:
            dependents.setdefault(used.product, []).append(product.id)
        for assertion in product.assertions:
            for urn in assertion.listens_to:
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
    )


def products_in_cycles(uses: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Ids that can be reached from themselves; `uses` maps each id to the ids it uses.

    What remains after taking away, again and again, what uses nothing left or is used by nothing
    left, lies in a cycle or on a way between two; a walk tells these apart.
    """
    left = _pruned({id_: set(used) for id_, used in uses.items()})
    return frozenset(id_ for id_ in left if id_ in _reached(left, left[id_]))


def cycle_through(start: str, uses: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A shortest way from a product round to itself, both ends included; empty: there is none."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    front = [start]
    while front:
        ahead: list[str] = []
        for id_ in front:
            for used in uses.get(id_, ()):
                if used == start:
                    return (*ways[id_], start)
                if used not in ways:
                    ways[used] = (*ways[id_], used)
                    ahead.append(used)
        front = ahead
    return ()


def _pruned(uses: dict[str, set[str]]) -> dict[str, set[str]]:
    while True:
        used = {u for all_ in uses.values() for u in all_}
        kept = {id_: all_ & uses.keys() for id_, all_ in uses.items() if all_ and id_ in used}
        kept = {id_: all_ & kept.keys() for id_, all_ in kept.items()}
        if kept == uses:
            return kept
        uses = kept


def _reached(uses: Mapping[str, set[str]], start: set[str]) -> set[str]:
    seen: set[str] = set()
    front = set(start)
    while front:
        seen |= front
        front = {u for id_ in front for u in uses[id_]} - seen
    return seen


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
