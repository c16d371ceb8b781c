"""Objectives go out as SLOs of OpenSLO.

OpenSLO publishes no schema that documents can be held to in Python (its drafts in JSON Schema ask
for keys that the specification does not have), so what its specification of `openslo/v1` says in
words is checked here.
"""

import re
from fractions import Fraction
from typing import Any

import pytest

from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.open_standards.to_openslo import (
    object_name,
    to_openslo,
)
from datahub_dataproducts.adapters.product_files.open_standards.trees import plain
from datahub_dataproducts.adapters.product_files.translate import parse_product_file

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
DURATION = re.compile(r"[1-9][0-9]*[mhdwMQY]")
ANNOTATION = re.compile(
    r"(?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?"
)
START = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
SMALL = "id: Revenue_EU\ndomain: finance\n"


def check_specification(slo: dict[str, Any]) -> None:
    """What the specification asks of an SLO with an indicator of its own."""
    assert list(slo) == ["apiVersion", "kind", "metadata", "spec"]
    assert (slo["apiVersion"], slo["kind"]) == ("openslo/v1", "SLO")
    metadata, spec = slo["metadata"], slo["spec"]
    assert NAME.fullmatch(metadata["name"])
    assert set(metadata) <= {"name", "displayName", "labels", "annotations"}
    for key, value in metadata["annotations"].items():
        assert ANNOTATION.fullmatch(key)
        assert not key.startswith("openslo.com/")
        assert isinstance(value, str)
    known = {"description", "service", "indicator", "timeWindow", "budgetingMethod", "objectives"}
    assert set(spec) == known
    assert 0 < len(spec["description"]) <= 1050
    check_indicator(spec["indicator"])
    (window,) = spec["timeWindow"]
    check_window(window)
    assert spec["budgetingMethod"] == "Timeslices"
    (objective,) = spec["objectives"]
    assert set(objective) == {"displayName", "target", "timeSliceTarget", "timeSliceWindow"}
    assert 0.0 <= objective["target"] < 1.0
    assert 0.0 < objective["timeSliceTarget"] <= 1.0
    assert DURATION.fullmatch(objective["timeSliceWindow"])


def check_indicator(indicator: dict[str, Any]) -> None:
    assert NAME.fullmatch(indicator["metadata"]["name"])
    assert set(indicator["spec"]) == {"ratioMetric"}
    ratio = indicator["spec"]["ratioMetric"]
    assert set(ratio) == {"counter", "rawType", "raw"}, "raw stands without good, bad and total"
    assert ratio["rawType"] in {"success", "failure"}
    assert set(ratio["raw"]["metricSource"]) <= {"metricSourceRef", "type", "spec"}


def check_window(window: dict[str, Any]) -> None:
    assert DURATION.fullmatch(window["duration"])
    if window["isRolling"]:
        assert set(window) == {"duration", "isRolling"}
    else:
        assert set(window["calendar"]) == {"startTime", "timeZone"}
        assert START.fullmatch(window["calendar"]["startTime"])


def slo_of(objective: str, rest: str = "") -> tuple[dict[str, Any], tuple[str, ...]]:
    text = f"{SMALL}objective: {{{objective}}}\n{rest}"
    parsed = parse_product_file(text, "p.yml", "Europe/Amsterdam")
    assert [str(problem) for problem in parsed.problems if problem.is_error] == []
    written = to_openslo(parsed.documents[0])
    assert written is not None
    root = compose(written.text, Findings("p.openslo.yaml"))
    assert root is not None
    slo = plain(root)
    check_specification(slo)
    return slo, written.notes


