"""`plan` against real ingests: into a DataHub Lite file, and over HTTP into a stand-in server."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from datahub.ingestion.run.pipeline import Pipeline
from yaml import safe_dump, safe_load

from datahub_dataproducts.plugins.cli import main
from tests.integration.gms.server import Gms
from tests.plugins.catalog_server import CatalogServer, catalog_server
from tests.plugins.commands.projects import example_project

DOMAINS = ("growth", "marketing", "finance", "data-platform")
NOTHING_TO_DO = "Plan: 0 to create, 0 to change, 0 to remove, 4 unchanged."
USERS = "urn:li:dataProduct:users"
EVA = {"owner": "urn:li:corpuser:eva", "type": "DATA_STEWARD"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("DATAHUB_GMS_TOKEN", raising=False)
    folder = example_project(tmp_path / "shop")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def server() -> Iterator[CatalogServer]:
    with catalog_server() as server:
        server.domains.update(f"urn:li:domain:{domain}" for domain in DOMAINS)
        yield server


def plan(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["plan", *arguments])


def planned(*arguments: str, code: int = 0) -> dict[str, Any]:
    done = plan(*arguments, "--format", "json")
    assert done.exit_code == code, done.output
    read: dict[str, Any] = json.loads(done.output)
    return read


def told(product: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Field, kind, and the entry or the value before and after."""
    return [
        (c["field"], c["change"], c["item"] or f"{c['before']} -> {c['after']}")
        for c in product["changes"]
    ]


def of(plan: dict[str, Any], id_: str) -> dict[str, Any]:
    [product] = [p for p in plan["products"] if p["id"] == id_]
    return dict(product)


def edit(file: str, right: str, wrong: str) -> None:
    path = Path("data_products", file)
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")


def recipe(sink: dict[str, Any], *, state: str = "file", **config: Any) -> str:
    """The path of a recipe with stateful ingestion, for this project."""
    if state:
        provider: dict[str, Any] = {"type": state}
        if state == "file":
            provider["config"] = {"filename": "state.json"}
        config["stateful_ingestion"] = {"enabled": True, "state_provider": provider}
    content = {
        "pipeline_name": "shop",
        "source": {"type": "data-products", "config": {"target_platform": "duckdb", **config}},
        "sink": sink,
    }
    Path("recipe.yml").write_text(safe_dump(content), encoding="utf-8")
    return "recipe.yml"


def lite(**config: Any) -> str:
    sink = {"type": "datahub-lite", "config": {"type": "sqlite", "config": {"file": "lite.db"}}}
    return recipe(sink, write_semantics="OVERRIDE", **config)


def rest(server: CatalogServer, **config: Any) -> str:
    return recipe(
        {"type": "datahub-rest", "config": {"server": server.url, "token": "made-up-secret"}},
        **{"state": "datahub", **config},
    )


def ingest(recipe: str) -> None:
    pipeline = Pipeline.create(safe_load(Path(recipe).read_text(encoding="utf-8")))
    pipeline.run()
    pipeline.raise_from_status()


