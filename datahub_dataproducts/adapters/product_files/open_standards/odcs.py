"""ODCS contracts of version 3 as terms: what they say of each table, and what cannot be promised."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.fields import told
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.nodes import At, Mapping, Node
from datahub_dataproducts.adapters.product_files.open_standards.odcs_described import (
    described_table,
)
from datahub_dataproducts.adapters.product_files.open_standards.odcs_sla import (
    freshness_of,
    says_freshness,
)
from datahub_dataproducts.adapters.product_files.open_standards.odcs_tables import (
    Tables,
    names_of,
)
from datahub_dataproducts.adapters.product_files.open_standards.published import (
    ODCS,
    Violation,
    violations,
)
from datahub_dataproducts.adapters.product_files.open_standards.trees import (
    Part,
    key_place,
    place_of,
    plain,
    plain_is_none,
)
from datahub_dataproducts.domain.assertions import Freshness
from datahub_dataproducts.domain.described_tables import DescribedTable, Names
from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.problems import Location

OWN_PROPERTY = "datahubDataProducts"
"""The custom property of a table that holds entries of `contract` in the words of product files."""

_KIND = "DataContract"
_SUPPORTED = "v3."
# What is wrong outside these touches nothing that is promised.
_READ = frozenset({"apiVersion", "kind", "schema", "slaProperties", "slaDefaultElement"})


@dataclass(frozen=True, kw_only=True, slots=True)
class TableTerms:
    """What a contract says of one table.

    Attributes:
        names: what the table may be called, the physical name first.
        location: where the table is described, or else where it is spoken of.
        described: its columns and checks; None where only service levels speak of it.
        freshness: by its service levels.
        own: entries of `contract` in our own words.
    """

    names: Names
    location: Location
    described: DescribedTable | None
    freshness: Marked[Freshness] | None
    own: tuple[Mapping, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms of all tables, in the order of the file."""

    tables: tuple[TableTerms, ...]
    id: str = ""


@dataclass(slots=True)
class _Levels:
    """Service levels by table: by position in the schema, or by a name that the schema lacks."""

    of_tables: dict[int, list[Part]] = field(default_factory=dict)
    of_others: dict[str, list[Part]] = field(default_factory=dict)


def read_contract(text: str, findings: Findings, timezone: str) -> Contract | None:
    """The contract of an ODCS file; None when it is none, which is told.

    Args:
        text: of the file.
        findings: of the file.
        timezone: of times that say none.
    """
    root = compose(text, findings)
    if root is None or plain_is_none(root):
        if not findings.problems:
            findings.error(
                codes.EMPTY, At(1, 1), "the contract file is empty", "write it, or take out `odcs`"
            )
        return None
    if not is_contract(root, findings) or not is_as_published(root, findings):
        return None
    document = Part(root)
    tables = Tables(document.listed("schema"))
    levels = _levels(document, tables, findings)
    found = (
        *(
            TableTerms(
                names=names_of(part),
                location=findings.place(part.node),
                described=described_table(part, tables, findings),
                freshness=freshness_of(tuple(levels.of_tables.get(n, ())), timezone, findings),
                own=_own(part),
            )
            for n, part in enumerate(tables.parts)
        ),
        *(
            TableTerms(
                names=(name,),
                location=findings.place(parts[0].node),
                described=None,
                freshness=freshness_of(tuple(parts), timezone, findings),
            )
            for name, parts in levels.of_others.items()
        ),
    )
    if not found:
        findings.warning(
            codes.NOTHING_PROMISED,
            At(1, 1),
            "this contract describes no table and has no service level, so it promises nothing",
            "describe a table in `schema`, or take out `odcs`",
        )
    return Contract(found, document.said("id"))


def is_contract(root: Node, findings: Findings) -> bool:
    """Whether a document says that it is an ODCS contract of version 3; else tell."""
    document = Part(root)
    version = document.said("apiVersion")
    if document.said("kind") == _KIND and version.startswith(_SUPPORTED):
        return True
    older = document.get("dataContractSpecification")
    key = "kind"
    if not isinstance(root, Mapping):
        message = f"an ODCS contract is a mapping, not {told(root)}"
    elif older is not None:
        key = "dataContractSpecification"
        message = f"this is a Data Contract Specification {shown(older.text)}, and no ODCS contract"
    elif document.said("kind") != _KIND:
        message = f"`kind` is {shown(document.said('kind'))}, and of an ODCS contract it is {_KIND}"
    else:
        key = "apiVersion"
        message = f"`apiVersion` is {shown(version)}, and only version 3 of ODCS is read"
    findings.error(
        codes.CONTRACT_VERSION,
        document.key_place(key),
        message,
        "bring it to ODCS version 3, as in `apiVersion: v3.1.0` and `kind: DataContract`",
    )
    return False


def is_as_published(
    root: Node, findings: Findings, standard: str = ODCS, *, whole: bool = False
) -> bool:
    """Whether what is read of a document is as its standard wants it; what is not is told.

    What is wrong elsewhere, such as in `servers`, is a warning, since it touches no promise;
    `whole`: all of the document is read.
    """
    is_right = True
    document = plain(root)
    for violation in violations(document, standard, str(document.get("apiVersion", ""))):
        touches = whole or _touches(violation)
        is_right = is_right and not touches
        place = place_of(root, violation.path)
        if violation.key:
            place = key_place(root, violation.path, violation.key)
        tell = findings.error if touches else findings.warning
        tell(codes.CONTRACT_FORM, place, violation.message, violation.remedy)
    return is_right


def _touches(violation: Violation) -> bool:
    return not violation.path or violation.path[0] in _READ


def _own(table: Part) -> tuple[Mapping, ...]:
    return tuple(
        entry.node
        for part in table.listed("customProperties")
        if part.said("property") == OWN_PROPERTY
        for entry in part.listed("value")
        if isinstance(entry.node, Mapping)
    )


def _levels(document: Part, tables: Tables, findings: Findings) -> _Levels:
    levels = _Levels()
    default = document.said("slaDefaultElement")
    for part in document.listed("slaProperties"):
        if not says_freshness(part, findings):
            continue
        elements = (part.said("element") or default).split(",")
        for element in dict.fromkeys(element.strip() for element in elements):
            _sort_in(part, element, tables, levels, findings)
    return levels


def _sort_in(part: Part, element: str, tables: Tables, levels: _Levels, findings: Findings) -> None:
    positions = _meant(element, tables)
    name = element.split(".", maxsplit=1)[0]
    for position in positions:
        listed = levels.of_tables.setdefault(position, [])
        if part not in listed:
            listed.append(part)
    if not positions and not tables.parts and name:
        levels.of_others.setdefault(name, []).append(part)
    elif not positions:
        what = f"this contract has no table {shown(name)}" if name else "it names no table"
        findings.warning(
            codes.SLA_NOT_PROMISED,
            part.node,
            f"the service level {shown(part.said('property'))} is not promised: {what}",
            "name a table of `schema` in `element`, as in `orders.order_date`",
        )


def _meant(element: str, tables: Tables) -> Iterable[int]:
    """The positions of the tables that an element is of: the one named, the only one, or all."""
    name, dot, _ = element.partition(".")
    only = len(tables.parts) == 1 and not dot
    if only or not element:
        return range(len(tables.parts))
    return sorted({*tables.positions(name), *tables.positions(element)})


def contract_id_of(text: str) -> str:
    """The id of a text that says it is an ODCS contract; empty for any other."""
    root = compose(text, Findings(""))
    document = None if root is None else Part(root)
    return "" if document is None or document.said("kind") != _KIND else document.said("id")
