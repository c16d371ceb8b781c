"""Incidents that are raised on a server that is as strict as the real one, and people's edits."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from datahub.ingestion.graph.client import DataHubGraph
from datahub.metadata.schema_classes import IncidentInfoClass

from datahub_dataproducts.adapters.datahub.incidents import incident_notices
from datahub_dataproducts.adapters.datahub.links import assertion_link
from datahub_dataproducts.adapters.datahub.raised_incidents import IncidentChannel
from datahub_dataproducts.adapters.datahub.urns import own_incident_urn
from datahub_dataproducts.application.ports import Channel
from datahub_dataproducts.domain.assertions import AssertionKind
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement, Fault, Why
from datahub_dataproducts.domain.portfolio import Portfolio, portfolio_of
from datahub_dataproducts.domain.products import (
    TECHNICAL_OWNER,
    Input,
    Lifecycle,
    Owner,
    ProductType,
)
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry
from datahub_dataproducts.domain.verdicts import Reason
from tests.builders import checked, dataset, product, sent
from tests.integration.gms.answers import Answer, conflict
from tests.integration.gms.server import Gms

ORDERS, LINES = dataset("orders"), dataset("lines")
ANA, TEAM = "urn:li:corpuser:ana", "urn:li:corpGroup:team"
USERS = replace(
    product("users", checked("t", kind=AssertionKind.SQL), name="Users"),
    owners=(Owner(urn=TEAM, type=TECHNICAL_OWNER), Owner(urn=ANA, type="BUSINESS_OWNER")),
    runbook="https://wiki.example.com/users",
)
REVENUE = replace(
    product("revenue", inputs=(Input(product="users"),), name="Revenue"), type=ProductType.METRIC
)
T = USERS.assertions[0].urn
FAULT = Fault(
    root="users", asset=ORDERS, assertion=T, reason=Reason.FAILED, since=1_000, run_id="r"
)
OPENED = Announcement(
    product="users",
    domain="urn:li:domain:finance",
    at=2_000,
    timezone="UTC",
    why=Why.OPENED,
    health=Health.UNHEALTHY,
    text="Users is unhealthy because orders fails a check.",
    conversation="users@1000",
    faults=(FAULT,),
)
CLOSED = replace(
    OPENED,
    why=Why.CLOSED,
    at=9_000,
    text="Users is healthy again, after 8 s.",
    faults=(),
    sequence=2,
)
URN = own_incident_urn("users@1000")
INFO = "incidentInfo"


@pytest.fixture
def channel(graph: DataHubGraph) -> IncidentChannel:
    return IncidentChannel(graph, of(USERS, REVENUE), "https://hub.example.com")


def of(*products: Any) -> Callable[[], Portfolio]:
    return lambda: portfolio_of(products)


def held(gms: Gms) -> Any:
    return gms.get(URN, INFO)


def by_hand(gms: Gms, **changes: Any) -> None:
    gms.put(URN, INFO, {**held(gms), **changes})


def test_it_is_a_channel(channel: IncidentChannel) -> None:
    told: Channel = channel
    assert told is channel


def test_an_incident_says_what_is_broken_for_whom_and_who_sees_to_it(
    channel: IncidentChannel, gms: Gms
) -> None:
    assert channel.post(sent(OPENED)) == Delivered()
    info = held(gms)
    assert info["entities"] == [ORDERS]
    assert (info["type"], info["title"], info["priority"], info["startedAt"]) == (
        "SQL",
        "Users: orders fails a check",
        1,
        1_000,
    )
    assert [one["actor"] for one in info["assignees"]] == [TEAM]
    assert info["source"] == {"type": "ASSERTION_FAILURE", "sourceUrn": T}
    assert info["status"]["state"] == "ACTIVE"
    assert info["description"].split("\n\n") == [
        "Users is unhealthy because orders fails a check.",
        "Products that rely on it: Revenue.",
        "Runbook: https://wiki.example.com/users",
        "Product: https://hub.example.com/dataProduct/urn%3Ali%3AdataProduct%3Ausers/",
        f"Broken promise: {assertion_link('https://hub.example.com', ORDERS, T)}",
    ]
    assert gms.service.dropped == []


def test_the_same_letters_again_change_nothing_after_a_restart_either(
    channel: IncidentChannel, graph: DataHubGraph, gms: Gms
) -> None:
    channel.post(sent(OPENED))
    before, written = held(gms), len(gms.written)
    assert IncidentChannel(graph, of(USERS), None).post(sent(OPENED)) == Delivered()
    assert (held(gms), len(gms.written)) == (before, written)
    channel.post(sent(CLOSED))
    closed, written = held(gms), len(gms.written)
    assert closed["status"]["state"] == "RESOLVED"
    assert closed["status"]["message"] == "Users is healthy again, after 8 s."
    for letter in (OPENED, CLOSED):
        assert channel.post(sent(letter)) == Delivered()
    assert (held(gms), len(gms.written)) == (closed, written)


def test_what_breaks_later_joins_and_nothing_leaves(channel: IncidentChannel, gms: Gms) -> None:
    channel.post(sent(OPENED))
    more = replace(FAULT, asset=LINES)
    changed = replace(
        OPENED, why=Why.CAUSE_CHANGED, at=3_000, faults=(more,), text="Lines too.", sequence=2
    )
    assert channel.post(sent(changed)) == Delivered()
    assert held(gms)["entities"] == [ORDERS, LINES]
    assert held(gms)["status"]["message"] == "Lines too."
    assert held(gms)["description"].startswith(OPENED.text)


def test_what_people_changed_stays(channel: IncidentChannel, gms: Gms) -> None:
    channel.post(sent(OPENED))
    stamp = {"time": 2_500, "actor": ANA}
    theirs = {
        "title": "Ours now",
        "description": "By hand.",
        "priority": 3,
        "assignees": [{"actor": ANA, "assignedAt": stamp}],
    }
    status = {
        "state": "ACTIVE",
        "stage": "INVESTIGATION",
        "message": "I look",
        "lastUpdated": stamp,
    }
    by_hand(gms, **theirs, status=status)
    gms.put(URN, "globalTags", {"tags": [{"tag": "urn:li:tag:by_hand"}]})
    changed = replace(
        OPENED, why=Why.CAUSE_CHANGED, at=3_000, faults=(replace(FAULT, asset=LINES),), text="More."
    )
    channel.post(sent(changed))
    assert held(gms)["status"] == status
    channel.post(sent(CLOSED))
    info = held(gms)
    assert {name: info[name] for name in theirs} == theirs
    assert info["status"] == {
        "state": "RESOLVED",
        "stage": "INVESTIGATION",
        "message": "I look\n\nUsers is healthy again, after 8 s.",
        "lastUpdated": {"time": 9_000, "actor": "urn:li:corpuser:data-products"},
    }
    assert gms.get(URN, "globalTags") == {"tags": [{"tag": "urn:li:tag:by_hand"}]}


def test_what_people_resolved_is_not_opened_again(channel: IncidentChannel, gms: Gms) -> None:
    channel.post(sent(OPENED))
    stamp = {"time": 2_500, "actor": ANA}
    status = {"state": "RESOLVED", "stage": "NO_ACTION_REQUIRED", "lastUpdated": stamp}
    by_hand(gms, status=status)
    for why in (Why.CAUSE_CHANGED, Why.CLOSED):
        assert channel.post(sent(replace(OPENED, why=why, text="x"))) == Delivered()
    assert held(gms)["status"] == status


def test_an_edit_between_reading_and_writing_is_not_lost(
    graph: DataHubGraph, gms: Gms, channel: IncidentChannel
) -> None:
    channel.post(sent(OPENED))
    stamp = {"time": 2_500, "actor": ANA}
    edits = [
        {"state": "ACTIVE", "stage": "WORK_IN_PROGRESS", "lastUpdated": stamp},
    ]
    read = graph.get_entities

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        if edits:
            by_hand(gms, status=edits.pop())
        return found

    graph.get_entities = interrupted  # type: ignore[method-assign]
    assert channel.post(sent(CLOSED)) == Delivered()
    assert held(gms)["status"]["stage"] == "WORK_IN_PROGRESS"
    assert held(gms)["status"]["state"] == "RESOLVED"


def test_who_edits_all_the_time_is_waited_for(
    graph: DataHubGraph, gms: Gms, channel: IncidentChannel
) -> None:
    channel.post(sent(OPENED))
    read = graph.get_entities
    titles = iter(range(100))

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        by_hand(gms, title=f"title {next(titles)}")
        return found

    graph.get_entities = interrupted  # type: ignore[method-assign]
    assert channel.post(sent(CLOSED)) == Retry("somebody is changing the incident in DataHub")


@pytest.mark.parametrize(
    "why", [Why.STILL_OPEN, Why.AT_RISK, Why.BLIND, Why.SEEN_AGAIN, Why.CLOSED]
)
def test_nothing_is_raised_by_what_is_no_opening(
    channel: IncidentChannel, gms: Gms, why: Why
) -> None:
    assert channel.post(sent(replace(OPENED, why=why))) == Delivered()
    assert held(gms) is None
    channel.post(sent(OPENED))
    before = held(gms)
    if why is not Why.CLOSED:
        channel.post(sent(replace(OPENED, why=why, text="news")))
        assert held(gms) == before


@pytest.mark.parametrize(
    "fault",
    [
        replace(FAULT, root="base"),
        replace(FAULT, asset=""),
        replace(FAULT, reason=Reason.INCIDENT),
    ],
)
def test_what_is_not_its_own_has_no_asset_or_is_an_incident_already_raises_none(
    channel: IncidentChannel, gms: Gms, fault: Fault
) -> None:
    assert channel.post(sent(replace(OPENED, faults=(fault,)))) == Delivered()
    assert held(gms) is None


def test_a_product_that_is_no_more_raises_none(graph: DataHubGraph, gms: Gms) -> None:
    assert IncidentChannel(graph, of(), None).post(sent(OPENED)) == Delivered()
    assert held(gms) is None


def raised(graph: DataHubGraph, gms: Gms, *products: Any, **fault: Any) -> Any:
    letter = replace(OPENED, faults=(replace(FAULT, **fault),))
    assert IncidentChannel(graph, of(*products), None).post(sent(letter)) == Delivered()
    return held(gms)


def test_a_metric_is_critical(graph: DataHubGraph, gms: Gms) -> None:
    assert raised(graph, gms, replace(USERS, type=ProductType.METRIC))["priority"] == 0


def test_what_no_metric_relies_on_is_medium(graph: DataHubGraph, gms: Gms) -> None:
    quiet = replace(REVENUE, lifecycle=Lifecycle.DEVELOPMENT)
    info = raised(graph, gms, USERS, quiet, since=None)
    assert info["priority"] == 2
    assert info["startedAt"] == OPENED.at
    # There is no link without the address of DataHub, and nobody is told of.
    assert info["description"].split("\n\n")[1:] == ["Runbook: https://wiki.example.com/users"]


def test_many_who_rely_on_it_are_counted(graph: DataHubGraph, gms: Gms) -> None:
    many = [product(f"p{n:02}", inputs=(Input(product="users"),)) for n in range(22)]
    loop = product("far", inputs=tuple(Input(product=one.id) for one in many))
    info = raised(graph, gms, replace(USERS, runbook=""), *many, loop)
    assert info["description"].endswith("P17, P18, 3 more.")


@pytest.mark.parametrize(
    ("kind", "reason", "told"),
    [
        (AssertionKind.FRESHNESS, Reason.NOT_FRESH, ("FRESHNESS", None, "is out of date")),
        (AssertionKind.BUILD, Reason.CHECK_BROKEN, ("OPERATIONAL", None, "was not built")),
        (AssertionKind.TESTS, Reason.FAILED, ("CUSTOM", "Broken promise", "fails a check")),
    ],
)
def test_its_type_is_that_of_the_promise(
    graph: DataHubGraph,
    gms: Gms,
    kind: AssertionKind,
    reason: Reason,
    told: tuple[str, str | None, str],
) -> None:
    users = replace(USERS, assertions=(replace(USERS.assertions[0], kind=kind),))
    info = raised(graph, gms, users, reason=reason)
    type_, custom, state = told
    assert (info["type"], info.get("customType")) == (type_, custom)
    assert info["title"] == f"Users: orders {state}"


def test_a_dead_server_is_tried_again_and_what_it_will_never_take_is_refused(
    channel: IncidentChannel, gms: Gms
) -> None:
    gms.switches.answer(conflict(7), route="ingestProposal")
    assert channel.post(sent(OPENED)) == Retry("DataHub answers 503", 7_000)
    gms.switches.answer(Answer(403), route="ingestProposal")
    assert isinstance(channel.post(sent(OPENED)), Retry)
    gms.switches.answer(Answer(400, "never"), route="ingestProposal")
    assert channel.post(sent(OPENED)) == Refused("DataHub answers 400: never")
    gms.switches.answer(Answer(503), route="batchGet")
    assert channel.post(sent(OPENED)) == Retry("DataHub answers 503")
    assert channel.post(sent(OPENED)) == Delivered()


def test_our_own_incident_is_no_news_of_health() -> None:
    assert incident_notices(URN, b"{}", stamp=1) == ()
    assert IncidentInfoClass.ASPECT_NAME == INFO
