from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.metadata.schema_classes import (
    DataContractPropertiesClass,
    DataContractStatusClass,
    StatusClass,
)

from datahub_dataproducts.adapters.datahub.proposals.contracts import contract_proposals
from datahub_dataproducts.adapters.datahub.urns import contract_urn
from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.products import DataProduct

ORDERS = "urn:li:dataset:(urn:li:dataPlatform:duckdb,shop.main.orders,PROD)"
USERS = "urn:li:dataset:(urn:li:dataPlatform:duckdb,shop.main.users,PROD)"


def assertion(name: str, kind: AssertionKind, asset: str, *more: str) -> Assertion:
    urn = f"urn:li:assertion:{name}"
    return Assertion(
        urn=urn,
        kind=kind,
        asset=asset,
        asset_name="orders",
        promise="...",
        listens_to=(urn, *(f"urn:li:assertion:{m}" for m in more)),
    )


def product(id_: str, *assertions: Assertion) -> DataProduct:
    return DataProduct(id=id_, domain="urn:li:domain:finance", assertions=assertions)


def contracts(*products: DataProduct) -> dict[str, DataContractPropertiesClass]:
    found: dict[str, DataContractPropertiesClass] = {}
    for proposal in contract_proposals(products):
        assert proposal.is_ours
        assert isinstance(proposal.change, MetadataChangeProposalWrapper)
        if isinstance(proposal.change.aspect, DataContractPropertiesClass):
            assert proposal.change.entityUrn
            found[proposal.change.entityUrn] = proposal.change.aspect
    return found


def test_the_contract_of_a_dataset_is_what_all_products_promise_on_it() -> None:
    found = contracts(
        product(
            "b",
            assertion("fresh-b", AssertionKind.FRESHNESS, ORDERS),
            assertion("test", AssertionKind.TESTS, ORDERS, "sibling"),
            assertion("elsewhere", AssertionKind.BUILD, USERS),
        ),
        product(
            "a",
            assertion("fresh-a", AssertionKind.FRESHNESS, ORDERS),
            assertion("test", AssertionKind.TESTS, ORDERS, "sibling"),
            assertion("built", AssertionKind.BUILD, ORDERS),
        ),
    )
    assert set(found) == {contract_urn(ORDERS), contract_urn(USERS)}
    orders = found[contract_urn(ORDERS)]
    assert orders.entity == ORDERS
    assert [c.assertion for c in orders.freshness or ()] == [
        "urn:li:assertion:fresh-a",
        "urn:li:assertion:fresh-b",
    ]
    assert [c.assertion for c in orders.dataQuality or ()] == [
        "urn:li:assertion:built",
        "urn:li:assertion:sibling",
        "urn:li:assertion:test",
    ]
    assert found[contract_urn(USERS)].freshness is None


def test_a_contract_is_active_and_there() -> None:
    proposals = contract_proposals([product("a", assertion("b", AssertionKind.BUILD, ORDERS))])
    whole = {p.change.aspectName: p.change.aspect for p in proposals}
    assert whole["dataContractStatus"] == DataContractStatusClass(state="ACTIVE")
    assert whole["status"] == StatusClass(removed=False)


def test_an_assertion_whose_dataset_is_not_known_is_in_no_contract() -> None:
    assert contracts(product("a", assertion("custom", AssertionKind.CUSTOM, ""))) == {}
