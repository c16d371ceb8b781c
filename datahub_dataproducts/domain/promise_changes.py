"""Promise changes: what a contract promises more, less, or otherwise, in sentences."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Deadline,
    Freshness,
    Impact,
    MaxAge,
)
from datahub_dataproducts.domain.durations import write_duration
from datahub_dataproducts.domain.field_changes import ChangeKind, FieldChange
from datahub_dataproducts.domain.holiday_words import holiday_changes
from datahub_dataproducts.domain.promises import say_list

CONTRACT = "contract"
_PASSES = "passes "
_WORDS = "promise"
_RULE = "rule"
_HOLIDAYS = "holidays"


def contract_changes(
    before: Sequence[Assertion], after: Sequence[Assertion]
) -> Iterator[FieldChange]:
    """Promises that come, that hold otherwise, and that go.

    Tests of one table to which the same happens are one sentence.
    """
    had = {assertion.urn: assertion for assertion in before}
    has = {assertion.urn: assertion for assertion in after}
    for words in _sentences(a for urn, a in has.items() if urn not in had):
        yield FieldChange(field=CONTRACT, kind=ChangeKind.ADDED, item=words)
    yield from _altered([(had[urn], a) for urn, a in has.items() if urn in had])
    for words in _sentences(a for urn, a in had.items() if urn not in has):
        yield FieldChange(field=CONTRACT, kind=ChangeKind.REMOVED, item=words)


def _sentences(assertions: Iterable[Assertion]) -> Iterator[str]:
    for (asset, kind, impact), group in groupby(assertions, key=_grouped):
        note = " (a failure is a warning)" if impact is Impact.WARNING else ""
        yield from (f"{words}{note}" for words in _said(asset, kind, list(group)))


def _grouped(assertion: Assertion) -> tuple[str, AssertionKind, Impact]:
    return assertion.asset_name, assertion.kind, assertion.impact


def _said(asset: str, kind: AssertionKind, group: Sequence[Assertion]) -> list[str]:
    name = f"the DataHub {asset}" if kind is AssertionKind.CUSTOM else asset
    promises = [assertion.promise for assertion in group]
    if kind is AssertionKind.TESTS:
        tests = dict.fromkeys(promise.removeprefix(_PASSES) for promise in promises)
        promises = [f"{_PASSES}{say_list(tuple(tests))}"]
    return [f"{name} {promise}" for promise in promises]


def _altered(pairs: Iterable[tuple[Assertion, Assertion]]) -> Iterator[FieldChange]:
    found: dict[tuple[str, AssertionKind, str, str, str], list[Assertion]] = {}
    for old, new in pairs:
        was, is_ = _facts(old), _facts(new)
        was[_HOLIDAYS], is_[_HOLIDAYS] = holiday_changes(_holidays(old), _holidays(new))
        # What the words say already is not said again by what they are made of.
        silent = {_RULE} if was[_WORDS] != is_[_WORDS] else set()
        for fact in is_:
            if was[fact] != is_[fact] and fact not in silent:
                key = (new.asset_name, new.kind, fact, was[fact], is_[fact])
                found.setdefault(key, []).append(new)
    for (asset, kind, fact, before, after), group in found.items():
        # A sentence that changes is told as a whole, and needs no other to introduce it.
        items = [""] if fact == _WORDS else [f"{s}: {fact}" for s in _said(asset, kind, group)]
        for item in items:
            yield FieldChange(
                field=CONTRACT, kind=ChangeKind.CHANGED, item=item, before=before, after=after
            )


def _facts(assertion: Assertion) -> dict[str, str]:
    """All that a promise is but for its holidays, in words; equal in these is the same promise."""
    silence, rule = assertion.expect_every, assertion.freshness
    look_back = rule.look_back if isinstance(rule, Deadline) else None
    return {
        _WORDS: f"{assertion.asset_name} {assertion.promise}",
        _RULE: _rule(rule),
        "impact": assertion.impact.value,
        "expect_every": "never" if silence is None else write_duration(silence),
        "look_back": "half the time" if look_back is None else write_duration(look_back),
        "table": assertion.asset,
        "decided by": ", ".join(sorted(assertion.listens_to)),
        "dbt node": assertion.node,
    }


def _holidays(assertion: Assertion) -> tuple[date, ...]:
    rule = assertion.freshness
    return rule.schedule.holidays if isinstance(rule, Deadline) else ()


def _rule(rule: Freshness | None) -> str:
    """The rule in full, where its sentence is an abridgement (`7 times a day`)."""
    if rule is None:
        return ""
    if isinstance(rule, MaxAge):
        return write_duration(rule.age)
    schedule = rule.schedule
    times = ", ".join(f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in schedule.times)
    return f"at {times} {schedule.timezone}"
