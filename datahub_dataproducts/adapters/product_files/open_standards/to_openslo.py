"""Objectives as OpenSLO: one SLO of `openslo/v1` for each product that has one.

The indicator is the share of time in which the product was healthy, which DataHub keeps as the
structured property `io.datahub_dataproducts.uptime`. Time is counted in slices of a minute.
"""

import re
from typing import Any

from datahub_dataproducts.adapters.product_files.open_standards.own_words import decimal
from datahub_dataproducts.adapters.product_files.open_standards.yaml_text import Written, yaml_text
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.durations import MINUTE, write_duration
from datahub_dataproducts.domain.products import Objective

_LONGEST_NAME = 63
_LONGEST_DESCRIPTION = 1_050
_CALENDARS = {"month": "1M", "quarter": "1Q"}
# Any beginning of a year, which months and quarters begin with too.
_CALENDAR_START = "2024-01-01 00:00:00"
_EXTENSION = "datahub-dataproducts"


def to_openslo(document: ProductDocument) -> Written | None:
    """The SLO of a product; None where it has no objective."""
    if document.objective is None:
        return None
    objective = document.objective.value
    id_ = document.id.value
    name = object_name(id_)
    notes = _notes(objective)
    slo = {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {
            "name": name,
            **({"displayName": document.name} if document.name else {}),
            "annotations": _annotations(document, objective),
        },
        "spec": {
            "description": _description(document),
            "service": name,
            "indicator": _indicator(name, id_),
            "timeWindow": [_window(objective, document.timezone)],
            "budgetingMethod": "Timeslices",
            "objectives": [
                {
                    "displayName": "Healthy",
                    "target": float(objective.target),
                    "timeSliceTarget": 1.0,
                    "timeSliceWindow": "1m",
                }
            ],
        },
    }
    return Written(f"{name}.openslo.yaml", yaml_text(slo), notes)


def object_name(id_: str) -> str:
    """A name as OpenSLO wants it (RFC 1123): lower case, digits and dashes, 63 at most."""
    return re.sub(r"[^a-z0-9]+", "-", id_.lower())[:_LONGEST_NAME].strip("-") or "product"


def _description(document: ProductDocument) -> str:
    said = (document.description or "").strip()
    text = said or f"How much of the time {document.name or document.id.value} is healthy"
    return text[:_LONGEST_DESCRIPTION]


def _indicator(name: str, id_: str) -> dict[str, Any]:
    source = {
        "type": "datahub",
        "spec": {
            "dataProduct": f"urn:li:dataProduct:{id_}",
            "structuredProperty": "io.datahub_dataproducts.uptime",
        },
    }
    ratio = {"counter": False, "rawType": "success", "raw": {"metricSource": source}}
    return {
        "metadata": {"name": f"{name[: _LONGEST_NAME - 7]}-health"},
        "spec": {"ratioMetric": ratio},
    }


def _window(objective: Objective, timezone: str) -> dict[str, Any]:
    if objective.window is None:
        start = {"startTime": _CALENDAR_START, "timeZone": timezone}
        duration = _CALENDARS[objective.calendar]
        return {"duration": duration, "isRolling": False, "calendar": start}
    return {"duration": write_duration(_whole_minutes(objective.window)), "isRolling": True}


def _whole_minutes(window: int) -> int:
    return max(MINUTE, window - window % MINUTE)


def _annotations(document: ProductDocument, objective: Objective) -> dict[str, str]:
    """What OpenSLO has no place for, and our id where the name differs from it."""
    found = {"id": document.id.value}
    if objective.hours:
        found["hours"] = objective.hours
        found["timezone"] = document.timezone
    if objective.holidays:
        found["holidays"] = ", ".join(map(str, objective.holidays))
        found["timezone"] = document.timezone
    if objective.at_risk_is_bad:
        found["at-risk-is-bad"] = "true"
    for position, rule in enumerate(objective.burn, start=1):
        found[f"burn-{position}"] = (
            f"rate {decimal(rule.rate)} over {write_duration(rule.long)} "
            f"and {write_duration(rule.short)}"
        )
    return {f"{_EXTENSION}/{key}": value for key, value in found.items()}


def _notes(objective: Objective) -> tuple[str, ...]:
    notes: list[str] = []
    kept = f"OpenSLO has no place for it, so it is kept as an annotation {_EXTENSION}/"
    if objective.hours:
        notes.append(f"`hours`: {kept}hours")
    if objective.holidays:
        notes.append(f"`holidays`: {kept}holidays")
    if objective.at_risk_is_bad:
        notes.append(f"`at_risk_is_bad`: {kept}at-risk-is-bad")
    if objective.burn:
        notes.append(f"the burn rules: {kept}burn-1 and so on")
    if objective.window is not None and objective.window % MINUTE:
        notes.append("`window`: OpenSLO counts in minutes, so its seconds are left out")
    return tuple(notes)
