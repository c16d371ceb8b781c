from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from datahub_dataproducts.application.plan import Action, Meaning, Plan, Removal, plan
from datahub_dataproducts.domain.catalog_states import (
    AssertionState,
    CatalogState,
    DatasetState,
    ProductState,
)
from datahub_dataproducts.domain.field_changes import ChangeKind
from datahub_dataproducts.domain.products import Asset, DataProduct, Input, Lifecycle
from tests.builders import checked, dataset, product

USERS = product("users", checked("a"))
BARE = product("bare", lifecycle=Lifecycle.DEVELOPMENT)


def shown(definition: DataProduct, **fields: Any) -> ProductState:
    state = ProductState(
        id=definition.id,
        name=definition.name or "",
        domain=definition.domain,
        assets=definition.assets or (),
        definition=definition,
    )
    return replace(state, **fields)


def state(*products: ProductState, datasets: Collection[DatasetState] = ()) -> CatalogState:
    return CatalogState(products={p.id: p for p in products}, datasets={d.urn: d for d in datasets})


def planned(
    before: CatalogState,
    after: CatalogState,
    *,
    published: Collection[str] = ("users",),
    left_out: Collection[str] = (),
    removal: Removal = Removal.ON,
    asked_for: Collection[str] | None = None,
) -> Plan:
    return plan(
        before,
        after,
        published=published,
        left_out=left_out,
        removal=removal,
        asked_for=asked_for,
    )


def actions(plan: Plan) -> list[tuple[str, Action]]:
    return [(p.id, p.action) for p in plan.products]


def test_what_the_catalog_lacks_is_created() -> None:
    made = planned(state(), state(shown(USERS)))
    assert actions(made) == [("users", Action.CREATE)]
    assert made.summary == "Plan: 1 to create, 0 to change, 0 to remove, 0 unchanged."
    assert made.changes_anything


def test_what_is_as_the_file_says_is_unchanged() -> None:
    same = planned(state(shown(USERS)), state(shown(USERS)))
    assert (same.products, same.unchanged) == ((), ("users",))
    assert same.summary == "Plan: 0 to create, 0 to change, 0 to remove, 1 unchanged."
    assert not same.changes_anything


def test_what_was_removed_is_brought_back_even_if_nothing_else_changes() -> None:
    back = planned(state(shown(USERS, removed=True)), state(shown(USERS)))
    assert actions(back) == [("users", Action.RESTORE)]
    assert back.summary.startswith("Plan: 1 to create")


def test_what_was_made_by_hand_is_taken_over() -> None:
    over = planned(state(ProductState(id="users")), state(shown(USERS)))
    assert actions(over) == [("users", Action.TAKE_OVER)]
    assert over.products[0].meanings == (Meaning.TAKEN_OVER, Meaning.WATCHED, Meaning.ANNOUNCED)
    assert over.summary.startswith("Plan: 0 to create, 1 to change")


def test_what_is_gone_from_the_files_and_the_catalog_is_removed() -> None:
    before = state(shown(USERS), shown(BARE))
    gone = planned(before, state(shown(USERS), shown(BARE, removed=True)))
    assert actions(gone) == [("bare", Action.REMOVE)]
    assert gone.products[0].meanings == (Meaning.REMOVED,)
    assert gone.summary == "Plan: 0 to create, 0 to change, 1 to remove, 1 unchanged."


def test_one_is_removed_even_if_its_definition_cannot_be_read() -> None:
    by_hand = ProductState(id="bare")
    gone = planned(state(by_hand), state(replace(by_hand, removed=True)), published=())
    assert [(p.id, p.title, p.action) for p in gone.products] == [("bare", "bare", Action.REMOVE)]


@pytest.mark.parametrize("removal", [r for r in Removal if r is not Removal.ON])
def test_what_is_not_removed_is_left_with_the_reason(removal: Removal) -> None:
    both = state(shown(USERS), shown(BARE))
    left = planned(both, both, removal=removal)
    assert [(p.action, p.because) for p in left.products] == [(Action.LEAVE, removal)]
    assert not left.changes_anything


def test_what_others_published_is_none_of_this_plans_business() -> None:
    """With a record of the last run, what is not on it comes from somebody else."""
    both = state(shown(USERS), shown(BARE))
    assert planned(both, both, removal=Removal.ON).products == ()
    removed = state(shown(USERS), shown(BARE, removed=True))
    assert planned(removed, removed, removal=Removal.UNSAID).products == ()


