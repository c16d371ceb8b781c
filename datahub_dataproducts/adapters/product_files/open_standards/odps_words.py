"""The words that ODPS and product files have for the same thing."""

import re

from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Lifecycle

KIND = "DataProduct"
API_VERSION = "v1.0.0"
KEPT = "odps"
"""The property of a product that holds, as JSON, what ODPS says and product files have no place for."""
OWN_PROPERTY = "datahubDataProducts"
"""The custom property of ODPS that holds, in our words, what we say and ODPS has no place for."""
SUPPORT = "Support: "
"""What the description of a link begins with that was a support channel."""
NO_DOMAIN = "unassigned"

LIFECYCLES = {
    "proposed": Lifecycle.PROPOSED,
    "draft": Lifecycle.DEVELOPMENT,
    "active": Lifecycle.LIVE,
    "deprecated": Lifecycle.DEPRECATED,
    "retired": Lifecycle.RETIRED,
}
STATUSES = {lifecycle: status for status, lifecycle in LIFECYCLES.items()}
ROLES = {
    "owner": BUSINESS_OWNER,
    "data product owner": BUSINESS_OWNER,
    "business owner": BUSINESS_OWNER,
    "technical owner": TECHNICAL_OWNER,
    "data engineer": TECHNICAL_OWNER,
    "data steward": "DATA_STEWARD",
}
"""Roles of team members as types of owners; any other is a STAKEHOLDER."""
STAKEHOLDER = "STAKEHOLDER"
_ADDRESS = re.compile(r"https?://[^\s/?#]\S*|mailto:[^\s@]+@[^\s@]+", re.IGNORECASE)


def is_address(url: str) -> bool:
    """Whether a product file may have it as a link."""
    return _ADDRESS.fullmatch(url) is not None


def owner_type(role: str) -> str:
    """The type of owner that a role is; roles are free text in ODPS."""
    return ROLES.get(role.strip().lower(), STAKEHOLDER)


def role_of(type_: str) -> str:
    """The role that a type of owner is; the other way round it is that type again."""
    known = next((role for role, of in ROLES.items() if of == type_), None)
    return known or type_.lower().replace("_", " ")
