"""A policy is what a team asks of its products; what it does not say is as by default."""

from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters import product_files
from datahub_dataproducts.adapters.product_files.policy import read_policy
from datahub_dataproducts.domain.problems import ProblemSeverity
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import (
    CHECKS,
    DEFAULT_RULES,
    DEFAULT_STAGES,
    Artefact,
    Rules,
)


def rules(text: str) -> Rules:
    read = read_policy(text, "policy.yml")
    assert [str(problem) for problem in read.problems] == []
    return read.rules


def told(text: str) -> list[str]:
    return [str(problem) for problem in read_policy(text, "policy.yml").problems]


def test_the_policy_that_comes_with_the_package_is_the_default() -> None:
    text = files(product_files).joinpath("default_policy.yml").read_text(encoding="utf-8")
    assert rules(text) == DEFAULT_RULES


@pytest.mark.parametrize("text", ["", "---\n", "~", "# nothing yet\n", "stages:\nseverity:\n"])
def test_an_empty_policy_changes_nothing(text: str) -> None:
    assert rules(text) == DEFAULT_RULES


def test_a_list_replaces_the_list_of_the_default_and_the_rest_stays() -> None:
    live = rules("stages: {live: {owners: [data_steward], expected: []}}").stages[Lifecycle.LIVE]
    default = DEFAULT_STAGES[Lifecycle.LIVE]
    assert live == replace(default, owners=("DATA_STEWARD",), expected=())


def test_every_word_of_a_stage_means_something() -> None:
    text = """stages:
  development:
    owners: urn:li:ownershipType:architect
    required: [description, objective, objective]
    expected: [type]
    inputs: [live, deprecated]
    moves: [live, deleted]
  live: {moves: []}
"""
    stages = rules(text).stages
    development = stages[Lifecycle.DEVELOPMENT]
    assert development.owners == ("urn:li:ownershipType:architect",)
    assert development.required == (Artefact.DESCRIPTION, Artefact.OBJECTIVE)
    assert development.expected == (Artefact.TYPE,)
    assert development.inputs == {Lifecycle.LIVE, Lifecycle.DEPRECATED}
    assert (development.moves, development.deletable) == ({Lifecycle.LIVE}, True)
    assert (stages[Lifecycle.LIVE].moves, stages[Lifecycle.LIVE].deletable) == (frozenset(), False)


def test_severities_are_chosen_by_code() -> None:
    text = "severity: {missing-contract: error, missing-owner: warning, protected-port: off}"
    assert rules(text).severities == {
        "missing-contract": ProblemSeverity.ERROR,
        "missing-owner": ProblemSeverity.WARNING,
        "protected-port": None,
    }


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "[live]",
            [
                "policy.yml:1:1: error[wrong-kind]: a policy is a mapping, not a list; write `stages: {live: {required: [runbook]}}` or `severity: {missing-contract: error}`"
            ],
        ),
        (
            "stage: {live: {}}",
            [
                'policy.yml:1:1: error[unknown-key]: the key `stage` means nothing here; did you mean "stages"?'
            ],
        ),
        (
            "stages: {live: {required: [runbok, [contract]]}, lively: {}}",
            [
                'policy.yml:1:28: error[unknown-word]: `live.required` has runbok, which is none of its words; did you mean "runbook"?',
                "policy.yml:1:36: error[unknown-word]: `live.required` has a list, which is none of its words; write some of runbook, contract, freshness, objective, output_ports, description, display_name, type",
                'policy.yml:1:50: error[unknown-key]: the key `lively` in `stages` means nothing here; did you mean "live"?',
            ],
        ),
        (
            "stages: {live: {owners: [BUSINES_OWNER, boss, urn:li:tag:x]}}",
            [
                'policy.yml:1:26: error[unknown-owner-type]: BUSINES_OWNER is not a type of owner; did you mean "BUSINESS_OWNER"?',
                "policy.yml:1:41: error[unknown-owner-type]: boss is not a type of owner; write some of BUSINESS_OWNER, TECHNICAL_OWNER, DATA_STEWARD, DATAOWNER, DEVELOPER, DELEGATE, PRODUCER, CONSUMER, STAKEHOLDER, CUSTOM, NONE or urn:li:ownershipType:<id>",
                "policy.yml:1:47: error[bad-urn]: `live.owners` has urn:li:tag:x, which is not a URN of type ownershipType; write urn:li:ownershipType:<id>",
            ],
        ),
        (
            "stages: {live: {moves: {a: b}}}",
            [
                "policy.yml:1:24: error[wrong-kind]: `live.moves` takes a list, not a mapping; write `moves:` and below it `- ` with each item"
            ],
        ),
        (
            "severity: off",
            [
                "policy.yml:1:11: error[wrong-kind]: `severity` takes a mapping, not off; write `severity: {missing-contract: error}`"
            ],
        ),
        (
            "severity: {missing-contrct: error, missing-owner: of, missing-runbook: }",
            [
                'policy.yml:1:12: error[unknown-check]: missing-contrct is none of the codes whose severity can be chosen; did you mean "missing-contract"?',
                'policy.yml:1:51: error[unknown-word]: `severity.missing-owner` is error, warning or off, not of; did you mean "off"?',
            ],
        ),
        (
            "a: b: c",
            ["policy.yml:1:5: error[not-yaml]"],
        ),
    ],
)
def test_what_is_no_policy_is_told(text: str, problems: list[str]) -> None:
    assert [
        line[: len(problem)] for line, problem in zip(told(text), problems, strict=True)
    ] == problems


def test_what_cannot_be_chosen_is_told_with_what_can() -> None:
    (line,) = told("severity: {zzz: off}")
    assert line.endswith(f"; they are {', '.join(sorted(CHECKS))}")


def test_of_very_many_problems_the_first_are_told() -> None:
    text = "severity:\n" + "".join(f"  x{n}: off\n" for n in range(600))
    assert len(told(text)) == 501
    assert "too-many-problems" in told(text)[-1]


@given(
    st.dictionaries(st.sampled_from(sorted(CHECKS)), st.sampled_from(["error", "warning", "off"]))
)
def test_every_choice_of_severities_is_read(chosen: dict[str, str]) -> None:
    text = "severity:\n" + "".join(f"  {code}: {word}\n" for code, word in chosen.items())
    severities = rules(text).severities
    assert {c: s.value if s else "off" for c, s in severities.items()} == chosen


@given(st.text(max_size=200))
def test_any_text_gives_rules_or_problems(text: str) -> None:
    read = read_policy(text, "policy.yml")
    assert read.problems or set(read.rules.stages) == set(Lifecycle)
