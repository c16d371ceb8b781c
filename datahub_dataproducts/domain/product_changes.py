"""Product changes: everything that is different on a product, in the words of its file."""

from collections.abc import Iterable, Iterator, Mapping

from datahub_dataproducts.domain.catalog_states import ProductState, plain_name, say_owner
from datahub_dataproducts.domain.corrections import say_correction
from datahub_dataproducts.domain.durations import write_duration
from datahub_dataproducts.domain.field_changes import (
    ChangeKind,
    FieldChange,
    entry_changes,
    kept,
    mapping_changes,
    value_change,
)
from datahub_dataproducts.domain.holiday_words import holiday_changes, say_holidays
from datahub_dataproducts.domain.products import Asset, BurnRule, DataProduct, Input, Objective
from datahub_dataproducts.domain.promise_changes import contract_changes

ASSERTIONS = "assertions"
"""The field under which our own assertions in the catalog are told."""

CORRECTIONS = "corrections"
"""The field under which corrections of the history are told, which a file of their own says."""

BECAUSE_PATCH = "write_semantics is PATCH"
BECAUSE_TYPE = "an ingest takes no type away"
_ORDER = (
    "display_name",
    "type",
    "lifecycle",
    "domain",
    "description",
    "owners",
    "assets",
    "output_ports",
    "inputs",
    "objective",
    "contract",
    ASSERTIONS,
    "timezone",
    "runbook",
    "channels",
    "links",
    "tags",
    "terms",
    "properties",
    "external_url",
    "parent_data_product",
    CORRECTIONS,
)
_UTC = "UTC"
# Custom properties that say again what a key of the file says.
_TOLD_BY_KEYS = ("type", "lifecycle", "inputs", "objective", "runbook")
_RUNBOOK = "Runbook"


def product_changes(before: ProductState | None, after: ProductState) -> tuple[FieldChange, ...]:
    """What an ingest changes on a product, and what it leaves although the file says it no more.

    None before: the catalog has no such product. Nothing is told twice, and what is of no meaning
    (the order of assets, audit stamps) not at all.
    """
    was = before or ProductState(id=after.id)
    changes = [*_defined(was, after), *_shown(was, after)]
    changes += _promised(was, after)
    changes += _left(was, after)
    changes += _derived(was, after, {change.field for change in changes})
    return tuple(sorted(changes, key=lambda change: _ORDER.index(change.field)))


def judged_otherwise(before: DataProduct, after: DataProduct) -> bool:
    """True when what can change its health is different: its promises or its inputs."""
    return _judged_by(before) != _judged_by(after)


def say_objective(objective: Objective) -> str:
    """`99 % of the last 30d`, `99.5 % of each month, counting MON-FRI 08:00-18:00`."""
    span = f"each {objective.calendar}"
    if objective.window is not None:
        span = f"the last {write_duration(objective.window)}"
    hours = f", counting {objective.hours}" if objective.hours else ""
    hours += f", except {say_holidays(objective.holidays)}" if objective.holidays else ""
    risk = ", at risk counts as bad" if objective.at_risk_is_bad else ""
    burns = "".join(f", {_say_burn(rule)}" for rule in objective.burn)
    return f"{float(objective.target * 100):g} % of {span}{hours}{risk}{burns}"


def _judged_by(product: DataProduct) -> tuple[object, ...]:
    assertions = {
        (a.urn, frozenset(a.listens_to), a.impact, a.expect_every, a.freshness)
        for a in product.assertions
    }
    return assertions, {(i.product, i.required) for i in product.inputs}


def _defined(before: ProductState, after: ProductState) -> Iterator[FieldChange]:
    """What only the definition has."""
    was, is_ = _said(before), _said(after)
    for name in ("type", "lifecycle", "objective", "runbook", "timezone"):
        yield from value_change(name, was[name], is_[name])
    old, new = before.definition, after.definition
    yield from value_change("objective", *_holiday_changes(old, new), "holidays")
    had, has = (old.inputs if old else ()), (new.inputs if new else ())
    yield from entry_changes("inputs", map(_say_input, had), map(_say_input, has))
    called, calls = (old.channels if old else ()), (new.channels if new else ())
    yield from entry_changes("channels", called, calls)
    yield from entry_changes(CORRECTIONS, *map(_corrections, (before, after)))


def _holiday_changes(old: DataProduct | None, new: DataProduct | None) -> tuple[str, str]:
    """Where an objective has others than before; that it has them at all is told by its words."""
    was = old.objective.holidays if old and old.objective else ()
    is_ = new.objective.holidays if new and new.objective else ()
    return holiday_changes(was, is_) if was and is_ else ("", "")


def _said(state: ProductState) -> dict[str, str]:
    product = state.definition
    types = ", ".join(state.types).lower().replace(" ", "_")
    if product is None:
        return {"type": types, "lifecycle": "", "objective": "", "runbook": "", "timezone": ""}
    return {
        # A type that the file has no more is still shown, which is told as kept.
        "type": types,
        "lifecycle": product.lifecycle.value,
        "objective": say_objective(product.objective) if product.objective else "",
        "runbook": product.runbook,
        "timezone": "" if product.timezone == _UTC else product.timezone,
    }


def _corrections(state: ProductState) -> list[str]:
    product = state.definition
    return [say_correction(c, product.timezone) for c in product.corrections] if product else []


