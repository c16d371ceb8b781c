"""Messages: what people are shown, free of any channel's format."""

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
    linked,
    plain,
)

USERS = "urn:li:dataProduct:users"
PAGE = "https://hub.example.com/users"
PAGES = {USERS: PAGE}


def message(*blocks: object) -> Message:
    return Message(subject="s", tone=Tone.BAD, blocks=blocks, details=blocks)  # type: ignore[arg-type]


def test_what_is_in_the_catalog_is_linked_to_its_page_wherever_it_is_named() -> None:
    def whole(target: str) -> Message:
        return message(
            Headline(text="h", tone=Tone.BAD),
            Paragraph(text=USERS),
            Facts(facts=(Fact(label="l", value="v", target=target),)),
            Items(title="t", items=(Item(text="x", target=target),), more=2),
            Meter(label="m", share=Fraction(1, 2)),
            Links(links=(Link(label="l", target=target),)),
            Breaches(
                breaches=(
                    Breach(
                        title="b",
                        target=target,
                        facts=(Fact(label="l", value="v", target=target),),
                    ),
                )
            ),
        )

    assert linked(whole(USERS), PAGES.get) == whole(PAGE)


def test_an_address_stays_as_it_is() -> None:
    runbook = message(Links(links=(Link(label="Runbook", target="https://wiki.example.com/x"),)))
    assert linked(runbook, PAGES.get) == runbook


def test_what_has_no_page_is_named_without_a_link() -> None:
    known = message(Items(title="t", items=(Item(text="x", target="urn:li:dataProduct:new"),)))
    assert linked(known, PAGES.get) == message(Items(title="t", items=(Item(text="x"),)))


def test_a_link_that_leads_nowhere_is_not_shown_nor_is_one_that_runs_something() -> None:
    links = Links(
        links=(
            Link(label="a", target="urn:li:dataProduct:new"),
            Link(label="b", target="javascript:alert(1)"),
            Link(label="c", target=USERS),
        )
    )
    assert linked(message(links), PAGES.get) == message(
        Links(links=(Link(label="c", target=PAGE),))
    )
    assert linked(message(Links(links=links.links[:2])), PAGES.get) == message()


def test_a_text_alone_is_a_message_whose_subject_is_its_first_sentence() -> None:
    said = plain("Revenue is unhealthy. Owner: ana.", Tone.BAD)
    assert said.subject == "Revenue is unhealthy"
    assert said.blocks == (Paragraph(text="Revenue is unhealthy. Owner: ana."),)
    assert plain("All is well.", Tone.GOOD).subject == "All is well"
