"""The policy file of a team: what is asked of products at each stage, and how problems are told."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from typing import TypeVar

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.asset_refs import check_urn
from datahub_dataproducts.adapters.product_files.fields import (
    Fields,
    known_keys,
    nearest,
    told,
)
from datahub_dataproducts.adapters.product_files.findings import (
    Findings,
    TooManyProblems,
    shown,
)
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.nodes import Mapping, Scalar
from datahub_dataproducts.adapters.product_files.owners import OWNER_TYPES
from datahub_dataproducts.adapters.product_files.scalars import is_nothing
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity, sorted_problems
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import (
    CHECKS,
    DEFAULT_RULES,
    DEFAULT_STAGES,
    Artefact,
    Rules,
    Stage,
)

POLICY_FILE = "data_products_policy.yml"
"""What the file is called, beside `dbt_project.yml`."""

T = TypeVar("T")

_BYTE_ORDER_MARK = "\ufeff"
_DELETED = "deleted"
_STAGE_KEYS = known_keys("owners", "required", "expected", "inputs", "moves")
_STAGES = {stage.value: stage for stage in Lifecycle}
_MOVES: dict[str, Lifecycle | None] = {**_STAGES, _DELETED: None}
_ARTEFACTS = {artefact.value: artefact for artefact in Artefact}
_OFF = "off"
_SEVERITIES: dict[str, ProblemSeverity | None] = {
    **{severity.value: severity for severity in ProblemSeverity},
    _OFF: None,
}
_EXAMPLE = "`stages: {live: {required: [runbook]}}` or `severity: {missing-contract: error}`"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadPolicy:
    """What a policy file says.

    Attributes:
        rules: the defaults, changed as far as the file could be read.
        problems: all of them, by place.
    """

    rules: Rules
    problems: tuple[Problem, ...]


def read_policy(text: str, file: str) -> ReadPolicy:
    """Read the text of a policy file.

    What a stage does not say is as by default; a list replaces the list of the default.

    Args:
        text: YAML, with `stages` and `severity`.
        file: what problems and places call the file.
    """
    findings = Findings(file)
    rules = DEFAULT_RULES
    try:
        root = compose(text.removeprefix(_BYTE_ORDER_MARK), findings)
        if isinstance(root, Mapping):
            fields = Fields(root, known_keys("stages", "severity"), findings)
            rules = replace(rules, stages=_stages(fields))
            rules = replace(rules, severities=_severities(fields))
        elif root is not None and not (isinstance(root, Scalar) and is_nothing(root)):
            findings.error(
                codes.WRONG_KIND,
                root,
                f"a policy is a mapping, not {told(root)}",
                f"write {_EXAMPLE}",
            )
    except TooManyProblems:
        # Its last line says that there is more.
        pass
    return ReadPolicy(rules=rules, problems=sorted_problems(findings.problems))


def _stages(policy: Fields) -> Map[Lifecycle, Stage]:
    fields = policy.mapping("stages", _STAGES, "{live: {required: [runbook]}}")
    stages = dict(DEFAULT_STAGES)
    for word, stage in _STAGES.items() if fields else ():
        written = fields.mapping(word, _STAGE_KEYS, "{required: [runbook]}") if fields else None
        if written is not None:
            stages[stage] = _stage(written, stages[stage])
    return stages


def _stage(fields: Fields, default: Stage) -> Stage:
    required = _words(fields, "required", _ARTEFACTS)
    expected = _words(fields, "expected", _ARTEFACTS)
    inputs = _words(fields, "inputs", _STAGES)
    moves = _words(fields, "moves", _MOVES)
    stage = default
    if fields.given("owners"):
        stage = replace(stage, owners=_owner_types(fields))
    if required is not None:
        stage = replace(stage, required=required)
    if expected is not None:
        stage = replace(stage, expected=expected)
    if inputs is not None:
        stage = replace(stage, inputs=frozenset(inputs))
    if moves is not None:
        to = frozenset(move for move in moves if move is not None)
        stage = replace(stage, moves=to, deletable=None in moves)
    return stage


def _words(fields: Fields, key: str, words: dict[str, T]) -> tuple[T, ...] | None:
    """A list of some words; None where the key is not given."""
    if not fields.given(key):
        return None
    found: list[T] = []
    for node in fields.items(key, lone=True):
        if isinstance(node, Scalar) and node.text in words:
            found.append(words[node.text])
        else:
            fields.findings.error(
                codes.UNKNOWN_WORD,
                node,
                f"{fields.name(key)} has {told(node)}, which is none of its words",
                (isinstance(node, Scalar) and nearest(node.text, words))
                or f"write some of {', '.join(words)}",
            )
    return tuple(dict.fromkeys(found))


def _owner_types(fields: Fields) -> tuple[str, ...]:
    types: list[str] = []
    for node in fields.items("owners", lone=True):
        text = node.text if isinstance(node, Scalar) else ""
        if text.startswith("urn:"):
            check_urn(text, "ownershipType", node, fields.name("owners"), fields.findings)
            types.append(text)
        elif text.upper() in OWNER_TYPES:
            types.append(text.upper())
        else:
            fields.findings.error(
                codes.UNKNOWN_OWNER_TYPE,
                node,
                f"{told(node)} is not a type of owner",
                nearest(text.upper(), OWNER_TYPES)
                or f"write some of {', '.join(OWNER_TYPES)} or urn:li:ownershipType:<id>",
            )
    return tuple(dict.fromkeys(types))


def _severities(policy: Fields) -> Map[str, ProblemSeverity | None]:
    node = policy.node("severity")
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        policy.wrong_kind(
            "severity", node, "a mapping", "write `severity: {missing-contract: error}`"
        )
        return {}
    fields = Fields(node, node.entries, policy.findings, "severity")
    severities: dict[str, ProblemSeverity | None] = {}
    for code, entry in node.entries.items():
        if code not in CHECKS:
            policy.findings.error(
                codes.UNKNOWN_CHECK,
                entry.key,
                f"{shown(code)} is none of the codes whose severity can be chosen",
                nearest(code, CHECKS) or f"they are {', '.join(sorted(CHECKS))}",
            )
            continue
        word = fields.word(code)
        severity = fields.choice(code, _SEVERITIES)
        # None is both `off` and what is none of the words, which is told.
        if word is not None and word.value in _SEVERITIES:
            severities[code] = severity
    return severities
