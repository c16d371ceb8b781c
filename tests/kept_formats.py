"""What each format makes of the letters made by hand, kept as files; `make goldens` makes them anew.

A format is one entry of `FORMATS`; its files are in `golden/<name>` beside the tests of its adapter.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from datahub_dataproducts.adapters.webhook.event import event_of
from datahub_dataproducts.domain.letter_marks import mark_of
from datahub_dataproducts.domain.letters import ToPeople
from datahub_dataproducts.domain.receipts import Dispatch
from tests.messages_by_hand import LETTERS

ADAPTERS = Path(__file__).parent / "adapters"
ANEW = "read what has changed, aloud, and run `make goldens`"


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A format: whose it is, how its files end, and what it makes of a letter."""

    adapter: str
    suffix: str
    made_of: Callable[[ToPeople], str]


def dispatch_of(letter: ToPeople) -> Dispatch:
    """The letter on its way, a moment after it was written."""
    return Dispatch(letter=letter, message=letter.shown, at=letter.at + 1_500)


def _as_event(letter: ToPeople) -> str:
    source = "/tests"
    mark = mark_of(letter.id, source)
    event = event_of(dispatch_of(letter), mark=mark, source=source, is_technical=True)
    # Indented for those who read the file; the bytes that are sent have the same values.
    return indented(event)


def indented(written: bytes) -> str:
    """JSON as people read it."""
    return f"{json.dumps(json.loads(written), indent=2, ensure_ascii=False)}\n"


FORMATS = {
    "event": Format(adapter="webhook", suffix=".json", made_of=_as_event),
}


def kept_at(name: str, letter: str) -> Path:
    """The file of a format and a letter, by their names."""
    kind = FORMATS[name]
    return ADAPTERS / kind.adapter / "golden" / name / f"{letter}{kind.suffix}"


def main() -> None:
    """Write all files anew."""
    for name, kind in FORMATS.items():
        for letter, said in LETTERS.items():
            path = kept_at(name, letter)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(kind.made_of(said).encode("utf-8"))


if __name__ == "__main__":
    main()
