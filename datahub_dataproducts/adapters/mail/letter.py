"""Letter -> a mail: headers, plain text and HTML, the same bytes for the same letter and time. Pure."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.domain.letter_marks import mark_of
from datahub_dataproducts.domain.letters import Announcement
from datahub_dataproducts.domain.message_words import MAYBE_TWICE
from datahub_dataproducts.domain.plain_text import text_of
from datahub_dataproducts.domain.receipts import Dispatch
from datahub_dataproducts.domain.schedules import say_day
from datahub_dataproducts.domain.shown_text import one_line

_LONGEST_SUBJECT = 200
_CUT = "…"


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """Who writes to whom.

    Attributes:
        sender: the address of the sender.
        sender_name: as people read it, may be empty.
        recipients: addresses.
        channel: the name of the channel, by which readers may sort.
    """

    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    channel: str

    @property
    def host(self) -> str:
        """The domain of the sender, in which ids of mails are unique."""
        return self.sender.rpartition("@")[2]


def message_id(letter_id: str, envelope: Envelope) -> str:
    """The `Message-ID` of a letter, the same whenever it is sent."""
    return f"<{mark_of(letter_id, f'{envelope.channel} {envelope.sender}')}@{envelope.host}>"


def footer_of(dispatch: Dispatch, envelope: Envelope) -> tuple[str, ...]:
    """Of when it is, if it comes late; whether it may have come before; why a reader gets it."""
    lines = [MAYBE_TWICE] if dispatch.is_uncertain else []
    if dispatch.is_late:
        letter = dispatch.letter
        lines.append(f"This is of {say_day(letter.at, dispatch.at, letter.timezone)}")
    why = f"You are among the readers of {one_line(envelope.channel)}, a channel of data products"
    return (*lines, why)


def mail_of(dispatch: Dispatch, envelope: Envelope, html: str, *, is_technical: bool) -> bytes:
    """The mail as it goes over the wire.

    The letters of a conversation refer to its first, so that mail programs show them together.
    """
    letter = dispatch.letter
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = _subject(dispatch.message.subject)
    mail["From"] = Mailbox(one_line(envelope.sender_name), addr_spec=envelope.sender)
    mail["To"] = [Mailbox(addr_spec=one) for one in envelope.recipients]
    mail["Date"] = _date(dispatch)
    own = message_id(letter.id, envelope)
    mail["Message-ID"] = own
    earlier = _earlier(dispatch, envelope)
    if earlier:
        mail["In-Reply-To"] = earlier[-1]
        mail["References"] = " ".join(earlier)
    mail["List-Id"] = f"<{mark_of(envelope.channel, envelope.sender)[:16]}.{envelope.host}>"
    # Nobody's absence is to be answered to us: RFC 3834, and Exchange's own header for it.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    footer = "\n".join(("-- ", *footer_of(dispatch, envelope)))
    text = f"{text_of(dispatch.message, is_technical=is_technical)}\n{footer}\n"
    mail.set_content(_whole(text), cte="quoted-printable")
    mail.add_alternative(_whole(html), subtype="html", cte="quoted-printable")
    # `=_` cannot occur in quoted-printable, so no text ends a part.
    mail.set_boundary(f"=_{mark_of(letter.id, own)}")
    return mail.as_bytes()


def _subject(text: str) -> str:
    subject = one_line(_whole(text))
    cut = subject[: _LONGEST_SUBJECT - 1].rstrip() + _CUT
    return subject if len(subject) <= _LONGEST_SUBJECT else cut


def _date(dispatch: Dispatch) -> str:
    """When it is sent, as everybody's mails are sorted; in the zone of its readers."""
    zone = ZoneInfo(dispatch.letter.timezone)
    return format_datetime(datetime.fromtimestamp(dispatch.at // SECOND, zone))


def _earlier(dispatch: Dispatch, envelope: Envelope) -> list[str]:
    """The first mail of the conversation and the last one before this, by their ids."""
    letter = dispatch.letter
    if not isinstance(letter, Announcement) or letter.sequence <= 1:
        return []
    first = message_id(f"{letter.conversation} 1", envelope)
    return [first] if dispatch.earlier in {"", first} else [first, dispatch.earlier]


def _whole(text: str) -> str:
    """Without halves of characters, which no encoding has."""
    return text.encode("utf-8", "replace").decode("utf-8")
