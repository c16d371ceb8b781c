"""A plan as text and as JSON."""

import json
from collections.abc import Callable, Iterator, Sequence

from datahub_dataproducts.adapters.console.plan_words import (
    SIGNS,
    headline,
    left_over,
    lines,
)
from datahub_dataproducts.adapters.console.problem_forms import problems_as_json
from datahub_dataproducts.adapters.console.words import counted, one_line
from datahub_dataproducts.application.plan import Action, DatasetPlan, Plan, ProductPlan
from datahub_dataproducts.domain.field_changes import FieldChange

_STYLES = {"+": "\x1b[32m", "~": "\x1b[33m", "-": "\x1b[31m", "=": "\x1b[36m"}
_BOLD = "\x1b[1m"
_PLAIN = "\x1b[0m"


def plan_as_text(plan: Plan, catalog: str, *, colour: bool = False) -> str:
    """Everything that changes, then the summary.

    Args:
        plan: what to tell; its problems are told elsewhere.
        catalog: what is looked at, in words.
        colour: with the escape codes of terminals.
    """
    paint = _painted if colour else _unpainted
    blocks = [f"Compared with {catalog}"]
    blocks += ["\n".join(_product(p, paint)) for p in plan.products if p.action in SIGNS]
    if plan.datasets:
        blocks.append("\n".join(_datasets(plan.datasets, paint)))
    blocks += [f"{sentence}." for sentence in left_over(plan)]
    blocks.append(paint(_BOLD, summary(plan)))
    return "\n\n".join(blocks)


def plan_as_json(plan: Plan, catalog: str) -> str:
    """All of a plan; a field that is not given is an empty text."""
    document = {
        "catalog": catalog,
        "summary": {
            "create": plan.count(Action.CREATE, Action.RESTORE),
            "change": plan.count(Action.CHANGE, Action.TAKE_OVER),
            "remove": plan.count(Action.REMOVE),
            "unchanged": len(plan.unchanged),
            "datasets": len(plan.datasets),
        },
        "changes_anything": plan.changes_anything,
        "products": [_product_json(product) for product in plan.products],
        "datasets": [
            {"urn": d.urn, "name": d.name, "changes": [_change_json(c) for c in d.changes]}
            for d in plan.datasets
        ],
        "unchanged": list(plan.unchanged),
        "not_published": list(plan.left_out),
        **json.loads(problems_as_json(plan.problems)),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def summary(plan: Plan) -> str:
    """The counts in one line, those of datasets too where there are any."""
    datasets = f" {counted(len(plan.datasets), 'dataset')} to change." if plan.datasets else ""
    return f"{plan.summary}{datasets}"


def _product(product: ProductPlan, paint: Callable[[str, str], str]) -> Iterator[str]:
    sign = SIGNS[product.action]
    yield f"{paint(_STYLES[sign], sign)} {paint(_BOLD, headline(product))}"
    yield from _lines(product.changes, paint)
    for meaning in product.meanings:
        yield f"    {meaning.value}."


def _datasets(datasets: Sequence[DatasetPlan], paint: Callable[[str, str], str]) -> Iterator[str]:
    yield "Datasets"
    for dataset in datasets:
        yield f"{paint(_STYLES['~'], '~')} {one_line(dataset.name)}  {dataset.urn}"
        yield from _lines(dataset.changes, paint)


def _lines(changes: Sequence[FieldChange], paint: Callable[[str, str], str]) -> Iterator[str]:
    for line in lines(changes):
        yield f"    {paint(_STYLES[line.sign], line.sign)} {line.field}: {line.text}"


def _product_json(product: ProductPlan) -> dict[str, object]:
    return {
        "id": product.id,
        "title": product.title,
        "action": product.action.value,
        "because": product.because.value,
        "meanings": [meaning.value for meaning in product.meanings],
        "changes": [_change_json(change) for change in product.changes],
    }


def _change_json(change: FieldChange) -> dict[str, str]:
    return {
        "field": change.field,
        "change": change.kind.value,
        "item": change.item,
        "before": change.before,
        "after": change.after,
        "because": change.because,
    }


def _painted(style: str, text: str) -> str:
    return f"{style}{text}{_PLAIN}"


def _unpainted(style: str, text: str) -> str:
    del style
    return text
