"""Contract files: what an entry `odcs:` of a contract promises, by the file it names."""

import posixpath
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.asset_refs import AssetNames
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.nodes import At, Place
from datahub_dataproducts.adapters.product_files.open_standards.odcs import (
    Contract,
    TableTerms,
    read_contract,
)
from datahub_dataproducts.domain.documents import (
    AssetRef,
    ExposureRef,
    Marked,
    ModelRef,
    SourceRef,
    TableRef,
    UrnRef,
)
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity
from datahub_dataproducts.domain.quality import same

ReadOther = Callable[[str], "str | Problem"]
"""The text of a file by its path from the dbt project on, or why it cannot be had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a contract is read in.

    Attributes:
        assets: of the product.
        names: the same, to ask whether one is among them.
        timezone: of the product.
        read_other: None where no other file can be read.
    """

    assets: Collection[AssetRef]
    names: AssetNames
    timezone: str
    read_other: ReadOther | None


def terms_of_file(
    path: Marked[str],
    at: Place,
    asset: Marked[AssetRef] | None,
    around: Surroundings,
    findings: Findings,
) -> tuple[tuple[TableTerms, Marked[AssetRef]], ...]:
    """What an ODCS file promises, with the assets its tables are.

    Args:
        path: as written, from the folder of the product file on.
        at: where it is written.
        asset: which one the file is about, where the entry says so.
        around: what the contract is read in.
        findings: of the product file; those of the contract file join them.
    """
    file = _inside(path.value, findings.file)
    text = _text(file, path.value, at, around.read_other, findings)
    if file is None or text is None:
        return ()
    its = Findings(file)
    its.product = findings.product
    try:
        contract = read_contract(text, its, around.timezone)
        return () if contract is None else tuple(_placed(contract, asset, around.assets, its))
    finally:
        findings.problems += its.problems


def _inside(path: str, product_file: str) -> str | None:
    """The path from the dbt project on; None where it leads out of it."""
    if posixpath.isabs(path) or "\\" in path or ":" in path:
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(product_file), path))
    return None if joined.split("/", 1)[0] == ".." else joined


def _text(
    file: str | None, written: str, at: Place, read_other: ReadOther | None, findings: Findings
) -> str | None:
    if file is None or not written.strip():
        findings.error(
            codes.OUTSIDE_PROJECT,
            at,
            f"`contract.odcs` is {shown(written)}, which is no file below the dbt project",
            "write its path from this file on, with `/`, as in `odcs: contracts/orders.odcs.yaml`",
        )
        return None
    if read_other is None:
        findings.error(
            codes.CONTRACT_FILE,
            at,
            f"the contract file {shown(file)} cannot be read here: only this text is",
            "check the file within its dbt project",
        )
        return None
    text = read_other(file)
    if isinstance(text, Problem):
        tell = findings.error if text.severity is ProblemSeverity.ERROR else findings.warning
        tell(text.code, at, f"the contract file {shown(file)}: {text.message}", text.remedy)
        return None
    return text


def _placed(
    contract: Contract,
    asset: Marked[AssetRef] | None,
    assets: Collection[AssetRef],
    findings: Findings,
) -> Iterator[tuple[TableTerms, Marked[AssetRef]]]:
    if asset is None:
        for terms in contract.tables:
            ref = _asset_of(terms, assets)
            yield terms, Marked(ref, terms.location)
        return
    wanted = _name_of(asset.value)
    tables = contract.tables
    if len(tables) > 1:
        tables = tuple(terms for terms in tables if any(same(wanted, name) for name in terms.names))
    if not tables and contract.tables:
        names = ", ".join(terms.names[-1] for terms in contract.tables)
        findings.error(
            codes.UNKNOWN_OBJECT,
            At(contract.tables[0].location.line, contract.tables[0].location.column),
            f"this contract has no table {shown(wanted)}, which `asset` beside `odcs` asks for",
            f"it has {names}; name the asset as the table is named, or leave out `asset`",
        )
    for terms in tables:
        yield terms, asset


def _asset_of(terms: TableTerms, assets: Collection[AssetRef]) -> AssetRef:
    """The one asset of the product by that name, else whatever dbt calls so."""
    named = [
        asset
        for asset in assets
        if not isinstance(asset, ExposureRef | UrnRef | TableRef)
        and any(same(_name_of(asset), name) for name in terms.names)
    ]
    if len(named) == 1:
        return named[0]
    return TableRef(terms.names[-1], terms.names[0])


def _name_of(asset: AssetRef) -> str:
    if isinstance(asset, ModelRef):
        return asset.name
    return asset.table if isinstance(asset, SourceRef) else str(asset)
