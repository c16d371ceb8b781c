"""The roads of the system, walked in-process: ingest into files, replay files through the action."""

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

from datahub.ingestion.run.pipeline import Pipeline as IngestionPipeline
from datahub_actions.pipeline.pipeline import Pipeline as ActionsPipeline

from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.application.report import ProductStatus, report
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.plugins.store_wiring import store_of


def unpacked(manifest: Path, folder: Path) -> Path:
    """A gzipped manifest as DataHub's dbt source wants it."""
    plain = folder / "manifest.json"
    plain.write_bytes(gzip.decompress(manifest.read_bytes()))
    return plain


def run_dbt_source(manifest: Path, run_results: Path, out: Path, **config: Any) -> None:
    """What DataHub's own dbt source makes of a dbt run, as a metadata file."""
    source = {
        "manifest_path": str(manifest),
        "run_results_paths": [str(run_results)],
        "target_platform": "duckdb",
        "include_column_lineage": False,
        "write_semantics": "OVERRIDE",
        **config,
    }
    _ingest({"type": "dbt", "config": source}, {"type": "file", "config": {"filename": str(out)}})


def run_our_source(project: Path, sink: dict[str, Any], **config: Any) -> None:
    """What our source makes of a repository."""
    source = {
        "dbt_project_dir": str(project),
        "target_platform": "duckdb",
        "write_semantics": "OVERRIDE",
        **config,
    }
    _ingest({"type": "data-products", "config": source}, sink)


def file_sink(out: Path) -> dict[str, Any]:
    """A metadata file."""
    return {"type": "file", "config": {"filename": str(out)}}


def lite_sink(catalog: Path) -> dict[str, Any]:
    """An embedded catalog."""
    options = {"journal_mode": "WAL", "synchronous": "OFF"}
    config = {"file": str(catalog), "options": options}
    return {"type": "datahub-lite", "config": {"type": "sqlite", "config": config}}


def action_recipe(folder: Path, events: Path) -> dict[str, Any]:
    """The action on a folder that holds `catalog.db`; its store is `health.db` there."""
    return {
        "name": "test",
        "source": {"type": "metadata_file", "config": {"path": str(events), "clock": "event"}},
        "action": {
            "type": "data_product_health",
            "config": {
                "catalog": {"type": "lite", "file": str(folder / "catalog.db")},
                "store": {"url": store_url(folder)},
                "channels": {"console": {"type": "console"}},
            },
        },
        "options": {
            "retry_count": 2,
            "failure_mode": "THROW",
            "failed_events_dir": str(folder / "failed"),
        },
    }


def replay(folder: Path, events: Path) -> None:
    """The action over all events, to its end."""
    pipeline = ActionsPipeline.create(action_recipe(folder, events))
    try:
        pipeline.run()
    finally:
        pipeline.close()


def store_url(folder: Path) -> str:
    """The store of a folder."""
    return f"sqlite:///{folder / 'health.db'}"


def statuses(folder: Path, at: int) -> dict[str, ProductStatus]:
    """The status of every product at a moment, by id."""
    store = store_of(store_url(folder))
    store.open(create=False)
    try:
        return {s.product.id: s for s in report(store, at, None)}
    finally:
        store.close()


def intervals(folder: Path) -> list[tuple[Any, ...]]:
    """Everything the store says of health over time."""
    with sqlite3.connect(folder / "health.db") as connection:
        steps = connection.execute("SELECT product, scope, at, until, health FROM steps").fetchall()
        changes = connection.execute(
            "SELECT product, assertion, at, until, verdict, reason, low FROM changes"
        ).fetchall()
    connection.close()
    return sorted(steps) + sorted(changes)


def write_catalog(folder: Path, products: list[DataProduct]) -> None:
    """A Lite catalog that holds the products."""
    out = folder / "products.json"
    out.write_text(json.dumps([definition_record(p) for p in products]), encoding="utf-8")
    _ingest(
        {"type": "file", "config": {"path": str(out)}},
        lite_sink(folder / "catalog.db"),
    )


def definition_record(product: DataProduct) -> dict[str, Any]:
    """The metadata change proposal that defines a product, as a metadata file holds it."""
    return {
        "entityType": "platformResource",
        "entityUrn": definition_urn(product.id),
        "changeType": "UPSERT",
        "aspectName": "platformResourceInfo",
        "aspect": {"json": definition_aspect(product).to_obj()},
    }


def run_event(assertion: str, at: int, outcome: str = "SUCCESS", run: str = "") -> dict[str, Any]:
    """The proposal of one result, as a metadata file holds it."""
    value = {
        "timestampMillis": at,
        "runId": run or f"run-{at}",
        "assertionUrn": assertion,
        "asserteeUrn": "urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.fct,PROD)",
        "status": "COMPLETE",
        "result": {"type": outcome},
    }
    return {
        "entityType": "assertion",
        "entityUrn": assertion,
        "changeType": "UPSERT",
        "aspectName": "assertionRunEvent",
        "aspect": {"json": value},
    }


def _ingest(source: dict[str, Any], sink: dict[str, Any]) -> None:
    pipeline = IngestionPipeline.create({"source": source, "sink": sink})
    pipeline.run()
    pipeline.raise_from_status()
