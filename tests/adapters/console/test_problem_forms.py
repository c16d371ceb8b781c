"""Problems for machines, in the forms their readers publish."""

import json
from dataclasses import replace

from sarif_pydantic import Sarif

from datahub_dataproducts.adapters.console.problem_forms import (
    Described,
    problems_as_annotations,
    problems_as_json,
    problems_as_sarif,
)
from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity

PLACED = Problem(
    code="unknown-input",
    severity=ProblemSeverity.ERROR,
    location=Location("data products/ä,b.yml", 3, 9),
    message='no product has the id "usrs", 100 %',
    remedy='did you mean "users"?',
    product="revenue",
)
NOWHERE = Problem(
    code="no-product-files",
    severity=ProblemSeverity.WARNING,
    location=None,
    message="nothing\nis there",
)
MISSING = Problem(
    code="dbt-file-missing",
    severity=ProblemSeverity.ERROR,
    location=Location("/elsewhere/target/manifest.json", 0, 0),
    message="there is no manifest",
)


def test_json_has_every_field_of_every_problem_in_order() -> None:
    assert json.loads(problems_as_json([NOWHERE, PLACED])) == {
        "problems": [
            {
                "code": "no-product-files",
                "severity": "warning",
                "file": None,
                "line": None,
                "column": None,
                "message": "nothing\nis there",
                "suggestion": "",
            },
            {
                "code": "unknown-input",
                "severity": "error",
                "file": "data products/ä,b.yml",
                "line": 3,
                "column": 9,
                "message": 'no product has the id "usrs", 100 %',
                "suggestion": 'did you mean "users"?',
            },
        ]
    }


def test_annotations_are_one_line_each_and_escape_what_separates() -> None:
    first, second = problems_as_annotations([PLACED, NOWHERE]).split("\n")
    place = "file=data products/ä%2Cb.yml,line=3,col=9,title=unknown-input"
    words = 'no product has the id "usrs", 100 %25; did you mean "users"?'
    assert first == f"::error {place}::{words}"
    assert second == "::warning title=no-product-files::nothing%0Ais there"


def test_what_is_not_there_has_no_line() -> None:
    (told,) = json.loads(problems_as_json([MISSING]))["problems"]
    assert (told["file"], told["line"], told["column"]) == (
        "/elsewhere/target/manifest.json",
        None,
        None,
    )
    annotation = problems_as_annotations([MISSING])
    place = "file=/elsewhere/target/manifest.json,title=dbt-file-missing"
    assert annotation == f"::error {place}::there is no manifest"


def test_sarif_is_what_its_published_model_reads_and_nothing_else() -> None:
    text = problems_as_sarif([PLACED, NOWHERE, MISSING], lambda _: None, "1.2.3")
    log = Sarif.model_validate_json(text)
    again = log.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    assert again == json.loads(text)
    (run,) = log.runs
    assert [result.rule_id for result in run.results or ()] == [
        "unknown-input",
        "no-product-files",
        "dbt-file-missing",
    ]


def test_sarif_places_files_below_the_root_and_others_by_their_path() -> None:
    log = json.loads(problems_as_sarif([PLACED, NOWHERE, MISSING], lambda _: None, "1.2.3"))
    placed, nowhere, missing = log["runs"][0]["results"]
    assert placed["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "data%20products/%C3%A4%2Cb.yml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 9},
    }
    assert "locations" not in nowhere
    assert missing["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "file:///elsewhere/target/manifest.json"}
    }


def test_sarif_places_what_was_fetched_by_its_address() -> None:
    place = Location("https://store.example:443/a b/manifest.json", 0, 0)
    log = json.loads(problems_as_sarif([replace(MISSING, location=place)], lambda _: None, "1.2.3"))
    (found,) = log["runs"][0]["results"]
    assert found["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "https://store.example:443/a%20b/manifest.json"}
    }


def test_sarif_explains_each_code_once() -> None:
    told = problems_as_sarif(
        [PLACED, PLACED],
        lambda code: Described(title=f"about {code}", meaning="what it means"),
        "1.2.3",
    )
    run = json.loads(told)["runs"][0]
    assert run["tool"]["driver"]["rules"] == [
        {
            "id": "unknown-input",
            "shortDescription": {"text": "about unknown-input"},
            "fullDescription": {"text": "what it means"},
            "help": {"text": "what it means"},
        }
    ]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 0]


def test_no_problem_is_an_empty_log() -> None:
    log = Sarif.model_validate_json(problems_as_sarif([], lambda _: None, "1.2.3"))
    assert log.runs[0].results == []
    assert not problems_as_annotations([])
