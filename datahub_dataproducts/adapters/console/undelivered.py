"""Letters that did not arrive, as text and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from datahub_dataproducts.adapters.console.words import one_line, say_moment
from datahub_dataproducts.application.outbox_ports import KeptLetter


def letters_as_text(letters: Sequence[KeptLetter], zone: str) -> str:
    """One line a letter, in the order of writing."""
    return "\n".join(_line(one, zone) for one in letters) or "No letter waits, and none was refused"


def letters_as_json(letters: Sequence[KeptLetter]) -> str:
    """For programs: instants are milliseconds."""
    return json.dumps([asdict(one) for one in letters], indent=2)


def _line(letter: KeptLetter, zone: str) -> str:
    about = f" of {letter.thread}" if letter.thread else ""
    fate = "refused, due" if letter.is_refused else "waits for"
    told = f"#{letter.id} to {letter.channel}{about}: {fate} {say_moment(letter.due_at, zone)}"
    if letter.attempts:
        told += f", {letter.attempts} failed"
    return one_line(f"{told}: {letter.reason}" if letter.reason else told)
