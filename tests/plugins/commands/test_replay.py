"""`replay` as people and machines run it, on real runs that a reader can follow by hand."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.assertions import Evidence
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from datahub_dataproducts.domain.rules import CHECKS
from datahub_dataproducts.plugins.cli import main
from datahub_dataproducts.plugins.commands import replay as replay_module
from datahub_dataproducts.plugins.replay_inputs import FEASIBILITY
from tests.builders import at
from tests.integration.roads import run_event
from tests.replays import series

DATA = Path(__file__).parents[2] / "data"
GOLDEN = DATA / "replays"
EXAMPLE = Path(__file__).parents[3] / "examples/analytics"
SERIES = GOLDEN / "jaffle_shop_duckdb"
RUNS = sorted(
    path
    for path in (DATA / "jaffle_shop_duckdb/run_results").iterdir()
    if "NOT_test_results" not in path.name
)
JAFFLE_SHOP = (
    "--products",
    str(SERIES / "products.yml"),
    "--manifest",
    str(DATA / "jaffle_shop_duckdb/manifest.json.gz"),
    "--target-platform",
    "duckdb",
)
ANALYTICS = series.ANALYTICS.inputs
CHECKED = "urn:li:assertion:checked"
USERS = f"""\
id: users
display_name: Users
domain: crm
owners:
  - {{id: urn:li:corpuser:ana, type: BUSINESS_OWNER}}
  - {{id: urn:li:corpGroup:data, type: TECHNICAL_OWNER}}
