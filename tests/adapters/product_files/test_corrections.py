"""Corrections are written by hand, so whatever is doubtful in them is told with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.product_files.corrections import (
    CORRECTIONS_FILE,
    ReadCorrections,
    read_corrections,
)
from datahub_dataproducts.adapters.product_files.guide import Example, guide_entry
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.durations import HOUR, SECOND
from tests.builders import AMSTERDAM, at

NOW = at("2026-03-31 00:00")
PLANNED, FALSE, UNDETECTED = CorrectionKind
WHOLE = """corrections:
  - product: revenue
    from: 2026-03-05T06:00
    to: 2026-03-05T10:00
    kind: planned_work
    reason: Migration of the warehouse
    author: ana
timezone: Europe/Amsterdam
"""


def read(text: str, *, products: tuple[str, ...] | None = None) -> ReadCorrections:
    return read_corrections(text, "fix.yml", now=NOW, products=products)


def told(text: str, *, products: tuple[str, ...] | None = None) -> list[str]:
    return [str(problem) for problem in read(text, products=products).problems]


def one(**changed: str | None) -> str:
    """An item; None leaves a key out."""
    fields: dict[str, str | None] = {
        "product": "revenue",
        "from": "2026-03-05T06:00",
        "to": "2026-03-05T10:00",
        "kind": "planned_work",
        "reason": "Migration",
        "author": "ana",
    }
    fields |= {key.rstrip("_"): value for key, value in changed.items()}
    return "{" + ", ".join(f"{k}: {v}" for k, v in fields.items() if v is not None) + "}"


def written(*items: str, zone: str = AMSTERDAM) -> str:
    return f"timezone: {zone}\ncorrections:\n" + "".join(f"  - {item}\n" for item in items)


# Reading.


def test_a_whole_file_is_read_with_the_place_of_each_correction() -> None:
    found = read(WHOLE, products=("revenue",))
    assert found.problems == ()
    (marked,) = found.corrections
    assert str(marked.location) == "fix.yml:2:5"
    assert marked.value == Correction(
        product="revenue",
        since=at("2026-03-05 06:00"),
        until=at("2026-03-05 10:00"),
        kind=PLANNED,
        reason="Migration of the warehouse",
        author="ana",
    )


@pytest.mark.parametrize("text", ["", "---\n", "~", "# nothing yet\n", "corrections: []", "\ufeff"])
def test_a_file_may_be_empty(text: str) -> None:
    assert read(text) == ReadCorrections(corrections=(), problems=())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-05T06:00", at("2026-03-05 06:00")),
        ("2026-03-05 06:00", at("2026-03-05 06:00")),
        ("'2026-03-05T06:00'", at("2026-03-05 06:00")),
        ("2026-03-05T06:00:30", at("2026-03-05 06:00") + 30 * SECOND),
        ("2026-03-05T06:00Z", at("2026-03-05 06:00", "UTC")),
        ("2026-03-05T06:00:00-05:30", at("2026-03-05 11:30", "UTC")),
        ("2026-03-05T06:00+01:00", at("2026-03-05 06:00")),
        ("1970-01-01T01:00", 0),
    ],
)
def test_a_time_is_local_unless_it_has_an_offset(text: str, expected: int) -> None:
    (marked,) = read(written(one(from_=text, to="2026-03-06T00:00"))).corrections
    assert marked.value.since == expected


def test_a_time_the_clocks_skip_or_repeat_is_read_as_in_schedules() -> None:
    skipped = one(from_="2026-03-29T02:30", to="2026-03-29T12:00")
    (marked,) = read(written(skipped)).corrections
    assert marked.value.since == at("2026-03-29 03:30")
    repeated = one(from_="2025-10-26T02:30", to="2025-10-26T12:00")
    (marked,) = read(written(repeated)).corrections
    assert marked.value.since == at("2025-10-26 02:30")
    assert marked.value.until - marked.value.since == 10 * HOUR + HOUR // 2


def test_without_a_time_zone_of_its_own_a_file_has_that_of_its_reader() -> None:
    text = f"corrections: [{one()}]"
    assert read(text).corrections[0].value.since == at("2026-03-05 06:00", "UTC")
    found = read_corrections(text, "fix.yml", now=NOW, default_timezone=AMSTERDAM)
    assert found.corrections[0].value.since == at("2026-03-05 06:00")


# What is wrong is told, and not used.


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            one(from_="2026-03-05"),
            (
                "fix.yml:3:30: error[bad-time]: `corrections.from` is 2026-03-05, which is not a day "
                "and a time of the years 1970 to 2099; write both, as in `from: 2026-03-05T06:00` or "
                "`from: 2026-03-05T06:00+01:00`"
            ),
        ),
        (
            one(to="2026-03-05T06:00"),
            (
                "fix.yml:3:52: error[bad-interval]: `corrections.to` is no later than "
                "`corrections.from`; write when it began and when it was over"
            ),
        ),
        (
            one(to=None),
            (
                "fix.yml:3:5: error[missing-value]: `corrections.to` is not given; write a day and a "
                "time, as in `to: 2026-03-05T06:00`"
            ),
        ),
        (
            one(kind=None),
            (
                "fix.yml:3:5: error[missing-value]: `corrections.kind` is not given; write one of "
                "planned_work, false_alarm, undetected_fault"
            ),
        ),
        (
            one(kind="false_alert"),
            (
                "fix.yml:3:76: error[unknown-word]: `corrections.kind` is planned_work, false_alarm or "
                'undetected_fault, not false_alert; did you mean "false_alarm"?'
            ),
        ),
        (
            one(author="' '"),
            (
                "fix.yml:3:109: error[missing-value]: `corrections.author` is not given; write "
                "`author: ana`"
            ),
        ),
        (
            one(reason=None),
            (
                "fix.yml:3:5: error[missing-value]: `corrections.reason` is not given; write "
                "`reason: Migration of the warehouse`"
            ),
        ),
        (
            one(product="012"),
            (
                "fix.yml:3:15: error[unquoted-text]: `corrections.product` is text, but YAML reads 012 "
                "without quotes as a number or as something else, depending on its version; put it in "
                'quotes: "012"'
            ),
        ),
        (
            one(resaon="x"),
            (
                "fix.yml:3:122: error[unknown-key]: the key `resaon` in `corrections` means nothing "
                'here; did you mean "reason"?'
            ),
        ),
        (
            "planned work",
            (
                "fix.yml:3:5: error[wrong-kind]: `corrections` takes mappings, not planned work; write "
                "`- {product: revenue, from: 2026-03-05T06:00, to: 2026-03-05T10:00, kind: "
                "planned_work, reason: Migration of the warehouse, author: ana}`"
            ),
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_not_used(item: str, expected: str) -> None:
    found = read(written(item, one(product="orders")))
    assert [str(problem) for problem in found.problems] == [expected]
    assert [marked.value.product for marked in found.corrections] == ["orders"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T06:00",
        "2026-03-05T24:00",
        "2026-03-05T06:60",
        "2026-3-5T06:00",
        "0001-01-01T00:00",
        "9999-12-31T00:00",
        "2026-03-05T06:00+15:00",
        "2026-03-05T06",
        "tomorrow",
        "[2026]",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    found = read(written(one(from_=text)))
    assert found.corrections == ()
    assert all(problem.is_error for problem in found.problems)
    assert len(found.problems) == 1


def test_a_file_that_is_no_mapping_is_told() -> None:
    (problem,) = told(f"- {one()}")
    assert "error[wrong-kind]: a file of corrections is a mapping, not a list" in problem


def test_text_that_is_no_yaml_is_told() -> None:
    (problem,) = told("corrections: [")
    assert "error[not-yaml]" in problem


def test_with_a_time_zone_that_is_none_no_instant_is_known_and_nothing_is_used() -> None:
    found = read(written(one(), one(kind="alarm"), zone="Amsterdam"))
    assert found.corrections == ()
    assert [problem.code for problem in found.problems] == ["bad-timezone", "unknown-word"]


def test_of_a_file_with_very_many_problems_nothing_is_used() -> None:
    found = read(written(one(product="orders"), *[one(kind="x")] * 600))
    assert found.corrections == ()
    assert found.problems[-1].code == "too-many-problems"


# Corrections beside one another.


def test_corrections_that_overlap_and_contradict_are_told_and_neither_is_used() -> None:
    items = (
        one(from_="2026-03-05T08:00", to="2026-03-05T12:00", kind="false_alarm"),
        one(),
        one(from_="2026-03-05T12:00", to="2026-03-05T13:00"),
        one(product="orders", kind="undetected_fault"),
    )
    found = read(written(*items))
    assert [str(problem) for problem in found.problems] == [
        (
            "fix.yml:4:5: error[contradicting-corrections]: this says planned_work of time of revenue "
            "that the correction at line 3 says false_alarm of; keep one of them, or have one end "
            "where the other begins; until then neither counts"
        )
    ]
    assert [(m.value.product, m.value.kind) for m in found.corrections] == [
        ("revenue", PLANNED),
        ("orders", UNDETECTED),
    ]


def test_all_that_contradict_one_are_left_out_the_short_and_the_long() -> None:
    items = (
        one(to="2026-03-06T10:00"),
        one(),
        one(from_="2026-03-05T09:00", to="2026-03-05T11:00", kind="false_alarm"),
    )
    found = read(written(*items))
    assert found.corrections == ()
    assert len(found.problems) == 2


def test_corrections_that_overlap_and_agree_are_both_kept() -> None:
    found = read(written(one(), one(from_="2026-03-05T08:00")))
    assert (len(found.corrections), found.problems) == (2, ())


def test_a_correction_that_goes_on_into_the_future_is_a_warning() -> None:
    found = read(written(one(to="2026-03-31T00:00"), one(to="2026-03-31T00:01")))
    assert [str(problem) for problem in found.problems] == [
        (
            "fix.yml:4:5: warning[future-correction]: this correction goes on into the future, of "
            "which nobody knows yet what it was; see to its days, and write how long it lasted when "
            "it is over"
        )
    ]
    assert len(found.corrections) == 2


def test_a_product_that_is_not_known_is_a_warning() -> None:
    found = read(written(one(product="revenu"), one(product="x")), products=("revenue",))
    assert [(p.message, p.remedy) for p in found.problems] == [
        ("no product is called revenu", 'did you mean "revenue"?'),
        ("no product is called x", "write the id of a product"),
    ]
    assert len(found.corrections) == 2
    assert read(written(one(product="revenu"))).problems == ()


# The guide, and any text.


@pytest.mark.parametrize(
    "code",
    [
        "bad-time",
        "bad-interval",
        "contradicting-corrections",
        "future-correction",
        "unknown-product",
    ],
)
def test_the_examples_of_the_guide_do_what_it_says_of_them(code: str) -> None:
    entry = guide_entry(code)
    assert entry is not None
    bad = read(_text(entry.bad), products=("revenue",)).problems
    assert {(problem.code, problem.severity.value) for problem in bad} == {(code, entry.severity)}
    assert read(_text(entry.good), products=("revenue",)).problems == ()


def _text(example: Example) -> str:
    return dict(example.files)[CORRECTIONS_FILE]


@given(st.text(max_size=60), st.sampled_from(["", "corrections: ", "corrections: [{from: "]))
def test_whatever_stands_in_a_file_it_gives_corrections_or_problems(text: str, begin: str) -> None:
    found = read(begin + text)
    assert all(marked.value.since < marked.value.until for marked in found.corrections)


PIECES = st.sampled_from([
    "2026",
    "-03-",
    "05",
    "T",
    "06",
    ":",
    "00",
    "Z",
    "+01:00",
    "'",
    "29",
    " ",
])


@given(st.lists(PIECES, max_size=9).map("".join))
def test_whatever_a_time_is_it_is_read_or_told(text: str) -> None:
    found = read(written(one(from_=text, to="2099-12-31T00:00")))
    assert found.corrections or any(problem.is_error for problem in found.problems)


def test_very_many_corrections_of_one_product_are_read_in_a_moment() -> None:
    found = read(written(*[one()] * 7_000))
    assert len(found.corrections) == 7_000
