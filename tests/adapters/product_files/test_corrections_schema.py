"""The JSON Schema of the file of corrections agrees with its reader."""

import pytest
import yaml
from jsonschema import Draft7Validator

from datahub_dataproducts.adapters.product_files.corrections import read_corrections
from datahub_dataproducts.adapters.product_files.guide import GuideEntry, read_guide
from datahub_dataproducts.adapters.product_files.schema import corrections_file_schema
from tests.docs.pages import blocks

VALIDATOR = Draft7Validator(corrections_file_schema())
FILE = "data_products_corrections.yml"
ENTRIES = [entry for entry in read_guide() if entry.theme == "corrections"]
# What a schema cannot see: times compared, other corrections, products and clocks.
BEYOND_A_SCHEMA = {
    *("bad-interval", "contradicting-corrections", "future-correction", "unknown-product"),
}
WHOLE = {
    "product": "revenue",
    "from": "2026-03-05T06:00",
    "to": "2026-03-05T10:00:30Z",
    "kind": "planned_work",
    "reason": "Migration",
    "author": "ana",
}


class _Loader(yaml.SafeLoader):
    """Times stay text, as our reader and editors have them."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def agrees(text: str) -> bool:
    """Whether the schema takes what the reader takes, and refuses what it refuses."""
    problems = read_corrections(text, FILE, now=2**53).problems
    told = [p for p in problems if p.is_error and p.code not in BEYOND_A_SCHEMA]
    return VALIDATOR.is_valid(yaml.load(text, Loader=_Loader)) is not bool(told)  # noqa: S506


def written(**fields: str | None) -> str:
    correction = {key: text for key, text in {**WHOLE, **fields}.items() if text is not None}
    return yaml.safe_dump({"corrections": [correction]})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_examples_of_the_guide_are_taken_and_refused_alike(entry: GuideEntry) -> None:
    for example in (entry.bad, entry.good):
        assert agrees(dict(example.files)[FILE])


@pytest.mark.parametrize(
    "block", [b for b in blocks("yaml") if "corrections:" in b.text.splitlines()[:2]], ids=str
)
def test_examples_of_the_pages_are_valid(block: object) -> None:
    text = str(getattr(block, "text", ""))
    assert VALIDATOR.is_valid(yaml.load(text, Loader=_Loader))  # noqa: S506
    assert agrees(text)


@pytest.mark.parametrize("key", list(WHOLE))
def test_nothing_of_a_correction_may_be_missing_or_empty(key: str) -> None:
    for value in (None, "", " "):
        text = written(**{key: value})
        assert not VALIDATOR.is_valid(yaml.load(text, Loader=_Loader))  # noqa: S506
        assert agrees(text)


@pytest.mark.parametrize(
    "time",
    [
        *("2026-03-05 06:00", "2026-03-05T06:00+14:59", " 2026-03-05T06:00 ", "1970-01-01T00:00"),
        *("2026-03-05", "6:00", "2026-03-05T24:00", "1969-12-31T00:00", "2026-03-05T06:00+15:00"),
    ],
)
def test_times_are_read_alike(time: str) -> None:
    assert agrees(written(**{"from": time}))


@pytest.mark.parametrize(
    "text",
    [
        *("corrections:\n", "timezone:\n", "[]", "corrections: {}\n", "corrections: [null]\n", ""),
        written(note="x"),
        written(kind="holiday"),
    ],
)
def test_other_forms_are_read_alike(text: str) -> None:
    assert agrees(text)
