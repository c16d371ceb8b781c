"""Messages as the outbox keeps them: plain values for JSON, exact, readable by the next version."""

from fractions import Fraction
from typing import Any, TypeVar

import msgspec

from datahub_dataproducts.domain.messages import (
    Block,
    Breaches,
    Facts,
    Headline,
    Items,
    Links,
    Message,
    Meter,
    Paragraph,
    Tone,
)

T = TypeVar("T")

_KINDS: dict[str, type[Block]] = {
    "headline": Headline,
    "paragraph": Paragraph,
    "facts": Facts,
    "items": Items,
    "meter": Meter,
    "links": Links,
    "breaches": Breaches,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def plain_values(of: object) -> Any:
    """A value of the domain as JSON can have it: enums by value, fractions as text."""
    return msgspec.to_builtins(of, enc_hook=_as_text)


def value_of(fields: object, kind: type[T]) -> T:
    """The value again; `ValueError` for what `plain_values` did not make of one."""
    try:
        return msgspec.convert(fields, kind, dec_hook=_of_text)
    except msgspec.ValidationError as problem:
        raise ValueError(str(problem)) from problem


def write_message(message: Message) -> dict[str, Any]:
    """The message, each block with its kind."""
    return {
        "subject": message.subject,
        "tone": message.tone.value,
        "blocks": [_write_block(one) for one in message.blocks],
        "details": [_write_block(one) for one in message.details],
    }


def read_message(fields: dict[str, Any]) -> Message:
    """The message again; `ValueError` or `KeyError` for what `write_message` did not write."""
    return Message(
        subject=fields["subject"],
        tone=Tone(fields["tone"]),
        blocks=tuple(_read_block(one) for one in fields["blocks"]),
        details=tuple(_read_block(one) for one in fields["details"]),
    )


def _write_block(block: Block) -> dict[str, Any]:
    return {"block": _NAMES[type(block)], **plain_values(block)}


def _read_block(fields: dict[str, Any]) -> Block:
    said = dict(fields)
    return value_of(said, _KINDS[said.pop("block")])


def _as_text(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    msg = f"{type(value).__name__} is no part of a letter"
    raise NotImplementedError(msg)


def _of_text(kind: type, text: Any) -> Any:
    if kind is Fraction:
        return Fraction(text)
    msg = f"{kind.__name__} is no part of a letter"
    raise NotImplementedError(msg)
