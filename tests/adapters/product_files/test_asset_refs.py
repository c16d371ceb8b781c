"""Assets are written in dbt's words or as URNs, and anything else is told with examples."""

import pytest
from datahub.utilities.urns.urn import Urn
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.product_files.asset_refs import (
    AssetNames,
    check_urn,
    fault_of_urn,
    parse_asset_ref,
)
from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.nodes import At
from datahub_dataproducts.domain.documents import (
    AssetRef,
    ExposureRef,
    Marked,
    ModelRef,
    SemanticRef,
    SourceRef,
    UrnRef,
)
from datahub_dataproducts.domain.problems import Location
from tests.adapters.product_files.product_texts import SMALLEST, document, told


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("ref('orders')", ModelRef("orders")),
        ('ref("orders")', ModelRef("orders")),
        ("ref( 'orders' )", ModelRef("orders")),
        ("ref('shop', 'orders')", ModelRef("orders", "shop")),
        ("ref('shop','orders')", ModelRef("orders", "shop")),
        ("ref('orders', v=2)", ModelRef("orders", "", "2")),
        ("ref('orders', version = 2)", ModelRef("orders", "", "2")),
        ("ref('orders', v='2b')", ModelRef("orders", "", "2b")),
        ("ref('orders', v=1.5)", ModelRef("orders", "", "1.5")),
        ("ref('shop', \"orders\", v=2)", ModelRef("orders", "shop", "2")),
        ("source('stripe', 'charges')", SourceRef("stripe", "charges")),
        ('source( "stripe" , "charges" )', SourceRef("stripe", "charges")),
        ("exposure('board')", ExposureRef("board")),
        ("semantic_model('orders')", SemanticRef("semantic_model", "orders")),
        ('metric( "revenue" )', SemanticRef("metric", "revenue")),
        ("saved_query('weekly')", SemanticRef("saved_query", "weekly")),
        (
            "urn:li:dashboard:(looker,dashboards.42)",
            UrnRef("urn:li:dashboard:(looker,dashboards.42)"),
        ),
        ("urn:li:thing:a,b", UrnRef("urn:li:thing:a,b")),
    ],
)
def test_an_asset_is_written_in_dbts_words_or_as_a_urn(text: str, ref: AssetRef) -> None:
    assert parse_asset_ref(text) == ref


@pytest.mark.parametrize(
    "text",
    [
        "",
        "orders",
        "ref()",
        "ref('')",
        "ref('a\")",
        "ref('a') ",
        "ref('a', 'b', 'c')",
        "ref('a', x=2)",
        "ref('a', v=)",
        "Ref('a')",
        "source('a')",
        "source('a', 'b', 'c')",
        "exposure('a', 'b')",
        "metric(a)",
        "urn:li:tag",
    ],
)
def test_anything_else_is_no_asset(text: str) -> None:
    assert parse_asset_ref(text) is None


@pytest.mark.parametrize(
    "ref",
    [
        ModelRef("orders"),
        ModelRef("orders", "shop"),
        ModelRef("orders", "shop", "2"),
        ModelRef("orders", "", "2"),
        SourceRef("stripe", "charges"),
        ExposureRef("board"),
        SemanticRef("semantic_model", "orders"),
        UrnRef("urn:li:tag:x"),
    ],
)
def test_what_a_reference_prints_is_read_back_as_the_same(ref: AssetRef) -> None:
    assert parse_asset_ref(str(ref)) == ref


@given(
    st.sampled_from(["thing", "dashboard", "mlFeature", "dataFlow"]),
    st.text(alphabet="ab1:(),.% \t", max_size=20)
    | st.lists(st.text(alphabet="ab(),", max_size=3), max_size=4).map(
        lambda parts: f"({','.join(parts)})"
    ),
)
def test_every_urn_taken_here_is_one_to_datahub(type_: str, key: str) -> None:
    urn = f"urn:li:{type_}:{key}"
    if fault_of_urn(urn) == "":
        assert Urn.from_string(urn).entity_type == type_


@given(st.text(alphabet="ab1:(),.% \t", max_size=10))
def test_every_urn_of_a_type_taken_here_is_one_to_datahub(key: str) -> None:
    urn = f"urn:li:tag:{key}"
    if check_urn(urn, "tag", At(1, 1), "`tags`", Findings("p.yml")):
        assert Urn.from_string(urn).urn() == urn


@pytest.mark.parametrize(
    ("urn", "fault"),
    [
        ("urn:li:dataset:(urn:li:dataPlatform:x,a.b,PROD)", ""),
        ("urn:li:dataset:(urn:li:dataPlatform:x,a.b)", "needs 3 parts in parentheses"),
        ("urn:li:dataset:a", "needs 3 parts in parentheses"),
        ("urn:li:dataJob:(urn:li:dataFlow:(airflow,a,prod),b)", ""),
        ("urn:li:dataJob:(urn:li:dataFlow:(airflow,a,prod),b,c)", "needs 2 parts in parentheses"),
        ("urn:li:domain:a", ""),
    ],
)
def test_a_urn_has_the_parts_of_its_type(urn: str, fault: str) -> None:
    assert fault_of_urn(urn) == fault


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ModelRef("a"), ModelRef("a", "shop"), True),
        (ModelRef("a", "shop"), ModelRef("a", "depot"), False),
        (ModelRef("a"), ModelRef("a", "", "2"), True),
        (ModelRef("a", "", "1"), ModelRef("a", "", "2"), False),
        (ModelRef("a", "shop", "1"), ModelRef("a"), True),
        (ModelRef("a", "shop"), ModelRef("a", "", "2"), True),
        (ModelRef("a", "shop", "1"), ModelRef("a", "", "2"), False),
        (ModelRef("a"), ModelRef("b"), False),
        (ModelRef("a"), ExposureRef("a"), False),
        (SourceRef("a", "b"), SourceRef("a", "b"), True),
    ],
)
def test_a_model_without_its_package_may_be_the_one_with_it(
    one: AssetRef, other: AssetRef, *, same: bool
) -> None:
    assert (one in AssetNames([other])) is same
    assert (other in AssetNames([one])) is same


