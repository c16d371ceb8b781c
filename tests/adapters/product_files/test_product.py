"""A product has an id, a domain, and fields that keep together."""

import pytest

from datahub_dataproducts.domain.documents import InputDocument, Marked, ProductDocument
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import Lifecycle
from tests.adapters.product_files.product_texts import SMALLEST, document, parsed, told


def test_the_smallest_product_has_an_id_and_a_domain() -> None:
    assert document(SMALLEST) == ProductDocument(
        id=Marked("revenue", Location("p.yml", 1, 5)),
        domain=Marked("finance", Location("p.yml", 2, 9)),
        lifecycle=Lifecycle.DEVELOPMENT,
    )


def test_an_id_may_be_the_urn() -> None:
    found = document(
        "id: urn:li:dataProduct:revenue\ndomain: urn:li:domain:x\ninputs: ['urn:li:dataProduct:users']\n"
    )
    assert found.id.value == "revenue"
    assert found.domain.value == "urn:li:domain:x"
    assert found.inputs == (
        InputDocument(product="users", required=True, location=Location("p.yml", 3, 10)),
    )


def test_null_and_nothing_are_the_same_as_not_written() -> None:
    assert document(f"{SMALLEST}type: null\nowners: ~\nobjective:\ncontract:\n") == document(
        SMALLEST
    )


def test_a_product_with_an_error_is_known_by_its_id_and_wrong() -> None:
    result = parsed(f"{SMALLEST}type: metrics\n")
    assert [(found.id.value, found.wrong) for found in result.documents] == [("revenue", True)]
    assert [problem.product for problem in result.problems] == ["revenue"]


def test_a_warning_makes_no_product_wrong() -> None:
    assert not parsed(f"{SMALLEST}colour: red\n").documents[0].wrong


def test_an_asset_named_twice_is_kept_once() -> None:
    (found,) = parsed(f"{SMALLEST}assets: [ref('a'), ref('a')]\n").documents
    assert found.assets is not None
    assert len(found.assets) == 1


