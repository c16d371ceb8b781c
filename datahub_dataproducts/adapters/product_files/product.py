"""One product as written: the mapping of its fields, and what they must keep together."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.asset_refs import AssetNames, asset_ref
from datahub_dataproducts.adapters.product_files.catalog import (
    is_named,
    links,
    named,
    names,
    properties,
    url,
)
from datahub_dataproducts.adapters.product_files.contract import contract
from datahub_dataproducts.adapters.product_files.fields import Fields, known_keys, text_of
from datahub_dataproducts.adapters.product_files.findings import Findings, shown
from datahub_dataproducts.adapters.product_files.named_files import OtherFiles
from datahub_dataproducts.adapters.product_files.nodes import (
    At,
    Mapping,
    Node,
    Scalar,
    Sequence,
)
from datahub_dataproducts.adapters.product_files.objectives import objective
from datahub_dataproducts.adapters.product_files.open_standards.contract_files import Surroundings
from datahub_dataproducts.adapters.product_files.owners import owners
from datahub_dataproducts.domain.documents import (
    AssetRef,
    InputDocument,
    Marked,
    ProductDocument,
)
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import Lifecycle, ProductType

PRODUCT_KEYS = known_keys(
    "id",
    "display_name",
    "type",
    "domain",
    "description",
    "owners",
    "assets",
    "output_ports",
    "inputs",
    "runbook",
    "lifecycle",
    "objective",
    "contract",
    "timezone",
    "channels",
    "tags",
    "terms",
    "properties",
    "institutional_memory",
    "external_url",
    "parent_data_product",
)
"""The keys of a product, in the order in which it is best read."""

_INPUT_KEYS = known_keys("id", "required")
_URN = "urn:li:dataProduct:"
_ID = re.compile(r"[^\s,()]+")
# Keys whose parts are wanted with their places and come without.
_WITHOUT_MARKS = frozenset({"objective", "properties", "tags", "terms"})
_TYPES = {type_.value: type_ for type_ in ProductType}
_LIFECYCLES = {lifecycle.value: lifecycle for lifecycle in Lifecycle}


def product_document(
    node: Mapping,
    findings: Findings,
    default_timezone: str,
    *,
    known: Collection[str] = PRODUCT_KEYS,
    wrong: bool = False,
    other: OtherFiles,
) -> ProductDocument | None:
    """The product of a mapping; None when it has no id to know it by.

    `known` are the keys that may stand here; `wrong` says that the file has an error already
    that may touch this product; `other` are the files around, of which it may name some.
    """
    told_before = len(findings.problems)
    findings.product = _known_id(node)
    fields = Fields(node, known, findings)
    id_ = _id(fields)
    known_by = id_ or Marked("", findings.place(node))
    document = _document(fields, known_by, default_timezone, other)
    findings.product = None
    if id_ is None:
        return None
    return replace(document, wrong=wrong or findings.any_error_since(told_before))


def _known_id(node: Mapping) -> str | None:
    entry = node.entries.get("id")
    if entry is None or not isinstance(entry.value, Scalar):
        return None
    text = entry.value.text.removeprefix(_URN)
    return text if _ID.fullmatch(text) else None


def _id(fields: Fields) -> Marked[str] | None:
    text = fields.required_text("id", "revenue")
    if text is None:
        return None
    id_ = text.value.removeprefix(_URN)
    if _ID.fullmatch(id_) and not id_.startswith("urn:"):
        return Marked(id_, text.location)
    fields.findings.error(
        codes.BAD_ID,
        fields.value("id"),
        f"`id` is {shown(text.value)}, which cannot be the id of a product",
        "write a name without spaces, commas and parentheses, as in `id: revenue`",
    )
    return None


def _document(
    fields: Fields, id_: Marked[str], default_timezone: str, other: OtherFiles
) -> ProductDocument:
    assets = _assets(fields, "assets")
    names_of_assets = AssetNames(asset.value for asset in assets or ())
    timezone = fields.timezone("timezone") or default_timezone
    return ProductDocument(
        id=id_,
        domain=_domain(fields),
        name=_text(fields, "display_name"),
        type=fields.choice("type", _TYPES),
        description=_text(fields, "description"),
        owners=owners(fields),
        assets=assets,
        output_ports=_output_ports(fields, names_of_assets),
        inputs=_inputs(fields, id_.value),
        contract=contract(
            fields,
            Surroundings(
                assets=tuple(asset.value for asset in assets or ()),
                names=names_of_assets,
                timezone=timezone,
                other=other,
            ),
        ),
        objective=objective(fields, timezone, other),
        timezone=timezone,
        runbook=url(fields, "runbook") or "",
        lifecycle=fields.choice("lifecycle", _LIFECYCLES) or Lifecycle.DEVELOPMENT,
        channels=tuple(channel.value for channel in fields.texts("channels")),
        links=links(fields),
        tags=names(fields, "tags", "tag"),
        terms=names(fields, "terms", "glossaryTerm"),
        properties=properties(fields),
        external_url=url(fields, "external_url"),
        parent=named(fields, "parent_data_product", "dataProduct"),
        places=_places(fields),
    )


def _places(fields: Fields) -> dict[str, Location]:
    places: dict[str, Location] = {}
    for key, value, place in fields.places():
        places[key] = place
        if key in _WITHOUT_MARKS:
            _add_places(key, value, fields.findings, places)
    return places


def _add_places(name: str, node: Node, findings: Findings, places: dict[str, Location]) -> None:
    parts: Iterable[tuple[object, Node]] = ()
    if isinstance(node, Mapping):
        parts = ((key, entry.value) for key, entry in node.entries.items())
    elif isinstance(node, Sequence):
        parts = enumerate(node.items)
    for key, part in parts:
        places[f"{name}.{key}"] = findings.place(part)
        _add_places(f"{name}.{key}", part, findings, places)


def _text(fields: Fields, key: str) -> str | None:
    text = fields.text(key)
    return None if text is None else text.value


def _domain(fields: Fields) -> Marked[str]:
    text = fields.required_text("domain", "finance")
    if text is None or not is_named(text, "domain", fields, "domain"):
        return Marked("", fields.findings.place(fields.key("domain")))
    return text


def _assets(fields: Fields, key: str) -> tuple[Marked[AssetRef], ...] | None:
    if not fields.given(key):
        return None
    refs: list[Marked[AssetRef]] = []
    known: set[AssetRef] = set()
    for node in fields.items(key, lone=True):
        ref = asset_ref(node, fields.name(key), fields.findings)
        if ref is None:
            continue
        if ref.value in known:
            fields.findings.warning(
                codes.REPEATED_ASSET,
                node,
                f"{shown(str(ref.value))} is named twice in `{key}`",
                "name it once",
            )
            continue
        known.add(ref.value)
        refs.append(ref)
    return tuple(refs)


def _output_ports(fields: Fields, assets: AssetNames) -> tuple[Marked[AssetRef], ...]:
    ports = _assets(fields, "output_ports") or ()
    for port in ports:
        if port.value not in assets:
            fields.findings.error(
                codes.PORT_NOT_AN_ASSET,
                At(port.location.line, port.location.column),
                f"the output port {shown(str(port.value))} is not among the assets of the product",
                "add it to `assets`, or write it as it is written there",
            )
    return ports


def _inputs(fields: Fields, id_: str) -> tuple[InputDocument, ...]:
    inputs: dict[str, InputDocument] = {}
    for node in fields.items("inputs"):
        one = _input(node, fields)
        if one is None:
            continue
        known = inputs.setdefault(one.product, one)
        if one.product == id_:
            fields.findings.error(
                codes.OWN_INPUT, node, f"{id_} names itself as its input", "take it out"
            )
        elif known is not one:
            # Said twice alike is untidy; said once required and once not, nobody can know.
            alike = known.required == one.required
            tell = fields.findings.warning if alike else fields.findings.error
            tell(
                codes.REPEATED_INPUT,
                node,
                f"the input {shown(one.product)} is named twice"
                f"{'' if alike else ', once as required and once not'}",
                "name it once",
            )
    return tuple(inputs.values())


def _input(node: Node, product: Fields) -> InputDocument | None:
    findings = product.findings
    required = True
    if isinstance(node, Mapping):
        fields = Fields(node, _INPUT_KEYS, findings, "inputs")
        required = fields.flag("required", default=True)
        text = fields.required_text("id", "users")
    else:
        text = text_of(node, "`inputs`", findings)
    if text is None:
        return None
    id_ = text.value.removeprefix(_URN)
    if _ID.fullmatch(id_) and not id_.startswith("urn:"):
        return InputDocument(product=id_, required=required, location=text.location)
    findings.error(
        codes.BAD_ID,
        node,
        f"the input {shown(text.value)} cannot be the id of a product",
        "write the id of another product, as in `inputs: [users]`",
    )
    return None