# Edits of every kind of field, each with a word of what the plan has to say of it.
EDITS = [
    ("users.yml", "Every registered", "Each registered", "description"),
    ("users.yml", "display_name: Users", "display_name: People", "display_name"),
    ("users.yml", "type: building_block", "type: metric", "type"),
    ("users.yml", "domain: data-platform", "domain: growth", "domain"),
    ("users.yml", "urn:li:corpuser:daan", "urn:li:corpuser:finn", "owners"),
    ("users.yml", "  - ref('stg_users')\n", "", "assets"),
    ("users.yml", "output_ports: [\"ref('dim_users')\"]\n", "", "output_ports"),
    ("revenue.yml", "{id: attribution, required: false}", "attribution", "inputs"),
    ("users.yml", "runbooks/users", "runbooks/people", "runbook"),
    ("users.yml", "lifecycle: live", "lifecycle: deprecated", "lifecycle"),
    ("users.yml", "target: 99%", "target: 98%", "objective"),
    ("users.yml", '"08:00"', '"07:30"', "contract"),
    ("users.yml", "    build: true\n", "", "contract"),
    ("users.yml", "    tests: all\n", "    tests: all\n    impact: warning\n", "contract"),
    ("users.yml", "    tests: all\n", "    tests: all\n    expect_every: 1d\n", "contract"),
    ("users.yml", "id: users\n", "id: users\ntags: [pii]\n", "tags"),
    ("users.yml", "id: users\n", "id: users\nterms: [Customer]\n", "terms"),
    ("users.yml", "id: users\n", "id: users\nproperties: {team: core}\n", "properties"),
    ("users.yml", "id: users\n", "id: users\nchannels: [people]\n", "channels"),
    ("users.yml", "id: users\n", "id: users\nexternal_url: https://e.org\n", "external_url"),
    ("users.yml", "id: users\n", "id: users\ntimezone: Europe/Paris\n", "timezone"),
]