def test_assets_know_their_places_and_a_lone_one_needs_no_list() -> None:
    assert document(f"{SMALLEST}assets: ref('a')\n").assets == (
        Marked(ModelRef("a"), Location("p.yml", 3, 9)),
    )


def test_no_assets_at_all_is_told_apart_from_an_empty_list() -> None:
    assert document(SMALLEST).assets is None
    assert document(f"{SMALLEST}assets:\n").assets is None
    assert document(f"{SMALLEST}assets: []\n").assets == ()


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "assets: [fct_revenue]",
            [
                "p.yml:3:10: error[bad-asset]: `assets` has fct_revenue, which names no asset; write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), semantic_model('name') or a full URN",
            ],
        ),
        (
            "assets: [ref(fct)]",
            [
                "p.yml:3:10: error[bad-asset]: `assets` has ref(fct), which names no asset; write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), semantic_model('name') or a full URN",
            ],
        ),
        (
            "assets: [{ref: x}]",
            [
                "p.yml:3:10: error[bad-asset]: `assets` has a mapping, not an asset; write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), semantic_model('name') or a full URN",
            ],
        ),
        (
            "assets: [\"{{ ref('a') }}\"]",
            [
                "p.yml:3:10: error[bad-asset]: `assets` has {{ ref('a') }}, which names no asset; write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), semantic_model('name') or a full URN",
            ],
        ),
        (
            "assets: [ref('a]",
            [
                "p.yml:3:10: error[bad-asset]: `assets` has ref('a, which names no asset; write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), semantic_model('name') or a full URN, in quotes where it stands in [brackets]",
            ],
        ),
        (
            "assets: [urn:li:dashboard:(looker,d)]",
            [
                "p.yml:3:10: error[bad-urn]: `assets` has urn:li:dashboard:(looker, which has unbalanced parentheses; write urn:li:<type>:<id>, in quotes where it stands in [brackets]",
                "p.yml:3:35: error[bad-asset]: `assets` has d), which names no asset; write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), semantic_model('name') or a full URN, in quotes where it stands in [brackets]",
            ],
        ),
        (
            "assets: ['urn:li:dashboard:(looker,d']",
            [
                "p.yml:3:10: error[bad-urn]: `assets` has urn:li:dashboard:(looker,d, which has unbalanced parentheses; write urn:li:<type>:<id>, in quotes where it stands in [brackets]",
            ],
        ),
        (
            "assets: ['urn:li:dataset:(a b,c)']",
            [
                "p.yml:3:10: error[bad-urn]: `assets` has urn:li:dataset:(a b,c), which has a space; write urn:li:<type>:<id>",
            ],
        ),
        (
            "assets: ['urn:li:dashboard:(a,b)c']",
            [
                "p.yml:3:10: error[bad-urn]: `assets` has urn:li:dashboard:(a,b)c, which goes on after its closing parenthesis; write urn:li:<type>:<id>",
            ],
        ),
        (
            "assets: ['urn:li:dashboard:(a,)']",
            [
                "p.yml:3:10: error[bad-urn]: `assets` has urn:li:dashboard:(a,), which has an empty part; write urn:li:<type>:<id>",
            ],
        ),
        (
            "assets: ['urn:li:tag:']",
            [
                "p.yml:3:10: error[bad-urn]: `assets` has urn:li:tag:, which is not a URN; write urn:li:<type>:<id>",
            ],
        ),
        (
            "assets: ['urn:x']",
            [
                "p.yml:3:10: error[bad-urn]: `assets` has urn:x, which is not a URN; write urn:li:<type>:<id>",
            ],
        ),
        (
            "assets: 12",
            [
                "p.yml:3:9: error[bad-asset]: `assets` has 12, which names no asset; write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), semantic_model('name') or a full URN",
            ],
        ),
        (
            "assets: {a: b}",
            [
                "p.yml:3:9: error[wrong-kind]: `assets` takes a list, not a mapping; write `assets:` and below it `- ` with each item",
            ],
        ),
        (
            "assets: ['ref(\"\")']",
            [
                "p.yml:3:10: error[bad-asset]: `assets` has ref(\"\"), which names no asset; write ref('model'), ref('package', 'model'), source('name', 'table'), exposure('name'), semantic_model('name') or a full URN",
            ],
        ),
    ],
)
def test_what_names_no_asset_is_told_with_examples(text: str, problems: list[str]) -> None:
    assert told(SMALLEST + text) == problems
