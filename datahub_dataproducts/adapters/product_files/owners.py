"""Owners as written: users and groups, and what they answer for."""

import re

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.asset_refs import check_urn
from datahub_dataproducts.adapters.product_files.fields import Fields, known_keys, nearest, text_of
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.nodes import Mapping, Node, Place
from datahub_dataproducts.domain.documents import Marked, OwnerDocument
from datahub_dataproducts.domain.placeholders import names_nobody
from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER

OWNER_TYPES = known_keys(
    BUSINESS_OWNER,
    TECHNICAL_OWNER,
    "DATA_STEWARD",
    "DATAOWNER",
    "DEVELOPER",
    "DELEGATE",
    "PRODUCER",
    "CONSUMER",
    "STAKEHOLDER",
    "CUSTOM",
    "NONE",
)
"""The ownership types DataHub knows by name."""

_KEYS = known_keys("id", "type")
_USER_OR_GROUP = re.compile(r"urn:li:(?:corpuser|corpGroup):[^\s,()]+")
_EXAMPLE = "{id: urn:li:corpuser:ana, type: BUSINESS_OWNER}"


def owners(product: Fields) -> tuple[OwnerDocument, ...]:
    """The owners of a product; a bare text is a technical owner, as in DataHub's own file."""
    found = (_owner(node, product) for node in product.items("owners"))
    return tuple(owner for owner in found if owner is not None)


def _owner(node: Node, product: Fields) -> OwnerDocument | None:
    findings = product.findings
    place = findings.place(node)
    if not isinstance(node, Mapping):
        lone = text_of(node, "`owners`", findings)
        if lone is None or not _is_owner(lone.value, node, findings):
            return None
        return OwnerDocument(id=lone.value, type=TECHNICAL_OWNER, location=place)
    fields = Fields(node, _KEYS, findings, "owners")
    id_ = fields.required_text("id", "urn:li:corpuser:ana")
    type_ = fields.required_text("type", "BUSINESS_OWNER")
    is_owner = id_ is not None and _is_owner(id_.value, fields.value("id"), findings)
    known_type = _owner_type(type_, fields)
    if id_ is None or not is_owner or known_type is None:
        return None
    return OwnerDocument(id=id_.value, type=known_type, location=place)


def _is_owner(id_: str, at: Place, findings: Findings) -> bool:
    if not id_.strip():
        findings.error(codes.MISSING, at, "an owner has no name", f"write {_EXAMPLE}")
        return False
    if id_.startswith("urn:") and not _USER_OR_GROUP.fullmatch(id_):
        findings.error(
            codes.BAD_URN,
            at,
            f"the owner {shown(id_)} is neither a user nor a group",
            "write urn:li:corpuser:<name> or urn:li:corpGroup:<name>",
        )
        return False
    if names_nobody(id_):
        findings.warning(
            codes.NOBODY,
            at,
            f"the owner {shown(id_)} names nobody, and does not count",
            f"write who it is, as in {_EXAMPLE}, or take it out",
        )
        return False
    return True


def _owner_type(written: Marked[str] | None, fields: Fields) -> str | None:
    if written is None:
        return None
    text = written.value
    at = fields.value("type")
    if text.startswith("urn:"):
        return text if check_urn(text, "ownershipType", at, "`type`", fields.findings) else None
    # DataHub reads the names in any case.
    if text.upper() in OWNER_TYPES:
        return text.upper()
    near = nearest(text.upper(), OWNER_TYPES)
    fields.findings.error(
        codes.UNKNOWN_OWNER_TYPE,
        at,
        f"{shown(text)} is not a type of owner",
        near or f"write one of {', '.join(OWNER_TYPES)} or urn:li:ownershipType:<id>",
    )
    return None
