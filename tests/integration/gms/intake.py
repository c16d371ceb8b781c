"""Proposals -> what is kept and told: one transaction for each call, all of it or nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import md5
from types import MappingProxyType
from typing import Any

from tests.integration.gms.answers import Refusal
from tests.integration.gms.assignments import Definition, check_immutable, without_missing
from tests.integration.gms.definitions import check_badge, check_collision, check_redefinition
from tests.integration.gms.effects import Write, effects_of_assets, with_owner_types
from tests.integration.gms.events import Change
from tests.integration.gms.model import model
from tests.integration.gms.patches import blank, patch_of, patched
from tests.integration.gms.proposals import Checks, Proposal
from tests.integration.gms.storage import Held, Storage
from tests.integration.gms.switches import Switches
from tests.integration.gms.urns import key_of, type_of

_NO_ASPECT = "-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """When a write happens, for the storage (milliseconds) and for the index; and who writes."""

    at: int
    due: float
    actor: str


class Intake:
    def __init__(self, storage: Storage, switches: Switches) -> None:
        self._storage = storage
        self._switches = switches
        self.checks = Checks(switches=switches, exists=storage.exists, definitions=self._definition)

    def write(self, proposals: Iterable[Proposal], call: Call) -> list[Change]:
        """Write all, or nothing when one is refused; what changed, in order."""
        changes: list[Change] = []
        with self._storage.transaction():
            for proposal in proposals:
                changes += self._write(proposal, call)
        return changes

    def delete(self, urn: str, call: Call) -> tuple[list[Change], tuple[int, int]]:
        """Remove an entity for good; the changes, and how many aspects and runs it had."""
        changes: list[Change] = []
        with self._storage.transaction():
            names = self._storage.names(urn)
            key = model().entities[type_of(urn)].key.name
            for name in sorted(names, key=lambda name: name == key):
                before = self._storage.get(urn, name)
                changes.append(_change(urn, name, call, "DELETE", before=before))
                self._storage.index_later(call.due, urn, name, None)
            counts = self._storage.remove(urn)
        return changes, counts

    def _write(self, proposal: Proposal, call: Call) -> Iterator[Change]:
        urn, aspect = proposal.urn, proposal.aspect
        before = self._storage.get(urn, aspect.name)
        self._check_condition(proposal, before)
        entity = model().entities[type_of(urn)]
        if aspect.name != entity.key.name and not self._storage.exists(urn):
            yield from self._put(urn, entity.key.name, key_of(urn), call)
        if aspect.timeseries:
            yield self._add_run(proposal, call)
            return
        value = self._mutated(proposal, self._value(proposal, before, call))
        self._check_before_commit(proposal, value, before)
        kind = "UPSERT" if proposal.change == "PATCH" else proposal.change
        yield from self._put(urn, aspect.name, value, call, kind=kind, system=proposal.system)
        if aspect.name == "dataProductProperties":
            for other, name, effect in self._effects(urn, before, value):
                yield from self._put(other, name, effect, call)

    def _value(self, proposal: Proposal, before: Held | None, call: Call) -> dict[str, Any]:
        if proposal.change != "PATCH":
            value: dict[str, Any] = proposal.payload
            return value
        exists = before is not None
        patch = patch_of(proposal.aspect.name, proposal.payload, exists=exists)
        result = patched(
            before.value if before else blank(proposal.aspect.name, call.at, call.actor),
            patch,
            trailing_slash_works=self._switches.trailing_slash_works,
        )
        value, _ = self.checks.conform(proposal.aspect, result)
        return value

    def _mutated(self, proposal: Proposal, value: dict[str, Any]) -> dict[str, Any]:
        name = proposal.aspect.name
        if name == "ownership":
            return with_owner_types(value)
        if name == "structuredProperties" and self._switches.drop_missing_values:
            kept = without_missing(value["properties"], self._definition)
            return {**value, "properties": kept}
        return value

    def _check_before_commit(
        self, proposal: Proposal, value: dict[str, Any], before: Held | None
    ) -> None:
        urn, name = proposal.urn, proposal.aspect.name
        if name == "propertyDefinition":
            self._check_definition(urn, value, before)
        elif name == "structuredPropertySettings":
            check_badge(value, self._badges())
        elif name == "structuredProperties" and before is not None:
            check_immutable(before.value["properties"], value["properties"], self._definition)

    def _check_definition(self, urn: str, value: dict[str, Any], before: Held | None) -> None:
        if self._is_removed(urn):
            raise Refusal(f"Cannot mutate a soft deleted Structured Property Definition: {urn}")
        if before is None:
            check_collision(urn, self._storage.urns("propertyDefinition"))
        else:
            check_redefinition(before.value, value)

    def _check_condition(self, proposal: Proposal, before: Held | None) -> None:
        if proposal.change == "CREATE" and before is not None:
            raise Refusal(f"Cannot perform CREATE since the aspect already exists: {proposal.urn}")
        if proposal.change == "CREATE_ENTITY" and self._storage.exists(proposal.urn):
            raise Refusal(f"Cannot perform CREATE_ENTITY since the entity exists: {proposal.urn}")
        wanted = proposal.headers.get("If-Version-Match")
        held = _NO_ASPECT if before is None else str(before.version)
        if wanted is not None and wanted != held:
            raise Refusal(f"Expected version {wanted}, actual version {held}")
        if proposal.headers.get("If-None-Match") == "*" and before is not None:
            raise Refusal(f"Aspect {proposal.aspect.name} of {proposal.urn} exists")

    def _put(
        self,
        urn: str,
        name: str,
        value: dict[str, Any],
        call: Call,
        *,
        kind: str = "UPSERT",
        system: Mapping[str, Any] = MappingProxyType({}),
    ) -> Iterator[Change]:
        before = self._storage.get(urn, name)
        entity = model().entities[type_of(urn)]
        if name != entity.key.name and not self._storage.exists(urn):
            yield from self._put(urn, entity.key.name, key_of(urn), call)
        version = 1 if before is None else before.version + (before.value != value)
        stamped = {"lastObserved": call.at, **system, "version": str(version)}
        after = Held(value, version, stamped, call.at)
        self._storage.put(urn, name, after)
        if before is not None and before.value == value:
            # No change is told where there is none.
            return
        self._storage.index_later(call.due, urn, name, value)
        yield _change(urn, name, call, kind, before=before, after=after)

    def _add_run(self, proposal: Proposal, call: Call) -> Change:
        value = proposal.payload
        system = {"lastObserved": call.at, **proposal.system}
        told = [value.get(name) for name in ("timestampMillis", "messageId", "partitionSpec")]
        row = md5(repr([proposal.urn, *told]).encode(), usedforsecurity=False).hexdigest()
        held = Held(value, 1, system, call.at)
        self._storage.add_run_later(call.due, proposal.urn, proposal.aspect.name, row, run=held)
        change = _change(proposal.urn, proposal.aspect.name, call, "UPSERT", after=held)
        return replace(change, timeseries=True)

    def _effects(self, product: str, before: Held | None, value: dict[str, Any]) -> Iterator[Write]:
        yield from effects_of_assets(
            product,
            before.value if before else {},
            value,
            self._holders,
            lambda asset: self._kept(asset, "dataProducts"),
            one_product=self._switches.one_product_per_asset,
        )

    def _holders(self, asset: str) -> list[tuple[str, dict[str, Any]]]:
        edges = self._storage.edges(target=asset)
        products = [edge.source for edge in edges if edge.kind == "DataProductContains"]
        return [
            (product, properties)
            for product in products
            if "assets" in (properties := self._kept(product, "dataProductProperties"))
        ]

    def _kept(self, urn: str, name: str) -> dict[str, Any]:
        held = self._storage.get(urn, name)
        return held.value if held else {}

    def _badges(self) -> list[str]:
        """Those that the index finds, as far as the storage confirms them."""
        flag, name = "showAsAssetBadge", "structuredPropertySettings"
        found = self._storage.documents("structuredProperty")
        return [
            urn
            for urn, aspects in found.items()
            if aspects.get(name, {}).get(flag) and self._kept(urn, name).get(flag)
        ]

    def _definition(self, urn: str) -> Definition | None:
        held = self._storage.get(urn, "propertyDefinition")
        return held and Definition(value=held.value, removed=self._is_removed(urn))

    def _is_removed(self, urn: str) -> bool:
        return bool(self._kept(urn, "status").get("removed"))


def _change(
    urn: str,
    name: str,
    call: Call,
    kind: str,
    *,
    before: Held | None = None,
    after: Held | None = None,
) -> Change:
    return Change(
        urn=urn, aspect=name, kind=kind, before=before, after=after, at=call.at, actor=call.actor
    )
