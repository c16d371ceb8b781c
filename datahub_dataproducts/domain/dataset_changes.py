"""Dataset changes: what an ingest changes on the datasets that products consist of."""

from collections.abc import Iterator, Mapping

from datahub_dataproducts.domain.catalog_states import DatasetState
from datahub_dataproducts.domain.field_changes import FieldChange, entry_changes, value_change

CONTRACT = "data contract"


def dataset_changes(before: DatasetState | None, after: DatasetState) -> tuple[FieldChange, ...]:
    """Owners that dbt names, and the data contract: the union of what all products promise."""
    was = before or DatasetState(urn=after.urn, name=after.name)
    return (
        *entry_changes("owners", sorted(was.owners), sorted(after.owners)),
        *_contract_changes(was.contract, after.contract),
    )


def _contract_changes(
    before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> Iterator[FieldChange]:
    if before is None or after is None:
        # What is in it is told by the products that promise it.
        yield from value_change(CONTRACT, _count(before), _count(after))
        return
    said = list({**before, **after}.values())
    for change in entry_changes(CONTRACT, before, after):
        words = (after if change.item in after else before)[change.item]
        item = words if said.count(words) == 1 else f"{words} ({change.item})"
        yield FieldChange(field=CONTRACT, kind=change.kind, item=item)


def _count(contract: Mapping[str, str] | None) -> str:
    if contract is None:
        return ""
    return "1 promise" if len(contract) == 1 else f"{len(contract)} promises"
