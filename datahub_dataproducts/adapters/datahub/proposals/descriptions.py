"""Descriptions: what people read of a product in the catalog, in markdown and in properties."""

from collections.abc import Iterable
from itertools import groupby

from datahub_dataproducts.domain.assertions import Assertion, AssertionKind, Impact
from datahub_dataproducts.domain.durations import say_duration
from datahub_dataproducts.domain.products import DataProduct, Input, Lifecycle, Objective
from datahub_dataproducts.domain.promises import say_list

HEADING = "## What is promised"


def description(product: DataProduct) -> str | None:
    """The description as written, then the promises in sentences if there are any."""
    if not product.assertions:
        return product.description
    promises = "\n".join(f"- {sentence}" for sentence in sentences(product.assertions))
    parts = (product.description, HEADING, promises)
    return "\n\n".join(part.rstrip() for part in parts if part)


def sentences(assertions: Iterable[Assertion]) -> list[str]:
    """The promises, one sentence for each asset and kind; all tests of an asset are one."""
    said: list[str] = []
    for (asset, kind, impact), group in groupby(assertions, key=_grouped):
        name = f"The DataHub {asset}" if kind is AssertionKind.CUSTOM else f"`{asset}`"
        promises = [assertion.promise for assertion in group]
        if kind is AssertionKind.TESTS:
            tests = dict.fromkeys(promise.removeprefix("passes ") for promise in promises)
            promises = [f"passes {say_list(tuple(tests))}"]
        note = " (a failure is a warning)" if impact is Impact.WARNING else ""
        said.extend(f"{name} {promise}{note}." for promise in promises)
    return said


def readable_properties(product: DataProduct) -> dict[str, str]:
    """The file's own properties, and what else people should know of it, where it is given.

    A property of the file stands before one of ours of the same name.
    """
    ours = {
        "type": product.type.value.replace("_", " ") if product.type else "",
        "lifecycle": _lifecycle(product),
        "inputs": ", ".join(map(_input, product.inputs)),
        "objective": _objective(product.objective) if product.objective else "",
        "runbook": product.runbook,
    }
    return {name: text for name, text in ours.items() if text} | dict(product.properties)


def _grouped(assertion: Assertion) -> tuple[str, AssertionKind, Impact]:
    return assertion.asset_name, assertion.kind, assertion.impact


def _lifecycle(product: DataProduct) -> str:
    # What is not written is `development`; DataHub's own files know no lifecycle.
    return "" if product.lifecycle is Lifecycle.DEVELOPMENT else product.lifecycle.value


def _input(input_: Input) -> str:
    return input_.product if input_.required else f"{input_.product} (optional)"


def _objective(objective: Objective) -> str:
    percent = f"{float(objective.target * 100):g} %"
    window = f"of each {objective.calendar}"
    if objective.window is not None:
        window = f"of the last {say_duration(objective.window)}"
    hours = f", counting {objective.hours}" if objective.hours else ""
    but_for = ", except on holidays" if objective.holidays else ""
    return f"healthy {percent} {window}{hours}{but_for}"