def test_an_output_port_may_leave_out_the_package_of_the_asset() -> None:
    text = f"{SMALLEST}assets: [\"ref('shop', 'a')\"]\noutput_ports: ref('a')\n"
    assert len(document(text).output_ports) == 1


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "",
            [
                "p.yml:1:1: error[empty-file]: the file is empty; write a product into it, or remove it",
            ],
        ),
        (
            "id: revenue",
            [
                "p.yml:1:1: error[missing-value]: `domain` is not given; write `domain: finance`",
            ],
        ),
        (
            "domain: finance",
            [
                "p.yml:1:1: error[missing-value]: `id` is not given; write `id: revenue`",
            ],
        ),
        (
            "id: my revenue\ndomain: finance",
            [
                "p.yml:1:5: error[bad-id]: `id` is my revenue, which cannot be the id of a product; write a name without spaces, commas and parentheses, as in `id: revenue`",
            ],
        ),
        (
            "id: a,b\ndomain: d",
            [
                "p.yml:1:5: error[bad-id]: `id` is a,b, which cannot be the id of a product; write a name without spaces, commas and parentheses, as in `id: revenue`",
            ],
        ),
        (
            "id: f(x)\ndomain: d",
            [
                "p.yml:1:5: error[bad-id]: `id` is f(x), which cannot be the id of a product; write a name without spaces, commas and parentheses, as in `id: revenue`",
            ],
        ),
        (
            "id: urn:li:domain:x\ndomain: d",
            [
                "p.yml:1:5: error[bad-id]: `id` is urn:li:domain:x, which cannot be the id of a product; write a name without spaces, commas and parentheses, as in `id: revenue`",
            ],
        ),
        (
            "id: [a]\ndomain: d",
            [
                "p.yml:1:5: error[wrong-kind]: `id` is text, not a list; write one value",
            ],
        ),
        (
            "id: 012\ndomain: d",
            [
                'p.yml:1:5: error[unquoted-text]: `id` is text, but YAML reads 012 without quotes as a number or as something else, depending on its version; put it in quotes: "012"',
            ],
        ),
        (
            "id: 12\ndomain: d",
            [
                'p.yml:1:5: error[unquoted-text]: `id` is text, but YAML reads 12 without quotes as a number; put it in quotes: "12"',
            ],
        ),
        (
            "id: revenue\ndomain: urn:li:tag:x",
            [
                "p.yml:2:9: error[bad-urn]: `domain` has urn:li:tag:x, which is not a URN of type domain; write urn:li:domain:<id>",
            ],
        ),
        (
            "id: revenue\ndomain: ''",
            [
                "p.yml:2:1: error[missing-value]: `domain` is not given; write `domain: finance`",
            ],
        ),
    ],
)
def test_a_product_without_a_sound_id_and_domain_is_told(text: str, problems: list[str]) -> None:
    assert told(text) == problems


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "typ: metric",
            [
                'p.yml:3:1: error[unknown-key]: the key `typ` means nothing here; did you mean "type"?',
            ],
        ),
        (
            "displayname: x",
            [
                'p.yml:3:1: error[unknown-key]: the key `displayname` means nothing here; did you mean "display_name"?',
            ],
        ),
        (
            "colour: red",
            [
                "p.yml:3:1: warning[unknown-key]: the key `colour` means nothing here; take it out",
            ],
        ),
        (
            "x-owners: []",
            [
                "p.yml:3:1: warning[unknown-key]: the key `x-owners` means nothing here; take it out",
            ],
        ),
        (
            "type: metrics",
            [
                'p.yml:3:7: error[unknown-word]: `type` is metric or building_block, not metrics; did you mean "metric"?',
            ],
        ),
        (
            "type: [metric]",
            [
                "p.yml:3:7: error[wrong-kind]: `type` is text, not a list; write one value",
            ],
        ),
        (
            "lifecycle: Live",
            [
                'p.yml:3:12: error[unknown-word]: `lifecycle` is proposed, development, live, deprecated or retired, not Live; did you mean "live"?',
            ],
        ),
        (
            "timezone: Amsterdam",
            [
                "p.yml:3:11: error[bad-timezone]: `timezone` is Amsterdam, which is no time zone; write a name of the IANA database, as in `timezone: Europe/Amsterdam`",
            ],
        ),
        (
            "timezone: ''",
            [
                'p.yml:3:11: error[bad-timezone]: `timezone` is "", which is no time zone; write a name of the IANA database, as in `timezone: Europe/Amsterdam`',
            ],
        ),
        (
            "display_name: no",
            [
                'p.yml:3:15: error[unquoted-text]: `display_name` is text, but YAML reads no without quotes as text or as true or false, depending on its version; put it in quotes: "no"',
            ],
        ),
        (
            "display_name: 2024-01-01",
            [
                'p.yml:3:15: error[unquoted-text]: `display_name` is text, but YAML reads 2024-01-01 without quotes as a date or as text, depending on its version; put it in quotes: "2024-01-01"',
            ],
        ),
        (
            "description: {a: b}",
            [
                "p.yml:3:14: error[wrong-kind]: `description` is text, not a mapping; write one value",
            ],
        ),
        (
            "runbook: wiki/revenue",
            [
                "p.yml:3:10: error[bad-url]: `runbook` is wiki/revenue, which is no address to follow; write one that begins with https://, http:// or mailto:",
            ],
        ),
        (
            "external_url: javascript:alert(1)",
            [
                "p.yml:3:15: error[bad-url]: `external_url` is javascript:alert(1), which is no address to follow; write one that begins with https://, http:// or mailto:",
            ],
        ),
        (
            "assets: [ref('a')]\noutput_ports: [ref('b')]",
            [
                "p.yml:4:16: error[output-port-not-an-asset]: the output port ref('b') is not among the assets of the product; add it to `assets`, or write it as it is written there",
            ],
        ),
        (
            "assets: [ref('a'), 'ref(\"a\")']",
            [
                "p.yml:3:20: warning[repeated-asset]: ref('a') is named twice in `assets`; name it once",
            ],
        ),
        (
            "output_ports: ref('a')",
            [
                "p.yml:3:15: error[output-port-not-an-asset]: the output port ref('a') is not among the assets of the product; add it to `assets`, or write it as it is written there",
            ],
        ),
        (
            "inputs: [revenue]",
            [
                "p.yml:3:10: error[own-input]: revenue names itself as its input; take it out",
            ],
        ),
        (
            "inputs: [users, users]",
            [
                "p.yml:3:17: warning[repeated-input]: the input users is named twice; name it once",
            ],
        ),
        (
            "inputs: [users, {id: users, required: false}]",
            [
                "p.yml:3:17: error[repeated-input]: the input users is named twice, once as required and once not; name it once",
            ],
        ),
        (
            "inputs: [{id: users, require: false}]",
            [
                'p.yml:3:22: error[unknown-key]: the key `require` in `inputs` means nothing here; did you mean "required"?',
            ],
        ),
        (
            "inputs: [{id: users, required: no}]",
            [
                "p.yml:3:32: error[wrong-kind]: `inputs.required` is no, neither true nor false; write `required: true` or `required: false`",
            ],
        ),
        (
            "inputs: users",
            [
                "p.yml:3:9: error[wrong-kind]: `inputs` takes a list, not users; write `inputs:` and below it `- ` with each item",
            ],
        ),
        (
            "inputs: [a b]",
            [
                "p.yml:3:10: error[bad-id]: the input a b cannot be the id of a product; write the id of another product, as in `inputs: [users]`",
            ],
        ),
        (
            "inputs: [{required: true}]",
            [
                "p.yml:3:10: error[missing-value]: `inputs.id` is not given; write `id: users`",
            ],
        ),
        (
            "inputs: [null]",
            [
                "p.yml:3:10: error[missing-value]: `inputs` has an empty item; fill it in or take it out",
            ],
        ),
        (
            "channels: [1]",
            [
                'p.yml:3:12: error[unquoted-text]: `channels` is text, but YAML reads 1 without quotes as a number; put it in quotes: "1"',
            ],
        ),
        (
            "display_name: x\ndisplay_name: y",
            [
                "p.yml:4:1: error[duplicate-key]: `display_name` is written twice, first at line 3; keep one of them",
            ],
        ),
    ],
)
def test_what_a_field_cannot_be_is_told(text: str, problems: list[str]) -> None:
    assert told(SMALLEST + text) == problems


