"""From the text of a product file to product documents and problems: the front door, and pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.fields import known_keys, tell_unknown_key, told
from datahub_dataproducts.adapters.product_files.findings import (
    Findings,
    TooManyProblems,
    shown,
)
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.nodes import (
    At,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
)
from datahub_dataproducts.adapters.product_files.product import PRODUCT_KEYS, product_document
from datahub_dataproducts.adapters.product_files.scalars import is_nothing
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.problems import Problem, sorted_problems

_SEVERAL = "data_products"
_FILE_KEYS = known_keys(_SEVERAL)
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """What a product file says.

    Attributes:
        documents: in the order of the file; those with an error are there too, marked as wrong,
            unless they have no id to know them by.
        problems: all of them, by place. Never empty when there are no documents.
    """

    documents: tuple[ProductDocument, ...]
    problems: tuple[Problem, ...]


def parse_product_file(text: str, file: str, default_timezone: str) -> Parsed:
    """Read the text of a product file.

    Args:
        text: one product as a YAML document, or several under `data_products:`.
        file: what problems and places call the file.
        default_timezone: IANA name, for products that give none.
    """
    findings = Findings(file)
    documents: list[ProductDocument] = []
    try:
        root = compose(text.removeprefix(_BYTE_ORDER_MARK), findings)
        if root is not None and not (isinstance(root, Scalar) and is_nothing(root)):
            wrong = bool(findings.problems)
            for node in _products(root, findings):
                document = product_document(node, findings, default_timezone, wrong=wrong)
                if document is not None:
                    documents.append(document)
        elif not findings.problems:
            findings.error(
                codes.EMPTY,
                At(1, 1),
                "the file is empty",
                "write a product into it, or remove the file",
            )
    except TooManyProblems:
        # What was told so far is enough to work on, and its last line says that there is more.
        pass
    return Parsed(documents=tuple(documents), problems=sorted_problems(findings.problems))


def _products(root: Node, findings: Findings) -> Iterator[Mapping]:
    if not isinstance(root, Mapping):
        findings.error(
            codes.WRONG_KIND,
            root,
            f"a product file is a mapping, not {told(root)}",
            "write `id: ...` and the other keys of a product, or several under `data_products:`",
        )
    elif _SEVERAL in root.entries:
        yield from _several(root, root.entries[_SEVERAL], findings)
    else:
        yield root


def _several(root: Mapping, listed: Entry, findings: Findings) -> Iterator[Mapping]:
    for key, entry in root.entries.items():
        if key in PRODUCT_KEYS:
            findings.error(
                codes.MISPLACED_KEY,
                entry.key,
                f"`{shown(key)}` belongs to a product, and stands beside `{_SEVERAL}`",
                "move it into the products it is meant for",
            )
        elif key != _SEVERAL:
            tell_unknown_key(entry, _FILE_KEYS, findings)
    node = listed.value
    if isinstance(node, Sequence):
        yield from _mappings(node, findings)
    elif not (isinstance(node, Scalar) and is_nothing(node)):
        findings.error(
            codes.WRONG_KIND,
            node,
            f"`{_SEVERAL}` takes a list, not {told(node)}",
            "begin each product with `- id: ...`",
        )
        return
    if isinstance(node, Scalar) or not node.items:
        findings.warning(
            codes.NO_PRODUCTS,
            listed.key,
            f"`{_SEVERAL}` lists no product",
            "list one, or remove the file",
        )


def _mappings(node: Sequence, findings: Findings) -> Iterator[Mapping]:
    for item in node.items:
        if isinstance(item, Mapping):
            yield item
        else:
            findings.error(
                codes.WRONG_KIND,
                item,
                f"a product is a mapping, not {told(item) or 'empty'}",
                "begin each product with `- id: ...`",
            )
