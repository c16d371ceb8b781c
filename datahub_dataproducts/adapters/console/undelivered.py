"""Letters that did not arrive, as text and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from shlex import quote

from datahub_dataproducts.adapters.console.words import counted, one_line, say_moment_and_zone
from datahub_dataproducts.application.outbox_ports import KeptLetter
from datahub_dataproducts.domain.receipts import Rest


def letters_as_text(
    letters: Sequence[KeptLetter], rests: Mapping[str, Rest], zone: str, now: int
) -> str:
    """A line for each channel, one for each letter in the order of writing, and what to do.

    `rests` are those of the channels; times are read in `zone` (IANA name).
    """
    if not letters:
        return "No letter waits, and none was refused"
    refusing = sorted({one.channel for one in letters if one.is_refused})
    lines = [
        *_totals(letters, rests, zone, now),
        *(_line(one, zone) for one in letters),
        *(f"To send what {name} refused once more: {_again(name)}" for name in refusing),
    ]
    return "\n".join(map(one_line, lines))


def letters_as_json(letters: Sequence[KeptLetter]) -> str:
    """For programs: instants are milliseconds."""
    return json.dumps([asdict(one) for one in letters], indent=2)


def _totals(
    letters: Sequence[KeptLetter], rests: Mapping[str, Rest], zone: str, now: int
) -> Iterator[str]:
    counts = Counter((one.channel, one.is_refused) for one in letters)
    for channel in sorted({one.channel for one in letters}):
        waiting, refused = counts[channel, False], counts[channel, True]
        said = [f"{counted(waiting, 'letter')} to be sent"] if waiting else []
        said += [f"{refused:,} refused"] if refused else []
        rest = rests.get(channel)
        if rest is not None and rest.failures and rest.until > now:
            said.append(f"asked again {say_moment_and_zone(rest.until, zone)}")
        yield f"{channel}: {', '.join(said)}"


def _line(letter: KeptLetter, zone: str) -> str:
    about = f" of {letter.thread}" if letter.thread else ""
    at = say_moment_and_zone(letter.due_at, zone)
    if letter.is_refused:
        fate = f"refused, it was due {at}"
    elif letter.attempts:
        fate = f"tried {counted(letter.attempts, 'time')}, next {at}"
    else:
        # What is to be sent once more keeps the reason for which it was refused.
        fate = f"{'refused before' if letter.reason else 'not tried yet'}, due since {at}"
    told = f"#{letter.id} to {letter.channel}{about}: {fate}"
    return f"{told}: {letter.reason}" if letter.reason else told


def _again(channel: str) -> str:
    return f"datahub-dataproducts store letters --retry --channel {quote(channel)}"
