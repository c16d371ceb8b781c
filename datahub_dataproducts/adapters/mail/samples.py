"""Messages to try a template on: every kind of block, full and empty."""

from fractions import Fraction

from datahub_dataproducts.domain.messages import (
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

_PAGE = "https://datahub.example.com/"
_FACT = Fact(label="Since", value="today 08:00", target=_PAGE)
_ITEMS = tuple(Item(text="Users", note="building block", tone=tone, target=_PAGE) for tone in Tone)

SAMPLES = (
    Message(
        subject="Revenue is unhealthy because of Users",
        tone=Tone.BAD,
        blocks=(
            Headline(text="Revenue is unhealthy because of Users", tone=Tone.BAD),
            Paragraph(text="Its input Users is not fresh."),
            Facts(facts=(_FACT, Fact(label="Owner", value="Data Platform"))),
            Items(title="Also unhealthy", items=_ITEMS, more=47),
            Meter(
                label="Left of the error budget",
                share=Fraction(1, 3),
                days=(None, Fraction(0), Fraction(1, 2), Fraction(1)),
            ),
            Links(links=(Link(label="Runbook", target=_PAGE),)),
        ),
        details=(
            Breaches(breaches=(Breach(title="Fresh", facts=(_FACT,), target=_PAGE),), more=3),
        ),
    ),
    Message(
        subject="",
        tone=Tone.PLAIN,
        blocks=(
            Headline(text="", tone=Tone.PLAIN),
            Paragraph(text=""),
            Facts(facts=()),
            Items(title="", items=(Item(text=""),)),
            Meter(label="", share=None),
            Meter(label="", share=Fraction(-1)),
            Links(links=()),
            Breaches(breaches=()),
        ),
    ),
    Message(subject="All products are healthy", tone=Tone.GOOD, blocks=()),
)
