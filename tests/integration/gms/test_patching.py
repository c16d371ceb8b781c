"""Patches, as DataHub's builders send them."""

import json
from typing import Any

from datahub.emitter.rest_emitter import EmitMode
from datahub.metadata.schema_classes import AuditStampClass as Stamp
from datahub.metadata.schema_classes import (
    GlossaryTermAssociationClass,
    InstitutionalMemoryMetadataClass,
    OwnerClass,
    TagAssociationClass,
)
from datahub.specific.dataproduct import DataProductPatchBuilder

from tests.integration.gms.subject import PRODUCT_PROPERTIES, Subject, product

VALUES = "structuredProperties"
KEYS = {"arrayPrimaryKeys": {"properties": ["propertyUrn", "attribution\u241fsource"]}}
ASPECTS = (PRODUCT_PROPERTIES, VALUES, "ownership", "institutionalMemory", "globalTags")


def add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> dict[str, Any]:
    return {"op": "remove", "path": path}


def entry(urn: str, value: str) -> dict[str, Any]:
    return {"propertyUrn": urn, "values": [{"string": value}]}


def builder(server: Subject, urn: str, tier: str) -> DataProductPatchBuilder:
    patch = DataProductPatchBuilder(urn)
    patch.set_name("N").add_asset(server.dataset("orders")).add_custom_property("k", "v")
    patch.add_tag(TagAssociationClass(tag="urn:li:tag:gold"))
    patch.add_term(GlossaryTermAssociationClass(urn="urn:li:glossaryTerm:t"))
    patch.add_owner(OwnerClass(owner="urn:li:corpuser:bob", type="TECHNICAL_OWNER"))
    patch.add_institutional_memory(
        InstitutionalMemoryMetadataClass(
            url="https://example.org/a/b",
            description="doc",
            createStamp=Stamp(time=1, actor="urn:li:corpuser:datahub"),
        )
    )
    patch.set_structured_property(tier, "gold")
    return patch


def test_patches_of_datahubs_builder_applied_twice_are_as_applied_once(server: Subject) -> None:
    urn, tier = server.urn("dataProduct", "orders"), server.define("tier")
    held = []
    for _ in range(2):
        for patch in builder(server, urn, tier).build():
            server.graph.emit_mcp(patch, emit_mode=EmitMode.SYNC_PRIMARY)
        held.append({aspect: server.read(urn, aspect) for aspect in ASPECTS})
    assert held[0] == held[1]
    assert held[0][PRODUCT_PROPERTIES]["customProperties"] == {"k": "v"}
    [asset] = held[0][PRODUCT_PROPERTIES]["assets"]
    assert asset["destinationUrn"] == server.dataset("orders")
    assert held[0][VALUES] == {"properties": [entry(tier, "gold")]}
    assert [link["url"] for link in held[0]["institutionalMemory"]["elements"]] == [
        "https://example.org/a/b"
    ]