@pytest.mark.parametrize(
    ("objective", "target", "window"),
    [
        ("target: 99%, window: 30d", "0.99", {"duration": "30d", "isRolling": True}),
        ("target: 99.95%, window: 4w", "0.9995", {"duration": "4w", "isRolling": True}),
        ("target: 95%, window: 36h", "0.95", {"duration": "36h", "isRolling": True}),
        (
            "target: 95%, calendar: month",
            "0.95",
            {
                "duration": "1M",
                "isRolling": False,
                "calendar": {"startTime": "2024-01-01 00:00:00", "timeZone": "Europe/Amsterdam"},
            },
        ),
        (
            "target: 95%, calendar: quarter",
            "0.95",
            {
                "duration": "1Q",
                "isRolling": False,
                "calendar": {"startTime": "2024-01-01 00:00:00", "timeZone": "Europe/Amsterdam"},
            },
        ),
    ],
)
def test_an_objective_is_an_slo_with_its_target_and_window(
    objective: str, target: str, window: dict[str, Any]
) -> None:
    slo, notes = slo_of(objective)
    assert slo["spec"]["timeWindow"] == [window]
    assert Fraction(str(slo["spec"]["objectives"][0]["target"])) == Fraction(target)
    assert notes == ()


def test_the_indicator_is_the_health_that_datahub_keeps() -> None:
    slo, _ = slo_of(
        "target: 99%, window: 30d", "display_name: Revenue\ndescription: What we earn\n"
    )
    assert slo["metadata"]["name"] == "revenue-eu"
    assert slo["metadata"]["displayName"] == "Revenue"
    assert slo["metadata"]["annotations"] == {"datahub-dataproducts/id": "Revenue_EU"}
    assert slo["spec"]["description"] == "What we earn"
    source = slo["spec"]["indicator"]["spec"]["ratioMetric"]["raw"]["metricSource"]
    assert source["spec"] == {
        "dataProduct": "urn:li:dataProduct:Revenue_EU",
        "structuredProperty": "io.datahub_dataproducts.uptime",
    }


def test_what_openslo_has_no_place_for_is_an_annotation_and_told() -> None:
    slo, notes = slo_of(
        'target: 99%, window: 30d, hours: "MON-FRI 08:00-18:00", at_risk_is_bad: true, '
        "burn: [{rate: 14.4, long: 1h, short: 5m}]"
    )
    assert slo["metadata"]["annotations"] == {
        "datahub-dataproducts/id": "Revenue_EU",
        "datahub-dataproducts/hours": "MON-FRI 08:00-18:00",
        "datahub-dataproducts/timezone": "Europe/Amsterdam",
        "datahub-dataproducts/at-risk-is-bad": "true",
        "datahub-dataproducts/burn-1": "rate 14.4 over 1h and 5m",
    }
    assert [note.split(":")[0] for note in notes] == [
        "`hours`",
        "`at_risk_is_bad`",
        "the burn rules",
    ]


def test_holidays_are_an_annotation_and_told_too() -> None:
    slo, notes = slo_of("target: 99%, window: 30d, holidays: [2026-12-25, 2026-12-26]")
    assert slo["metadata"]["annotations"] == {
        "datahub-dataproducts/id": "Revenue_EU",
        "datahub-dataproducts/holidays": "2026-12-25, 2026-12-26",
        "datahub-dataproducts/timezone": "Europe/Amsterdam",
    }
    assert [note.split(":")[0] for note in notes] == ["`holidays`"]


def test_seconds_of_a_window_are_left_out_and_told() -> None:
    slo, notes = slo_of("target: 99%, window: 90s")
    assert slo["spec"]["timeWindow"] == [{"duration": "1m", "isRolling": True}]
    assert notes == ("`window`: OpenSLO counts in minutes, so its seconds are left out",)


def test_a_long_description_is_cut_to_what_openslo_allows() -> None:
    slo, _ = slo_of("target: 99%, window: 30d", f"description: {'long ' * 300}\n")
    assert len(slo["spec"]["description"]) == 1050


def test_a_product_without_an_objective_has_no_slo() -> None:
    assert to_openslo(parse_product_file(SMALL, "p.yml", "UTC").documents[0]) is None


@pytest.mark.parametrize(
    ("id_", "name"),
    [
        ("revenue", "revenue"),
        ("A.b_C", "a-b-c"),
        ("-x-", "x"),
        ("é", "product"),
        ("a" * 70, "a" * 63),
    ],
)
def test_a_name_is_one_that_openslo_allows(id_: str, name: str) -> None:
    assert object_name(id_) == name