class TestLite:
    def test_a_catalog_that_does_not_exist_yet_is_empty_and_is_not_made(
        self, project: Path
    ) -> None:
        done = plan("--catalog", "none.db")
        assert done.exit_code == 0
        assert done.output.startswith("Compared with none.db, which does not exist yet\n")
        assert "+ revenue (Revenue): to create\n" in done.output
        assert "Plan: 4 to create, 0 to change, 0 to remove, 0 unchanged." in done.output
        assert not (project / "none.db").exists()

    def test_corrections_are_planned_in_words_and_published_once(self, project: Path) -> None:
        ingest(lite())
        known = project / "known.yml"
        known.write_text(
            "corrections: [{product: users, from: '2026-03-02T05:00', to: '2026-03-02T09:00', "
            "kind: false_alarm, reason: The test was wrong, author: ben}]\n",
            encoding="utf-8",
        )
        users = of(planned("--catalog", "lite.db", "--corrections", "known.yml"), "users")
        said = "2026-03-02 05:00 to 2026-03-02 09:00, a false alarm, good: The test was wrong (ben)"
        assert told(users) == [("corrections", "added", said)]
        known.rename("data_products_corrections.yml")
        ingest("recipe.yml")
        assert NOTHING_TO_DO in plan("--catalog", "lite.db").output

    @pytest.mark.usefixtures("project")
    def test_after_an_ingest_there_is_nothing_to_do(self) -> None:
        ingest(lite())
        assert NOTHING_TO_DO in plan("--recipe", "recipe.yml").output
        assert NOTHING_TO_DO in plan("--catalog", "lite.db").output
        assert plan("--catalog", "lite.db", "--detailed-exitcode").exit_code == 0

    @pytest.mark.usefixtures("project")
    def test_a_duckdb_file_is_read_as_well(self) -> None:
        sink = {"type": "duckdb", "config": {"file": "lite.duckdb"}}
        ingest(recipe({"type": "datahub-lite", "config": sink}, write_semantics="OVERRIDE"))
        assert NOTHING_TO_DO in plan("--recipe", "recipe.yml").output

    def test_planning_leaves_the_catalog_and_its_folder_as_they_are(self, project: Path) -> None:
        ingest(lite())
        edit("users.yml", "Every registered", "Each registered")
        with closing(sqlite3.connect("lite.db")) as catalog:
            catalog.execute("PRAGMA journal_mode = WAL")
        before = {file: file.read_bytes() for file in sorted(project.rglob("*")) if file.is_file()}
        assert "1 to change" in plan("--recipe", "recipe.yml").output
        after = {file: file.read_bytes() for file in sorted(project.rglob("*")) if file.is_file()}
        assert before == after

    @pytest.mark.usefixtures("project")
    @pytest.mark.parametrize(("file", "right", "wrong", "field"), EDITS)
    def test_an_edit_is_told_and_after_its_ingest_there_is_nothing_to_do(
        self, file: str, right: str, wrong: str, field: str
    ) -> None:
        ingest(lite())
        edit(file, right, wrong)
        found = planned("--recipe", "recipe.yml")
        [product] = found["products"]
        assert (product["id"], product["action"]) == (file.removesuffix(".yml"), "change")
        assert field in {change["field"] for change in product["changes"]}
        ingest("recipe.yml")
        assert NOTHING_TO_DO in plan("--recipe", "recipe.yml").output

    @pytest.mark.usefixtures("project")
    def test_what_is_announced_is_what_the_ingest_does_to_the_catalog(self) -> None:
        ingest(lite())
        shutil.copy("lite.db", "before.db")
        edit("users.yml", "Every registered", "Each registered")
        edit("users.yml", "urn:li:corpuser:daan", "urn:li:corpuser:finn")
        edit("attribution.yml", "id: attribution\n", "id: attribution\ntags: [pii]\n")
        announced = {p["id"] for p in planned("--recipe", "recipe.yml")["products"]}
        ingest("recipe.yml")
        changed = changed_products(Path("before.db"), Path("lite.db"))
        assert changed == announced == {"users", "attribution"}

    @pytest.mark.usefixtures("project")
    def test_what_left_the_files_is_removed_by_a_recipe_that_removes(self) -> None:
        ingest(lite())
        Path("data_products/activation.yml").unlink()
        found = planned("--recipe", "recipe.yml")
        assert of(found, "activation")["action"] == "remove"
        names = {dataset["name"]: told(dataset) for dataset in found["datasets"]}
        assert names["fct_activation"] == [("data contract", "removed", "5 promises -> ")]
        ingest("recipe.yml")
        assert "0 to remove, 3 unchanged." in plan("--recipe", "recipe.yml").output

    @pytest.mark.usefixtures("project")
    @pytest.mark.parametrize(
        ("options", "why"),
        [
            (["--catalog", "lite.db"], "only an ingest with stateful ingestion removes it"),
            (["--recipe", "recipe.yml"], "the recipe has no stateful ingestion that removes"),
        ],
    )
    def test_without_stateful_ingestion_what_left_the_files_stays_and_this_is_said(
        self, options: list[str], why: str
    ) -> None:
        ingest(lite(state=""))
        Path("data_products/activation.yml").unlink()
        done = plan(*options, "--detailed-exitcode")
        assert f"Not in these files: activation. It stays: {why}." in done.output
        assert done.exit_code == 0

    @pytest.mark.usefixtures("project")
    def test_more_than_the_fail_safe_allows_is_not_removed(self) -> None:
        ingest(lite())
        for product in ("activation", "attribution", "revenue"):
            Path("data_products", f"{product}.yml").unlink()
        done = plan("--recipe", "recipe.yml")
        assert "They stay: more would be removed than fail_safe_threshold allows" in done.output

    @pytest.mark.usefixtures("project")
    def test_a_first_run_of_a_recipe_removes_nothing(self) -> None:
        ingest(lite(state=""))
        Path("data_products/activation.yml").unlink()
        done = plan("--recipe", lite())
        assert "It stays: no earlier ingest of this recipe is on record." in done.output

    @pytest.mark.usefixtures("project")
    def test_what_was_removed_is_brought_back(self) -> None:
        ingest(lite())
        Path("data_products/activation.yml").rename("activation.yml")
        ingest("recipe.yml")
        Path("activation.yml").rename("data_products/activation.yml")
        assert of(planned("--recipe", "recipe.yml"), "activation")["action"] == "restore"
        ingest("recipe.yml")
        assert NOTHING_TO_DO in plan("--recipe", "recipe.yml").output

    @pytest.mark.usefixtures("project")
    def test_an_error_is_told_as_by_validate_and_nothing_is_removed(self) -> None:
        ingest(lite())
        Path("data_products/activation.yml").unlink()
        edit("users.yml", "domain: data-platform", "domian: data-platform")
        edit("attribution.yml", "display_name: Attribution", "display_name: Channels")
        done = plan("--recipe", "recipe.yml")
        assert done.exit_code == 1
        assert "data_products/users.yml:4:1: error[" in done.output
        assert "    4 | domian: data-platform\n" in done.output
        assert "~ attribution (Channels): to change\n" in done.output
        assert "Not published, because of errors: users." in done.output
        because = "It stays: nothing is removed in this run, since there are errors."
        assert f"Not in these files: activation. {because}" in done.output

    @pytest.mark.usefixtures("project")
    def test_files_that_are_named_are_told_of_alone(self) -> None:
        ingest(lite())
        edit("users.yml", '"08:00"', '"07:30"')
        edit("users.yml", "    build: true\n", "")
        edit("attribution.yml", "display_name: Attribution", "display_name: Channels")
        Path("data_products/activation.yml").unlink()
        found = planned("data_products/users.yml", "--catalog", "lite.db")
        assert [product["id"] for product in found["products"]] == ["users"]
        assert [dataset["name"] for dataset in found["datasets"]] == ["dim_users"]

    @pytest.mark.usefixtures("project")
    def test_lite_takes_no_patches_so_a_recipe_that_sends_some_is_refused(self) -> None:
        sink = {"type": "datahub-lite", "config": {"config": {"file": "lite.db"}}}
        done = plan("--recipe", recipe(sink))
        assert done.exit_code == 2
        assert "recipe.yml: DataHub Lite takes whole aspects only" in done.output

    def test_a_file_that_is_no_catalog_is_refused(self, project: Path) -> None:
        Path("empty.db").touch()
        for file in ("dbt_project.yml", "empty.db"):
            done = plan("--catalog", file)
            assert done.exit_code == 2
            assert f"{file} is no DataHub Lite catalog, or it is damaged" in done.output

    @pytest.mark.usefixtures("project")
    def test_a_locked_catalog_is_told_as_that(self) -> None:
        ingest(lite())
        with closing(sqlite3.connect("lite.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            done = plan("--catalog", "lite.db")
        assert done.exit_code == 2
        assert "the catalog lite.db is locked by another process" in done.output


def changed_products(before: Path, after: Path) -> set[str]:
    """The products whose aspects or definitions differ between two Lite files."""
    query = (
        "SELECT urn, aspect_name, metadata FROM metadata_aspect_v2 WHERE version = 0 "
        "AND (urn LIKE 'urn:li:dataProduct:%' OR aspect_name = 'platformResourceInfo')"
    )
    held = []
    for file in (before, after):
        with closing(sqlite3.connect(file)) as catalog:
            held.append({(urn, name): text for urn, name, text in catalog.execute(query)})
    old, new = held
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    keys = {
        json.loads(new[key])["primaryKey"] if key[1] == "platformResourceInfo" else key[0]
        for key in changed
    }
    return {key.rpartition(":")[2] for key in keys}


class TestServer:
    @pytest.mark.usefixtures("project")
    def test_after_an_ingest_there_is_nothing_to_do(self, server: CatalogServer) -> None:
        ingest(rest(server))
        held = dict(server.entities.aspects)
        assert NOTHING_TO_DO in plan("--recipe", "recipe.yml").output
        assert NOTHING_TO_DO in plan("--catalog", server.url).output
        assert server.entities.aspects == held
        assert server.unexpected == []

    @pytest.mark.usefixtures("project")
    def test_what_people_added_in_datahub_is_no_change_and_stays(
        self, server: CatalogServer
    ) -> None:
        ingest(rest(server))
        aspects = server.entities.aspects
        aspects[USERS, "ownership"]["owners"].append(EVA)
        aspects[USERS, "globalTags"] = {"tags": [{"tag": "urn:li:tag:gold"}]}
        aspects[USERS, "institutionalMemory"]["elements"].append({
            "url": "https://wiki.example.com/more",
            "description": "More",
            "createStamp": {"time": 1, "actor": "urn:li:corpuser:eva"},
        })
        assert NOTHING_TO_DO in plan("--recipe", "recipe.yml").output
        edit("users.yml", "urn:li:corpuser:daan", "urn:li:corpuser:finn")
        users = of(planned("--recipe", "recipe.yml"), "users")
        assert told(users) == [
            ("owners", "added", "finn as BUSINESS_OWNER"),
            ("owners", "kept", "daan as BUSINESS_OWNER"),
        ]
        assert users["changes"][1]["because"] == "write_semantics is PATCH"
        ingest("recipe.yml")
        owners = {entry["owner"] for entry in aspects[USERS, "ownership"]["owners"]}
        assert {"urn:li:corpuser:eva", "urn:li:corpuser:daan", "urn:li:corpuser:finn"} <= owners
        assert NOTHING_TO_DO in plan("--recipe", "recipe.yml").output

    @pytest.mark.usefixtures("project")
    def test_what_people_wrote_over_in_datahub_is_set_back(self, server: CatalogServer) -> None:
        ingest(rest(server))
        properties = server.entities.aspects[USERS, "dataProductProperties"]
        properties["name"] = "Accounts"
        properties["customProperties"]["note"] = "mine"
        properties["description"] += "\nAnd more."
        assert told(of(planned("--recipe", "recipe.yml"), "users")) == [
            ("display_name", "changed", "Accounts -> Users"),
            ("description", "changed", "the promises in it"),
            ("properties", "removed", "note"),
        ]
        ingest("recipe.yml")
        assert NOTHING_TO_DO in plan("--recipe", "recipe.yml").output

    @pytest.mark.usefixtures("project")
    def test_a_product_made_in_datahub_is_taken_over(self, server: CatalogServer) -> None:
        server.entities.aspects[USERS, "dataProductProperties"] = {
            "name": "Our users",
            "customProperties": {"team": "core"},
            "assets": [{"destinationUrn": "urn:li:dashboard:(looker,1)"}],
        }
        server.entities.aspects[USERS, "ownership"] = {"owners": [EVA]}
        users = of(planned("--recipe", rest(server)), "users")
        assert users["action"] == "take over"
        assert users["meanings"][0].startswith("It was not published from files before")
        changes = told(users)
        assert ("display_name", "changed", "Our users -> Users") in changes
        assert ("assets", "removed", "1") in changes
        assert ("properties", "removed", "team") in changes
        assert not any(item.startswith("eva") for _, _, item in changes)

    @pytest.mark.usefixtures("project")
    def test_what_left_the_files_is_removed(self, server: CatalogServer) -> None:
        ingest(rest(server))
        Path("data_products/activation.yml").unlink()
        assert of(planned("--recipe", "recipe.yml"), "activation")["action"] == "remove"
        ingest("recipe.yml")
        assert "0 to remove, 3 unchanged." in plan("--recipe", "recipe.yml").output

    @pytest.mark.usefixtures("project")
    def test_a_domain_the_server_does_not_know_is_an_error(self, server: CatalogServer) -> None:
        server.domains.remove("urn:li:domain:growth")
        done = plan("--recipe", rest(server))
        assert done.exit_code == 1
        assert "error[unknown-domain]" in done.output
        assert "Not published, because of errors: activation." in done.output
        assert "Failed to retrieve" not in done.output

    def test_a_thousand_products_do_not_cost_a_request_each(
        self, project: Path, server: CatalogServer
    ) -> None:
        text = (project / "data_products/users.yml").read_text(encoding="utf-8")
        for number in range(1_000):
            copy = text.replace("id: users", f"id: users-{number}")
            (project / f"data_products/users-{number}.yml").write_text(copy, encoding="utf-8")
        done = plan("--catalog", server.url)
        assert "Plan: 1004 to create" in done.output
        assert len(server.asked) < 60

    @pytest.mark.usefixtures("project")
    def test_a_server_to_which_an_ingest_would_write_nothing_is_told_as_that(self) -> None:
        with Gms(version="v1.6.0") as gms:
            done = plan("--catalog", gms.url)
            assert done.exit_code == 2
            assert "DataHub is v1.6.0, v1.7.0 or newer is needed" in done.output
            sink = {"type": "datahub-rest", "config": {"server": gms.url, "token": "made-up"}}
            whole = plan("--recipe", recipe(sink, write_semantics="OVERRIDE"))
            assert "or newer is needed" not in whole.output
            assert gms.written == []

    @pytest.mark.usefixtures("project")
    def test_a_server_of_a_version_of_its_own_is_planned_with_a_warning(self) -> None:
        with Gms(version="acme-7") as gms:
            for name in ("data-platform", "finance", "growth", "marketing"):
                gms.put(f"urn:li:domain:{name}", "domainProperties", {"name": name})
            done = plan("--catalog", gms.url)
            assert done.exit_code == 0
            assert 'DataHub says "acme-7", so make sure that it is as new as v1.7.0' in done.output

    @pytest.mark.usefixtures("project")
    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_a_server_that_does_not_answer_is_told_without_the_token(
        self, server: CatalogServer, status: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATAHUB_GMS_TOKEN", "made-up-secret")
        server.refusal = status
        done = plan("--catalog", server.url)
        assert done.exit_code == 2
        assert done.output.startswith(f"Error: {server.url}: DataHub answers {status}")
        assert len(done.output.splitlines()) == 1
        assert "made-up-secret" not in done.output
        is_of_token = (
            "(it is taken from the variable DATAHUB_GMS_TOKEN, or from a file with" in done.output
        )
        assert is_of_token is (status == 401)

    @pytest.mark.usefixtures("project")
    def test_where_a_token_that_is_refused_was_taken_from_is_told(
        self, server: CatalogServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.refusal = 401
        monkeypatch.delenv("DATAHUB_GMS_TOKEN", raising=False)
        none = plan("--catalog", server.url).output
        assert "answers 401: it asks for a token, and none is given (it is taken from" in none
        Path("token").write_text("made-up-secret\n", encoding="utf-8")
        file = plan("--catalog", server.url, "--token-file", "token").output
        assert "it does not accept the token; give a valid one (it is the text of token)" in file
        sink = {"type": "datahub-rest", "config": {"server": server.url, "token": "made-up-secret"}}
        written = recipe(sink)
        assert f"(it is the `token` of the sink in {written})" in plan("--recipe", written).output

    @pytest.mark.usefixtures("project")
    def test_a_server_that_is_not_there_is_told_as_that(self) -> None:
        done = plan("--catalog", "http://me:made-up-secret@127.0.0.1:9")
        assert done.exit_code == 2
        assert "DataHub cannot be reached or does not answer in time" in done.output
        assert "made-up-secret" not in done.output

    @pytest.mark.usefixtures("project")
    def test_a_password_in_the_address_is_not_shown(self, server: CatalogServer) -> None:
        address = server.url.removeprefix("http://")
        done = plan("--catalog", f"http://me:made-up@secret@{address}")
        assert done.exit_code == 0
        assert f"Compared with {server.url}\n" in done.output

    @pytest.mark.usefixtures("project")
    def test_the_token_is_read_from_a_file(self, server: CatalogServer) -> None:
        Path("token").write_text("made-up-secret\n", encoding="utf-8")
        done = plan("--catalog", server.url, "--token-file", "token")
        assert done.exit_code == 0
        assert server.tokens == {"Bearer made-up-secret"}
        assert "made-up-secret" not in done.output


@pytest.mark.usefixtures("project")
def test_a_token_that_is_none_is_refused() -> None:
    Path("token").write_bytes(b"\xff\xfe")
    done = plan("--catalog", "http://127.0.0.1:9", "--token-file", "token")
    assert done.exit_code == 2
    assert done.output == "Error: token holds no token: a token is ASCII text\n"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "address", ["htps://user:made-up-secret@gms/", "localhost:8080", "gms.example.com:8080/api"]
)
def test_an_address_that_is_misspelt_is_no_file_that_does_not_exist_yet(address: str) -> None:
    done = plan("--catalog", address)
    assert done.exit_code == 2
    assert "begins with http:// or https://" in done.output
    assert "made-up-secret" not in done.output


@pytest.mark.usefixtures("project")
def test_a_catalog_that_cannot_even_be_looked_for_is_refused() -> None:
    done = plan("--catalog", "x" * 300)
    assert done.exit_code == 2
    assert "File name too long" in done.output


@pytest.mark.usefixtures("project")
def test_changes_have_an_exit_code_of_their_own_where_it_is_asked_for() -> None:
    assert plan("--catalog", "none.db").exit_code == 0
    assert plan("--catalog", "none.db", "--detailed-exitcode").exit_code == 3


@pytest.mark.usefixtures("project")
def test_markdown_is_a_comment_on_a_pull_request() -> None:
    done = plan("--catalog", "none.db", "--format", "markdown")
    assert done.output.startswith("## Data products: what an ingest would change\n")
    assert done.output.count("<details>") == done.output.count("</details>") == 13


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Give the catalog with --catalog, or a recipe with --recipe"),
        ({"type": "file", "config": {}}, "the sink file is no catalog that can be read"),
        ({"type": "datahub-rest", "config": {}}, "sink: server: is missing"),
        ({"type": "datahub-rest", "config": {"server": "${NOT_SET}"}}, " is not set"),
    ],
)
def test_without_a_catalog_it_is_wrong_use(content: dict[str, Any] | None, words: str) -> None:
    options = [] if content is None else ["--recipe", recipe(content)]
    done = plan(*options)
    assert done.exit_code == 2
    assert words in " ".join(done.output.split())


def test_projects_are_planned_one_by_one(project: Path, tmp_path: Path) -> None:
    other = example_project(tmp_path / "other")
    done = plan(str(project), str(other), "--catalog", "none.db")
    assert done.exit_code == 2
    assert "PATHS are of several dbt projects" in done.output


@pytest.mark.usefixtures("project")
def test_a_record_that_cannot_be_read_is_told_as_that() -> None:
    ingest(lite())
    Path("state.json").write_text("{", encoding="utf-8")
    done = plan("--recipe", "recipe.yml")
    assert done.exit_code == 2
    assert "the record of the last ingest" in done.output


@pytest.mark.usefixtures("project")
def test_a_date_that_a_calendar_gains_is_a_change_of_each_promise_that_names_it() -> None:
    calendar = Path("calendars/nl.yml")
    calendar.parent.mkdir()
    calendar.write_text("holidays: [2099-12-25]\n", encoding="utf-8")
    edit("revenue.yml", "timezone: Europe", "holidays: ../calendars/nl.yml, timezone: Europe")
    edit("revenue.yml", "window: 30d", "window: 30d, holidays: ../calendars/nl.yml")
    ingest(lite())
    assert not planned("--recipe", "recipe.yml")["changes_anything"]
    calendar.write_text("holidays: [2099-12-25, 2099-12-26]\n", encoding="utf-8")
    changes = of(planned("--recipe", "recipe.yml"), "revenue")["changes"]
    comes = ("without 2099-12-26", "with 2099-12-26")
    promise = "fct_revenue is updated every day by 09:00 Europe/Amsterdam, except on holidays"
    assert [(c["field"], c["item"], c["before"], c["after"]) for c in changes] == [
        (
            "objective",
            "",
            "99 % of the last 30d, except the holiday 2099-12-25",
            "99 % of the last 30d, except 2 holidays from 2099-12-25 to 2099-12-26",
        ),
        ("objective", "holidays", *comes),
        ("contract", f"{promise}: holidays", *comes),
    ]
