"""Limits: what DataHub would refuse, lose or mix up later, told while it can still be mended."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import quote

from datahub_dataproducts.domain.cycles import cycles
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.problems import Location, Problem
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.domain.submissions import Placed, Submission

T = TypeVar("T")

LONGEST_URN = 512
"""DataHub's server refuses a URN that is longer than this when it is percent-encoded."""

LONGEST_VALUE = 4_096
"""DataHub's search index leaves out properties that are longer, as `name=value`, in characters."""

LONGEST_TERM = 32_766
"""The longest value of which the search index keeps the whole, in bytes: Lucene's limit. DataHub
leaves out what has more characters; what has fewer of them and yet more bytes fails."""

# What DataHub's model lets a data product contain.
_ASSET_TYPES = frozenset({
    "api",
    "chart",
    "container",
    "dashboard",
    "dataFlow",
    "dataJob",
    "dataset",
    "document",
    "mlFeature",
    "mlFeatureTable",
    "mlModel",
    "mlModelGroup",
    "mlPrimaryKey",
    "notebook",
})
_PRODUCT = "urn:li:dataProduct:"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.:@=~!$*+-]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def review_limits(submissions: Sequence[Submission]) -> list[Problem]:
    """What of each product, and of all together, does not go well with DataHub."""
    problems: list[Problem] = []
    for submission in submissions:
        findings = Findings(submission.id)
        _review_id(submission, findings)
        _review_names(submission.document, findings)
        _review_assets(submission, findings)
        _review_texts(submission.document, findings)
        problems += findings.problems
    problems += _colliding_ids(submissions)
    problems += _repeated_names(submissions)
    problems += _folded_assets(submissions)
    problems += _cyclic_parents(submissions)
    return problems


def _review_id(submission: Submission, findings: Findings) -> None:
    length = _encoded_length(f"{_PRODUCT}{submission.id}")
    if length > LONGEST_URN:
        findings.error(
            submission.place,
            "urn-too-long",
            f"the URN of this product has {length} characters when it is encoded, and DataHub "
            f"takes {LONGEST_URN}",
            "write a shorter `id`",
        )
    if unsafe := _UNSAFE.search(submission.id):
        findings.warn(
            submission.place,
            "unsafe-urn",
            f'the id has "{unsafe.group()}", which addresses and DataHub\'s client do not carry '
            "unchanged everywhere",
            "write ids of letters without accents, digits, `_`, `-` and `.`",
        )


def _review_names(document: ProductDocument, findings: Findings) -> None:
    """Names that become parts of URNs."""
    for place, what, name in _names(document):
        if found := _NOT_ASCII.search(name):
            findings.warn(
                place,
                "unsafe-urn",
                f'the {what} has "{found.group()}": DataHub\'s client does not send such letters '
                "unchanged in a URN",
                "write it without, or use the URN that DataHub shows for it",
            )
        if (length := _encoded_length(name)) > LONGEST_URN:
            _tell_long(place, f"the {what}", length, findings)


def _names(document: ProductDocument) -> Iterator[tuple[Location, str, str]]:
    yield document.domain.location, "domain", document.domain.value
    for n, tag in enumerate(document.tags):
        yield document.place(f"tags.{n}", "tags"), "tag", tag
    for n, term in enumerate(document.terms):
        yield document.place(f"terms.{n}", "terms"), "term", term
    for owner in document.owners:
        yield owner.location, "owner", owner.id


def _review_assets(submission: Submission, findings: Findings) -> None:
    for asset in submission.assets:
        type_ = asset.urn.split(":", 3)[2]
        if type_ not in _ASSET_TYPES:
            findings.warn(
                asset.ref.location,
                "asset-of-wrong-type",
                f"DataHub does not show a {type_} among the assets of a product",
                "take it out, or name the table, dashboard, chart or job that is meant",
            )
        if (length := _encoded_length(asset.urn)) > LONGEST_URN:
            _tell_long(asset.ref.location, f"the URN of {asset.name}", length, findings)


def _tell_long(place: Location, what: str, length: int, findings: Findings) -> None:
    findings.warn(
        place,
        "urn-too-long",
        f"{what} has {length} characters when it is encoded, and DataHub takes {LONGEST_URN}",
        "shorten the name; DataHub does not know anything by this one",
    )


