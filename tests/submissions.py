"""Products as written and as resolved, for checks: what does not matter is filled in."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from datahub_dataproducts.domain.assertions import Assertion, Deadline, Freshness, MaxAge
from datahub_dataproducts.domain.assets import Found
from datahub_dataproducts.domain.documents import (
    InputDocument,
    Marked,
    ModelRef,
    OwnerDocument,
    ProductDocument,
    PromiseDocument,
    UrnRef,
)
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Location, Problem
from datahub_dataproducts.domain.products import (
    Asset,
    DataProduct,
    Input,
    Lifecycle,
    Objective,
)
from datahub_dataproducts.domain.schedules import Schedule, parse_days
from datahub_dataproducts.domain.submissions import Placed, Promised, Submission
from tests.builders import AMSTERDAM, dataset

OWNERS = (
    OwnerDocument(id="ana", type="BUSINESS_OWNER", location=Location("p.yml", 2)),
    OwnerDocument(id="bob", type="TECHNICAL_OWNER", location=Location("p.yml", 3)),
)


def place(line: int, file: str = "p.yml") -> Location:
    return Location(file, line, 3)


def model(name: str, **fields: Any) -> Node:
    given = {"resource_type": "model", "materialization": "table", **fields}
    return Node(
        unique_id=f"{given['resource_type']}.shop.{name}", name=name, package="shop", **given
    )


def table(name: str, line: int = 5, *, urn: str = "", **node: Any) -> Placed:
    """A table that dbt builds."""
    found = model(name, **node)
    asset = Asset(urn=urn or dataset(name), name=name, node=found.unique_id)
    return Placed(Marked(ModelRef(name), place(line)), Found(asset, found))


def by_urn(urn: str, name: str = "thing", line: int = 5) -> Placed:
    """An asset that dbt does not know."""
    return Placed(Marked(UrnRef(urn), place(line)), Found(Asset(urn=urn, name=name), None))


def due(
    text: str, days: str = "MON-SUN", zone: str = AMSTERDAM, look_back: int | None = None
) -> Deadline:
    """`08:00`, or several times of a day."""
    times = tuple(sorted(int(t[:2]) * 60 + int(t[3:]) for t in text.split()))
    weekdays = parse_days(days)
    assert weekdays is not None
    schedule = Schedule(times=times, timezone=zone, weekdays=weekdays)
    return Deadline(schedule=schedule, look_back=look_back)


def age(duration: int) -> MaxAge:
    return MaxAge(age=duration)


def promised(
    asset: Placed, rule: Freshness | None = None, line: int = 10, **fields: Any
) -> Promised:
    """One entry of a contract; its freshness stands one line below."""
    fresh = None if rule is None else Marked(rule, place(line + 1))
    return Promised(
        PromiseDocument(location=place(line), asset=asset.ref, freshness=fresh, **fields), asset
    )


def submission(
    id_: str,
    *promises: Promised,
    inputs: Sequence[str | InputDocument] = (),
    target: str = "",
    ports: Sequence[Placed] = (),
    assets: Sequence[Placed] = (),
    assertions: Sequence[Assertion] = (),
    lifecycle: Lifecycle = Lifecycle.DEVELOPMENT,
    file: str = "p.yml",
    **fields: Any,
) -> Submission:
    """A product; inputs given by id are required, `target` is a percentage over 30 days."""
    used = tuple(
        InputDocument(product=i, required=True, location=place(20 + n)) if isinstance(i, str) else i
        for n, i in enumerate(inputs)
    )
    if target:
        objective = Objective(target=Fraction(target) / 100, window=30 * DAY)
        fields["objective"] = Marked(objective, place(8))
    document = ProductDocument(
        id=Marked(id_, place(1, file)),
        domain=Marked("finance", place(2, file)),
        inputs=used,
        contract=tuple(one.promise for one in promises),
        lifecycle=lifecycle,
        **fields,
    )
    product = DataProduct(
        id=id_,
        domain=f"urn:li:domain:{document.domain.value}",
        inputs=tuple(Input(product=i.product, required=i.required) for i in used),
        assertions=tuple(assertions),
    )
    return Submission(
        document=document,
        product=product,
        assets=tuple(assets),
        ports=tuple(ports),
        promised=promises,
    )


def wrong(one: Submission) -> Submission:
    """The same product, with something else in its file that is wrong."""
    return replace(one, document=replace(one.document, wrong=True))


def by_id(*submissions: Submission) -> dict[str, Submission]:
    return {one.id: one for one in submissions}


def lines(problems: Sequence[Problem]) -> list[str]:
    return [str(problem) for problem in problems]
