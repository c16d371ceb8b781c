"""Marks of letters: short names by which receivers tell one letter from another. Pure."""

from hashlib import sha256

_LENGTH = 32


def mark_of(letter_id: str, sender: str) -> str:
    """A mark of 32 hexadecimal digits, the same whenever the same letter of a sender is sent.

    Ids of letters have in them what people named; a mark may stand in a header, an address or a
    signature. `sender` tells apart the letters of several channels and deployments.
    """
    return sha256(f"{sender}\n{letter_id}".encode()).hexdigest()[:_LENGTH]
