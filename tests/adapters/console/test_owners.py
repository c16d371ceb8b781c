"""Who answers for what, as people and pages read it."""

from datahub_dataproducts.adapters.console.owners import (
    owners_as_markdown,
    owners_as_text,
    say_type,
)
from datahub_dataproducts.domain.accountability import (
    SOME_OWNER,
    Accountability,
    Accountable,
    AssetDuty,
    Gap,
    ProductDuty,
)
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Lifecycle

PLACE = Location("a.yml", 3, 5)


def product(id_: str, name: str, type_: str, lifecycle: Lifecycle = Lifecycle.LIVE) -> ProductDuty:
    return ProductDuty(product=id_, name=name, lifecycle=lifecycle, type=type_)


def asset(name: str, *products: str, type_: str = TECHNICAL_OWNER) -> AssetDuty:
    return AssetDuty(
        node=f"model.shop.{name}", name=name, kind="model", type=type_, products=products
    )


def test_an_owner_is_told_with_the_business_first_and_what_is_in_no_product_last() -> None:
    ana = Accountable(
        urn="urn:li:corpuser:ana",
        products=(
            product("users", "Users", "urn:li:ownershipType:on_call"),
            product("revenue", "Net Revenue", BUSINESS_OWNER, Lifecycle.PROPOSED),
        ),
        assets=(asset("lone"), asset("fct", "a", "b"), asset("dim", "a", "b")),
    )
    assert owners_as_text(Accountability(owners=(ana,))) == (
        "ana (user)\n"
        "  business owner of the product Net Revenue (revenue) [proposed]\n"
        "  technical owner of fct, dim in a and b\n"
        "  technical owner of lone in no product\n"
        "  on call of the product users"
    )


def test_long_lists_are_cut() -> None:
    team = Accountable(
        urn="urn:li:corpGroup:team", assets=tuple(asset(f"m{n}") for n in range(100))
    )
    text = owners_as_text(Accountability(owners=(team,)))
    assert text.endswith("m10, m11 and 88 more in no product")


def test_what_lacks_an_owner_is_told_with_what_to_do_in_dbt() -> None:
    gaps = (
        Gap(
            product="a", name="a", lacks=TECHNICAL_OWNER, location=PLACE, asset="fct", file="m.sql"
        ),
        Gap(product="a", name="a", lacks=SOME_OWNER, location=PLACE, asset="board"),
    )
    assert owners_as_text(Accountability(gaps=gaps)) == (
        "Nobody is named, neither in product files nor in dbt.\n\n"
        "Nobody answers for\n"
        "  a.yml:3:5: fct, an asset of a, lacks a technical owner\n"
        "    = write `meta: {owner: ...}` beside it in dbt (m.sql), or give it a group that has an "
        "owner\n"
        "  a.yml:3:5: board, an asset of a, lacks an owner\n"
        "    = write `owner: {email: ...}` beside it in dbt"
    )


def test_a_page_without_anybody_has_no_table() -> None:
    assert owners_as_markdown(Accountability()) == "# Who answers for what"


def test_names_cannot_break_a_table() -> None:
    odd = Accountable(urn="urn:li:corpGroup:a|b\n<c>", assets=(asset("x|y"),))
    (row,) = owners_as_markdown(Accountability(owners=(odd,))).splitlines()[4:]
    assert row == "| a\\|b \\<c\\> (group) | technical owner |  | x\\|y |"


def test_types_of_ones_own_are_told_by_their_last_part() -> None:
    assert say_type("urn:li:ownershipType:on_call") == "on call"
    assert say_type("DATA_STEWARD") == "data steward"
