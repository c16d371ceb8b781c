"""Owners as people write them in dbt: handles, e-mails, team slugs, URNs, lists and mappings.

dbt gives `meta` no form. What is read here: a text, several separated by commas or line ends, a
list, or a mapping with `id`, `email` or `name` (and perhaps `type`), under the keys that the rules
name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import quote

from datahub_dataproducts.domain.placeholders import names_nobody
from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Owner

OWNER_KEYS: Mapping[str, tuple[str, ...]] = {
    TECHNICAL_OWNER: (
        "owner",
        "owners",
        "technical_owner",
        "technical_owners",
        "tech_owner",
        "tech-owner",
        "owner_team",
        "datahub.owners",
        "dagster.owners",
    ),
    BUSINESS_OWNER: ("business_owner", "business_owners", "data_owner"),
    "DATA_STEWARD": ("data_steward",),
}
"""Where owners are looked for unless the recipe says otherwise: the keys seen in public projects."""

_TYPE_OF_WORDS = {
    "TECHNICAL_OWNER": TECHNICAL_OWNER,
    "TECHNICAL": TECHNICAL_OWNER,
    "BUSINESS_OWNER": BUSINESS_OWNER,
    "BUSINESS": BUSINESS_OWNER,
    "DATA_STEWARD": "DATA_STEWARD",
}
_SEPARATOR = re.compile(r"[,\n\r]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What DataHub percent-encodes within a URN.
_RESERVED = re.compile("[,()␟]")


class OwnerKind(Enum):
    """What an owner is in DataHub; the value is the type in its URN."""

    USER = "corpuser"
    GROUP = "corpGroup"


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerRules:
    """Where owners are found and what they become.

    Attributes:
        keys: of `meta`, by ownership type; a dot leads into a mapping (`dagster.owners`).
        kinds: patterns that the whole text must match, with what such an owner is; the first that
            does decides. Without one, `@handle` and e-mails are users, all else is a group.
        strip_user_ids_from_email: users are the local part of their e-mail, as in DataHub's dbt
            source under the same name; e-mails of groups stay whole.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: OWNER_KEYS)
    kinds: tuple[tuple[re.Pattern[str], OwnerKind], ...] = ()
    strip_user_ids_from_email: bool = False


@dataclass(frozen=True, slots=True)
class Owned:
    """What a piece of dbt's YAML says of owners: those it names, and texts that name nobody."""

    owners: tuple[Owner, ...] = ()
    nobodies: tuple[str, ...] = ()

    @property
    def has_technical(self) -> bool:
        """True where somebody answers for how it is built."""
        return any(owner.type == TECHNICAL_OWNER for owner in self.owners)

    def and_then(self, other: "Owned") -> "Owned":
        """Both, each owner and each text once."""
        if not (self.owners or self.nobodies):
            return other
        if not (other.owners or other.nobodies):
            return self
        return Owned(
            tuple(dict.fromkeys(self.owners + other.owners)),
            tuple(dict.fromkeys(self.nobodies + other.nobodies)),
        )


NO_OWNERS = Owned()


