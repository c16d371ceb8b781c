"""The JSON Schema of the policy file and its reader agree."""

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator

from datahub_dataproducts.adapters.product_files.policy import read_policy
from datahub_dataproducts.adapters.product_files.schema import policy_file_schema
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import CHECKS, Artefact
from tests.adapters.product_files.as_json import as_json
from tests.adapters.product_files.from_schema import values_of

SCHEMA = policy_file_schema()
VALIDATOR = Draft7Validator(SCHEMA)


def test_it_knows_every_stage_code_and_artefact() -> None:
    Draft7Validator.check_schema(SCHEMA)
    stages, severity = (SCHEMA["properties"][key]["anyOf"][0] for key in ("stages", "severity"))
    assert list(stages["properties"]) == [stage.value for stage in Lifecycle]
    assert severity["properties"].keys() == CHECKS
    assert SCHEMA["definitions"]["artefact"]["enum"] == [artefact.value for artefact in Artefact]


@given(values_of(SCHEMA, SCHEMA))
def test_what_the_schema_allows_the_reader_takes(policy: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(policy)) == []
    assert read_policy(json.dumps(policy), "p.yml").problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "stage: {}",
        "stages: {alive: {}}",
        "stages: {live: {require: [runbook]}}",
        "stages: {live: {required: [run_book]}}",
        "stages: {live: {moves: [gone]}}",
        "stages: {live: {owners: [BUSINES_OWNER]}}",
        "stages: [live]",
        "severity: {missing-contrakt: error}",
        "severity: {missing-contract: errors}",
        "severity: error",
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(text: str) -> None:
    assert read_policy(text, "p.yml").problems
    assert list(VALIDATOR.iter_errors(as_json(text)))