def test_a_document_knows_where_its_keys_stand_and_the_parts_without_marks_of_their_own() -> None:
    found = document(
        "id: revenue\n"
        "domain: finance\n"
        "lifecycle: live\n"
        "runbook:\n"
        "tags: [gold, daily]\n"
        "properties:\n"
        "  tier: one\n"
        "owners: [ana]\n"
    )
    assert {key: (place.line, place.column) for key, place in found.places.items()} == {
        "id": (1, 1),
        "domain": (2, 1),
        "lifecycle": (3, 1),
        "tags": (5, 1),
        "tags.0": (5, 8),
        "tags.1": (5, 14),
        "properties": (6, 1),
        "properties.tier": (7, 9),
        "owners": (8, 1),
    }
    assert found.place("runbook") == found.id.location


@pytest.mark.parametrize(
    "text",
    [
        "id: a\ndomain: no\n",
        "id: a\ndomain: ' '\n",
        "id: a\ndomain: urn:li:tag:x\n",
        f"{SMALLEST}institutional_memory: {{elements: [{{url: ' ', description: x}}]}}\n",
        f"{SMALLEST}institutional_memory: {{elements: [{{url: 'https://x', description: no}}]}}\n",
    ],
)
def test_one_fault_is_told_once(text: str) -> None:
    assert len(told(text)) == 1
