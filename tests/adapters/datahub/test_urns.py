"""URNs are made and read in one place, by DataHub's rules."""

from dataclasses import replace

import pytest
from datahub.api.entities.datacontract.datacontract import DataContract
from datahub.api.entities.platformresource.platform_resource import PlatformResourceKey
from datahub.ingestion.source.dbt.dbt_core import DBTCoreConfig
from datahub.metadata.urns import PlatformResourceUrn, Urn

from datahub_dataproducts.adapters.datahub import urns
from datahub_dataproducts.adapters.datahub.definitions import DEFINITION_TYPE
from datahub_dataproducts.adapters.datahub.urns import DbtNaming
from datahub_dataproducts.application.ports import Naming
from datahub_dataproducts.domain.nodes import Node, Project

NAMING = DbtNaming(target_platform="duckdb")
MODEL = Node(
    unique_id="model.shop.orders",
    resource_type="model",
    name="orders",
    package="shop",
    database="Analytics",
    schema="main",
    alias="Orders",
    materialization="table",
)
SOURCE = Node(
    unique_id="source.shop.raw.payments",
    resource_type="source",
    name="payments",
    package="shop",
    source_name="raw",
    database="analytics",
    schema="raw",
    identifier="PAYMENTS_V1",
)
EXPOSURE = Node(
    unique_id="exposure.shop.board", resource_type="exposure", name="board", package="shop"
)
TEST = Node(
    unique_id="test.shop.not_null_orders_id.abc",
    resource_type="test",
    name="not_null_orders_id",
    package="shop",
    schema="main_dbt_test__audit",
    alias="not_null_orders_id",
    depends_on=(MODEL.unique_id,),
)
RELATIONSHIPS = replace(TEST, depends_on=(SOURCE.unique_id, MODEL.unique_id, SOURCE.unique_id))
KNOWN = frozenset({MODEL.unique_id, SOURCE.unique_id})


def project_of(*nodes: Node) -> Project:
    return Project(name="shop", nodes={node.unique_id: node for node in nodes})


def dataset(platform: str, name: str, env: str = "PROD") -> str:
    return f"urn:li:dataset:(urn:li:dataPlatform:{platform},{name},{env})"


def test_the_naming_is_what_publishing_asks_for() -> None:
    naming: Naming = NAMING
    assert naming.domain_urn("finance") == "urn:li:domain:finance"
    assert naming.domain_urn("urn:li:domain:finance") == "urn:li:domain:finance"


@pytest.mark.parametrize(
    "option",
    [
        "target_platform_instance",
        "platform_instance",
        "env",
        "convert_urns_to_lowercase",
        "use_identifiers",
        "include_database_name",
        "include_env_in_assertion_guid",
        "drop_duplicate_sources",
    ],
)
def test_every_default_is_the_one_of_datahubs_dbt_source(option: str) -> None:
    assert getattr(NAMING, option) == DBTCoreConfig.model_fields[option].get_default()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "analytics.main.orders"),
        ({"convert_urns_to_lowercase": False}, "Analytics.main.Orders"),
        ({"include_database_name": False}, "main.orders"),
        ({"target_platform_instance": "Prod"}, "Prod.analytics.main.orders"),
        (
            {"target_platform_instance": "Prod", "lowercase_platform_instance": True},
            "prod.analytics.main.orders",
        ),
        (
            {
                "target_platform_instance": "Prod",
                "lowercase_platform_instance": True,
                "convert_urns_to_lowercase": False,
            },
            "Prod.Analytics.main.Orders",
        ),
        ({"platform_instance": "dbt_cloud"}, "analytics.main.orders"),
    ],
)
def test_a_model_is_named_by_database_schema_and_alias(
    settings: dict[str, object], name: str
) -> None:
    assert replace(NAMING, **settings).asset_urn(MODEL) == dataset("duckdb", name)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"database": None}, "main.orders"),
        ({"alias": None}, "analytics.main.orders"),
        ({"alias": "fct"}, "analytics.main.fct"),
        ({"schema": '"main"', "alias": '"a"b'}, "analytics.main.ab"),
        ({"alias": "a,(b)"}, "analytics.main.a%2C%28b%29"),
    ],
)
def test_names_lose_their_quotes_and_keep_what_urns_reserve_encoded(
    changes: dict[str, object], name: str
) -> None:
    assert NAMING.target_urn(replace(MODEL, **changes)) == dataset("duckdb", name)


def test_a_source_is_named_by_its_identifier_only_where_the_recipe_says_so() -> None:
    assert NAMING.asset_urn(SOURCE) == dataset("duckdb", "analytics.raw.payments")
    by_identifier = replace(NAMING, use_identifiers=True)
    assert by_identifier.asset_urn(SOURCE) == dataset("duckdb", "analytics.raw.payments_v1")


