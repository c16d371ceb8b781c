from datahub_dataproducts.adapters.console.columns import in_columns


def test_columns_are_as_wide_as_what_is_in_them() -> None:
    assert in_columns([["product", "uptime"], ["Revenue", "100%"], ["A", "9%"]]) == [
        "product  uptime",
        "Revenue  100%",
        "A        9%",
    ]


def test_characters_two_places_wide_count_as_two() -> None:
    assert in_columns([["\u58f2\u4e0a", "1"], ["abcd", "2"]]) == ["\u58f2\u4e0a  1", "abcd  2"]


def test_nothing_in_a_cell_means_anything() -> None:
    assert in_columns([["[bold]a[/]", ":smile:"]]) == ["[bold]a[/]  :smile:"]


def test_a_row_may_be_short_and_there_may_be_none() -> None:
    assert in_columns([["a"], ["b", "c"]]) == ["a", "b  c"]
    assert in_columns([]) == []
