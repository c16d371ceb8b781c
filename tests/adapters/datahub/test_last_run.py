from pathlib import Path
from typing import Any

import pytest
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig
from datahub.ingestion.source.state.stale_entity_removal_handler import (
    StatefulStaleMetadataRemovalConfig,
)

from datahub_dataproducts.adapters.datahub.last_run import removes, stale
from datahub_dataproducts.application.plan import Removal
from datahub_dataproducts.application.ports import Unavailable
from tests.plugins.repositories import CUSTOMERS, ORDERS, ingest, write_products

PLATFORM = "data-products"
CUSTOMERS_URN = "urn:li:dataProduct:customers"


@pytest.fixture
def config(tmp_path: Path) -> StatefulStaleMetadataRemovalConfig:
    """Of a recipe that has published two products."""
    write_products(tmp_path, {"orders.yml": ORDERS, "customers.yml": CUSTOMERS})
    ingest(tmp_path, state=True).raise_from_status()
    return configured(tmp_path)


def configured(folder: Path, **fields: Any) -> StatefulStaleMetadataRemovalConfig:
    provider = {"type": "file", "config": {"filename": str(folder / "state.json")}}
    return StatefulStaleMetadataRemovalConfig.model_validate({
        "enabled": True,
        "state_provider": provider,
        **fields,
    })


def recorded(config: StatefulStaleMetadataRemovalConfig) -> frozenset[str]:
    """All that is on record: with nothing present, all of it goes where no fail-safe holds it."""
    careless = config.model_copy(update={"fail_safe_threshold": 100.0})
    removal, urns = stale(careless, "test", PLATFORM, (), None)
    assert removal is Removal.ON
    return urns


def test_what_is_on_record_and_not_present_is_stale(
    config: StatefulStaleMetadataRemovalConfig,
) -> None:
    present = recorded(config) - {CUSTOMERS_URN}
    assert stale(config, "test", PLATFORM, present, None) == (Removal.ON, {CUSTOMERS_URN})


def test_what_was_never_on_record_is_not_stale(config: StatefulStaleMetadataRemovalConfig) -> None:
    present = recorded(config) | {"urn:li:dataProduct:new"}
    assert stale(config, "test", PLATFORM, present, None) == (Removal.ON, frozenset())


def test_more_than_the_fail_safe_allows_is_not_removed(
    config: StatefulStaleMetadataRemovalConfig,
) -> None:
    assert stale(config, "test", PLATFORM, (), None) == (Removal.TOO_MUCH, frozenset())


def test_another_recipe_has_a_record_of_its_own(config: StatefulStaleMetadataRemovalConfig) -> None:
    assert stale(config, "other", PLATFORM, (), None) == (Removal.FIRST_RUN, frozenset())


def test_a_record_that_is_to_be_ignored_is_none(config: StatefulStaleMetadataRemovalConfig) -> None:
    ignoring = config.model_copy(update={"ignore_old_state": True})
    assert stale(ignoring, "test", PLATFORM, (), None) == (Removal.FIRST_RUN, frozenset())


@pytest.mark.parametrize("kind", ["datahub", "nowhere"])
def test_a_record_that_nobody_can_give_is_told(tmp_path: Path, kind: str) -> None:
    config = configured(tmp_path, state_provider={"type": kind})
    with pytest.raises(Unavailable, match="by which is removed what is gone, cannot be read"):
        stale(config, "test", PLATFORM, (), None)


def test_a_record_on_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    gone = DataHubGraph(DatahubClientConfig(server="http://127.0.0.1:9", retry_max_times=1))
    config = configured(tmp_path, state_provider={"type": "datahub"})
    with pytest.raises(Unavailable, match="check its address"):
        stale(config, "test", PLATFORM, (), gone)


def test_a_recipe_without_a_name_has_no_record(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="pipeline_name must be provided"):
        stale(configured(tmp_path), None, PLATFORM, (), None)


def test_only_a_recipe_that_says_so_removes(tmp_path: Path) -> None:
    assert removes(configured(tmp_path))
    assert not removes(configured(tmp_path, enabled=False))
    assert not removes(configured(tmp_path, remove_stale_metadata=False))
    assert not removes(None)
