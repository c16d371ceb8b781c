"""What each format makes of the letters made by hand, kept as files; `make goldens` makes them anew.

A format is one entry of `FORMATS`; its files are in `golden/<name>` beside the tests of its adapter.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from pathlib import Path

from datahub_dataproducts.adapters.console.message import message_as_text
from datahub_dataproducts.adapters.console.message_markdown import message_as_markdown
from datahub_dataproducts.adapters.mail.letter import Envelope, footer_of, mail_of
from datahub_dataproducts.adapters.mail.template import MailTemplate
from datahub_dataproducts.adapters.slack.blocks import block_kit, fallback, with_details
from datahub_dataproducts.adapters.teams.cards import card_of, envelope
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


def _as_message_and_thread(letter: ToPeople) -> str:
    message = letter.shown
    called = {"urn:li:corpuser:jane.roe@example.com": "U0JANEROE"}
    shown = {
        "text": fallback(message),
        "blocks": block_kit(message.blocks, called),
        "thread": block_kit(message.details, called),
    }
    return indented(json.dumps(shown).encode())


def _as_one_message(letter: ToPeople) -> str:
    shown = {"text": fallback(letter.shown), "blocks": with_details(letter.shown)}
    return indented(json.dumps(shown).encode())


def _as_card(letter: ToPeople) -> str:
    return indented(envelope(card_of(letter.shown, is_technical=True)))


def indented(written: bytes) -> str:
    """JSON as people read it."""
    return f"{json.dumps(json.loads(written), indent=2, ensure_ascii=False)}\n"


ENVELOPE = Envelope(
    sender="health@example.com",
    sender_name="Data products",
    recipients=("ann@example.com", "bob@example.com"),
    channel="finance",
)


def as_html(letter: ToPeople, *, is_technical: bool = True) -> str:
    """The HTML of a mail, as our own template makes it."""
    footer = footer_of(dispatch_of(letter), ENVELOPE)
    return MailTemplate().html_of(letter.shown, is_technical=is_technical, footer=footer)


def _as_mail(letter: ToPeople) -> str:
    """The mail without its HTML, which is a format of its own; sent when it became so."""
    at_once = replace(dispatch_of(letter), at=letter.at)
    written = mail_of(at_once, ENVELOPE, "<p>HTML</p>", is_technical=True)
    mail = message_from_bytes(written, policy=policy.default)
    headers = "".join(f"{name}: {value}\n" for name, value in mail.items())
    text = mail.get_body(("plain",))
    assert text is not None
    content: str = text.get_content()
    return f"{headers}\n{content}".replace("\r\n", "\n")


def _as_markdown(letter: ToPeople) -> str:
    return message_as_markdown(letter.shown, is_technical=True)


def _as_text(letter: ToPeople) -> str:
    return message_as_text(letter.shown, is_technical=True, width=100)


FORMATS = {
    "markdown": Format(adapter="console", suffix=".md", made_of=_as_markdown),
    "terminal": Format(adapter="console", suffix=".txt", made_of=_as_text),
    "html": Format(adapter="mail", suffix=".html", made_of=as_html),
    "business": Format(
        adapter="mail", suffix=".html", made_of=lambda one: as_html(one, is_technical=False)
    ),
    "mail": Format(adapter="mail", suffix=".txt", made_of=_as_mail),
    "bot": Format(adapter="slack", suffix=".json", made_of=_as_message_and_thread),
    "webhook": Format(adapter="slack", suffix=".json", made_of=_as_one_message),
    "card": Format(adapter="teams", suffix=".json", made_of=_as_card),
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
