"""Forms: how a proposal reaches DataHub, and what all proposals have in common."""

from dataclasses import dataclass
from enum import Enum

from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.metadata.schema_classes import (
    AuditStampClass,
    MetadataChangeProposalClass,
    _Aspect,
)

PLATFORM = "urn:li:dataPlatform:data-products"
"""What our assertions and definitions belong to."""


class WriteSemantics(Enum):
    """As in DataHub's dbt source: add to what is in the catalog, or replace it."""

    PATCH = "PATCH"
    OVERRIDE = "OVERRIDE"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change of the catalog.

    Attributes:
        change: a whole aspect, or a patch.
        is_ours: the entity comes from here alone, so it goes when it is gone from the repository;
            False for datasets and dbt's tests, whose entities must never be removed by us.
    """

    change: MetadataChangeProposalWrapper | MetadataChangeProposalClass
    is_ours: bool


def stamp() -> AuditStampClass:
    """The audit stamp of everything: fixed, so that an unchanged file makes no new version."""
    return AuditStampClass(time=0, actor="urn:li:corpuser:datahub", message="yaml")


def ours(urn: str, aspect: _Aspect) -> Proposal:
    """A whole aspect of an entity of ours."""
    return Proposal(MetadataChangeProposalWrapper(entityUrn=urn, aspect=aspect), is_ours=True)


def theirs(urn: str, aspect: _Aspect) -> Proposal:
    """An aspect on an entity of somebody else."""
    return Proposal(MetadataChangeProposalWrapper(entityUrn=urn, aspect=aspect), is_ours=False)
