"""A product file is one product or several, and all its problems come at once."""

from fractions import Fraction

import pytest

from datahub_dataproducts.adapters.product_files.findings import MOST_PROBLEMS
from datahub_dataproducts.domain.assertions import Deadline, Impact
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import Lifecycle, Link, ProductType
from tests.adapters.product_files.product_texts import (
    DATAHUB_EXAMPLE,
    REVENUE,
    SMALLEST,
    document,
    parsed,
    told,
)


def test_datahubs_own_example_is_valid_unchanged() -> None:
    found = document(DATAHUB_EXAMPLE)
    assert found.id.value == "pet_of_the_week"
    assert found.domain.value == "Marketing"
    assert found.name == "Pet of the Week Campaign"
    assert found.description == "This campaign includes Pet of the Week data."
    assert [str(asset.value) for asset in found.assets or ()] == [
        "urn:li:dataset:(urn:li:dataPlatform:snowflake,long_tail_companions.analytics.pet_details,PROD)",
        "urn:li:dashboard:(looker,dashboards.19)",
        "urn:li:dataFlow:(airflow,snowflake_load,prod)",
    ]
    assert [port.value for port in found.output_ports] == [(found.assets or ())[0].value]
    assert [(owner.id, owner.type) for owner in found.owners] == [
        ("urn:li:corpuser:jdoe", "BUSINESS_OWNER"),
        ("urn:li:corpuser:fbar", "urn:li:ownershipType:architect"),
    ]
    assert found.tags == ("urn:li:tag:adoption",)
    assert found.terms == ("urn:li:glossaryTerm:ClientsAndAccounts.AccountBalance",)
    assert found.links == (
        Link(url="https://example.com/pet_of_the_week", description="Go here to see the campaign."),
    )
    assert found.properties == (("lifecycle", "production"), ("sla", "7am every day"))


def test_a_whole_product_is_read_with_its_promises() -> None:
    result = parsed(REVENUE)
    assert [problem.code for problem in result.problems] == ["promise-on-other-asset"]
    (found,) = result.documents
    assert not found.wrong
    assert found.type is ProductType.METRIC
    assert found.lifecycle is Lifecycle.LIVE
    assert found.channels == ("finance",)
    assert found.runbook == "https://wiki.example.com/runbooks/revenue"
    assert [(one.product, one.required) for one in found.inputs] == [
        ("users", True),
        ("attribution", False),
    ]
    assert found.objective is not None
    assert (found.objective.value.target, found.objective.value.window) == (
        Fraction(99, 100),
        30 * DAY,
    )
    model, source, assertion = found.contract
    assert model.freshness is not None
    assert isinstance(model.freshness.value, Deadline)
    assert model.freshness.value.schedule.timezone == "Europe/Amsterdam"
    assert source.impact is Impact.WARNING
    assert assertion.expect_every == DAY


def test_several_products_stand_under_data_products() -> None:
    text = "data_products:\n  - {id: a, domain: d}\n  - {id: b, domain: d}\n"
    assert [found.id.value for found in parsed(text).documents] == ["a", "b"]
    assert told(text) == []


def test_an_error_in_one_product_leaves_its_neighbour_sound() -> None:
    result = parsed(
        "data_products:\n  - {id: a, domain: d, type: metrics}\n  - {id: b, domain: d}\n  - {domain: d}\n"
    )
    assert [(found.id.value, found.wrong) for found in result.documents] == [
        ("a", True),
        ("b", False),
    ]
    assert [(problem.code, problem.product) for problem in result.problems] == [
        ("unknown-word", "a"),
        ("missing-value", None),
    ]


@pytest.mark.parametrize(
    "fault", ["", "  - {id: c, domain: d, domain: e}\n", "domain: d\n", "  - text\n"]
)
def test_an_error_of_the_file_itself_touches_all_its_products(fault: str) -> None:
    result = parsed(f"data_products:\n  - {{id: a, domain: d}}\n{fault}")
    assert result.documents[0].wrong is bool(fault)


