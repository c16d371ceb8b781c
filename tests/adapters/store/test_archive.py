"""The contract of the Archive, kept by the SQL store on real databases."""

from collections.abc import Iterator

import pytest

from datahub_dataproducts.adapters.store.archive import SqlArchive
from tests.builders import checked, product, result, update
from tests.fakes import store_at

T = "urn:li:assertion:t"


@pytest.fixture
def archive(store_url: str) -> Iterator[SqlArchive]:
    store = store_at(store_url)
    with store.trial() as book:
        yield book
    store.close()


def test_an_empty_archive_knows_no_product(archive: SqlArchive) -> None:
    assert archive.known() == []
    assert archive.definition_at("revenue", 5) is None


def test_a_product_is_told_as_it_was_defined_at_an_instant(archive: SqlArchive) -> None:
    archive.define(product("revenue", name="First"), None)
    archive.define(product("revenue", name="Second"), 10)
    archive.define(product("users"), None)
    told = {at: archive.definition_at("revenue", at) for at in (9, 10)}
    assert {at: one and one.product.name for at, one in told.items()} == {9: "First", 10: "Second"}
    assert [(one.generation, one.since) for one in told.values() if one] == [(1, None), (2, 10)]
    assert archive.known() == ["revenue", "users"]


def test_before_its_first_definition_and_after_its_last_a_product_is_not_there(
    archive: SqlArchive,
) -> None:
    archive.define(product("revenue", checked("t")), 10)
    archive.retire(product("revenue", checked("t")), 20, ())
    there = [at for at in (9, 10, 19, 20) if archive.definition_at("revenue", at)]
    assert there == [10, 19]
    assert archive.known() == ["revenue"]


def test_evidence_between_two_instants_has_both_of_them(archive: SqlArchive) -> None:
    for at in (1, 2, 3, 4):
        archive.record(result("t", at))
    archive.record(result("other", 2))
    archive.record(update("fct", 2))
    assert [e.at for e in archive.evidence_between([T], 2, 3)] == [2, 3]
    assert [e.at for e in archive.evidence_between([T], None, 3)] == [1, 2, 3]
