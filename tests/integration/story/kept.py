"""What is kept of the scenario: a story for each channel, and each letter in each format.

`make goldens` makes it anew (`python -m tests.integration.story`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import unified_diff
from functools import partial
from pathlib import Path

from datahub_dataproducts.adapters.datahub.links import page_of
from datahub_dataproducts.domain.letters import Announcement, Digest
from datahub_dataproducts.domain.messages import linked
from datahub_dataproducts.domain.schedules import local_time
from tests.integration.story.days import ROOT, ZONE
from tests.integration.story.reading import lines_of
from tests.integration.story.receivers import Arrival
from tests.kept_formats import FORMATS

KEPT = ROOT / "tests" / "data" / "story"
READERS = {
    "finance": "The finance channel in Slack: those who use Revenue",
    "growth": "The growth channel in Teams: those who use Activation",
    "marketing": "Mails to marketing, in office hours: those who use Attribution",
    "platform": "A channel of Slack with a webhook: those who answer for Users to the business",
    "engineering": "The engineers' channel in Slack, all products, with evidence in threads",
    "tickets": "Events for a tool that keeps tickets",
}
"""By the name of the channel in the recipe."""

_VERBS = {
    "post": "a message",
    "edit": "the message is changed",
    "reply": "in its thread",
    "card": "a card",
    "mail": "a mail",
    "event": "an event",
}
_FORMATS_KEPT = ("bot", "card", "html", "mail", "markdown", "event", "terminal")


def story(channel: str, arrivals: Sequence[Arrival]) -> str:
    """What the readers of a channel see, in order, with what has changed."""
    told = [READERS[channel], "=" * len(READERS[channel])]
    shown: dict[str, list[str]] = {}
    for arrival in arrivals:
        if arrival.channel == channel:
            told += ["", _heading(arrival), *_body(arrival, shown)]
    return "".join(f"{line}".rstrip() + "\n" for line in told)


def _heading(arrival: Arrival) -> str:
    letter = arrival.letter
    at = f"{local_time(arrival.told_at, ZONE.key):%a %-d %B %H:%M}"
    why = "digest" if isinstance(letter, Digest) else letter.why.value
    return f"-- {at}, {_VERBS[arrival.how]} ({why}) --"


def _body(arrival: Arrival, shown: dict[str, list[str]]) -> Iterator[str]:
    """All of it; of what is changed, `+` is new and `-` is gone."""
    lines = lines_of(arrival)
    before = shown.get(arrival.place, [])
    if arrival.how == "edit":
        around = len(before) + len(lines)
        # After three lines of headings.
        changed = list(unified_diff(before, lines, n=around, lineterm=""))[3:]
        yield from (f"{line[0]} {line[1:]}" for line in changed)
    else:
        yield from (f"  {line}" for line in lines)
    if arrival.how in {"post", "edit"}:
        shown[arrival.place] = lines


def letters(arrivals: Sequence[Arrival]) -> dict[str, Announcement | Digest]:
    """What engineers were told, and the digests of finance, by a name; as channels get them."""
    found: dict[str, Announcement | Digest] = {}
    for one in arrivals:
        letter = one.letter
        at = f"{local_time(one.told_at, ZONE.key):%m-%d-%H%M}"
        if isinstance(letter, Digest):
            name = f"digest-{letter.day}-{one.channel}"
        else:
            name = f"{at}-{letter.product}-{letter.why.value.replace(' ', '-')}"
        if one.channel == "engineering" or (
            one.channel == "finance" and isinstance(letter, Digest)
        ):
            message = linked(letter.shown, partial(page_of, "https://hub.example.com"))
            details = message.details if one.channel == "engineering" else ()
            found[name] = replace(letter, message=replace(message, details=details))
    return found


def everything(arrivals: Sequence[Arrival]) -> dict[Path, str]:
    """All files by their path within `KEPT`."""
    kept = {Path(f"{channel}.txt"): story(channel, arrivals) for channel in READERS}
    for name, letter in letters(arrivals).items():
        for form in _FORMATS_KEPT:
            made = FORMATS[form]
            suffix = {"terminal": ".terminal.txt"}.get(form, made.suffix)
            kept[Path(form) / f"{name}{suffix}"] = made.made_of(letter)
    return kept


def there() -> dict[Path, str]:
    """What is kept, by its path."""
    return {
        path.relative_to(KEPT): path.read_text(encoding="utf-8")
        for path in sorted(KEPT.rglob("*"))
        if path.is_file()
    }
