"""Rules: what a team asks of its products at each stage of their lives, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from datahub_dataproducts.domain.problems import Problem, ProblemSeverity
from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Lifecycle

CHECKS = frozenset({
    "age-below-cadence",
    "asset-in-several-products",
    "asset-of-wrong-type",
    "blocking-without-runbook",
    "burn-never-fires",
    "colliding-ids",
    "deadline-before-input",
    "deleted-too-early",
    "differing-promises",
    "folded-assets",
    "forbidden-move",
    "input-of-other-stage",
    "look-back-too-long",
    "metric-without-business-owner",
    "missing-artefact",
    "missing-contract",
    "missing-owner",
    "missing-runbook",
    "parent-cycle",
    "port-without-freshness",
    "private-port",
    "protected-port",
    "repeated-name",
    "silence-below-cadence",
    "target-above-inputs",
    "text-too-long",
    "unsafe-urn",
    "urn-too-long",
    "window-below-cadence",
})
"""The codes whose severity a team may choose: what is well-formed and yet not wise.

Whatever else is told makes a product impossible to publish, or would be kept from nobody.
"""


class Artefact(Enum):
    """What a product may be asked for at a stage; the words are the keys of the product file.

    `freshness` is a freshness promise on each output port.
    """

    RUNBOOK = "runbook"
    CONTRACT = "contract"
    FRESHNESS = "freshness"
    OBJECTIVE = "objective"
    OUTPUT_PORTS = "output_ports"
    DESCRIPTION = "description"
    DISPLAY_NAME = "display_name"
    TYPE = "type"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What holds for products at one stage.

    Attributes:
        owners: types of owners there must be, each at least one: who is accountable. Else an error.
        required: what is an error if it is missing.
        expected: what is a warning if it is missing.
        inputs: the stages its inputs may be at.
        moves: the stages it may go to from here.
        deletable: whether its file may be deleted from here.
    """

    owners: tuple[str, ...] = ()
    required: tuple[Artefact, ...] = ()
    expected: tuple[Artefact, ...] = ()
    inputs: frozenset[Lifecycle] = frozenset(Lifecycle)
    moves: frozenset[Lifecycle] = frozenset(Lifecycle)
    deletable: bool = True


_BEGINNING = frozenset({Lifecycle.PROPOSED, Lifecycle.DEVELOPMENT})

DEFAULT_STAGES: Mapping[Lifecycle, Stage] = {
    Lifecycle.PROPOSED: Stage(
        inputs=_BEGINNING | {Lifecycle.LIVE},
        moves=_BEGINNING | {Lifecycle.LIVE, Lifecycle.RETIRED},
    ),
    Lifecycle.DEVELOPMENT: Stage(
        inputs=frozenset({Lifecycle.DEVELOPMENT, Lifecycle.LIVE}),
        moves=_BEGINNING | {Lifecycle.LIVE, Lifecycle.RETIRED},
    ),
    # People rely on it, and those who rely are told of an end before it comes: the only way on is
    # `deprecated`. Back to `development` would silence its announcements without a word.
    Lifecycle.LIVE: Stage(
        owners=(BUSINESS_OWNER, TECHNICAL_OWNER),
        required=(Artefact.RUNBOOK,),
        expected=(Artefact.CONTRACT, Artefact.FRESHNESS),
        inputs=frozenset({Lifecycle.LIVE}),
        moves=frozenset({Lifecycle.DEPRECATED}),
        deletable=False,
    ),
    # Still announced, so its end may be taken back.
    Lifecycle.DEPRECATED: Stage(
        inputs=frozenset({Lifecycle.LIVE, Lifecycle.DEPRECATED}),
        moves=frozenset({Lifecycle.LIVE, Lifecycle.RETIRED}),
        deletable=False,
    ),
    # Nobody looks after it: what comes back is promised afresh, so it begins where others begin.
    Lifecycle.RETIRED: Stage(moves=_BEGINNING),
}
"""What holds where the team's policy says nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a team asks of its products.

    Attributes:
        stages: for every stage what holds there.
        severities: by code (one of `CHECKS`), how it is told in place of its own severity; None:
            not at all.
    """

    stages: Mapping[Lifecycle, Stage] = field(default_factory=lambda: DEFAULT_STAGES)
    severities: Mapping[str, ProblemSeverity | None] = field(default_factory=dict)

    def weighed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems under the severities of the team, without those that it does not want told."""
        weighed: list[Problem] = []
        for problem in problems:
            severity = self.severities.get(problem.code, problem.severity)
            if severity is problem.severity:
                weighed.append(problem)
            elif severity is not None:
                weighed.append(replace(problem, severity=severity))
        return weighed


DEFAULT_RULES = Rules()
