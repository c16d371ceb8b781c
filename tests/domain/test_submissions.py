"""What a product hands over, and whom it rests on."""

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.submissions import required_with
from tests.submissions import age, by_urn, due, place, promised, submission, table

ids = st.sampled_from("abcdef")
uses = st.dictionaries(ids, st.lists(ids, max_size=3))


def test_what_is_promised_of_output_ports_is_handed_over() -> None:
    port, inner = table("fct"), table("stg")
    fresh = promised(port, due("08:00"))
    product = submission("a", fresh, promised(inner, age(1)), promised(port), ports=(port,))
    assert product.handed_over() == (fresh,)


def test_without_output_ports_all_but_the_sources_it_reads_is_handed_over() -> None:
    source = table("charges", resource_type="source", materialization="")
    own, board = promised(table("fct"), due("08:00")), promised(by_urn("urn:li:x:y"), age(1))
    assert submission("a", promised(source, age(1)), own, board).handed_over() == (own, board)


def test_a_promise_stands_where_its_freshness_is_written() -> None:
    assert promised(table("fct"), due("08:00"), 10).place == place(11)
    assert promised(table("fct"), None, 10).place == place(10)


def test_an_input_that_has_nothing_is_seen_through() -> None:
    inputs = {"a": ["b", "c"], "b": ["d"], "c": ["d", "e"], "d": ["a"]}
    assert required_with("a", inputs, {"d": 1, "e": 1}) == ["d", "e"]
    assert required_with("a", inputs, {"b": 1, "d": 1}) == ["b", "d"]
    assert required_with("a", inputs, {"a": 1}) == []


@given(ids, uses, st.sets(ids), ids)
def test_one_more_input_takes_none_away(
    id_: str, inputs: dict[str, list[str]], having: set[str], more: str
) -> None:
    having_ = dict.fromkeys(having)
    before = required_with(id_, inputs, having_)
    after = required_with(id_, {**inputs, id_: [*inputs.get(id_, []), more]}, having_)
    assert set(before) <= set(after)
    assert len(after) == len(set(after))
