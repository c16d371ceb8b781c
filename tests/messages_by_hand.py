"""Messages as people get them, made by hand, for the tests of every format; addresses for targets.

`LETTERS` has them all by name. Formats keep what they make of each as golden files of these names.
"""

from fractions import Fraction

from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Affected, Announcement, Digest, ToPeople, Why
from datahub_dataproducts.domain.messages import (
    Block,
    Breach,
    Breaches,
    Fact,
    Facts,
    Headline,
    Item,
    Items,
    Link,
    Links,
    Message,
    Meter,
    Paragraph,
    Tone,
)
from tests.builders import AMSTERDAM, at

HUB = "https://hub.example.com"
RUNBOOK = Link(label="Runbook of Users", target="https://wiki.example.com/users#stale")
IN_DATAHUB = (
    Link(label="Revenue in DataHub", target=f"{HUB}/dataProduct/revenue/"),
    Link(label="Users in DataHub", target=f"{HUB}/dataProduct/users/"),
)
OWNER = Fact(
    label="Owner of Users",
    value="Data Platform, Jane Roe",
    people=("urn:li:corpGroup:data-platform", "urn:li:corpuser:jane.roe@example.com"),
)
STALE = Breach(
    title="dim_users is updated every day by 08:00 Europe/Amsterdam",
    facts=(
        Fact(label="Found", value="dim_users is not fresh"),
        Fact(label="Since", value="today 08:00"),
        Fact(label="Last update", value="yesterday 06:02"),
        Fact(
            label="Asset",
            value="urn:li:dataset:(urn:li:dataPlatform:postgres,shop.core.dim_users,PROD)",
            target=f"{HUB}/dataset/dim_users/",
            is_code=True,
        ),
        Fact(label="Run", value="5d3c1f9e-3c1b-4f52-9d0c-1f1de1d7c0aa", is_code=True),
        Fact(label="Assertion", value="urn:li:assertion:freshness-dim-users", is_code=True),
        Fact(label="Path", value="Revenue > Users > dim_users"),
    ),
    target=f"{HUB}/dataset/dim_users/Quality/List?assertion_urn=freshness-dim-users",
)
FAILED = Breach(
    title="dim_users passes unique_dim_users_user_id",
    facts=(
        Fact(label="Found", value="dim_users does not pass unique_dim_users_user_id"),
        Fact(label="Since", value="today 08:31"),
        Fact(
            label="Test in dbt",
            value="test.shop.accepted_values_dim_users_plan__free__pro.7f2a",
            is_code=True,
        ),
        Fact(label="Run", value="8a1be2c4-77aa-4a2b-b4a5-0a93d4b8e3c1"),
        Fact(label="Path", value="Revenue > Users > dim_users"),
    ),
    target=f"{HUB}/dataset/dim_users/Quality/List?assertion_urn=unique-dim-users",
)

_CONVERSATION = "users 2026-03-03T07:00Z"
_SENTENCES = (
    "Its input Users is not fresh: dim_users was last updated yesterday 06:02 and is due daily by "
    "08:00 Europe/Amsterdam."
)


def _item(text: str, note: str, tone: Tone = Tone.BAD) -> Item:
    return Item(text=text, note=note, tone=tone, target=f"{HUB}/dataProduct/{text.lower()}/")


def _announcement(
    sequence: int,
    why: Why,
    when: str,
    message: Message,
    *,
    health: Health = Health.UNHEALTHY,
    conversation: str = _CONVERSATION,
) -> Announcement:
    is_over = why in {Why.CLOSED, Why.SEEN_AGAIN}
    revenue = Affected(
        product="revenue",
        title="Revenue",
        type="metric",
        health=health,
        since=at("2026-03-03 08:00"),
    )
    return Announcement(
        product="revenue",
        domain="urn:li:domain:finance",
        at=at(when),
        timezone=AMSTERDAM,
        why=why,
        health=health,
        text=f"{message.subject}.",
        conversation=conversation,
        sequence=sequence,
        affected=() if is_over else (revenue,),
        recovered=(revenue,) if is_over else (),
        message=message,
    )


def _bad(*blocks: Block, breaches: tuple[Breach, ...], more: int = 0) -> Message:
    subject = "Revenue is unhealthy because of Users"
    return Message(
        subject=subject,
        tone=Tone.BAD,
        blocks=(Headline(text=subject, tone=Tone.BAD), *blocks),
        details=(Breaches(breaches=breaches, more=more),),
    )


