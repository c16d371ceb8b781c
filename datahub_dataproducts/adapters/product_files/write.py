"""From drafts to product files: YAML that the reader accepts, with comments that teach. Pure.

YAML is written by hand here: the comments are half of what it is for, and YAML's own libraries
write none.
"""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator

from datahub_dataproducts.adapters.product_files.nodes import Scalar
from datahub_dataproducts.adapters.product_files.owners import OWNER_TYPES
from datahub_dataproducts.adapters.product_files.scalars import Reading, reading
from datahub_dataproducts.domain.documents import AssetRef, ModelRef
from datahub_dataproducts.domain.draft_promises import DraftPromise
from datahub_dataproducts.domain.drafts import Draft
from datahub_dataproducts.domain.durations import write_duration
from datahub_dataproducts.domain.products import (
    BUSINESS_OWNER,
    TECHNICAL_OWNER,
    Link,
    Owner,
    ProductType,
)

_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z][\w.@/-]*(?: [\w.@/-]+)*", re.ASCII)
_PLAIN_URN = re.compile(r"urn:li:[A-Za-z]+:[\w.@:+-]*[\w.@+-]", re.ASCII)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PLAIN_ASSET = re.compile(r"(?:ref|source|exposure)\([\w'., =/-]*\)", re.ASCII)
_OWNER = re.compile(r"urn:li:(?:corpuser|corpGroup):[^\s,()]+")
_OWNERSHIP_TYPE = re.compile(r"urn:li:ownershipType:[^\s,()]+")
_ADDRESS = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)
# What does not belong in YAML, or ends a line in one of its versions.
_UNREADABLE = re.compile(
    "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_TYPE_WORDS = {
    ProductType.METRIC: "used by the business; `building_block` is used by other products",
    ProductType.BUILDING_BLOCK: "used by other products; `metric` is used by the business",
}
_READY_BY = 'freshness: {ready_by: "08:00", timezone: Europe/Amsterdam, days: MON-FRI}'


def draft_text(draft: Draft, schema: str) -> str:
    """The product file of a draft.

    Args:
        draft: what dbt says; what it does not say becomes a comment that asks for it.
        schema: where editors find the JSON Schema, from the folder of the file on.
    """
    blocks = (
        _head(draft, schema),
        _identity(draft),
        _owners(draft.owners),
        _assets(draft),
        _inputs(draft.inputs),
        _stage(),
        _contract(draft),
        _links(draft.links),
    )
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block))) + "\n"


def _head(draft: Draft, schema: str) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={schema}"
    yield "#"
    yield from _comment(f"A draft, made from what dbt says: {'; '.join(draft.reasons)}.")
    yield from _comment(
        "Where it asks, fill in and take out the `#`. `datahub-dataproducts validate` checks it."
    )


def _identity(draft: Draft) -> Iterator[str]:
    yield f"id: {_text(draft.id)}  # by which other products name it; keep it, once published"
    yield f"display_name: {_text(_words(draft.name) or draft.id)}"
    yield f"type: {draft.type.value}  # {_TYPE_WORDS[draft.type]}"
    yield f"domain: {_text(draft.domain)}  # {draft.domain_from.value}; is it called so in DataHub?"
    description = _words(draft.description)
    if not description:
        yield "# description: What is it, of what is there one row each, what is it good for?"
        return
    yield "description: >-"
    yield from (f"  {line}" for line in _wrapped(description, _WIDTH - 2))


def _owners(owners: Iterable[Owner]) -> Iterator[str]:
    owners = tuple(owners)
    written = [owner for owner in owners if _may_be_written(owner)]
    types = {owner.type for owner in written}
    yield "# Who answers for it; a live product has a business and a technical owner."
    yield "owners:" if written else "# owners:"
    for owner in written:
        yield f"  - {{id: {_text(owner.urn)}, type: {_text(owner.type)}}}"
    for owner in owners:
        if owner not in written:
            yield f"# dbt also says {_words(owner.urn)}: who is that in DataHub?"
    for type_, question in (
        (BUSINESS_OWNER, "who says what it must show?"),
        (TECHNICAL_OWNER, "who mends it?"),
    ):
        if type_ not in types:
            yield f"  # - {{id: urn:li:corpuser:..., type: {type_}}}  # {question}"


