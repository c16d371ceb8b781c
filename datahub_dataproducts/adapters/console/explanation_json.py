"""Explanation -> JSON for programs: instants and durations in milliseconds, nothing left out. Pure."""

import json
from typing import Any

from datahub_dataproducts.adapters.console.corrections import correction_as_json
from datahub_dataproducts.adapters.console.spending import spending_as_json
from datahub_dataproducts.domain.announcements import (
    because,
    not_known,
    without_causes,
)
from datahub_dataproducts.domain.assertions import Assertion, Deadline
from datahub_dataproducts.domain.explanation_words import (
    say_health,
    say_remedies,
    say_remedy,
    say_rule,
    say_verdict,
)
from datahub_dataproducts.domain.explanations import Explanation
from datahub_dataproducts.domain.health import Cause, Health
from datahub_dataproducts.domain.product_states import Basis, ProductState, PromiseState


def explanation_as_json(explained: Explanation) -> str:
    """The explanation as indented JSON; the order of keys and of lists is always the same."""
    return json.dumps(explanation_tree(explained), indent=2)


def explanation_tree(explained: Explanation) -> dict[str, Any]:
    """The explanation as plain values."""
    state, portfolio, found = explained.state, explained.portfolio, explained.assessment
    is_explained = explained.is_explained
    causes = found.causes if is_explained else ()
    return {
        "product": state.product.id,
        "name": state.product.name,
        "at": explained.at,
        "timezone": explained.timezone,
        "health": state.health.value,
        "since": state.since,
        "until": explained.ended_at,
        "history_from": state.history_from,
        "is_explained": is_explained,
        "because": because(portfolio, found) if is_explained else without_causes(state.health),
        "explanation": say_health(explained),
        "not_known": not_known(portfolio, found) if is_explained else "",
        "causes": [_cause(cause) for cause in causes],
        "to_be_healthy": {
            "words": list(say_remedies(explained)),
            "promises": [
                {"product": product, "assertion": promise.assertion.urn}
                for product, promise in explained.remedies
            ],
        },
        "next_turn": _next_turn(explained),
        **({"spending": spending_as_json(explained.spending)} if explained.spending else {}),
        "corrections": [correction_as_json(correction) for correction in explained.corrections],
        "products": [_product(explained, one) for one in explained.states],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "root": cause.root,
        "path": list(cause.path),
        "asset": cause.assertion.asset,
        "assertion": cause.assertion.urn,
        "verdict": cause.judgement.verdict.value,
        "reason": cause.judgement.reason.value,
        "low": cause.judgement.low,
        "since": cause.since,
    }


def _next_turn(explained: Explanation) -> dict[str, Any] | None:
    if explained.next_turn is None:
        return None
    product, promise = explained.next_turn
    return {"at": promise.expires_at, "product": product, "assertion": promise.assertion.urn}


def _product(explained: Explanation, state: ProductState) -> dict[str, Any]:
    return {
        "product": state.product.id,
        "name": state.product.name,
        "health": state.health.value,
        "since": state.since,
        "history_from": state.history_from,
        "generation": {"number": state.generation, "since": state.promised_since},
        "inputs": [
            {
                "product": one.product,
                "required": one.required,
                "passes_on": _value(one.passes),
            }
            for one in state.inputs
        ],
        "promises": [_promise(explained, promise) for promise in state.promises],
    }


def _promise(explained: Explanation, promise: PromiseState) -> dict[str, Any]:
    assertion, judgement = promise.assertion, promise.judgement
    is_kept = promise.does is Health.HEALTHY
    return {
        "assertion": assertion.urn,
        "kind": assertion.kind.value,
        "asset": assertion.asset,
        "asset_name": assertion.asset_name,
        "node": assertion.node,
        "listens_to": list(assertion.listens_to),
        "impact": assertion.impact.value,
        "expect_every_ms": assertion.expect_every,
        "freshness": _freshness(assertion),
        "rule": say_rule(assertion),
        "verdict": judgement.verdict.value,
        "reason": judgement.reason.value,
        "low": judgement.low,
        "makes_it": _value(promise.does),
        "since": promise.since,
        "began_with": promise.began_at,
        "evidence": _basis(promise.basis),
        "expires_at": promise.expires_at,
        "words": say_verdict(promise, explained.at, explained.timezone),
        "remedy": "" if is_kept else say_remedy(promise),
    }


def _basis(basis: Basis | None) -> dict[str, Any] | None:
    if basis is None:
        return None
    return {
        "subject": basis.subject,
        "at": basis.at,
        "run_id": basis.run_id,
        "outcome": basis.outcome.value if basis.outcome else None,
        "message": basis.message,
    }


def _freshness(assertion: Assertion) -> dict[str, Any] | None:
    rule = assertion.freshness
    if rule is None:
        return None
    if not isinstance(rule, Deadline):
        return {"form": "max_age", "age_ms": rule.age}
    schedule = rule.schedule
    return {
        "form": "deadline",
        "minutes_of_day": list(schedule.times),
        "days": list(schedule.days),
        "weekdays": list(schedule.weekdays),
        "months": list(schedule.months),
        "either": schedule.either,
        "timezone": schedule.timezone,
        "holidays": [day.isoformat() for day in schedule.holidays],
        "look_back_ms": rule.look_back,
    }


def _value(health: Health | None) -> str | None:
    return health.value if health else None