_FACTS = Facts(facts=(Fact(label="Since", value="today 08:00"), OWNER))
_METER = Meter(label="Left of this month's error budget", share=Fraction(963, 1000))
_LINKS = Links(links=(RUNBOOK, *IN_DATAHUB))
_USERS = _item("Users", "building block, since today 08:00")
_ACTIVATION = _item("Activation", "metric, since today 08:40")

OPENED = _announcement(
    1,
    Why.OPENED,
    "2026-03-03 08:00",
    _bad(
        Paragraph(text=_SENTENCES),
        Items(title="Also unhealthy", items=(_USERS,)),
        _FACTS,
        _METER,
        _LINKS,
        breaches=(STALE,),
    ),
)
SECOND_CAUSE = _announcement(
    2,
    Why.CAUSE_CHANGED,
    "2026-03-03 08:31",
    _bad(
        Paragraph(text=f"{_SENTENCES} Users has duplicate users as well."),
        Items(title="Also unhealthy", items=(_USERS,)),
        _FACTS,
        _METER,
        _LINKS,
        breaches=(STALE, FAILED),
    ),
)
THIRD_PRODUCT = _announcement(
    3,
    Why.AFFECTED_CHANGED,
    "2026-03-03 08:40",
    _bad(
        Paragraph(text=f"{_SENTENCES} Users has duplicate users as well."),
        Items(title="Also unhealthy", items=(_USERS, _ACTIVATION)),
        _FACTS,
        _METER,
        _LINKS,
        breaches=(STALE, FAILED),
    ),
)
ACKNOWLEDGED = _announcement(
    4,
    Why.STILL_OPEN,
    "2026-03-03 09:10",
    _bad(
        Paragraph(text=f"{_SENTENCES} Jane Roe is looking into it since 09:05."),
        Items(title="Also unhealthy", items=(_USERS, _ACTIVATION)),
        Facts(facts=(*_FACTS.facts, Fact(label="Acknowledged", value="Jane Roe, today 09:05"))),
        _METER,
        _LINKS,
        breaches=(STALE, FAILED),
    ),
)
CLOSED = _announcement(
    5,
    Why.CLOSED,
    "2026-03-03 10:40",
    Message(
        subject="Revenue, Activation and Users have recovered after 2 h 40 min",
        tone=Tone.GOOD,
        blocks=(
            Headline(
                text="Revenue, Activation and Users have recovered after 2 h 40 min",
                tone=Tone.GOOD,
            ),
            Paragraph(text="dim_users was updated today 10:40."),
            Facts(facts=(Fact(label="Unhealthy", value="from today 08:00 to today 10:40"),)),
            _METER,
            Links(links=IN_DATAHUB),
        ),
    ),
    health=Health.HEALTHY,
)
BLINDNESS = _announcement(
    1,
    Why.BLIND,
    "2026-03-03 11:00",
    Message(
        subject="It is not known how Revenue is: the nightly run of dbt did not come",
        tone=Tone.BLIND,
        blocks=(
            Headline(
                text="It is not known how Revenue is: the nightly run of dbt did not come",
                tone=Tone.BLIND,
            ),
            Paragraph(text="This says nothing about the data."),
            Items(
                title="Not known either",
                items=(
                    _item("Users", "building block", Tone.BLIND),
                    _item("Activation", "metric", Tone.BLIND),
                ),
            ),
            Meter(label="Left of this month's error budget", share=None),
            Links(links=IN_DATAHUB),
        ),
        details=(
            Breaches(
                breaches=(
                    Breach(
                        title="fct_orders passes not_null_fct_orders_id",
                        facts=(
                            Fact(label="Found", value="no result"),
                            Fact(label="Last result", value="yesterday 06:10"),
                            Fact(label="Expected", value="every day"),
                        ),
                    ),
                )
            ),
        ),
    ),
    health=Health.UNKNOWN,
    conversation="blind 2026-03-03T10:00Z",
)

_MANY = tuple(
    _item(f"Product {number:02d}", "metric, since today 08:00") for number in range(1, 50)
)
FIFTY_AFFECTED = _announcement(
    6,
    Why.AFFECTED_CHANGED,
    "2026-03-03 08:50",
    _bad(
        Paragraph(text=_SENTENCES),
        Items(title="Also unhealthy", items=_MANY, more=1),
        _FACTS,
        _METER,
        _LINKS,
        breaches=(STALE, FAILED) * 10,
        more=3,
    ),
)

