"""The page for operators names all options and tables, and only log lines that are written."""

import re

from prometheus_client.metrics import MetricWrapperBase

from datahub_dataproducts.adapters.metrics import meters
from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.plugins.action_config import HealthActionConfig
from datahub_dataproducts.plugins.config import DataProductsSourceConfig
from tests.docs.pages import ROOT, first_cells, section

PAGE = "docs/operations.md"
ARCHITECTURE = "ARCHITECTURE.md"


def default(option: str, title: str) -> str:
    (row,) = (r for r in section(PAGE, title).splitlines() if r.startswith(f"| `{option}` |"))
    return row.split("|")[2].strip()


def test_every_option_of_the_source_stands_there() -> None:
    known = DataProductsSourceConfig.model_fields
    assert sorted(first_cells(section(PAGE, "Options of the source"))) == sorted(known)


def test_the_defaults_of_the_source_are_those_it_has() -> None:
    for name, field in DataProductsSourceConfig.model_fields.items():
        value = field.default
        said = {None: "none", True: "`true`", False: "`false`"}.get(
            value if value is None or isinstance(value, bool) else "", f"`{value}`"
        )
        if field.is_required():
            said = "required"
        if isinstance(value, list):
            said = ", ".join(f"`{one}`" for one in value)
        assert default(name, "Options of the source") == said, name


def test_every_option_of_the_action_stands_there() -> None:
    known = [field.alias or name for name, field in HealthActionConfig.model_fields.items()]
    assert sorted(first_cells(section(PAGE, "Options of the action"))) == sorted(known)


def test_the_durations_of_the_action_are_those_it_has() -> None:
    for name, field in HealthActionConfig.model_fields.items():
        if isinstance(field.default, str):
            said = default(field.alias or name, "Options of the action")
            assert said == f"`{field.default}`", name


def test_every_line_to_watch_is_one_that_is_logged() -> None:
    lines = first_cells(section(PAGE, "What to watch in the log"))
    package = ROOT / "datahub_dataproducts"
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    assert len(lines) > 5
    assert [line for line in lines if line not in source] == []


def test_every_table_of_the_store_is_explained() -> None:
    assert sorted(first_cells(section(ARCHITECTURE, "The store"))) == sorted(schema.metadata.tables)


def test_every_metric_stands_there_with_its_labels_and_no_other() -> None:
    shown = {
        row.split("|")[1].strip().strip("`"): set(re.findall(r"`(\w+)`", row.split("|")[2]))
        for row in section("docs/deployment.md", "Probes and metrics").splitlines()
        if row.startswith("| `data_products_")
    }
    # As Prometheus writes them: a counter ends with `_total`, an info with `_info`.
    endings = {"counter": "_total", "info": "_info"}
    ours = [each for each in vars(meters).values() if isinstance(each, MetricWrapperBase)]
    assert len(ours) > 10
    known = {}
    for each in ours:
        (family,) = each.describe()
        # They are told nowhere else.
        labels = set(vars(each)["_labelnames"]) - {"pipeline_name"}
        known[family.name + endings.get(family.type, "")] = labels
    known["data_products_role_info"] = {"role"}
    assert shown == known