def test_anchors_and_merges_share_what_products_have_in_common() -> None:
    result = parsed(
        "x-shared:\n  base: &base {domain: d, owners: &team [ana]}\n"
        "data_products:\n  - <<: *base\n    id: a\n  - {id: b, domain: e, owners: *team}\n"
        "  - {<<: [*base, {domain: f}], id: c, description: x}\n"
    )
    assert [problem.code for problem in result.problems] == ["unknown-key"]
    assert [
        (found.id.value, found.domain.value, [owner.id for owner in found.owners])
        for found in result.documents
    ] == [("a", "d", ["ana"]), ("b", "e", ["ana"]), ("c", "d", ["ana"])]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "- id: a",
            [
                "p.yml:1:1: error[wrong-kind]: a product file is a mapping, not a list; write `id: ...` and the other keys of a product, or several under `data_products:`",
            ],
        ),
        (
            "text",
            [
                "p.yml:1:1: error[wrong-kind]: a product file is a mapping, not text; write `id: ...` and the other keys of a product, or several under `data_products:`",
            ],
        ),
        (
            "data_products: []",
            [
                "p.yml:1:1: error[no-products]: `data_products` lists no product; list one, or remove the file if its products are to go",
            ],
        ),
        (
            "data_products:",
            [
                "p.yml:1:1: error[no-products]: `data_products` lists no product; list one, or remove the file if its products are to go",
            ],
        ),
        (
            "data_products: {id: a}",
            [
                "p.yml:1:16: error[wrong-kind]: `data_products` takes a list, not a mapping; begin each product with `- id: ...`",
            ],
        ),
        (
            "data_products: [a]",
            [
                "p.yml:1:17: error[wrong-kind]: a product is a mapping, not a; begin each product with `- id: ...`",
            ],
        ),
        (
            "data_products: [{id: a, domain: d}]\ndomain: d",
            [
                "p.yml:2:1: error[misplaced-key]: `domain` belongs to a product, and stands beside `data_products`; move it into the products it is meant for",
            ],
        ),
        (
            "data_products: [{id: a, domain: d}]\nversion: 1",
            [
                "p.yml:2:1: warning[unknown-key]: the key `version` means nothing here; take it out",
            ],
        ),
        (
            "data_product: [{id: a}]",
            [
                "p.yml:1:1: error[missing-value]: `domain` is not given; write `domain: finance`",
                "p.yml:1:1: error[missing-value]: `id` is not given; write `id: revenue`",
                'p.yml:1:1: error[unknown-key]: the key `data_product` means nothing here; did you mean "data_products"?',
            ],
        ),
        (
            "# nothing\n",
            [
                "p.yml:1:1: error[empty-file]: the file is empty; write a product into it, or remove it",
            ],
        ),
        (
            "---\n",
            [
                "p.yml:1:1: error[empty-file]: the file is empty; write a product into it, or remove it",
            ],
        ),
        (
            "id: a\ndomain: d\n---\nid: b\ndomain: d\n",
            [
                "p.yml:3:1: error[several-documents]: a second document begins here, and a product file is one document; list the products under `data_products:`",
            ],
        ),
        (
            "version: 2\nmodels: []",
            [
                "p.yml:2:1: error[other-format]: this is a dbt properties file, and not a product file; move it to dbt's `models`, or narrow `product_paths` to the product files",
            ],
        ),
    ],
)
def test_what_is_no_product_file_is_told(text: str, problems: list[str]) -> None:
    assert told(text) == problems


def test_all_problems_come_at_once_and_in_the_order_of_the_file() -> None:
    result = parsed("id: a\ntype: x\ntype: y\nowners: 1\ncontract: [{}]\nassets: [b]\n")
    assert [problem.code for problem in result.problems] == [
        "missing-value",
        "unknown-word",
        "duplicate-key",
        "wrong-kind",
        "one-of-several",
        "bad-asset",
    ]


def test_a_file_with_too_many_problems_is_read_no_further() -> None:
    text = SMALLEST + "assets:\n" + "- nothing\n" * (MOST_PROBLEMS + 100)
    result = parsed(text)
    assert len(result.problems) == MOST_PROBLEMS + 1
    assert str(result.problems[-1]) == (
        f"p.yml:{3 + MOST_PROBLEMS + 1}:3: error[too-many-problems]: there are more than "
        f"{MOST_PROBLEMS} problems, and the file is read no further; mend those before this place first"
    )


def test_a_message_shows_a_long_value_cut_and_on_one_line() -> None:
    (line,) = told(f"{SMALLEST}type: '{'x' * 5000}'\n")
    assert f"not {'x' * 60}..." in line
    (line,) = told(f'{SMALLEST}type: "a\\n\\n b"\n')
    assert "not a b" in line
