"""Who answers for what, as text for people, as Markdown for a page, as JSON for tools."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from datahub_dataproducts.domain.accountability import (
    SOME_OWNER,
    Accountability,
    Accountable,
    AssetDuty,
    Gap,
    ProductDuty,
)
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Lifecycle

_WORDS = {
    BUSINESS_OWNER: "business owner",
    TECHNICAL_OWNER: "technical owner",
    SOME_OWNER: "owner",
}
_LONGEST_LIST = 12
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#])")


def owners_as_text(found: Accountability) -> str:
    """A paragraph for each owner, then what lacks one, with the place and what to do."""
    paragraphs = ["\n".join(_owner_lines(owner)) for owner in found.owners]
    if not found.owners:
        paragraphs = ["Nobody is named, neither in product files nor in dbt."]
    if found.gaps:
        lines = (f"  {line}" for gap in found.gaps for line in _gap_lines(gap))
        paragraphs.append("\n".join(("Nobody answers for", *lines)))
    return "\n\n".join(paragraphs)


def owners_as_markdown(found: Accountability) -> str:
    """A table of owners, and one of what lacks one; each only if there is something in it."""
    lines = ["# Who answers for what"]
    if found.owners:
        lines += ["", "| who | as | products | assets |", "| --- | --- | --- | --- |"]
    for owner in found.owners:
        for type_ in _types(owner):
            products = ", ".join(_cell(_product(d)) for d in owner.products if d.type == type_)
            assets = ", ".join(_cell(d.name) for d in owner.assets if d.type == type_)
            who = f"{_cell(owner.name)} ({_kind(owner)})"
            lines.append(f"| {who} | {_cell(say_type(type_))} | {products} | {assets} |")
    if found.gaps:
        lines += ["", "## Nobody answers", "", "| what | lacks | where |", "| --- | --- | --- |"]
    for gap in found.gaps:
        lines.append(
            f"| {_cell(_subject(gap))} | {_with_article(_WORDS[gap.lacks])} "
            f"| {_cell(str(gap.location))} |"
        )
    return "\n".join(lines)


def owners_as_json(found: Accountability) -> str:
    """`owners` with what they answer for, and `gaps`; types are DataHub's names or URNs."""
    written = {
        "owners": [
            {
                "urn": owner.urn,
                "products": [_product_json(duty) for duty in owner.products],
                "assets": [_asset_json(duty) for duty in owner.assets],
            }
            for owner in found.owners
        ],
        "gaps": [_gap_json(gap) for gap in found.gaps],
    }
    return json.dumps(written, indent=2, ensure_ascii=False)


def say_type(type_: str) -> str:
    """An ownership type for people: `BUSINESS_OWNER` is a business owner."""
    name = type_.rpartition(":")[2]
    return _WORDS.get(type_, name.replace("_", " ").lower())


def _owner_lines(owner: Accountable) -> Iterator[str]:
    yield f"{owner.name} ({_kind(owner)})"
    for type_ in _types(owner):
        products = [_product(duty) for duty in owner.products if duty.type == type_]
        if products:
            yield f"  {say_type(type_)} of the product{'s' * (len(products) > 1)} {', '.join(products)}"
        assets = [duty for duty in owner.assets if duty.type == type_]
        for within, names in _by_product(assets).items():
            yield f"  {say_type(type_)} of {_listed(names)} {within}"


def _by_product(assets: Iterable[AssetDuty]) -> dict[str, list[str]]:
    """Names of assets by where they are, those in products first."""
    found: dict[str, list[str]] = defaultdict(list)
    for duty in sorted(assets, key=lambda d: (not d.products, d.products)):
        within = f"in {' and '.join(duty.products)}" if duty.products else "in no product"
        found[within].append(duty.name)
    return found


def _gap_lines(gap: Gap) -> Iterator[str]:
    yield f"{gap.location}: {_subject(gap)} lacks {_with_article(_WORDS[gap.lacks])}"
    yield f"  = {_remedy(gap)}"


def _remedy(gap: Gap) -> str:
    if not gap.asset:
        return f"add one of type {gap.lacks} to its `owners`"
    where = f"beside it in dbt ({gap.file})" if gap.file else "beside it in dbt"
    if gap.lacks == SOME_OWNER:
        return f"write `owner: {{email: ...}}` {where}"
    return f"write `meta: {{owner: ...}}` {where}, or give it a group that has an owner"


def _subject(gap: Gap) -> str:
    named = _named(gap.name, gap.product)
    return f"{gap.asset}, an asset of {named}," if gap.asset else named


def _product(duty: ProductDuty) -> str:
    stage = "" if duty.lifecycle is Lifecycle.LIVE else f" [{duty.lifecycle.value}]"
    return f"{_named(duty.name, duty.product)}{stage}"


def _named(name: str, id_: str) -> str:
    """The name with the id, where that is more than the name in other letters."""
    alike = re.sub(r"[\W_]", "", name).casefold() == re.sub(r"[\W_]", "", id_).casefold()
    return id_ if alike else f"{name} ({id_})"


def _listed(names: list[str]) -> str:
    more = len(names) - _LONGEST_LIST
    return f"{', '.join(names[:_LONGEST_LIST])}{f' and {more} more' * (more > 0)}"


def _types(owner: Accountable) -> list[str]:
    """As what somebody answers: business before technical before the rest."""
    types = {product.type for product in owner.products}
    types |= {asset.type for asset in owner.assets}
    return sorted(types, key=lambda t: (t != BUSINESS_OWNER, t != TECHNICAL_OWNER, t))


def _kind(owner: Accountable) -> str:
    return "group" if owner.is_group else "user"


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"


def _cell(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _product_json(duty: ProductDuty) -> dict[str, object]:
    return {
        "id": duty.product,
        "name": duty.name,
        "lifecycle": duty.lifecycle.value,
        "type": duty.type,
    }


def _asset_json(duty: AssetDuty) -> dict[str, object]:
    return {
        "node": duty.node,
        "name": duty.name,
        "kind": duty.kind,
        "type": duty.type,
        "products": list(duty.products),
    }


def _gap_json(gap: Gap) -> dict[str, object]:
    return {
        "product": gap.product,
        "asset": gap.asset or None,
        "lacks": gap.lacks,
        **_place(gap.location),
        "suggestion": _remedy(gap),
    }


def _place(location: Location) -> dict[str, object]:
    return {"file": location.file, "line": location.line, "column": location.column}
