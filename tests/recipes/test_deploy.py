"""What deployments start from: valid for those who read it, and naming only what there is.

No image is built here: what stands in the Dockerfile is held to a linter, to the files of this
repository and to the commands that are installed.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import promql_parser
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from datahub_dataproducts.adapters.metrics import meters
from datahub_dataproducts.adapters.store.opening import database_at
from datahub_dataproducts.domain.durations import parse_duration
from tests.docs.pages import text_of

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "recipes/deploy"
BIN = Path(sys.executable).parent
RECIPE = "recipes/actions/kafka.yml"
# Read by others in the same process: DataHub's client and framework, libpq, Python.
OF_OTHERS = {
    "DATAHUB_ACTIONS_KAFKA_LAG_ENABLED",
    "DATAHUB_LOG_CONFIG_FILE",
    "DATAHUB_TELEMETRY_ENABLED",
    "PGPASSWORD",
    "PYTHONUNBUFFERED",
}
# Of the chart `acryl-datahub-actions`, which has no others for what we want.
CHART = {
    "extraEnvs",
    "extraVolumeMounts",
    "extraVolumes",
    "image",
    "podAnnotations",
    "podSecurityContext",
    "replicaCount",
    "resources",
    "securityContext",
    "terminationGracePeriodSeconds",
}
SECRETS = {"DATAHUB_GMS_TOKEN", "PGPASSWORD", "POSTGRES_PASSWORD"}


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8")))


def read_by(recipe: str) -> set[str]:
    """The variables that a recipe takes from the environment."""
    return set(re.findall(r"\$\{(\w+)", (ROOT / recipe).read_text(encoding="utf-8")))


def instructions() -> Iterator[tuple[str, str]]:
    """Those of the Dockerfile, in order, each in one line."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, rest.strip()


def given(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def in_image() -> dict[str, str]:
    """The environment of the image."""
    (env,) = given("ENV")
    return dict(word.split("=", 1) for word in shlex.split(env))


def container(name: str) -> dict[str, Any]:
    """The container of ours that a file starts, with its environment as `env`."""
    if name == "compose.yml":
        service: dict[str, Any] = documents(name)[0]["services"]["data-product-health"]
        return {"env": service["environment"], "args": []}
    if name == "helm-values.yml":
        values = documents(name)[0]["acryl-datahub-actions"]
        return {"env": named(values["extraEnvs"]), "args": []}
    spec = documents(name)[0]["spec"]["template"]["spec"]
    (only,) = spec["containers"]
    return {"env": named(only["env"]), "args": only["args"]}


def named(variables: list[dict[str, Any]]) -> dict[str, Any]:
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in variables}


FILES = ["compose.yml", "helm-values.yml", "kubernetes.yml"]