def test_a_patch_leaves_what_it_does_not_name(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    orders, users = server.dataset("orders"), server.dataset("users")
    server.write(urn, PRODUCT_PROPERTIES, product(orders, description="by hand"))
    server.patch(urn, PRODUCT_PROPERTIES, add(f"/assets/{users}", {"destinationUrn": users}))
    held = server.read(urn, PRODUCT_PROPERTIES)
    assert [asset["destinationUrn"] for asset in held["assets"]] == [orders, users]
    assert held["description"] == "by hand"


def test_removing_what_is_not_there_changes_nothing(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.write(urn, PRODUCT_PROPERTIES, product(server.dataset("orders")))
    before = server.read(urn, PRODUCT_PROPERTIES)
    gone = server.dataset("gone")
    assert server.patch(urn, PRODUCT_PROPERTIES, remove(f"/assets/{gone}")).status == 200
    assert server.patch(urn, PRODUCT_PROPERTIES, remove("/customProperties/k")).status == 200
    after = server.read(urn, PRODUCT_PROPERTIES)
    assert after["assets"] == before["assets"]


def test_a_whole_list_that_is_added_replaces_the_list(server: Subject) -> None:
    urn, users = server.urn("dataProduct", "orders"), server.dataset("users")
    server.write(urn, PRODUCT_PROPERTIES, product(server.dataset("orders")))
    server.patch(urn, PRODUCT_PROPERTIES, add("/assets", [{"destinationUrn": users}]))
    [asset] = server.read(urn, PRODUCT_PROPERTIES)["assets"]
    assert asset["destinationUrn"] == users


def test_a_path_that_stops_early_removes_all_below_it(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    by = {"time": 1, "actor": "urn:li:corpuser:datahub", "source": "urn:li:dataHubAction:a"}
    tags = [{"tag": "urn:li:tag:gold"}, {"tag": "urn:li:tag:gold", "attribution": by}]
    server.write(urn, "globalTags", {"tags": [*tags, {"tag": "urn:li:tag:old"}]})
    keys = {"arrayPrimaryKeys": {"tags": ["tag", "attribution\u241fsource"]}}
    server.patch(urn, "globalTags", remove("/tags/urn:li:tag:gold"), **keys)
    assert server.read(urn, "globalTags")["tags"] == [{"tag": "urn:li:tag:old"}]


def test_slashes_and_tildes_in_a_key_are_escaped(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.patch(urn, PRODUCT_PROPERTIES, add("/customProperties/a~1b~0c", "v"))
    assert server.read(urn, PRODUCT_PROPERTIES)["customProperties"] == {"a/b~c": "v"}


def test_an_old_server_fails_on_the_first_patch_whose_path_ends_with_a_slash(
    server: Subject,
) -> None:
    urn, tier = server.urn("dataProduct", "orders"), server.define("tier")
    patch = add(f"/properties/{tier}/", entry(tier, "gold"))
    server.standin.switches.trailing_slash_works = False
    assert server.patch(urn, VALUES, patch, **KEYS).status == 500
    server.standin.switches.trailing_slash_works = True
    assert server.patch(urn, VALUES, patch, **KEYS).status == 200
    server.standin.switches.trailing_slash_works = False
    # Where something is already, nothing has to be made.
    assert server.patch(urn, VALUES, patch, **KEYS).status == 200


def test_an_old_server_cannot_patch_a_status(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    server.standin.switches.version = "v1.6.0"
    assert server.patch(urn, "status", add("/removed", False)).status == 500
    server.standin.switches.version = "v1.7.0"
    assert server.patch(urn, "status", add("/removed", False)).status == 200


def test_an_aspect_without_template_is_patched_only_in_an_envelope_that_names_keys(
    server: Subject,
) -> None:
    urn = server.urn("dataProduct", "orders")
    stamp = {"time": 1, "actor": "urn:li:corpuser:datahub"}
    link = {"url": "u", "description": "d", "createStamp": stamp}
    plain = server.patch(urn, "institutionalMemory", add("/elements/u", link))
    assert "Patch not supported for aspect with name institutionalMemory" in plain.message
    keys = {"arrayPrimaryKeys": {"elements": ["url"]}}
    assert server.patch(urn, "institutionalMemory", add("/elements/u", link), **keys).status == 200
    assert server.read(urn, "institutionalMemory") == {"elements": [link]}


def test_there_are_patches_that_add_and_remove_and_no_others(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    move = {"op": "move", "path": "/name", "from": "/description"}
    assert "Unsupported PATCH operation" in server.patch(urn, PRODUCT_PROPERTIES, move).message


def test_what_a_patch_adds_is_held_to_its_definition_since_servers_do(server: Subject) -> None:
    urn, tier = server.urn("dataProduct", "orders"), server.define("tier")
    two = {"propertyUrn": tier, "values": [{"string": "a"}, {"string": "b"}]}
    patch = add(f"/properties/{tier}/", two)
    assert "cardinality" in server.patch(urn, VALUES, patch, **KEYS).message
    server.standin.switches.version = "v1.6.0"
    assert server.patch(urn, VALUES, patch, **KEYS).status == 200


def test_what_a_patch_adds_without_definition_is_dropped(server: Subject) -> None:
    urn, tier = server.urn("dataProduct", "orders"), server.define("tier")
    missing = server.urn("structuredProperty", "missing")
    patches = [add(f"/properties/{p}/", entry(p, "x")) for p in (tier, missing)]
    assert server.patch(urn, VALUES, *patches, **KEYS).status == 200
    assert server.read(urn, VALUES) == {"properties": [entry(tier, "x")]}


def test_the_last_value_is_removed_by_a_patch(server: Subject) -> None:
    urn, tier = server.urn("dataProduct", "orders"), server.define("tier")
    server.assign(urn, (tier, ["gold"]))
    assert server.patch(urn, VALUES, remove(f"/properties/{tier}"), **KEYS).status == 200
    assert server.read(urn, VALUES) == {"properties": []}


def test_openapi_echoes_the_patch_and_not_what_came_of_it(server: Subject) -> None:
    urn = server.urn("dataProduct", "orders")
    value = {"patch": [add("/name", "N")]}
    item = {"urn": urn, PRODUCT_PROPERTIES: {"value": value}}
    reply = server.ask("PATCH", "/openapi/v3/entity/dataProduct?async=false", [item])
    assert reply.body == [{"urn": urn, PRODUCT_PROPERTIES: {"value": value}}]
    assert server.read(urn, PRODUCT_PROPERTIES)["name"] == "N"
    bare = {"urn": urn, PRODUCT_PROPERTIES: {"value": {"name": "N"}}}
    reply = server.ask("PATCH", "/openapi/v3/entity/dataProduct?async=false", [bare])
    assert "Missing `patch` field" in json.dumps(reply.body)
