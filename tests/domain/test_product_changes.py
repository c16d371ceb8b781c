from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.catalog_states import AssertionState, ProductState, say_owner
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.durations import DAY, HOUR, MINUTE
from datahub_dataproducts.domain.field_changes import FieldChange
from datahub_dataproducts.domain.product_changes import (
    judged_otherwise,
    product_changes,
    say_objective,
)
from datahub_dataproducts.domain.products import (
    Asset,
    BurnRule,
    DataProduct,
    Input,
    Lifecycle,
    Link,
    Objective,
    Owner,
    ProductType,
)
from tests.builders import at, checked, dataset, product

USERS = product("users", checked("a"))
ORDERS = Asset(urn=dataset("orders"), name="orders")
OTHER_ORDERS = Asset(urn=f"{dataset('orders')}2", name="orders")


def shown(definition: DataProduct, **fields: Any) -> ProductState:
    """What the catalog shows of a product that was published, with what people changed."""
    links = {link.url: link.description for link in definition.links}
    if definition.runbook:
        links.setdefault(definition.runbook, "Runbook")
    state = ProductState(
        id=definition.id,
        name=definition.name or "",
        description=definition.description or "",
        promised=" ".join(a.promise for a in definition.assertions),
        domain=definition.domain,
        owners=frozenset(map(say_owner, definition.owners)),
        assets=definition.assets or (),
        output_ports=frozenset(definition.output_ports),
        links=links,
        tags=frozenset(definition.tags),
        terms=frozenset(definition.terms),
        properties=dict(definition.properties) | {"runbook": definition.runbook},
        external_url=definition.external_url or "",
        parent=definition.parent or "",
        definition=definition,
    )
    return replace(state, **fields)


def told(before: ProductState | None, after: ProductState) -> list[tuple[str, str, str]]:
    return [told_of(change) for change in product_changes(before, after)]


def told_of(change: FieldChange) -> tuple[str, str, str]:
    said = change.item
    if change.before or change.after:
        said += f"{change.before} -> {change.after}"
    return change.field, change.kind.value, said


def edited(**fields: Any) -> list[tuple[str, str, str]]:
    """What an edit of the file is told as, where the catalog is replaced by the file."""
    return told(shown(USERS), shown(replace(USERS, **fields)))


def test_what_is_as_it_was_is_no_change() -> None:
    assert told(shown(USERS), shown(USERS)) == []


def test_the_order_of_assets_is_no_change() -> None:
    one, other = Asset(urn=dataset("a"), name="a"), Asset(urn=dataset("b"), name="b")
    assert (
        told(shown(replace(USERS, assets=(one, other))), shown(replace(USERS, assets=(other, one))))
        == []
    )


def test_a_new_product_is_all_that_its_file_says() -> None:
    metric = replace(USERS, type=ProductType.METRIC, assets=(ORDERS,), output_ports=(ORDERS.urn,))
    assert told(None, shown(metric, types=("Metric",))) == [
        ("display_name", "added", " -> Users"),
        ("type", "added", " -> metric"),
        ("lifecycle", "added", " -> live"),
        ("domain", "added", " -> users-domain"),
        ("owners", "added", "group users-team as TECHNICAL_OWNER"),
        ("owners", "added", "users-lead as BUSINESS_OWNER"),
        ("assets", "added", "orders"),
        ("output_ports", "added", "orders"),
        ("contract", "added", "fct passes a"),
        ("timezone", "added", " -> Europe/Amsterdam"),
        ("runbook", "added", " -> https://wiki.example.com/users"),
    ]


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({"name": "People"}, ("display_name", "changed", "Users -> People")),
        ({"description": "All"}, ("description", "added", " -> All")),
        ({"domain": "urn:li:domain:d"}, ("domain", "changed", "users-domain -> d")),
        ({"lifecycle": Lifecycle.RETIRED}, ("lifecycle", "changed", "live -> retired")),
        ({"timezone": "UTC"}, ("timezone", "removed", "Europe/Amsterdam -> ")),
        ({"runbook": ""}, ("runbook", "removed", "https://wiki.example.com/users -> ")),
        ({"inputs": (Input(product="a", required=False),)}, ("inputs", "added", "a (optional)")),
        ({"channels": ("people",)}, ("channels", "added", "people")),
        ({"links": (Link(url="u", description="w"),)}, ("links", "added", "u -> w")),
        ({"tags": ("urn:li:tag:pii",)}, ("tags", "added", "pii")),
        ({"terms": ("Customer",)}, ("terms", "added", "Customer")),
        ({"properties": (("team", "core"),)}, ("properties", "added", "team -> core")),
        ({"external_url": "u"}, ("external_url", "added", " -> u")),
        ({"parent": "urn:li:dataProduct:p"}, ("parent_data_product", "added", " -> p")),
        ({"assets": (ORDERS,)}, ("assets", "added", "orders")),
        (
            {"objective": Objective(target=Fraction(99, 100), window=30 * DAY)},
            ("objective", "added", " -> 99 % of the last 30d"),
        ),
    ],
)
def test_an_edit_is_one_change_in_the_words_of_the_file(
    fields: dict[str, Any], change: tuple[str, str, str]
) -> None:
    assert edited(**fields) == [change]


