"""Assets of several products are told where they are lost, and promises where they differ."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import Assertion, Freshness
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.sharing import review_sharing
from datahub_dataproducts.domain.submissions import Submission
from tests.builders import checked
from tests.submissions import age, due, lines, promised, submission, table

FCT = table("fct")


def promising(
    id_: str, rule: Freshness, line: int, words: Sequence[str] = ("is fresh",)
) -> Submission:
    assertions: list[Assertion] = [
        replace(checked(word), asset=FCT.urn, promise=word) for word in words
    ]
    return submission(id_, promised(FCT, rule, line), assertions=assertions)


def test_an_asset_of_several_products_is_told_to_those_that_lose_it() -> None:
    asset = table("fct", 6)
    a, b, c = (submission(id_, assets=(asset, asset, table(id_))) for id_ in "abc")
    told = lines(review_sharing([c, a, b]))
    assert (
        told
        == [
            (
                'p.yml:6:3: warning[asset-in-several-products]: fct is an asset of "c" too (p.yml:6:3): '
                "unless it is set to keep several, DataHub will show it in that product only; leave it "
                "to one product and make that one an input, or set `multipleDataProductsPerAsset` on "
                "DataHub's server"
            )
        ]
        * 2
    )
    assert [p.product for p in review_sharing([c, a, b])] == ["a", "b"]


def test_different_promises_of_one_asset_are_told_with_the_union_that_is_shown() -> None:
    a = promising("a", due("08:00"), 10, ["is updated every day by 08:00", "is built by dbt"])
    b = promising("b", due("09:00"), 20, ["is updated every day by 09:00", "is built by dbt"])
    assert lines(review_sharing([b, a])) == [
        (
            "p.yml:21:3: warning[differing-promises]: here fct is updated every day by 09:00 "
            'Europe/Amsterdam, and in "a" it is updated every day by 08:00 Europe/Amsterdam '
            "(p.yml:11:3); its one contract in DataHub will show both: fct is updated every day by "
            "08:00, is built by dbt and is updated every day by 09:00; promise the same in both, or "
            "let one product promise it and be an input of the other"
        )
    ]


def test_the_same_promise_in_two_products_is_nothing_to_tell() -> None:
    products = [promising("a", age(DAY), 10), promising("b", age(DAY), 20)]
    assert review_sharing(products) == []
    assert review_sharing([submission("a", promised(FCT)), submission("b", promised(FCT))]) == []


def test_two_promises_of_one_product_are_told_elsewhere() -> None:
    twice = (promised(FCT, age(DAY), 10), promised(FCT, age(2 * DAY), 12))
    assert review_sharing([submission("a", *twice)]) == []
    (line,) = lines(review_sharing([submission("a", *twice), promising("b", age(DAY), 20)]))
    assert line.startswith("p.yml:21:3")


def test_of_a_long_union_the_first_are_shown() -> None:
    a = promising("a", due("08:00"), 10, [f"passes t{n}" for n in range(9)])
    (line,) = lines(review_sharing([a, promising("b", due("09:00"), 20)]))
    assert (
        "fct passes t0, passes t1, passes t2, passes t3, passes t4, passes t5 and 4 more;" in line
    )


@given(st.permutations("abcd"))
def test_the_order_of_the_files_changes_nothing(order: Sequence[str]) -> None:
    rules = {"a": due("08:00"), "b": due("09:00"), "c": due("08:00"), "d": age(DAY)}
    products = [
        replace(promising(id_, rules[id_], ord(id_)), assets=(table("fct", ord(id_)),))
        for id_ in order
    ]
    usual = [
        replace(promising(id_, rules[id_], ord(id_)), assets=(table("fct", ord(id_)),))
        for id_ in "abcd"
    ]
    assert review_sharing(products) == review_sharing(usual)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_each_product_but_one_is_told_of_a_shared_asset(count: int) -> None:
    products = [submission(f"p{n}", assets=(FCT,)) for n in range(count)]
    assert len(review_sharing(products)) == count - 1


def test_two_models_that_are_one_table_to_datahub_are_told_elsewhere() -> None:
    urn = "urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.fct,PROD)"
    upper, lower = table("Fct", urn=urn), table("fct", urn=urn)
    source = table("fct", urn=urn, resource_type="source")
    assert (
        review_sharing([submission("a", assets=(upper,)), submission("b", assets=(lower,))]) == []
    )
    assert (
        len(review_sharing([submission("a", assets=(source,)), submission("b", assets=(lower,))]))
        == 1
    )
