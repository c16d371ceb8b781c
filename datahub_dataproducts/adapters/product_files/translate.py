"""From the text of a product file to product documents and problems: the front door, and pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeGuard

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.fields import known_keys, tell_unknown_key, told
from datahub_dataproducts.adapters.product_files.findings import (
    Findings,
    TooManyProblems,
    shown,
)
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.named_files import OtherFiles, ReadOther
from datahub_dataproducts.adapters.product_files.nodes import (
    At,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
)
from datahub_dataproducts.adapters.product_files.other_formats import is_other_format
from datahub_dataproducts.adapters.product_files.product import PRODUCT_KEYS, product_document
from datahub_dataproducts.adapters.product_files.scalars import is_nothing
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.problems import Problem, sorted_problems

_SEVERAL = "data_products"
_FILE_KEYS = known_keys(_SEVERAL)
_ROOT_KEYS = known_keys(*PRODUCT_KEYS, _SEVERAL)
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


def parse_product_file(
    text: str,
    file: str,
    default_timezone: str,
    read_other: ReadOther | None = None,
    *,
    now: int | None = None,
) -> Parsed:
    """Read the text of a product file.

    Args:
        text: one product as a YAML document, or several under `data_products:`.
        file: what problems and places call the file.
        default_timezone: IANA name, for products that give none.
        read_other: the text of another file of the dbt project, such as a contract, by its path
            from the project on, or why it cannot be had; None: no other file is read.
        now: milliseconds, to warn of what is out of date; None: nothing is told to be.
    """
    findings = Findings(file)
    documents: list[ProductDocument] = []
    other = OtherFiles(read=read_other, now=now)
    try:
        root = compose(text.removeprefix(_BYTE_ORDER_MARK), findings)
        nodes, known = _products(root, findings)
        # An error outside any product may touch them all.
        wrong = findings.any_error_since(0)
        for node in nodes:
            document = product_document(
                node,
                findings,
                default_timezone,
                known=known,
                wrong=wrong,
                other=other,
            )
            if document is not None:
                documents.append(document)
    except TooManyProblems:
        # What was told so far is enough to work on, and its last line says that there is more.
        pass
    return Parsed(documents=tuple(documents), problems=sorted_problems(findings.problems))


def _products(root: Node | None, findings: Findings) -> tuple[list[Mapping], Collection[str]]:
    """The mappings that are products, and the keys that may stand in them."""
    if isinstance(root, Mapping):
        if is_other_format(root, findings):
            return [], ()
        if _SEVERAL in root.entries:
            return _several(root, root.entries[_SEVERAL], findings), PRODUCT_KEYS
        return [root], _ROOT_KEYS
    if root is not None and not _is_nothing(root):
        findings.error(
            codes.WRONG_KIND,
            root,
            f"a product file is a mapping, not {told(root)}",
            "write `id: ...` and the other keys of a product, or several under `data_products:`",
        )
    elif not findings.problems:
        findings.error(
            codes.EMPTY, At(1, 1), "the file is empty", "write a product into it, or remove it"
        )
    return [], ()


def _several(root: Mapping, listed: Entry, findings: Findings) -> list[Mapping]:
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
    if isinstance(node, Sequence) and node.items:
        return [item for item in node.items if _is_product(item, findings)]
    if isinstance(node, Sequence) or _is_nothing(node):
        # An error: a file that was cut off must not take down the products it had.
        findings.error(
            codes.NO_PRODUCTS,
            listed.key,
            f"`{_SEVERAL}` lists no product",
            "list one, or remove the file if its products are to go",
        )
    else:
        findings.error(
            codes.WRONG_KIND,
            node,
            f"`{_SEVERAL}` takes a list, not {told(node)}",
            "begin each product with `- id: ...`",
        )
    return []


def _is_product(item: Node, findings: Findings) -> TypeGuard[Mapping]:
    if isinstance(item, Mapping):
        return True
    findings.error(
        codes.WRONG_KIND,
        item,
        f"a product is a mapping, not {told(item)}",
        "begin each product with `- id: ...`",
    )
    return False


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and is_nothing(node)
