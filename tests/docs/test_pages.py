"""What the pages show works: links lead somewhere, YAML is valid, commands and queries exist."""

import re
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from datahub.configuration.config_loader import load_config_file
from datahub.entrypoints import datahub
from datahub_actions.pipeline.pipeline_config import PipelineConfig
from datahub_actions.plugin.source.kafka.kafka_event_source import KafkaEventSourceConfig
from datahub_actions.plugin.source.pgqueue.pg_queue_event_source import PgQueueEventSourceConfig

from datahub_dataproducts.adapters.product_files.corrections import read_corrections
from datahub_dataproducts.adapters.product_files.product import PRODUCT_KEYS
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.plugins.action_config import HealthActionConfig
from datahub_dataproducts.plugins.cli import main
from datahub_dataproducts.plugins.config import DataProductsSourceConfig
from datahub_dataproducts.plugins.event_file import MetadataFileConfig
from datahub_dataproducts.plugins.events_api import EventsApiConfig
from datahub_dataproducts.plugins.store_wiring import store_of
from tests.docs.pages import PAGES, ROOT, Block, anchors, blocks, code_in, links, prose, text_of

RECIPES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("recipes/ingest/*.yml", "recipes/actions/*.yml")
    for path in ROOT.glob(pattern)
)
TARGETS = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
EXTRAS = {"actions", "dev"}
OURS = {"datahub-dataproducts": main, "datahub": datahub}
# Not ours to check, or checked elsewhere: queries have a test of their own.
OTHERS = {"dbt", "export", "sqlite3"}
# Their options are named on pages.
ASKING = {"status", "explain", "check", "uptime"}
CONFIGS: dict[str, Any] = {
    "data-products": DataProductsSourceConfig,
    "metadata_file": MetadataFileConfig,
    "kafka": KafkaEventSourceConfig,
    "data_product_events_api": EventsApiConfig,
    "data_product_kafka": KafkaEventSourceConfig,
    "data_product_pg_queue": PgQueueEventSourceConfig,
    "data_product_health": HealthActionConfig,
}
CONTRACT = (
    "{apiVersion: v3.1.0, kind: DataContract, id: c, version: '1', status: active, "
    "schema: [{name: orders}]}"
)
# What a recipe of channels takes nothing else for.
GIVEN = {
    "SLACK_FINANCE": "C0123ABCDEF",
    "SLACK_ENGINEERING": "C0456ABCDEF",
    "SLACK_PLATFORM_WEBHOOK": "https://a.example/x",
    "TEAMS_GROWTH": "https://a.example/x",
    "TICKETS_URL": "https://a.example/x",
    "TICKETS_SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}
LEFT_BEHIND = re.compile(r"/(?:home|root|work|tmp|Users)/\w+")


def commands() -> Iterator[tuple[str, str]]:
    """Every command shown, in blocks and within lines, with where it stands."""
    for block in blocks("sh"):
        for line in block.text.splitlines():
            yield str(block), line
    for page in PAGES:
        for code in code_in(prose(page)):
            words = [w for w in code.split() if "=" not in w]
            if len(words) > 1 and Path(words[0]).name in {*OURS, "make"}:
                yield page, code


def fault_of(line: str) -> str:
    """What is wrong with a command; empty when nothing is."""
    words = shlex.split(line, comments=True)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    program, arguments = Path(words[0]).name, words[1:]
    if program in OTHERS:
        return ""
    if program == "make":
        return "" if arguments[0] in TARGETS else f"no target {arguments[0]}"
    if program == "pip":
        extras = set(re.findall(r"\[(\w+)\]", line))
        return "" if arguments[0] == "install" and extras <= EXTRAS else "no such extra"
    return fault_of_ours(OURS[program], arguments) if program in OURS else f"unknown: {program}"


def fault_of_ours(command: click.Command, arguments: list[str]) -> str:
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        inner = command.get_command(click.Context(command), arguments[0])
        if inner is None:
            return f"no command {arguments[0]}"
        command, arguments = inner, arguments[1:]
    for option, value in pairwise([*arguments, ""]):
        if command.name in ASKING and option.startswith("--"):
            known = {o for p in command.params for o in p.opts}
            if option not in known:
                return f"no option {option}"
        if option == "-c" and "recipes/" in value and not (ROOT / value).is_file():
            return f"no recipe {value}"
    return ""


def validate(recipe: dict[str, Any]) -> None:
    """Every part of a recipe that we know the form of."""
    if "action" in recipe:
        PipelineConfig.model_validate(recipe)
    for part in ("source", "action"):
        if part in recipe and recipe[part]["type"] in CONFIGS:
            CONFIGS[recipe[part]["type"]].model_validate(recipe[part]["config"])


def as_product_file(block: Block) -> str:
    """The text of a block, made whole where it is a part of a product."""
    read = yaml.safe_load(block.text)
    if "id" in read or "data_products" in read:
        return block.text
    assert read.keys() <= PRODUCT_KEYS.keys(), f"{block} is neither a product nor a recipe"
    return f"id: revenue\ndomain: finance\n{block.text}"


def is_recipe(block: Block) -> bool:
    return "source" in yaml.safe_load(block.text)


def is_calendar(block: Block) -> bool:
    return "holidays" in yaml.safe_load(block.text)


def any_other(path: str) -> str:
    return "holidays: [2026-12-25]" if path.startswith("calendars/") else CONTRACT


def is_of_corrections(block: Block) -> bool:
    return "corrections" in yaml.safe_load(block.text)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        if re.match(r"https?:", link):
            continue
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), f"{page}: {link}"
        if anchor:
            assert anchor in anchors(target.resolve().relative_to(ROOT).as_posix()), link


