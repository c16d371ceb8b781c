"""Patches of a data product: what the file says is set, lists are added to, the rest is left.

The same bytes as DataHub's own patch builder gives, which takes most of the time that publishing
takes: a test holds the two against each other.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from datahub.emitter.aspect import JSON_PATCH_CONTENT_TYPE
from datahub.metadata.schema_classes import (
    ChangeTypeClass,
    GenericAspectClass,
    MetadataChangeProposalClass,
)

from datahub_dataproducts.adapters.datahub.proposals.descriptions import (
    description,
    readable_properties,
)
from datahub_dataproducts.adapters.datahub.proposals.forms import Proposal, stamp
from datahub_dataproducts.adapters.datahub.urns import (
    data_product_urn,
    ownership_type,
    tag_urn,
    term_urn,
)
from datahub_dataproducts.domain.products import DataProduct

_STAMP: dict[str, Any] = stamp().to_obj()
# By what DataHub tells the entries of a list apart: the parts of their paths, in order.
_SOURCE = "attribution\u241fsource"
_TAG_KEYS = {"tags": [_SOURCE, "tag"]}
_TERM_KEYS = {"terms": ["urn", _SOURCE]}
_OWNER_KEYS = {"owners": ["owner", "type", "typeUrn", _SOURCE]}
_LINK_KEYS = {"elements": ["url"]}
_NO_SOURCE = ""

_Operations = list[dict[str, Any]]


def product_patches(product: DataProduct, links: Mapping[str, str]) -> Iterator[Proposal]:
    """One patch an aspect, where there is anything to say; `links` are words by address.

    Assets and custom properties are set: what is taken out of the file is taken out of the
    product. Other values that the file no longer says stay, since people may have written them.
    """
    made: tuple[tuple[str, Mapping[str, list[str]] | None, _Operations], ...] = (
        ("dataProductProperties", None, _properties(product)),
        ("globalTags", _TAG_KEYS, _tags(product)),
        ("glossaryTerms", _TERM_KEYS, _terms(product)),
        ("ownership", _OWNER_KEYS, _owners(product)),
        ("institutionalMemory", _LINK_KEYS, _links(links)),
    )
    urn = data_product_urn(product.id)
    for aspect, keys, operations in made:
        if operations:
            document = (
                operations if keys is None else {"arrayPrimaryKeys": keys, "patch": operations}
            )
            yield Proposal(_change(urn, aspect, document), is_ours=True)


def _change(urn: str, aspect: str, document: object) -> MetadataChangeProposalClass:
    return MetadataChangeProposalClass(
        entityUrn=urn,
        entityType="dataProduct",
        changeType=ChangeTypeClass.PATCH,
        aspectName=aspect,
        aspect=GenericAspectClass(
            value=json.dumps(document).encode(), contentType=JSON_PATCH_CONTENT_TYPE
        ),
    )


def _add(value: object, *path: str) -> dict[str, Any]:
    parts = (part.replace("~", "~0").replace("/", "~1") for part in path)
    return {"op": "add", "path": "/" + "/".join(parts), "value": value}


def _properties(product: DataProduct) -> _Operations:
    said: dict[str, object] = {
        "description": description(product),
        "name": product.name,
        "assets": _assets(product),
        "customProperties": readable_properties(product),
        "externalUrl": product.external_url,
        "parentDataProduct": data_product_urn(product.parent) if product.parent else None,
    }
    return [_add(value, name) for name, value in said.items() if value is not None]


def _assets(product: DataProduct) -> list[dict[str, Any]] | None:
    if product.assets is None:
        return None
    return [
        {
            "destinationUrn": asset.urn,
            "created": _STAMP,
            "outputPort": asset.urn in product.output_ports,
        }
        for asset in product.assets
    ]


def _tags(product: DataProduct) -> _Operations:
    urns = [tag_urn(tag) for tag in dict.fromkeys(product.tags)]
    return [_add({"tag": urn}, "tags", _NO_SOURCE, urn) for urn in urns]


def _terms(product: DataProduct) -> _Operations:
    urns = [term_urn(term) for term in dict.fromkeys(product.terms)]
    return [_add({"urn": urn}, "terms", urn, _NO_SOURCE) for urn in urns]


def _owners(product: DataProduct) -> _Operations:
    made: _Operations = []
    for owner in dict.fromkeys(product.owners):
        type_, type_urn = ownership_type(owner.type)
        value = {"owner": owner.urn, "type": type_}
        if type_urn is not None:
            value["typeUrn"] = type_urn
        made.append(_add(value, "owners", owner.urn, str(type_), type_urn or "", _NO_SOURCE))
    return made


def _links(links: Mapping[str, str]) -> _Operations:
    return [
        _add({"url": url, "description": words, "createStamp": _STAMP}, "elements", url)
        for url, words in links.items()
    ]
