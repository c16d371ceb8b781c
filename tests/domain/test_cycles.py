from datahub_dataproducts.domain.cycles import cycles


def test_products_that_only_look_downward_have_no_cycle() -> None:
    assert cycles({"a": ["b", "c"], "b": ["c"], "c": [], "d": ["unknown"]}) == {}


def test_each_product_of_a_cycle_is_told_its_own_way_back() -> None:
    assert cycles({"a": ["b"], "b": ["c"], "c": ["a"]}) == {
        "a": ("a", "b", "c", "a"),
        "b": ("b", "c", "a", "b"),
        "c": ("c", "a", "b", "c"),
    }


def test_a_product_that_uses_itself_is_a_cycle() -> None:
    assert cycles({"a": ["a"]}) == {"a": ("a", "a")}


def test_a_product_that_merely_leads_into_a_cycle_is_none() -> None:
    assert set(cycles({"a": ["b"], "b": ["c"], "c": ["b", "d"], "d": []})) == {"b", "c"}


def test_the_way_back_is_the_shortest() -> None:
    uses = {"a": ["b", "c"], "b": ["d"], "c": ["a"], "d": ["a"]}
    assert cycles(uses)["a"] == ("a", "c", "a")


def test_a_bridge_between_two_cycles_is_in_none() -> None:
    uses = {"a": ["b"], "b": ["a", "c"], "c": ["d", "d"], "d": ["e"], "e": ["d"]}
    assert set(cycles(uses)) == {"a", "b", "d", "e"}
