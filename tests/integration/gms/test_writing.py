"""What is kept of a write, and what is refused."""

import pytest

from tests.integration.gms.service import proposal_of
from tests.integration.gms.subject import PRODUCT_PROPERTIES, Subject, product

OWNER = {"owner": "urn:li:corpuser:nobody_has_heard_of", "type": "TECHNICAL_OWNER"}
NOBODY = {"time": 0, "actor": "urn:li:corpuser:datahub"}


def test_an_aspect_is_read_back_under_the_name_that_the_server_has_for_its_type(
    server: Subject,
) -> None:
    urn = server.urn("dataProduct", "orders")
    assert server.write(urn, PRODUCT_PROPERTIES, product()).body == {"value": "success"}
    [aspect] = server.graph.get_entity_raw(urn, [PRODUCT_PROPERTIES])["aspects"].values()
    assert aspect["value"]["name"] == "P"
    told = server.ask("GET", f"/aspects/{urn}?aspect={PRODUCT_PROPERTIES}&version=0")
    assert list(told.body["aspect"]) == ["com.linkedin.dataproduct.DataProductProperties"]


def test_what_was_never_written_is_not_found(server: Subject) -> None:
    assert server.read(server.urn("dataProduct", "orders"), "status") is None
    assert not server.graph.exists(server.urn("dataProduct", "orders"))