@pytest.mark.parametrize(
    "block",
    [b for b in blocks("yaml") if not (is_recipe(b) or is_of_corrections(b) or is_calendar(b))],
    ids=str,
)
def test_every_product_shown_is_valid(block: Block) -> None:
    text = as_product_file(block)
    # The contracts and calendars that pages name are not there; any will do.
    problems = parse_product_file(text, "data_products/p.yml", "UTC", any_other).problems
    assert [str(p) for p in problems if p.is_error] == []


@pytest.mark.parametrize("block", [b for b in blocks("yaml") if is_calendar(b)], ids=str)
def test_every_calendar_shown_is_valid(block: Block) -> None:
    text = "id: a\ndomain: d\nobjective: {target: 99%, window: 30d, holidays: nl.yml}\n"
    found = parse_product_file(text, "p.yml", "UTC", lambda _: block.text)
    assert found.problems == ()


@pytest.mark.parametrize("block", [b for b in blocks("yaml") if is_of_corrections(b)], ids=str)
def test_every_correction_shown_is_valid(block: Block) -> None:
    found = read_corrections(block.text, "data_products_corrections.yml", now=2**53)
    assert found.corrections
    assert found.problems == ()


@pytest.mark.parametrize("block", [b for b in blocks("yaml") if is_recipe(b)], ids=str)
def test_every_recipe_shown_is_valid(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "recipe.yml"
    file.write_text(block.text, encoding="utf-8")
    validate(load_config_file(file))


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_of_the_repository_is_valid(
    recipe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_PLATFORM", "duckdb")
    for variable in re.findall(r"\$\{([A-Z_]+)\}", text_of(recipe)):
        monkeypatch.setenv(variable, GIVEN.get(variable, "duckdb"))
    validate(load_config_file(ROOT / recipe))


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_of_the_repository_is_named_on_some_page(recipe: str) -> None:
    assert any(recipe in text_of(page) for page in PAGES)


def test_every_command_shown_exists() -> None:
    shown = list(commands())
    assert len(shown) > 10
    assert [f"{where}: {c}: {fault_of(c)}" for where, c in shown if fault_of(c)] == []


def test_every_query_shown_runs_on_a_store(tmp_path: Path) -> None:

    store = store_of(f"sqlite:///{tmp_path / 'health.db'}")
    store.open()
    store.close()
    queries = [
        line.split('"', 2)[1]
        for b in blocks("sh")
        for line in b.text.splitlines()
        if line.startswith("sqlite3")
    ]
    assert len(queries) > 2
    with closing(sqlite3.connect(tmp_path / "health.db")) as connection:
        for query in queries:
            if not query.startswith("."):
                connection.execute(query)


@pytest.mark.parametrize("page", [*PAGES, "examples/analytics/demo.txt", "docs/status.svg"])
def test_no_page_names_a_place_on_somebodys_machine(page: str) -> None:
    assert LEFT_BEHIND.findall(text_of(page)) == []
