"""Outages: the catalog does not answer, said to those who mend. Pure.

It is no fault of data: health is computed all the same, and only what is to be seen in the catalog
waits. So business readers are not told.
"""

from datahub_dataproducts.domain.conversations import Conversation, Kind
from datahub_dataproducts.domain.durations import HOUR, say_duration
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import TONES, Announcement, Why
from datahub_dataproducts.domain.messages import Headline, Message, Paragraph
from datahub_dataproducts.domain.schedules import say_day

LONG = HOUR
"""How long the catalog may be away before anybody is told (milliseconds)."""
OF_NO_PRODUCT = ""
"""Stands for the product of what is about none."""
ROOTS = (OF_NO_PRODUCT,)
"""What the conversation of an outage is about; that of blindness in general is about none."""


def begun(channel: str, since: int) -> Conversation:
    """The conversation of an outage of which a channel is told."""
    return Conversation(
        channel=channel,
        key=f"datahub@{since}",
        kind=Kind.BLINDNESS,
        roots=ROOTS,
        opened_at=since,
        members=ROOTS,
        sequence=1,
    )


def said_begun(here: Conversation, zone: str, now: int) -> Announcement:
    """That the catalog has not answered for long."""
    return _letter(
        here,
        Why.BLIND,
        f"DataHub has not been reachable since {say_day(here.opened_at, now, zone)}",
        (
            "Health goes on being computed, and people are told of it. What DataHub is to show waits "
            "and is sent when it answers again."
        ),
        (zone, now),
    )


def said_over(here: Conversation, zone: str, now: int) -> Announcement:
    """That it answers again."""
    return _letter(
        here,
        Why.SEEN_AGAIN,
        f"DataHub is reachable again, after {say_duration(now - here.opened_at)}",
        "What was to be shown in it is being sent.",
        (zone, now),
    )


def _letter(
    here: Conversation, why: Why, headline: str, rest: str, when: tuple[str, int]
) -> Announcement:
    zone, now = when
    health = Health.UNKNOWN if why is Why.BLIND else Health.HEALTHY
    return Announcement(
        product=OF_NO_PRODUCT,
        domain="",
        at=here.opened_at if why is Why.BLIND else now,
        timezone=zone,
        why=why,
        health=health,
        text=f"{headline}. {rest}",
        conversation=here.key,
        sequence=here.sequence,
        message=Message(
            subject=headline,
            tone=TONES[health],
            blocks=(Headline(text=headline, tone=TONES[health]), Paragraph(text=rest)),
        ),
    )
