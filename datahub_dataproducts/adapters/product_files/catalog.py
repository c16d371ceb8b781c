"""What DataHub shows of a product beside its promises: domain, tags, terms, links, properties."""

import re

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.asset_refs import check_urn
from datahub_dataproducts.adapters.product_files.fields import Fields, known_keys, text_of, told
from datahub_dataproducts.adapters.product_files.findings import shown
from datahub_dataproducts.adapters.product_files.nodes import Entry, Mapping, Scalar
from datahub_dataproducts.adapters.product_files.scalars import is_nothing, text_of_property
from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.products import Link

_LINK_KEYS = known_keys("url", "description", "title")
_MEMORY_KEYS = known_keys("elements")
_URL = re.compile(r"https?://[^\s/?#]\S*|mailto:[^\s@]+@[^\s@]+", re.IGNORECASE)


def named(fields: Fields, key: str, type_: str) -> str | None:
    """A name, or a URN of one entity type."""
    text = fields.text(key)
    return None if text is None or not is_named(text, type_, fields, key) else text.value


def names(fields: Fields, key: str, type_: str) -> tuple[str, ...]:
    """Names, or URNs of one entity type."""
    return tuple(text.value for text in fields.texts(key) if is_named(text, type_, fields, key))


def url(fields: Fields, key: str) -> str | None:
    """An address people can follow."""
    text = fields.text(key)
    return None if text is None else _address(text, fields, key)


def _address(text: Marked[str], fields: Fields, key: str) -> str | None:
    if _URL.fullmatch(text.value):
        return text.value
    fields.findings.error(
        codes.BAD_URL,
        fields.value(key),
        f"{fields.name(key)} is {shown(text.value)}, which is no address to follow",
        "write one that begins with https://, http:// or mailto:",
    )
    return None


def links(product: Fields) -> tuple[Link, ...]:
    """The links of `institutional_memory`; a title stands in for a description."""
    memory = product.mapping("institutional_memory", _MEMORY_KEYS, "{elements: [...]}")
    found: list[Link] = []
    for node in memory.items("elements") if memory else ():
        if not isinstance(node, Mapping):
            product.findings.error(
                codes.WRONG_KIND,
                node,
                f"a link is a mapping, not {told(node)}",
                "write `{url: https://..., description: ...}`",
            )
            continue
        fields = Fields(node, _LINK_KEYS, product.findings, "elements")
        written = fields.required_text("url", "https://...")
        address = None if written is None else _address(written, fields, "url")
        title = fields.text("title")
        description = fields.text("description") or title
        if not fields.given("description", "title"):
            fields.required_text("description", "...")
        elif description is not None and address is not None:
            found.append(Link(url=address, description=description.value))
    return tuple(found)


def properties(product: Fields) -> tuple[tuple[str, str], ...]:
    """Custom properties; numbers, true and false become the text that DataHub makes of them."""
    node = product.node("properties")
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        product.wrong_kind("properties", node, "a mapping", "write `properties: {name: value}`")
        return ()
    found = ((_property_name(entry, product), entry) for entry in node.entries.values())
    return tuple((name, _property_text(entry, product)) for name, entry in found)


def _property_name(entry: Entry, product: Fields) -> str:
    text = text_of(entry.key, "the name of a property", product.findings)
    return "" if text is None else text.value


def _property_text(entry: Entry, product: Fields) -> str:
    key, value = entry
    name = f"the property {shown(key.text)}"
    if not isinstance(value, Scalar):
        product.findings.error(
            codes.WRONG_KIND, value, f"{name} is text, not {told(value)}", "write one value"
        )
        return ""
    text = text_of_property(value)
    if text is None:
        text_of(value, name, product.findings)
        return value.text
    if is_nothing(value):
        product.findings.warning(
            codes.NO_VALUE,
            key,
            f'{name} has no value, and DataHub shows that as "None"',
            'write its value, or "" for none',
        )
    return text


def is_named(text: Marked[str], type_: str, fields: Fields, key: str) -> bool:
    """True for a name, or a URN of one entity type; what else it is, is told."""
    at = fields.value(key)
    if not text.value.strip():
        fields.findings.error(
            codes.MISSING, at, f"{fields.name(key)} has an empty name", "fill it in or take it out"
        )
        return False
    if text.value.startswith("urn:"):
        return check_urn(text.value, type_, at, fields.name(key), fields.findings)
    return True