def test_the_asset_is_the_dataset_of_the_platform_asked_for_and_the_other_its_sibling() -> None:
    target, of_dbt = (
        dataset("duckdb", "analytics.main.orders"),
        dataset("dbt", "analytics.main.orders"),
    )
    assert NAMING.sibling_urns(MODEL) == (target, of_dbt)
    assert replace(NAMING, asset_platform="dbt").sibling_urns(MODEL) == (of_dbt, target)
    assert replace(NAMING, asset_platform="dbt").asset_urn(MODEL) == of_dbt


def test_an_ephemeral_model_is_a_dbt_dataset_only() -> None:
    ephemeral = replace(MODEL, materialization="ephemeral")
    assert NAMING.sibling_urns(ephemeral) == (dataset("dbt", "analytics.main.orders"),)


def test_an_exposure_is_a_dashboard_of_dbt() -> None:
    assert NAMING.sibling_urns(EXPOSURE) == ("urn:li:dashboard:(dbt,exposure.shop.board)",)
    with_instance = replace(NAMING, platform_instance="Cloud")
    assert with_instance.asset_urn(EXPOSURE) == "urn:li:dashboard:(dbt,Cloud.exposure.shop.board)"


def test_a_test_of_one_table_is_one_assertion_on_its_dbt_dataset() -> None:
    naming = NAMING.within(project_of(MODEL, SOURCE))
    ((_, tested),) = naming.test_urns(TEST, KNOWN)
    assert tested == dataset("dbt", "analytics.main.orders")


def test_a_test_of_two_tables_is_two_assertions_in_dbts_order() -> None:
    pairs = NAMING.within(project_of(MODEL, SOURCE)).test_urns(RELATIONSHIPS, KNOWN)
    assert [tested for _, tested in pairs] == [
        dataset("dbt", "analytics.raw.payments"),
        dataset("dbt", "analytics.main.orders"),
    ]
    assert len({assertion for assertion, _ in pairs}) == 2


def test_an_unknown_table_is_left_out_and_does_not_count() -> None:
    naming = NAMING.within(project_of(MODEL, SOURCE))
    unknown = replace(TEST, depends_on=("model.elsewhere.x", MODEL.unique_id))
    assert naming.test_urns(unknown, KNOWN) == naming.test_urns(TEST, KNOWN)
    assert naming.test_urns(replace(TEST, depends_on=()), KNOWN) == ()


def test_a_source_that_is_a_models_table_counts_as_that_model() -> None:
    same = replace(SOURCE, database="Analytics", schema="main", name="Orders")
    project = project_of(MODEL, same)
    merged = NAMING.within(project)
    kept = replace(NAMING, drop_duplicate_sources=False).within(project)
    assert merged.same_tables == {SOURCE.unique_id: MODEL.unique_id}
    assert merged.test_urns(RELATIONSHIPS, KNOWN) == merged.test_urns(TEST, KNOWN)
    assert len(kept.test_urns(RELATIONSHIPS, KNOWN)) == 2


@pytest.mark.parametrize(
    "change", [{"materialization": "ephemeral"}, {"resource_type": "snapshot"}, {"alias": "orders"}]
)
def test_only_a_models_table_of_the_very_same_name_takes_a_sources_place(
    change: dict[str, str],
) -> None:
    same = replace(SOURCE, database="Analytics", schema="main", name="Orders")
    naming = NAMING.within(project_of(replace(MODEL, **change), same))
    assert naming.same_tables == {}


def test_tests_are_named_within_their_project_only() -> None:
    with pytest.raises(KeyError):
        NAMING.test_urns(TEST, KNOWN)


@pytest.mark.parametrize(
    ("settings", "same_guid"),
    [
        ({}, True),
        ({"env": "DEV"}, True),
        ({"include_env_in_assertion_guid": True}, True),
        ({"include_env_in_assertion_guid": True, "env": "DEV"}, False),
        ({"platform_instance": "cloud"}, False),
        ({"target_platform_instance": "prod"}, True),
    ],
)
def test_the_guid_of_an_assertion_knows_dbts_instance_and_an_env_asked_for(
    settings: dict[str, object], same_guid: bool
) -> None:
    naming = replace(NAMING, **settings)
    assert (naming.source_freshness_urn(SOURCE) == NAMING.source_freshness_urn(SOURCE)) is same_guid


def test_an_assertion_of_ours_is_told_apart_by_product_kind_and_asset() -> None:
    made = {
        NAMING.own_assertion_urn(product, kind, asset)
        for product in ("revenue", "users")
        for kind in ("freshness", "build")
        for asset in ("urn:li:dataset:a", "urn:li:dataset:b")
    }
    assert len(made) == 8
    assert all(urn.startswith("urn:li:assertion:") for urn in made)


def test_an_assertion_of_ours_keeps_its_urn_for_ever() -> None:
    urn = NAMING.own_assertion_urn("revenue", "freshness", dataset("duckdb", "a.b.c"))
    assert urn == "urn:li:assertion:e0d7e4fb1015aba9628c142dc0ce8619"