def test_the_first_write_of_an_entity_writes_its_key_too(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.write(urn, "status", {"removed": False})
    assert server.read(urn, "dataProductKey") == {"id": urn.rpartition(":")[2]}
    assertion = server.urn("assertion", "a")
    server.run(assertion, server.dataset("orders"), 1, "SUCCESS")
    assert server.graph.exists(assertion)


def test_an_upsert_replaces_the_whole_aspect(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.write(urn, PRODUCT_PROPERTIES, product(description="long"))
    server.write(urn, PRODUCT_PROPERTIES, {"name": "Q"})
    assert server.read(urn, PRODUCT_PROPERTIES)["name"] == "Q"
    assert "description" not in server.read(urn, PRODUCT_PROPERTIES)


def test_unknown_fields_are_dropped_without_a_word(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    assert server.write(urn, PRODUCT_PROPERTIES, product(colour="red")).status == 200
    assert "colour" not in server.read(urn, PRODUCT_PROPERTIES)
    assert (urn, PRODUCT_PROPERTIES, "/colour") in server.standin.service.dropped


@pytest.mark.parametrize(("version", "kept"), [("v1.7.0.1", False), ("next", True)])
def test_a_parent_product_is_kept_only_by_servers_that_know_parents(
    server: Subject, version: str, kept: bool
) -> None:
    server.standin.switches.version = version
    urn, parent = server.urn("dataProduct", "orders"), server.urn("dataProduct", "sales")
    assert server.write(urn, PRODUCT_PROPERTIES, product(parentDataProduct=parent)).status == 200
    assert ("parentDataProduct" in server.read(urn, PRODUCT_PROPERTIES)) is kept


@pytest.mark.parametrize(
    ("aspect", "value", "words"),
    [
        ("status", {"removed": "yes"}, "boolean"),
        ("ownership", {"owners": [{"owner": "urn:li:corpuser:a"}]}, "/owners/0/type"),
        ("ownership", {"owners": [{**OWNER, "type": "BOSS"}]}, "enum"),
        ("globalTags", {"tags": "gold"}, "/tags"),
        ("domains", {}, "/domains :: field is required"),
        ("structuredProperties", {"properties": [{"propertyUrn": "urn:li:structuredProperty:p",
          "values": [{"double": True}]}]}, "double"),
    ],
)  # fmt: skip
def test_an_aspect_is_held_to_its_schema(
    server: Subject, aspect: str, value: object, words: str
) -> None:
    reply = server.write(server.urn("dataProduct", "orders"), aspect, value)
    assert reply.status in {400, 422}
    assert words in reply.message


def test_bytes_are_text_of_one_byte_a_character(server: Subject) -> None:
    urn = server.urn("platformResource", "r")
    told = {"resourceType": "t", "primaryKey": "k"}
    for blob, taken in (("é", True), ("€", False)):
        value = {"blob": blob, "contentType": "JSON"}
        reply = server.write(urn, "platformResourceInfo", {**told, "value": value})
        assert (reply.status == 200) is taken


@pytest.mark.parametrize(
    "aspect", ["incidentsSummary", "documentation", "browsePathsV2", "nothing"]
)
def test_an_aspect_that_the_entity_does_not_have_is_refused(server: Subject, aspect: str) -> None:
    reply = server.write(server.urn("dataProduct", "orders"), aspect, {})
    assert reply.status in {400, 422}


def test_over_openapi_an_aspect_that_the_entity_does_not_have_is_skipped_without_a_word(
    server: Subject,
) -> None:
    urn = server.urn("dataProduct", "orders")
    item = {"urn": urn, "documentation": {"value": {}}, "status": {"value": {"removed": False}}}
    reply = server.ask("POST", "/openapi/v3/entity/dataProduct?async=false", [item])
    assert reply.status == 200
    assert server.read(urn, "status") == {"removed": False}


def test_an_unknown_entity_type_is_refused(server: Subject) -> None:
    assert server.write("urn:li:dataProdukt:orders", "status", {}).status in {400, 422}


def test_a_note_on_an_assertion_needs_a_newer_server(server: Subject) -> None:
    note = {"content": "n", "lastModified": NOBODY}
    for version, status in (("v1.7.0", 400), ("v1.7.0.1", 200)):
        server.standin.switches.version = version
        assert server.write(server.urn("assertion", "a"), "assertionNote", note).status == status


@pytest.mark.parametrize(
    "urn",
    [
        "urn:li:dataProduct:",
        " urn:li:dataProduct:orders",
        "urn:li:dataProduct:orders ",
        "urn:li:dataProduct:a\u241fb",
        f"urn:li:dataProduct:{'x' * 520}",
        # Six characters each, once encoded.
        f"urn:li:dataProduct:{chr(233) * 100}",
    ],
)
def test_a_urn_that_the_server_cannot_keep_is_refused(server: Subject, urn: str) -> None:
    assert server.write(urn, "status", {}, entityType="dataProduct").status in {400, 422}


def test_commas_and_parentheses_in_a_simple_id_are_refused_only_by_strict_servers(
    server: Subject,
) -> None:
    switches = server.standin.switches
    for name in ("a,b", "a(b"):
        for switches.strict_urns in (False, True):
            reply = server.write(f"urn:li:dataProduct:{name}", "status", {"removed": False})
            assert (reply.status == 422) is switches.strict_urns


def test_one_fault_in_a_batch_refuses_all_of_it(server: Subject) -> None:
    urns = [server.urn("dataProduct", name) for name in ("a", "b")]
    good = proposal_of(urns[0], "status", {"removed": False})
    bad = proposal_of(urns[1], "status", {"removed": "no"})
    assert server.write_all([good, bad]).status in {400, 422}
    assert server.read(urns[0], "status") is None


def test_what_is_there_is_not_created_again(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    assert server.write(urn, "status", {"removed": False}, "CREATE").status == 200
    assert server.write(urn, "status", {"removed": True}, "CREATE").status == 422
    assert server.write(urn, "subTypes", {"typeNames": []}, "CREATE_ENTITY").status == 422


def test_a_write_may_ask_for_the_version_that_it_replaces(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    first, again = {"If-Version-Match": "-1"}, {"If-Version-Match": "1"}
    assert server.write(urn, "status", {"removed": False}, headers=first).status == 200
    assert server.write(urn, "status", {"removed": True}, headers=first).status == 422
    assert server.write(urn, "status", {"removed": True}, headers=again).status == 200
    nothing = {"If-None-Match": "*"}
    assert server.write(urn, "status", {"removed": True}, headers=nothing).status == 422


@pytest.mark.parametrize("change", ["CREATE", "UPDATE", "PATCH"])
def test_a_run_is_only_upserted(server: Subject, change: str) -> None:
    reply = server.write(server.urn("assertion", "a"), "assertionRunEvent", [], change)
    assert reply.status == 422


@pytest.mark.parametrize("assertee", ["urn:li:dataProduct:orders", "urn:li:dashboard:(looker,1)"])
def test_a_run_is_on_a_dataset_and_on_nothing_else(server: Subject, assertee: str) -> None:
    reply = server.run(server.urn("assertion", "a"), assertee, 1, "SUCCESS")
    assert reply.status == 422
    assert "Invalid entity type urn validation failure (Required: [dataset])" in reply.message


def test_an_assertion_is_on_a_dataset_and_on_nothing_else(server: Subject) -> None:
    def custom(entity: str) -> int:
        told = {"type": "CUSTOM", "customAssertion": {"type": "t", "entity": entity}}
        return server.write(server.urn("assertion", "a"), "assertionInfo", told).status

    assert custom(server.urn("dataProduct", "orders")) == 422
    # It need not exist.
    assert custom(server.dataset("orders")) == 200


def test_a_product_holds_assets_that_do_not_exist_and_assets_of_any_type(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    assets = [server.dataset("nowhere"), server.urn("tag", "t")]
    assert server.write(urn, PRODUCT_PROPERTIES, product(*assets)).status == 200
    held = server.read(urn, PRODUCT_PROPERTIES)["assets"]
    assert [asset["destinationUrn"] for asset in held] == assets


def test_owner_types_are_computed_from_the_owners_whatever_was_sent(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    own = {"owner": OWNER["owner"], "type": "CUSTOM", "typeUrn": "urn:li:ownershipType:a.b"}
    sent = {"owners": [OWNER, own], "ownerTypes": {"urn:li:ownershipType:x": []}}
    # Neither the owner nor the type of ownership exists.
    assert server.write(urn, "ownership", sent).status == 200
    assert server.read(urn, "ownership")["ownerTypes"] == {
        "urn:li:ownershipType:__system__technical_owner": [OWNER["owner"]],
        "urn:li:ownershipType:a%2Eb": [OWNER["owner"]],
    }
    server.write(urn, "ownership", {"owners": []})
    assert not server.read(urn, "ownership").get("ownerTypes")


def test_an_asset_that_joins_a_product_leaves_the_one_it_was_in(server: Subject) -> None:
    a, b = (server.urn("dataProduct", name) for name in "ab")
    orders, users = server.dataset("orders"), server.dataset("users")
    server.write(a, PRODUCT_PROPERTIES, product(orders, users))
    server.settle()
    server.write(b, PRODUCT_PROPERTIES, product(orders))
    server.settle()
    assert [x["destinationUrn"] for x in server.read(a, PRODUCT_PROPERTIES)["assets"]] == [users]
    [mirror] = server.read(orders, "dataProducts")["dataProducts"]
    assert mirror["destinationUrn"] == b


def test_a_server_can_be_told_to_let_products_share_assets(server: Subject) -> None:
    server.standin.switches.one_product_per_asset = False
    a, b = (server.urn("dataProduct", name) for name in "ab")
    for urn in (a, b):
        server.write(urn, PRODUCT_PROPERTIES, product(server.dataset("orders")))
    assert len(server.read(a, PRODUCT_PROPERTIES)["assets"]) == 1


def test_a_run_at_the_same_time_replaces_the_one_before_unless_it_is_another_message(
    server: Subject,
) -> None:
    assertion, dataset = server.urn("assertion", "a"), server.dataset("orders")

    def outcomes() -> list[str]:
        server.settle()
        body = {"urn": assertion, "entity": "assertion", "aspect": "assertionRunEvent"}
        told = server.ask("POST", "/aspects?action=getTimeseriesAspectValues", body)
        return sorted(
            v["aspect"]["value"].split('"type": "')[1][:7] for v in told.body["value"]["values"]
        )

    server.run(assertion, dataset, 5, "SUCCESS")
    server.run(assertion, dataset, 5, "FAILURE", runId="another")
    assert outcomes() == ["FAILURE"]
    server.run(assertion, dataset, 5, "SUCCESS", messageId="m")
    assert outcomes() == ["FAILURE", "SUCCESS"]


def test_the_caller_of_an_asynchronous_write_is_told_only_of_what_is_seen_at_once(
    server: Subject,
) -> None:
    urn = server.urn("dataProduct", "orders")
    assert server.write(urn, "status", {"removed": "no"}, wait=False).status in {400, 422}
    entry = {"propertyUrn": server.urn("structuredProperty", "x"), "values": [{"string": "a"}]}
    reply = server.write(urn, "structuredProperties", {"properties": [entry]}, wait=False)
    assert reply.status == 200
    server.settle()
    assert server.read(urn, "structuredProperties") is None
    [(failed, aspect, reason)] = server.standin.failed
    assert (failed, aspect) == (urn, "structuredProperties")
    assert "no valid property assignments remain" in reason


def test_of_an_asynchronous_batch_what_is_good_is_written(server: Subject) -> None:
    a, b = (server.urn("dataProduct", name) for name in "ab")
    server.write(a, "status", {"removed": False})
    again = proposal_of(a, "status", {"removed": True}, "CREATE")
    assert (
        server.write_all([again, proposal_of(b, "status", {"removed": False})], wait=False).status
        == 200
    )
    server.settle()
    assert server.read(a, "status") == {"removed": False}
    assert server.read(b, "status") == {"removed": False}


def test_an_asynchronous_write_may_take_its_time(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.standin.switches.hold_async = True
    server.write(urn, "status", {"removed": False}, wait=False)
    assert server.read(urn, "status") is None
    server.settle()
    assert server.read(urn, "status") == {"removed": False}


def test_a_hard_delete_leaves_nothing(server: Subject) -> None:
    assertion = server.urn("assertion", "a")
    server.write(assertion, "status", {"removed": True})
    server.run(assertion, server.dataset("orders"), 1, "SUCCESS")
    server.settle()
    reply = server.ask("POST", "/entities?action=delete", {"urn": assertion})
    assert reply.body["value"]["timeseriesRows"] == 1
    assert not server.graph.exists(assertion)


def test_a_newer_server_deletes_a_definition_only_after_it_was_soft_deleted(
    server: Subject,
) -> None:
    server.standin.switches.version = "next"
    urn = server.define("tier")
    assert server.ask("POST", "/entities?action=delete", {"urn": urn}).status == 422
    server.write(urn, "status", {"removed": True})
    assert server.ask("POST", "/entities?action=delete", {"urn": urn}).status == 200


def test_entities_are_counted_and_listed_by_their_keys(server: Subject) -> None:
    for name in "ab":
        server.write(server.urn("dataProduct", name), "status", {"removed": False})
    ours = {"aspect": "status", "urnLike": "urn:li:dataProduct:%"}
    assert server.standin.get(server.urn("dataProduct", "a"), "status")
    assert server.ask("POST", "/aspects?action=getCount", ours).body == {"value": 2}
    listed = server.ask("POST", "/entities?action=listUrns", {"entity": "dataProduct", "count": 1})
    assert listed.body["value"]["total"] == 2
    assert listed.body["value"]["entities"] == [server.urn("dataProduct", "a")]
