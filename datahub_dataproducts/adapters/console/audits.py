"""An audit of the store, as text and as JSON."""

import json
from typing import Any

from datahub_dataproducts.adapters.console.words import counted, one_line, say_moment
from datahub_dataproducts.application.audit import Aside, Audit, Waiting
from datahub_dataproducts.application.recomputing import Finding

_ASIDE_NAMED = 10


def audit_as_text(audit: Audit, store: str, zone: str) -> str:
    """For people: what is wrong first, then what waits and what lies aside."""
    said = [f"{store}: {counted(len(audit.findings), 'fault')} found"]
    said += [f"- {_say(finding, zone)}" for finding in audit.findings]
    said.append(_say_compared(audit, zone))
    said += [_say_waiting(waiting, zone) for waiting in audit.undelivered]
    if not audit.undelivered:
        said.append("No letter waits, and none was refused")
    count = sum(aside.count for aside in audit.aside)
    said.append(f"Set aside: {count:,}")
    said += [_say_aside(aside, zone) for aside in audit.aside[:_ASIDE_NAMED]]
    more = len(audit.aside) - _ASIDE_NAMED
    said += [f"- and for {counted(more, 'more reason')}"] if more > 0 else []
    return "\n".join(said)


def audit_as_json(audit: Audit) -> str:
    """For programs: instants are milliseconds."""
    return json.dumps(
        {
            "mark": audit.mark,
            "findings": [_finding(finding) for finding in audit.findings],
            "compared": [{"product": id_, "since": since} for id_, since in audit.compared.items()],
            "undelivered": [
                {
                    "channel": one.channel,
                    "state": "refused" if one.refused else "pending",
                    "count": one.count,
                    "since": one.since,
                    "reason": one.reason,
                }
                for one in audit.undelivered
            ],
            "set_aside": [
                {"reason": one.reason, "count": one.count, "latest": one.latest}
                for one in audit.aside
            ],
        },
        indent=2,
    )


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "says": finding.says,
        "product": finding.product or None,
        "assertion": finding.assertion or None,
        "since": finding.since,
        "kept": finding.kept or None,
        "computed": finding.computed or None,
    }


def _say(finding: Finding, zone: str) -> str:
    whose = f"{finding.product}: " if finding.product else ""
    if finding.since is None:
        return one_line(f"{whose}{finding.says}")
    told = f"{whose}{finding.says} from {say_moment(finding.since, zone)} on"
    if finding.kept or finding.computed:
        kept, computed = finding.kept or "nothing", finding.computed or "nothing"
        told += f": kept is {kept}, computed is {computed}"
    return one_line(told)


def _say_compared(audit: Audit, zone: str) -> str:
    told = f"Computed again from the evidence: {counted(len(audit.compared), 'product')}"
    if audit.mark is not None:
        told += f", since {say_moment(audit.mark, zone)}, before which evidence is not kept"
    later = [id_ for id_, since in audit.compared.items() if since not in (None, audit.mark)]
    if later:
        told += f"; {', '.join(later)} since their promises changed, of before an older version kept too little"
    return one_line(told)


def _say_waiting(waiting: Waiting, zone: str) -> str:
    letters = counted(waiting.count, "letter")
    since = say_moment(waiting.since, zone)
    if waiting.refused:
        told = f"{letters} to {waiting.channel} refused, the first of {since}"
    else:
        told = f"{letters} to {waiting.channel} not delivered yet, the first due {since}"
    return one_line(f"{told}: {waiting.reason}" if waiting.reason else told)


def _say_aside(aside: Aside, zone: str) -> str:
    return one_line(f"- {aside.count:,}, the last {say_moment(aside.latest, zone)}: {aside.reason}")
