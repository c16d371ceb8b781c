"""Plan: what an ingest would create, change and remove, without doing it.

Pure: what the catalog shows now, and what it would show after, is read before.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from datahub_dataproducts.domain.catalog_states import CatalogState, DatasetState, ProductState
from datahub_dataproducts.domain.dataset_changes import CONTRACT, dataset_changes
from datahub_dataproducts.domain.field_changes import ChangeKind, FieldChange
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.product_changes import judged_otherwise, product_changes
from datahub_dataproducts.domain.products import ANNOUNCED


class Removal(Enum):
    """What becomes of what the files have no more, and why; continuing "it stays: "."""

    ON = ""
    UNSAID = "only an ingest with stateful ingestion removes it"
    OFF = "the recipe has no stateful ingestion that removes"
    FIRST_RUN = "no earlier ingest of this recipe is on record"
    ERRORS = "nothing is removed in this run, since there are errors"
    TOO_MUCH = (
        "more would be removed than fail_safe_threshold allows, so the ingest fails and removes "
        "nothing"
    )


class Action(Enum):
    """What happens to a product or a dataset."""

    CREATE = "create"
    RESTORE = "restore"
    TAKE_OVER = "take over"
    CHANGE = "change"
    REMOVE = "remove"
    LEAVE = "leave"


class Meaning(Enum):
    """What the changes of a product mean to those who use it, in a sentence."""

    WATCHED = "It is watched from the next ingest on"
    JUDGED_OTHERWISE = (
        "Its promises change: judged by the new ones from the next ingest on, history before stays"
    )
    ANNOUNCED = "People are told of its health from the next ingest on"
    NOT_ANNOUNCED = "People are told of its health no more"
    TAKEN_OVER = "It was not published from files before: from the next ingest on its file decides"
    REMOVED = "Soft-deleted: DataHub hides it and erases nothing, and its health is watched no more"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductPlan:
    """What happens to one product.

    Attributes:
        title: what people call it.
        because: with LEAVE, why it stays although no file has it.
    """

    id: str
    title: str
    action: Action
    changes: tuple[FieldChange, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    because: Removal = Removal.ON


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetPlan:
    """What happens to one dataset, which itself is never created or removed by us."""

    urn: str
    name: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What an ingest would do.

    Attributes:
        products: to be created, changed, removed or left, in this order, then by id.
        datasets: by name.
        unchanged: ids of products that stay as they are.
        left_out: ids of products that are not published, because something is wrong with them.
        removal: what becomes of what the files have no more.
        problems: as `validate` tells them.
    """

    products: tuple[ProductPlan, ...]
    datasets: tuple[DatasetPlan, ...]
    unchanged: tuple[str, ...]
    left_out: tuple[str, ...]
    removal: Removal
    problems: tuple[Problem, ...]

    def count(self, *actions: Action) -> int:
        """How many products have one of some actions."""
        return sum(product.action in actions for product in self.products)

    @property
    def changes_anything(self) -> bool:
        """True when an ingest would change the catalog."""
        return bool(self.datasets) or any(p.action is not Action.LEAVE for p in self.products)

    @property
    def summary(self) -> str:
        """In one line: `Plan: 2 to create, 1 to change, 0 to remove, 7 unchanged.`."""
        return (
            f"Plan: {self.count(Action.CREATE, Action.RESTORE)} to create, "
            f"{self.count(Action.CHANGE, Action.TAKE_OVER)} to change, "
            f"{self.count(Action.REMOVE)} to remove, {len(self.unchanged)} unchanged."
        )


