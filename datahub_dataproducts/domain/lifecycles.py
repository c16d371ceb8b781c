"""Lifecycles: which way a product may go, and what it may rest on at its stage."""

from collections.abc import Iterable, Mapping, Sequence

from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.promises import say_list
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.domain.rules import Rules
from datahub_dataproducts.domain.submissions import Submission

_NOT_RELIABLE = {
    Lifecycle.PROPOSED: "it is only proposed: there may be nothing behind it yet",
    Lifecycle.DEVELOPMENT: "it is in development: it may change, and nobody is told when it breaks",
    Lifecycle.LIVE: "it is live",
    Lifecycle.DEPRECATED: "it is deprecated: it will go",
    Lifecycle.RETIRED: "it is retired: nobody looks after it any more",
}


def review_moves(
    before: Mapping[str, Lifecycle],
    documents: Sequence[ProductDocument],
    rules: Rules,
    *,
    all_read: bool = True,
) -> list[Problem]:
    """Products that went a way the rules do not allow, or went altogether.

    Args:
        before: the stages by id, at the state that is compared with.
        documents: the products as they are now, whether right or wrong.
        rules: the allowed moves; a product that is new may begin anywhere.
        all_read: False when some file could not be read: what is missing may be in it then.
    """
    problems: list[Problem] = []
    for document in documents:
        id_ = plain_id(document.id.value)
        old, new = before.get(id_), document.lifecycle
        # Of a product that is wrong the stage may be a guess.
        if old is None or old is new or document.wrong or new in rules.stages[old].moves:
            continue
        findings = Findings(id_)
        findings.error(
            document.place("lifecycle"),
            "forbidden-move",
            f"the product goes from {old.value} to {new.value}, which is not allowed",
            _say_moves(old, rules),
        )
        problems += findings.problems
    if all_read:
        here = {plain_id(document.id.value) for document in documents}
        gone = sorted(id_ for id_ in before if id_ not in here)
        problems += [
            _deleted(id_, before[id_], rules)
            for id_ in gone
            if not rules.stages[before[id_]].deletable
        ]
    return problems


def _say_moves(stage: Lifecycle, rules: Rules) -> str:
    allowed = rules.stages[stage].moves - {stage}
    moves = tuple(other.value for other in Lifecycle if other in allowed)
    if not moves:
        return f"leave it {stage.value}, or let the policy allow more"
    return f"from {stage.value} it may go to {say_list(moves, 'or')}"


def _deleted(id_: str, stage: Lifecycle, rules: Rules) -> Problem:
    way = _way_out(stage, rules)
    remedy = f"put it back as {way}; its file may go after that" if way else "put it back"
    return Problem(
        code="deleted-too-early",
        severity=ProblemSeverity.ERROR,
        location=None,
        message=f'the product "{id_}" was {stage.value}, and now it is gone: those who rely on it '
        "were not told",
        remedy=remedy,
        product=id_,
    )


def _way_out(stage: Lifecycle, rules: Rules) -> str:
    """`deprecated, then retired`: the shortest way from a stage to one that may be deleted."""
    ways: list[tuple[Lifecycle, ...]] = [(stage,)]
    seen = {stage}
    for way in ways:
        here = rules.stages[way[-1]]
        if here.deletable:
            return ", then ".join(step.value for step in way[1:])
        # Towards the end of life first: of two ways as short that is the one meant.
        for step in reversed(Lifecycle):
            if step in here.moves and step not in seen:
                seen.add(step)
                ways.append((*way, step))
    return ""


def review_stages_of_inputs(submissions: Mapping[str, Submission], rules: Rules) -> list[Problem]:
    """Inputs that are at a stage the product should not rest on."""
    problems: list[Problem] = []
    for id_, submission in submissions.items():
        findings = Findings(id_)
        fit = rules.stages[submission.lifecycle].inputs
        for input_ in submission.document.inputs:
            other = submissions.get(plain_id(input_.product))
            if other is None or other.lifecycle in fit:
                continue
            stages = tuple(stage.value for stage in Lifecycle if stage in fit)
            findings.warn(
                input_.location,
                "input-of-other-stage",
                f'a {submission.lifecycle.value} product should not rest on the input "{other.id}": '
                f"{_NOT_RELIABLE[other.lifecycle]}",
                f"take an input that is {say_list(stages, 'or')}" if stages else "take it out",
            )
        problems += findings.problems
    return problems


def review_access(submissions: Iterable[Submission], nodes: Mapping[str, Node]) -> list[Problem]:
    """Output ports that dbt does not let others read.

    A private model is for its group alone. Every model that says nothing is protected, so this is
    told only in a project that makes use of it: one that has public models.
    """
    has_public = any(node.access == "public" for node in nodes.values())
    problems: list[Problem] = []
    for submission in submissions:
        findings = Findings(submission.id)
        for port in submission.ports:
            access = port.found.node.access if port.found.node else ""
            if access == "private":
                findings.warn(
                    port.ref.location,
                    "private-port",
                    f"the output port {port.name} is private in dbt: only its own group may read it",
                    "set `access: public` on the model, or take it out of `output_ports`",
                )
            elif access == "protected" and has_public:
                findings.warn(
                    port.ref.location,
                    "protected-port",
                    f"the output port {port.name} is protected in dbt: other dbt projects cannot "
                    "read it, as they can the public models of this one",
                    "set `access: public` on the model, or take it out of `output_ports`",
                )
        problems += findings.problems
    return problems
