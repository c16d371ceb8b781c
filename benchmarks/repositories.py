"""Generated repositories: product files, and a dbt manifest for contracts to stand on."""

import json
from pathlib import Path

TESTS = ("not_null", "unique", "accepted_values", "relationships")
_ASSETS = 5


def write_plain_products(folder: Path, count: int) -> list[Path]:
    """Product files in DataHub's own format, one product each, with all it knows but a server."""
    folder.mkdir(parents=True)
    return [_write(folder / f"product_{n:05}.yaml", _plain_product(n)) for n in range(count)]


def write_repository(folder: Path, count: int) -> None:
    """Products with contracts, a model each, and the manifest: four tests a model."""
    products = folder / "data_products"
    products.mkdir(parents=True)
    for n in range(count):
        _write(products / f"product_{n:05}.yml", _promising_product(n))
    nodes = {}
    for n in range(count):
        nodes.update(_model(n))
    manifest = {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "dbt_version": "1.11.0",
            "project_name": "shop",
            "adapter_type": "duckdb",
        },
        "nodes": nodes,
        "sources": {},
        "exposures": {},
    }
    target = folder / "target"
    target.mkdir()
    _write(target / "manifest.json", json.dumps(manifest))


def _write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def _plain_product(n: int) -> str:
    assets = [
        f"urn:li:dataset:(urn:li:dataPlatform:snowflake,shop.marts.table_{n:05}_{a},PROD)"
        for a in range(_ASSETS)
    ]
    listed = "\n".join(f'  - "{urn}"' for urn in assets)
    return f"""id: product_{n:05}
domain: urn:li:domain:domain_{n % 20}
display_name: Product {n}
description: |
  What the business counts of topic {n}, net of refunds and of test orders.
  Refreshed every night.
owners:
  - id: urn:li:corpuser:lead_{n % 50}
    type: BUSINESS_OWNER
  - id: urn:li:corpGroup:team_{n % 10}
    type: TECHNICAL_OWNER
assets:
{listed}
output_ports:
  - "{assets[0]}"
tags:
  - urn:li:tag:certified
  - tier_{n % 3}
terms:
  - urn:li:glossaryTerm:Sales.Topic{n % 30}
properties:
  cost_center: "{n % 7}"
  criticality: high
external_url: https://wiki.example.com/products/{n}
institutional_memory:
  elements:
    - url: https://wiki.example.com/runbooks/{n}
      description: What to do when it is late
"""


def _promising_product(n: int) -> str:
    inputs = f"inputs: [product_{n - 1:05}]\n" if n % 10 else ""
    return f"""id: product_{n:05}
display_name: Product {n}
type: {"metric" if n % 2 else "building_block"}
domain: domain_{n % 20}
description: What the business counts of topic {n}, net of refunds and of test orders.
owners:
  - {{id: urn:li:corpuser:lead_{n % 50}, type: BUSINESS_OWNER}}
  - {{id: urn:li:corpGroup:team_{n % 10}, type: TECHNICAL_OWNER}}
assets: ["ref('fct_{n:05}')"]
output_ports: ["ref('fct_{n:05}')"]
{inputs}runbook: https://wiki.example.com/runbooks/{n}
lifecycle: live
objective: {{target: 99%, window: 30d}}
contract:
  - asset: ref('fct_{n:05}')
    build: true
    freshness: {{ready_by: "08:00", timezone: Europe/Amsterdam, days: MON-FRI}}
    tests: all
"""


def _model(n: int) -> dict[str, object]:
    name = f"fct_{n:05}"
    model = f"model.shop.{name}"
    common = {"package_name": "shop", "database": "shop", "tags": [], "meta": {}}
    nodes: dict[str, object] = {
        model: {
            **common,
            "name": name,
            "resource_type": "model",
            "schema": "marts",
            "alias": name,
            "config": {"materialized": "table", "meta": {}},
            "depends_on": {"nodes": [f"model.shop.fct_{n - 1:05}"] if n % 10 else []},
            "original_file_path": f"models/{name}.sql",
            "raw_code": "select 1",
        }
    }
    for test in TESTS:
        nodes[f"test.shop.{test}_{name}_id.{n:010x}"] = {
            **common,
            "name": f"{test}_{name}_id",
            "resource_type": "test",
            "schema": "tests",
            "alias": f"{test}_{name}_id",
            "config": {"materialized": "test", "severity": "ERROR"},
            "depends_on": {"nodes": [model]},
            "column_name": "id",
            "test_metadata": {"name": test, "kwargs": {"column_name": "id"}},
            "attached_node": model,
            "original_file_path": "models/marts.yml",
        }
    return nodes