def plan(
    before: CatalogState,
    after: CatalogState,
    *,
    published: Collection[str],
    left_out: Collection[str],
    removal: Removal,
    problems: tuple[Problem, ...] = (),
    asked_for: Collection[str] | None = None,
) -> Plan:
    """The plan that leads from one state of the catalog to the other.

    Args:
        before: what it shows now: at least the published products and all that have a definition.
        after: what it shows after an ingest.
        published: ids of the products that the ingest publishes.
        left_out: ids of those it does not, because something is wrong with them.
        removal: what becomes of what the files have no more.
        problems: all of them, by place.
        asked_for: ids of the products to tell of; None: all, and what became of others.
    """
    wanted = set(published) if asked_for is None else set(published) & set(asked_for)
    planned = [
        _published(before.products.get(id_), after.products[id_], removal) for id_ in sorted(wanted)
    ]
    gone: list[ProductPlan] = []
    if asked_for is None:
        known = {*published, *left_out}
        gone = [
            product
            for id_ in sorted(before.products.keys() - known)
            for product in _unpublished(before.products[id_], after.products[id_], removal)
        ]
    spoken_of = {urn for id_ in wanted for urn in _speaks_of(after.products[id_])}
    order = list(Action)
    found = [product for product in planned if product.changes or product.action in _ALWAYS_TOLD]
    return Plan(
        products=tuple(sorted([*found, *gone], key=lambda p: (order.index(p.action), p.id))),
        datasets=tuple(
            dataset
            for dataset in _datasets(before, after, published, removal)
            if asked_for is None or dataset.urn in spoken_of
        ),
        unchanged=tuple(p.id for p in planned if p not in found),
        left_out=tuple(sorted(left_out)),
        removal=removal,
        problems=problems,
    )


_NOT_ON_RECORD = "the record of the last ingest has it not"
_ALWAYS_TOLD = frozenset({Action.CREATE, Action.RESTORE, Action.TAKE_OVER})


def _published(before: ProductState | None, after: ProductState, removal: Removal) -> ProductPlan:
    changes = (_reasoned(change, removal) for change in product_changes(before, after))
    action = Action.CHANGE
    if before is None:
        action = Action.CREATE
    elif before.removed:
        action = Action.RESTORE
    elif before.definition is None:
        action = Action.TAKE_OVER
    return ProductPlan(
        id=after.id,
        title=after.name or after.id,
        action=action,
        changes=tuple(changes),
        meanings=tuple(_meanings(before, after, action)),
    )


def _reasoned(change: FieldChange, removal: Removal) -> FieldChange:
    """A change that says why something is kept, which is what becomes of what is gone."""
    if change.kind is not ChangeKind.KEPT or change.because:
        return change
    return replace(change, because=removal.value or _NOT_ON_RECORD)


def _meanings(
    before: ProductState | None, after: ProductState, action: Action
) -> Iterator[Meaning]:
    old, new = before.definition if before else None, after.definition
    assert new is not None
    if action is Action.TAKE_OVER:
        yield Meaning.TAKEN_OVER
    if old is None:
        if new.assertions or new.inputs:
            yield Meaning.WATCHED
    elif judged_otherwise(old, new):
        yield Meaning.JUDGED_OTHERWISE
    told, tells = old is not None and old.lifecycle in ANNOUNCED, new.lifecycle in ANNOUNCED
    if told != tells:
        yield Meaning.ANNOUNCED if tells else Meaning.NOT_ANNOUNCED


def _unpublished(
    before: ProductState, after: ProductState, removal: Removal
) -> Iterator[ProductPlan]:
    if before.removed:
        return
    title = before.name or before.id
    if after.removed:
        meanings = (Meaning.REMOVED,)
        yield ProductPlan(id=before.id, title=title, action=Action.REMOVE, meanings=meanings)
    elif before.definition is not None and removal is not Removal.ON:
        yield ProductPlan(id=before.id, title=title, action=Action.LEAVE, because=removal)


def _datasets(
    before: CatalogState, after: CatalogState, published: Collection[str], removal: Removal
) -> Iterator[DatasetPlan]:
    # Of which a published product promised something, and now no product does.
    idle = _promised(before, published) - _promised(after, after.products)

    def by_name(dataset: DatasetState) -> tuple[str, str]:
        return dataset.name, dataset.urn

    for dataset in sorted(after.datasets.values(), key=by_name):
        changes = dataset_changes(before.datasets.get(dataset.urn), dataset)
        if dataset.contract is not None and dataset.urn in idle:
            stays = FieldChange(field=CONTRACT, kind=ChangeKind.KEPT, item="it")
            changes += (_reasoned(stays, removal),)
        if changes:
            yield DatasetPlan(urn=dataset.urn, name=dataset.name, changes=changes)


def _promised(state: CatalogState, products: Iterable[str]) -> set[str]:
    """The datasets of which some products promise something."""
    found = (state.products[id_].definition for id_ in products if id_ in state.products)
    return {a.asset for definition in found if definition for a in definition.assertions}


def _speaks_of(product: ProductState) -> Iterator[str]:
    yield from (asset.urn for asset in product.assets)
    # Whatever is published has one.
    assert product.definition is not None
    yield from (assertion.asset for assertion in product.definition.assertions)
