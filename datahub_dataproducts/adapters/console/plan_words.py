"""The words of a plan, as text and markdown both say them. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from datahub_dataproducts.adapters.console.words import one_line
from datahub_dataproducts.application.plan import Action, Plan, ProductPlan, Removal
from datahub_dataproducts.domain.field_changes import ChangeKind, FieldChange
from datahub_dataproducts.domain.product_changes import ASSERTIONS

SIGNS = {
    Action.CREATE: "+",
    Action.RESTORE: "+",
    Action.TAKE_OVER: "~",
    Action.CHANGE: "~",
    Action.REMOVE: "-",
}
_WORDS = {
    Action.CREATE: "to create",
    Action.RESTORE: "to bring back, it was removed",
    Action.TAKE_OVER: "to take over, it was made in DataHub",
    Action.CHANGE: "to change",
    Action.REMOVE: "to remove",
}
_KINDS = {
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "-",
    ChangeKind.CHANGED: "~",
    ChangeKind.KEPT: "=",
}
# Their entries are names, so that several fit on a line.
_LISTED = frozenset({"assets", "channels", "inputs", "output_ports", "owners", "tags", "terms"})
_QUOTED = frozenset({"description"})
_LONGEST_VALUE = 160
_CONTEXT = 30
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a product: a sign, the field, and what happens to it."""

    sign: str
    field: str
    text: str


def headline(product: ProductPlan) -> str:
    """`revenue (Revenue): to create`."""
    title = one_line(product.title)
    name = product.id if title == product.id else f"{product.id} ({title})"
    return f"{name}: {_WORDS[product.action]}"


def lines(changes: Sequence[FieldChange]) -> Iterator[Line]:
    """What changes, entries of one list on one line."""
    done: set[tuple[str, ChangeKind]] = set()
    for change in changes:
        together = [c for c in changes if (c.field, c.kind) == (change.field, change.kind)]
        if (change.field, change.kind) in done:
            continue
        sign = _KINDS[change.kind]
        if change.field in _LISTED or change.kind is ChangeKind.KEPT:
            done.add((change.field, change.kind))
            items = ", ".join(_shown(change.field, c.item) for c in together)
            yield Line(sign, change.field, f"{items}{_stays(change, len(together))}")
        elif change.field == ASSERTIONS and change.kind is not ChangeKind.CHANGED:
            done.add((change.field, change.kind))
            yield Line(sign, change.field, f"{len(together)} in DataHub")
        else:
            yield Line(sign, change.field, _told(change))


def left_over(plan: Plan) -> Iterator[str]:
    """What the files have no more and the ingest leaves, as sentences without a full stop."""
    by_reason: dict[Removal, list[str]] = {}
    for product in plan.products:
        if product.action is Action.LEAVE:
            by_reason.setdefault(product.because, []).append(product.id)
    for reason, ids in by_reason.items():
        they = "It stays" if len(ids) == 1 else "They stay"
        yield f"Not in these files: {_named(ids)}. {they}: {reason.value}"
    if plan.left_out:
        yield f"Not published, because of errors: {_named(plan.left_out)}"
    if plan.removal is Removal.ERRORS and Removal.ERRORS not in by_reason:
        yield f"Nothing{Removal.ERRORS.value.removeprefix('nothing')}"


def _told(change: FieldChange) -> str:
    item = one_line(change.item)
    before, after = one_line(change.before), one_line(change.after)
    if change.kind is ChangeKind.CHANGED and (before or after):
        value = " -> ".join(_shown(change.field, cut) for cut in _cut(before, after))
    else:
        value = _shown(change.field, _short(before or after)) if before or after else ""
    if item and value:
        return f"{item}: {value}"
    return item or value


def _shown(field: str, value: str) -> str:
    text = one_line(value)
    return f'"{text}"' if field in _QUOTED else text


def _stays(change: FieldChange, count: int) -> str:
    if change.kind is not ChangeKind.KEPT:
        return ""
    because = f", because {change.because}" if change.because else ""
    return f" {'stays' if count == 1 else 'stay'} in DataHub{because}"


def _cut(before: str, after: str) -> tuple[str, str]:
    """Both values, from shortly before where they begin to differ if that lies far behind."""
    if max(len(before), len(after)) <= _LONGEST_VALUE:
        return before, after
    same = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    start = max(0, same - _CONTEXT)
    mark = "..." if start else ""
    return mark + _short(before[start:]), mark + _short(after[start:])


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def _named(ids: Iterable[str]) -> str:
    all_ = list(ids)
    more = f" and {len(all_) - _NAMED:,} more" if len(all_) > _NAMED else ""
    return f"{', '.join(all_[:_NAMED])}{more}"
