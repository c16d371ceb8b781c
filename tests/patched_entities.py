"""What a server holds after proposals: whole aspects replace, patches are merged as it merges them."""

import json
from typing import Any

from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.metadata.schema_classes import ChangeTypeClass, MetadataChangeProposalClass

from tests.integration.gms.patches import patch_of, patched

_STAMPS = {"created", "createStamp", "auditStamp", "lastModified"}


class PatchedEntities:
    """Aspects as JSON, by URN and name."""

    def __init__(self) -> None:
        self.aspects: dict[tuple[str, str], Any] = {}

    def take_json(self, proposal: dict[str, Any]) -> None:
        """Keep what a proposal says that came as JSON; what is no versioned aspect is kept too."""
        key = (proposal["entityUrn"], proposal["aspectName"])
        value = json.loads(proposal["aspect"]["value"])
        if proposal["changeType"] == ChangeTypeClass.PATCH:
            self._patch(key, value)
        else:
            self.aspects[key] = value

    def take(self, change: MetadataChangeProposalWrapper | MetadataChangeProposalClass) -> None:
        """Keep what a proposal says."""
        assert change.entityUrn
        assert change.aspectName
        key = (change.entityUrn, change.aspectName)
        if isinstance(change, MetadataChangeProposalWrapper):
            assert change.aspect is not None
            self.aspects[key] = change.aspect.to_obj()
            return
        assert change.changeType == ChangeTypeClass.PATCH
        assert change.aspect is not None
        self._patch(key, json.loads(change.aspect.value))

    def _patch(self, key: tuple[str, str], payload: Any) -> None:
        patch = patch_of(key[1], payload, exists=key in self.aspects)
        assert {operation["op"] for operation in patch.operations} == {"add"}, "we only add"
        held = self.aspects.get(key, {})
        self.aspects[key] = patched(held, patch, trailing_slash_works=True)

    def of(self, urn: str) -> dict[str, Any]:
        """All aspects of an entity without audit stamps and defaults."""
        return {name: _bare(aspect) for (of, name), aspect in self.aspects.items() if of == urn}


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items() if k not in _STAMPS and v not in (None, {})}
    return value
