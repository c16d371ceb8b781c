"""GraphQL: what is refused, incidents, health, contracts, products with their assets."""

from typing import Any

import pytest
from datahub.configuration.common import GraphError

from tests.integration.gms.subject import PRODUCT_PROPERTIES, Subject, product

RAISE = "mutation raise($input: RaiseIncidentInput!) { raiseIncident(input: $input) }"
UPDATE = """
mutation update($urn: String!, $input: UpdateIncidentInput!) {
  updateIncident(urn: $urn, input: $input)
}
"""
SET_STATUS = """
mutation status($urn: String!, $input: IncidentStatusInput!) {
  updateIncidentStatus(urn: $urn, input: $input)
}
"""
INCIDENTS = """
query incidents($urn: String!, $state: IncidentState) {
  dataset(urn: $urn) { incidents(state: $state, start: 0, count: 10) {
    total incidents { urn incidentType title priority entity { urn type }
      status { state stage message } } } }
}
"""
HEALTH = "query health($urn: String!) { dataset(urn: $urn) { health { type status causes } } }"
ACTIVE, RESOLVED = {"state": "ACTIVE"}, {"state": "RESOLVED"}


def table(server: Subject, name: str = "orders") -> str:
    urn = server.dataset(name)
    server.write(urn, "status", {"removed": False})
    return urn


def raised(server: Subject, dataset: str, **told: Any) -> str:
    incident = {"type": "FRESHNESS", "title": "late", "resourceUrn": dataset, **told}
    urn: str = server.graphql(RAISE, input=incident)["raiseIncident"]
    server.settle()
    return urn


def incidents(server: Subject, dataset: str, state: str | None = None) -> list[Any]:
    told = server.graphql(INCIDENTS, urn=dataset, state=state)
    found: list[Any] = told["dataset"]["incidents"]["incidents"]
    return found


def asserted(server: Subject, name: str, dataset: str, *outcomes: str) -> str:
    urn = server.urn("assertion", name)
    told = {"type": "CUSTOM", "customAssertion": {"type": "t", "entity": dataset}}
    server.write(urn, "assertionInfo", told)
    for at, outcome in enumerate(outcomes, 1):
        server.run(urn, dataset, at, outcome)
    server.settle()
    return urn


def test_a_field_that_the_schema_does_not_have_is_refused(server: Subject) -> None:
    with pytest.raises(GraphError, match="health"):
        server.graphql('{ dataProduct(urn: "urn:li:dataProduct:x") { health { status } } }')


def test_an_incident_is_raised_changed_and_resolved(server: Subject) -> None:
    dataset = table(server)
    people = ["urn:li:corpuser:ana", "urn:li:corpGroup:team"]
    urn = raised(server, dataset, priority="CRITICAL", assigneeUrns=people)
    [incident] = incidents(server, dataset, "ACTIVE")
    assert (incident["urn"], incident["priority"]) == (urn, "CRITICAL")
    assert incident["entity"] == {"urn": dataset, "type": "DATASET"}
    held = server.read(urn, "incidentInfo")
    assert (held["priority"], held["source"]) == (0, {"type": "MANUAL"})
    assert [assignee["actor"] for assignee in held["assignees"]] == people

    server.graphql(UPDATE, urn=urn, input={"priority": "LOW", "title": "later"})
    held = server.read(urn, "incidentInfo")
    assert (held["priority"], held["title"], held["type"]) == (3, "later", "FRESHNESS")
    assert [assignee["actor"] for assignee in held["assignees"]] == people

    server.graphql(SET_STATUS, urn=urn, input={**RESOLVED, "message": "done"})
    assert incidents(server, dataset, "ACTIVE") == []
    [incident] = incidents(server, dataset)
    assert incident["status"] == {"state": "RESOLVED", "stage": None, "message": "done"}


def test_a_new_status_forgets_the_stage_that_it_does_not_name(server: Subject) -> None:
    dataset = table(server)
    urn = raised(server, dataset, status={**ACTIVE, "stage": "INVESTIGATION"})
    assert server.read(urn, "incidentInfo")["status"]["stage"] == "INVESTIGATION"
    server.graphql(SET_STATUS, urn=urn, input={**ACTIVE, "message": "still"})
    assert "stage" not in server.read(urn, "incidentInfo")["status"]


@pytest.mark.parametrize(
    "told",
    [{"resourceUrn": None}, {"resourceUrn": "urn:li:dataset:(urn:li:dataPlatform:a,b,PROD)"}],
)
def test_an_incident_is_raised_on_what_exists(server: Subject, told: Any) -> None:
    with pytest.raises(GraphError):
        server.graphql(RAISE, input={"type": "CUSTOM", **told})


