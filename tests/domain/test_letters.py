"""Letters to people: what makes each one, and what a channel shows of it."""

from dataclasses import replace

from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Affected, Announcement, Digest, Why
from datahub_dataproducts.domain.messages import Tone, plain

REVENUE = Affected(product="revenue", title="Revenue", type="", health=Health.HEALTHY, since=None)
NEWS = Announcement(
    product="revenue",
    domain="",
    at=1,
    timezone="UTC",
    why=Why.CLOSED,
    health=Health.HEALTHY,
    text="Revenue is healthy again. All is well.",
    conversation="users@7",
    sequence=3,
    recovered=(REVENUE,),
)
DIGEST = Digest(
    day="2026-03-03", at=1, timezone="UTC", text="All is well.", message=plain("x", Tone.GOOD)
)


def test_a_letter_is_one_by_its_conversation_and_number_a_digest_by_its_day() -> None:
    assert (NEWS.id, DIGEST.id) == ("users@7 3", "digest 2026-03-03")


def test_a_conversation_is_over_when_nobody_is_left_in_it() -> None:
    assert NEWS.is_last
    assert not replace(NEWS, affected=(REVENUE,)).is_last
    assert not replace(NEWS, why=Why.OPENED).is_last


def test_of_a_letter_without_a_message_the_text_is_shown() -> None:
    assert NEWS.shown == plain(NEWS.text, Tone.GOOD)
    said = plain("x", Tone.BAD)
    assert replace(NEWS, message=said).shown == said
    assert DIGEST.shown == DIGEST.message
