"""`check`: whether products are healthy enough, for an orchestrator to go by."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from datahub_dataproducts.adapters.console.words import printable
from datahub_dataproducts.application.check import check
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.announcements import HEALTH_WORDS
from datahub_dataproducts.domain.gates import (
    REQUIRABLE,
    Answer,
    Checked,
    GateRule,
    judge_gate,
    overall,
)
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.domain.schedules import say_when
from datahub_dataproducts.plugins.commands.options import token_file_option
from datahub_dataproducts.plugins.commands.store_options import (
    DEFAULT_STORE,
    duration,
    instant,
    moment_option,
    opened,
    timezone_option,
)

_REQUIRE = {health.value.lower(): health for health in REQUIRABLE}
_MARKS = {
    Answer.AS_REQUIRED: "ok",
    Answer.NOT_AS_REQUIRED: "not ok",
    Answer.CANNOT_TELL: "cannot tell",
}


class _CannotTell(click.ClickException):
    """There is nothing to go by; the text says why, without secrets."""

    exit_code = Answer.CANNOT_TELL.value


@click.command("check")
@click.argument("products", nargs=-1, required=True)
@click.option(
    "--store",
    "store_url",
    help=f"The store of the action, as in its recipe; default: {DEFAULT_STORE}.",
)
@click.option(
    "--catalog",
    "place",
    metavar="ADDRESS_OR_FILE",
    help="Go by what DataHub shows instead: a server (http://..., https://...) or a DataHub Lite "
    "file.",
)
@token_file_option
@click.option(
    "--require",
    type=click.Choice(list(_REQUIRE)),
    default="healthy",
    show_default=True,
    help="at_risk: healthy or at risk will do.",
)
@click.option(
    "--max-age",
    help="How old what is known may be, like 26h: the latest instant the store speaks of, or with "
    "--catalog when the health was evaluated last; default: as old as it is.",
)
@moment_option
@timezone_option("what is told")
def check_command(
    *,
    products: tuple[str, ...],
    store_url: str | None,
    place: str | None,
    token_file: Path | None,
    require: str,
    max_age: str | None,
    moment: str | None,
    zone: str,
) -> None:
    """Check that PRODUCTS are healthy, so that a pipeline goes on only if they are.

    Prints one line for each product. Reads the store that the action `data_product_health` keeps, or
    with --catalog what DataHub shows; changes nothing.

    Exit code 0: all are as required; 1: one is not; 2: it cannot be told: nothing is known of a
    product or there is none of that name, what is known is older than --max-age, the store or the
    catalog cannot be read, or wrong use.
    """
    at = instant(moment, zone)
    rule = GateRule(
        require=_REQUIRE[require],
        max_age=duration(max_age, "--max-age") if max_age else None,
    )
    ids = list(dict.fromkeys(plain_id(product) for product in products))
    if place is None:
        with opened(store_url or DEFAULT_STORE) as store:
            found = check(store, ids, at, rule, zone)
    elif store_url is not None or moment is not None:
        raise click.UsageError("--catalog goes neither with --store nor with --at")
    else:
        found = _in_catalog(place, token_file, ids, at, rule, zone=zone)
    for one in found:
        click.echo(f"{_MARKS[one.answer]}: {one.product}: {printable(one.why)}")
    sys.exit(overall([one.answer for one in found]).value)


def _in_catalog(
    place: str, token_file: Path | None, ids: Sequence[str], at: int, rule: GateRule, *, zone: str
) -> list[Checked]:
    # Only here: DataHub's client takes its time to load, and a store is asked without it.
    from datahub_dataproducts.adapters.datahub.posted_health import posted_health  # noqa: PLC0415
    from datahub_dataproducts.plugins.catalogs import catalog_at  # noqa: PLC0415

    # What DataHub's client logs on its way is told here in other words, or not at all.
    logging.getLogger("datahub").setLevel(logging.CRITICAL)
    try:
        catalog = catalog_at(place, token_file)
        shown = posted_health(catalog.entities, ids)
    except Unavailable as problem:
        raise _CannotTell(str(problem)) from None
    except OSError as error:
        raise _CannotTell(f"{error.filename}: {error.strerror}") from None
    found = []
    for id_ in ids:
        if id_ not in shown:
            why = f"no health of such a product is shown in {catalog.name}"
            found.append(Checked(product=id_, answer=Answer.CANNOT_TELL, why=why))
            continue
        one = shown[id_]
        said = _say(one.health, one.since, one.reason, at, zone)
        found.append(judge_gate(rule, id_, one.health, said, known_at=one.evaluated_at, at=at))
    return found


def _say(health: Health, since: int | None, reason: str, at: int, zone: str) -> str:
    # The reason is whole sentences, which say the health as well.
    if reason and health is not Health.HEALTHY:
        return reason.removesuffix(".")
    begun = "" if since is None else f" since {say_when(since, at, zone).removeprefix('on ')}"
    return f"{HEALTH_WORDS[health]}{begun}"
