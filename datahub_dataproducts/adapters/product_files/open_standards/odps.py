"""ODPS documents of Bitol, read and held to what their standard publishes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.nodes import At
from datahub_dataproducts.adapters.product_files.open_standards.odcs import is_as_published
from datahub_dataproducts.adapters.product_files.open_standards.odps_words import KIND
from datahub_dataproducts.adapters.product_files.open_standards.published import ODPS
from datahub_dataproducts.adapters.product_files.open_standards.trees import Part

_URN = "urn:"
_NOT_IN_ID = re.compile(r"[\s,()]+")


def read_odps(text: str, findings: Findings) -> dict[str, Any] | None:
    """An ODPS document as JSON has it; None when it is none, which is told."""
    root = compose(text, findings)
    if root is None:
        if not findings.problems:
            findings.error(codes.EMPTY, At(1, 1), "the file is empty", "write a product into it")
        return None
    document = Part(root)
    if document.said("kind") != KIND:
        findings.error(
            codes.CONTRACT_VERSION,
            document.key_place("kind"),
            "this is no data product of the Bitol standard ODPS: its `kind` is not DataProduct",
            f"write `kind: {KIND}` and `apiVersion: v1.0.0`",
        )
        return None
    if not is_as_published(root, findings, ODPS, whole=True):
        return None
    found: dict[str, Any] = document.value
    return found


def ids_of_contracts(document: Mapping[str, Any]) -> Iterator[str]:
    """The ids of the contracts of a product's output ports."""
    yield from (
        port["contractId"] for port in document.get("outputPorts") or () if "contractId" in port
    )


def product_id(document: Mapping[str, Any]) -> str:
    """The id of a product: that of the document, without what an id here must not have."""
    id_ = document["id"].strip()
    if id_.startswith(_URN):
        # An id that begins so would be taken for one of DataHub's own names.
        id_ = id_.replace(":", "-").removeprefix("urn-")
    return _NOT_IN_ID.sub("-", id_).strip("-") or "product"