def _shown(before: ProductState, after: ProductState) -> Iterator[FieldChange]:
    """What DataHub's pages show, whoever wrote it."""
    yield from value_change("display_name", before.name, after.name)
    yield from value_change("description", before.description, after.description)
    yield from value_change("domain", plain_name(before.domain), plain_name(after.domain))
    yield from value_change("external_url", before.external_url, after.external_url)
    yield from value_change(
        "parent_data_product", plain_name(before.parent), plain_name(after.parent)
    )
    yield from entry_changes("owners", sorted(before.owners), sorted(after.owners))
    names = _names((*before.assets, *after.assets))
    had, has = ([names[asset.urn] for asset in state.assets] for state in (before, after))
    yield from entry_changes("assets", had, has)
    ports, now = (_ports(state, names) for state in (before, after))
    yield from entry_changes("output_ports", ports, now)
    yield from entry_changes("tags", *_plain(before.tags, after.tags))
    yield from entry_changes("terms", *_plain(before.terms, after.terms))
    had_links, has_links = dict(before.links), dict(after.links)
    runbooks = [state.definition.runbook if state.definition else "" for state in (before, after)]
    if runbooks[0] != runbooks[1]:
        # The link to the runbook comes and goes with the key that says it.
        for links in (had_links, has_links):
            for url in runbooks:
                if links.get(url) == _RUNBOOK:
                    del links[url]
    yield from mapping_changes("links", had_links, has_links)


def _names(assets: Iterable[Asset]) -> dict[str, str]:
    """By URN the short name, with the URN where another asset has the same name."""
    by_urn = {asset.urn: asset.name for asset in assets}
    once = list(by_urn.values())
    return {
        urn: name if once.count(name) == 1 else f"{name} ({urn})" for urn, name in by_urn.items()
    }


def _ports(state: ProductState, names: Mapping[str, str]) -> list[str]:
    return [names[asset.urn] for asset in state.assets if asset.urn in state.output_ports]


def _plain(before: Iterable[str], after: Iterable[str]) -> tuple[list[str], list[str]]:
    return sorted(map(plain_name, before)), sorted(map(plain_name, after))


def _promised(before: ProductState, after: ProductState) -> Iterator[FieldChange]:
    old, new = before.definition, after.definition
    told = list(contract_changes(old.assertions if old else (), new.assertions if new else ()))
    yield from told
    if not told:
        # Somebody wrote over the sentences in the description.
        sentences = "the promises in it"
        yield from value_change("description", before.promised, after.promised, sentences)
    yield from _assertions(before, after)


def _assertions(before: ProductState, after: ProductState) -> Iterator[FieldChange]:
    """Our own assertions as DataHub has them; one whose promise changes has been told by that."""
    had = {assertion.urn: assertion for assertion in before.assertions}
    has = {assertion.urn: assertion for assertion in after.assertions}
    names = {urn: a.words for urn, a in (had | has).items()}
    for change in entry_changes(ASSERTIONS, had, has):
        yield FieldChange(field=ASSERTIONS, kind=change.kind, item=names[change.item])
    old = set(before.definition.assertions) if before.definition else set()
    new = after.definition.assertions if after.definition else ()
    promised = {assertion.urn for assertion in new}
    idle = [names[urn] for urn in has if urn in had and urn not in promised]
    # Why it stays is not known from what is shown.
    yield from kept(ASSERTIONS, idle, "")
    as_before = {assertion.urn for assertion in new if assertion in old}
    for urn in sorted(as_before & had.keys() & has.keys()):
        if had[urn] != has[urn]:
            yield FieldChange(field=ASSERTIONS, kind=ChangeKind.CHANGED, item=names[urn])


def _derived(
    before: ProductState, after: ProductState, told: Iterable[str]
) -> Iterator[FieldChange]:
    """Custom properties, without those that a key has told already."""
    own = {
        name
        for state in (before, after)
        if state.definition
        for name, _ in state.definition.properties
    }
    said = {name for name in _TOLD_BY_KEYS if name in told and name not in own}
    had, has = (
        {name: text for name, text in state.properties.items() if name not in said}
        for state in (before, after)
    )
    yield from mapping_changes("properties", had, has)


def _left(before: ProductState, after: ProductState) -> Iterator[FieldChange]:
    """What the file said and says no more, and the catalog shows nevertheless."""
    old, new = before.definition, after.definition
    if old is None or new is None:
        return
    values = (
        ("display_name", old.name, new.name, after.name),
        ("description", old.description, new.description, after.description),
        ("external_url", old.external_url, new.external_url, after.external_url),
        ("parent_data_product", old.parent, new.parent, plain_name(after.parent)),
        ("type", _type(old), _type(new), ", ".join(after.types)),
    )
    for field, was, is_, shows in values:
        if was and not is_ and shows:
            yield from kept(field, [shows], BECAUSE_TYPE if field == "type" else BECAUSE_PATCH)
    lists: tuple[tuple[str, Iterable[str], Iterable[str], Iterable[str]], ...] = (
        ("owners", map(say_owner, old.owners), map(say_owner, new.owners), after.owners),
        ("tags", map(plain_name, old.tags), map(plain_name, new.tags), map(plain_name, after.tags)),
        (
            "terms",
            map(plain_name, old.terms),
            map(plain_name, new.terms),
            map(plain_name, after.terms),
        ),
        ("links", _links(old), _links(new), after.links),
    )
    for field, had, has, show in lists:
        gone, still = dict.fromkeys(had), set(show)
        for item in has:
            gone.pop(item, None)
        yield from kept(field, [item for item in gone if item in still], BECAUSE_PATCH)


def _links(product: DataProduct) -> list[str]:
    runbook = [product.runbook] if product.runbook else []
    return [link.url for link in product.links] + runbook


def _type(product: DataProduct) -> str:
    return product.type.value if product.type else ""


def _say_input(input_: Input) -> str:
    return input_.product if input_.required else f"{input_.product} (optional)"


def _say_burn(rule: BurnRule) -> str:
    return (
        f"alert at {float(rule.rate):g} times the budget over {write_duration(rule.long)} "
        f"and {write_duration(rule.short)}"
    )
