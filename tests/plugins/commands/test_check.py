"""`check`: its exit codes, and the line it says for each product."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.rest_emitter import DatahubRestEmitter
from datahub.lite.sqlite_lite import SqliteLite, SqliteLiteConfig
from datahub.metadata.schema_classes import StructuredPropertiesClass

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.health_aspects import health_properties
from datahub_dataproducts.adapters.datahub.lite import LiteCatalog
from datahub_dataproducts.adapters.datahub.urns import data_product_urn
from datahub_dataproducts.domain.assertions import Impact, Outcome
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import HealthPost
from datahub_dataproducts.plugins.cli import main
from tests.application.stories import Story
from tests.builders import at, checked, product, result
from tests.plugins.catalog_server import CatalogServer, catalog_server

PRODUCTS = [
    product("good", checked("g")),
    product("bad", checked("b")),
    product("risk", checked("r", impact=Impact.WARNING)),
    product("unknown", checked("u")),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    story = Story(tmp_path, PRODUCTS)
    story.hear(
        result("g", at("2026-03-02 06:00")),
        result("b", at("2026-03-02 06:00"), Outcome.FAILURE),
        result("r", at("2026-03-02 06:00"), Outcome.FAILURE),
    )
    story.store.close()
    return tmp_path


def checks(*arguments: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(main, ["check", "--timezone", "Europe/Amsterdam", *arguments])
    return done.exit_code, done.output.splitlines()


def in_store(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    moment = ("--at", "2026-03-02T12:00")
    return checks("--store", f"sqlite:///{folder / 'health.db'}", *moment, *arguments)


@pytest.mark.parametrize(
    ("arguments", "code", "lines"),
    [
        (["good"], 0, ["ok: good: healthy since today at 06:00"]),
        (["bad"], 1, ["not ok: bad: unhealthy since today at 06:00: fct fails a check"]),
        (["risk"], 1, ["not ok: risk: at risk since today at 06:00: fct fails a check"]),
        (
            ["risk", "--require", "at_risk"],
            0,
            ["ok: risk: at risk since today at 06:00: fct fails a check"],
        ),
        (["unknown"], 2, ["cannot tell: unknown: unknown: fct has not been checked yet"]),
        (
            ["goods"],
            2,
            ['cannot tell: goods: there is no such product; did you mean "good"?'],
        ),
        (
            ["good", "--max-age", "5h"],
            2,
            [
                "cannot tell: good: what is known of it is 6 h old, and 5 h is the most that is allowed"
            ],
        ),
        (["good", "--max-age", "6h"], 0, ["ok: good: healthy since today at 06:00"]),
    ],
)
def test_a_gate_says_what_and_why(
    folder: Path, arguments: list[str], code: int, lines: list[str]
) -> None:
    assert in_store(folder, *arguments) == (code, lines)


@pytest.mark.parametrize(
    ("products", "code"),
    [(["good", "bad"], 1), (["good", "unknown"], 2), (["unknown", "bad", "good"], 1)],
)
def test_of_several_products_each_has_a_line_and_the_worst_answer_decides(
    folder: Path, products: list[str], code: int
) -> None:
    found, lines = in_store(folder, *products)
    assert found == code
    assert [line.split(": ")[1] for line in lines] == products


def test_a_product_given_twice_and_by_its_urn_has_one_line(folder: Path) -> None:
    assert len(in_store(folder, "good", "urn:li:dataProduct:good")[1]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["good", "--store", "sqlite:///no.db"], "there is no store at no.db"),
        (["good", "--max-age", "soon"], "write a whole number with s, m, h, d or w"),
        (["good", "--catalog", "x", "--at", "2026-03-02"], "--catalog goes neither with --store"),
        (["good", "--catalog", "x", "--store", "sqlite:///x"], "--catalog goes neither"),
        (["good", "--catalog", "http://localhost:9"], "Error: "),
        ([], "Missing argument"),
    ],
)
def test_where_there_is_nothing_to_go_by_it_cannot_be_told(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, lines = checks(*arguments)
    assert code == 2
    assert words in "\n".join(lines)


def test_the_store_of_the_action_is_asked_unless_another_is_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert checks("good", "--at", "2026-03-02T12:00")[0] == 0


# What the catalog shows.


def post(
    id_: str, health: Health, age: int, reason: str = "", since: int | None = None
) -> HealthPost:
    return HealthPost(
        product=id_,
        at=WallClock().now() - age,
        health=health,
        since=since,
        reason=reason,
        uptime=Fraction(1),
        coverage=Fraction(1),
        window=30 * DAY,
    )


@pytest.fixture
def lite(tmp_path: Path) -> str:
    file = tmp_path / "lite.db"
    SqliteLite(SqliteLiteConfig(file=str(file))).close()
    catalog = LiteCatalog(str(file))
    catalog.prepare()
    catalog.post(post("good", Health.HEALTHY, 2 * HOUR))
    catalog.post(post("bad", Health.UNHEALTHY, 2 * HOUR, "Bad is unhealthy because of it."))
    catalog.post(post("dated", Health.UNHEALTHY, 2 * HOUR, since=at("2020-03-02 06:00")))
    catalog.close()
    return str(file)


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["good"], 0, "ok: good: healthy"),
        (["bad"], 1, "not ok: bad: Bad is unhealthy because of it"),
        (["dated"], 1, "not ok: dated: unhealthy since Mon 2 Mar 2020 at 06:00"),
        (["good", "--max-age", "3h"], 0, "ok: good: healthy"),
        (["good", "--max-age", "1h"], 2, "cannot tell: good: what is known of it is 2 h old"),
        (["none"], 2, "cannot tell: none: "),
    ],
)
def test_a_catalog_is_gone_by_as_it_was_posted(
    lite: str, arguments: list[str], code: int, line: str
) -> None:
    found, lines = checks("--catalog", lite, *arguments)
    assert found == code
    assert lines[0].startswith(line)


@pytest.fixture
def server() -> Iterator[CatalogServer]:
    with catalog_server() as server:
        yield server


def test_a_server_is_gone_by_as_it_shows_the_product(server: CatalogServer) -> None:
    shown = StructuredPropertiesClass(
        properties=list(health_properties(post("good", Health.HEALTHY, HOUR)))
    )
    with DatahubRestEmitter(server.url) as emitter:
        emitter.emit(
            MetadataChangeProposalWrapper(entityUrn=data_product_urn("good"), aspect=shown)
        )
    assert checks("good", "--catalog", server.url, "--max-age", "2h") == (
        0,
        ["ok: good: healthy"],
    )
    assert checks("good", "--catalog", server.url, "--max-age", "30m")[0] == 2


def test_a_server_that_lets_nobody_in_cannot_tell_and_says_why(server: CatalogServer) -> None:
    server.refusal = 401
    code, told = checks("users", "--catalog", server.url)
    assert code == 2
    assert told[0].startswith(f"Error: {server.url}: DataHub answers 401: it asks for a token")


def test_a_server_that_has_no_such_product_cannot_tell(
    server: CatalogServer, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret", encoding="ascii")
    code, lines = checks("good", "--catalog", server.url, "--token-file", str(token))
    assert (code, lines) == (
        2,
        [f"cannot tell: good: no health of such a product is shown in {server.url}"],
    )
