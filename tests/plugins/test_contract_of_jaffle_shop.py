"""A real contract on the real project it was made of: what dbt's tests keep of it, and what not."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from datahub_dataproducts.application.publish import Publication
from datahub_dataproducts.plugins.repository import publish_repository, read_repository
from datahub_dataproducts.plugins.settings import Settings
from tests.plugins.repositories import JAFFLE_SHOP

CONTRACT = (
    Path(__file__).parents[1]
    / "data/open_standards/datacontract_cli"
    / "dbt__import__expected__manifest_jaffle_duckdb.odcs.yaml"
)
PRODUCT = """id: jaffle
domain: sales
assets: [ref('orders'), ref('customers'), ref('stg_customers'), ref('stg_orders'), ref('stg_payments')]
contract: {odcs: ../contracts/jaffle.odcs.yaml}
"""


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    for folder in ("data_products", "contracts", "target"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data_products/jaffle.yml").write_text(PRODUCT, encoding="utf-8")
    shutil.copy(CONTRACT, tmp_path / "contracts/jaffle.odcs.yaml")
    shutil.copy(JAFFLE_SHOP / "manifest.json.gz", tmp_path / "target/manifest.json")
    settings = Settings(dbt_project_dir=str(tmp_path))
    return publish_repository(read_repository(settings), settings)


def test_all_that_dbt_tests_check_is_promised(publication: Publication) -> None:
    (product,) = publication.products
    promised = Counter(assertion.asset_name for assertion in product.assertions)
    assert promised == {
        "orders": 8,
        "customers": 2,
        "stg_customers": 2,
        "stg_orders": 2,
        "stg_payments": 2,
    }


def test_that_dbt_enforces_no_columns_is_told_for_each_table(publication: Publication) -> None:
    told = Counter(p.code for p in publication.problems)
    assert told["schema-not-enforced"] == 5
    assert told["missing-dbt-test"] == 0
    assert not any(problem.is_error for problem in publication.problems)
