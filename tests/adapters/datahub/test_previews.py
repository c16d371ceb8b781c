"""A preview against a model of the server: what it shows after is what an ingest leaves there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from datahub.metadata.schema_classes import StatusClass
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.aspects import Snapshot, whole
from datahub_dataproducts.adapters.datahub.previews import Preview, ours_in, preview
from datahub_dataproducts.adapters.datahub.proposals.forms import WriteSemantics, ours
from datahub_dataproducts.adapters.datahub.proposals.publications import propose
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.application.plan import Action, Plan, Removal, plan
from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.domain.catalog_states import ProductState
from datahub_dataproducts.domain.products import DataProduct, Owner, ProductType
from tests.adapters.datahub.publications import products
from tests.builders import checked, dataset, product
from tests.patched_entities import PatchedEntities

TIMESERIES = {"assertionRunEvent", "operation"}
USERS = product("users", checked("a"))


class HeldEntities:
    """The model of the server, read as a catalog."""

    def __init__(self) -> None:
        self.model = PatchedEntities()

    def ingest(
        self, publication: Publication, semantics: WriteSemantics, removed: Sequence[str] = ()
    ) -> None:
        for proposal in propose(publication, semantics):
            if proposal.change.aspectName not in TIMESERIES:
                self.model.take(proposal.change)
        for urn in removed:
            self.model.take(ours(urn, StatusClass(removed=True)).change)

    def definitions(self) -> tuple[str, ...]:
        """Those that are not removed."""
        aspects = self.model.aspects
        return tuple(
            urn
            for urn, name in aspects
            if name == "platformResourceInfo" and not aspects[urn, "status"]["removed"]
        )

    def read(self, urns: Sequence[str], names: Sequence[str]) -> Snapshot:
        """What is asked for, of one type of entity."""
        assert len({urn.split(":")[2] for urn in urns}) == 1
        found: Snapshot = {}
        for (urn, name), aspect in self.model.aspects.items():
            if urn in urns and name in names:
                found.setdefault(urn, {})[name] = whole(name, aspect) or aspect
        return found


def publication(*declared: DataProduct, **fields: Any) -> Publication:
    return Publication(products=declared, problems=(), complete=True, **fields)


def planned(states: Preview, published: Publication) -> Plan:
    return plan(
        states.before,
        states.after,
        published=[p.id for p in published.products],
        left_out=(),
        removal=Removal.ON,
    )


def stale(old: Publication, new: Publication, semantics: WriteSemantics) -> frozenset[str]:
    return ours_in(old, semantics) - ours_in(new, semantics)


publications = st.builds(
    lambda users, others, owners: publication(
        users, *others, asset_owners=((dataset("x"), owners),) if owners else ()
    ),
    products(),
    st.lists(products("z"), max_size=1),
    st.lists(
        st.sampled_from([
            Owner(urn="urn:li:corpuser:ana", type="TECHNICAL_OWNER"),
            Owner(urn="urn:li:corpGroup:data", type="DATAOWNER"),
        ]),
        unique=True,
    ).map(tuple),
)


@given(publications, publications, st.sampled_from(WriteSemantics), st.booleans())
def test_what_is_shown_after_is_what_the_ingest_leaves_and_then_there_is_nothing_to_do(
    old: Publication,
    new: Publication,
    semantics: WriteSemantics,
    removing: bool,
) -> None:
    catalog = HeldEntities()
    catalog.ingest(old, semantics)
    removed = stale(old, new, semantics) if removing else frozenset()
    announced = preview(new, semantics, catalog, removed)
    catalog.ingest(new, semantics, sorted(removed))
    then = preview(new, semantics, catalog)
    known = announced.after.products.keys() & then.before.products.keys()
    for id_ in known:
        assert seen(announced.after.products[id_]) == seen(then.before.products[id_])
    assert not planned(then, new).changes_anything


def seen(state: ProductState) -> object:
    """A state without what depends on which definitions are at hand.

    An assertion that is promised no more is looked at no more, and an asset has the name that its
    product gives it.
    """
    assets = tuple(replace(asset, name="") for asset in state.assets)
    return replace(state, assertions=(), assets=assets, links=dict(state.links))


@given(products(), products(), st.sampled_from(WriteSemantics))
def test_a_plan_is_empty_only_where_the_catalog_shows_what_it_showed(
    old: DataProduct, new: DataProduct, semantics: WriteSemantics
) -> None:
    catalog = HeldEntities()
    catalog.ingest(publication(old), semantics)
    states = preview(publication(new), semantics, catalog)
    if not planned(states, publication(new)).changes_anything:
        before, after = (page(s.products["users"]) for s in (states.before, states.after))
        assert before == after


def page(state: ProductState) -> object:
    """What people see of it."""
    return replace(
        state,
        assets=tuple(sorted(state.assets, key=lambda asset: asset.urn)),
        promised="".join(sorted(state.promised.splitlines())),
        properties={n: "".join(sorted(t)) for n, t in state.properties.items()},
        definition=None,
    )


def test_a_product_removed_and_hidden_from_the_search_is_brought_back() -> None:
    catalog = HeldEntities()
    catalog.ingest(publication(USERS), WriteSemantics.PATCH)
    catalog.ingest(
        publication(), WriteSemantics.PATCH, ["urn:li:dataProduct:users", definition_urn("users")]
    )
    found = planned(preview(publication(USERS), WriteSemantics.PATCH, catalog), publication(USERS))
    assert [p.action for p in found.products] == [Action.RESTORE]


def test_an_incomplete_publication_leaves_contracts_as_they_are() -> None:
    catalog = HeldEntities()
    catalog.ingest(publication(USERS), WriteSemantics.PATCH)
    more = replace(USERS, assertions=(*USERS.assertions, checked("b")))
    whole_, partial = publication(more), replace(publication(more), complete=False)
    told = [planned(preview(p, WriteSemantics.PATCH, catalog), p) for p in (whole_, partial)]
    assert [len(found.datasets) for found in told] == [1, 0]


def test_results_and_updates_are_no_change_of_what_is_shown() -> None:
    catalog = HeldEntities()
    typed = replace(USERS, type=ProductType.METRIC)
    catalog.ingest(publication(typed), WriteSemantics.PATCH)
    assert not planned(
        preview(publication(typed), WriteSemantics.PATCH, catalog), publication(typed)
    ).changes_anything


def test_a_definition_that_cannot_be_read_is_planned_as_if_there_were_none() -> None:
    catalog = HeldEntities()
    catalog.ingest(publication(USERS), WriteSemantics.PATCH)
    info = catalog.model.aspects[definition_urn("users"), "platformResourceInfo"]
    info["value"]["blob"] = '{"format": 99}'
    found = planned(preview(publication(USERS), WriteSemantics.PATCH, catalog), publication(USERS))
    assert [p.action for p in found.products] == [Action.TAKE_OVER]
