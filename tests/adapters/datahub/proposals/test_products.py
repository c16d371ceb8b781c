import warnings
from fractions import Fraction
from pathlib import Path

import pytest
from datahub.api.entities.dataproduct.dataproduct import DataProduct as DataHubProduct
from datahub.metadata.schema_classes import DomainPropertiesClass

from datahub_dataproducts.adapters.datahub.catalog_naming import CatalogNaming
from datahub_dataproducts.adapters.datahub.definitions import product_of
from datahub_dataproducts.adapters.datahub.proposals.forms import WriteSemantics
from datahub_dataproducts.adapters.datahub.proposals.products import product_proposals
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.application.publish import Policy, publish
from datahub_dataproducts.domain.products import (
    Asset,
    DataProduct,
    Input,
    Lifecycle,
    Link,
    Objective,
    Owner,
    ProductType,
)
from tests.patched_entities import PatchedEntities

EXAMPLE = Path(__file__).parents[3] / "data/datahub_examples/dataproduct.yaml"
URN = "urn:li:dataProduct:revenue"
ORDERS = "urn:li:dataset:(urn:li:dataPlatform:duckdb,shop.main.orders,PROD)"
BOTH = pytest.mark.parametrize("semantics", list(WriteSemantics))


class DomainsByUrn:
    """A server that knows each domain by its URN."""

    def get_domain_properties(self, urn: str) -> DomainPropertiesClass:
        return DomainPropertiesClass(name=urn.rpartition(":")[2])


def of_datahub(file: Path, *, upsert: bool) -> PatchedEntities:
    with warnings.catch_warnings():
        # Its own reader of YAML calls a method of its own that is deprecated.
        warnings.simplefilter("ignore")
        product = DataHubProduct.from_yaml(file, DomainsByUrn())  # type: ignore[arg-type]
        entities = PatchedEntities()
        for change in product.generate_mcp(upsert=upsert):
            entities.take(change)
    return entities


def of_ours(product: DataProduct, semantics: WriteSemantics) -> PatchedEntities:
    entities = PatchedEntities()
    for proposal in product_proposals(product, semantics):
        assert proposal.is_ours
        entities.take(proposal.change)
    return entities


def read(file: Path) -> DataProduct:
    parsed = parse_product_file(file.read_text(encoding="utf-8"), file.name, "UTC")
    naming = CatalogNaming(target_platform="snowflake")
    publication = publish(
        parsed.documents, parsed.problems, None, runs=(), loads=(), naming=naming, policy=Policy()
    )
    assert publication.problems == ()
    (product,) = publication.products
    return product


@BOTH
def test_datahubs_own_example_gives_the_aspects_of_datahubs_own_command(
    tmp_path: Path, semantics: WriteSemantics
) -> None:
    product = read(EXAMPLE)
    # DataHub's published example has a title in a link, which DataHub's own loader refuses.
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    loadable = "\n".join(lines).replace("- title: URL for campaign\n      ", "- ")
    (tmp_path / "dataproduct.yaml").write_text(loadable, encoding="utf-8")
    urn = "urn:li:dataProduct:pet_of_the_week"
    reference = of_datahub(tmp_path / "dataproduct.yaml", upsert=semantics is WriteSemantics.PATCH)
    assert set(reference.of(urn)) >= {"dataProductProperties", "domains", "ownership", "globalTags"}
    assert of_ours(product, semantics).of(urn) == reference.of(urn)


EVERYTHING = DataProduct(
    id="revenue",
    domain="urn:li:domain:finance",
    name="Revenue",
    type=ProductType.METRIC,
    description="Recognised revenue.",
    owners=(
        Owner(urn="urn:li:corpuser:ana", type="BUSINESS_OWNER"),
        Owner(urn="urn:li:corpuser:ana", type="BUSINESS_OWNER"),
        Owner(urn="urn:li:corpGroup:data", type="urn:li:ownershipType:architect"),
    ),
    assets=(Asset(urn=ORDERS, name="orders"),),
    output_ports=(ORDERS,),
    inputs=(Input(product="users"), Input(product="attribution", required=False)),
    objective=Objective(target=Fraction(995, 1000), window=30 * 86_400_000),
    runbook="https://wiki.example.com/a/b",
    lifecycle=Lifecycle.LIVE,
    links=(Link(url="https://wiki.example.com/~ana", description="Definition"),),
    tags=("gold", "urn:li:tag:gold"),
    terms=("Revenue",),
    properties=(("sla", "7am"), ("type", "as written")),
    external_url="https://bi.example.com",
    parent="finance",
)


