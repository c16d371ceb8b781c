"""Contracts promise something of an asset, or name an assertion."""

import pytest

from datahub_dataproducts.domain.assertions import Impact, MaxAge
from datahub_dataproducts.domain.documents import (
    Default,
    Evaluator,
    Marked,
    ModelRef,
    PromiseDocument,
    Selection,
    TestSelection,
)
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.problems import Location
from tests.adapters.product_files.product_texts import SMALLEST, document, parsed, told

WITH_ASSET = f"{SMALLEST}assets: [ref('a')]\n"


NOT_SUPPORTED = (
    "is not supported yet; name an assertion that DataHub has by `assertion: urn:li:assertion:<id>`"
)
NEITHER = (
    "an entry of `contract` is about an asset or about an assertion, and this one is about neither; "
    "write {asset: ref('model'), build: true, tests: all} or {assertion: urn:li:assertion:<id>}"
)


def promise(text: str) -> PromiseDocument:
    (found,) = document(f"{WITH_ASSET}contract:\n  - {{{text}}}\n").contract
    return found


def test_a_promise_has_defaults_for_what_is_not_written() -> None:
    found = promise("asset: \"ref('a')\", build: true")
    assert found == PromiseDocument(
        location=Location("p.yml", 5, 5),
        asset=Marked(ModelRef("a"), Location("p.yml", 5, 13)),
        build=True,
        impact=Impact.BLOCKING,
        expect_every=Default(),
    )


def test_a_promise_says_what_breaking_it_does_and_how_often_a_result_must_come() -> None:
    found = promise("assertion: urn:li:assertion:0123, impact: warning, expect_every: 1d")
    assert found.assertion == Marked("urn:li:assertion:0123", Location("p.yml", 5, 17))
    assert found.asset is None
    assert found.impact is Impact.WARNING
    assert found.expect_every == DAY


def test_silence_is_green_only_where_somebody_wrote_never() -> None:
    assert promise("assertion: urn:li:assertion:1, expect_every: never").expect_every is None


def test_freshness_may_be_evaluated_by_datahub() -> None:
    found = promise("asset: \"ref('a')\", freshness: {max_age: 1d, evaluated_by: datahub}")
    assert found.evaluated_by is Evaluator.DATAHUB
    assert found.freshness == Marked(MaxAge(age=DAY), Location("p.yml", 5, 36))


@pytest.mark.parametrize(
    ("tests", "by", "words"),
    [
        ("all", Selection.ALL, []),
        ("[unique_id, not_null_id]", Selection.NAMES, ["unique_id", "not_null_id"]),
        ("{columns: [id]}", Selection.COLUMNS, ["id"]),
        ("{tags: [nightly, 'on']}", Selection.TAGS, ["nightly", "on"]),
    ],
)
def test_tests_are_selected_in_four_ways(tests: str, by: Selection, words: list[str]) -> None:
    found = promise(f"asset: \"ref('a')\", tests: {tests}").tests
    assert isinstance(found, TestSelection)
    assert found.by is by
    assert [word.value for word in found.words] == words
    assert found.location == Location("p.yml", 5, 32)
    assert all(word.location.line == 5 for word in found.words)


