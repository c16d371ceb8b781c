"""What a store in PostgreSQL asks of the server, and what is refused in words."""

from collections.abc import Iterator

import pytest

from datahub_dataproducts.adapters.datahub.definitions import read_definition, write_definition
from datahub_dataproducts.adapters.store import postgresql, schema
from datahub_dataproducts.adapters.store.opening import database_at
from datahub_dataproducts.adapters.store.store import SqlHealthStore
from datahub_dataproducts.application.ports import Scope, Unavailable
from datahub_dataproducts.domain.health import Health
from tests.builders import product, result
from tests.fakes import store_at
from tests.integration.postgres.server import PostgresServer


class Server:
    """The server of the tests, asked about one database."""

    def __init__(self, server: PostgresServer, database: str) -> None:
        self._server, self._database = server, database
        self.url = server.url(database)
        self.place = self.url.replace(server.password, "***")

    def ask(self, *statements: str) -> list[tuple[object, ...]]:
        return self._server.execute(*statements, database=self._database)

    def role(self, name: str, *grants: str) -> str:
        """The URL of a new role that may do what it is granted."""
        role = f"{name}_of_{self._database}"
        told = [f"GRANT {grant} TO {role}" for grant in grants]
        self.ask(f"CREATE ROLE {role} LOGIN PASSWORD 'p'", *told)
        return self._server.url(self._database, role, "p")


@pytest.fixture
def server(postgres_server: PostgresServer, postgres_database: str) -> Server:
    return Server(postgres_server, postgres_database)


@pytest.fixture
def store(server: Server) -> Iterator[SqlHealthStore]:
    store = store_at(server.url)
    yield store
    store.close()


def refusal(url: str, *, create: bool = True) -> str:
    store = SqlHealthStore(url, write_definition, read_definition)
    with pytest.raises(Unavailable) as refused:
        store.open(create=create)
    return str(refused.value)