assets: ["urn:li:dataset:(urn:li:dataPlatform:kafka,users,PROD)"]
runbook: https://wiki.example.com/users
lifecycle: live
contract: [{{assertion: "{CHECKED}"}}]
"""
MORNING = at("2026-03-02 06:00")


def replay(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["replay", *map(str, arguments)])


def told(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    done = replay(*arguments, "--format", "json")
    assert done.exit_code == code, done.output
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One product, checked from outside: it passes at 06:00 and fails at 07:00."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data_products").mkdir()
    (tmp_path / "data_products/users.yml").write_text(USERS, encoding="utf-8")
    events(
        tmp_path / "events.json",
        run_event(CHECKED, MORNING),
        run_event(CHECKED, MORNING + HOUR, "FAILURE"),
    )
    return tmp_path


def events(file: Path, *records: object) -> None:
    file.write_text(json.dumps(records), encoding="utf-8")


def test_what_an_optional_cause_does_is_told_with_its_path() -> None:
    orders = told(*JAFFLE_SHOP, "--events", SERIES / "events")["products"]["orders"]
    (cause,) = orders["causes"]
    assert (cause["root"], cause["path"]) == ("payments", ["orders", "payments"])
    assert cause["asset"].endswith("jaffle_shop.main.stg_payments,PROD)")
    assert (cause["verdict"], cause["reason"]) == ("not met", "failed")
    assert cause["since"] == orders["since"] == orders["intervals"][-1][0]


def test_dbts_own_results_say_the_same_as_the_events_made_of_them() -> None:
    of_events = told(*JAFFLE_SHOP, "--events", SERIES / "events")
    of_dbt = told(*JAFFLE_SHOP, "--run-results", *RUNS)
    assert of_dbt == of_events
    both = told(*JAFFLE_SHOP, "--run-results", *RUNS, "--events", SERIES / "events")
    assert both == of_events, "what is told twice counts once"


def test_files_in_any_order_and_any_number_of_times_say_the_same() -> None:
    files = sorted((SERIES / "events").iterdir(), reverse=True)
    again = told(*JAFFLE_SHOP, "--events", *files, "--events", files[3], f"--events={files[0]}")
    assert again == told(*JAFFLE_SHOP, "--events", SERIES / "events")


def test_what_people_are_told_is_what_they_were_told_in_the_demo() -> None:
    done = replay(*ANALYTICS)
    assert done.exit_code == 0
    _, _, announced = done.output.partition("Announcements\n")
    demo = (EXAMPLE / "demo.txt").read_text(encoding="utf-8").splitlines()
    of_the_action = [line for line in demo if re.match(r"... 2026-03-0. ..:.. CET  ", line)]
    assert [line.strip() for line in announced.splitlines()] == of_the_action


def test_times_are_shown_in_the_zone_asked_for() -> None:
    shown = replay(
        *ANALYTICS, "--show-in", "America/New_York", "--until", "2026-03-03T03:00"
    ).output
    assert "until Tue 2026-03-03 03:00 (America/New_York)" in shown
    assert "Users (users): unhealthy since Tue 2026-03-03 02:00" in shown
    assert "  Tue 2026-03-03 02:00 EST  UNHEALTHY  Users is unhealthy" in shown


@pytest.mark.parametrize("written", ["2026-03-02T07:00", "2026-03-02T06:00Z", str(MORNING + HOUR)])
def test_what_lies_exactly_at_the_end_counts(folder: Path, written: str) -> None:
    found = told("--events", "events.json", "--until", written, "--show-in", "Europe/Amsterdam")
    assert found["until"] == MORNING + HOUR
    users = found["products"]["users"]
    assert (users["health"], users["since"]) == ("UNHEALTHY", MORNING + HOUR)
    assert users["intervals"] == [[MORNING, MORNING + HOUR, "HEALTHY"]]
    assert users["experienced"] == {"good_ms": HOUR, "bad_ms": 0, "unknown_ms": 0}
    assert users["objective"] is None
    before = replay("--events", "events.json", "--until", str(MORNING + HOUR - 1))
    assert "Users (users): healthy" in before.output
    assert before.stderr == "Left out, because it is later than the end: 1\n"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--until", "yesterday"), "write it like 2026-03-03T12:00, or in epoch milliseconds"),
        (("--until", "-5"), "-5 is no possible time"),
        (("--until", "9" * 20), "is no possible time"),
        (("--show-in", "Mars"), "Mars is not a time zone"),
        (("--for", "soon"), "write a whole number"),
        (("--revision", "nowhere"), "--revision"),
        (("--products", "gone.yml"), "there is no gone.yml"),
        (("--events", "gone.json"), "gone.json"),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(
    folder: Path, options: tuple[str, ...], complaint: str
) -> None:
    done = replay("--events", "events.json", *options)
    assert done.exit_code == 2, done.output
    assert complaint in " ".join(done.stderr.split())


def test_without_events_there_is_nothing_to_replay(folder: Path) -> None:
    assert replay().exit_code == 2
    events(folder / "none.json")
    done = replay("--events", "none.json")
    assert (done.exit_code, "give the end with --until" in done.stderr) == (2, True)
    users = told("--events", "none.json", "--until", str(MORNING))["products"]["users"]
    assert (users["health"], users["since"], users["history_from"]) == ("UNKNOWN", None, None)
    assert (users["intervals"], users["causes"][0]["since"]) == ([], None)
    text = replay("--events", "none.json", "--until", str(MORNING)).output
    assert "nothing was heard of what it promises or uses" in text
    assert text.endswith("Announcements\n  none\n")


def test_an_error_in_a_product_file_is_shown_and_nothing_is_replayed(folder: Path) -> None:
    (folder / "data_products/users.yml").write_text(USERS + "inputs: [usres]\n", encoding="utf-8")
    done = replay("--events", "events.json", "--format", "json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "data_products/users.yml:11:10: error[unknown-input]" in done.stderr
    assert "inputs: [usres]" in done.stderr, "the line is shown"
    assert "nothing is replayed: 1 error in what was read" in done.stderr


def test_a_promise_that_can_never_be_kept_is_a_warning(folder: Path) -> None:
    never = "objective: {target: 99%, window: 30d, burn: [{rate: 200, long: 1h, short: 5m}]}\n"
    (folder / "data_products/users.yml").write_text(USERS + never, encoding="utf-8")
    assert "error[burn-never-fires]" in CliRunner().invoke(main, ["validate"]).output
    done = replay("--events", "events.json", "--format", "json")
    assert done.exit_code == 0
    assert "warning[burn-never-fires]" in done.stderr
    objective = json.loads(done.stdout)["products"]["users"]["objective"]
    assert objective == {"status": "meeting", "target": 0.99, "remaining_ms": HOUR // 100}


def test_the_codes_of_the_lint_are_checks_that_a_team_may_weigh() -> None:
    assert FEASIBILITY < CHECKS


def test_events_that_cannot_be_used_are_set_aside_and_the_others_count(folder: Path) -> None:
    poison = run_event(CHECKED, MORNING + 2 * HOUR)
    poison["aspect"]["json"]["result"]["type"] = "PERHAPS"
    events(folder / "more.json", run_event(CHECKED, MORNING + HOUR, "FAILURE"), poison, 7)
    done = replay("--events", "events.json", "more.json", "--format", "json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["products"]["users"]["health"] == "UNHEALTHY"
    assert (
        "Set aside: more.json: an event is set aside: a run of urn:li:assertion:chec" in done.stderr
    )
    assert "Set aside: more.json: record 2 is skipped: it is not an object" in done.stderr
    assert replay("--events", "events.json", "more.json", "--strict").exit_code == 1
    assert replay("--events", "events.json", "--strict").exit_code == 0


@pytest.mark.parametrize("content", [b"[{", b"\x1f\x8b cut off", b"id: users"])
def test_a_file_of_events_that_cannot_be_read_ends_with_1(folder: Path, content: bytes) -> None:
    name = "broken.json.gz" if content[:1] == b"\x1f" else "broken.json"
    (folder / name).write_bytes(content)
    done = replay("--events", "events.json", name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_events_and_results_of_no_run_end_with_1(folder: Path) -> None:
    (folder / "empty").mkdir()
    assert replay("--events", "empty").exit_code == 1
    generated = DATA / "jaffle_shop_duckdb/run_results/07_docs_generate_NOT_test_results.json"
    done = replay(*JAFFLE_SHOP, "--run-results", generated)
    assert (done.exit_code, "error[dbt-run-of-nothing]" in done.stderr) == (1, True)
    done = replay(*JAFFLE_SHOP, "--sources", RUNS[0])
    assert (done.exit_code, "error[" in done.stderr) == (1, True)


def test_a_gzipped_file_of_events_is_read_too(folder: Path) -> None:
    (folder / "e.json.gz").write_bytes(gzip.compress((folder / "events.json").read_bytes()))
    assert told("--events", "e.json.gz") == told("--events", "events.json")


def test_for_and_clear_for_are_the_patience_of_the_action(folder: Path) -> None:
    late = str(MORNING + HOUR + 5 * MINUTE)
    assert told("--events", "events.json", "--until", late)["announcements"] == []
    (one,) = told("--events", "events.json", "--until", late, "--for", "5m")["announcements"]
    assert (one["at"], one["product"], one["why"]) == (MORNING + HOUR, "users", "opened")
    assert (one["health"], one["text"][:18]) == ("UNHEALTHY", "Users is unhealthy")


def test_of_a_recipe_the_settings_count_and_not_what_it_would_report_next(folder: Path) -> None:
    config = {
        "dbt_project_dir": ".",
        "target_platform": "kafka",
        "run_results_path": "target/run_results.json",
        "sources_path": "target/sources.json",
        "default_timezone": "Europe/Amsterdam",
    }
    recipe = {"source": {"type": "data-products", "config": config}, "sink": {"type": "console"}}
    (folder / "recipe.yml").write_text(json.dumps(recipe), encoding="utf-8")
    done = replay("--recipe", "recipe.yml", "--events", "events.json")
    assert done.exit_code == 0, done.output
    assert "replayed until Mon 2026-03-02 07:00 (Europe/Amsterdam)" in done.output


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=ana", "-c", "user.email=ana@example.com"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    commit_staged(folder)


def commit_staged(folder: Path) -> None:
    git(folder, "commit", "--quiet", "-m", "change")


@pytest.fixture
def history(folder: Path) -> Path:
    """At `v1` the check is a warning, in `promises/users.yml`; since then it blocks."""
    git(folder, "init", "--quiet")
    (folder / "data_products").rename(folder / "promises")
    blocking = USERS.replace(f'assertion: "{CHECKED}"', f'assertion: "{CHECKED}", impact: warning')
    (folder / "promises/users.yml").write_text(blocking, encoding="utf-8")
    commit(folder)
    git(folder, "tag", "v1")
    (folder / "promises/users.yml").write_text(USERS, encoding="utf-8")
    commit(folder)
    return folder


def test_the_same_events_are_judged_by_the_promises_of_another_revision(history: Path) -> None:
    def health(*options: str) -> str:
        found: str = told("--events", "events.json", *options)["products"]["users"]["health"]
        return found

    assert health("--products", "promises") == "UNHEALTHY"
    assert health("--products", "promises", "--revision", "v1") == "AT_RISK"
    assert health("--products", "promises/users.yml", "--revision", "v1") == "AT_RISK"
    shutil.rmtree(history / "promises")
    assert health("--products", "promises", "--revision", "v1") == "AT_RISK", "a folder of then"
    assert health("--products", "promises/users.yml", "--revision", "HEAD") == "UNHEALTHY"


def test_without_paths_the_product_files_of_the_project_are_those_of_the_revision(
    history: Path,
) -> None:
    (history / "promises").rename(history / "data_products")
    commit(history)
    (history / "data_products/users.yml").write_text("id: [", encoding="utf-8")
    (history / "data_products/more.yml").write_text("id: [", encoding="utf-8")
    found = told("--events", "events.json", "--revision", "HEAD")
    assert found["products"]["users"]["health"] == "UNHEALTHY"


def test_what_is_wrong_at_a_revision_is_shown_with_the_line_of_then(history: Path) -> None:
    file = history / "promises/users.yml"
    (history / "promises/bytes.yml").write_bytes(b"\xff")
    file.write_text(USERS + "inputs: [usres]\n", encoding="utf-8")
    commit(history)
    file.write_text(USERS, encoding="utf-8")
    done = replay("--events", "events.json", "--products", "promises", "--revision", "HEAD")
    assert done.exit_code == 1
    assert "inputs: [usres]" in done.stderr
    assert "bytes.yml" in done.stderr
    git(history, "rm", "-r", "--quiet", "--force", "promises")
    commit(history)
    gone = replay("--events", "events.json", "--products", "promises", "--revision", "HEAD")
    assert gone.exit_code == 2
    assert "no product file matches" in " ".join(gone.stderr.split())


def test_a_contract_file_is_that_of_the_revision_too(history: Path) -> None:
    promised = USERS.replace(f'[{{assertion: "{CHECKED}"}}]', "[{odcs: users.odcs.yml}]")
    (history / "promises/users.yml").write_text(promised, encoding="utf-8")
    arguments = (
        "--events",
        "events.json",
        "--products",
        "promises/users.yml",
        "--revision",
        "HEAD",
    )
    (history / "promises/users.odcs.yml").write_text("not of that time", encoding="utf-8")
    git(history, "add", "promises/users.yml")
    commit_staged(history)
    assert "there is no such file at HEAD" in replay(*arguments).stderr
    (history / "promises/users.odcs.yml").write_bytes(b"\xff")
    commit(history)
    (history / "promises/users.odcs.yml").unlink()
    assert (
        "the contract file users.odcs.yml: the file is not text in UTF-8"
        in replay(*arguments).stderr
    )


def test_product_files_in_several_folders_are_one_portfolio(folder: Path) -> None:
    (folder / "data_products").rename(folder / "b")
    (folder / "c").mkdir()
    revenue = USERS.replace("users", "revenue").replace("Users", "Revenue")
    (folder / "c/revenue.yml").write_text(
        re.sub("contract:.*", "inputs: [users]", revenue), encoding="utf-8"
    )
    found = told("--products", "b/users.yml", "c/revenue.yml", "--events", "events.json")
    assert found["products"]["revenue"]["causes"][0]["path"] == ["revenue", "users"]


def test_of_several_dbt_projects_one_is_replayed_at_a_time(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "dbt_project.yml").write_text(f"name: {name}\n", encoding="utf-8")
    done = replay("--products", "one", "two", "--events", "events.json")
    assert (done.exit_code, "replay them one by one" in done.stderr) == (2, True)


def test_of_files_that_are_named_only_their_products_are_told_and_all_count(folder: Path) -> None:
    found = told(*ANALYTICS, "--products", str(EXAMPLE / "data_products/activation.yml"))
    assert [*found["products"]] == ["activation", "attribution", "revenue", "users"]
    alone = (str(EXAMPLE / "data_products/activation.yml"), *ANALYTICS[2:])
    found = told("--products", *alone)
    golden = json.loads((GOLDEN / "analytics/replay.json").read_text(encoding="utf-8"))
    assert found["products"] == {"activation": golden["products"]["activation"]}
    assert found["announcements"] == [
        one
        for one in golden["announcements"]
        if "activation" in {*one["affected"], *one["recovered"]}
    ]
    assert 0 < len(found["announcements"]) < len(golden["announcements"])


def test_without_the_extra_it_is_said_how_to_get_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "datahub_dataproducts.plugins.replay_inputs", None)
    done = replay("--events", "events.json")
    assert done.exit_code == 2
    assert 'pip install "datahub-dataproducts[actions]"' in " ".join(done.stderr.split())


class DeafTracker(HealthTracker):
    """Hears nothing."""

    def record(self, evidence: Evidence, now: int) -> bool:
        return False


def test_where_the_action_would_keep_something_else_it_is_told_and_ends_with_3(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_module, "HealthTracker", DeafTracker)
    done = replay("--events", "events.json")
    assert done.exit_code == 3
    assert "Users (users): unhealthy" in done.stdout, "the numbers are computed from nothing"
    assert "report this as a fault of this program" in done.stderr


def test_corrections_stand_beside_what_is_computed_and_change_nothing_of_it(folder: Path) -> None:
    arguments = ("--events", "events.json", "--until", str(MORNING + 2 * HOUR))
    raw = told(*arguments)
    corrections = (
        "corrections: [{product: users, from: '2026-03-02T05:00', to: '2026-03-02T09:00', "
        "kind: planned_work, reason: Migration, author: ana}]\ntimezone: Europe/Amsterdam\n"
    )
    (folder / "known.yml").write_text(corrections, encoding="utf-8")
    named = told(*arguments, "--corrections", "known.yml")
    (folder / "known.yml").rename("data_products_corrections.yml")
    assert told(*arguments) == named, "the file in the project counts too"
    users = named["products"]["users"]
    nothing = {"good_ms": 0, "bad_ms": 0, "unknown_ms": 2 * HOUR}
    assert users.pop("corrected") == {"own": nothing, "experienced": nothing, "objective": None}
    assert [one["reason"] for one in users.pop("corrections")] == ["Migration"]
    assert named == raw


def test_a_fault_in_the_corrections_replays_nothing(folder: Path) -> None:
    (folder / "known.yml").write_text("corrections: [{product: users}]\n", encoding="utf-8")
    done = replay("--events", "events.json", "--corrections", "known.yml")
    assert done.exit_code == 1
    assert "known.yml:1:15: error[missing-value]" in done.stderr


def incident(state: str, written: int, **fields: object) -> dict[str, object]:
    """A change log of an incident, as the server sends it over Kafka."""
    stamp = {"time": written, "actor": "urn:li:corpuser:ana"}
    told = {
        "type": "CUSTOM",
        "customType": "odd",
        "title": "Half the users\nare missing",
        "entities": ["urn:li:dataset:(urn:li:dataPlatform:kafka,users,PROD)", "urn:li:chart:(a,b)"],
        "priority": 1,
        "status": {"state": state, "stage": "TRIAGE", "lastUpdated": stamp},
        "source": {"type": "MANUAL"},
        "created": {"time": MORNING + 10 * MINUTE, "actor": "urn:li:corpuser:ana"},
        **fields,
    }
    event = {
        "entityType": "incident",
        "entityUrn": "urn:li:incident:one",
        "changeType": "UPSERT",
        "aspectName": "incidentInfo",
        "aspect": {"value": json.dumps(told), "contentType": "application/json"},
        "created": stamp,
    }
    return {"event_type": "MetadataChangeLogEvent_v1", "event": event}


def test_an_incident_is_heard_of_by_change_logs_in_any_order(folder: Path) -> None:
    raised = incident("ACTIVE", MORNING + 10 * MINUTE)
    resolved = incident("RESOLVED", MORNING + 40 * MINUTE)
    arguments = ("--products", "data_products", "--events", "incidents.json")
    files: tuple[str, ...] = ("events.json",)
    events(folder / "incidents.json", raised)
    until = ("--until", str(MORNING + 20 * MINUTE))
    (cause,) = told(*arguments, "--events", *files, *until)["products"]["users"]["causes"]
    assert cause == {
        "root": "users",
        "path": ["users"],
        "asset": "urn:li:dataset:(urn:li:dataPlatform:kafka,users,PROD)",
        "assertion": "urn:li:incident:one",
        "verdict": "not met",
        "reason": "incident open",
        "since": MORNING + 10 * MINUTE,
    }
    seen = []
    for order in ([raised, resolved], [resolved, raised, resolved], [resolved]):
        events(folder / "incidents.json", *order)
        seen.append(told(*arguments, "--events", *files)["products"]["users"]["intervals"])
    assert seen[0][:3] == [
        [MORNING, MORNING + 10 * MINUTE, "HEALTHY"],
        [MORNING + 10 * MINUTE, MORNING + 40 * MINUTE, "UNHEALTHY"],
        [MORNING + 40 * MINUTE, MORNING + HOUR, "HEALTHY"],
    ]
    assert seen == [seen[0]] * 3
