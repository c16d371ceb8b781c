"""The parts of DataHub's aspects that tell us something, as forms to decode them into."""

from typing import Annotated, Literal

import msgspec

LAST_INSTANT = 253_402_300_799_999
"""The end of the year 9999, the last that Python can print (milliseconds)."""

BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises of bytes that are no JSON, or of another form, or nested without end."""

Instant = Annotated[int, msgspec.Meta(ge=0, le=LAST_INSTANT)]


class RunResult(msgspec.Struct, rename="camel", gc=False):
    """What a run of an assertion said."""

    type: str
    severity: str | None = None
    native_results: dict[str, str | None] | None = None


class RunEvent(msgspec.Struct, rename="camel", gc=False):
    """Aspect `assertionRunEvent`."""

    timestamp_millis: Instant
    run_id: str
    assertion_urn: str
    assertee_urn: str
    status: str
    result: RunResult | None = None


class Operation(msgspec.Struct, rename="camel", gc=False):
    """Aspect `operation`."""

    operation_type: str
    last_updated_timestamp: Instant


class Stamp(msgspec.Struct):
    """When it was, and by whom."""

    time: Instant
    actor: str | None = None


class IncidentStatus(msgspec.Struct, rename="camel"):
    """Whether an incident is open, and how far people are with it."""

    state: Literal["ACTIVE", "RESOLVED"]
    last_updated: Stamp
    stage: str | None = None


class IncidentInfo(msgspec.Struct, rename="camel"):
    """Aspect `incidentInfo`."""

    entities: list[str]
    status: IncidentStatus
    created: Stamp
    started_at: Instant | None = None
    priority: int | None = None
    title: str | None = None


class IncidentEntities(msgspec.Struct):
    """What an earlier version of `incidentInfo` was on."""

    entities: list[str]


class Blob(msgspec.Struct):
    """What a platform resource keeps."""

    blob: str


class PlatformResource(msgspec.Struct, rename="camel"):
    """Aspect `platformResourceInfo`."""

    resource_type: str
    value: Blob | None = None


class Contract(msgspec.Struct):
    """Aspect `dataContractProperties`."""

    entity: str


class Status(msgspec.Struct):
    """Aspect `status`."""

    removed: bool = False
