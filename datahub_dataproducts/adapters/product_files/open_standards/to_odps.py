"""From a product as written to an ODPS document of version 1."""

import json
import posixpath
from collections.abc import Mapping
from typing import Any

from datahub_dataproducts.adapters.product_files.open_standards.odps import product_id
from datahub_dataproducts.adapters.product_files.open_standards.odps_words import (
    API_VERSION,
    KEPT,
    KIND,
    LIFECYCLES,
    NO_DOMAIN,
    OWN_PROPERTY,
    STATUSES,
    SUPPORT,
    is_address,
    owner_type,
    role_of,
)
from datahub_dataproducts.adapters.product_files.open_standards.own_words import (
    freshness_words,
    objective_words,
)
from datahub_dataproducts.adapters.product_files.open_standards.published import ODPS, violations
from datahub_dataproducts.adapters.product_files.open_standards.to_openslo import object_name
from datahub_dataproducts.adapters.product_files.open_standards.yaml_text import Written, yaml_text
from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.documents import (
    AssetRef,
    Default,
    Evaluator,
    ExposureRef,
    ModelRef,
    ProductDocument,
    PromiseDocument,
    Selection,
    SourceRef,
    TestSelection,
)
from datahub_dataproducts.domain.durations import write_duration
from datahub_dataproducts.domain.products import Lifecycle, Link

_FIRST = "1.0.0"
_USUAL_TIMEZONE = "UTC"


def to_odps(document: ProductDocument, others: Mapping[str, ProductDocument]) -> Written:
    """The ODPS document of a product.

    Args:
        document: the product as written.
        others: all products of the repository by id, for the contracts of its inputs.
    """
    kept = _kept(document)
    ports = _output_ports(document, kept)
    found = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "id": _id(document, kept),
        "name": document.name,
        "version": kept.get("version"),
        "status": _status(document, kept),
        "domain": None if document.domain.value == NO_DOMAIN else document.domain.value,
        "tenant": kept.get("tenant"),
        "authoritativeDefinitions": _definitions(document, kept),
        "description": _description(document, kept),
        "tags": list(document.tags),
        "customProperties": _custom(document, kept),
        "inputPorts": _input_ports(document, kept, others),
        "outputPorts": ports,
        "managementPorts": kept.get("managementPorts"),
        "support": _support(document, kept),
        "team": _team(document, kept),
        "productCreatedTs": kept.get("productCreatedTs"),
    }
    given = {key: value for key, value in found.items() if value not in (None, [], {})}
    notes = ("it has no asset and no output port, which ODPS holds to be useless",) * (not ports)
    return Written(f"{object_name(document.id.value)}.odps.yaml", yaml_text(given), notes)


def contract_id(product: str, asset: AssetRef) -> str:
    """The id of the contract of an asset; exported ODCS contracts have the same."""
    return f"{product}.{port_name(asset)}"


def port_name(asset: AssetRef) -> str:
    """What to call the output port that an asset is."""
    if isinstance(asset, ModelRef | ExposureRef):
        return asset.name
    if isinstance(asset, SourceRef):
        return f"{asset.source}.{asset.table}"
    return str(asset)


def _kept(document: ProductDocument) -> dict[str, Any]:
    """What came in with ODPS and is kept; nothing where the property is not, or no more, ours."""
    try:
        kept = json.loads(dict(document.properties).get(KEPT, "{}"))
    except ValueError:
        return {}
    if not isinstance(kept, dict):
        return {}
    whole = {"apiVersion": API_VERSION, "kind": KIND, "id": "kept", "status": "draft", **kept}
    return {} if violations(whole, ODPS) else kept


def _id(document: ProductDocument, kept: Mapping[str, Any]) -> str:
    """As it was, unless the product has another one by now."""
    is_its = "id" in kept and product_id(kept) == document.id.value
    return str(kept["id"]) if is_its else document.id.value


def _status(document: ProductDocument, kept: Mapping[str, Any]) -> str:
    """As it was, unless the stage of the product is another one by now."""
    status = str(kept.get("status", ""))
    lifecycle = LIFECYCLES.get(status.strip().lower(), Lifecycle.DEVELOPMENT)
    written = Lifecycle.DEVELOPMENT if lifecycle is Lifecycle.LIVE else lifecycle
    return status if status and document.lifecycle is written else STATUSES[document.lifecycle]


def _description(document: ProductDocument, kept: Mapping[str, Any]) -> dict[str, Any]:
    purpose = {"purpose": document.description} if document.description else {}
    return {**purpose, **(kept.get("description") or {})}


