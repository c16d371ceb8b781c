"""A plan as markdown, for a comment on a pull request."""

from collections.abc import Iterable, Iterator, Sequence

from datahub_dataproducts.adapters.console.markdown_words import escaped
from datahub_dataproducts.adapters.console.plan import summary
from datahub_dataproducts.adapters.console.plan_words import (
    SIGNS,
    headline,
    left_over,
    lines,
)
from datahub_dataproducts.adapters.console.words import counted, one_line
from datahub_dataproducts.application.plan import DatasetPlan, Plan, ProductPlan
from datahub_dataproducts.domain.field_changes import FieldChange

LONGEST = 60_000
"""Characters of a comment; GitHub takes 65,536."""

_TITLE = "## Data products: what an ingest would change"
_MOST_LINES = 100
_MOST_PROBLEMS = 20
# Room for the sentence that says what was left out.
_TAIL = 400
_BETWEEN = len("\n\n")


def plan_as_markdown(plan: Plan, catalog: str) -> str:
    """At most `LONGEST` characters; what does not fit is counted at the end."""
    blocks = [_TITLE, f"**{summary(plan)}**", f"Compared with {_escaped(catalog)}"]
    blocks += [_problems(plan)] if plan.problems else []
    blocks += [f"{_escaped(sentence)}." for sentence in left_over(plan)]
    room = LONGEST - _TAIL - sum(len(block) + _BETWEEN for block in blocks)
    details = [_product(product) for product in plan.products if product.action in SIGNS]
    details += [_dataset(dataset) for dataset in plan.datasets]
    fitting = list(_fitting(details, room))
    blocks += fitting
    left = len(details) - len(fitting)
    if left:
        blocks.append(
            f"... and {left:,} more, for which there is no room here: "
            "`datahub-dataproducts plan` shows all"
        )
    return "\n\n".join(blocks)


def _fitting(details: Iterable[str], room: int) -> Iterator[str]:
    for block in details:
        # One that is too long leaves its room to those that follow.
        if len(block) + _BETWEEN <= room:
            room -= len(block) + _BETWEEN
            yield block


def _product(product: ProductPlan) -> str:
    rest = [f"{meaning.value}." for meaning in product.meanings]
    return _details(SIGNS[product.action], headline(product), product.changes, rest)


def _dataset(dataset: DatasetPlan) -> str:
    return _details("~", f"dataset {dataset.name}: to change", dataset.changes, [])


def _details(sign: str, title: str, changes: Sequence[FieldChange], rest: list[str]) -> str:
    told = list(lines(changes))
    shown = told[:_MOST_LINES]
    rows = [f"| {x.sign} | {_escaped(x.field)} | {_escaped(x.text)} |" for x in shown]
    table = "\n".join(["| | field | change |", "| --- | --- | --- |", *rows])
    body = [table] if rows else []
    if len(told) > len(shown):
        body.append(f"... and {len(told) - len(shown):,} more")
    opening = f"<details><summary><code>{sign}</code> {_escaped(title)}</summary>"
    return "\n\n".join([opening, *body, *map(_escaped, rest), "</details>"])


def _problems(plan: Plan) -> str:
    shown = plan.problems[:_MOST_PROBLEMS]
    rows = [f"- {_escaped(str(problem))}" for problem in shown]
    more = len(plan.problems) - len(shown)
    if more:
        rows.append(
            f"- and {counted(more, 'problem')} more: `datahub-dataproducts validate` shows all"
        )
    return "\n".join(["### Problems", "", *rows])


def _escaped(text: str) -> str:
    return escaped(one_line(text))
