"""Standing in: which letter is sent for all that waits of a thread, and of threads that it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from datahub_dataproducts.application.outbox_ports import DueLetter, Outbox
from datahub_dataproducts.domain.letters import Announcement


def standing_in(
    outbox: Outbox, letter: DueLetter, thread: str, *, shows_latest: bool
) -> tuple[DueLetter, Sequence[DueLetter]] | None:
    """What is sent now, and what is never sent because of it; None: something else comes first.

    `letter` is the first that waits of its thread. What a channel would only show to replace it is
    left out (`shows_latest`), unless it may have been shown already. A thread that ends another
    waits until that is told, or is told in its place.
    """
    newest, superseded = letter, list[DueLetter]()
    if shows_latest and not letter.is_uncertain:
        line = outbox.line(letter.channel, [thread]) or [letter]
        newest, superseded = line[-1], line[:-1]
    ends = _ends_of([*superseded, newest])
    known = {thread}
    while asked := [key for key in ends if key not in known]:
        known.update(asked)
        line = outbox.line(letter.channel, asked)
        others = [one for one in line if one.id < newest.id]
        if others and (not shows_latest or any(one.is_uncertain for one in others)):
            return None
        superseded += others
        ends = list(dict.fromkeys((*ends, *_ends_of(others))))
    said = newest.letter
    if isinstance(said, Announcement):
        said = replace(said, ends=tuple(ends))
    attempts = max(one.attempts for one in (newest, *superseded))
    return replace(newest, letter=said, attempts=attempts), superseded


def ended_by(letters: Iterable[DueLetter]) -> frozenset[tuple[str, str]]:
    """Channels and threads that one of some letters ends."""
    return frozenset((one.channel, key) for one in letters for key in _ends_of([one]))


def _ends_of(letters: Iterable[DueLetter]) -> list[str]:
    said = (one.letter for one in letters)
    ends = (key for one in said if isinstance(one, Announcement) for key in one.ends)
    return list(dict.fromkeys(ends))