def test_another_runbook_is_told_once_and_not_as_link_and_property_too() -> None:
    assert edited(runbook="https://b") == [
        ("runbook", "changed", "https://wiki.example.com/users -> https://b")
    ]


def test_a_link_that_was_the_runbook_and_now_is_a_link_is_told() -> None:
    link = Link(url=USERS.runbook, description="How to")
    assert edited(runbook="https://b", links=(link,)) == [
        ("runbook", "changed", f"{USERS.runbook} -> https://b"),
        ("links", "added", f"{USERS.runbook} -> How to"),
    ]


def test_a_link_to_the_runbook_that_somebody_removed_comes_back() -> None:
    assert told(shown(USERS, links={}), shown(USERS)) == [
        ("links", "added", f"{USERS.runbook} -> Runbook")
    ]


def test_corrections_are_told_in_words_and_are_no_promise() -> None:
    planned = Correction(
        product="users",
        since=at("2026-03-05 06:00"),
        until=at("2026-03-05 10:00"),
        kind=CorrectionKind.PLANNED_WORK,
        reason="Migration",
        author="ana",
    )
    corrected = replace(USERS, corrections=(planned,))
    said = "2026-03-05 06:00 to 2026-03-05 10:00, planned work, not measured: Migration (ana)"
    assert told(shown(USERS), shown(corrected)) == [("corrections", "added", said)]
    assert told(shown(corrected), shown(USERS)) == [("corrections", "removed", said)]
    assert not judged_otherwise(USERS, corrected)


def test_assets_of_one_name_are_told_apart_by_their_urns() -> None:
    both = replace(USERS, assets=(ORDERS, OTHER_ORDERS))
    assert told(shown(replace(USERS, assets=(ORDERS,))), shown(both)) == [
        ("assets", "added", f"orders ({OTHER_ORDERS.urn})")
    ]


def test_a_property_of_the_files_own_is_told_even_where_a_key_has_its_name() -> None:
    own = replace(USERS, lifecycle=Lifecycle.RETIRED, properties=(("lifecycle", "mine"),))
    assert told(shown(USERS), shown(own)) == [
        ("lifecycle", "changed", "live -> retired"),
        ("properties", "added", "lifecycle -> mine"),
    ]


def test_what_people_wrote_over_is_set_back() -> None:
    accounts = shown(USERS, name="Accounts", promised="nothing", properties={"runbook": "none"})
    assert told(accounts, shown(USERS)) == [
        ("display_name", "changed", "Accounts -> Users"),
        ("description", "changed", "the promises in itnothing -> passes a"),
        ("properties", "changed", f"runbooknone -> {USERS.runbook}"),
    ]


def test_promises_that_change_are_told_by_the_contract_and_not_by_the_description() -> None:
    warned = product("users", checked("a", impact=Impact.WARNING))
    assert told(shown(USERS), shown(warned, promised="a failure is a warning")) == [
        ("contract", "changed", "fct passes a: impactblocking -> warning")
    ]


def assertion(words: str, urn: str = "urn:li:assertion:a", **facts: str) -> AssertionState:
    return AssertionState(urn=urn, words=words, facts=tuple(facts.items()))


