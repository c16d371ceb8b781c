"""Evidence -> records of a metadata file, which tell the same when they are read."""

from typing import Any

from datahub_dataproducts.domain.assertions import Observation, Outcome, Result

_OPERATION = "operation "
_UPDATING = ("INSERT", "UPDATE", "DELETE", "CREATE", "CUSTOM", "UNKNOWN")


def evidence_record(evidence: Observation) -> dict[str, Any]:
    """A proposal of a run event or an operation, or the change event of a provisional result.

    What told of an update, where that was no operation, is its `customOperationType`.
    """
    if not isinstance(evidence, Result):
        return _proposal("dataset", evidence.subject, "operation", _operation(evidence))
    if evidence.provisional:
        return {"event_type": "EntityChangeEvent_v1", "event": _change_event(evidence)}
    return _proposal("assertion", evidence.subject, "assertionRunEvent", _run_event(evidence))


def _proposal(kind: str, urn: str, aspect: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "entityType": kind,
        "entityUrn": urn,
        "changeType": "UPSERT",
        "aspectName": aspect,
        "aspect": {"json": content},
    }


def _operation(evidence: Observation) -> dict[str, Any]:
    told = evidence.run_id.removeprefix(_OPERATION)
    is_operation = evidence.run_id.startswith(_OPERATION) and told in _UPDATING
    custom = {} if is_operation else {"customOperationType": evidence.run_id}
    return {
        "timestampMillis": evidence.at,
        "lastUpdatedTimestamp": evidence.at,
        "operationType": told if is_operation else "CUSTOM",
        **custom,
    }


def _run_event(result: Result) -> dict[str, Any]:
    is_low = result.outcome is Outcome.FAILURE_LOW
    severity = {"severity": "LOW"} if is_low else {}
    message = {"nativeResults": {"message": result.message}} if result.message else {}
    said = Outcome.FAILURE if is_low else result.outcome
    return {
        "timestampMillis": result.at,
        "runId": result.run_id,
        "assertionUrn": result.subject,
        "asserteeUrn": "",
        "status": "COMPLETE",
        "result": {"type": said.value, **severity, **message},
    }


def _change_event(result: Result) -> dict[str, Any]:
    return {
        "entityType": "assertion",
        "entityUrn": result.subject,
        "category": "RUN",
        "operation": "COMPLETED",
        "parameters": {
            "runResult": "COMPLETE",
            "runId": result.run_id,
            "assertionResult": result.outcome.value,
        },
        "auditStamp": {"actor": "urn:li:corpuser:unknown", "time": result.at},
    }
