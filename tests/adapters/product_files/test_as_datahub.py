"""A file that DataHub's own loader takes is read here with the same content."""

import json
from pathlib import Path
from typing import Any

import pytest
from datahub.api.entities.dataproduct.dataproduct import DataProduct, Ownership
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.documents import ProductDocument
from tests.adapters.product_files.product_texts import DATAHUB_EXAMPLE, document

# What may stand between double quotes without being escaped, breaks of a line left out.
words = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=["C", "Z"]),
    min_size=1,
    max_size=12,
)
names = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
urns = names.map(lambda name: f"urn:li:dataset:(urn:li:dataPlatform:x,{name},PROD)")
owners = st.one_of(
    names,
    st.builds(
        lambda id_, type_: {"id": f"urn:li:corpuser:{id_}", "type": type_},
        names,
        st.sampled_from(["BUSINESS_OWNER", "data_steward", "urn:li:ownershipType:x"]),
    ),
)
products: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"id": names, "domain": names.map(lambda name: f"urn:li:domain:{name}")},
    optional={
        "display_name": words,
        "description": words,
        "assets": st.lists(urns, unique=True, max_size=3),
        "owners": st.lists(owners, max_size=3),
        "tags": st.lists(words.filter(lambda word: not word.startswith("urn:")), max_size=3),
        "terms": st.lists(names, max_size=3),
        "properties": st.dictionaries(
            words, words | st.integers() | st.booleans() | st.floats(0.001, 1000), max_size=3
        ),
        "external_url": names.map(lambda name: f"https://{name}.example"),
        "institutional_memory": st.fixed_dictionaries({
            "elements": st.lists(
                st.fixed_dictionaries({
                    "url": names.map(lambda name: f"http://{name}"),
                    "description": words,
                }),
                max_size=2,
            )
        }),
    },
)


def same(ours: ProductDocument, theirs: DataProduct) -> bool:
    memory = theirs.institutional_memory
    their_owners = [
        (owner.id, owner.type) if isinstance(owner, Ownership) else (owner, "TECHNICAL_OWNER")
        for owner in theirs.owners or []
    ]
    return (
        ours.id.value == theirs.id
        and ours.domain.value == theirs.domain
        and ours.name == theirs.display_name
        and ours.description == theirs.description
        and ours.external_url == theirs.external_url
        and ours.tags == tuple(theirs.tags or ())
        and ours.terms == tuple(theirs.terms or ())
        and dict(ours.properties) == (theirs.properties or {})
        and [(owner.id, owner.type.lower()) for owner in ours.owners]
        == [(id_, type_.lower()) for id_, type_ in their_owners]
        and (None if ours.assets is None else [str(asset.value) for asset in ours.assets])
        == theirs.assets
        and [str(port.value) for port in ours.output_ports] == (theirs.output_ports or [])
        and [(link.url, link.description) for link in ours.links]
        == [(one.url, one.description) for one in (memory and memory.elements) or []]
    )


@given(products)
def test_what_datahub_takes_is_read_alike(
    tmp_path_factory: pytest.TempPathFactory, product: dict[str, Any]
) -> None:
    file: Path = tmp_path_factory.getbasetemp() / "product.yaml"
    text = "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in product.items()
    )
    file.write_text(text, encoding="utf-8")
    assert same(document(text), DataProduct.from_yaml(file, None))  # type: ignore[arg-type]


# Their check of output ports calls what they deprecated themselves.
@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")
def test_their_own_example_is_read_alike(tmp_path: Path) -> None:
    # Without the server that knows the domain by name, and without the title its model refuses.
    text = DATAHUB_EXAMPLE.replace("Marketing", "urn:li:domain:marketing").replace(
        "- title: URL for campaign\n      description", "- description"
    )
    file = tmp_path / "product.yaml"
    file.write_text(text, encoding="utf-8")
    assert same(document(text), DataProduct.from_yaml(file, None))  # type: ignore[arg-type]
