"""Coverage: what a product at its stage should have, and has not."""

from collections.abc import Iterable

from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.products import (
    ANNOUNCED,
    BUSINESS_OWNER,
    TECHNICAL_OWNER,
    Lifecycle,
    ProductType,
)
from datahub_dataproducts.domain.rules import Artefact, Rules
from datahub_dataproducts.domain.submissions import Placed, Submission

_SYSTEM_TYPE = "urn:li:ownershipType:__system__"
_TABLE = "urn:li:dataset:"
_KINDS = {BUSINESS_OWNER: "a business owner", TECHNICAL_OWNER: "a technical owner"}
_WORDS = {
    Artefact.RUNBOOK: (
        "a runbook",
        "add `runbook: https://...`, what to do when it is not healthy",
    ),
    Artefact.CONTRACT: (
        "a contract",
        "add `contract`, what its users can rely on; without one nothing is known of its health",
    ),
    Artefact.OBJECTIVE: ("an objective", "add `objective: {target: 99%, window: 30d}`"),
    Artefact.OUTPUT_PORTS: ("an output port", "name in `output_ports` the assets meant for others"),
    Artefact.DESCRIPTION: ("a description", "add `description: ...`, what it tells and to whom"),
    Artefact.DISPLAY_NAME: ("a name for people", "add `display_name: ...`"),
    Artefact.TYPE: ("a type", "add `type: metric` or `type: building_block`"),
}
_CODES = {Artefact.RUNBOOK: "missing-runbook", Artefact.CONTRACT: "missing-contract"}


def review_coverage(submissions: Iterable[Submission], rules: Rules) -> list[Problem]:
    """What the rules of its stage ask of a product, what its contract and its type ask.

    Of a product that is wrong by its form only what is not given at all is told.
    """
    problems: list[Problem] = []
    for submission in submissions:
        findings = Findings(submission.id)
        stage = rules.stages[submission.lifecycle]
        _review_owners(submission, stage.owners, findings)
        for artefact in Artefact:
            if artefact in stage.required or artefact in stage.expected:
                required = artefact in stage.required
                _review_artefact(submission, artefact, findings, required=required)
        _review_metric(submission, stage.owners, findings)
        if Artefact.RUNBOOK not in stage.required:
            _review_blocking(submission, findings)
        problems += findings.problems
    return problems


def _review_owners(submission: Submission, types: Iterable[str], findings: Findings) -> None:
    for type_ in types:
        if not _has_owner(submission, type_):
            kind = _KINDS.get(type_, f"an owner of type {type_}")
            findings.error(
                submission.document.place("lifecycle"),
                "missing-owner",
                f"a {submission.lifecycle.value} product needs {kind}, and this one has none",
                f"add one of type {type_} to `owners`",
            )


def _has_owner(submission: Submission, type_: str) -> bool:
    """True when there is an owner of a type, which DataHub also knows by a URN of its own."""
    names = {type_, f"{_SYSTEM_TYPE}{type_.lower()}"}
    return any(owner.type in names for owner in submission.document.owners)


def _review_artefact(
    submission: Submission, artefact: Artefact, findings: Findings, *, required: bool
) -> None:
    tell = findings.error if required else findings.warn
    if artefact is Artefact.FRESHNESS:
        for port in _ports_without_freshness(submission):
            tell(
                port.ref.location,
                "port-without-freshness",
                f"the output port {port.name} has no freshness promise, so nobody hears of it when "
                "it stays as it was yesterday",
                'add to its contract `freshness: {ready_by: "08:00"}` or `freshness: {max_age: 24h}`',
            )
    elif not _is_given(submission.document, artefact):
        words, remedy = _WORDS[artefact]
        verb = "needs" if required else "should have"
        tell(
            submission.document.place("lifecycle"),
            _CODES.get(artefact, "missing-artefact"),
            f"a {submission.lifecycle.value} product {verb} {words}, and this one has none",
            remedy,
        )


def _is_given(document: ProductDocument, artefact: Artefact) -> bool:
    """True also for what is given and wrong, which has been told by whoever read the file."""
    values: dict[Artefact, object] = {
        Artefact.RUNBOOK: document.runbook,
        Artefact.CONTRACT: document.contract,
        Artefact.OBJECTIVE: document.objective,
        Artefact.OUTPUT_PORTS: document.output_ports,
        Artefact.DESCRIPTION: document.description,
        Artefact.DISPLAY_NAME: document.name,
        Artefact.TYPE: document.type,
    }
    return bool(values[artefact]) or (document.wrong and artefact.value in document.places)


def _ports_without_freshness(submission: Submission) -> list[Placed]:
    """Tables that are handed over without a word on when; building a view moves no data."""
    if submission.document.wrong:
        return []
    fresh = {p.asset.urn for p in submission.promised if p.promise.freshness is not None}
    return [
        port
        for port in submission.ports
        if port.urn.startswith(_TABLE) and port.urn not in fresh and _is_updated(port)
    ]


def _is_updated(port: Placed) -> bool:
    node = port.found.node
    return node is None or node.resource_type == "source" or node.moves_data


def _review_metric(submission: Submission, asked_for: Iterable[str], findings: Findings) -> None:
    document = submission.document
    told = BUSINESS_OWNER in asked_for or document.lifecycle is Lifecycle.RETIRED
    if (
        document.type is ProductType.METRIC
        and not told
        and not _has_owner(submission, BUSINESS_OWNER)
    ):
        findings.warn(
            document.place("type"),
            "metric-without-business-owner",
            "the business uses a metric, and nobody of the business answers for this one",
            f"add an owner of type {BUSINESS_OWNER}, who says what it means",
        )


def _review_blocking(submission: Submission, findings: Findings) -> None:
    document = submission.document
    if document.lifecycle not in ANNOUNCED or _is_given(document, Artefact.RUNBOOK):
        return
    blocking = next((p for p in document.contract if p.impact is Impact.BLOCKING), None)
    if blocking is not None:
        findings.warn(
            blocking.location,
            "blocking-without-runbook",
            "people are told when this promise is broken, and no runbook says what to do then",
            "add `runbook: https://...`, or let the promise be `impact: warning`",
        )