def _may_be_written(owner: Owner) -> bool:
    known = owner.type in OWNER_TYPES or _OWNERSHIP_TYPE.fullmatch(owner.type)
    return bool(known and _OWNER.fullmatch(owner.urn)) and not _UNREADABLE.search(owner.urn)


def _assets(draft: Draft) -> Iterator[str]:
    yield "# What it consists of."
    yield "assets:"
    yield from (f"  - {_asset(ref)}" for ref in draft.assets)
    if draft.output_ports:
        yield "# Those of the assets that others are to use."
        yield "output_ports:"
        yield from (f"  - {_asset(ref)}" for ref in draft.output_ports)


def _inputs(inputs: Iterable[str]) -> Iterator[str]:
    inputs = tuple(inputs)
    if inputs:
        yield "# The products it is built on, by dbt's lineage: where one is not healthy, neither is this."
        yield "# One that it can do without: {id: ..., required: false}"
        yield "inputs:"
        yield from (f"  - {_text(id_)}" for id_ in inputs)


def _stage() -> Iterator[str]:
    yield "lifecycle: development  # `live` is the promise: then people are told when it is not healthy"
    yield "# runbook: https://...  # what to do when it is not healthy; a live product has one"
    yield "# objective: {target: 99%, window: 30d}  # how much of the time is it to be healthy?"


def _contract(draft: Draft) -> Iterator[str]:
    if draft.promises or draft.shared:
        yield "# What is promised. `impact: warning` on a promise makes breaking it a risk, not a fault."
    if draft.promises:
        yield "contract:"
    for promise in draft.promises:
        yield from (f"  {line}" for line in _promise(promise))
    for promise in draft.shared:
        yield "  # Other products read this source too. If it is this one's, add it to `assets`, and:"
        yield from (f"  # {line}" for line in _promise(promise))


def _promise(promise: DraftPromise) -> Iterator[str]:
    yield f"- asset: {_asset(promise.asset)}"
    if promise.build:
        yield "  build: true  # dbt builds it"
    if promise.all_tests:
        yield "  tests: all  # its dbt tests pass"
    elif promise.tests:
        yield "  tests:  # the others are promised above"
        yield from (f"    - {_text(name)}" for name in promise.tests)
    if promise.moves_data:
        yield "  # By when must it be ready, on which days? Put your own time and time zone:"
        yield f"  # {_READY_BY}"
    if promise.max_age:
        yield f"  freshness: {{max_age: {_age(promise)}}}  # as `dbt source freshness` checks it"
        yield "  impact: warning"


def _links(links: Iterable[Link]) -> Iterator[str]:
    shown = [
        link for link in links if _ADDRESS.fullmatch(link.url) and not _UNREADABLE.search(link.url)
    ]
    if shown:
        yield "institutional_memory:"
        yield "  elements:"
    for link in shown:
        url, words = _text(link.url), _text(_words(link.description) or link.url)
        yield f"    - {{url: {url}, description: {words}}}"


def _age(promise: DraftPromise) -> str:
    assert promise.max_age is not None
    return write_duration(promise.max_age)


def _asset(ref: AssetRef) -> str:
    """As in dbt; a version that is no number in quotes."""
    text = str(ref)
    if isinstance(ref, ModelRef) and ref.version and not _NUMBER.fullmatch(ref.version):
        text = f"{text.rpartition('=')[0]}='{ref.version}')"
    return text if _PLAIN_ASSET.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _text(text: str) -> str:
    """A scalar that every version of YAML reads as this text, within `{}` and `[]` too."""
    plain = _PLAIN.fullmatch(text) or _PLAIN_URN.fullmatch(text)
    if plain and reading(Scalar(text, 1, 1, plain=True)) is Reading.TEXT:
        return text
    return json.dumps(text, ensure_ascii=False)


def _words(text: str) -> str:
    """On one line, without what YAML refuses."""
    return " ".join(_UNREADABLE.sub(" ", text).split())


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in _wrapped(_words(text), _WIDTH - 2))


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
