"""The rules of a team change how severe something is, and nothing else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.problems import Problem, ProblemSeverity
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import CHECKS, DEFAULT_RULES, DEFAULT_STAGES, Rules

codes = st.sampled_from(["missing-owner", "missing-contract", "private-port", "unsafe-urn"])
severities = st.sampled_from(ProblemSeverity)
problems = st.lists(
    st.builds(
        Problem,
        code=codes,
        severity=severities,
        location=st.none(),
        message=st.text(max_size=5),
        product=st.none() | st.text(max_size=5),
    )
)


@given(problems, st.dictionaries(codes, st.none() | severities))
def test_choosing_severities_changes_these_and_nothing_else(
    told: list[Problem], chosen: dict[str, ProblemSeverity | None]
) -> None:
    weighed = Rules(severities=chosen).weighed(told)
    kept = [p for p in told if chosen.get(p.code, p.severity) is not None]
    assert [replace(p, severity=ProblemSeverity.ERROR) for p in weighed] == [
        replace(p, severity=ProblemSeverity.ERROR) for p in kept
    ]
    assert all(p.severity is chosen[p.code] for p in weighed if p.code in chosen)
    assert [p for p in weighed if p.code not in chosen] == [p for p in kept if p.code not in chosen]


@given(problems)
def test_by_default_nothing_is_changed(told: list[Problem]) -> None:
    assert DEFAULT_RULES.weighed(told) == told


def test_every_stage_has_rules_and_the_end_is_always_near() -> None:
    assert set(DEFAULT_STAGES) == set(Lifecycle)
    for stage in DEFAULT_STAGES.values():
        assert stage.deletable or stage.moves


def test_codes_are_in_kebab_case() -> None:
    assert all(code.replace("-", "").islower() for code in CHECKS)