def test_a_product_is_known_by_id_and_urn() -> None:
    assert urns.data_product_urn("revenue") == "urn:li:dataProduct:revenue"
    assert urns.data_product_urn("urn:li:dataProduct:revenue") == "urn:li:dataProduct:revenue"
    assert urns.product_id("urn:li:dataProduct:revenue") == "revenue"


@pytest.mark.parametrize("urn", ["revenue", "urn:li:dataProduct:", "urn:li:domain:revenue"])
def test_what_is_no_product_has_no_product_id(urn: str) -> None:
    with pytest.raises(ValueError, match="not the URN of a data product"):
        urns.product_id(urn)


def test_the_contract_of_a_dataset_is_the_one_datahubs_contract_files_make() -> None:
    entity = dataset("duckdb", "analytics.main.orders")
    theirs = DataContract.model_validate({"version": 1, "entity": entity})
    assert urns.contract_urn(entity) == theirs.urn


def test_the_definition_of_a_product_is_a_platform_resource_by_datahubs_own_key() -> None:
    key = PlatformResourceKey(
        platform="data-products",
        resource_type=DEFINITION_TYPE,
        primary_key="urn:li:dataProduct:revenue",
    )
    assert urns.definition_urn("revenue") == PlatformResourceUrn(key.id).urn()


def test_names_become_urns_and_urns_stay() -> None:
    assert urns.structured_property_urn("a.b") == "urn:li:structuredProperty:a.b"
    assert urns.tag_urn("gold") == urns.tag_urn("urn:li:tag:gold") == "urn:li:tag:gold"
    term = "urn:li:glossaryTerm:Finance.Revenue"
    assert urns.term_urn("Finance.Revenue") == urns.term_urn(term) == term
    assert urns.owner_urn("ana") == "urn:li:corpuser:ana"
    assert urns.owner_urn("urn:li:corpGroup:finance") == "urn:li:corpGroup:finance"


@pytest.mark.parametrize(
    ("written", "type_"),
    [
        ("BUSINESS_OWNER", ("BUSINESS_OWNER", None)),
        ("technical_owner", ("TECHNICAL_OWNER", None)),
        ("urn:li:ownershipType:analyst", ("CUSTOM", "urn:li:ownershipType:analyst")),
    ],
)
def test_an_ownership_type_is_datahubs_or_ones_own(
    written: str, type_: tuple[str, str | None]
) -> None:
    assert urns.ownership_type(written) == type_


@pytest.mark.parametrize("written", ["BOSS", "", "urn:li:corpuser:ana", "urn:li:"])
def test_another_ownership_type_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        urns.ownership_type(written)


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        (dataset("snowflake", "prod.finance.fct_revenue"), "fct_revenue"),
        (dataset("duckdb", "a.b.c%28d%2Ce%29"), "c(d,e)"),
        (dataset("kafka", "shop.orders.v1"), "shop.orders.v1"),
        (dataset("s3", "bucket/orders/2026.parquet"), "2026.parquet"),
        (dataset("s3", "bucket/orders/"), "orders"),
        ("urn:li:dashboard:(looker,dashboards.42)", "dashboards.42"),
        ("urn:li:dashboard:(dbt,cloud.exposure.shop.board)", "board"),
        ("urn:li:chart:(superset,7)", "7"),
        ("urn:li:dataFlow:(airflow,nightly,prod)", "nightly"),
        ("urn:li:dataJob:(urn:li:dataFlow:(airflow,nightly,prod),load)", "load"),
        ("urn:li:container:0123", "0123"),
        ("urn:li:mlModel:(urn:li:dataPlatform:mlflow,churn,PROD)", "churn"),
        ("no urn at all", "no urn at all"),
        ("urn:li:dataset:(broken", "urn:li:dataset:(broken"),
        ("", ""),
    ],
)
def test_every_asset_has_a_short_name(urn: str, name: str) -> None:
    assert urns.dataset_name(urn) == name


@pytest.mark.parametrize("platform", ["snowflake", "kafka", "s3", "dbt"])
@pytest.mark.parametrize("name", ["db.main.fct", "fct", "bucket/folder/fct", "a.b/c.d"])
def test_a_short_name_is_the_same_however_the_urn_is_written(platform: str, name: str) -> None:
    plain = f"urn:li:dataset:(urn:li:dataPlatform:{platform},{name},PROD)"
    # An environment in small letters is none of DataHub's own, and makes it be read the long way.
    assert urns.dataset_name(plain.replace("PROD", "prod")) == urns.dataset_name(plain)


def test_every_urn_we_make_is_one_that_datahub_can_read() -> None:
    made = [
        *NAMING.sibling_urns(MODEL),
        NAMING.asset_urn(EXPOSURE),
        NAMING.source_freshness_urn(SOURCE),
        NAMING.own_assertion_urn("revenue", "build", NAMING.asset_urn(MODEL)),
        urns.contract_urn(NAMING.asset_urn(MODEL)),
        urns.definition_urn("revenue"),
        urns.structured_property_urn("data_products.health"),
    ]
    assert [Urn.from_string(urn).urn() for urn in made] == made
