"""Every real YAML file of others that we have: it loads as a product file, or is refused with telling words."""

import pytest

from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from tests.adapters.product_files.product_texts import told
from tests.docs.pages import ROOT

DATA = ROOT / "tests/data"
LOADS = ("datahub_examples/dataproduct.yaml",)
# What each is said to be, by the file.
REFUSED = {
    "a dbt properties file": (
        "dagster_owner_meta/models/staging/schema.yml",
        "dagster_owner_meta/seeds/schema.yml",
        "dbt_bouncer_project/project_yaml/macros/_macros.yml",
        "dbt_bouncer_project/project_yaml/macros/_tests.yml",
        "dbt_bouncer_project/project_yaml/macros/system/_system__macros.yml",
        "dbt_bouncer_project/project_yaml/models/intermediate/finance/_int_finance__models.yml",
        "dbt_bouncer_project/project_yaml/models/intermediate/test_cases/_int_test_cases__models.yml",
        "dbt_bouncer_project/project_yaml/models/marts/finance/_exposures.yml",
        "dbt_bouncer_project/project_yaml/models/marts/finance/_finance__models.yml",
        "dbt_bouncer_project/project_yaml/models/marts/finance/_finance_unit_tests.yml",
        "dbt_bouncer_project/project_yaml/models/staging/crm/_crm__sources.yml",
        "dbt_bouncer_project/project_yaml/models/staging/crm/_stg_crm__models.yml",
        "dbt_bouncer_project/project_yaml/models/staging/payments/_payments__sources.yml",
        "dbt_bouncer_project/project_yaml/models/staging/payments/_stg_payments__models.yml",
        "dbt_bouncer_project/project_yaml/models/utilities/_utilities__models.yml",
        "dbt_bouncer_project/project_yaml/models/utilities/time_spines/_utilities_time_spines__models.yml",
        "dbt_bouncer_project/project_yaml/seeds/_seeds.yml",
        "dbt_bouncer_project/project_yaml/snapshots/_snapshots.yml",
        "dbt_project_evaluator_it/project_yaml/models/dbt_project_evaluator_schema_tests/core.yml",
        "dbt_project_evaluator_it/project_yaml/models/dbt_project_evaluator_schema_tests/graph.yml",
        "dbt_project_evaluator_it/project_yaml/models/dbt_project_evaluator_schema_tests/tests.yml",
        "dbt_project_evaluator_it/project_yaml/models/marts/_int_model_5.yml",
        "dbt_project_evaluator_it/project_yaml/models/marts/exposures.yml",
        "dbt_project_evaluator_it/project_yaml/models/marts/intermediate/_dim_model_7.yml",
        "dbt_project_evaluator_it/project_yaml/models/marts/metrics.yml",
        "dbt_project_evaluator_it/project_yaml/models/reports/reports.yml",
        "dbt_project_evaluator_it/project_yaml/models/staging/source_1/schema.yml",
        "dbt_project_evaluator_it/project_yaml/models/staging/source_1/source.yml",
        "dbt_project_evaluator_it/project_yaml/models/staging/staging.yml",
        "dbt_project_evaluator_it/project_yaml/models/utils/_utils_models.yml",
        "jaffle_shop_duckdb/project_yaml/models/schema.yml",
        "jaffle_shop_duckdb/project_yaml/models/staging/schema.yml",
    ),
    "a file of DataHub assertions": ("datahub_examples/assertions_configuration.yml",),
    "a data contract of DataHub's own format": ("datahub_examples/pet_of_the_week.dhub.dc.yaml",),
    "a dbt project file": (
        "dbt_bouncer_project/project_yaml/dbt_project.yml",
        "dbt_bouncer_project/project_yaml/internal_package/dbt_project.yml",
        "dbt_project_evaluator_it/project_yaml/dbt_project.yml",
        "jaffle_shop_duckdb/project_yaml/dbt_project.yml",
    ),
    "a list of dbt packages": ("dbt_bouncer_project/project_yaml/packages.yml",),
    "a file of dbt profiles": ("dbt_bouncer_project/project_yaml/profiles.yml",),
    "a list of dbt selectors": ("dbt_bouncer_project/project_yaml/selectors.yml",),
    "a data contract of the Open Data Contract Standard (ODCS)": (
        "open_standards/datacontract_cli/dbt__export__datacontract.odcs.yaml",
        "open_standards/datacontract_cli/dbt__import__expected__manifest_jaffle_duckdb.odcs.yaml",
        "open_standards/datacontract_cli/dbt_sync__orders.odcs.yaml",
        "open_standards/datacontract_cli/examples__orders__orders.odcs.yaml",
        "open_standards/datacontract_cli/lint__invalid.odcs.yaml",
        "open_standards/datacontract_cli/lint__valid-3.1.0.odcs.yaml",
        "open_standards/datacontract_cli/schema-evolution__odcs-datacontract-cities-version-1.yaml",
        "open_standards/odcs_bitol/all/full-example.odcs.yaml",
        "open_standards/odcs_bitol/fundamentals/table-column-description.odcs.yaml",
        "open_standards/odcs_bitol/quality/column-accuracy.odcs.yaml",
        "open_standards/odcs_bitol/quality/column-completeness.odcs.yaml",
        "open_standards/odcs_bitol/quality/column-validity.odcs.yaml",
        "open_standards/odcs_bitol/roles/service-and-operational-roles.odcs.yaml",
        "open_standards/odcs_bitol/schema/kafka-schema.odcs.yaml",
        "open_standards/odcs_bitol/schema/table-column.odcs.yaml",
        "open_standards/odcs_bitol/schema/table-columns-with-partition.odcs.yaml",
        "open_standards/odcs_bitol/server/kafka-server.odcs.yaml",
        "open_standards/odcs_bitol/sla/database-table-sla.odcs.yaml",
        "open_standards/odcs_bitol/stakeholders/basic-four-dpo.odcs.yaml",
    ),
    "a data contract of the older Data Contract Specification": (
        "open_standards/datacontract_cli/export__datacontract.yaml",
    ),
    "a data product of the Open Data Product Standard (ODPS)": (
        "open_standards/odps_bitol/customer-data-product.odps.yaml",
        "open_standards/odps_bitol/simple-data-product.odps.yaml",
    ),
}
OF_OTHERS = ("dagster_owner_meta", "datahub_examples", "open_standards", "*/project_yaml")


