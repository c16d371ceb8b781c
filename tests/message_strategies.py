"""Any message, for the properties of formats."""

from hypothesis import strategies as st

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
from tests.messages_by_hand import NASTY

TEXTS = st.one_of(st.text(max_size=40), st.just(NASTY), st.just("long " * 900))
TARGETS = st.one_of(
    st.just(""), TEXTS.map(lambda text: f"https://hub.example.com/{text}".replace("\n", ""))
)
TONES = st.sampled_from(Tone)
SHARES = st.one_of(st.none(), st.fractions(min_value=-2, max_value=1))


def _some(of: st.SearchStrategy, most: int = 12) -> st.SearchStrategy:  # type: ignore[type-arg]
    return st.lists(of, max_size=most).map(tuple)


FACTS = st.builds(
    Fact, label=TEXTS, value=TEXTS, target=TARGETS, people=_some(TEXTS, 2), is_code=st.booleans()
)
BLOCKS = st.one_of(
    st.builds(Headline, text=TEXTS, tone=TONES),
    st.builds(Paragraph, text=TEXTS),
    st.builds(Facts, facts=_some(FACTS)),
    st.builds(
        Items,
        title=TEXTS,
        items=_some(st.builds(Item, text=TEXTS, note=TEXTS, tone=TONES, target=TARGETS), 30),
        more=st.integers(min_value=0, max_value=9_999),
    ),
    st.builds(Meter, label=TEXTS, share=SHARES, days=_some(SHARES, 60)),
    st.builds(Links, links=_some(st.builds(Link, label=TEXTS, target=TARGETS), 30)),
    st.builds(
        Breaches,
        breaches=_some(st.builds(Breach, title=TEXTS, facts=_some(FACTS), target=TARGETS)),
        more=st.integers(min_value=0, max_value=9_999),
    ),
)
MESSAGES = st.builds(
    Message, subject=TEXTS, tone=TONES, blocks=_some(BLOCKS, 8), details=_some(BLOCKS, 4)
)