def test_the_dockerfile_is_as_a_linter_wants_it() -> None:
    done = subprocess.run(
        [BIN / "hadolint", "--format", "json", DEPLOY / "Dockerfile"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == []
    assert done.returncode == 0


def test_the_wheel_is_installed_with_what_the_action_needs(tmp_path: Path) -> None:
    """The command of the image, with a program in the place of `uv` that says what it is asked."""
    (install,) = [rest.partition("uv ")[2] for rest in given("RUN") if "uv pip install" in rest]
    wheel = tmp_path / "datahub_dataproducts-0.1.0-py3-none-any.whl"
    wheel.touch()
    script = f"uv() {{ printf '%s\\n' \"$@\"; }}; uv {install.replace('/wheels', str(tmp_path))}"
    done = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["pip", "install", "--no-cache", f"{wheel}[actions]"]
    assert '"actions": ACTIONS' in text_of("setup.py")


def test_what_is_copied_into_the_image_is_there_and_the_wheel_has_all_it_is_built_from() -> None:
    copied = [word for rest in given("COPY") for word in rest.split()[:-1] if word[0] != "-"]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"setup.py", "pyproject.toml", "README.md", "LICENSE", "datahub_dataproducts"} <= {
        *copied
    }


def test_the_container_is_nobodys_root_and_its_base_has_a_version() -> None:
    assert given("USER")[-1] == "1000:1000"
    (version,) = given("ARG")
    assert re.fullmatch(r"DATAHUB_VERSION=v\d+\.\d+\.\d+", version)
    assert given("FROM")[-1] == "acryldata/datahub-actions:${DATAHUB_VERSION}-slim"
    for name in ("helm-values.yml", "kubernetes.yml"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        assert f"v{version.partition('=v')[2]}" in text
        assert "runAsNonRoot: true" in text
        assert "runAsUser: 1000" in text


def test_the_commands_of_the_image_are_those_that_are_installed() -> None:
    (start,) = map(json.loads, given("CMD"))
    (check,) = [json.loads(r.partition("CMD")[2]) for r in given("HEALTHCHECK")]
    assert start == ["datahub", "actions", "-c", "/etc/datahub/data-products/kafka.yml"]
    assert f"{RECIPE} " in given("COPY")[-1]
    env = {**os.environ, **in_image(), "HEALTH_PORT": "1"}
    env.pop("DATAHUB_LOG_CONFIG_FILE")
    done = subprocess.run(
        [BIN / check[0], *check[1:]], env=env, check=False, capture_output=True, text=True
    )
    # It asks the port of the environment; nobody answers there.
    assert done.returncode == 1
    assert "nobody answers on 127.0.0.1, port 1 " in done.stderr


@pytest.mark.parametrize("name", ["Dockerfile", *FILES])
def test_every_variable_is_read_by_somebody(name: str) -> None:
    variables = in_image() if name == "Dockerfile" else container(name)["env"]
    assert set(variables) - OF_OTHERS - read_by(RECIPE) == set()


@pytest.mark.parametrize("name", FILES)
def test_what_the_recipe_cannot_know_is_given(name: str) -> None:
    env = container(name)["env"]
    needed = {"DATAHUB_GMS_URL", "DATAHUB_GMS_TOKEN", "HEALTH_STORE", "PGPASSWORD"}
    if name != "helm-values.yml":
        # There the chart gives them.
        needed |= {"KAFKA_BOOTSTRAP_SERVER", "SCHEMA_REGISTRY_URL"}
    assert needed <= set(env)


@pytest.mark.parametrize("name", ["Dockerfile", *FILES])
def test_no_secret_is_written_and_no_address_holds_one(name: str) -> None:
    variables = in_image() if name == "Dockerfile" else container(name)["env"]
    for secret in SECRETS & set(variables):
        value = variables[secret]
        assert "secretKeyRef" in value if isinstance(value, dict) else value.startswith("${")
    for value in variables.values():
        assert isinstance(value, dict) or not re.search(r"://[^/]*:[^/]*@", value)


@pytest.mark.parametrize("name", ["Dockerfile", *FILES])
def test_the_store_that_is_named_is_one(name: str) -> None:
    variables = in_image() if name == "Dockerfile" else container(name)["env"]
    database_at(variables["HEALTH_STORE"])


def test_the_compose_file_is_valid_and_asks_for_the_password_of_its_store() -> None:
    done = subprocess.run(
        [
            BIN / "check-jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            DEPLOY / "compose.yml",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    (compose,) = documents("compose.yml")
    ours, store = compose["services"]["data-product-health"], compose["services"]["health-store"]
    assert ours["environment"]["PGPASSWORD"] == store["environment"]["POSTGRES_PASSWORD"]
    assert (DEPLOY / ours["build"]["context"] / ours["build"]["dockerfile"]).is_file()
    assert set(ours["build"]["args"]) == {arg.partition("=")[0] for arg in given("ARG")}
    user, database = store["environment"]["POSTGRES_USER"], store["environment"]["POSTGRES_DB"]
    address = f"postgresql://{user}@health-store/{database}"
    assert ours["environment"]["HEALTH_STORE"] == address


def test_probes_ask_where_the_image_answers() -> None:
    port = int(in_image()["HEALTH_PORT"])
    assert given("EXPOSE") == [str(port)]
    assert in_image()["HEALTH_HOST"] == "0.0.0.0"  # noqa: S104 - within its container
    deployment, service = documents("kubernetes.yml")
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    assert only["ports"] == [{"name": "probes", "containerPort": port}]
    assert service["spec"]["ports"][0]["port"] == port
    paths = {only[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")}
    source = text_of("datahub_dataproducts/adapters/metrics/endpoint.py")
    assert all(f'"{path}"' in source for path in paths)
    annotations = deployment["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == str(port)
    (values,) = documents("helm-values.yml")
    assert values["acryl-datahub-actions"]["podAnnotations"] == annotations


def test_kubernetes_knows_every_field() -> None:
    for document in documents("kubernetes.yml"):
        kubernetes_validate.validate(document, "1.30", strict=True)


def test_the_chart_knows_every_value() -> None:
    (values,) = documents("helm-values.yml")
    assert values.keys() == {"acryl-datahub-actions"}
    assert values["acryl-datahub-actions"].keys() <= CHART


def test_one_process_ends_before_the_next_begins_and_the_recipe_is_the_one_that_is_mounted() -> (
    None
):
    deployment, _ = documents("kubernetes.yml")
    spec = deployment["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    pod = spec["template"]["spec"]
    (only,) = pod["containers"]
    assert {m["name"] for m in only["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
    (mount,) = [m["mountPath"] for m in only["volumeMounts"] if m["name"] == "recipe"]
    assert only["args"] == ["datahub", "actions", "-c", f"{mount}/{Path(RECIPE).name}"]
    (values,) = documents("helm-values.yml")
    ours = values["acryl-datahub-actions"]
    assert [v["name"] for v in ours["extraVolumes"]] == [
        m["name"] for m in ours["extraVolumeMounts"]
    ]


def known_metrics() -> set[str]:
    """As Prometheus keeps them."""
    endings = {"counter": ["_total"], "info": ["_info"], "histogram": ["_bucket", "_sum", "_count"]}
    ours = [each for each in vars(meters).values() if isinstance(each, MetricWrapperBase)]
    families = [family for each in ours for family in each.describe()]
    return {f.name + ending for f in families for ending in endings.get(f.type, [""])}


def rules() -> list[dict[str, Any]]:
    (read,) = documents("prometheus-rules.yml")
    return [rule for group in read["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_is_promql_and_asks_for_metrics_and_labels_that_there_are(
    rule: dict[str, Any],
) -> None:
    promql_parser.parse(rule["expr"])
    asked = set(re.findall(r"data_products_\w+", rule["expr"]))
    assert asked
    assert asked <= known_metrics()
    labels = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
    assert labels <= {"channel", "pipeline_name"}
    assert rule.get("for") is None or parse_duration(rule["for"])
    assert set(rule["annotations"]) == {"summary", "description"}


def panels() -> list[dict[str, Any]]:
    text = (DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8")
    read: list[dict[str, Any]] = json.loads(text)["panels"]
    return read


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_shows_metrics_that_there_are(panel: dict[str, Any]) -> None:
    assert panel["targets"]
    for target in panel["targets"]:
        promql_parser.parse(target["expr"])
        asked = set(re.findall(r"data_products_\w+", target["expr"]))
        assert asked
        assert asked <= known_metrics()


def test_the_dashboard_shows_every_metric_but_those_that_are_not_there_for_all() -> None:
    shown = set(re.findall(r"data_products_\w+", json.dumps(panels())))
    left_out = {"data_products_product_health", "data_products_role_info"}
    endings = r"_(?:bucket|sum|count)$"
    known = {re.sub(endings, "", name) for name in known_metrics()}
    assert {re.sub(endings, "", name) for name in shown} == known - left_out - {
        "data_products_events_set_aside_total"
    }


def test_every_alert_is_explained_to_those_it_wakes() -> None:
    page = text_of("docs/deployment.md")
    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in page] == []


@pytest.mark.parametrize("path", sorted(p.name for p in DEPLOY.iterdir()))
def test_every_file_is_named_on_the_page(path: str) -> None:
    assert f"recipes/deploy/{path}" in text_of("docs/deployment.md")