def test_every_file_there_is_stands_in_the_table_once() -> None:
    there = {
        path.relative_to(DATA).as_posix()
        for folder in OF_OTHERS
        for path in DATA.glob(f"{folder}/**/*.y*ml")
    }
    named = [*LOADS, *(file for files in REFUSED.values() for file in files)]
    assert sorted(named) == sorted(there)


@pytest.mark.parametrize("file", LOADS)
def test_a_product_file_of_datahub_loads(file: str) -> None:
    result = parse_product_file((DATA / file).read_text(encoding="utf-8"), file, "UTC")
    assert result.problems == ()
    assert [document.id.value for document in result.documents] == ["pet_of_the_week"]


@pytest.mark.parametrize(
    ("file", "what"), [(file, what) for what, files in REFUSED.items() for file in files]
)
def test_a_file_of_another_format_is_refused_in_one_telling_problem(file: str, what: str) -> None:
    result = parse_product_file((DATA / file).read_text(encoding="utf-8"), file, "UTC")
    assert result.documents == ()
    (problem,) = result.problems
    assert problem.code == "other-format"
    assert problem.message == f"this is {what}, and not a product file"
    assert problem.remedy


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "kind: DataContract\nid: orders\n",
            (
                "p.yml:1:1: error[other-format]: this is a data contract of the Open Data Contract Standard "
                "(ODCS), and not a product file; keep it, and name it in the product that promises it, by "
                "`contract: {odcs: <path>}`"
            ),
        ),
        (
            "id: orders\nkind: DataProduct\n",
            (
                "p.yml:2:1: error[other-format]: this is a data product of the Open Data Product Standard "
                "(ODPS), and not a product file; make product files of it by `datahub-dataproducts convert "
                "--from odps`"
            ),
        ),
        (
            "source: {type: data-products}\nsink: {type: console}\n",
            (
                "p.yml:1:1: error[other-format]: this is a recipe of DataHub, and not a product file; narrow "
                "`product_paths` to the product files, or move this file out of their folder"
            ),
        ),
        (
            "stages: {live: {required: [runbook]}}\n",
            (
                "p.yml:1:1: error[other-format]: this is a policy of data products, and not a product file; "
                "narrow `product_paths` to the product files, or move this file out of their folder"
            ),
        ),
    ],
)
def test_what_to_do_with_it_is_told(text: str, problem: str) -> None:
    assert told(text) == [problem]


@pytest.mark.parametrize(
    "text",
    [
        "id: a\ndomain: d\nsources: []\n",
        "data_products: [{id: a, domain: d}]\nmodels: []\n",
        "id: a\ndomain: d\nkind: product\n",
        "id: a\ndomain: d\nkind: [DataContract]\n",
        "domain: d\nname: a\n",
    ],
)
def test_a_product_with_keys_too_many_is_still_one(text: str) -> None:
    assert not [problem for problem in told(text) if "other-format" in problem]
