"""What people made in DataHub, as a product with promises."""

from typing import Any

import pytest
from datahub.ingestion.graph.openapi import EntityAspects
from datahub.metadata.schema_classes import (
    AssertionInfoClass,
    DataContractPropertiesClass,
    DataContractStatusClass,
    DataProductAssociationClass,
    DataProductPropertiesClass,
    DataQualityContractClass,
    DomainsClass,
    FreshnessContractClass,
    OwnerClass,
    OwnershipClass,
    SchemaContractClass,
    StatusClass,
    StructuredPropertiesClass,
    StructuredPropertyValueAssignmentClass,
)

from datahub_dataproducts.adapters.datahub.hand_made import (
    HandMadeTerms,
    hand_made_product,
    is_made,
    promise,
    promised_by,
)
from datahub_dataproducts.domain.assertions import AssertionKind, Impact
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import Asset, Lifecycle, Owner, ProductType
from tests.builders import dataset

URN = "urn:li:dataProduct:6f1e"
STAGE = "urn:li:structuredProperty:acme.stage"
ORDERS, ITEMS = dataset("orders"), dataset("items")
TERMS = HandMadeTerms()


def aspects(*held: Any) -> EntityAspects:
    return {one.ASPECT_NAME: (one, None) for one in held}


def properties(**told: Any) -> DataProductPropertiesClass:
    return DataProductPropertiesClass(**{"name": "Orders", **told})


def test_it_is_in_development_and_belongs_to_whom_the_page_says() -> None:
    technical = "urn:li:ownershipType:__system__technical_owner"
    product = hand_made_product(
        URN,
        aspects(
            properties(
                description="All orders",
                externalUrl="https://wiki/orders",
                assets=[
                    DataProductAssociationClass(destinationUrn=ORDERS, outputPort=True),
                    DataProductAssociationClass(destinationUrn=ITEMS),
                    DataProductAssociationClass(destinationUrn=ITEMS),
                ],
            ),
            DomainsClass(domains=["urn:li:domain:sales"]),
            OwnershipClass(
                owners=[
                    OwnerClass(owner="urn:li:corpuser:ana", type="CUSTOM", typeUrn=technical),
                    OwnerClass(owner="urn:li:corpuser:bo", type="BUSINESS_OWNER"),
                    OwnerClass(
                        owner="urn:li:corpuser:cy", type="CUSTOM", typeUrn="urn:li:ownershipType:x"
                    ),
                ]
            ),
        ),
        (),
        TERMS,
    )
    assert (product.id, product.title, product.domain) == ("6f1e", "Orders", "urn:li:domain:sales")
    assert product.lifecycle is Lifecycle.DEVELOPMENT
    assert not product.is_announced
    assert product.type is None
    assert product.assets == (Asset(urn=ORDERS, name="orders"), Asset(urn=ITEMS, name="items"))
    assert product.output_ports == (ORDERS,)
    assert product.owners == (
        Owner(urn="urn:li:corpuser:ana", type="TECHNICAL_OWNER"),
        Owner(urn="urn:li:corpuser:bo", type="BUSINESS_OWNER"),
        Owner(urn="urn:li:corpuser:cy", type="urn:li:ownershipType:x"),
    )


def test_people_say_what_else_it_is_by_properties_of_either_kind() -> None:
    terms = HandMadeTerms(lifecycle="acme.stage", type="acme.type", runbook="acme.runbook")
    structured = StructuredPropertiesClass(
        properties=[StructuredPropertyValueAssignmentClass(propertyUrn=STAGE, values=[" Live "])]
    )
    custom = {"lifecycle": "retired", "type": "building block", "runbook": "https://wiki/run"}
    held = aspects(properties(customProperties=custom), structured)
    product = hand_made_product(URN, held, (), terms)
    assert product.lifecycle is Lifecycle.LIVE
    assert product.type is ProductType.BUILDING_BLOCK
    assert product.runbook == "https://wiki/run"


def test_what_is_no_lifecycle_is_development() -> None:
    held = aspects(properties(customProperties={"lifecycle": "golden"}))
    assert hand_made_product(URN, held, (), TERMS).lifecycle is Lifecycle.DEVELOPMENT


def test_a_bare_one_without_domain_or_name_is_a_product_too() -> None:
    product = hand_made_product(URN, aspects(DataProductPropertiesClass()), (), TERMS)
    assert (product.title, product.domain, product.assertions) == ("6f1e", "", ())


def test_without_properties_there_is_no_product() -> None:
    with pytest.raises(ValueError, match="has no properties"):
        hand_made_product(URN, {}, (), TERMS)
    assert not is_made({})
    assert not is_made(aspects(properties(), StatusClass(removed=True)))
    assert is_made(aspects(properties(), StatusClass(removed=False)))


def test_a_contract_promises_all_that_is_in_it_once() -> None:
    contract = DataContractPropertiesClass(
        entity=ORDERS,
        freshness=[FreshnessContractClass(assertion="urn:li:assertion:f")],
        schema=[SchemaContractClass(assertion="urn:li:assertion:s")],
        dataQuality=[
            DataQualityContractClass(assertion="urn:li:assertion:q"),
            DataQualityContractClass(assertion="urn:li:assertion:f"),
        ],
    )
    urns = tuple(f"urn:li:assertion:{name}" for name in "fsq")
    assert promised_by(aspects(contract)) == (ORDERS, urns)
    active = DataContractStatusClass(state="ACTIVE")
    assert promised_by(aspects(contract, active)) == (ORDERS, urns)


def test_a_contract_that_is_not_in_force_promises_nothing() -> None:
    contract = DataContractPropertiesClass(
        entity=ORDERS, dataQuality=[DataQualityContractClass(assertion="urn:li:assertion:q")]
    )
    pending = DataContractStatusClass(state="PENDING")
    assert promised_by(aspects(contract, pending)) == (ORDERS, ())
    assert promised_by(aspects(contract, StatusClass(removed=True))) == (ORDERS, ())
    assert promised_by({}) == ("", ())


@pytest.mark.parametrize(
    ("info", "kind", "words"),
    [
        (
            AssertionInfoClass(type="VOLUME", description="At least\n1000 rows"),
            AssertionKind.VOLUME,
            'passes the check "At least 1000 rows"',
        ),
        (AssertionInfoClass(type="FRESHNESS"), AssertionKind.TESTS, "of its freshness"),
        (AssertionInfoClass(type="FIELD"), AssertionKind.COLUMN, "of a column"),
        (AssertionInfoClass(type="DATASET"), AssertionKind.TESTS, "passes the check a1"),
        (
            AssertionInfoClass(type="SQL", description="x" * 500),
            AssertionKind.SQL,
            f'"{"x" * 120}..."',
        ),
        (None, AssertionKind.TESTS, "passes the check a1"),
    ],
)
def test_each_promise_is_blocking_and_named_as_people_named_it(
    info: AssertionInfoClass | None, kind: AssertionKind, words: str
) -> None:
    held = aspects(info) if info is not None else {}
    made = promise("urn:li:assertion:a1", ORDERS, held, TERMS)
    assert made is not None
    assert (made.kind, made.asset, made.asset_name) == (kind, ORDERS, "orders")
    assert words in made.promise
    assert made.impact is Impact.BLOCKING
    assert made.expect_every == 3 * DAY
    assert made.listens_to == ("urn:li:assertion:a1",)


def test_what_was_removed_is_promised_no_more() -> None:
    held = aspects(AssertionInfoClass(type="SQL"), StatusClass(removed=True))
    assert promise("urn:li:assertion:a1", ORDERS, held, TERMS) is None
