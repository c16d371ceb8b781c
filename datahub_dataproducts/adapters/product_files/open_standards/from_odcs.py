"""From an ODCS contract to the product file of a product that promises what it says."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.nodes import At
from datahub_dataproducts.adapters.product_files.open_standards.from_odps import (
    Conversion,
    Neighbours,
    is_text,
)
from datahub_dataproducts.adapters.product_files.open_standards.odcs import (
    is_as_published,
    is_contract,
)
from datahub_dataproducts.adapters.product_files.open_standards.odcs_tables import names_of
from datahub_dataproducts.adapters.product_files.open_standards.trees import Part
from datahub_dataproducts.adapters.product_files.open_standards.yaml_text import Written

_DRAFT = "draft"


def from_odcs(text: str, path: str, findings: Findings) -> Written | None:
    """The product of the tables of a contract; None when it is no contract, which is told.

    Args:
        text: of the contract.
        path: of the contract, as the product file is to name it.
        findings: of the contract.
    """
    root = compose(text, findings)
    if root is None:
        if not findings.problems:
            findings.error(codes.EMPTY, At(1, 1), "the file is empty", "write a contract into it")
        return None
    if not is_contract(root, findings) or not is_as_published(root, findings, whole=True):
        return None
    return _ContractConversion(_as_product(Part(root)), path).written()


class _ContractConversion(Conversion):
    standard = "ODCS"

    def __init__(self, document: Mapping[str, Any], path: str) -> None:
        super().__init__(document, Neighbours(contracts={}, products={}))
        self._path = path

    @override
    def contract(self) -> tuple[list[Any], list[str]]:
        return [{"odcs": self._path}], []

    @override
    def properties(self) -> dict[str, str]:
        customs = self._document["customProperties"]
        return {custom["property"]: custom["value"] for custom in customs if is_text(custom)}


def _as_product(contract: Part) -> dict[str, Any]:
    """A contract in the words of ODPS, which has the same for most of what both have."""
    whole: dict[str, Any] = contract.value
    team = whole.get("team") or {}
    return {
        "id": whole["id"],
        "name": whole.get("name"),
        "status": whole.get("status") or _DRAFT,
        "domain": whole.get("domain"),
        "description": whole.get("description"),
        "tags": whole.get("tags"),
        "team": {"members": team} if isinstance(team, list) else team,
        "support": [channel for channel in whole.get("support") or () if channel.get("url")],
        "authoritativeDefinitions": whole.get("authoritativeDefinitions"),
        "customProperties": whole.get("customProperties") or [],
        "outputPorts": [
            {
                "name": names_of(table)[0],
                "version": whole["version"],
                "type": table.said("physicalType"),
                "description": table.said("description"),
            }
            for table in contract.listed("schema")
        ],
    }
