"""What a conversation has besides what was told in it: what was held back, and who takes care. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """What came and went while its channel was told nothing: of a product, from when to when."""

    product: str
    since: int
    until: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What a channel was not told, because it is not the time for it.

    Attributes:
        since: when the first of it was held back (milliseconds).
        said: ids of the products the channel was told last that the conversation is about.
        is_quiet: a mute or a silence kept it from hearing, and not only patience.
        passed: what came and went since.
        ends: keys of the conversations whose place this one took since.
    """

    since: int
    said: tuple[str, ...]
    is_quiet: bool
    passed: tuple[Passed, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledgement:
    """Somebody takes care: who, what they say of it, when (milliseconds), and if the channel knows."""

    by: str
    note: str
    at: int
    is_told: bool = False
