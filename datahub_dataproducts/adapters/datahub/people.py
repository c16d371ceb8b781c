"""People as the catalog knows them: who is one, and what they are called."""

import logging
from collections.abc import Collection

from datahub.ingestion.graph.openapi import EntityAspects
from datahub.metadata.schema_classes import CorpUserEditableInfoClass, CorpUserInfoClass

from datahub_dataproducts.adapters.datahub.batches import BatchReader
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.shown_text import shown

logger = logging.getLogger(__name__)

OWN_ACTOR = "urn:li:corpuser:data-products"
"""As whom this program signs what it writes."""

_USER = "urn:li:corpuser:"
_EDITED = CorpUserEditableInfoClass.ASPECT_NAME
_INFO = CorpUserInfoClass.ASPECT_NAME
# As DataHub calls what it does by itself.
_SYSTEM = "__"
_LONGEST_NAME = 100


def is_person(urn: str) -> bool:
    """True for a user of the catalog that is neither this program nor the catalog itself."""
    name = urn.removeprefix(_USER) if urn.startswith(_USER) else ""
    return bool(name) and urn != OWN_ACTOR and not name.startswith(_SYSTEM)


def names_of(reader: BatchReader, people: Collection[str]) -> dict[str, str]:
    """What users are called, by URN: as the catalog shows them, else by their ids.

    Names are an ornament: where they cannot be read now, the ids have to do.
    """
    names = {urn: urn.removeprefix(_USER) for urn in people}
    try:
        found = reader.entities(sorted(people), [_EDITED, _INFO], what="users")
        names |= {urn: name for urn, aspects in found if (name := _name_in(aspects))}
    except Unavailable as problem:
        logger.warning("Users are called by their ids: %s", problem)
    return {urn: shown(name, _LONGEST_NAME) for urn, name in names.items()}


def _name_in(aspects: EntityAspects) -> str:
    edited, info = (aspects.get(aspect, (None, None))[0] for aspect in (_EDITED, _INFO))
    chosen = edited.displayName if isinstance(edited, CorpUserEditableInfoClass) else None
    if not chosen and isinstance(info, CorpUserInfoClass):
        chosen = info.displayName or info.fullName
    return (chosen or "").strip()
