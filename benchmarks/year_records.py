"""What the action is given beside a store: a catalog with the products, and files of results."""

import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import year_history
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.lite.sqlite_lite import SqliteLite
from year_history import Size

from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.domain.products import DataProduct

_FAILING = 100


def write_catalog(file: Path, products: Iterable[DataProduct]) -> None:
    """A DataHub Lite catalog with the definitions of products."""
    lite = SqliteLite.create({
        "file": str(file),
        "options": {"journal_mode": "WAL", "synchronous": "OFF"},
    })
    for product in products:
        lite.write(
            MetadataChangeProposalWrapper(
                entityUrn=definition_urn(product.id), aspect=definition_aspect(product)
            )
        )
    lite.sqlite_client.close()


def write_results(file: Path, size: Size, count: int, begin: int, chance: random.Random) -> None:
    """Results anywhere, every 10 ms; one in a hundred fails, and passes with the next but nine."""
    records = [
        _record(year_history.urn_of(n, promise), begin + 10 * place, passed=passed)
        for place, (n, promise, passed) in enumerate(_checks(size, count, chance))
    ]
    file.write_text(json.dumps(records), encoding="utf-8")


def _checks(size: Size, count: int, chance: random.Random) -> Iterator[tuple[int, int, bool]]:
    broken: list[tuple[int, int, int]] = []
    for at in range(count):
        if broken and broken[0][0] <= at:
            _, n, promise = broken.pop(0)
            yield n, promise, True
            continue
        n, promise = chance.randrange(size.products), chance.randrange(1, size.promises)
        passed = chance.randrange(_FAILING) > 0 or any(b[1:] == (n, promise) for b in broken)
        if not passed:
            broken.append((at + 10, n, promise))
        yield n, promise, passed


def _record(urn: str, at: int, *, passed: bool) -> dict[str, object]:
    value = {
        "timestampMillis": at,
        "runId": "after",
        "assertionUrn": urn,
        "asserteeUrn": "urn:li:dataset:(urn:li:dataPlatform:dbt,shop.marts.fct,PROD)",
        "status": "COMPLETE",
        "result": {"type": "SUCCESS" if passed else "FAILURE"},
    }
    return {
        "entityType": "assertion",
        "entityUrn": urn,
        "changeType": "UPSERT",
        "aspectName": "assertionRunEvent",
        "aspect": {"json": value},
        "systemMetadata": {"lastObserved": at, "runId": "dbt-2026", "lastRunId": "no-run-id"},
    }
