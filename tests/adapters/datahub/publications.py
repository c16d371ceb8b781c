"""Random products for properties of what lands in the catalog."""

from fractions import Fraction

from hypothesis import strategies as st

from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.products import (
    Asset,
    DataProduct,
    Input,
    Lifecycle,
    Link,
    Objective,
    Owner,
    ProductType,
)
from tests.builders import dataset
from tests.strategies import assertions

words = st.sampled_from(["a", "b", "c", "é|`<", "d/e~f"])
texts = st.none() | words
_owners = st.builds(
    Owner,
    urn=words.map("urn:li:corpuser:{}".format),
    type=st.sampled_from(["BUSINESS_OWNER", "technical_owner", "urn:li:ownershipType:own"]),
)
_assets = words.map(lambda name: Asset(urn=dataset(name), name=name))
_objectives = st.builds(
    Objective,
    target=st.sampled_from([Fraction(99, 100), Fraction(9, 10)]),
    window=st.just(30 * DAY),
    at_risk_is_bad=st.booleans(),
)


@st.composite
def products(draw: st.DrawFn, id_: str = "users") -> DataProduct:
    """A product with some of everything, from few words, so that two have much in common."""
    assets = draw(st.none() | st.lists(_assets, max_size=3, unique_by=lambda a: a.urn).map(tuple))
    return DataProduct(
        id=id_,
        domain=draw(st.sampled_from(["urn:li:domain:d", "urn:li:domain:e"])),
        name=draw(texts),
        type=draw(st.none() | st.sampled_from(ProductType)),
        description=draw(texts),
        owners=draw(st.lists(_owners, max_size=3).map(tuple)),
        assets=assets,
        output_ports=tuple(a.urn for a in assets or () if draw(st.booleans())),
        inputs=draw(
            st.lists(
                st.builds(Input, product=words, required=st.booleans()),
                max_size=2,
                unique_by=lambda i: i.product,
            ).map(tuple)
        ),
        assertions=draw(st.lists(assertions, max_size=3, unique_by=lambda a: a.urn).map(tuple)),
        objective=draw(st.none() | _objectives),
        timezone=draw(st.sampled_from(["UTC", "Europe/Amsterdam"])),
        runbook=draw(st.sampled_from(["", "https://a", "https://b"])),
        lifecycle=draw(st.sampled_from(Lifecycle)),
        channels=draw(st.lists(words, max_size=2, unique=True).map(tuple)),
        links=draw(
            st.lists(
                st.builds(Link, url=st.sampled_from(["https://a", "https://c"]), description=words),
                max_size=2,
                unique_by=lambda link: link.url,
            ).map(tuple)
        ),
        tags=draw(st.lists(words, max_size=3).map(tuple)),
        terms=draw(st.lists(words, max_size=3).map(tuple)),
        properties=draw(
            st.dictionaries(st.sampled_from(["a", "type", "runbook"]), words, max_size=2).map(
                lambda d: tuple(d.items())
            )
        ),
        external_url=draw(texts),
        parent=draw(st.none() | st.sampled_from(["p", "q"])),
    )
