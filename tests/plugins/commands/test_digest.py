"""`digest`: what it shows, what it sends, and how it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.letters import Digest
from datahub_dataproducts.plugins.cli import main
from tests.application.stories import Story
from tests.builders import at, checked, product, result
from tests.fakes import store_in

RECIPE = """\
name: health
source:
  type: metadata_file
action:
  type: data_product_health
  config:
    store:
      url: sqlite:///{folder}/health.db
    datahub_url: https://hub.example.com
    channels:
      finance:
        type: console
        audience: {audience}
        timezone: Europe/Amsterdam
        digest:
          days: MON-FRI
          when_quiet: skip
      engineering:
        type: console
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    story = Story(tmp_path, [product("revenue", checked("t"))])
    story.hear(
        result("t", at("2026-03-01 00:00")),
        result("t", at("2026-03-03 07:00"), Outcome.FAILURE),
        result("t", at("2026-03-04 07:00")),
    )
    story.store.close()
    return tmp_path


def digest(folder: Path, *arguments: str, code: int = 0, audience: str = "business") -> Result:
    recipe = folder / "action.yml"
    recipe.write_text(RECIPE.format(folder=folder, audience=audience), encoding="utf-8")
    done = CliRunner().invoke(main, ["digest", "--recipe", str(recipe), *arguments])
    assert done.exit_code == code, done.output
    return done


def test_the_digest_of_a_day_is_shown_as_its_readers_see_it(folder: Path) -> None:
    done = digest(folder, "--channel", "finance", "--day", "2026-03-03")
    assert "Data products, Tue 3 Mar: Revenue is unhealthy" in done.output
    assert "Newly unhealthy" in done.output
    assert "urn:li:assertion" not in done.output


def test_technical_readers_are_shown_the_evidence_too(folder: Path) -> None:
    done = digest(folder, "--channel", "finance", "--day", "2026-03-03", audience="technical")
    assert "urn:li:assertion:t" in done.output


def test_it_is_shown_as_markdown_and_as_a_webhook_gets_it(folder: Path) -> None:
    asked = ("--channel", "finance", "--day", "2026-03-04", "--format")
    text = digest(folder, *asked, "markdown").output
    assert "Recovered" in text
    assert "https://hub.example.com/dataProduct/urn%3Ali%3AdataProduct%3Arevenue/" in text
    event = json.loads(digest(folder, *asked, "json").output)
    assert event["type"].endswith("digest")
    assert event["data"]["day"] == "2026-03-04"


def test_without_a_day_it_is_the_latest_that_was_due(folder: Path) -> None:
    done = digest(folder, "--channel", "finance", code=1)
    assert "There is nothing to tell finance of 20" in done.output


def test_a_channel_without_a_digest_is_shown_what_it_would_be_told(folder: Path) -> None:
    done = digest(folder, "--channel", "engineering", "--day", "2026-03-07")
    assert "Data products, Sat 7 Mar: Revenue is healthy" in done.output


def test_a_quiet_day_that_is_skipped_is_told_as_such(folder: Path) -> None:
    done = digest(folder, "--channel", "finance", "--day", "2026-03-06", code=1)
    assert done.output == "There is nothing to tell finance of 2026-03-06\n"


def test_it_is_sent_by_the_action_and_once(folder: Path) -> None:
    asked = ("--channel", "finance", "--day", "2026-03-03", "--send")
    done = digest(folder, *asked)
    assert "waits for the action, which sends it to finance" in done.output
    done = digest(folder, *asked, code=1)
    assert "was sent to finance already, or waits to be sent" in done.output
    store = store_in(folder)
    waiting = [due.letter for due in store.due_letters(at("2027-01-01"), 100)]
    store.close()
    assert [one.day for one in waiting if isinstance(one, Digest)] == ["2026-03-03"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--channel", "x"), "there is no channel x; channels are: finance, engineering"),
        (("--channel", "finance", "--day", "3 March"), "write it like 2026-03-03"),
        (("--channel", "finance", "--day", "2026-03-07"), "2026-03-07 is no day of its digests"),
        (("--channel", "finance", "--day", "2199-03-04"), "2199-03-04 is still to come"),
        (
            ("--channel", "finance", "--day", "2026-03-03", "--store", "sqlite:////none.db"),
            "there is no store",
        ),
    ],
)
def test_what_is_wrong_is_told(folder: Path, arguments: tuple[str, ...], told: str) -> None:
    done = digest(folder, *arguments, code=2)
    assert told in " ".join(done.output.split())


def test_a_recipe_of_something_else_is_refused(tmp_path: Path) -> None:
    recipe = tmp_path / "other.yml"
    recipe.write_text("action: {type: hello_world}", encoding="utf-8")
    done = CliRunner().invoke(main, ["digest", "--recipe", str(recipe), "--channel", "x"])
    assert done.exit_code == 2
    assert "is no recipe of the action data_product_health" in " ".join(done.output.split())
