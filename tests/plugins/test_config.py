from typing import Any

import pytest
from datahub.ingestion.source.dbt.dbt_common import DBTCommonConfig
from pydantic import ValidationError

from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.plugins.config import DataProductsSourceConfig

OPTIONS_OF_URNS = (
    "target_platform_instance",
    "platform_instance",
    "env",
    "convert_urns_to_lowercase",
    "use_identifiers",
    "include_database_name",
    "include_env_in_assertion_guid",
    "drop_duplicate_sources",
)


def config(**fields: Any) -> DataProductsSourceConfig:
    return DataProductsSourceConfig.model_validate({"target_platform": "duckdb", **fields})


@pytest.mark.parametrize("option", OPTIONS_OF_URNS)
def test_what_changes_a_urn_has_the_default_of_datahubs_dbt_source(option: str) -> None:
    theirs = DBTCommonConfig.model_fields[option]
    assert getattr(config(), option) == theirs.get_default()


def test_a_recipe_needs_no_more_than_the_platform() -> None:
    plain = config()
    assert plain.product_paths == ["data_products/**/*.yml", "data_products/**/*.yaml"]
    assert plain.manifest_path == "target/manifest.json"
    assert plain.settings().expect_every == 3 * DAY
    assert plain.write_semantics == "PATCH"
    assert plain.asset_platform == "target"
    assert plain.default_timezone == "UTC"


def test_silence_may_be_green() -> None:
    assert config(default_expect_every="never").settings().expect_every is None


def test_write_semantics_are_read_in_any_case() -> None:
    assert config(write_semantics="override").write_semantics == "OVERRIDE"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"default_timezone": "Mars/Base"}, "write an IANA name such as Europe/Amsterdam"),
        ({"default_expect_every": "often"}, "write a whole number with s, m, h, d or w"),
        ({"target_platform": ""}, "it is empty: write the platform dbt loads into"),
        ({"target_platform": None}, "it is empty: write the platform dbt loads into"),
        ({"target_platform": "dbt"}, "write the platform dbt loads into"),
        ({"write_semantics": "APPEND"}, "'PATCH' or 'OVERRIDE'"),
        ({"write_semantics": 1}, "'PATCH' or 'OVERRIDE'"),
        ({"asset_platform": "both"}, "'target' or 'dbt'"),
        ({"product_path": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_recipe_is_refused_with_what_to_write(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        config(**fields)


def test_every_option_is_described() -> None:
    for name, field in DataProductsSourceConfig.model_fields.items():
        assert field.description, name
