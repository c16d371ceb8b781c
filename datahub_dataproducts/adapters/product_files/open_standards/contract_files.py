"""Contract files: what an entry `odcs:` of a contract promises, by the file it names."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.asset_refs import AssetNames
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.named_files import (
    NamedKind,
    OtherFiles,
    named_text,
)
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
from datahub_dataproducts.domain.quality import same

_KIND = NamedKind(
    name="contract file",
    key="`contract.odcs`",
    example="odcs: contracts/orders.odcs.yaml",
    code=codes.CONTRACT_FILE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a contract is read in.

    Attributes:
        assets: of the product.
        names: the same, to ask whether one is among them.
        timezone: of the product.
        other: the files around, of which it may name some.
    """

    assets: Collection[AssetRef]
    names: AssetNames
    timezone: str
    other: OtherFiles


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
    named = named_text(path.value, at, _KIND, around.other, findings)
    if named is None:
        return ()
    file, text = named
    its = Findings(file)
    its.product = findings.product
    try:
        contract = read_contract(text, its, around.timezone)
        return () if contract is None else tuple(_placed(contract, asset, around.assets, its))
    finally:
        findings.problems += its.problems


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