NASTY = (
    "<!channel> @here @channel & <https://evil.example.com|click> [click](javascript:alert(1)) "
    "*bold* _it_ ~no~ `code` ```block``` # head | cell \\ \"q\" 'a' {{ 7 * 7 }} ${HOME} %s "
    "<script>alert(1)</script> <@U012AB3CD> http://evil.example.com user@evil.example.com "
    "\u202egnp.exe\u202c \x07 line\r\nbreak\ttab é 漢字 👩‍👩‍👧 :tada:"
)
NASTY_TEXT = _announcement(
    1,
    Why.OPENED,
    "2026-03-03 08:00",
    Message(
        subject=NASTY,
        tone=Tone.BAD,
        blocks=(
            Headline(text=NASTY, tone=Tone.BAD),
            Paragraph(text=NASTY),
            Facts(facts=(Fact(label=NASTY, value=NASTY, target=f"{HUB}/?a=1&b=%7C|>)]<"),)),
            Items(title=NASTY, items=(Item(text=NASTY, note=NASTY, tone=Tone.RISK),)),
            Meter(label=NASTY, share=Fraction(-1, 8)),
            Links(links=(Link(label=NASTY, target=f"{HUB}/?a=1&b=%7C|>)]<"),)),
        ),
        details=(
            Breaches(
                breaches=(Breach(title=NASTY, facts=(Fact(label=NASTY, value=NASTY),)),),
            ),
        ),
    ),
    conversation="nasty <!channel>",
)

_BAD_DAY = (
    Headline(text="Finance, Tuesday 3 March: 2 of 12 products are unhealthy", tone=Tone.BAD),
    Items(
        title="Newly unhealthy",
        items=(_item("Revenue", "because of Users, since today 08:00, runbook below"),),
    ),
    Items(
        title="Still unhealthy",
        items=(_item("Invoices", "day 3, owner Finance Data, runbook below"),),
    ),
    Items(
        title="Recovered",
        items=(_item("Activation", "was unhealthy from 01:00 to 02:10", Tone.GOOD),),
    ),
    Items(
        title="About to break",
        items=(_item("Churn", "12.0 % of this month's error budget left", Tone.RISK),),
    ),
    Items(title="Not known", items=(_item("Events", "no result since Monday", Tone.BLIND),)),
    Meter(
        label="Uptime of Revenue in the last 14 days",
        share=Fraction(9_871, 10_000),
        days=(
            *(Fraction(1),) * 5,
            None,
            *(Fraction(1),) * 6,
            Fraction(7, 8),
            Fraction(0),
        ),
    ),
    Links(links=(RUNBOOK, *IN_DATAHUB)),
    Paragraph(text="8 others are healthy."),
)
BAD_DAY = Digest(
    day="2026-03-03",
    at=at("2026-03-04 09:00"),
    timezone=AMSTERDAM,
    text="2 of 12 products are unhealthy.",
    message=Message(
        subject="Finance, Tuesday 3 March: 2 of 12 products are unhealthy",
        tone=Tone.BAD,
        blocks=_BAD_DAY,
        details=(Breaches(breaches=(STALE,)),),
    ),
)
QUIET_DAY = Digest(
    day="2026-03-04",
    at=at("2026-03-05 09:00"),
    timezone=AMSTERDAM,
    text="All 12 products are healthy.",
    message=Message(
        subject="Finance, Wednesday 4 March: all 12 products are healthy",
        tone=Tone.GOOD,
        blocks=(
            Headline(
                text="Finance, Wednesday 4 March: all 12 products are healthy", tone=Tone.GOOD
            ),
        ),
    ),
)

LETTERS: dict[str, ToPeople] = {
    "opened": OPENED,
    "second_cause": SECOND_CAUSE,
    "third_product": THIRD_PRODUCT,
    "acknowledged": ACKNOWLEDGED,
    "closed": CLOSED,
    "blindness": BLINDNESS,
    "fifty_affected": FIFTY_AFFECTED,
    "nasty": NASTY_TEXT,
    "bad_day": BAD_DAY,
    "quiet_day": QUIET_DAY,
}
