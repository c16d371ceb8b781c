"""Every ODCS file that Bitol and datacontract-cli publish as an example: what comes of it."""

import re
from collections import Counter

import pytest

from tests.adapters.product_files.open_standards.contracts import DATA, checks, freshness, read

# Of each file: the checks and the freshness of each table, and how often which code is told.
FILES: dict[str, tuple[dict[str, list[str]], dict[str, int]]] = {
    "datacontract_cli/dbt__export__datacontract.odcs.yaml": (
        {
            "orders": [
                "not_null on order_id",
                "unique on order_id",
                "not_null on order_total",
                "not_null on order_status",
                "not_null on user_id",
                "relationships to users.user_id on user_id",
            ],
            "users": ["not_null on user_id", "unique on user_id"],
        },
        {"warning[rule-not-promised]": 3},
    ),
    "datacontract_cli/dbt__import__expected__manifest_jaffle_duckdb.odcs.yaml": (
        {
            "orders": [
                "not_null on order_id",
                "unique on order_id",
                "not_null on customer_id",
                "not_null on credit_card_amount",
                "not_null on coupon_amount",
                "not_null on bank_transfer_amount",
                "not_null on gift_card_amount",
                "not_null on amount",
            ],
            "stg_customers": ["not_null on customer_id", "unique on customer_id"],
            "stg_orders": ["not_null on order_id", "unique on order_id"],
            "stg_payments": ["not_null on payment_id", "unique on payment_id"],
            "customers": ["not_null on customer_id", "unique on customer_id"],
        },
        {},
    ),
    "datacontract_cli/dbt_sync__orders.odcs.yaml": (
        {
            "orders": [
                "not_null on order_id",
                "unique on order_id",
                "not_null on order_status",
                "not_null on order_total",
            ]
        },
        {"warning[rule-not-promised]": 4},
    ),
    "datacontract_cli/examples__orders__orders.odcs.yaml": (
        {
            "orders": [
                "not_null on order_id",
                "unique on order_id",
                "not_null on order_timestamp",
                "not_null on customer_id",
                "not_null on order_total",
                "not_null on status",
                "is never older than 24 h",
            ],
            "line_items": [
                "not_null on line_item_id",
                "unique on line_item_id",
                "not_null on order_id",
                "not_null on sku",
                "not_null on quantity",
            ],
        },
        {"warning[rule-not-promised]": 2, "warning[sla-not-promised]": 1},
    ),
    "datacontract_cli/export__datacontract.yaml": ({}, {"error[contract-file-version]": 1}),
    "datacontract_cli/lint__invalid.odcs.yaml": ({}, {"error[contract-file-form]": 1}),
    "datacontract_cli/lint__valid-3.1.0.odcs.yaml": (
        {"shipments_v2": ["not_null on address", "not_null on sid", "unique on sid"]},
        {"warning[rule-not-promised]": 5, "warning[sla-not-promised]": 1},
    ),
    "datacontract_cli/schema-evolution__odcs-datacontract-cities-version-1.yaml": (
        {"cities": ["not_null on city_id", "unique on city_id", "not_null on name"]},
        {},
    ),
    "odcs_bitol/all/full-example.odcs.yaml": (
        {
            "tbl_1": [
                "relationships to receivers_master.id on rcvr_id",
                "not_null on rcvr_cntry_code",
                "not_null on rcvr_id",
                "unique on rcvr_id",
            ],
            "receivers_master": [
                "not_null on id",
                "unique on id",
                "not_null on country_code",
                "not_null on receiver_name",
                "relationships to receiver_types.type_code on receiver_type",
                "dbt_utils.unique_combination_of_columns on id, country_code",
            ],
        },
        {"warning[rule-not-promised]": 2, "warning[sla-not-promised]": 8},
    ),
    "odcs_bitol/fundamentals/table-column-description.odcs.yaml": ({"tbl": []}, {}),
    "odcs_bitol/quality/column-accuracy.odcs.yaml": (
        {"Air_Quality": []},
        {"warning[rule-not-promised]": 1},
    ),
    "odcs_bitol/quality/column-completeness.odcs.yaml": (
        {"Air_Quality": ["not_null on UniqueID", "unique on UniqueID"]},
        {},
    ),
    "odcs_bitol/quality/column-validity.odcs.yaml": (
        {"Air_Quality": ["not_null on air_quality_status", "unique on air_quality_status"]},
        {"warning[rule-not-promised]": 1},
    ),
    "odcs_bitol/roles/service-and-operational-roles.odcs.yaml": (
        {},
        {"warning[nothing-promised]": 1},
    ),
    "odcs_bitol/schema/kafka-schema.odcs.yaml": (
        {"orders": ["not_null on cust_id", "not_null on prod_id", "not_null on qty"]},
        {},
    ),
    "odcs_bitol/schema/table-column.odcs.yaml": ({"tbl": []}, {}),
    "odcs_bitol/schema/table-columns-with-partition.odcs.yaml": (
        {
            "tbl": [
                "not_null on rcvr_cntry_code",
                "not_null on rcvr_id",
                "dbt_utils.unique_combination_of_columns on rcvr_cntry_code, rcvr_id",
            ]
        },
        {},
    ),
    "odcs_bitol/server/kafka-server.odcs.yaml": ({"orders.avro.v1": []}, {}),
    "odcs_bitol/sla/database-table-sla.odcs.yaml": (
        {"tab1": ["is updated every day by 08:00 Etc/GMT+8"]},
        {"warning[sla-not-promised]": 4},
    ),
    "odcs_bitol/stakeholders/basic-four-dpo.odcs.yaml": ({}, {"warning[nothing-promised]": 1}),
}


@pytest.mark.parametrize("file", FILES)
def test_a_real_contract_is_read_as_far_as_it_can_be_promised(file: str) -> None:
    contract, told = read((DATA / file).read_text(encoding="utf-8"))
    found = {
        table.names[0]: [*checks(table), *filter(None, [freshness(table)])]
        for table in (contract.tables if contract else ())
    }
    codes = Counter(re.findall(r"(?:error|warning)\[[a-z-]+\]", "\n".join(told)))
    assert (found, dict(codes)) == FILES[file]


def test_no_file_is_missing_from_the_table() -> None:
    contracts = {
        path.relative_to(DATA).as_posix()
        for path in DATA.rglob("*.yaml")
        if not path.name.endswith(".odps.yaml")
    }
    assert contracts == set(FILES)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            "datacontract_cli/lint__invalid.odcs.yaml",
            (
                "c.yaml:1:1: error[contract-file-form]: `status` is not given, and the standard asks "
                "for it; add `status:`"
            ),
        ),
        (
            "datacontract_cli/export__datacontract.yaml",
            (
                "c.yaml:1:1: error[contract-file-version]: this is a Data Contract Specification 1.2.1, "
                "and no ODCS contract; bring it to ODCS version 3, as in `apiVersion: v3.1.0` and "
                "`kind: DataContract`"
            ),
        ),
    ],
)
def test_what_is_no_contract_of_the_standard_is_refused_in_these_words(
    file: str, words: str
) -> None:
    contract, told = read((DATA / file).read_text(encoding="utf-8"))
    assert contract is None
    assert told == [words]