def test_an_incident_that_is_not_there_is_not_changed(server: Subject) -> None:
    with pytest.raises(GraphError, match="does not exist"):
        server.graphql(SET_STATUS, urn=server.urn("incident", "x"), input=RESOLVED)


def test_an_incident_has_no_status_aspect_and_so_no_soft_delete(server: Subject) -> None:
    reply = server.write(server.urn("incident", "x"), "status", {"removed": True})
    assert reply.status in {400, 422}


def test_a_dataset_fails_by_its_incidents_and_by_any_run_that_is_not_a_success(
    server: Subject,
) -> None:
    dataset = table(server)
    assert server.graphql(HEALTH, urn=dataset)["dataset"]["health"] == []
    incident = raised(server, dataset)
    asserted(server, "good", dataset, "FAILURE", "SUCCESS")
    bad = asserted(server, "bad", dataset, "SUCCESS", "INIT")
    assert server.graphql(HEALTH, urn=dataset)["dataset"]["health"] == [
        {"type": "INCIDENTS", "status": "FAIL", "causes": [incident]},
        {"type": "ASSERTIONS", "status": "FAIL", "causes": [bad]},
    ]
    server.graphql(SET_STATUS, urn=incident, input=RESOLVED)
    server.write(bad, "status", {"removed": True})
    server.settle()
    kinds = server.graphql(HEALTH, urn=dataset)["dataset"]["health"]
    assert [kind["status"] for kind in kinds] == ["PASS", "PASS"]


def test_the_contract_of_a_dataset_is_shown_with_its_assertions_and_their_runs(
    server: Subject,
) -> None:
    dataset, urn = table(server), server.urn("dataContract", "c")
    assertion = asserted(server, "a", dataset, "SUCCESS", "FAILURE")
    quality = {"entity": dataset, "dataQuality": [{"assertion": assertion}]}
    server.write(urn, "dataContractProperties", quality)
    server.write(urn, "dataContractStatus", {"state": "ACTIVE"})
    server.settle()
    told = server.graphql(
        """query contract($urn: String!) { dataset(urn: $urn) { contract {
             urn status { state } properties { dataQuality { assertion {
               urn info { type } runEvents(status: COMPLETE, limit: 1) {
                 failed runEvents { timestampMillis result { type } } } } } } } } }""",
        urn=dataset,
    )["dataset"]["contract"]
    assert (told["urn"], told["status"]["state"]) == (urn, "ACTIVE")
    [entry] = told["properties"]["dataQuality"]
    assert entry["assertion"] == {
        "urn": assertion,
        "info": {"type": "CUSTOM"},
        "runEvents": {
            "failed": 1,
            "runEvents": [{"timestampMillis": 2, "result": {"type": "FAILURE"}}],
        },
    }


def test_many_entities_are_asked_for_at_once(server: Subject) -> None:
    dataset = table(server)
    urns = [asserted(server, name, dataset, "SUCCESS") for name in "ab"]
    urns += [server.urn("dataProduct", "p"), server.urn("tag", "t")]
    server.write(urns[2], PRODUCT_PROPERTIES, product(dataset))
    server.settle()
    told = server.graphql(
        """query many($urns: [String!]!) { entities(urns: $urns) {
             urn type
             ... on Assertion { runEvents(limit: 1) { succeeded } }
             ... on DataProduct { properties { name numAssets }
               entities(input: {query: "*"}) { total searchResults { entity { urn } } } } } }""",
        urns=urns,
    )["entities"]
    assert [entity["type"] for entity in told] == ["ASSERTION", "ASSERTION", "DATA_PRODUCT", "TAG"]
    assert told[0]["runEvents"] == {"succeeded": 1}
    assert told[2]["properties"] == {"name": "P", "numAssets": 1}
    assert told[2]["entities"]["searchResults"] == [{"entity": {"urn": dataset}}]


def test_values_of_structured_properties_are_shown(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    tier = server.define("tier")
    cost = server.define("cost", valueType="urn:li:dataType:datahub.number")
    server.assign(urn, (tier, ["gold"]), (cost, [1.5]))
    told = server.graphql(
        """query values($urn: String!) { dataProduct(urn: $urn) { structuredProperties {
             properties { structuredProperty { urn } values {
               ... on StringValue { stringValue } ... on NumberValue { numberValue } } } } } }""",
        urn=urn,
    )["dataProduct"]["structuredProperties"]["properties"]
    assert [entry["values"] for entry in told] == [
        [{"stringValue": "gold"}],
        [{"numberValue": 1.5}],
    ]
