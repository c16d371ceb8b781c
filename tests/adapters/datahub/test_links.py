"""Links into DataHub's pages."""

from datahub_dataproducts.adapters.datahub.links import (
    assertion_link,
    dataset_link,
    page_of,
    product_link,
)

ORDERS = "urn:li:dataset:(urn:li:dataPlatform:postgres,shop.public.orders,PROD)"
ENCODED = (
    "urn%3Ali%3Adataset%3A%28urn%3Ali%3AdataPlatform%3Apostgres%2Cshop.public.orders%2CPROD%29"
)


def test_a_product_has_the_page_that_datahubs_own_client_links_to() -> None:
    page = "https://hub.example.com/dataProduct/urn%3Ali%3AdataProduct%3Aorders/"
    assert product_link("https://hub.example.com/", "orders") == page
    assert product_link("https://hub.example.com", "orders") == page


def test_whatever_has_a_meaning_in_an_address_is_encoded() -> None:
    assert product_link("https://h", "a/b?c#d").endswith("urn%3Ali%3AdataProduct%3Aa%2Fb%3Fc%23d/")
    assert dataset_link("https://h", ORDERS) == f"https://h/dataset/{ENCODED}/"


def test_an_assertion_opens_among_those_of_its_dataset() -> None:
    link = assertion_link("https://h", ORDERS, "urn:li:assertion:a1")
    assert link == (
        f"https://h/dataset/{ENCODED}/Quality/List?assertion_urn=urn%3Ali%3Aassertion%3Aa1"
    )


def test_the_page_of_an_entity_is_found_by_its_urn() -> None:
    assert page_of("https://h", "urn:li:dataProduct:orders") == product_link("https://h", "orders")
    assert page_of("https://h", ORDERS) == dataset_link("https://h", ORDERS)
    opened = assertion_link("https://h", ORDERS, "urn:li:assertion:a1")
    assert page_of("https://h", f"urn:li:assertion:a1 {ORDERS}") == opened


def test_what_has_no_page_of_its_own_has_no_link() -> None:
    for urn in ("urn:li:assertion:a1", "urn:li:platformResource:x", "urn:li", ""):
        assert page_of("https://h", urn) is None