def test_a_database_without_a_store_is_not_made_one_by_who_reads(server: Server) -> None:
    assert refusal(server.url, create=False) == (
        f"{server.place} is not a store of health: give the store.url of the action"
    )
    assert server.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_database_of_something_else_is_left_as_it_is(server: Server) -> None:
    server.ask("CREATE TABLE metadata_aspect_v2 (urn text)")
    store = SqlHealthStore(server.url, write_definition, read_definition)
    assert store.occupy()
    with pytest.raises(Unavailable) as refused:
        store.open()
    assert str(refused.value) == (
        f"store.url: {server.place} is a database of something else: give a database of its own"
    )
    found = server.ask("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    assert found == [("metadata_aspect_v2",)]


def test_a_role_that_may_make_nothing_is_told_so(server: Server) -> None:
    url = server.role("nobody")
    assert "permission denied for schema public" in refusal(url)


def test_a_role_without_a_schema_is_told_so(server: Server) -> None:
    url = server.role("lost", "CREATE ON SCHEMA public")
    words = refusal(f"{url}?options=-csearch_path%3Dnowhere")
    assert "no schema has been selected to create in" in words


def test_a_role_that_owns_a_schema_needs_nothing_else(server: Server) -> None:
    url = server.role("health")
    owner = f"health_of_{server.url.rsplit('/', 1)[1]}"
    server.ask(f"CREATE SCHEMA AUTHORIZATION {owner}")
    store = SqlHealthStore(url, write_definition, read_definition)
    assert store.occupy()
    store.open()
    with store.transaction() as book:
        book.record(result("t", 1))
    with store.trial() as archive:
        archive.put_steps("a", Scope.OWN, 1, [(1, Health.HEALTHY)])
    store.close()
    assert server.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_two_stores_in_schemas_of_one_database_do_not_lock_each_other_out(server: Server) -> None:
    stores = []
    for name in ("one", "two"):
        server.ask(f"CREATE SCHEMA {name}")
        url = f"{server.url}?options=-csearch_path%3D{name}"
        stores.append(SqlHealthStore(url, write_definition, read_definition))
    assert [store.occupy() for store in stores] == [True, True]
    for store in stores:
        store.close()


def test_what_is_tried_is_seen_by_nobody_else_and_nobody_waits(
    server: Server, store: SqlHealthStore
) -> None:
    with store.transaction() as book:
        book.put_steps("a", Scope.OWN, 1, [(1, Health.HEALTHY)])
    other = store_at(server.url)
    with other.trial() as archive:
        archive.put_steps("a", Scope.OWN, 5, [(5, Health.UNHEALTHY)])
        with store.transaction() as book:
            book.put_steps("a", Scope.OWN, 7, [(7, Health.AT_RISK)])
        assert archive.steps("a", Scope.OWN, 0) == [(1, Health.HEALTHY), (5, Health.UNHEALTHY)]
    with other.reading() as archive:
        assert archive.steps("a", Scope.OWN, 0) == [(1, Health.HEALTHY), (7, Health.AT_RISK)]
    other.close()


def test_who_reads_sees_one_moment_and_waits_for_nobody(
    server: Server, store: SqlHealthStore
) -> None:
    other = store_at(server.url)
    with other.reading() as archive:
        assert archive.known() == []
        with store.transaction() as book:
            book.define(product("a"), None)
            assert archive.known() == []
        assert archive.known() == []
    with other.reading() as archive:
        assert archive.known() == ["a"]
    other.close()


def test_a_commit_waits_for_the_disk_even_where_the_server_is_set_up_not_to(
    server: Server,
) -> None:
    server.ask(f"ALTER DATABASE {server.url.rsplit('/', 1)[1]} SET synchronous_commit = off")
    database = database_at(server.url)
    with database.writing() as connection:
        shown = connection.exec_driver_sql("SHOW synchronous_commit").scalar()
    database.leave()
    assert shown == "on"


def test_texts_are_in_the_order_of_their_code_points_on_every_server(
    server: Server, store: SqlHealthStore
) -> None:
    other = server.ask(
        "SELECT c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0"
        " AND a.attcollation NOT IN (0, '\"C\"'::regcollation)"
    )
    assert other == []


def test_a_text_with_the_character_0_is_kept_without_it(store: SqlHealthStore) -> None:
    with store.transaction() as book:
        book.record(result("t", 1, run="a\x00b"))
        book.set_aside("it is no JSON", '{"\x00', 1)
    with store.transaction() as book:
        (found,) = book.evidence(["urn:li:assertion:t"], None)
        assert found.run_id == "a\ufffdb"
        assert not book.record(result("t", 1, run="a\x00b")).new
        book.set_aside("it is no JSON", '{"\x00', 1)
    assert store.set_aside_count() == 1


def test_what_the_server_finds_broken_is_told(server: Server, store: SqlHealthStore) -> None:
    with store.auditing() as audit:
        assert audit.damage() == []
    server.ask("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'told_posted'::regclass")
    with store.auditing() as audit:
        assert audit.damage() == ["the index told_posted is not whole: REINDEX it"]


def test_a_table_that_is_gone_is_said(server: Server, store: SqlHealthStore) -> None:
    server.ask("DROP TABLE letters")
    with pytest.raises(Unavailable) as broken:
        store.due_letters(0, 1)
    assert str(broken.value) == (
        f'the store {server.place} cannot be used (relation "letters" does not exist)'
    )


def test_a_store_of_a_newer_layout_is_refused(server: Server, store: SqlHealthStore) -> None:
    server.ask("UPDATE store_version SET version = 99, written_by = '7.5.3'")
    words = refusal(server.url)
    assert words.startswith(f"the store {server.place} was written by datahub-dataproducts 7.5.3")
    assert server.ask("SELECT version FROM store_version") == [(99,)]


def test_a_reader_of_an_older_layout_is_told_what_to_do(
    server: Server, store: SqlHealthStore
) -> None:
    server.ask("UPDATE store_version SET version = version - 1")
    assert refusal(server.url, create=False) == (
        f"the store {server.place} has layout {schema.VERSION - 1}, and this version reads "
        f"{schema.VERSION}: start the action once, or run "
        f"`datahub-dataproducts store migrate --store {server.place}`"
    )


def test_a_server_that_is_too_old_is_refused_in_words(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_OLDEST", 990_000)
    assert refusal(server.url) == "a store needs PostgreSQL 99 or later, and this server is older"
