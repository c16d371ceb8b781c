"""What is said below the table of uptime: objectives, corrections and charges, a line each. Pure."""

from collections.abc import Iterator

from datahub_dataproducts.adapters.console.words import printable, say_moment
from datahub_dataproducts.application.uptime import UptimeTable
from datahub_dataproducts.domain.corrections import say_correction
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.objectives import ObjectiveReport, ObjectiveStatus


def gone_lines(found: UptimeTable, zone: str) -> Iterator[str]:
    """Products that went during the window, and when."""
    for one in found.products:
        if one.gone_at is not None:
            when = say_moment(one.gone_at, zone)
            yield f"{printable(one.product.title)} is gone since {when}: its figures are of the time until then"


def objective_lines(found: UptimeTable) -> Iterator[str]:
    """How objectives stand, by the corrected history where there is one."""
    for one in found.products:
        raw, report = one.objective, one.best_known_objective
        if raw is None or report is None:
            continue
        said = f"Objective of {printable(one.product.title)}, {say_target(report)}"
        measured = "" if raw == report else f"; as measured: {say_objective(raw)}"
        yield f"{said}: {say_objective(report)}{measured}"


def correction_lines(found: UptimeTable, zone: str) -> Iterator[str]:
    """The corrections that count, in words, and where they are from."""
    if found.is_corrected:
        given, published = "of the file given, in place of those published", "as published"
        yield f"Corrections {given if found.is_given else published}"
    for one in found.products:
        for c in one.corrections:
            yield printable(f"Corrected: {one.product.title} {say_correction(c, zone)}")


def charge_lines(found: UptimeTable) -> Iterator[str]:
    """Lost time and who caused it, where it was asked for."""
    for one in found.products:
        if one.lost is None:
            continue
        charges, titles = one.lost.charges, {**one.lost.titles, one.product.id: "its own promises"}
        roots = [f"{say_duration(c.lost)} through {titles[c.root]}" for c in charges.by_root]
        of_it = f": {', '.join(roots)}" if roots else ""
        overlap = " (some of it at once, so the parts add up to more)" if charges.overlap else ""
        lost = say_duration(charges.lost) if charges.lost else "nothing"
        yield printable(f"{one.product.title} lost {lost}{of_it}{overlap}")


def say_objective(report: ObjectiveReport) -> str:
    """The status, and how much of the error budget is left or overspent."""
    if report.status is ObjectiveStatus.NO_DATA:
        return f"{report.status.value}, less than 90 % of its window was measured"
    budget = say_duration(report.budget)
    if report.remaining < 0:
        over = say_duration(-report.remaining)
        return f"{report.status.value}, its error budget of {budget} is overspent by {over}"
    if not report.remaining:
        return f"{report.status.value}, nothing of its error budget of {budget} is left"
    left = say_duration(report.remaining)
    return f"{report.status.value}, {left} of its error budget of {budget} is left"


def say_target(report: ObjectiveReport) -> str:
    """`99.5 %`, as it was promised."""
    return f"{float(report.target * 100):g} %"