def test_a_promise_on_an_asset_the_product_only_reads_is_allowed_with_a_warning() -> None:
    result = parsed(
        f"{SMALLEST}contract:\n  - {{asset: \"source('s', 't')\", freshness: {{max_age: 1d}}}}\n"
    )
    assert [problem.code for problem in result.problems] == ["promise-on-other-asset"]
    assert not result.documents[0].wrong
    assert len(result.documents[0].contract) == 1


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "contract: [ref('a')]",
            [
                "p.yml:4:12: error[wrong-kind]: `contract` takes mappings, not ref('a'); write `- {asset: ref('model'), build: true, tests: all}`",
            ],
        ),
        (
            "contract: [{build: true}]",
            [
                "p.yml:4:12: error[one-of-several]: an entry of `contract` is about an asset or about an assertion, and this one is about neither; write {asset: ref('model'), build: true, tests: all} or {assertion: urn:li:assertion:<id>}",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", assertion: urn:li:assertion:1}]",
            [
                "p.yml:4:12: error[one-of-several]: an entry of `contract` is about an asset or about an assertion, and this one is about both; write {asset: ref('model'), build: true, tests: all} or {assertion: urn:li:assertion:<id>}",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\"}]",
            [
                "p.yml:4:12: error[nothing-promised]: nothing is promised of this asset; add `build: true`, `freshness` or `tests`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", build: false}]",
            [
                "p.yml:4:12: error[nothing-promised]: nothing is promised of this asset; add `build: true`, `freshness` or `tests`",
            ],
        ),
        (
            "contract: [{asset: \"ref('b')\", build: true}]",
            [
                "p.yml:4:20: warning[promise-on-other-asset]: ref('b') is not among the assets of the product; add it to `assets`, unless the product only reads it",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", build: yes}]",
            [
                "p.yml:4:39: error[wrong-kind]: `contract.build` is yes, neither true nor false; write `build: true` or `build: false`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", tests: al}]",
            [
                'p.yml:4:39: error[unknown-word]: `contract.tests` is al, neither all nor a list of names; did you mean "all"?',
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", tests: not_null}]",
            [
                "p.yml:4:39: error[unknown-word]: `contract.tests` is not_null, neither all nor a list of names; write `tests: all`, `tests: [name]`, `tests: {columns: [name]}` or `tests: {tags: [name]}`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", tests: []}]",
            [
                "p.yml:4:39: error[nothing-selected]: `contract.tests` is empty and selects nothing; write `tests: all`, `tests: [name]`, `tests: {columns: [name]}` or `tests: {tags: [name]}`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", tests: {}}]",
            [
                "p.yml:4:39: error[one-of-several]: `tests` takes either `columns` or `tags`, and has neither; write `tests: all`, `tests: [name]`, `tests: {columns: [name]}` or `tests: {tags: [name]}`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", tests: {columns: [a], tags: [b]}}]",
            [
                "p.yml:4:39: error[one-of-several]: `tests` takes either `columns` or `tags`, and has both; write `tests: all`, `tests: [name]`, `tests: {columns: [name]}` or `tests: {tags: [name]}`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", tests: {columns: []}}]",
            [
                "p.yml:4:49: error[nothing-selected]: `tests.columns` is empty and selects nothing; write `tests: all`, `tests: [name]`, `tests: {columns: [name]}` or `tests: {tags: [name]}`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", tests: {column: [a]}}]",
            [
                "p.yml:4:39: error[one-of-several]: `tests` takes either `columns` or `tags`, and has neither; write `tests: all`, `tests: [name]`, `tests: {columns: [name]}` or `tests: {tags: [name]}`",
                'p.yml:4:40: error[unknown-key]: the key `column` in `tests` means nothing here; did you mean "columns"?',
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", tests: {tags: a}}]",
            [
                "p.yml:4:46: error[wrong-kind]: `tests.tags` takes a list, not a; write `tags:` and below it `- ` with each item",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", build: true, impact: block}]",
            [
                'p.yml:4:53: error[unknown-word]: `contract.impact` is blocking or warning, not block; did you mean "blocking"?',
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", build: true, expect_every: daily}]",
            [
                "p.yml:4:59: error[bad-duration]: `contract.expect_every` is daily, which is not a duration; write a whole number with s, m, h, d or w, as in `expect_every: 1d`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", build: true, expect_every: 0d}]",
            [
                "p.yml:4:59: error[bad-duration]: `contract.expect_every` is 0d, which is not a duration; write a whole number with s, m, h, d or w, as in `expect_every: 1d`",
            ],
        ),
        (
            "contract: [{assertion: abc}]",
            [
                "p.yml:4:24: error[bad-urn]: `contract.assertion` has abc, which is not a URN; write urn:li:assertion:<id>",
            ],
        ),
        (
            "contract: [{assertion: urn:li:dataset:x}]",
            [
                "p.yml:4:24: error[bad-urn]: `contract.assertion` has urn:li:dataset:x, which is not a URN of type assertion; write urn:li:assertion:<id>",
            ],
        ),
        (
            "contract: [{assertion: urn:li:assertion:1, tests: all}]",
            [
                "p.yml:4:44: error[misplaced-key]: `contract.tests` is promised of an asset, and this entry is about an assertion; write an entry of its own with `asset`",
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", build: true, freshnes: {max_age: 1d}}]",
            [
                'p.yml:4:45: error[unknown-key]: the key `freshnes` in `contract` means nothing here; did you mean "freshness"?',
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", schema: [id], volume: 1}, {sql: x}]",
            [
                f"p.yml:4:{column}: error[{code}]: {words}"
                for column, code, words in (
                    (32, "unknown-key", f"`contract.schema` {NOT_SUPPORTED}"),
                    (46, "unknown-key", f"`contract.volume` {NOT_SUPPORTED}"),
                    (58, "one-of-several", NEITHER),
                    (59, "unknown-key", f"`contract.sql` {NOT_SUPPORTED}"),
                )
            ],
        ),
        (
            "contract: [{asset: \"ref('a')\", build: true, column: x}]",
            [f"p.yml:4:45: error[unknown-key]: `contract.column` {NOT_SUPPORTED}"],
        ),
        (
            "contract: {asset: x}",
            [
                "p.yml:4:11: error[wrong-kind]: `contract` takes a list, not a mapping; write `contract:` and below it `- ` with each item",
            ],
        ),
    ],
)
def test_what_is_no_promise_is_told(text: str, problems: list[str]) -> None:
    assert told(WITH_ASSET + text) == problems


@pytest.mark.parametrize("silence", ["1d", "never"])
@pytest.mark.parametrize("build", ["", ", build: false"])
def test_a_silence_that_changes_nothing_is_warned_of(silence: str, build: str) -> None:
    fresh = "asset: \"ref('a')\", freshness: {max_age: 24h}"
    assert told(f"{WITH_ASSET}contract:\n  - {{expect_every: {silence}, {fresh}{build}}}\n") == [
        (
            "p.yml:5:6: warning[misplaced-key]: `contract.expect_every` changes nothing here: "
            "freshness is judged by its own rule; take it out, or promise `build` or `tests` in this "
            "entry too"
        )
    ]


@pytest.mark.parametrize("other", ["build: true", "tests: all"])
def test_a_silence_beside_what_has_results_is_not_warned_of(other: str) -> None:
    entry = f"asset: \"ref('a')\", freshness: {{max_age: 24h}}, expect_every: 1d, {other}"
    assert told(f"{WITH_ASSET}contract:\n  - {{{entry}}}\n") == []
