"""Files of other formats that were given as product files, known by their keys."""

from collections.abc import Collection
from typing import NamedTuple

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.nodes import Mapping, Scalar

_NARROW = "narrow `product_paths` to the product files, or move this file out of their folder"
_MOVE_TO_DBT = "move it to dbt's `models`, or narrow `product_paths` to the product files"
# What dbt's properties files list.
_PROPERTIES = frozenset({
    "analyses",
    "data_tests",
    "exposures",
    "groups",
    "macros",
    "metrics",
    "models",
    "saved_queries",
    "seeds",
    "semantic_models",
    "snapshots",
    "sources",
    "unit_tests",
})
_KINDS = {
    "DataContract": (
        "a data contract of the Open Data Contract Standard (ODCS)",
        "keep it, and name it in the product that promises it, by `contract: {odcs: <path>}`",
    ),
    "DataProduct": (
        "a data product of the Open Data Product Standard (ODPS)",
        "make product files of it by `datahub-dataproducts convert --from odps`",
    ),
}


class _Format(NamedTuple):
    """A format that is known by keys that stand at the top.

    Attributes:
        all: keys that must all be there.
        any: keys of which one must be there; empty: none.
        name: of the format, with its article.
        remedy: what to do.
    """

    all: Collection[str]
    any: Collection[str]
    name: str
    remedy: str


# The first that fits; but for the first, none of them has an `id`.
_FORMATS = (
    _Format(
        ("dataContractSpecification",),
        (),
        "a data contract of the older Data Contract Specification",
        "convert it to ODCS v3, and name it in a product by `contract: {odcs: <path>}`",
    ),
    _Format(
        ("entity",),
        ("freshness", "schema", "data_quality"),
        "a data contract of DataHub's own format",
        "write what it promises into the `contract` of a product, or let "
        "`datahub datacontract upsert` publish it",
    ),
    _Format(
        ("assertions",),
        (),
        "a file of DataHub assertions",
        "let `datahub assertions upsert` publish it, and name them in a contract by "
        "`assertion: urn:li:assertion:<id>`",
    ),
    _Format(
        ("holidays",),
        (),
        "a calendar of holidays",
        "keep it, and name it where a promise or an objective has `holidays: <path>`",
    ),
    _Format(("source", "sink"), (), "a recipe of DataHub", _NARROW),
    _Format(("name",), ("profile", "config-version", "model-paths"), "a dbt project file", _NARROW),
    _Format((), _PROPERTIES, "a dbt properties file", _MOVE_TO_DBT),
    _Format(("packages",), (), "a list of dbt packages", _NARROW),
    _Format(("selectors",), (), "a list of dbt selectors", _NARROW),
    _Format((), ("stages", "severity"), "a policy of data products", _NARROW),
)


def is_other_format(root: Mapping, findings: Findings) -> bool:
    """Tell, in one problem, that a file is of another format; none is told of its keys then."""
    found = _by_kind(root) or _by_keys(root) or _by_shape(root)
    if found is None:
        return False
    key, name, remedy = found
    message = f"this is {name}, and not a product file"
    findings.error(codes.OTHER_FORMAT, root.entries[key].key, message, remedy)
    return True


def _by_kind(root: Mapping) -> tuple[str, str, str] | None:
    """The key by which a format is known, its name, and what to do."""
    kind = root.entries.get("kind")
    if kind is None or not isinstance(kind.value, Scalar) or kind.value.text not in _KINDS:
        return None
    return "kind", *_KINDS[kind.value.text]


def _by_keys(root: Mapping) -> tuple[str, str, str] | None:
    keys = root.entries.keys()
    if keys & {"id", "data_products"} and "dataContractSpecification" not in keys:
        return None
    for form in _FORMATS:
        if keys >= set(form.all) and (not form.any or keys & set(form.any)):
            key = next(key for key in root.entries if key in {*form.all, *form.any})
            return key, form.name, form.remedy
    return None


def _by_shape(root: Mapping) -> tuple[str, str, str] | None:
    """What is known by what stands in one of its entries: the profiles of dbt."""
    for name, (_, value) in root.entries.items():
        if isinstance(value, Mapping) and "outputs" in value.entries:
            return name, "a file of dbt profiles", _NARROW
    return None
