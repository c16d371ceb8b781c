"""dbt repositories on disk, for tests that go through the front door."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datahub.ingestion.run.pipeline import Pipeline

JAFFLE_SHOP = Path(__file__).parents[1] / "data/jaffle_shop_duckdb"
OWNERS = """owners:
  - {id: urn:li:corpuser:ana, type: BUSINESS_OWNER}
  - {id: urn:li:corpGroup:data, type: TECHNICAL_OWNER}
"""
ORDERS = f"""id: orders
display_name: Orders
type: building_block
domain: sales
{OWNERS}assets: ["ref('orders')"]
runbook: https://wiki.example.com/orders
lifecycle: live
contract:
  - asset: ref('orders')
    build: true
    freshness: {{ready_by: "08:00", timezone: Europe/Amsterdam}}
    tests: all
"""
CUSTOMERS = """id: customers
domain: sales
assets: ["ref('customers')"]
inputs: [orders]
contract:
  - {asset: "ref('customers')", build: true}
"""


def write_products(project: Path, products: Mapping[str, str]) -> None:
    """Product files by their names."""
    for name, text in products.items():
        file = project / "data_products" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def ingest(
    project: Path,
    *,
    out: str = "out.json",
    state: bool = False,
    sink: dict[str, Any] | None = None,
    **config: Any,
) -> Pipeline:
    """Run a recipe over a project on jaffle_shop_duckdb's manifest, without raising."""
    if state:
        provider = {"type": "file", "config": {"filename": str(project / "state.json")}}
        config["stateful_ingestion"] = {
            "enabled": True,
            "state_provider": provider,
            # There are so few products here that one of them is a large part.
            "fail_safe_threshold": 100.0,
        }
    recipe = {
        "pipeline_name": "test",
        "source": {
            "type": "data-products",
            "config": {
                "dbt_project_dir": str(project),
                "manifest_path": str(JAFFLE_SHOP / "manifest.json.gz"),
                "target_platform": "duckdb",
                **config,
            },
        },
        "sink": sink or {"type": "file", "config": {"filename": str(project / out)}},
    }
    pipeline = Pipeline.create(recipe)
    pipeline.run()
    return pipeline


def proposals(file: Path) -> list[dict[str, Any]]:
    """What the file sink wrote, without what differs from run to run."""
    written: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    for proposal in written:
        proposal.pop("systemMetadata", None)
    return written


def urns(written: list[dict[str, Any]], aspect: str = "dataProductProperties") -> list[str]:
    """The entities that have an aspect, by their last part."""
    return [p["entityUrn"].rpartition(":")[2] for p in written if p["aspectName"] == aspect]


def removed(written: list[dict[str, Any]]) -> list[str]:
    """URNs of what was soft-deleted."""
    return sorted(
        p["entityUrn"]
        for p in written
        if p["aspectName"] == "status" and p["aspect"]["json"]["removed"]
    )


def complaints(pipeline: Pipeline, kind: str = "failures") -> list[str]:
    """What the report says is wrong."""
    report = pipeline.source.get_report()
    return [context for entry in getattr(report, kind) for context in entry.context]
