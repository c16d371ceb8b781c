"""Mails as they go over the wire."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.mail.letter import Envelope, footer_of, mail_of
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.letters import ToPeople
from datahub_dataproducts.domain.message_words import MAYBE_TWICE
from datahub_dataproducts.domain.messages import Message, Paragraph, Tone
from tests.kept_formats import ENVELOPE, dispatch_of
from tests.messages_by_hand import BAD_DAY, LETTERS, OPENED

HEADERS = [
    "Subject", "From", "To", "Date", "Message-ID", "List-Id", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
]  # fmt: skip


def written(letter: ToPeople, *, envelope: Envelope = ENVELOPE, html: str = "<p>Hi</p>") -> bytes:
    return mail_of(dispatch_of(letter), envelope, html, is_technical=True)


def read(mail: bytes) -> EmailMessage:
    found = message_from_bytes(mail, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content.replace("\r\n", "\n")


@given(st.text(), st.text())
def test_no_text_breaks_out_of_headers_or_parts(text: str, conversation: str) -> None:
    message = Message(subject=text, tone=Tone.BAD, blocks=(Paragraph(text=text),))
    letter = replace(OPENED, message=message, conversation=conversation)
    mail = read(written(letter, html=f"<p>{text}</p>"))
    assert mail.keys() == HEADERS
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]
    assert not mail.defects


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_name_breaks_out_of_headers(sender: str, channel: str) -> None:
    envelope = replace(ENVELOPE, sender_name=sender, channel=channel)
    mail = read(written(OPENED, envelope=envelope))
    assert mail.keys() == HEADERS
    assert mail["From"].addresses[0].addr_spec == ENVELOPE.sender


def test_the_lines_of_a_mail_are_as_short_as_smtp_wants_them() -> None:
    for letter in LETTERS.values():
        mail = written(letter, html="<p>" + "x" * 5_000 + "</p>")
        assert max(map(len, mail.split(b"\r\n"))) <= 998
        assert mail.isascii()


def test_a_digest_is_no_answer_to_another() -> None:
    assert "References" not in read(written(BAD_DAY))


def test_what_somebody_wrote_by_hand_arrives_as_it_was() -> None:
    mail = read(written(OPENED, html="<p>漢字 = é</p>"))
    assert part(mail, "html") == "<p>漢字 = é</p>\n"
    assert "Owner of Users: Data Platform, Jane Roe" in part(mail, "plain")


def test_a_mail_is_dated_when_it_is_sent_and_says_of_when_it_is_if_that_is_long_ago() -> None:
    soon = mail_of(dispatch_of(OPENED), ENVELOPE, "", is_technical=True)
    assert "This is of" not in part(read(soon), "plain")
    late = replace(dispatch_of(OPENED), at=OPENED.at + 26 * HOUR)
    mail = read(mail_of(late, ENVELOPE, "", is_technical=True))
    assert (read(soon)["Date"], mail["Date"]) == (
        "Tue, 03 Mar 2026 08:00:01 +0100",
        "Wed, 04 Mar 2026 10:00:00 +0100",
    )
    assert mail["Message-ID"] == read(soon)["Message-ID"]
    assert "\n-- \nThis is of Tue 3 Mar at 08:00\nYou are among" in part(mail, "plain")
    assert footer_of(replace(late, is_uncertain=True), ENVELOPE)[:2] == (
        MAYBE_TWICE,
        "This is of Tue 3 Mar at 08:00",
    )


def test_business_readers_get_no_details() -> None:
    mail = mail_of(dispatch_of(OPENED), ENVELOPE, "", is_technical=False)
    assert "Assertion" not in part(read(mail), "plain")


def test_half_a_character_stops_nothing() -> None:
    message = Message(subject="\ud83d!", tone=Tone.BAD, blocks=(Paragraph(text="\ud83d!"),))
    mail = read(written(replace(OPENED, message=message), html="\ud83d"))
    assert mail["Subject"] == "?!"
