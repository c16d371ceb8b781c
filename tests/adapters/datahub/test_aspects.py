"""Our merging of patches against a model of the server's."""

from typing import Any

from datahub.metadata.schema_classes import OwnerClass, OwnershipClass, StatusClass
from datahub.specific.dataset import DatasetPatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.aspects import Snapshot, applied, whole
from datahub_dataproducts.adapters.datahub.proposals.forms import (
    Proposal,
    WriteSemantics,
    ours,
)
from datahub_dataproducts.adapters.datahub.proposals.products import product_proposals
from datahub_dataproducts.domain.products import DataProduct
from tests.adapters.datahub.publications import products
from tests.patched_entities import PatchedEntities

USERS = "urn:li:dataProduct:users"


def modelled(*publications: tuple[DataProduct, WriteSemantics]) -> PatchedEntities:
    model = PatchedEntities()
    for product, semantics in publications:
        for proposal in product_proposals(product, semantics):
            model.take(proposal.change)
    return model


def held(model: PatchedEntities) -> Snapshot:
    snapshot: Snapshot = {}
    for (urn, name), aspect in model.aspects.items():
        # The model makes no audit stamp for the terms it is the first to write.
        snapshot.setdefault(urn, {})[name] = whole(name, aspect) or aspect
    return snapshot


def in_any_order(value: Any) -> Any:
    """Lists as sorted texts: the order of entries is of no meaning, and an empty one is as none."""
    if isinstance(value, dict):
        return {name: in_any_order(item) for name, item in value.items() if item != []}
    return sorted(map(repr, value)) if isinstance(value, list) else value


@given(products(), products(), st.sampled_from(WriteSemantics), st.sampled_from(WriteSemantics))
def test_what_two_ingests_make_of_an_entity_is_what_the_server_makes_of_it(
    first: DataProduct, second: DataProduct, before: WriteSemantics, after: WriteSemantics
) -> None:
    snapshot = held(modelled((first, before)))
    made = applied(snapshot, product_proposals(second, after))
    expected = held(modelled((first, before), (second, after)))
    assert in_any_order(made) == in_any_order(expected)
    assert snapshot == held(modelled((first, before))), "what was before stays as it was"


@given(products(), st.sampled_from(WriteSemantics))
def test_the_same_ingest_again_changes_nothing(
    product: DataProduct, semantics: WriteSemantics
) -> None:
    once = applied({}, product_proposals(product, semantics))
    assert in_any_order(applied(once, product_proposals(product, semantics))) == in_any_order(once)


def test_an_owner_that_somebody_attributed_to_a_source_stays_beside_ours() -> None:
    theirs = {
        "owner": "urn:li:corpuser:ana",
        "type": "TECHNICAL_OWNER",
        "attribution": {"time": 1, "actor": "urn:li:corpuser:a", "source": "urn:li:x:y"},
    }
    dataset = "urn:li:dataset:(urn:li:dataPlatform:duckdb,a/b~c,PROD)"
    patch = DatasetPatchBuilder(dataset)
    patch.add_owner(OwnerClass(owner="urn:li:corpuser:ana", type="TECHNICAL_OWNER"))
    patch.add_owner(OwnerClass(owner="urn:li:corpuser:b/c~d", type="DATAOWNER"))
    proposals = [Proposal(change, is_ours=False) for change in patch.build()]
    before: Snapshot = {dataset: {"ownership": {"owners": [theirs]}}}
    owners = applied(before, proposals)[dataset]["ownership"]["owners"]
    assert sorted((o["owner"], "attribution" in o) for o in owners) == [
        ("urn:li:corpuser:ana", False),
        ("urn:li:corpuser:ana", True),
        ("urn:li:corpuser:b/c~d", False),
    ]


def test_a_whole_aspect_replaces_what_was_there() -> None:
    before: Snapshot = {USERS: {"ownership": {"owners": [{"owner": "a", "type": "NONE"}]}}}
    after = applied(
        before, [ours(USERS, OwnershipClass(owners=[])), ours(USERS, StatusClass(removed=True))]
    )
    assert after[USERS]["ownership"]["owners"] == []
    assert after[USERS]["status"] == {"removed": True}
    assert before[USERS]["ownership"]["owners"]


def test_what_cannot_be_read_as_an_aspect_is_none() -> None:
    assert whole("status", {"removed": True}) == {"removed": True}
    assert whole("ownership", {"owners": [{}]}) is None
    assert whole("no such aspect", {}) is None
