"""From an ODPS document to a product file, with comments for what has no place in it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from datahub_dataproducts.adapters.product_files.open_standards.odps import product_id
from datahub_dataproducts.adapters.product_files.open_standards.odps_words import (
    KEPT,
    LIFECYCLES,
    NO_DOMAIN,
    OWN_PROPERTY,
    SUPPORT,
    is_address,
    owner_type,
)
from datahub_dataproducts.adapters.product_files.open_standards.to_openslo import object_name
from datahub_dataproducts.adapters.product_files.open_standards.yaml_text import (
    Written,
    commented,
    yaml_text,
)
from datahub_dataproducts.domain.products import Lifecycle

_NOT_IN_REF = re.compile(r"""['"]""")
_MADE = ("status", "inputPorts", "outputPorts", "team")
_SIMPLE = ("apiVersion", "kind", "id", "name", "domain", "tags")


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbours:
    """What the other documents of the conversion are known by.

    Attributes:
        contracts: paths of ODCS files, as a product file is to name them, by the id of the contract.
        products: ids of products, by the ids of the contracts of their output ports.
    """

    contracts: Mapping[str, str]
    products: Mapping[str, str]


def from_odps(document: Mapping[str, Any], neighbours: Neighbours) -> Written:
    """The product file of an ODPS document that is as its standard wants it."""
    return Conversion(document, neighbours).written()


def _block(key: str, value: Any, comments: list[str]) -> str:
    if value in (None, "", [], {}):
        return commented(comments) if comments else ""
    return commented(comments, yaml_text({key: value}))


class Conversion:
    """From a document to a product file, key by key.

    Attributes:
        standard: what the document is of, for people.
        notes: what has no place in the product file.
    """

    standard = "ODPS"

    def __init__(self, document: Mapping[str, Any], neighbours: Neighbours) -> None:
        self._document = document
        self._neighbours = neighbours
        self._own = _own(document)
        self.notes: list[str] = []

    def written(self) -> Written:
        """The product file."""
        head = (
            f"A data product, converted from {self.standard}.",
            "See what is said in comments, then check it by",
            "`datahub-dataproducts validate`.",
        )
        blocks = [text for block in self._blocks() if (text := _block(*block))]
        name = f"{object_name(product_id(self._document))}.yml"
        return Written(name, commented(head) + "".join(blocks), tuple(self.notes))

    def _blocks(self) -> Iterator[tuple[str, Any, list[str]]]:
        """Key, value and comments of everything in the product file, in its order."""
        document, own = self._document, self._own
        yield "id", product_id(document), []
        yield "display_name", document.get("name"), []
        yield "type", own.get("type"), []
        yield "domain", *self._domain()
        yield "description", (document.get("description") or {}).get("purpose"), []
        yield "owners", *self._owners()
        yield "assets", *self._assets()
        yield "output_ports", own.get("output_ports", self._ports()), []
        yield "inputs", *self._inputs()
        yield "runbook", own.get("runbook"), []
        yield "lifecycle", *self._lifecycle()
        yield "objective", own.get("objective"), []
        yield "contract", *self.contract()
        for key in ("timezone", "channels"):
            yield key, own.get(key), []
        yield "tags", document.get("tags"), []
        yield "terms", own.get("terms"), []
        yield "properties", self.properties(), []
        yield "institutional_memory", self._links(), []
        for key in ("external_url", "parent_data_product"):
            yield key, own.get(key), []

    def _domain(self) -> tuple[str, list[str]]:
        domain = (self._document.get("domain") or "").strip()
        if domain:
            return domain, []
        self.notes.append(
            f"{self.standard} gives no domain, and DataHub wants one: it is `{NO_DOMAIN}` for now"
        )
        return NO_DOMAIN, [f"{self.standard} gave no domain: write that of DataHub."]

    def _owners(self) -> tuple[list[dict[str, str]], list[str]]:
        if "owners" in self._own:
            return self._own["owners"], []
        team = self._document.get("team") or {}
        owners: list[dict[str, str]] = []
        comments: list[str] = []
        for member in team.get("members") or ():
            if member.get("dateOut"):
                comments.append(f"{member['username']} left the team on {member['dateOut']}.")
                continue
            role = member.get("role", "")
            owners.append({"id": member["username"], "type": owner_type(role)})
            if owner_type(role) == "STAKEHOLDER":
                self.notes.append(f'the role "{role}" of {member["username"]} became STAKEHOLDER')
        if team.get("name") and not owners:
            comments.append(f"The team is {team['name']}: name its people or its group.")
        return owners, comments

    def _assets(self) -> tuple[list[str], list[str]]:
        if "assets" in self._own:
            return self._own["assets"], []
        ports = self._document.get("outputPorts") or ()
        comments = [
            f"{port['name']} {port['version']}: "
            f"{'; '.join(filter(None, (port.get('type'), port.get('description')))) or 'output port'}."
            for port in ports
        ]
        if ports:
            self.notes.append(
                "output ports became dbt models of the same names: see that dbt has them"
            )
            comments.insert(0, "The output ports, as dbt models of the same names:")
        return self._ports(), comments

    def _ports(self) -> list[str]:
        ports = self._document.get("outputPorts") or ()
        return list(dict.fromkeys(_ref(port["name"]) for port in ports))

    def _inputs(self) -> tuple[list[Any], list[str]]:
        if "inputs" in self._own:
            return self._own["inputs"], []
        found: dict[str, None] = {}
        comments: list[str] = []
        for port in self._document.get("inputPorts") or ():
            product = self._neighbours.products.get(port["contractId"])
            if product is not None:
                found[product] = None
                continue
            comments.append(
                f"Input port {port['name']} {port['version']} of contract {port['contractId']}."
            )
            self.notes.append(
                f"the input port {port['name']} {port['version']} is left out: no product among the "
                f"files has the contract {port['contractId']}"
            )
        if comments:
            comments.append("Name the products that these come from: `inputs: [id]`.")
        return [*found], comments

    def _lifecycle(self) -> tuple[str, list[str]]:
        if "lifecycle" in self._own:
            return self._own["lifecycle"], []
        status = self._document["status"]
        lifecycle = LIFECYCLES.get(status.strip().lower())
        if lifecycle is None:
            self.notes.append(
                f'the status "{status}" is none that {self.standard} names: taken as development'
            )
            return Lifecycle.DEVELOPMENT.value, [f"{self.standard} says {status}."]
        if lifecycle is Lifecycle.LIVE:
            self.notes.append(
                f"{self.standard} says active; `live` is a promise that wants two owners and a runbook, so it "
                "is `development` until somebody makes it"
            )
            return Lifecycle.DEVELOPMENT.value, [
                f"{self.standard} says active. `live` wants a business owner, a technical owner and a runbook."
            ]
        return lifecycle.value, []

    def contract(self) -> tuple[list[Any], list[str]]:
        """Entries of `contract`, and comments on the contracts that are not among the files."""
        if "contract" in self._own:
            return self._own["contract"], []
        entries: list[Any] = []
        comments: list[str] = []
        for port in self._document.get("outputPorts") or ():
            contract = port.get("contractId")
            path = self._neighbours.contracts.get(contract)
            if path:
                entries.append({"odcs": path, "asset": _ref(port["name"])})
            elif contract:
                comments.append(f"{port['name']} {port['version']} has the contract {contract}.")
                self.notes.append(
                    f"the contract {contract} of {port['name']} {port['version']} is left out: it is "
                    "not among the files"
                )
        if comments:
            comments.append("Name its ODCS file: `contract: [{odcs: path}]`.")
        return entries, comments

    def properties(self) -> dict[str, str]:
        """Custom properties that are text, and what is kept for the way back."""
        found = {
            p["property"]: p["value"]
            for p in self._document.get("customProperties") or ()
            if is_text(p)
        }
        kept = _kept(self._document)
        return {**found, KEPT: json.dumps(kept, ensure_ascii=False)} if kept else found

    def _links(self) -> dict[str, Any]:
        elements: list[dict[str, str]] = []
        for link in self._document.get("authoritativeDefinitions") or ():
            if is_address(link["url"]):
                elements.append({"url": link["url"], "description": link["type"]})
            else:
                self.notes.append(f"the definition {link['url']} is no address to follow: left out")
        for channel in self._document.get("support") or ():
            if is_address(channel["url"]):
                described = f"{SUPPORT}{channel['channel']}"
                elements.append({"url": channel["url"], "description": described})
        return {"elements": elements} if elements else {}


def _ref(name: str) -> str:
    return f"ref('{_NOT_IN_REF.sub('', name).strip() or 'unnamed'}')"


def is_text(custom: Mapping[str, Any]) -> bool:
    """Whether a custom property is just a name and a text, and not one of ours."""
    named = custom["property"] not in {KEPT, OWN_PROPERTY}
    return named and isinstance(custom["value"], str) and set(custom) == {"property", "value"}


def _own(document: Mapping[str, Any]) -> dict[str, Any]:
    for custom in document.get("customProperties") or ():
        if custom["property"] == OWN_PROPERTY and isinstance(custom["value"], dict):
            return dict(custom["value"])
    return {}


def _kept(document: Mapping[str, Any]) -> dict[str, Any]:
    """The rest of a document, which the way back needs and a product file has no place for."""
    # What was made of a product of ours is said in our words, and made anew on the way back.
    made = _MADE if "assets" in _own(document) else ()
    rest = {key: value for key, value in document.items() if key not in {*_SIMPLE, *made}}
    described = {k: v for k, v in (rest.pop("description", None) or {}).items() if k != "purpose"}
    customs = [
        custom
        for custom in rest.pop("customProperties", None) or ()
        if custom["property"] != OWN_PROPERTY and not is_text(custom)
    ]
    if document["id"] != product_id(document):
        rest["id"] = document["id"]
    if described:
        rest["description"] = described
    if customs:
        rest["customProperties"] = customs
    return rest