class OwnerReader:
    """Reads owners by the rules of one recipe."""

    def __init__(self, rules: OwnerRules) -> None:
        self._rules = rules
        self._keys = [
            (type_, tuple(key.split("."))) for type_, keys in rules.keys.items() for key in keys
        ]
        self._known: dict[tuple[str, str], Owned] = {}
        self._heads = {name for _, path in self._keys for name in (path[0], ".".join(path))}

    def in_meta(self, *metas: object) -> Owned:
        """The owners that `meta` and `config.meta` name; of a key in both, the first with a value wins.

        The order is that of the rules' keys. A type that a mapping in the value says counts before
        the key's.
        """
        mappings = [m for m in metas if isinstance(m, dict) and not self._heads.isdisjoint(m)]
        if mappings[1:] == mappings[:1]:
            # dbt writes the same meta in both places.
            del mappings[1:]
        found = NO_OWNERS
        for type_, path in self._keys if mappings else ():
            for meta in mappings:
                written = _below(meta, path) if len(path) > 1 else meta.get(path[0])
                if written is not None:
                    found = found.and_then(self.named(written, type_))
                    break
        return found

    def named(self, written: object, type_: str = TECHNICAL_OWNER) -> Owned:
        """The owners in a value of any form, also the `owner` of a group or an exposure.

        An e-mail says who it is before a name does. Null is nobody named; an empty text is one
        that names nobody.
        """
        if not isinstance(written, str):
            return self._named(written, type_)
        # The same few texts stand in many places.
        known = self._known.get((written, type_))
        if known is None:
            known = self._known[written, type_] = self._named(written, type_)
        return known

    def urn(self, text: str) -> str | None:
        """The URN of one owner, None for a placeholder; a URN of a user or group stays."""
        name = text.strip()
        if name.startswith("urn:li:"):
            return name if name.startswith(("urn:li:corpuser:", "urn:li:corpGroup:")) else None
        if names_nobody(name):
            return None
        kind = self._kind(name)
        name = name.removeprefix("@").strip()
        if kind is OwnerKind.USER and self._rules.strip_user_ids_from_email:
            name = name.partition("@")[0] if _EMAIL.fullmatch(name) else name
        return f"urn:li:{kind.value}:{_encoded(name)}"

    def _named(self, written: object, type_: str) -> Owned:
        owners: dict[Owner, None] = {}
        nobodies: dict[str, None] = {}
        for text, of_type in _texts(written, type_):
            urn = self.urn(text)
            if urn is None:
                nobodies[text] = None
            else:
                owners[Owner(urn=urn, type=of_type)] = None
        return Owned(tuple(owners), tuple(nobodies))

    def _kind(self, name: str) -> OwnerKind:
        for pattern, kind in self._rules.kinds:
            if pattern.fullmatch(name):
                return kind
        is_user = name.startswith("@") or _EMAIL.fullmatch(name)
        return OwnerKind.USER if is_user else OwnerKind.GROUP


def _below(meta: dict[str, object], path: tuple[str, ...]) -> object:
    """The value under a path of keys; a key that has the dots in its own name counts too."""
    written: object = meta
    for key in path:
        written = written.get(key) if isinstance(written, dict) else None
    return meta.get(".".join(path)) if written is None else written


def _texts(written: object, type_: str) -> Iterator[tuple[str, str]]:
    """Each text that stands for an owner, trimmed, with its ownership type."""
    # A list within a list is nothing that anybody means.
    for entry in written if isinstance(written, list | tuple) else [written]:
        if isinstance(entry, str):
            yield from ((part, type_) for part in _parts(entry))
        elif isinstance(entry, dict):
            of_type = _type_in(entry, type_)
            yield from ((part, of_type) for part in _named_in(entry))


def _named_in(entry: dict[str, object]) -> list[str]:
    """Of `id`, `email` and `name` the first that names somebody, else the first there is."""
    values = [parts for key in ("id", "email", "name") if (parts := _parts(entry.get(key)))]
    named = (parts for parts in values if not all(names_nobody(part) for part in parts))
    return next(named, values[0] if values else [])


def _parts(written: object) -> list[str]:
    """The texts in a text or a list of texts, separated by commas or line ends."""
    if isinstance(written, list | tuple):
        return [part for entry in written if isinstance(entry, str) for part in _parts(entry)]
    if not isinstance(written, str):
        return []
    whole = written.strip()
    parts = [whole] if whole.startswith("urn:li:") else _SEPARATOR.split(whole)
    return [part.strip() for part in parts if part.strip()] or [""]


def _type_in(written: dict[str, object], type_: str) -> str:
    said = written.get("type")
    if not isinstance(said, str):
        return type_
    if said.startswith("urn:li:ownershipType:"):
        return said
    return _TYPE_OF_WORDS.get(re.sub(r"[\s-]+", "_", said.strip().upper()), type_)


def _encoded(name: str) -> str:
    return _RESERVED.sub(lambda found: quote(found[0]), name)
