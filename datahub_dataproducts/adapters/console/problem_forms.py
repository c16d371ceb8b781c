"""Problems for machines: JSON, annotations of GitHub Actions, SARIF."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity

_SARIF_VERSION = "2.1.0"
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """What a code means: in a few words, and in a few sentences."""

    title: str
    meaning: str


def problems_as_json(problems: Iterable[Problem]) -> str:
    """`{"problems": [...]}`; null where a problem has no file, or its file no such line."""
    return json.dumps({"problems": [_as_json(p) for p in problems]}, indent=2, ensure_ascii=False)


def problems_as_annotations(problems: Iterable[Problem]) -> str:
    """Workflow commands, which GitHub Actions shows at the lines of a pull request."""
    return "\n".join(_annotation(problem) for problem in problems)


def problems_as_sarif(
    problems: Sequence[Problem], describe: Callable[[str], Described | None], version: str
) -> str:
    """A log in SARIF, which code scanning reads.

    Args:
        problems: what to tell.
        describe: what a code means, if that is known.
        version: of this package.
    """
    codes = sorted({problem.code for problem in problems})
    index = {code: number for number, code in enumerate(codes)}
    driver = {
        "name": "datahub-dataproducts",
        "semanticVersion": version,
        "rules": [_rule(code, describe(code)) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, index[problem.code]) for problem in problems],
    }
    log = {"$schema": _SARIF_SCHEMA, "version": _SARIF_VERSION, "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)


def _as_json(problem: Problem) -> dict[str, object]:
    place = problem.location
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "file": place.file if place else None,
        "line": place.line or None if place else None,
        "column": place.column or None if place else None,
        "message": problem.message,
        "suggestion": problem.remedy,
    }


def _annotation(problem: Problem) -> str:
    place = problem.location
    said = {"file": place.file} if place else {}
    if place and place.line:
        said |= {"line": str(place.line), "col": str(place.column)}
    said["title"] = problem.code
    properties = ",".join(f"{key}={_property(value)}" for key, value in said.items())
    return f"::{problem.severity.value} {properties}::{_data(_sentence(problem))}"


def _sentence(problem: Problem) -> str:
    return f"{problem.message}; {problem.remedy}" if problem.remedy else problem.message


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _rule(code: str, described: Described | None) -> dict[str, object]:
    if described is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": described.title},
        "fullDescription": {"text": described.meaning},
        "help": {"text": described.meaning},
    }


def _result(problem: Problem, rule: int) -> dict[str, object]:
    level = "error" if problem.severity is ProblemSeverity.ERROR else "warning"
    result: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": _sentence(problem)},
    }
    if problem.location:
        result["locations"] = [{"physicalLocation": _physical(problem.location)}]
    return result


def _physical(place: Location) -> dict[str, object]:
    # Only a path within the project has a root it is relative to.
    file = place.file.replace("\\", "/")
    if "://" in file:
        artifact = {"uri": quote(file, safe="/:%")}
    elif file.startswith("/"):
        artifact = {"uri": f"file://{quote(file)}"}
    else:
        artifact = {"uri": quote(file), "uriBaseId": _ROOT}
    if not place.line:
        return {"artifactLocation": artifact}
    region = {"startLine": place.line, "startColumn": max(1, place.column)}
    return {"artifactLocation": artifact, "region": region}
