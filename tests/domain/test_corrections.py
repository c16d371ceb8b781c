"""Corrections as values: whose they are and which time they speak of."""

from datahub_dataproducts.domain.corrections import (
    Correction,
    CorrectionKind,
    corrections_of,
    corrections_within,
)


def correction(since: int, until: int, *, product: str = "revenue") -> Correction:
    return Correction(
        product=product,
        since=since,
        until=until,
        kind=CorrectionKind.FALSE_ALARM,
        reason="as known",
        author="ana",
    )


def test_the_corrections_of_one_product_are_those_that_name_it_in_order_of_time() -> None:
    other = correction(1, 2, product="orders")
    late, early = correction(5, 6), correction(1, 2)
    assert corrections_of("revenue", [late, other, early]) == (early, late)


def test_what_is_written_twice_is_one_correction() -> None:
    assert corrections_of("revenue", [correction(1, 2), correction(1, 2)]) == (correction(1, 2),)


def test_corrections_of_a_time_are_those_that_speak_of_any_of_it() -> None:
    several = [correction(0, 10), correction(5, 11), correction(19, 30), correction(20, 30)]
    assert corrections_within(several, 10, 20) == (several[1], several[2])