def _review_texts(document: ProductDocument, findings: Findings) -> None:
    size = len((document.description or "").encode("utf-8", "surrogatepass"))
    if size > LONGEST_TERM:
        findings.warn(
            document.place("description"),
            "text-too-long",
            f"the description has {size:,} bytes, and DataHub's search index takes {LONGEST_TERM:,}: "
            "it may leave it out, or refuse the product",
            "keep it to a page, and link to the rest by `institutional_memory`",
        )
    for name, value in document.properties:
        length = len(f"{name}={value}")
        if length > LONGEST_VALUE:
            findings.warn(
                document.place(f"properties.{name}", "properties"),
                "text-too-long",
                f"the property {name} has {length:,} characters with its name, and DataHub's search "
                f"index leaves out what has more than {LONGEST_VALUE:,}",
                "write it into the description, or link to it by `institutional_memory`",
            )


def _colliding_ids(submissions: Iterable[Submission]) -> list[Problem]:
    problems: list[Problem] = []
    for first, others in _groups(submissions, lambda s: s.id.casefold()):
        for other in others:
            if other.id == first.id:
                continue  # That is told as an id used twice.
            findings = Findings(other.id)
            findings.warn(
                other.place,
                "colliding-ids",
                f'the id differs only in capitals from "{first.id}" ({first.place}): DataHub keeps '
                "two products, and its search and people take them for one",
                "give it an id of its own",
            )
            problems += findings.problems
    return problems


def _repeated_names(submissions: Iterable[Submission]) -> list[Problem]:
    def key(submission: Submission) -> Hashable:
        name = submission.document.name
        return name and (submission.product.domain, " ".join(name.split()).casefold())

    problems: list[Problem] = []
    for first, others in _groups(submissions, key):
        for other in others:
            findings = Findings(other.id)
            findings.warn(
                other.document.place("display_name"),
                "repeated-name",
                f'"{first.id}" has this name too, in the same domain ({first.place}): people cannot '
                "tell them apart",
                "give it a name of its own",
            )
            problems += findings.problems
    return problems


def _folded_assets(submissions: Iterable[Submission]) -> list[Problem]:
    """Several dbt nodes that are one table in DataHub; a source may well be a model's table."""
    nodes: dict[str, dict[str, tuple[Submission, Placed]]] = defaultdict(dict)
    for submission in submissions:
        for asset in submission.assets:
            node = asset.found.node
            if node is not None and node.resource_type != "source":
                nodes[asset.urn].setdefault(node.unique_id, (submission, asset))
    problems: list[Problem] = []
    for urn, by_node in nodes.items():
        (_, first), *others = by_node.values()
        for submission, asset in others:
            findings = Findings(submission.id)
            findings.warn(
                asset.ref.location,
                "folded-assets",
                f"{asset.ref.value} and {first.ref.value} ({first.ref.location}) are one asset in "
                f"DataHub: {urn}",
                "give the tables names that differ in more than capitals, or set "
                "`convert_urns_to_lowercase: false` in both recipes",
            )
            problems += findings.problems
    return problems


def _cyclic_parents(submissions: Iterable[Submission]) -> list[Problem]:
    parents = {s.id: [plain_id(s.document.parent)] for s in submissions if s.document.parent}
    ways = cycles(parents)
    problems: list[Problem] = []
    for submission in submissions:
        if submission.id in ways:
            findings = Findings(submission.id)
            findings.error(
                submission.document.place("parent_data_product"),
                "parent-cycle",
                f"the product is its own parent: {' -> '.join(ways[submission.id])}",
                "take one of these parents out",
            )
            problems += findings.problems
    return problems


def _groups(items: Iterable[T], key: Callable[[T], Hashable]) -> Iterator[tuple[T, list[T]]]:
    """Items with others of the same key, in order; those whose key is None stay alone."""
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    groups.pop(None, None)
    for first, *others in groups.values():
        if others:
            yield first, others


def _encoded_length(text: str) -> int:
    # As Java encodes it; no character takes more than twelve.
    if len(text) * 12 <= LONGEST_URN:
        return len(text)
    return len(quote(text, safe="*-._"))
