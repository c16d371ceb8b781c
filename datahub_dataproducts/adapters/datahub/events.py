"""DataHub events -> evidence. Pure.

What is not ours is told by entity type and aspect name alone, before anything is decoded.
Times are those the events speak of, never those of their arrival.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from datahub.metadata.schema_classes import (
    ChangeTypeClass,
    GenericAspectClass,
    MetadataChangeLogClass,
)
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.event.event_registry import (
    ENTITY_CHANGE_EVENT_V1_TYPE,
    METADATA_CHANGE_LOG_EVENT_V1_TYPE,
)

from datahub_dataproducts.adapters.datahub.definitions import (
    DEFINITION_TYPE,
    DefinitionError,
    take_definition,
)
from datahub_dataproducts.adapters.datahub.event_forms import (
    BAD_JSON,
    LAST_INSTANT,
    Contract,
    Operation,
    PlatformResource,
    RunEvent,
    Status,
)
from datahub_dataproducts.adapters.datahub.incidents import (
    INCIDENT_INFO,
    incident_change,
    incident_time,
)
from datahub_dataproducts.adapters.datahub.native_results import loaded_at, short
from datahub_dataproducts.adapters.datahub.news import (
    ContractEdited,
    News,
    PoisonEvent,
    ProductDefined,
    ProductEdited,
    ProductRemoved,
    ProductRestored,
)
from datahub_dataproducts.adapters.datahub.notice_records import NOTICE_TYPE
from datahub_dataproducts.adapters.datahub.unreadable import UNREADABLE_TYPE
from datahub_dataproducts.adapters.datahub.urns import product_id
from datahub_dataproducts.domain.assertions import Observation, Outcome, Result, Update
from datahub_dataproducts.domain.name_lengths import run_id_of

_RUN_EVENT = ("assertion", "assertionRunEvent")
_OPERATION = ("dataset", "operation")
_INCIDENT = ("incident", INCIDENT_INFO)
_UPDATING = frozenset({"INSERT", "UPDATE", "DELETE", "CREATE", "CUSTOM", "UNKNOWN"})
_FAILING = {"FAILURE": Outcome.FAILURE, "ERROR": Outcome.ERROR, "SUCCESS": Outcome.SUCCESS}


def evidence_of(event: EventEnvelope) -> tuple[News, ...]:
    """What the event tells us; nothing when it is not ours.

    Raises:
        PoisonEvent: it is ours by its type, and malformed, or the stream has it and nobody can
            read it.
    """
    if event.event_type == METADATA_CHANGE_LOG_EVENT_V1_TYPE:
        return _of_change_log(event.event)
    if event.event_type == ENTITY_CHANGE_EVENT_V1_TYPE:
        return _of_entity_change(event.event)
    told: Any = event.event
    if event.event_type == NOTICE_TYPE:
        return (told.notice,)
    if event.event_type == UNREADABLE_TYPE:
        raise PoisonEvent(told.reason)
    return ()


def evidence_in(urn: str, aspect: str, value: bytes) -> tuple[Observation, ...]:
    """The evidence in an aspect that was read, by the same rules as in one that was heard of.

    `aspect` is `assertionRunEvent` or `operation`, `value` its JSON.

    Raises:
        PoisonEvent: it is malformed.
    """
    log = MetadataChangeLogClass(
        entityType="assertion" if aspect == "assertionRunEvent" else "dataset",
        changeType=ChangeTypeClass.UPSERT,
        entityUrn=urn,
        aspectName=aspect,
        aspect=GenericAspectClass(value=value, contentType="application/json"),
    )
    return tuple(n for n in _of_change_log(log) if isinstance(n, Result | Update))


def event_time(event: EventEnvelope) -> int | None:
    """The time the event speaks of, None when it speaks of none or cannot be read.

    A change of a versioned aspect speaks of none: it is stamped with the time of ingestion, which
    is no time of the data's. One of an incident does: people wrote it then.
    """
    told: Any = event.event
    if event.event_type == ENTITY_CHANGE_EVENT_V1_TYPE:
        stamp = _audit_time(told)
        return stamp if 0 <= stamp <= LAST_INSTANT else None
    if event.event_type == NOTICE_TYPE:
        return int(told.notice.written_at)
    is_log = event.event_type == METADATA_CHANGE_LOG_EVENT_V1_TYPE
    return _log_time(told) if is_log else None


def _log_time(told: Any) -> int | None:
    try:
        if (told.entityType, told.aspectName) == _RUN_EVENT:
            return _decoded(told, _run_event).timestamp_millis
        if (told.entityType, told.aspectName) == _OPERATION:
            return _decoded(told, _operation).last_updated_timestamp
        if (told.entityType, told.aspectName) == _INCIDENT:
            return incident_time(told)
    except PoisonEvent:
        pass
    return None


_Form = TypeVar("_Form")
_run_event = msgspec.json.Decoder(RunEvent)
_operation = msgspec.json.Decoder(Operation)
_platform_resource = msgspec.json.Decoder(PlatformResource)
_contract = msgspec.json.Decoder(Contract)
_status = msgspec.json.Decoder(Status)


def _of_change_log(log: Any) -> tuple[News, ...]:
    read = _READERS.get((log.entityType, log.aspectName))
    if read is None or log.changeType == ChangeTypeClass.PATCH:
        return ()
    return read(log)


def _of_run_event(log: Any) -> tuple[News, ...]:
    if log.changeType == ChangeTypeClass.DELETE:
        return ()
    run = _decoded(log, _run_event)
    if run.status != "COMPLETE" or run.result is None or run.result.type == "INIT":
        return ()
    outcome = _outcome(run.result.type, run.result.severity, run.assertion_urn)
    native = run.result.native_results or {}
    result = Result(
        subject=run.assertion_urn,
        at=run.timestamp_millis,
        run_id=run_id_of(run.run_id),
        outcome=outcome,
        message=short(native.get("message") or ""),
    )
    instant = loaded_at(native.get("max_loaded_at"))
    if instant is None:
        return (result,)
    return result, Update(subject=run.assertee_urn, at=instant, run_id=result.run_id)


def _of_operation(log: Any) -> tuple[News, ...]:
    if log.changeType == ChangeTypeClass.DELETE:
        return ()
    operation = _decoded(log, _operation)
    if operation.operation_type not in _UPDATING:
        return ()
    return (
        Update(
            subject=_urn(log),
            at=operation.last_updated_timestamp,
            run_id=f"operation {operation.operation_type}",
        ),
    )


def _of_platform_resource(log: Any) -> tuple[News, ...]:
    if log.changeType == ChangeTypeClass.DELETE:
        return (ProductRemoved(_urn(log)),)
    resource = _decoded(log, _platform_resource)
    if resource.resource_type != DEFINITION_TYPE:
        return ()
    if resource.value is None:
        raise PoisonEvent(f"the definition {log.entityUrn} is empty")
    try:
        return (ProductDefined(take_definition(resource.value.blob)),)
    except DefinitionError as error:
        raise PoisonEvent(f"the definition {log.entityUrn} cannot be read: {error}") from None


def _of_status(log: Any) -> tuple[News, ...]:
    if log.changeType == ChangeTypeClass.DELETE:
        return ()
    urn = _urn(log)
    return (ProductRemoved(urn) if _decoded(log, _status).removed else ProductRestored(urn),)


def _of_key(log: Any) -> tuple[News, ...]:
    # Deleting the key is how a hard delete is told.
    gone = log.changeType == ChangeTypeClass.DELETE
    return (ProductRemoved(_urn(log)),) if gone else ()


def _of_properties(log: Any) -> tuple[News, ...]:
    # What it says now is read from the server, with what it does not say.
    if log.changeType == ChangeTypeClass.DELETE:
        return ()
    try:
        return (ProductEdited(product_id(_urn(log))),)
    except ValueError as error:
        raise PoisonEvent(str(error)) from None


def _of_contract(log: Any) -> tuple[News, ...]:
    if log.changeType != ChangeTypeClass.DELETE:
        return (ContractEdited(_decoded(log, _contract).entity),)
    before = log.previousAspectValue
    try:
        return () if before is None else (ContractEdited(_contract.decode(before.value).entity),)
    except BAD_JSON:
        # Of which dataset it was, nobody tells.
        return ()


_READERS: dict[tuple[str, str | None], Callable[[Any], tuple[News, ...]]] = {
    _RUN_EVENT: _of_run_event,
    _OPERATION: _of_operation,
    _INCIDENT: incident_change,
    ("incident", "incidentKey"): incident_change,
    ("platformResource", "platformResourceInfo"): _of_platform_resource,
    ("platformResource", "status"): _of_status,
    ("dataProduct", "dataProductProperties"): _of_properties,
    ("dataProduct", "status"): _of_status,
    ("dataProduct", "dataProductKey"): _of_key,
    ("dataContract", "dataContractProperties"): _of_contract,
}

HEARD = frozenset(_READERS)
"""Entity type and aspect name of all changes that anything is made of; filters may drop the rest."""


def _of_entity_change(change: Any) -> tuple[News, ...]:
    """The result behind RUN/COMPLETED; it stands only until the run event itself is known.

    `runResult` is the status of the run on a real server (COMPLETE) and the result in DataHub's
    documentation; `assertionResult` is always the result.
    """
    if change.category != "RUN" or change.operation != "COMPLETED":
        return ()
    if change.entityType != "assertion":
        return ()
    parameters = change.safe_parameters
    told = parameters.get("assertionResult")
    if told is None and parameters.get("runResult") in _FAILING:
        told = parameters["runResult"]
    if told is None or told == "INIT":
        return ()
    run_id, at = parameters.get("runId"), _audit_time(change)
    if not isinstance(run_id, str) or not isinstance(change.entityUrn, str):
        raise PoisonEvent("a completed run names no assertion or no run id")
    if not 0 <= at <= LAST_INSTANT:
        raise PoisonEvent(f"the run told of {change.entityUrn} has no possible time")
    outcome, run = _outcome(told, None, change.entityUrn), run_id_of(run_id)
    return (Result(subject=change.entityUrn, at=at, run_id=run, outcome=outcome, provisional=True),)


def _audit_time(change: Any) -> int:
    stamp = change.auditStamp
    time = stamp.time if stamp is not None else None
    return time if isinstance(time, int) else -1


def _outcome(told: Any, severity: str | None, assertion: str) -> Outcome:
    outcome = _FAILING.get(told) if isinstance(told, str) else None
    if outcome is None:
        raise PoisonEvent(
            f"a run of {assertion} has a result that is none of SUCCESS, FAILURE, ERROR, INIT"
        )
    return Outcome.FAILURE_LOW if outcome is Outcome.FAILURE and severity == "LOW" else outcome


def _decoded(log: Any, decoder: msgspec.json.Decoder[_Form]) -> _Form:
    if log.aspect is None:
        raise PoisonEvent(f"{log.aspectName} of {log.entityUrn} has no aspect")
    try:
        return decoder.decode(log.aspect.value)
    except BAD_JSON as error:
        # msgspec names the place and the types, never the value.
        raise PoisonEvent(f"{log.aspectName} of {log.entityUrn} is malformed: {error}") from None


def _urn(log: Any) -> str:
    if not isinstance(log.entityUrn, str):
        raise PoisonEvent(f"a change of {log.aspectName} does not say of what")
    return log.entityUrn
