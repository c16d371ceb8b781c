from datahub_dataproducts.domain.portfolio import portfolio_of
from datahub_dataproducts.domain.products import Input
from tests.builders import checked, product


def test_a_stranger_is_no_input() -> None:
    made = portfolio_of([product("a", inputs=(Input(product="stranger"),))])
    assert made.inputs["a"] == ()
    assert made.dependents == {}


def test_an_event_finds_all_who_listen_to_it_each_once() -> None:
    twice = checked("t", listens_to=("urn:li:assertion:t", "urn:li:assertion:t"))
    made = portfolio_of([product("a", twice), product("b", checked("t"), checked("u"))])
    assert [id_ for id_, _ in made.listeners["urn:li:assertion:t"]] == ["a", "b"]
    assert [id_ for id_, _ in made.listeners["urn:li:assertion:u"]] == ["b"]


def test_inputs_lie_deeper_than_what_uses_them_in_whatever_order_they_are_given() -> None:
    made = portfolio_of([
        product("top", inputs=(Input(product="left"), Input(product="right"))),
        product("left", inputs=(Input(product="bottom"),)),
        product("right", inputs=(Input(product="left"), Input(product="bottom", required=False))),
        product("bottom"),
    ])
    assert made.depth == {"bottom": 0, "left": 1, "right": 2, "top": 3}


def test_an_input_named_twice_is_counted_and_does_not_stall_the_order() -> None:
    made = portfolio_of([
        product("a", inputs=(Input(product="b"), Input(product="b", required=False))),
        product("b"),
    ])
    assert made.depth == {"b": 0, "a": 1}


def test_products_of_a_cycle_have_no_inputs_and_tell_the_way_round() -> None:
    made = portfolio_of([
        product("a", inputs=(Input(product="b"), Input(product="c"))),
        product("b", inputs=(Input(product="a"),)),
        product("c"),
        product("user", inputs=(Input(product="a"),)),
    ])
    assert made.cyclic == {"a": ("a", "b", "a"), "b": ("b", "a", "b")}
    assert made.inputs["a"] == made.inputs["b"] == ()
    assert made.dependents == {"a": ("user",)}


def test_a_product_is_set_up_by_an_assertion_of_its_own_or_of_an_input() -> None:
    made = portfolio_of([
        product("promising", checked("t")),
        product("using", inputs=(Input(product="promising", required=False),)),
        product("empty"),
        product("above-empty", inputs=(Input(product="empty"),)),
    ])
    assert made.set_up == {"promising", "using"}


def test_of_two_products_with_one_id_the_last_counts() -> None:
    made = portfolio_of([product("a", checked("old")), product("a", checked("new"))])
    assert set(made.listeners) == {"urn:li:assertion:new"}
