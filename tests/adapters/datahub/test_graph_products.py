"""All products of a server: those that were defined and those that people made there."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from datahub.ingestion.graph.client import DataHubGraph

from datahub_dataproducts.adapters.datahub.batches import BatchReader
from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.graph import GraphCatalog
from datahub_dataproducts.adapters.datahub.hand_made import HandMadeTerms
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import DataProduct
from tests.builders import checked, dataset, product
from tests.integration.gms.answers import Answer
from tests.integration.gms.server import Gms
from tests.integration.gms.service import proposal_of
from tests.integration.gms.switches import UNTIL_TICK

MANY, EACH = 1_000, 20
USERS = product("users", checked("users"))


@pytest.fixture
def gms() -> Iterator[Gms]:
    with Gms(page=5_000) as gms:
        yield gms


def catalog(graph: DataHubGraph, terms: HandMadeTerms | None = None) -> GraphCatalog:
    return GraphCatalog(graph, hand_made=terms, reader=BatchReader(graph, waits=()))


@pytest.fixture
def both(graph: DataHubGraph) -> GraphCatalog:
    return catalog(graph, HandMadeTerms())


def make(gms: Gms, id_: str, *assets: str) -> None:
    held = {"name": id_, "assets": [{"destinationUrn": asset} for asset in assets]}
    gms.put(data_product_urn(id_), "dataProductProperties", held)


def define(gms: Gms, defined: DataProduct) -> None:
    make(gms, defined.id)
    info = definition_aspect(defined)
    gms.put(definition_urn(defined.id), "platformResourceInfo", info.to_obj())


def promise(gms: Gms, table: str, *assertions: str) -> None:
    contract = {"entity": table, "dataQuality": [{"assertion": urn} for urn in assertions]}
    gms.put(f"urn:li:dataContract:{hash(table)}", "dataContractProperties", contract)


def read(directory: GraphCatalog) -> dict[str, DataProduct]:
    return {one.id: one for one in directory.products()}


def test_a_product_that_people_made_promises_what_the_contracts_of_its_assets_hold(
    both: GraphCatalog, gms: Gms
) -> None:
    make(gms, "orders", dataset("orders"), "urn:li:dashboard:(looker,1)", dataset("free"))
    promise(gms, dataset("orders"), "urn:li:assertion:rows", "urn:li:assertion:gone")
    gms.put("urn:li:assertion:gone", "status", {"removed": True})
    found = read(both)["orders"]
    assert [a.urn for a in found.assertions] == ["urn:li:assertion:rows"]
    assert [asset.name for asset in found.assets or ()] == ["orders", "1", "free"]


def test_without_a_contract_it_is_not_set_up(both: GraphCatalog, gms: Gms) -> None:
    make(gms, "orders", dataset("orders"))
    found = read(both)
    assert found["orders"].assertions == ()
    assert portfolio_of(found.values()).set_up == frozenset()


def test_a_product_that_was_defined_is_as_it_was_defined(both: GraphCatalog, gms: Gms) -> None:
    define(gms, USERS)
    assert read(both) == {"users": USERS}
    assert both.hand_made(["users", "nobody"]) == ()


def test_a_domain_that_was_made_on_a_page_is_called_as_there(both: GraphCatalog, gms: Gms) -> None:
    money, growth = "urn:li:domain:4f2a", "urn:li:domain:growth"
    gms.put(money, "domainProperties", {"name": "Finance"})
    gms.put(growth, "domainProperties", {"name": "growth"})
    define(gms, replace(USERS, domain=money))
    define(gms, replace(product("churn"), domain=growth))
    make(gms, "orders")
    gms.put(data_product_urn("orders"), "domains", {"domains": [money]})
    names = {"users": "Finance", "churn": "", "orders": "Finance"}
    assert {id_: one.domain_name for id_, one in read(both).items()} == names
    (orders,) = both.hand_made(["orders"])
    assert orders.is_in(("Finance",))
    assert not orders.is_in(("", "growth"))


def test_where_domains_may_not_be_read_they_are_known_by_their_urns(
    both: GraphCatalog, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    gms.put("urn:li:domain:4f2a", "domainProperties", {"name": "Finance"})
    define(gms, replace(USERS, domain="urn:li:domain:4f2a"))
    gms.switches.answer(Answer(403), route="entity/domain/", times=1)
    assert read(both)["users"].domain_name == ""
    assert "Domains are known by their URNs alone: DataHub answers 403" in caplog.text
    # Where it is only not there for a while, nobody is told in the wrong place for that.
    gms.switches.answer(Answer(503), route="entity/domain/", times=1)
    with pytest.raises(Unavailable):
        both.products()


def test_the_tags_that_people_gave_a_product_are_its_tags(both: GraphCatalog, gms: Gms) -> None:
    make(gms, "orders")
    gms.put(data_product_urn("orders"), "globalTags", {"tags": [{"tag": "urn:li:tag:gold"}]})
    assert read(both)["orders"].tags == ("urn:li:tag:gold",)


def test_a_definition_that_the_index_does_not_know_yet_counts_already(
    both: GraphCatalog, gms: Gms
) -> None:
    make(gms, "users")
    gms.switches.index_lag = UNTIL_TICK
    define(gms, USERS)
    assert read(both) == {}
    gms.tick()
    assert read(both) == {"users": USERS}


def test_a_definition_that_cannot_be_read_makes_no_hand_made_product(
    both: GraphCatalog, gms: Gms
) -> None:
    define(gms, USERS)
    info = gms.get(definition_urn("users"), "platformResourceInfo")
    info["value"]["blob"] = '{"format":9}'
    gms.damage(definition_urn("users"), "platformResourceInfo", info)
    assert read(both) == {}
    assert both.lacking(["users"]) == frozenset()


def test_where_they_do_not_count_only_what_was_defined_is_there(
    graph: DataHubGraph, gms: Gms
) -> None:
    define(gms, USERS)
    make(gms, "orders")
    directory = catalog(graph)
    assert read(directory) == {"users": USERS}
    assert directory.hand_made(["orders"]) == ()
    assert directory.lacking(["users", "orders"]) == {"orders"}


def test_what_is_removed_or_gone_is_told_apart(both: GraphCatalog, gms: Gms) -> None:
    define(gms, USERS)
    for id_ in ("orders", "parts", "deleted"):
        make(gms, id_)
    gms.put(data_product_urn("parts"), "status", {"removed": True})
    gms.service.delete(data_product_urn("deleted"))
    known = ["users", "orders", "parts", "deleted"]
    assert both.removed(known) == {"parts"}
    assert both.lacking(["users", "orders", "deleted"]) == {"deleted"}
    assert sorted(read(both)) == ["orders", "users"]


def test_a_product_whose_definition_went_and_that_people_keep_is_theirs(
    both: GraphCatalog, graph: DataHubGraph, gms: Gms
) -> None:
    define(gms, USERS)
    gms.put(definition_urn("users"), "status", {"removed": True})
    assert both.removed(["users"]) == frozenset()
    assert read(both)["users"].assertions == ()
    assert catalog(graph).removed(["users"]) == {"users"}


def test_a_thousand_products_with_twenty_assertions_each_take_at_most_two_hundred_requests(
    both: GraphCatalog, gms: Gms
) -> None:
    """Made by hand, which takes more: of what was defined the promises are in the definition."""
    proposals = []
    for number in range(MANY):
        table = dataset(f"t{number}")
        urns = [f"urn:li:assertion:a{number}-{each}" for each in range(EACH)]
        made = {"name": "P", "assets": [{"destinationUrn": table}]}
        contract = {"entity": table, "dataQuality": [{"assertion": urn} for urn in urns]}
        proposals += [
            proposal_of(f"urn:li:dataProduct:p{number}", "dataProductProperties", made),
            proposal_of(f"urn:li:dataContract:c{number}", "dataContractProperties", contract),
        ]
        proposals += [
            proposal_of(
                urn,
                "assertionRunEvent",
                {
                    "timestampMillis": number,
                    "runId": "r",
                    "assertionUrn": urn,
                    "asserteeUrn": table,
                    "status": "COMPLETE",
                    "result": {"type": "SUCCESS"},
                },
            )
            for urn in urns
        ]
    gms.service.ingest(proposals, wait=True)
    gms.asked.clear()
    portfolio = portfolio_of(both.products())
    assert both.removed(portfolio.products) == frozenset()
    latest = both.latest(list(portfolio.listeners))
    assert both.incidents(list(portfolio.watchers), {}, 5) == ()
    assert len(portfolio.products) == MANY
    assert len(latest) == MANY * EACH
    assert len(gms.asked) <= 200
    assert gms.unexpected == []
