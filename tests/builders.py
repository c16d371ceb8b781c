"""Values for tests, with everything that does not matter filled in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Freshness,
    Impact,
    IncidentNotice,
    Outcome,
    Result,
    Update,
)
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.letters import ToPeople
from datahub_dataproducts.domain.products import DataProduct, Input, Lifecycle, Owner
from datahub_dataproducts.domain.receipts import Dispatch

AMSTERDAM = "Europe/Amsterdam"


def at(text: str, zone: str = AMSTERDAM) -> int:
    """Milliseconds of a local time like `2026-03-03 08:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def checked(
    name: str = "t",
    *,
    impact: Impact = Impact.BLOCKING,
    expect_every: int | None = None,
    listens_to: tuple[str, ...] | None = None,
    kind: AssertionKind = AssertionKind.TESTS,
) -> Assertion:
    """A promise that results decide."""
    urn = f"urn:li:assertion:{name}"
    return Assertion(
        urn=urn,
        kind=kind,
        asset="urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.fct,PROD)",
        asset_name="fct",
        promise=f"passes {name}",
        listens_to=listens_to or (urn,),
        impact=impact,
        expect_every=expect_every,
    )


def freshness_assertion(
    name: str, rule: Freshness, *, impact: Impact = Impact.BLOCKING
) -> Assertion:
    """A freshness promise on the dataset of that name."""
    return Assertion(
        urn=f"urn:li:assertion:fresh-{name}",
        kind=AssertionKind.FRESHNESS,
        asset=dataset(name),
        asset_name=name,
        promise="is updated every day by 08:00 Europe/Amsterdam",
        listens_to=(dataset(name),),
        impact=impact,
        freshness=rule,
    )


def dataset(name: str) -> str:
    """URN of a table."""
    return f"urn:li:dataset:(urn:li:dataPlatform:duckdb,db.main.{name},PROD)"


def product(
    id_: str,
    *assertions: Assertion,
    inputs: tuple[Input, ...] = (),
    lifecycle: Lifecycle = Lifecycle.LIVE,
    name: str | None = None,
) -> DataProduct:
    """A product with its two owners and a runbook."""
    return DataProduct(
        id=id_,
        name=name or id_.capitalize(),
        domain=f"urn:li:domain:{id_}-domain",
        owners=(
            Owner(urn=f"urn:li:corpuser:{id_}-lead", type="BUSINESS_OWNER"),
            Owner(urn=f"urn:li:corpGroup:{id_}-team", type="TECHNICAL_OWNER"),
        ),
        inputs=inputs,
        assertions=assertions,
        timezone=AMSTERDAM,
        runbook=f"https://wiki.example.com/{id_}",
        lifecycle=lifecycle,
    )


def uses(*ids: str) -> tuple[Input, ...]:
    """Products as required inputs of another."""
    return tuple(Input(product=id_) for id_ in ids)


def result(
    subject: str,
    when: int,
    outcome: Outcome = Outcome.SUCCESS,
    *,
    run: str = "run",
    provisional: bool = False,
) -> Result:
    """A result of the assertion of that short name."""
    return Result(
        subject=f"urn:li:assertion:{subject}",
        at=when,
        run_id=run,
        outcome=outcome,
        provisional=provisional,
    )


def update(name: str, when: int) -> Update:
    """An update of the dataset of that short name."""
    return Update(subject=dataset(name), at=when)


def notice(
    name: str,
    when: int,
    *,
    incident: str = "i1",
    active: bool = True,
    grave: bool = True,
    title: str = "Late load",
    written_at: int | None = None,
) -> IncidentNotice:
    """A notice of an incident on the dataset of that short name, written at once."""
    return IncidentNotice(
        subject=dataset(name) if name else "",
        incident=f"urn:li:incident:{incident}",
        at=when,
        active=active,
        grave=grave,
        title=title,
        written_at=when if written_at is None else written_at,
    )


def correction(kind: CorrectionKind, since: str, until: str, *, of: str = "users") -> Correction:
    """What ana knows better of a product, between two local times."""
    return Correction(
        product=of, since=at(since), until=at(until), kind=kind, reason="as known", author="ana"
    )


def sent(letter: ToPeople) -> Dispatch:
    """A letter on its way for the first time."""
    return Dispatch(letter=letter, message=letter.shown)
