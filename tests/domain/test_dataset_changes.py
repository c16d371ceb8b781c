from datahub_dataproducts.domain.catalog_states import DatasetState
from datahub_dataproducts.domain.dataset_changes import dataset_changes
from datahub_dataproducts.domain.field_changes import ChangeKind

NOTHING = DatasetState(urn="urn:li:dataset:x", name="x")


def state(**contract: str) -> DatasetState:
    return DatasetState(urn="urn:li:dataset:x", name="x", contract=contract)


def told(before: DatasetState | None, after: DatasetState) -> list[tuple[str, str, str]]:
    return [
        (c.field, c.kind.value, c.item or f"{c.before} -> {c.after}")
        for c in dataset_changes(before, after)
    ]


def test_owners_that_dbt_names_are_added() -> None:
    owned = DatasetState(urn="urn:li:dataset:x", name="x", owners=frozenset({"b", "a"}))
    assert told(None, owned) == [("owners", "added", "a"), ("owners", "added", "b")]
    assert told(owned, owned) == []


def test_a_contract_is_made_and_removed_with_so_many_promises() -> None:
    assert told(NOTHING, state(a="is built")) == [("data contract", "added", " -> 1 promise")]
    assert told(state(a="is built", b="passes"), NOTHING) == [
        ("data contract", "removed", "2 promises -> ")
    ]


def test_a_contract_changes_promise_by_promise() -> None:
    before, after = state(a="is built", b="passes"), state(a="is built", c="is fresh")
    assert told(before, after) == [
        ("data contract", "added", "is fresh"),
        ("data contract", "removed", "passes"),
    ]


def test_promises_that_sound_alike_are_told_apart_by_their_urns() -> None:
    [added] = dataset_changes(state(a="passes"), state(a="passes", b="passes"))
    assert (added.kind, added.item) == (ChangeKind.ADDED, "passes (b)")