def test_assertions_come_change_and_go() -> None:
    a, b = assertion("a"), assertion("b", "urn:li:assertion:b")
    none = shown(USERS)
    assert told(none, shown(USERS, assertions=(a,))) == [("assertions", "added", "a")]
    assert told(shown(USERS, assertions=(a, b)), shown(USERS, assertions=(a,))) == [
        ("assertions", "removed", "b")
    ]
    altered = shown(USERS, assertions=(assertion("a", impact="none"),))
    assert told(altered, shown(USERS, assertions=(a,))) == [("assertions", "changed", "a")]


def test_an_assertion_whose_promise_changes_is_told_by_the_promise() -> None:
    warned = product("users", checked("a", impact=Impact.WARNING))
    before = shown(USERS, assertions=(assertion("a"),))
    after = shown(warned, assertions=(assertion("a", impact="warning"),))
    assert [change[0] for change in told(before, after)] == ["contract"]


def test_an_assertion_that_nothing_promises_any_more_may_stay() -> None:
    bare = product("users")
    a = assertion("a")
    assert told(shown(USERS, assertions=(a,)), shown(bare, assertions=(a,)))[-1] == (
        "assertions",
        "kept",
        "a",
    )


def test_what_a_patch_leaves_is_told_as_kept() -> None:
    full = replace(
        USERS,
        description="All",
        external_url="https://e",
        parent="urn:li:dataProduct:p",
        type=ProductType.METRIC,
        owners=(*USERS.owners, Owner(urn="urn:li:corpuser:bo", type="DATA_STEWARD")),
        tags=("pii",),
        terms=("Customer",),
        links=(Link(url="u", description="w"),),
    )
    bare = replace(USERS, name=None, runbook="https://b")
    left = shown(full, types=("Metric",))
    after = replace(left, definition=bare, links=dict(left.links) | {"https://b": "Runbook"})
    assert told(left, after) == [
        ("display_name", "kept", "Users"),
        ("type", "kept", "Metric"),
        ("description", "kept", "All"),
        ("owners", "kept", "bo as DATA_STEWARD"),
        ("runbook", "changed", f"{USERS.runbook} -> https://b"),
        ("links", "kept", "u"),
        ("links", "kept", USERS.runbook),
        ("tags", "kept", "pii"),
        ("terms", "kept", "Customer"),
        ("external_url", "kept", "https://e"),
        ("parent_data_product", "kept", "p"),
    ]


def test_what_replaces_leaves_nothing_to_be_kept() -> None:
    tagged = replace(USERS, tags=("pii",), description="All")
    assert told(shown(tagged), shown(USERS)) == [
        ("description", "removed", "All -> "),
        ("tags", "removed", "pii"),
    ]


def test_what_was_made_by_hand_has_a_type_by_its_subtype() -> None:
    by_hand = ProductState(id="users", name="Users", types=("Building Block",))
    changes = told(by_hand, shown(USERS, types=("Metric",)))
    assert ("type", "changed", "building_block -> metric") in changes
    assert ("lifecycle", "added", " -> live") in changes


def test_only_promises_and_inputs_make_a_product_judged_otherwise() -> None:
    assert not judged_otherwise(USERS, replace(USERS, name="People", runbook=""))
    assert judged_otherwise(USERS, replace(USERS, inputs=(Input(product="a"),)))
    assert judged_otherwise(USERS, replace(USERS, assertions=()))


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (Objective(target=Fraction(995, 1000), calendar="month"), "99.5 % of each month"),
        (
            Objective(target=Fraction(9, 10), window=7 * DAY, hours="MON-FRI", at_risk_is_bad=True),
            "90 % of the last 1w, counting MON-FRI, at risk counts as bad",
        ),
        (
            Objective(
                target=Fraction(99, 100),
                window=30 * DAY,
                burn=(BurnRule(rate=Fraction(72, 5), long=HOUR, short=5 * MINUTE),),
            ),
            "99 % of the last 30d, alert at 14.4 times the budget over 1h and 5m",
        ),
    ],
)
def test_an_objective_is_told_with_all_that_belongs_to_it(objective: Objective, words: str) -> None:
    assert say_objective(objective) == words