@BOTH
def test_everything_a_product_says_lands_in_its_aspects(semantics: WriteSemantics) -> None:
    aspects = of_ours(EVERYTHING, semantics).of(URN)
    assert aspects["dataProductProperties"] == {
        "name": "Revenue",
        "description": "Recognised revenue.",
        "assets": [{"destinationUrn": ORDERS, "outputPort": True}],
        "customProperties": {
            "type": "as written",
            "lifecycle": "live",
            "inputs": "users, attribution (optional)",
            "objective": "healthy 99.5 % of the last 30 days",
            "runbook": "https://wiki.example.com/a/b",
            "sla": "7am",
        },
        "externalUrl": "https://bi.example.com",
        "parentDataProduct": "urn:li:dataProduct:finance",
    }
    assert aspects["domains"] == {"domains": ["urn:li:domain:finance"]}
    assert aspects["subTypes"] == {"typeNames": ["Metric"]}
    assert aspects["status"] == {"removed": False}
    assert next(tag["tag"] for tag in aspects["globalTags"]["tags"]) == "urn:li:tag:gold"
    assert aspects["glossaryTerms"]["terms"] == [{"urn": "urn:li:glossaryTerm:Revenue"}]
    assert aspects["institutionalMemory"]["elements"] == [
        {"url": "https://wiki.example.com/~ana", "description": "Definition"},
        {"url": "https://wiki.example.com/a/b", "description": "Runbook"},
    ]
    assert aspects["ownership"]["owners"] == [
        {"owner": "urn:li:corpuser:ana", "type": "BUSINESS_OWNER"},
        {
            "owner": "urn:li:corpGroup:data",
            "type": "CUSTOM",
            "typeUrn": "urn:li:ownershipType:architect",
        },
    ]


def test_patching_twice_changes_nothing() -> None:
    entities = PatchedEntities()
    for _ in range(2):
        once = dict(entities.aspects)
        for proposal in product_proposals(EVERYTHING, WriteSemantics.PATCH):
            entities.take(proposal.change)
    assert entities.aspects == once


def test_a_patch_wipes_nothing_that_others_wrote() -> None:
    entities = PatchedEntities()
    entities.aspects[URN, "ownership"] = {
        "owners": [{"owner": "urn:li:corpuser:eve", "type": "DATA_STEWARD"}]
    }
    entities.aspects[URN, "globalTags"] = {"tags": [{"tag": "urn:li:tag:seen"}]}
    for proposal in product_proposals(EVERYTHING, WriteSemantics.PATCH):
        entities.take(proposal.change)
    aspects = entities.of(URN)
    assert [o["owner"] for o in aspects["ownership"]["owners"]] == [
        "urn:li:corpuser:eve",
        "urn:li:corpuser:ana",
        "urn:li:corpGroup:data",
    ]
    assert "urn:li:tag:seen" in [tag["tag"] for tag in aspects["globalTags"]["tags"]]


def test_an_asset_taken_out_of_the_file_leaves_the_product_under_a_patch_too() -> None:
    entities = PatchedEntities()
    entities.aspects[URN, "dataProductProperties"] = {"assets": [{"destinationUrn": "urn:li:old"}]}
    for proposal in product_proposals(EVERYTHING, WriteSemantics.PATCH):
        entities.take(proposal.change)
    assets = entities.of(URN)["dataProductProperties"]["assets"]
    assert [asset["destinationUrn"] for asset in assets] == [ORDERS]


BARE = DataProduct(id="revenue", domain="urn:li:domain:finance")


def shortened(semantics: WriteSemantics) -> PatchedEntities:
    """The catalog after a file that said everything says next to nothing."""
    entities = PatchedEntities()
    for product in (EVERYTHING, BARE):
        for proposal in product_proposals(product, semantics):
            entities.take(proposal.change)
    return entities


def test_what_a_file_no_longer_says_is_no_custom_property_any_more_under_a_patch() -> None:
    before, after = of_ours(EVERYTHING, WriteSemantics.PATCH), shortened(WriteSemantics.PATCH)
    properties = after.of(URN)["dataProductProperties"]
    was = before.of(URN)["dataProductProperties"]
    assert set(was) - set(properties) == {"customProperties"}
    lists = ("globalTags", "glossaryTerms", "ownership", "institutionalMemory")
    assert [after.of(URN)[name] for name in lists] == [before.of(URN)[name] for name in lists]


def test_the_last_tag_term_owner_and_link_taken_out_are_gone_under_override() -> None:
    aspects = shortened(WriteSemantics.OVERRIDE).of(URN)
    assert aspects["dataProductProperties"] == {"assets": []}
    assert aspects["globalTags"] == {"tags": []}
    assert aspects["glossaryTerms"] == {"terms": []}
    assert aspects["ownership"]["owners"] == []
    assert aspects["institutionalMemory"] == {"elements": []}


def test_a_patch_says_nothing_of_what_a_file_does_not_say() -> None:
    bare = of_ours(BARE, WriteSemantics.PATCH).of(URN)
    assert bare == {
        "dataProductProperties": {},
        "domains": {"domains": ["urn:li:domain:finance"]},
        "status": {"removed": False},
    }


@BOTH
def test_the_definition_is_read_back_as_it_was(semantics: WriteSemantics) -> None:
    aspects = [
        proposal.change.aspect
        for proposal in product_proposals(EVERYTHING, semantics)
        if proposal.change.entityUrn == definition_urn("revenue")
        and proposal.change.aspectName == "platformResourceInfo"
    ]
    assert [product_of(aspect) for aspect in aspects] == [EVERYTHING]  # type: ignore[arg-type]
