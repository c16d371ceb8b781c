"""Finding entities and runs: filters over what the index holds."""

import base64
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tests.integration.gms.answers import Refusal
from tests.integration.gms.model import at_place, model, walk
from tests.integration.gms.storage import Storage
from tests.integration.gms.urns import key_of, type_of

Document = dict[str, set[str]]
Criterion = dict[str, Any]
_KEYWORD = ".keyword"


class Searchable:
    """What can be searched for; made anew of the entities of a type when the index has changed."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._made: dict[str, tuple[int, dict[str, Document]]] = {}
        self._answered: dict[str, list[str]] = {}

    def found(
        self,
        entities: Sequence[str] | None,
        *,
        query: str = "*",
        filters: Iterable[dict[str, Any]] | None = None,
        with_removed: bool = False,
    ) -> list[str]:
        """URNs of what fits, in their order; `filters` are alternatives of `{"and": criteria}`.

        Looked for anew only when the index has changed: pages of one scroll ask for the same.
        """
        names = list(model().entities if entities is None else entities)
        either = list(filters or [])
        state = [self._storage.indexed_times.get(name, 0) for name in names]
        asked = repr((names, query, either, with_removed, state))
        if asked not in self._answered:
            urns = [
                urn
                for name in names
                for urn, document in self._of(name).items()
                if (with_removed or document["removed"] == {"false"})
                and (not either or any(_fits(document, group["and"]) for group in either))
                and (query in {"", "*"} or _mentions(document, query))
            ]
            self._answered = {asked: sorted(urns)}
        return self._answered[asked]

    def _of(self, entity: str) -> dict[str, Document]:
        changed = self._storage.indexed_times.get(entity, 0)
        made, documents = self._made.get(entity, (-1, {}))
        if made != changed:
            held = self._storage.documents(entity) if changed else {}
            documents = {urn: _document(urn, aspects) for urn, aspects in held.items()}
            self._made[entity] = changed, documents
        return documents


def _document(urn: str, aspects: dict[str, dict[str, Any]]) -> Document:
    document: Document = {"urn": {urn}, "_entityType": {type_of(urn)}, "removed": {"false"}}
    for name, value in aspects.items():
        for field, _, held in walk(model().aspects[name].schema, value):
            for spec, told in _searchable(field):
                for item in at_place(held, spec) if spec else [held]:
                    key = told.get("fieldName", field["name"])
                    document.setdefault(key, set()).update(_texts(item))
            if isinstance(held, dict) and field["name"] == "customProperties":
                pairs = {f"{key}={item}" for key, item in held.items()}
                document["customProperties"] = pairs
    document["removed"] = {_text(aspects.get("status", {}).get("removed", False))}
    for entry in aspects.get("structuredProperties", {}).get("properties", []):
        name = entry["propertyUrn"].split(":", 3)[3].replace(".", "_")
        values = {_text(v) for value in entry["values"] for v in value.values()}
        document[f"structuredProperties.{name}"] = values
    for key, item in key_of(urn).items():
        document.setdefault(key, set()).add(item)
    return document


def _searchable(field: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    told = field.get("Searchable")
    if told is None:
        return []
    places = [(spec, inner) for spec, inner in told.items() if spec.startswith("/")]
    return places or [("", told)]


def _texts(value: Any) -> set[str]:
    items = value if isinstance(value, list) else [value]
    return {_text(item) for item in items if not isinstance(item, dict | list)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mentions(document: Document, query: str) -> bool:
    return any(query.lower() in text.lower() for texts in document.values() for text in texts)


def _fits(document: Document, criteria: Iterable[Criterion]) -> bool:
    return all(fits(document, criterion) for criterion in criteria)


def fits(document: Document, criterion: Criterion) -> bool:
    field = criterion["field"].removesuffix(_KEYWORD)
    if field.startswith("structuredProperties."):
        head, _, tail = field.partition(".")
        field = f"{head}.{tail.replace('.', '_')}"
    held = document.get(field, set())
    wanted = criterion.get("values") or [criterion[k] for k in ("value",) if criterion.get(k)]
    condition = criterion.get("condition") or "EQUAL"
    if condition not in _CONDITIONS:
        raise Refusal(f"Unsupported condition {condition}", 400)
    holds = _CONDITIONS[condition](held, [_text(value) for value in wanted])
    return holds is not bool(criterion.get("negated"))


def _any(holds: Callable[[str, str], bool]) -> Callable[[set[str], list[str]], bool]:
    return lambda held, wanted: any(holds(one, other) for one in held for other in wanted)


_CONDITIONS: dict[str, Callable[[set[str], list[str]], bool]] = {
    "EQUAL": _any(lambda held, wanted: held == wanted),
    "IN": _any(lambda held, wanted: held == wanted),
    "IEQUAL": _any(lambda held, wanted: held.lower() == wanted.lower()),
    "CONTAIN": _any(lambda held, wanted: wanted in held),
    "START_WITH": _any(lambda held, wanted: held.startswith(wanted)),
    "END_WITH": _any(lambda held, wanted: held.endswith(wanted)),
    "EXISTS": lambda held, _: bool(held),
    "IS_NULL": lambda held, _: not held,
    "GREATER_THAN": _any(lambda held, wanted: float(held) > float(wanted)),
    "GREATER_THAN_OR_EQUAL_TO": _any(lambda held, wanted: float(held) >= float(wanted)),
    "LESS_THAN": _any(lambda held, wanted: float(held) < float(wanted)),
    "LESS_THAN_OR_EQUAL_TO": _any(lambda held, wanted: float(held) <= float(wanted)),
}


def runs_found(
    storage: Storage,
    urn: str,
    aspect: str,
    *,
    filters: Iterable[dict[str, Any]] | None = None,
    start: int | None = None,
    end: int | None = None,
    limit: int = 10_000,
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Values of a timeseries that fit, with their system metadata, the latest first."""
    either = list(filters or [])
    fitting = [
        (value, system)
        for value, system in storage.runs(urn, aspect)
        if (not either or any(_fits(_flat(value), group["and"]) for group in either))
        and (start is None or value["timestampMillis"] >= start)
        and (end is None or value["timestampMillis"] <= end)
    ]
    return fitting[:limit]


def _flat(value: dict[str, Any], path: str = "") -> Document:
    document: Document = {}
    for key, item in value.items():
        if isinstance(item, dict):
            document |= _flat(item, f"{path}{key}.")
        else:
            document[f"{path}{key}"] = _texts(item)
    return document


def page_of(
    items: Sequence[str], scroll: str | None, count: int
) -> tuple[Sequence[str], str | None]:
    """One page, and the scroll id of the next; None after the last."""
    start = int(base64.b64decode(scroll)) if scroll else 0
    end = start + count
    following = base64.b64encode(str(end).encode()).decode() if end < len(items) else None
    return items[start:end], following
