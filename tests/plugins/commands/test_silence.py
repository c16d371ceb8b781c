"""`silence` and `acknowledge`: beside the action, on its store, whichever database that is in."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.application.ports import INCIDENTS
from datahub_dataproducts.application.tell import TrackingPolicy
from datahub_dataproducts.domain.assertions import Outcome
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.products import Input
from datahub_dataproducts.plugins.cli import main
from tests.application.stories import IMPATIENT, Story
from tests.builders import checked, product, result
from tests.fakes import store_at

USERS = product("users", checked("u"))
SILENT = ("--product", "users", "--by", "ana", "--reason", "planned work")


ON_BOTH = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of the store that the action works on; in SQLite unless a test asks for both."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/health.db"


@pytest.fixture
def story(tmp_path: Path, url: str) -> Iterator[Story]:
    """Users is well, an hour ago by the clock of the machine, which the commands go by."""
    store = store_at(url)
    story = Story(tmp_path, [USERS], store=store)
    story.hear(result("u", WallClock().now() - HOUR))
    yield story
    store.close()


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--store", url])


@ON_BOTH
def test_what_is_silenced_is_told_when_somebody_ends_that(story: Story, url: str) -> None:
    added = run(url, "silence", "add", *SILENT, "--for", "4h")
    assert added.exit_code == 0, added.output
    assert "Silenced: #1 Users, from" in added.output
    assert added.output.endswith("by ana: planned work\n")
    now = WallClock().now()
    story.tracker.record(result("u", now, Outcome.FAILURE), now)
    story.tracker.tick(now)
    assert story.told() == []
    shown = run(url, "status")
    assert "Silenced: Users until" in shown.output
    assert "by ana: planned work (#1)" in shown.output
    listed = json.loads(run(url, "silence", "list", "--format", "json").output)
    assert [(one["id"], one["products"], one["author"]) for one in listed] == [
        (1, ["users"], "ana")
    ]
    assert run(url, "silence", "end", "1").output == "Silence #1 has ended\n"
    story.tracker.look_again()
    story.tracker.tick(WallClock().now())
    (told,) = story.told()
    assert told.startswith("opened: This was silenced by ana until")
    assert run(url, "silence", "list").output == "Nothing is silenced\n"
    assert "#1 Users" in run(url, "silence", "list", "--all").output
    again = run(url, "silence", "end", "1")
    assert (again.exit_code, again.output) == (1, "Error: no silence #1 holds or is to come\n")


@ON_BOTH
def test_what_somebody_takes_care_of_is_told_once_with_the_next_look(
    story: Story, url: str
) -> None:
    nothing = run(url, "acknowledge", "users", "--by", "ana")
    assert nothing.exit_code == 1
    assert "nothing that people were told of users is open" in nothing.output
    now = WallClock().now()
    story.tracker.record(result("u", now, Outcome.FAILURE), now)
    assert len(story.told()) == 1
    elsewhere = run(url, "acknowledge", "users", "--by", "ana", "--channel", "consol")
    assert elsewhere.exit_code == 2
    assert 'there is no channel "consol" in the store; did you mean "console"?' in elsewhere.output
    done = run(url, "acknowledge", "users", "--by", "ana", "--note", "on it")
    assert (done.exit_code, done.output) == (0, "Acknowledged by ana on console\n")
    for _ in range(2):
        story.tracker.look_again()
        story.tracker.tick(WallClock().now())
    (told,) = story.told()
    assert told.startswith("acknowledged: Acknowledged by ana on ")
    assert ": on it. Users is unhealthy" in told


def test_who_reads_of_what_it_alone_causes_is_told_too_that_somebody_takes_care(
    tmp_path: Path, url: str
) -> None:
    revenue = replace(
        product("revenue", checked("r"), inputs=(Input(product="users"),)), domain="f"
    )
    orders = replace(product("orders", checked("o")), domain="f")
    policy = TrackingPolicy(
        channels=("finance", "platform"),
        patience=IMPATIENT,
        domains={"finance": ("f",), "platform": (USERS.domain,)},
    )
    story = Story(tmp_path, [USERS, revenue, orders], policy=policy, store=store_at(url))
    now = WallClock().now()
    story.hear(*(result(name, now - HOUR) for name in "uro"))
    for name in "uo":
        story.tracker.record(result(name, now, Outcome.FAILURE), now)
    assert (len(story.told("finance")), len(story.told("platform"))) == (2, 1)
    done = run(url, "acknowledge", "users", "--by", "ana")
    assert done.output == "Acknowledged by ana on finance, platform\n"
    story.tracker.look_again()
    story.tracker.tick(WallClock().now())
    (told,) = story.told("finance")
    assert told.startswith("acknowledged: Acknowledged by ana on ")
    assert ". Revenue is unhealthy" in told
    story.store.close()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--by", "a", "--reason", "b", "--for", "1h"), "say what is silenced"),
        ((*SILENT, "--everything", "--for", "1h"), "say what is silenced"),
        (SILENT, "say how long"),
        ((*SILENT, "--for", "1h", "--until", "2030-01-01"), "say how long"),
        ((*SILENT, "--for", "soon"), "write a whole number"),
        (
            ("--product", "x", "--by", "a", "--reason", "b", "--for", "1h"),
            'there is no product "x" in the store; there are users',
        ),
        (
            ("--product", "user", "--by", "a", "--reason", "b", "--for", "1h"),
            'there is no product "user" in the store; did you mean "users"?',
        ),
        (
            ("--domain", "finance", "--by", "a", "--reason", "b", "--for", "1h"),
            'there is no domain "urn:li:domain:finance" in the store',
        ),
        (
            (*SILENT, "--for", "1h", "--channel", "finance"),
            '--channel: there is no channel "finance" in the store; there are console',
        ),
        (
            (*SILENT, "--for", "1h", "--channel", INCIDENTS),
            f'there is no channel "{INCIDENTS}" in the store; there are console',
        ),
        ((*SILENT, "--until", "2020-01-01"), "--until: it is over before it begins"),
        (
            (*SILENT, "--from", "2020-01-01", "--until", "2020-01-02"),
            "--until: it is over already",
        ),
        ((*SILENT, "--from", "2020-01-01", "--for", "1h"), "--for: it is over already"),
        ((*SILENT, "--from", "noon", "--for", "1h"), "--from: write it like 2026-03-03T12:00"),
        ((*SILENT, "--until", "noon"), "--until: write it like 2026-03-03T12:00"),
        (("--everything", "--by", " ", "--reason", "b", "--for", "1h"), "write some words"),
    ],
)
def test_a_silence_that_says_too_little_is_refused(
    story: Story, url: str, options: tuple[str, ...], words: str
) -> None:
    done = run(url, "silence", "add", *options)
    assert done.exit_code == 2
    assert words in done.output


def test_who_takes_care_is_said_to_people_and_not_to_the_incident_in_datahub(
    tmp_path: Path, url: str
) -> None:
    policy = TrackingPolicy(channels=("console",), patience=IMPATIENT, by_root=(INCIDENTS,))
    story = Story(tmp_path, [USERS], policy=policy, store=store_at(url))
    now = WallClock().now()
    story.hear(result("u", now - HOUR))
    story.tracker.record(result("u", now, Outcome.FAILURE), now)
    done = run(url, "acknowledge", "users", "--by", "ana")
    assert done.output == "Acknowledged by ana on console\n"
    named = run(url, "acknowledge", "users", "--by", "ana", "--channel", INCIDENTS)
    assert named.exit_code == 2
    story.store.close()


def test_a_store_that_no_action_has_worked_on_refuses_no_channel(url: str) -> None:
    store_at(url).close()
    options = (
        "--everything",
        "--by",
        "ana",
        "--reason",
        "x",
        "--for",
        "1h",
        "--channel",
        "finance",
    )
    assert "all products on finance" in run(url, "silence", "add", *options).output


def test_nobody_takes_care_of_what_is_not_there(story: Story, url: str) -> None:
    done = run(url, "acknowledge", "user", "--by", "ana")
    assert done.exit_code == 2
    assert 'there is no product "user" in the store; did you mean "users"?' in done.output


def test_who_takes_care_has_a_name(story: Story, url: str) -> None:
    done = run(url, "acknowledge", "users", "--by", " ")
    assert done.exit_code == 2
    assert "write who takes care" in done.output


def test_a_domain_may_be_given_as_it_is_called_in_datahub(story: Story, url: str) -> None:
    named = replace(USERS, domain="urn:li:domain:4f2a", domain_name="People")
    story.define(named, when="2026-03-01 00:01")
    common = ("--for", "1h", "--by", "ana", "--reason", "work")
    done = run(url, "silence", "add", "--domain", "People", *common)
    assert done.exit_code == 0, done.output
    told = json.loads(run(url, "silence", "list", "--format", "json").stdout)
    assert [one["domains"] for one in told] == [["urn:li:domain:4f2a"]]


def test_domains_channels_and_everything_may_be_silenced(story: Story, url: str) -> None:
    common = ("--by", "ana", "--reason", "x", "--until", "2150-01-01", "--channel", "console")
    domain = run(url, "silence", "add", "--domain", "users-domain", "--with-caused", *common)
    assert "domain users-domain with what they cause on console, from" in domain.output
    all_ = run(url, "silence", "add", "--everything", "--from", "2149-01-01", *common)
    assert "all products on console, from Wed 2149-01-01 00:00 UTC until" in all_.output
