"""Placeholders: what people write where an owner is asked for and there is none yet."""

import re

_NOBODY = frozenset({"none", "null", "nil", "n/a", "na", "tbd", "tba", "todo", "unknown", "nan"})
_PLACEHOLDER = re.compile(r"\[.*\]|<.*>|\{.*\}|[\W_]*", re.DOTALL)
_USER_OR_GROUP = re.compile("urn:li:corp(?:user|Group):")


def names_nobody(text: str) -> bool:
    """True for what stands for an owner and is none: `TBD`, `[owner]`, `@`, nothing at all."""
    bare = _USER_OR_GROUP.sub("", text.strip(), count=1).removeprefix("@").strip()
    return bare.lower() in _NOBODY or _PLACEHOLDER.fullmatch(bare) is not None
