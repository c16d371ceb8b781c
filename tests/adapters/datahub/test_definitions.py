"""A product comes back from the catalog as it went in."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.serialization_helper import post_json_transform
from datahub.ingestion.sink.file import write_metadata_file
from datahub.lite.sqlite_lite import SqliteLite
from datahub.metadata.schema_classes import PlatformResourceInfoClass
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.definitions import (
    DEFINITION_TYPE,
    DefinitionError,
    definition_aspect,
    product_of,
    read_definition,
    write_definition,
)
from datahub_dataproducts.adapters.datahub.metadata_files import read_events
from datahub_dataproducts.adapters.datahub.urns import definition_urn
from datahub_dataproducts.domain.assertions import (
    Assertion,
    AssertionKind,
    Deadline,
    Impact,
    MaxAge,
)
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.products import (
    Asset,
    BurnRule,
    DataProduct,
    Input,
    Lifecycle,
    Link,
    Objective,
    Owner,
    ProductType,
)
from datahub_dataproducts.domain.schedules import Schedule

URN = "urn:li:platformResource:d1"
REVENUE = DataProduct(
    id="revenue",
    domain="urn:li:domain:finance",
    name="Revenü €",
    type=ProductType.METRIC,
    owners=(Owner(urn="urn:li:corpuser:ana", type="BUSINESS_OWNER"),),
    assets=(Asset(urn="urn:li:dataset:fct_revenue", name="fct_revenue", node="model.s.fct"),),
    inputs=(Input(product="attribution", required=False),),
    assertions=(
        Assertion(
            urn="urn:li:assertion:fresh",
            kind=AssertionKind.FRESHNESS,
            asset="urn:li:dataset:fct_revenue",
            asset_name="fct_revenue",
            promise="is updated daily by 08:00",
            listens_to=("urn:li:dataset:fct_revenue",),
            freshness=Deadline(schedule=Schedule((480,), "Europe/Amsterdam"), look_back=None),
        ),
        Assertion(
            urn="urn:li:assertion:charges",
            kind=AssertionKind.FRESHNESS,
            asset="urn:li:dataset:charges",
            asset_name="charges",
            promise="is at most 24 h old",
            listens_to=("urn:li:dataset:charges",),
            impact=Impact.WARNING,
            freshness=MaxAge(age=86_400_000),
        ),
    ),
    objective=Objective(target=Fraction(99, 100), window=30 * 86_400_000),
    lifecycle=Lifecycle.LIVE,
    links=(Link(url="https://example.com", description="a \u2028 line"),),
    properties=(("team", "finance"),),
)

short = st.text(max_size=6)
millis = st.integers(min_value=0, max_value=2**53)
schedules = st.builds(
    Schedule,
    times=st.lists(st.integers(0, 1439), min_size=1, max_size=3).map(tuple),
    timezone=short,
    either=st.booleans(),
    holidays=st.lists(st.dates(), max_size=2).map(tuple),
)
assertions = st.builds(
    Assertion,
    urn=short,
    kind=st.sampled_from(AssertionKind),
    asset=short,
    asset_name=short,
    promise=short,
    listens_to=st.lists(short, max_size=3).map(tuple),
    impact=st.sampled_from(Impact),
    expect_every=st.none() | millis,
    freshness=st.none()
    | st.builds(MaxAge, age=millis)
    | st.builds(Deadline, schedule=schedules, look_back=st.none() | millis),
)
products = st.builds(
    DataProduct,
    id=short,
    domain=short,
    name=st.none() | short,
    type=st.none() | st.sampled_from(ProductType),
    owners=st.lists(st.builds(Owner, urn=short, type=short), max_size=2).map(tuple),
    assets=st.none() | st.lists(st.builds(Asset, urn=short, name=short), max_size=2).map(tuple),
    inputs=st.lists(st.builds(Input, product=short, required=st.booleans())).map(tuple),
    assertions=st.lists(assertions, max_size=3).map(tuple),
    objective=st.none()
    | st.builds(
        Objective,
        target=st.fractions(0, 1),
        window=st.none() | millis,
        hours=short,
        holidays=st.lists(st.dates(), max_size=2).map(tuple),
        burn=st.lists(
            st.builds(BurnRule, rate=st.fractions(0, 100), long=millis, short=millis), max_size=2
        ).map(tuple),
    ),
    lifecycle=st.sampled_from(Lifecycle),
    links=st.lists(st.builds(Link, url=short, description=short), max_size=2).map(tuple),
    properties=st.lists(st.tuples(short, short), max_size=2).map(tuple),
    parent=st.none() | short,
    corrections=st.lists(
        st.builds(
            Correction,
            product=short,
            since=millis,
            until=millis,
            kind=st.sampled_from(CorrectionKind),
            reason=short,
            author=short,
        ),
        max_size=2,
    ).map(tuple),
)


@given(products)
def test_every_product_reads_back_as_it_was_written(product: DataProduct) -> None:
    assert read_definition(write_definition(product)) == product


@given(products)
def test_a_definition_is_ascii_for_gms_keeps_bytes_as_narrow_characters(
    product: DataProduct,
) -> None:
    assert write_definition(product).isascii()


def test_equal_products_give_equal_text_and_fractions_stay_exact() -> None:
    text = write_definition(REVENUE)
    assert text == write_definition(read_definition(text))
    assert '"target":"99/100"' in text
    assert json.loads(text)["format"] == 1
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


def test_what_an_older_writer_did_not_know_takes_its_default() -> None:
    text = '{"format":1,"product":{"id":"a","domain":"d"}}'
    assert read_definition(text) == DataProduct(id="a", domain="d")


def test_without_holidays_the_text_is_that_of_versions_without_them() -> None:
    fresh = json.loads(write_definition(REVENUE))["product"]["assertions"][0]["freshness"]
    assert fresh["schedule"].keys() == {
        *("times", "timezone", "days", "weekdays", "months", "either")
    }


def test_without_burn_rules_the_text_is_that_of_versions_without_them() -> None:
    assert json.loads(write_definition(REVENUE))["product"]["objective"] == {
        "at_risk_is_bad": False,
        "calendar": "",
        "hours": "",
        "target": "99/100",
        "window": 30 * 86_400_000,
    }


def test_without_corrections_the_text_is_that_of_versions_without_them() -> None:
    assert "corrections" not in json.loads(write_definition(REVENUE))["product"]
    correction = Correction(
        product="revenue",
        since=1,
        until=2,
        kind=CorrectionKind.PLANNED_WORK,
        reason="Migration",
        author="ana",
    )
    better = replace(REVENUE, corrections=(correction,))
    assert json.loads(write_definition(better))["product"]["corrections"] == [
        {
            "author": "ana",
            "kind": "planned_work",
            "product": "revenue",
            "reason": "Migration",
            "since": 1,
            "until": 2,
        }
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "the definition is not JSON"),
        ("[]", "the definition names no format"),
        ('{"format":true}', "the definition names no format"),
        ('{"format":2}', "format 2, this version reads up to 1; upgrade"),
        ('{"format":1}', "product is not an object"),
        ('{"format":1,"product":{"id":"a"}}', "product lacks domain"),
        (
            '{"format":1,"product":{"id":"a","domain":"d","secret":1}}',
            "product has 1 keys that this version does not know",
        ),
        ('{"format":1,"product":{"id":1,"domain":"d"}}', "product.id is not of type str"),
        (
            '{"format":1,"product":{"id":"a","domain":"d","lifecycle":"gone"}}',
            "product.lifecycle is no Lifecycle that this version knows",
        ),
        (
            '{"format":1,"product":{"id":"a","domain":"d","objective":{"target":"1/0"}}}',
            "product.objective.target is no Fraction that this version knows",
        ),
        (
            '{"format":1,"product":{"id":"a","domain":"d","properties":[["k"]]}}',
            "product.properties has 1 parts instead of 2",
        ),
        ('{"format":1,"product":{"id":"a","domain":"d","tags":{}}}', "product.tags is not a list"),
    ],
)
def test_what_is_no_definition_is_told_by_place_and_without_its_values(
    text: str, told: str
) -> None:
    with pytest.raises(DefinitionError) as error:
        read_definition(text)
    assert told in str(error.value)
    assert "secret" not in str(error.value)


def test_a_promise_of_a_form_not_known_is_told() -> None:
    document = json.loads(write_definition(REVENUE))
    document["product"]["assertions"][0]["freshness"] = {"phase_of": "the moon"}
    with pytest.raises(DefinitionError, match=r"assertions\.freshness is of no form"):
        read_definition(json.dumps(document))


def test_the_aspect_names_its_type_and_product() -> None:
    aspect = definition_aspect(REVENUE)
    assert aspect.resourceType == DEFINITION_TYPE
    assert aspect.primaryKey == "urn:li:dataProduct:revenue"
    assert aspect.validate()
    assert product_of(aspect) == REVENUE


def test_a_platform_resource_of_another_type_is_no_product() -> None:
    other = PlatformResourceInfoClass(resourceType="eventConsumerState", primaryKey="x")
    assert product_of(other) is None


def test_an_empty_definition_is_an_error() -> None:
    empty = PlatformResourceInfoClass(resourceType=DEFINITION_TYPE, primaryKey="x")
    with pytest.raises(DefinitionError, match="empty"):
        product_of(empty)


def test_the_aspect_survives_the_json_that_gms_is_sent_and_answers() -> None:
    proposal = MetadataChangeProposalWrapper(
        entityUrn=URN, aspect=definition_aspect(REVENUE)
    ).make_mcp()
    assert proposal.aspect is not None
    answered = post_json_transform(json.loads(proposal.aspect.value))
    assert product_of(PlatformResourceInfoClass.from_obj(answered)) == REVENUE


def test_the_aspect_survives_the_file_sink(tmp_path: Path) -> None:
    proposal = MetadataChangeProposalWrapper(entityUrn=URN, aspect=definition_aspect(REVENUE))
    write_metadata_file(tmp_path / "out.json", [proposal])
    [event] = read_events(tmp_path / "out.json")
    value = json.loads(event.event.aspect.value)  # type: ignore[union-attr]
    assert product_of(PlatformResourceInfoClass.from_obj(value)) == REVENUE


def test_the_aspect_survives_datahub_lite(tmp_path: Path) -> None:
    urn = definition_urn("revenue")
    lite = SqliteLite.create({"file": str(tmp_path / "catalog.db")})
    lite.write(MetadataChangeProposalWrapper(entityUrn=urn, aspect=definition_aspect(REVENUE)))
    entity = lite.get(urn, ["platformResourceInfo"], typed=True)
    lite.sqlite_client.close()
    assert entity is not None
    info = entity["platformResourceInfo"]
    assert isinstance(info, PlatformResourceInfoClass)
    assert product_of(info) == REVENUE
