"""What DataHub shows of a product is read as DataHub reads it."""

import pytest

from datahub_dataproducts.domain.products import Link
from tests.adapters.product_files.product_texts import SMALLEST, document, parsed, told


def test_tags_terms_and_the_parent_are_names_or_urns() -> None:
    found = document(
        f"{SMALLEST}tags: [gold, urn:li:tag:x]\nterms: [urn:li:glossaryTerm:A.b]\n"
        "parent_data_product: urn:li:dataProduct:sales\n"
    )
    assert found.tags == ("gold", "urn:li:tag:x")
    assert found.terms == ("urn:li:glossaryTerm:A.b",)
    assert found.parent == "urn:li:dataProduct:sales"


def test_a_link_has_a_description_and_a_title_may_stand_in_for_it() -> None:
    found = document(
        f"{SMALLEST}institutional_memory:\n  elements:\n"
        "    - {url: 'https://a.example', description: A, title: T}\n"
        "    - {url: 'mailto:team@a.example', title: T}\n"
        "external_url: http://b.example/x?y#z\n"
    )
    assert found.links == (
        Link(url="https://a.example", description="A"),
        Link(url="mailto:team@a.example", description="T"),
    )
    assert found.external_url == "http://b.example/x?y#z"


def test_a_property_without_a_value_is_none_as_in_datahub_and_a_warning() -> None:
    result = parsed(f"{SMALLEST}properties: {{a: }}\n")
    assert result.documents[0].properties == (("a", "None"),)
    assert not result.documents[0].wrong


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "tags: urn:li:tag:x",
            [
                "p.yml:3:7: error[wrong-kind]: `tags` takes a list, not urn:li:tag:x; write `tags:` and below it `- ` with each item",
            ],
        ),
        (
            "tags: [urn:li:glossaryTerm:x]",
            [
                "p.yml:3:7: error[bad-urn]: `tags` has urn:li:glossaryTerm:x, which is not a URN of type tag; write urn:li:tag:<id>",
            ],
        ),
        (
            "tags: ['']",
            [
                "p.yml:3:7: error[missing-value]: `tags` has an empty name; fill it in or take it out",
            ],
        ),
        (
            "terms: [no]",
            [
                'p.yml:3:9: error[unquoted-text]: `terms` is text, but YAML reads no without quotes as text or as true or false, depending on its version; put it in quotes: "no"',
            ],
        ),
        (
            "properties: [a]",
            [
                "p.yml:3:13: error[wrong-kind]: `properties` takes a mapping, not a list; write `properties: {name: value}`",
            ],
        ),
        (
            "properties: {a: no}",
            [
                'p.yml:3:17: error[unquoted-text]: the property a is text, but YAML reads no without quotes as text or as true or false, depending on its version; put it in quotes: "no"',
            ],
        ),
        (
            "properties: {a: 8:00}",
            [
                'p.yml:3:17: error[unquoted-text]: the property a is text, but YAML reads 8:00 without quotes as a number or as something else, depending on its version; put it in quotes: "8:00"',
            ],
        ),
        (
            "properties: {a: [1]}",
            [
                "p.yml:3:17: error[wrong-kind]: the property a is text, not a list; write one value",
            ],
        ),
        (
            "properties: {a: }",
            [
                'p.yml:3:14: warning[property-without-value]: the property a has no value, and DataHub shows that as "None"; write its value, or "" for none',
            ],
        ),
        (
            "properties: {no: a}",
            [
                'p.yml:3:14: error[unquoted-text]: the name of a property is text, but YAML reads no without quotes as text or as true or false, depending on its version; put it in quotes: "no"',
            ],
        ),
        (
            "institutional_memory: []",
            [
                "p.yml:3:23: error[wrong-kind]: `institutional_memory` takes a mapping, not a list; write `institutional_memory: {elements: [...]}`",
            ],
        ),
        (
            "institutional_memory: {element: []}",
            [
                'p.yml:3:24: error[unknown-key]: the key `element` in `institutional_memory` means nothing here; did you mean "elements"?',
            ],
        ),
        (
            "institutional_memory: {elements: [x]}",
            [
                "p.yml:3:35: error[wrong-kind]: a link is a mapping, not x; write `{url: https://..., description: ...}`",
            ],
        ),
        (
            "institutional_memory: {elements: [{url: 'https://x.y'}]}",
            [
                "p.yml:3:35: error[missing-value]: `elements.description` is not given; write `description: ...`",
            ],
        ),
        (
            "institutional_memory: {elements: [{description: x}]}",
            [
                "p.yml:3:35: error[missing-value]: `elements.url` is not given; write `url: https://...`",
            ],
        ),
        (
            "institutional_memory: {elements: [{url: x, description: x}]}",
            [
                "p.yml:3:41: error[bad-url]: `elements.url` is x, which is no address to follow; write one that begins with https://, http:// or mailto:",
            ],
        ),
        (
            "parent_data_product: urn:li:domain:x",
            [
                "p.yml:3:22: error[bad-urn]: `parent_data_product` has urn:li:domain:x, which is not a URN of type dataProduct; write urn:li:dataProduct:<id>",
            ],
        ),
    ],
)
def test_what_datahub_would_not_show_as_meant_is_told(text: str, problems: list[str]) -> None:
    assert told(SMALLEST + text) == problems