def _definitions(document: ProductDocument, kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    links = {link.url: link for link in document.links if not link.description.startswith(SUPPORT)}
    known = kept.get("authoritativeDefinitions") or []
    found = [definition for definition in known if _is_still(definition["url"], links)]
    return found + [{"type": link.description, "url": link.url} for link in links.values()]


def _support(document: ProductDocument, kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    links = {link.url: link for link in document.links if link.description.startswith(SUPPORT)}
    known = kept.get("support") or []
    found = [channel for channel in known if _is_still(channel["url"], links)]
    return found + [
        {"channel": link.description.removeprefix(SUPPORT), "url": link.url}
        for link in links.values()
    ]


def _is_still(url: str, links: dict[str, Link]) -> bool:
    """Whether what came in with a URL stays: it is still a link, or could never be one."""
    return links.pop(url, None) is not None or not is_address(url)


def _team(document: ProductDocument, kept: Mapping[str, Any]) -> dict[str, Any]:
    team = dict(kept.get("team") or {})
    owners = {(owner.id, owner.type): None for owner in document.owners}
    members = []
    for member in team.get("members") or ():
        known = (member["username"], owner_type(member.get("role", "")))
        if member.get("dateOut") or known in owners:
            owners.pop(known, None)
            members.append(member)
    members += [{"username": id_, "role": role_of(type_)} for id_, type_ in owners]
    return {**team, "members": members} if members else team


def _output_ports(document: ProductDocument, kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    assets = document.output_ports or document.assets or ()
    wanted = {port_name(asset.value): asset.value for asset in assets}
    found = [port for port in kept.get("outputPorts") or () if port["name"].strip() in wanted]
    for port in found:
        wanted.pop(port["name"].strip(), None)
    return found + [
        {
            "name": name,
            "type": "tables" if isinstance(asset, ModelRef | SourceRef) else "other",
            "version": _FIRST,
            "contractId": contract_id(document.id.value, asset),
        }
        for name, asset in wanted.items()
    ]


def _input_ports(
    document: ProductDocument, kept: Mapping[str, Any], others: Mapping[str, ProductDocument]
) -> list[dict[str, Any]]:
    """What came in as ODPS said it; of each input a port for every output port of that product."""
    known: list[dict[str, Any]] = list(kept.get("inputPorts") or ())
    ids = {port["contractId"] for port in known}
    for input_ in document.inputs:
        other = others.get(input_.product)
        ports = [] if other is None else _output_ports(other, _kept(other))
        if not ports:
            ports = [{"name": input_.product, "version": _FIRST, "contractId": input_.product}]
        known += [
            {key: port[key] for key in ("name", "version", "contractId")}
            for port in ports
            if "contractId" in port and port["contractId"] not in ids
        ]
    return known


def _custom(document: ProductDocument, kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    properties = [
        {"property": name, "value": value} for name, value in document.properties if name != KEPT
    ]
    own = {key: value for key, value in _own(document).items() if value not in (None, "", [], {})}
    ours = [{"property": OWN_PROPERTY, "value": own}] if own else []
    return [*properties, *(kept.get("customProperties") or ()), *ours]


def _own(document: ProductDocument) -> dict[str, Any]:
    """What ODPS has no place for, in our words; nothing of a product that ODPS says whole."""
    ports = [str(asset.value) for asset in document.output_ports]
    assets = [str(asset.value) for asset in document.assets or ()]
    # A product that came from ODPS has just its ports; its way back needs no word of ours.
    plain = ports == assets and all(isinstance(a.value, ModelRef) for a in document.output_ports)
    from_odps = bool(_kept(document)) and plain
    own: dict[str, Any] = {
        "type": document.type.value if document.type else None,
        "lifecycle": None if from_odps else document.lifecycle.value,
        "owners": None if from_odps else [{"id": o.id, "type": o.type} for o in document.owners],
        "assets": None if from_odps else assets,
        "output_ports": None if from_odps else ports,
        "inputs": [
            input_.product if input_.required else {"id": input_.product, "required": False}
            for input_ in document.inputs
        ],
        "runbook": document.runbook,
        "objective": objective_words(document.objective.value) if document.objective else None,
        "contract": contract_words(document),
        "timezone": document.timezone if document.timezone != _USUAL_TIMEZONE else None,
        "channels": list(document.channels),
        "terms": list(document.terms),
        "external_url": document.external_url,
        "parent_data_product": document.parent,
    }
    return own


def contract_words(document: ProductDocument) -> list[dict[str, Any]]:
    """The contract of a product in the words of product files."""
    product_file = document.id.location.file
    entries: list[dict[str, Any]] = []
    for promise in document.contract:
        entry = _entry(promise, product_file)
        # One entry for a contract file stands for all its promises.
        if "odcs" not in entry or entry["odcs"] not in [known.get("odcs") for known in entries]:
            entries.append(entry)
    return entries


def _entry(promise: PromiseDocument, product_file: str) -> dict[str, Any]:
    words: dict[str, Any] = {}
    asset = promise.asset
    if asset is not None and asset.location.file == product_file:
        words["asset"] = str(asset.value)
    if promise.location.file == product_file:
        words |= _promised(promise)
    else:
        folder = posixpath.dirname(product_file) or "."
        words = {"odcs": posixpath.relpath(promise.location.file, folder), **words}
    if promise.impact is not Impact.BLOCKING:
        words["impact"] = promise.impact.value
    every = promise.expect_every
    if not isinstance(every, Default):
        words["expect_every"] = "never" if every is None else write_duration(every)
    return words


def _promised(promise: PromiseDocument) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if promise.assertion is not None:
        words["assertion"] = promise.assertion.value
    if promise.build:
        words["build"] = True
    if promise.freshness is not None:
        words["freshness"] = freshness_words(promise.freshness.value)
        if promise.evaluated_by is not Evaluator.HERE:
            words["freshness"]["evaluated_by"] = promise.evaluated_by.value
    if promise.tests is not None:
        words["tests"] = _tests(promise.tests)
    return words


def _tests(tests: TestSelection) -> Any:
    words = [word.value for word in tests.words]
    if tests.by is Selection.ALL:
        return tests.by.value
    return words if tests.by is Selection.NAMES else {tests.by.value: words}
