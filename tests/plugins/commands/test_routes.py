"""`routes`: which way announcements go."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.plugins.cli import main
from tests.application.stories import Story
from tests.builders import checked, product

CHANNELS = {
    "finance": {"type": "console", "audience": "business"},
    "platform": {"type": "console", "for": "1h", "still_open_every": "1d", "group_by": "product"},
    "quiet": {"type": "console", "mute": {"outside": "MON-SUN 00:00-00:01"}, "clear_for": "5m"},
}
ROUTES = [
    {"domains": ["revenue-domain"], "channels": ["finance"]},
    {"channels": ["platform"], "routes": [{"products": ["users"], "channels": ["quiet"]}]},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    asking = replace(product("asking", checked("a")), channels=("quiet",))
    draft = replace(product("draft", checked("d")), lifecycle=Lifecycle.DEVELOPMENT)
    made = [product("revenue", checked("r")), product("users", checked("u")), asking, draft]
    Story(tmp_path, made).store.close()
    return tmp_path


def run(folder: Path, *options: str, **config: object) -> Result:
    store = f"sqlite:///{folder / 'health.db'}"
    recipe = {
        "name": "health",
        "source": {"type": "kafka"},
        "action": {
            "type": "data_product_health",
            "config": {"channels": CHANNELS, "routes": ROUTES, "store": {"url": store}, **config},
        },
    }
    path = folder / "action.yml"
    path.write_text(yaml.safe_dump(recipe), encoding="utf-8")
    return CliRunner().invoke(main, ["routes", "--recipe", str(path), *options])


def test_the_store_is_that_of_the_recipe_unless_another_is_named(folder: Path) -> None:
    (folder / "health.db").rename(folder / "other.db")
    assert "there is no store at" in run(folder).output
    other = run(folder, "--store", f"sqlite:///{folder / 'other.db'}")
    assert other.exit_code == 0, other.output


def test_the_table_has_each_product_and_the_route_by_which_each_channel_hears(
    folder: Path,
) -> None:
    done = run(folder)
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.output.splitlines()]
    assert rows == [
        ["product", "finance", "platform", "quiet"],
        ["Asking", "-", "-", "its", "file"],
        ["Draft", "(development)", "-", "-", "-"],
        ["Revenue", "routes[0]", "routes[1]", "-"],
        ["Users", "-", "-", "routes[1].routes[0]"],
    ]


def test_what_no_product_has_is_told_beside_the_table(folder: Path) -> None:
    typo = [{"domains": ["revenue-domian"], "channels": ["finance"]}, *ROUTES]
    done = run(folder, routes=typo)
    assert done.exit_code == 0
    assert done.stderr == (
        'routes[0]: no product is in a domain "revenue-domian"; did you mean "revenue-domain"?\n'
    )


def test_of_one_product_the_terms_are_told_too(folder: Path) -> None:
    assert run(folder, "--product", "revenue").output.splitlines() == [
        "finance (business): by routes[0]; for 10 min; clear for 10 min",
        (
            "platform (technical): by routes[1]; for 1 h; clear for 10 min; "
            "still open every 1 day; each product by itself"
        ),
    ]
    users = run(folder, "--product", "users").output
    assert users.startswith(
        "quiet (technical): by routes[1].routes[0]; for 10 min; clear for 5 min"
    )
    asking = run(folder, "--product", "asking", "--reason", "closed").output.splitlines()
    assert asking[0].startswith("quiet (technical): its product file names it")
    assert asking[1].startswith("Only where the conversation has begun")


def test_who_is_told_of_nothing_and_why(folder: Path) -> None:
    assert run(folder, "--product", "draft").output == (
        "Draft is told to nobody: it is development, not live\n"
    )
    nobody = run(
        folder, "--product", "revenue", routes=[{"products": ["x"], "channels": ["quiet"]}]
    )
    assert nobody.output == "Revenue (opened) is told to nobody: no route leads to a channel\n"


def test_without_routes_there_are_none_to_name(folder: Path) -> None:
    done = run(folder, "--product", "revenue", routes=[])
    assert done.output.startswith("finance (business): there are no routes; ")
    assert ["Users", "all", "all", "all"] in [
        line.split() for line in run(folder, routes=[]).output.splitlines()
    ]


def test_as_json_each_way_has_its_routes(folder: Path) -> None:
    (revenue,) = json.loads(run(folder, "--product", "revenue", "--format", "json").output)
    assert [(way["channel"], way["routes"]) for way in revenue["ways"]] == [
        ("finance", ["routes[0]"]),
        ("platform", ["routes[1]"]),
    ]


def test_what_is_wrong_is_told_as_when_the_action_starts(folder: Path) -> None:
    done = run(
        folder, routes=[{"channels": ["slak"]}, {"channels": ["quiet"], "reasons": ["closed"]}]
    )
    assert done.exit_code == 2
    assert "routes[0]: there is no channel slak" in done.output
    assert "routes[1]: it never begins a conversation" in done.output
    assert 'there is no product "x"' in run(folder, "--product", "x").output
    reason = run(folder, routes=[{"channels": ["quiet"], "reasons": ["because"]}])
    assert '"because" is no reason' in reason.output


def test_another_recipe_is_refused(folder: Path) -> None:
    other = folder / "other.yml"
    other.write_text("source: {type: kafka}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["routes", "--recipe", str(other)])
    assert done.exit_code == 2
    assert "is no recipe of the action data_product_health" in done.output
