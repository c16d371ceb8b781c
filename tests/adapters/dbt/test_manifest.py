"""Manifests of every dbt version become the same nodes."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.adapters.dbt.owners import OwnerRules
from datahub_dataproducts.domain.nodes import Column, Node, Project
from datahub_dataproducts.domain.products import TECHNICAL_OWNER, Owner
from tests.adapters.dbt.artifact_files import DATA, schema, written

BOUNCER = DATA / "dbt_bouncer_project"
EVALUATOR = DATA / "dbt_project_evaluator_it"


def project_in(path: Path) -> Project:
    project = read_manifest(path)
    assert isinstance(project, Project), project
    return project


def project_of(folder: Path, **content: Any) -> Project:
    manifest = {"metadata": schema("manifest", 12), "nodes": {}, **content}
    return project_in(written(folder, "manifest.json", manifest))


def node_of(folder: Path, **fields: Any) -> Node:
    node = {"name": "b", "resource_type": "model", "package_name": "a", **fields}
    return project_of(folder, nodes={"model.a.b": node}).nodes["model.a.b"]


@pytest.mark.parametrize(
    ("manifest", "types"),
    [
        ("dbt_versions/manifest/v1/manifest.json.gz", {"model": 8, "seed": 3, "test": 21}),
        ("dbt_versions/manifest/v4/manifest.json.gz", {"model": 5, "seed": 3, "test": 20}),
        ("dbt_versions/manifest/v7/manifest.json.gz", {"model": 5, "seed": 3, "test": 20}),
        ("dbt_versions/manifest/v10/manifest.json.gz", {"model": 6, "seed": 3, "test": 20}),
        (
            "dbt_versions/manifest/v12/manifest_1.12.json.gz",
            {"model": 13, "seed": 6, "test": 27, "source": 6}
            | {"metric": 23, "semantic_model": 6, "saved_query": 3},
        ),
        (
            "dbt_bouncer_project/dbt_v2_beta_fixture/manifest.json.gz",
            {"model": 38, "seed": 3, "test": 65, "source": 13}
            | {"snapshot": 2, "operation": 1, "exposure": 2, "metric": 1, "semantic_model": 1},
        ),
    ],
)
def test_manifests_of_dbt_0_19_to_2_0_are_read(manifest: str, types: dict[str, int]) -> None:
    project = project_in(DATA / manifest)
    assert Counter(node.resource_type for node in project.nodes.values()) == types
    assert all(node.unique_id == unique_id for unique_id, node in project.nodes.items())


@pytest.mark.parametrize("version", ["v1", "v4", "v7", "v10", "v12"])
def test_a_generic_test_is_attached_to_one_node_in_every_version(version: str) -> None:
    (manifest,) = (DATA / "dbt_versions" / "manifest" / version).iterdir()
    project = project_in(manifest)
    tests = [node for node in project.nodes.values() if node.test_name and node.depends_on]
    assert tests
    assert all(test.attached_to in test.depends_on for test in tests)
    relationships = [test for test in tests if test.test_name == "relationships"]
    assert all(test.attached_to.split(".")[2] in test.name for test in relationships)


def test_a_model_has_all_that_products_need_of_it() -> None:
    project = project_in(BOUNCER / "manifest.json.gz")
    latest = project.nodes["model.dbt_bouncer_test_project.customers.v3"]
    assert (latest.name, latest.version, latest.is_latest) == ("customers", "3", True)
    assert (latest.database, latest.schema) == ("dbt", "main_marts")
    assert latest.alias == "customers_v3"
    assert latest.materialization == "table"
    assert latest.moves_data
    assert latest.package == project.name == "dbt_bouncer_test_project"
    assert latest.file == "models/marts/finance/customers_v3.sql"
    assert latest.depends_on
    assert not project.nodes["model.dbt_bouncer_test_project.customers.v1"].is_latest


def test_a_source_has_its_source_name_identifier_and_owner() -> None:
    source = project_in(BOUNCER / "manifest.json.gz").nodes[
        "source.dbt_bouncer_test_project.dummy_source.customers"
    ]
    assert (source.source_name, source.name, source.identifier) == (
        "dummy_source",
        "customers",
        "customers",
    )
    assert source.tags == ("example_tag",)
    assert source.owners == (Owner(urn="urn:li:corpGroup:Chris", type=TECHNICAL_OWNER),)


def test_a_test_has_its_name_column_and_upstream_nodes() -> None:
    test = project_in(DATA / "jaffle_shop_duckdb" / "manifest.json.gz").nodes[
        "test.jaffle_shop.relationships_orders_customer_id__customer_id__ref_customers_.c6ec7f58f2"
    ]
    assert (test.test_name, test.column) == ("relationships", "customer_id")
    assert test.attached_to == "model.jaffle_shop.orders"
    assert set(test.depends_on) == {"model.jaffle_shop.customers", "model.jaffle_shop.orders"}


def test_a_test_of_a_package_is_named_with_it() -> None:
    nodes = project_in(EVALUATOR / "manifest.json.gz").nodes.values()
    assert "dbt_utils.unique_combination_of_columns" in {node.test_name for node in nodes}


@pytest.mark.parametrize(
    ("manifest", "narrowed"),
    [("manifest.json.gz", {""}), ("manifest.severity_warn.json.gz", {"severity: warn"})],
)
def test_a_test_that_only_warns_says_so(manifest: str, narrowed: set[str]) -> None:
    nodes = project_in(DATA / "jaffle_shop_duckdb" / manifest).nodes.values()
    assert {node.narrowed for node in nodes if node.test_name} == narrowed


@pytest.mark.parametrize(
    ("config", "narrowed"),
    [
        ({"severity": "ERROR", "error_if": "!= 0", "warn_if": "!= 0", "where": None}, ""),
        ({"severity": "Warn"}, "severity: warn"),
        ({"where": "paid_at is not null"}, "where: paid_at is not null"),
        ({"limit": 10}, "limit: 10"),
        ({"error_if": "> 0"}, ""),
        ({"error_if": ">10"}, "error_if: >10"),
        ({"error_if": 3, "severity": 4}, ""),
    ],
)
def test_a_generic_test_tells_what_it_lets_pass(
    tmp_path: Path, config: dict[str, Any], narrowed: str
) -> None:
    test = {"resource_type": "test", "test_metadata": {"name": "not_null"}, "config": config}
    assert node_of(tmp_path, **test).narrowed == narrowed


def test_a_singular_test_is_attached_to_nothing() -> None:
    nodes = project_in(BOUNCER / "manifest.json.gz").nodes
    test = nodes["test.dbt_bouncer_test_project.test_assert_something"]
    assert (test.test_name, test.attached_to, test.depends_on) == ("", "", ())


@pytest.mark.parametrize("manifest", ["manifest.json.gz", "dbt_v2_beta_fixture/manifest.json.gz"])
def test_a_model_with_a_contract_of_dbt_has_its_columns_access_and_description(
    manifest: str,
) -> None:
    project = project_in(BOUNCER / manifest)
    model = project.nodes["model.dbt_bouncer_test_project.customers.v1"]
    assert model.contract_enforced
    assert model.access == "public"
    assert model.columns[0].name == "customer_id"
    assert model.columns[0].data_type
    assert model.description
    assert project.adapter == "duckdb"


@pytest.mark.parametrize("manifest", ["manifest.json.gz", "dbt_v2_beta_fixture/manifest.json.gz"])
def test_a_source_knows_when_dbt_takes_its_data_for_stale(manifest: str) -> None:
    nodes = project_in(BOUNCER / manifest).nodes
    source = nodes["source.dbt_bouncer_test_project.dummy_source.customers"]
    assert (source.warn_after, source.error_after) == (12 * 3_600_000, 24 * 3_600_000)
    assert source.columns[0] == Column("id")


def test_null_counts_of_freshness_are_none() -> None:
    nodes = project_in(EVALUATOR / "manifest.json.gz").nodes
    source = nodes["source.dbt_project_evaluator_integration_tests.source_2.table_3"]
    assert (source.warn_after, source.error_after) == (None, None)


@pytest.mark.parametrize(
    ("threshold", "milliseconds"),
    [
        ({"count": 90, "period": "minute"}, 5_400_000),
        ({"count": 0.5, "period": "hour"}, 1_800_000),
        ({"count": 1, "period": "day"}, 86_400_000),
        ({"count": "12", "period": "hour"}, None),
        ({"count": None, "period": "hour"}, None),
        ({"count": 3, "period": "fortnight"}, None),
        ({"count": 3}, None),
        (None, None),
    ],
)
def test_thresholds_of_freshness_are_milliseconds_or_none(
    tmp_path: Path, threshold: Any, milliseconds: int | None
) -> None:
    node = node_of(tmp_path, freshness={"error_after": threshold, "warn_after": None})
    assert (node.warn_after, node.error_after) == (None, milliseconds)
    node = node_of(tmp_path, config={"freshness": {"warn_after": threshold}})
    assert (node.warn_after, node.error_after) == (milliseconds, None)


def test_access_group_and_contract_may_stand_in_the_config_alone(tmp_path: Path) -> None:
    config = {"access": "private", "group": "finance", "contract": {"enforced": True}}
    node = node_of(tmp_path, config=config)
    assert (node.access, node.group, node.contract_enforced) == ("private", "finance", True)


def test_an_exposure_has_a_kind_a_label_and_a_link(tmp_path: Path) -> None:
    exposure = {"name": "week", "type": "dashboard", "label": "The week", "url": "https://bi/1"}
    nodes = project_of(tmp_path, exposures={"exposure.a.week": exposure}).nodes
    node = nodes["exposure.a.week"]
    assert (node.resource_type, node.kind) == ("exposure", "dashboard")
    assert (node.label, node.url) == ("The week", "https://bi/1")


def test_a_metric_leads_to_its_models_by_its_semantic_model() -> None:
    nodes = project_in(BOUNCER / "manifest.json.gz").nodes
    metric = nodes["metric.dbt_bouncer_test_project.total_order_amount"]
    assert metric.kind == "simple"
    (semantic_model,) = metric.depends_on
    assert nodes[semantic_model].depends_on == ("model.dbt_bouncer_test_project.orders",)


def test_an_exposure_knows_what_it_depends_on() -> None:
    exposure = project_in(BOUNCER / "manifest.json.gz").nodes[
        "exposure.dbt_bouncer_test_project.customers"
    ]
    assert exposure.resource_type == "exposure"
    assert exposure.depends_on == ("model.dbt_bouncer_test_project.customers.v3",)


def test_the_owner_of_an_exposure_is_found_beside_its_meta() -> None:
    nodes = project_in(BOUNCER / "manifest.json.gz").nodes
    owners = nodes["exposure.dbt_bouncer_test_project.customers"].owners
    assert [owner.urn for owner in owners] == [
        "urn:li:corpuser:anna.anderson@example.com",
        "urn:li:corpGroup:Finance",
    ]


def test_a_placeholder_is_told_once_with_the_file_and_how_many_have_it(tmp_path: Path) -> None:
    nodes = {
        f"model.a.{name}": {
            "name": name,
            "package_name": package,
            "original_file_path": f"models/{name}.sql",
            "meta": {"owner": ["TBD", "@ben"]},
            "config": {"meta": {"owner": ["TBD", "@ben"]}},
        }
        for name, package in (("b", "a"), ("c", "a"), ("d", "installed"))
    }
    nodes["test.a.t"] = nodes["model.a.b"]
    metadata = {**schema("manifest", 12), "project_name": "a"}
    project = project_of(tmp_path, metadata=metadata, nodes=nodes)
    (problem,) = project.problems
    assert str(problem) == (
        'models/b.sql: warning[owner-names-nobody]: "TBD" is written as the owner of model.a.b and '
        "1 more, and names nobody; write a user or a group there, or take it out"
    )
    assert {n.owners for n in project.nodes.values()} == {
        (Owner(urn="urn:li:corpuser:ben", type=TECHNICAL_OWNER),)
    }


def test_a_placeholder_of_a_group_is_told_without_a_file_where_dbt_gives_none(
    tmp_path: Path,
) -> None:
    groups = {"group.a.finance": {"name": "finance", "owner": {"email": "TBD"}}}
    (problem,) = project_of(tmp_path, groups=groups).problems
    assert problem.location is None
    assert '"TBD" is written as the owner of group.a.finance,' in problem.message


def test_the_rules_of_the_recipe_say_who_owns(tmp_path: Path) -> None:
    manifest = {
        "metadata": schema("manifest", 12),
        "nodes": {"model.a.b": {"name": "b", "meta": {"steward": "@ben", "owner": "@zoe"}}},
    }
    rules = OwnerRules(keys={"DATA_STEWARD": ("steward",)})
    project = read_manifest(written(tmp_path, "manifest.json", manifest), rules)
    assert isinstance(project, Project)
    assert project.nodes["model.a.b"].owners == (
        Owner(urn="urn:li:corpuser:ben", type="DATA_STEWARD"),
    )


def test_the_owner_of_the_group_owns_its_models() -> None:
    nodes = project_in(EVALUATOR / "manifest.json.gz").nodes.values()
    owned = {n.name: n.owners for n in nodes if n.owners and n.resource_type == "model"}
    assert owned
    assert set(owned.values()) == {
        (Owner(urn="urn:li:corpuser:thegoat@jaffleshop.com", type=TECHNICAL_OWNER),)
    }


@pytest.mark.parametrize(
    ("meta", "owners"),
    [
        # A technical owner of its own stands for the group's ...
        ({"owner": "@ben"}, ["ben"]),
        # ... a business owner does not.
        ({"business_owner": "@ben"}, ["ben", "ana@example.com"]),
        ({}, ["ana@example.com"]),
    ],
)
def test_a_technical_owner_in_meta_stands_in_place_of_the_groups(
    tmp_path: Path, meta: dict[str, str], owners: list[str]
) -> None:
    project = project_of(
        tmp_path,
        nodes={
            "model.a.b": {
                "name": "b",
                "package_name": "a",
                "group": "finance",
                "config": {"meta": meta},
            }
        },
        groups={
            "group.a.finance": {
                "name": "finance",
                "package_name": "a",
                "owner": {"email": "ana@example.com", "name": None},
            },
            "group.z.finance": {
                "name": "finance",
                "package_name": "z",
                "owner": {"email": "zoe@example.com"},
            },
        },
    )
    found = [owner.urn for owner in project.nodes["model.a.b"].owners]
    assert found == [f"urn:li:corpuser:{owner}" for owner in owners]


@pytest.mark.parametrize("manifest", [EVALUATOR / "manifest.json.gz"])
def test_disabled_nodes_are_known_by_their_unique_id(manifest: Path) -> None:
    project = project_in(manifest)
    assert "seed.dbt_project_evaluator.dbt_project_evaluator_exceptions" in project.disabled
    assert not project.disabled & project.nodes.keys()


def test_disabled_nodes_of_an_old_manifest_are_a_list(tmp_path: Path) -> None:
    disabled = [{"unique_id": "model.a.old", "name": "old"}, {"name": "nameless"}]
    assert project_of(tmp_path, disabled=disabled).disabled == {"model.a.old"}


@pytest.mark.parametrize(
    ("version", "latest", "text", "is_latest"),
    [
        (None, None, "", True),
        (2, 2, "2", True),
        (2.0, 2, "2", True),
        (1.5, 2, "1.5", False),
        ("v1", "v2", "v1", False),
        (1, None, "1", False),
    ],
)
def test_a_version_may_be_a_number_or_a_text(
    tmp_path: Path, version: object, latest: object, text: str, is_latest: bool
) -> None:
    node = node_of(tmp_path, version=version, latest_version=latest)
    assert (node.version, node.is_latest) == (text, is_latest)


@pytest.mark.parametrize("meta", [None, [], "text", 1, {"owner": {"deep": [{}]}}, {"owner": 7}])
def test_whatever_people_write_below_meta_breaks_nothing(tmp_path: Path, meta: object) -> None:
    assert node_of(tmp_path, meta=meta, config={"meta": meta}).owners == ()


def test_absent_and_empty_fields_are_all_right(tmp_path: Path) -> None:
    absent = dict.fromkeys([
        "database",
        "schema",
        "alias",
        "config",
        "depends_on",
        "tags",
        "column_name",
        "group",
        "test_metadata",
        "attached_node",
        "original_file_path",
        "source_name",
        "identifier",
    ])
    assert node_of(tmp_path, **absent) == node_of(tmp_path)
    assert node_of(tmp_path, tags="nightly").tags == ("nightly",)


@pytest.mark.parametrize(
    ("model", "depends_on", "attached_to"),
    [
        ("{{ ref('b') }}", ["model.a.c", "model.a.b"], "model.a.b"),
        ("{{ source('raw', 'b') }}", ["model.a.c", "source.a.raw.b"], "source.a.raw.b"),
        ("{{ ref('b') }}", ["model.a.b", "model.z.b"], ""),
        ("{{ this }}", ["model.a.c", "model.a.b"], ""),
        ("{{ this }}", ["model.a.c"], "model.a.c"),
    ],
)
def test_before_dbt_1_6_the_tested_node_is_the_one_its_model_argument_names(
    tmp_path: Path, model: str, depends_on: list[str], attached_to: str
) -> None:
    test = node_of(
        tmp_path,
        resource_type="test",
        depends_on={"nodes": depends_on},
        test_metadata={"name": "relationships", "kwargs": {"model": model, "column_name": "id"}},
    )
    assert test.attached_to == attached_to
    assert test.column == "id"


def test_the_arguments_of_a_test_are_those_beside_the_model_and_the_column(tmp_path: Path) -> None:
    kwargs = {
        "model": "{{ get_where_subquery(ref('a')) }}",
        "column_name": "c",
        "to": "ref('b')",
        "arguments": {"values": ["x", 1]},
    }
    node = node_of(tmp_path, test_metadata={"name": "accepted_values", "kwargs": kwargs})
    assert node.arguments == (("to", "ref('b')"), ("values", ("x", "1")))
