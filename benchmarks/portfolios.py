"""Generated portfolios in a DataHub Lite catalog, and metadata files of results for them."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.lite.sqlite_lite import SqliteLite

from datahub_dataproducts.adapters.datahub.definitions import definition_aspect
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import DataProduct, Input, Lifecycle, Owner

FIRST_DAY = 1_735_718_400_000
"""2025-01-01 08:00 UTC, when the first results come."""
FAILING = 100
"""One result of so many fails."""

# Within every ten products: a diamond, then a chain, then a product that stands for itself.
_INPUTS = {1: (0,), 2: (0,), 3: (1, 2), 4: (3,), 5: (4,), 6: (5,), 7: (4, 6), 8: (7,)}


@dataclass(frozen=True, slots=True)
class Check:
    """One result to be written."""

    product: int
    test: int
    passed: bool


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


def defined(products: int, tests: int) -> list[DataProduct]:
    """Live products, each of so many dbt tests."""
    return [_product(n, tests) for n in range(products)]


def assertion_urn(product: int, test: int) -> str:
    """The URN of a test, by the numbers of both."""
    return _assertion_urn(product, test)


def rounds_of_all(
    products: int, tests: int, rounds: int, chance: random.Random
) -> list[list[Check]]:
    """Each round every test once, as dbt runs do; in the first all pass."""
    made: list[list[Check]] = []
    for round_ in range(rounds):
        checks = [
            Check(n, t, round_ == 0 or chance.randrange(FAILING) > 0)
            for n in range(products)
            for t in range(tests)
        ]
        made.append(checks)
    return made


def results_anywhere(
    products: int, tests: int, count: int, chance: random.Random, *, first: int = 0
) -> Iterator[Check]:
    """So many results anywhere from the `first` test on; one that fails passes with the next but nine.

    Whatever the size of the portfolio, as many of them change nothing, break or mend something.
    """
    broken: list[tuple[int, int, int]] = []
    for at in range(count):
        if broken and broken[0][0] <= at:
            _, product, test = broken.pop(0)
            yield Check(product, test, passed=True)
            continue
        product, test = chance.randrange(products), chance.randrange(first, tests)
        passed = chance.randrange(FAILING) > 0 or any(b[1:] == (product, test) for b in broken)
        if not passed:
            broken.append((at + 10, product, test))
        yield Check(product, test, passed)


def write_results(file: Path, checks: Iterable[Check], begin: int) -> int:
    """A metadata file as DataHub's `file` sink writes it, a result every 10 ms; how many."""
    records = [_record(check, begin + 10 * n) for n, check in enumerate(checks)]
    file.write_text(json.dumps(records, indent=4), encoding="utf-8")
    return len(records)


def _product(n: int, tests: int) -> DataProduct:
    group, place = divmod(n, 10)
    return DataProduct(
        id=_id(n),
        name=f"Product {n}",
        domain=f"urn:li:domain:domain_{n % 20}",
        owners=(
            Owner(urn=f"urn:li:corpuser:lead_{n % 50}", type="BUSINESS_OWNER"),
            Owner(urn=f"urn:li:corpGroup:team_{n % 10}", type="TECHNICAL_OWNER"),
        ),
        inputs=tuple(Input(product=_id(10 * group + used)) for used in _INPUTS.get(place, ())),
        assertions=tuple(_assertion(n, t) for t in range(tests)),
        runbook=f"https://wiki.example.com/runbooks/{n}",
        lifecycle=Lifecycle.LIVE,
    )


def _assertion(n: int, test: int) -> Assertion:
    urn = _assertion_urn(n, test)
    return Assertion(
        urn=urn,
        kind=AssertionKind.TESTS,
        asset=_dataset(n),
        asset_name=f"fct_{n:05}",
        promise=f"passes not_null on column_{test}",
        listens_to=(urn,),
        expect_every=3 * DAY,
        node=f"test.shop.not_null_fct_{n:05}_column_{test}",
    )


def run_event(check: Check, at: int) -> dict[str, object]:
    """The `assertionRunEvent` of a result."""
    failed_rows = 0 if check.passed else 17
    return {
        "timestampMillis": at,
        "partitionSpec": {"partition": "FULL_TABLE_SNAPSHOT", "type": "FULL_TABLE"},
        "runId": f"run-{at // DAY}",
        "assertionUrn": _assertion_urn(check.product, check.test),
        "asserteeUrn": _dataset(check.product),
        "status": "COMPLETE",
        "result": {
            "type": "SUCCESS" if check.passed else "FAILURE",
            "nativeResults": {"message": f"Got {failed_rows} results", "status": "done"},
        },
    }


def _record(check: Check, at: int) -> dict[str, object]:
    return {
        "entityType": "assertion",
        "entityUrn": _assertion_urn(check.product, check.test),
        "changeType": "UPSERT",
        "aspectName": "assertionRunEvent",
        "aspect": {"json": run_event(check, at)},
        "systemMetadata": {"lastObserved": at, "runId": "dbt-2025", "lastRunId": "no-run-id"},
    }


def _id(n: int) -> str:
    return f"product_{n:05}"


def _dataset(n: int) -> str:
    return f"urn:li:dataset:(urn:li:dataPlatform:dbt,shop.marts.fct_{n:05},PROD)"


def _assertion_urn(n: int, test: int) -> str:
    return f"urn:li:assertion:{(n << 16) + test:032x}"
