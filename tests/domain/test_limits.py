"""What DataHub would refuse, lose or mix up is told while it can still be mended."""

from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.documents import OwnerDocument
from datahub_dataproducts.domain.limits import (
    LONGEST_TERM,
    LONGEST_URN,
    LONGEST_VALUE,
    review_limits,
)
from datahub_dataproducts.domain.submissions import Submission
from tests.submissions import by_urn, lines, place, submission, table


def told(*submissions: Submission) -> list[str]:
    return lines(review_limits(submissions))


def of(id_: str = "a", **fields: Any) -> list[str]:
    return told(submission(id_, **fields))


def test_a_urn_that_the_server_refuses_is_an_error() -> None:
    # Its three colons take three characters each.
    longest = "x" * (LONGEST_URN - len("urn:li:dataProduct:") - 3 * 2)
    assert of(longest) == []
    assert of(f"{longest}x") == [
        (
            "p.yml:1:3: error[urn-too-long]: the URN of this product has 513 characters when it is "
            "encoded, and DataHub takes 512; write a shorter `id`"
        )
    ]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
def test_the_length_is_that_of_the_encoded_urn(id_: str) -> None:
    is_told = any("urn-too-long" in line for line in of(id_))
    # Java writes a space as a plus, and leaves the asterisk; Python the tilde.
    encoded = quote_plus(f"urn:li:dataProduct:{id_}", safe="*").replace("~", "%7E")
    assert is_told == (len(encoded) > LONGEST_URN)


def test_other_urns_that_are_too_long_are_told_at_their_places() -> None:
    long = "y" * 600
    urn = f"urn:li:dataset:(urn:li:dataPlatform:s3,{long},PROD)"
    found = of(
        assets=(by_urn(urn, "y.csv", 5),),
        tags=("fine", long),
        terms=(long,),
        owners=(OwnerDocument(id=long, type="NONE", location=place(3)),),
        places={"tags.1": place(6), "terms": place(7)},
    )
    assert [line.split(" when")[0] for line in found] == [
        "p.yml:6:3: warning[urn-too-long]: the tag has 600 characters",
        "p.yml:7:3: warning[urn-too-long]: the term has 600 characters",
        "p.yml:3:3: warning[urn-too-long]: the owner has 600 characters",
        "p.yml:5:3: warning[urn-too-long]: the URN of y.csv has 665 characters",
    ]


@pytest.mark.parametrize("sign", ["é", "/", "%", "?", "#", "[", "␟", "'"])
def test_an_id_with_signs_that_do_not_travel_well_is_told(sign: str) -> None:
    (line,) = of(f"rev{sign}nue")
    assert line == (
        f'p.yml:1:3: warning[unsafe-urn]: the id has "{sign}", which addresses and DataHub\'s client '
        "do not carry unchanged everywhere; write ids of letters without accents, digits, `_`, `-` "
        "and `.`"
    )


@pytest.mark.parametrize("id_", ["revenue", "Revenue-2.daily_v1", "finance:revenue"])
def test_usual_ids_are_fine(id_: str) -> None:
    assert of(id_) == []


def test_other_names_that_become_urns_are_of_plain_letters_too() -> None:
    (line,) = of(tags=("Größe",), places={"tags.0": place(6)})
    assert line == (
        'p.yml:6:3: warning[unsafe-urn]: the tag has "ö": DataHub\'s client does not send such '
        "letters unchanged in a URN; write it without, or use the URN that DataHub shows for it"
    )
    assert of(tags=("Tier 1",)) == []


def test_an_asset_that_no_product_can_contain_is_told() -> None:
    assert of(assets=(by_urn("urn:li:tag:gold", line=5), by_urn("urn:li:chart:(x,1)"))) == [
        (
            "p.yml:5:3: warning[asset-of-wrong-type]: DataHub does not show a tag among the assets of "
            "a product; take it out, or name the table, dashboard, chart or job that is meant"
        )
    ]


def test_texts_that_are_too_long_are_told() -> None:
    longest = "x" * (LONGEST_VALUE - len("fine="))
    found = of(
        description="ä" * (LONGEST_TERM // 2 + 1),
        properties=(("fine", longest), ("long", f"{longest}x")),
        places={"description": place(4), "properties.long": place(9)},
    )
    assert found == [
        (
            "p.yml:4:3: warning[text-too-long]: the description has 32,768 bytes, and DataHub's "
            "search index takes 32,766: it may leave it out, or refuse the product; keep it to a "
            "page, and link to the rest by `institutional_memory`"
        ),
        (
            "p.yml:9:3: warning[text-too-long]: the property long has 4,097 characters with its "
            "name, and DataHub's search index leaves out what has more than 4,096; write it into the "
            "description, or link to it by `institutional_memory`"
        ),
    ]
    assert of(description="ä" * (LONGEST_TERM // 2)) == []


def test_ids_that_differ_in_capitals_only_are_told() -> None:
    assert told(submission("Users"), submission("users", file="q.yml"), submission("other")) == [
        (
            'q.yml:1:3: warning[colliding-ids]: the id differs only in capitals from "Users" '
            "(p.yml:1:3): DataHub keeps two products, and its search and people take them for one; "
            "give it an id of its own"
        )
    ]
    assert told(submission("users"), submission("users")) == []


def test_one_name_twice_in_a_domain_is_told() -> None:
    here = {"display_name": place(2)}
    found = told(
        submission("a", name="Net  Revenue"),
        submission("b", name="net revenue", places=here),
        submission("c", name="Users"),
        submission("d"),
        submission("e"),
    )
    assert found == [
        (
            'p.yml:2:3: warning[repeated-name]: "a" has this name too, in the same domain '
            "(p.yml:1:3): people cannot tell them apart; give it a name of its own"
        )
    ]


def test_models_that_are_one_table_in_datahub_are_told() -> None:
    urn = "urn:li:dataset:(urn:li:dataPlatform:snowflake,db.orders,PROD)"
    upper, lower = table("Orders", 5, urn=urn), table("orders", 6, urn=urn)
    source = table("ORDERS", 7, urn=urn, resource_type="source")
    found = told(
        submission("a", assets=(upper, upper)), submission("b", assets=(lower, source, by_urn(urn)))
    )
    assert found == [
        (
            "p.yml:6:3: warning[folded-assets]: ref('orders') and ref('Orders') (p.yml:5:3) are one "
            f"asset in DataHub: {urn}; give the tables names that differ in more than capitals, or "
            "set `convert_urns_to_lowercase: false` in both recipes"
        )
    ]


def test_parents_that_form_a_cycle_are_told() -> None:
    here = {"parent_data_product": place(9)}
    found = told(
        submission("a", parent="b", places=here),
        submission("b", parent="urn:li:dataProduct:a"),
        submission("c", parent="a"),
    )
    assert found == [
        (
            "p.yml:9:3: error[parent-cycle]: the product is its own parent: a -> b -> a; take one of "
            "these parents out"
        ),
        (
            "p.yml:1:3: error[parent-cycle]: the product is its own parent: b -> a -> b; take one of "
            "these parents out"
        ),
    ]
