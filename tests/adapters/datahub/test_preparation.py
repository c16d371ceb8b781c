"""The definitions on a server: made once, mended, and never against what people did to them."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.graph.config import DatahubClientConfig
from datahub.ingestion.graph.openapi import EntityAspects

from datahub_dataproducts.adapters.datahub.graph import GraphCatalog
from datahub_dataproducts.adapters.datahub.preparation import Preparation
from datahub_dataproducts.adapters.datahub.property_definitions import PROPERTY_URNS
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry
from tests.adapters.datahub.clients import connected
from tests.adapters.datahub.test_graph import BADGE, PREFIX, TIER, UNHEALTHY, shown
from tests.integration.gms.answers import Answer
from tests.integration.gms.server import Gms
from tests.integration.gms.switches import UNTIL_TICK

UPTIME = f"{PREFIX}uptime"
DEFINITION, SETTINGS = "propertyDefinition", "structuredPropertySettings"


@pytest.fixture
def preparation(graph: DataHubGraph) -> Preparation:
    return Preparation(graph)


@pytest.fixture
def catalog(graph: DataHubGraph) -> GraphCatalog:
    return GraphCatalog(graph)


class Interrupted(DataHubGraph):
    """A client between whose first reading and what it writes then something else happens."""

    def __init__(self, url: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(DatahubClientConfig(server=url, retry_max_times=0))
        self._meanwhile = [meanwhile]

    def get_entities(self, *args: Any, **kwargs: Any) -> dict[str, EntityAspects]:
        held = super().get_entities(*args, **kwargs)
        if self._meanwhile:
            self._meanwhile.pop()()
        return held


def test_preparing_defines_each_property_before_its_settings(
    preparation: Preparation, gms: Gms
) -> None:
    assert preparation.prepare() == Delivered()
    aspects = ("propertyDefinition", "structuredPropertySettings")
    assert gms.written == [(urn, aspect) for urn in PROPERTY_URNS for aspect in aspects]


def test_preparing_again_writes_nothing_for_a_badge_is_taken_once(
    preparation: Preparation, gms: Gms
) -> None:
    preparation.prepare()
    for urn in PROPERTY_URNS:
        # As somebody who saved it in the UI has added to it.
        shown = gms.get(urn, "structuredPropertySettings")
        stamp = {"time": 1, "actor": "urn:li:corpuser:ana"}
        gms.damage(urn, "structuredPropertySettings", {**shown, "lastModified": stamp})
    written = len(gms.written)
    assert preparation.prepare() == Delivered()
    assert len(gms.written) == written


def test_a_badge_of_somebody_else_is_left_and_health_shown_without_one(
    preparation: Preparation, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    gms.put(TIER, "structuredPropertySettings", {"showAsAssetBadge": True})
    with caplog.at_level(logging.WARNING):
        assert preparation.prepare() == Delivered()
    assert gms.get(BADGE, "structuredPropertySettings")["showAsAssetBadge"] is False
    assert "DataHub has a badge already, so health is shown without one" in caplog.messages


def test_settings_of_our_badge_that_somebody_changed_are_mended_and_the_badge_stays(
    preparation: Preparation, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    preparation.prepare()
    wanted = gms.get(BADGE, "structuredPropertySettings")
    changed = {**wanted, "showInSearchFilters": False}
    # Others can change them only so, for the server refuses a badge while there is one.
    gms.put(BADGE, "structuredPropertySettings", {**changed, "showAsAssetBadge": False})
    gms.put(BADGE, "structuredPropertySettings", changed)
    with caplog.at_level(logging.WARNING):
        assert preparation.prepare() == Delivered()
    assert gms.get(BADGE, "structuredPropertySettings") == wanted
    assert caplog.messages == []


def test_the_warning_about_a_badge_of_somebody_else_comes_once(
    preparation: Preparation, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    gms.put(TIER, SETTINGS, {"showAsAssetBadge": True})
    for _ in range(2):
        assert preparation.prepare() == Delivered()
    assert len(caplog.messages) == 1
    # What is as far as it can be is not written again.
    assert gms.written.count((BADGE, SETTINGS)) == 1


def test_a_badge_that_is_snatched_while_ours_is_mended_is_left_to_who_has_it(
    preparation: Preparation, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    preparation.prepare()
    wanted = gms.get(BADGE, SETTINGS)
    gms.damage(BADGE, SETTINGS, {**wanted, "showInSearchFilters": False})
    gms.switches.answer(Answer(422, "badge"), route="ingestProposal")
    with connected(gms.url) as graph:
        emit = graph.emit_mcp

        def snatched(*args: Any, **kwargs: Any) -> Any:
            told = emit(*args, **kwargs)
            gms.put(TIER, SETTINGS, {"showAsAssetBadge": True})
            return told

        graph.emit_mcp = snatched  # type: ignore[method-assign]
        assert Preparation(graph).prepare() == Delivered()
    assert gms.get(BADGE, SETTINGS)["showAsAssetBadge"] is False
    assert "DataHub has a badge already, so health is shown without one" in caplog.messages


def test_settings_that_the_server_does_not_take_are_told_and_values_go_on(
    preparation: Preparation, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    preparation.prepare()
    gms.damage(UPTIME, SETTINGS, {**gms.get(UPTIME, SETTINGS), "showInAssetSummary": False})
    gms.switches.answer(Answer(422, "not today"), route="ingestProposal")
    assert preparation.prepare() == Delivered()
    assert preparation.usable == PROPERTY_URNS
    [message] = caplog.messages
    assert message == (
        "DataHub does not take how io.datahub_dataproducts.uptime is to be shown: "
        "DataHub answers 422: not today"
    )


def test_a_value_that_somebody_allowed_stays_allowed(preparation: Preparation, gms: Gms) -> None:
    preparation.prepare()
    definition = gms.get(BADGE, DEFINITION)
    theirs = {"value": {"string": "IN REPAIR"}, "description": "Ours."}
    gms.put(
        BADGE, DEFINITION, {**definition, "allowedValues": [theirs, *definition["allowedValues"]]}
    )
    written = len(gms.written)
    assert preparation.prepare() == Delivered()
    assert len(gms.written) == written
    # What we change in a later version is written beside it.
    held = gms.get(BADGE, DEFINITION)
    held["allowedValues"][1]["description"] = "of an older version"
    del held["allowedValues"][-1]
    gms.damage(BADGE, DEFINITION, {**held, "displayName": "older"})
    assert preparation.prepare() == Delivered()
    assert gms.get(BADGE, DEFINITION)["displayName"] == "Health"
    assert gms.get(BADGE, DEFINITION)["allowedValues"] == [*definition["allowedValues"], theirs]


def test_a_property_for_other_entities_too_stays_so(preparation: Preparation, gms: Gms) -> None:
    preparation.prepare()
    definition = gms.get(UPTIME, DEFINITION)
    types = ["urn:li:entityType:datahub.dataset", *definition["entityTypes"]]
    gms.put(UPTIME, DEFINITION, {**definition, "entityTypes": types, "description": "changed"})
    assert preparation.prepare() == Delivered()
    assert set(gms.get(UPTIME, DEFINITION)["entityTypes"]) == set(types)
    assert gms.get(UPTIME, DEFINITION)["description"] == definition["description"]


def test_a_property_that_somebody_removed_is_left_out_of_posts_and_told_once(
    catalog: GraphCatalog, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    catalog.prepare()
    gms.put(UPTIME, "status", {"removed": True})
    assert catalog.prepare() == Delivered()
    assert catalog.prepare() == Delivered()
    assert catalog.post(UNHEALTHY) == Delivered()
    assert "uptime" not in shown(gms)
    assert shown(gms)["health"] == [{"string": "UNHEALTHY"}]
    [message] = caplog.messages
    assert message == (
        "The structured property io.datahub_dataproducts.uptime is left out of all posts: "
        "somebody removed it; restore it there to have it filled again"
    )


def test_no_post_is_lost_by_a_property_that_is_removed_while_the_action_runs(
    catalog: GraphCatalog, gms: Gms
) -> None:
    catalog.prepare()
    assert catalog.post(UNHEALTHY) == Delivered()
    gms.put(UPTIME, "status", {"removed": True})
    assert catalog.post(UNHEALTHY) == Delivered()
    # A day later it is looked whether it is back.
    gms.put(UPTIME, "status", {"removed": False})
    later = replace(UNHEALTHY, at=UNHEALTHY.at + DAY)
    assert catalog.post(later) == Delivered()
    assert shown(gms)["uptime"] == [{"double": 50.0}]


def test_a_property_that_was_deleted_for_good_is_defined_anew_within_a_day(
    catalog: GraphCatalog, gms: Gms
) -> None:
    catalog.prepare()
    catalog.post(UNHEALTHY)
    gms.service.delete(UPTIME)
    # The server drops what has no definition, and says that all is well.
    assert catalog.post(UNHEALTHY) == Delivered()
    assert "uptime" not in shown(gms)
    catalog.post(replace(UNHEALTHY, at=UNHEALTHY.at + DAY))
    assert shown(gms)["uptime"] == [{"double": 50.0}]


def test_a_property_that_somebody_made_otherwise_is_left_out_and_all_others_are_filled(
    catalog: GraphCatalog, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    text = {
        "qualifiedName": UPTIME.rpartition(":")[2],
        "valueType": "urn:li:dataType:datahub.string",
        "entityTypes": ["urn:li:entityType:datahub.dataProduct"],
    }
    gms.put(UPTIME, DEFINITION, text)
    assert catalog.prepare() == Delivered()
    assert catalog.post(UNHEALTHY) == Delivered()
    assert "uptime" not in shown(gms)
    assert gms.get(UPTIME, DEFINITION)["valueType"] == text["valueType"]
    [message] = caplog.messages
    assert "Value type cannot be changed" in message


def test_where_no_property_can_be_used_the_posts_wait(catalog: GraphCatalog, gms: Gms) -> None:
    for urn in PROPERTY_URNS:
        gms.put(urn, "status", {"removed": True})
    reason = (
        "no structured property can be used: somebody removed it; restore it there to have it "
        "filled again"
    )
    assert catalog.prepare() == Refused(reason)
    assert catalog.post(UNHEALTHY) == Retry(reason)


def test_a_post_waits_while_the_definitions_cannot_be_looked_at(
    catalog: GraphCatalog, gms: Gms
) -> None:
    catalog.prepare()
    gms.switches.answer(Answer(422), route="ingestProposal")
    gms.switches.answer(Answer(503, headers={"Retry-After": "2"}), route="batchGet")
    assert catalog.post(UNHEALTHY) == Retry("DataHub answers 503", 2_000)


def test_of_two_workers_that_begin_at_once_one_makes_the_badge_and_the_other_leaves_it(
    preparation: Preparation, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    with Interrupted(gms.url, preparation.prepare) as other:
        assert Preparation(other).prepare() == Delivered()
    assert gms.get(BADGE, SETTINGS)["showAsAssetBadge"] is True
    assert caplog.messages == []


def test_a_restart_writes_nothing_although_search_knows_of_nothing_yet(
    preparation: Preparation, graph: DataHubGraph, gms: Gms
) -> None:
    gms.switches.index_lag = UNTIL_TICK
    preparation.prepare()
    written = len(gms.written)
    assert Preparation(graph).prepare() == Delivered()
    assert len(gms.written) == written


def test_a_property_that_the_server_does_not_take_is_left_out(
    preparation: Preparation, gms: Gms
) -> None:
    gms.switches.answer(Answer(422, "no property today"), route="ingestProposal")
    assert preparation.prepare() == Delivered()
    assert preparation.usable == PROPERTY_URNS[1:]
    # Its settings would make an entity of it.
    assert gms.get(PROPERTY_URNS[0], SETTINGS) is None
    assert preparation.prepare() == Delivered()
    assert preparation.usable == PROPERTY_URNS


def test_a_fault_while_preparing_is_a_receipt_too(preparation: Preparation, gms: Gms) -> None:
    gms.switches.answer(Answer(503, headers={"Retry-After": "1"}))
    assert preparation.prepare() == Retry("DataHub answers 503", 1_000)
    assert gms.written == []
    gms.switches.answer(Answer(403), route="ingestProposal")
    assert isinstance(preparation.prepare(), Retry)
