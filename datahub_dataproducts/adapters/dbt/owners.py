"""Owners as people write them in dbt: handles, e-mails, team slugs, URNs, lists and mappings.

dbt gives `meta` no form. What is read here: a text, several separated by commas, a list, or a
mapping with `id`, `email` or `name` (and perhaps `type`), under `owner`, `owners`,
`technical_owner` or `business_owner`.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Owner

_TYPE_OF_KEY = {
    "owner": TECHNICAL_OWNER,
    "owners": TECHNICAL_OWNER,
    "technical_owner": TECHNICAL_OWNER,
    "business_owner": BUSINESS_OWNER,
}
_TYPE_OF_WORDS = {
    "TECHNICAL_OWNER": TECHNICAL_OWNER,
    "TECHNICAL": TECHNICAL_OWNER,
    "BUSINESS_OWNER": BUSINESS_OWNER,
    "BUSINESS": BUSINESS_OWNER,
    "DATA_STEWARD": "DATA_STEWARD",
}
_NOBODY = frozenset({"none", "null", "nil", "n/a", "na", "tbd", "tba", "todo", "unknown", "nan"})
_PLACEHOLDER = re.compile(r"\[.*\]|<.*>|\{.*\}|[\W_]*", re.DOTALL)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What DataHub percent-encodes within a URN.
_RESERVED = re.compile("[,()␟]")


def owners_in_meta(*metas: object) -> tuple[Owner, ...]:
    """The owners that `meta` and `config.meta` name; of a key in both, the first with a value wins.

    `owner` and `owners` are technical owners unless a mapping in them says another type. The order
    is that of the keys `owner`, `owners`, `technical_owner`, `business_owner`; each owner once.
    """
    mappings = [meta for meta in metas if isinstance(meta, Mapping)]
    found: dict[Owner, None] = {}
    for key, type_ in _TYPE_OF_KEY.items():
        written = next((m[key] for m in mappings if m.get(key) is not None), None)
        found.update(dict.fromkeys(owners_in(written, type_)))
    return tuple(found)


def owners_of_group(owner: object) -> tuple[Owner, ...]:
    """The owner of a dbt group: its e-mail, which says who it is, else its name."""
    return tuple(owners_in(owner, TECHNICAL_OWNER))


def owners_in(written: object, type_: str) -> Iterator[Owner]:
    """The owners in a value of any form; what names nobody gives none."""
    if isinstance(written, str):
        texts = [written] if written.strip().startswith("urn:li:") else written.split(",")
        urns = (owner_urn(text) for text in texts)
        yield from (Owner(urn=urn, type=type_) for urn in urns if urn)
    elif isinstance(written, Mapping):
        names = (_present(written.get(key)) for key in ("id", "email", "name"))
        yield from owners_in(next((n for n in names if n), None), _type_in(written, type_))
    elif isinstance(written, list | tuple):
        for entry in written:
            if isinstance(entry, str | Mapping):
                yield from owners_in(entry, type_)


def owner_urn(text: str) -> str | None:
    """The URN of one owner, None for a placeholder.

    A URN of a user or group stays; `@handle` and an e-mail (kept whole) are users; any other text
    names a group.
    """
    name = text.strip()
    if name.startswith("urn:li:"):
        return name if name.startswith(("urn:li:corpuser:", "urn:li:corpGroup:")) else None
    if name.lower() in _NOBODY or _PLACEHOLDER.fullmatch(name):
        return None
    if name.startswith("@"):
        return f"urn:li:corpuser:{_encoded(name[1:].strip())}"
    kind = "corpuser" if _EMAIL.fullmatch(name) else "corpGroup"
    return f"urn:li:{kind}:{_encoded(name)}"


def _present(written: object) -> object:
    """The value, or None where it names nobody, so that the next key gets its turn."""
    return written if any(owners_in(written, TECHNICAL_OWNER)) else None


def _type_in(written: Mapping[str, object], type_: str) -> str:
    said = written.get("type")
    if not isinstance(said, str):
        return type_
    if said.startswith("urn:li:ownershipType:"):
        return said
    return _TYPE_OF_WORDS.get(re.sub(r"[\s-]+", "_", said.strip().upper()), type_)


def _encoded(name: str) -> str:
    return _RESERVED.sub(lambda found: quote(found[0]), name)