def test_what_is_wrong_is_left_out_and_not_taken_for_gone() -> None:
    both = state(shown(USERS), shown(BARE))
    wrong = planned(both, both, left_out=("bare",), removal=Removal.ERRORS)
    assert (wrong.products, wrong.left_out) == ((), ("bare",))


def test_created_products_come_first_and_removed_ones_last() -> None:
    new = product("z")
    before = state(shown(USERS), shown(BARE))
    after = state(shown(new), shown(replace(USERS, name="People")), shown(BARE, removed=True))
    assert actions(planned(before, after, published=("users", "z"))) == [
        ("z", Action.CREATE),
        ("users", Action.CHANGE),
        ("bare", Action.REMOVE),
    ]


@pytest.mark.parametrize(
    ("old", "new", "meanings"),
    [
        (None, BARE, ()),
        (None, replace(BARE, inputs=(Input(product="users"),)), (Meaning.WATCHED,)),
        (None, product("bare", checked("a")), (Meaning.WATCHED, Meaning.ANNOUNCED)),
        (BARE, replace(BARE, name="Naked"), ()),
        (BARE, replace(BARE, assertions=(checked("a"),)), (Meaning.JUDGED_OTHERWISE,)),
        (BARE, replace(BARE, lifecycle=Lifecycle.LIVE), (Meaning.ANNOUNCED,)),
        (replace(BARE, lifecycle=Lifecycle.LIVE), BARE, (Meaning.NOT_ANNOUNCED,)),
        (
            replace(BARE, lifecycle=Lifecycle.LIVE),
            replace(BARE, lifecycle=Lifecycle.DEPRECATED),
            (),
        ),
    ],
)
def test_a_change_says_what_it_means(
    old: DataProduct | None, new: DataProduct, meanings: tuple[Meaning, ...]
) -> None:
    before = state(shown(old)) if old else state()
    [found] = planned(before, state(shown(new)), published=("bare",)).products
    assert found.meanings == meanings


def test_datasets_that_change_are_told_by_name() -> None:
    urns = [dataset("b"), dataset("a"), dataset("c")]
    before = [DatasetState(urn=urn, name=urn) for urn in urns]
    after = [replace(one, owners=frozenset({"ana"})) for one in before[:2]] + before[2:]
    found = planned(state(shown(USERS), datasets=before), state(shown(USERS), datasets=after))
    assert [one.urn for one in found.datasets] == [dataset("a"), dataset("b")]
    assert found.changes_anything


def test_only_what_is_asked_for_is_told_with_the_datasets_it_speaks_of() -> None:
    asset = Asset(urn=dataset("own"), name="own")
    users = replace(USERS, assets=(asset,))
    datasets = [
        DatasetState(urn=urn, name=urn, owners=frozenset({"ana"}))
        for urn in (asset.urn, USERS.assertions[0].asset, dataset("other"))
    ]
    found = planned(
        state(shown(product("gone"))),
        state(shown(users), shown(BARE), shown(product("gone"), removed=True), datasets=datasets),
        published=("users", "bare"),
        asked_for=("users", "unknown"),
    )
    assert actions(found) == [("users", Action.CREATE)]
    assert {one.urn for one in found.datasets} == {asset.urn, USERS.assertions[0].asset}


def test_what_stays_says_why_by_what_becomes_of_what_is_gone() -> None:
    contract = {"urn:li:assertion:a": "passes a"}
    held = DatasetState(urn=USERS.assertions[0].asset, name="fct", contract=contract)
    idle = AssertionState(urn="urn:li:assertion:a", words="fct passes a")
    bare = replace(USERS, assertions=())
    before = state(shown(USERS, assertions=(idle,)), datasets=[held])
    after = state(shown(bare, assertions=(idle,)), datasets=[held])
    for removal, why in (
        (Removal.OFF, Removal.OFF.value),
        (Removal.ON, "the record of the last ingest has it not"),
    ):
        found = planned(before, after, removal=removal)
        [product], [one] = found.products, found.datasets
        assert [(c.kind, c.because) for c in product.changes if c.field == "assertions"] == [
            (ChangeKind.KEPT, why)
        ]
        assert [(c.field, c.kind, c.because) for c in one.changes] == [
            ("data contract", ChangeKind.KEPT, why)
        ]


def test_a_contract_that_another_product_has_a_part_in_does_not_just_stay() -> None:
    held = DatasetState(urn=USERS.assertions[0].asset, name="fct", contract={"a": "passes a"})
    other = shown(product("other", checked("b")))
    before = state(shown(USERS), other, datasets=[held])
    after = state(shown(replace(USERS, assertions=())), other, datasets=[held])
    assert planned(before, after).datasets == ()
