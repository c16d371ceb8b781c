"""How long names and ids may be that a store looks things up by. Pure.

A database has room for a third of a page of 8 kB in an entry of an index, several names together,
and DataHub takes no URN above 512 bytes. What is longer here would be refused on every try.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from datahub_dataproducts.domain.products import DataProduct

LONGEST_NAME = 800
"""Bytes of the longest URN or id of a product that can be kept."""

_LONGEST_RUN_ID = 400
_LONGEST_LIST = 500
_MARK = 32
# Some databases keep another sign in the place of this one, which is longer.
_NUL, _INSTEAD_OF_NUL = "\x00", "\ufffd"


def fault_of_name(name: str) -> str:
    """Why a URN or an id cannot be kept, in words that follow "it"; empty where it can."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "is no Unicode"
    return f"has more than {LONGEST_NAME} bytes" if _size(name) > LONGEST_NAME else ""


def bounded(text: str, most: int) -> str:
    """A text of at most so many bytes: itself, or its beginning with a hash of all of it.

    The same text always gives the same, and another one another. What is no Unicode becomes `?`.
    """
    if text.isascii() and len(text) <= most and _NUL not in text:
        return text
    written = text.encode("utf-8", "replace").decode()
    if _size(written) <= most:
        return written
    mark = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
    kept = written.replace(_NUL, _INSTEAD_OF_NUL).encode()[: most - len(mark) - 1]
    return f"{kept.decode('utf-8', 'ignore')}~{mark}"


def run_id_of(told: str) -> str:
    """The id of a run as it is kept: who runs checks chooses it, and DataHub takes any."""
    return bounded(told, _LONGEST_RUN_ID)


def named_after(roots: Iterable[str]) -> str:
    """What a conversation is named after: its roots; of many the first, and a hash of all."""
    return bounded("+".join(roots), _LONGEST_LIST)


def fault_in_names(product: DataProduct) -> str:
    """What of a product has a name that cannot be kept, and why; empty where nothing has."""
    faults = ((what, fault_of_name(name)) for what, name in _names(product))
    return next((f"{what} {fault}" for what, fault in faults if fault), "")


def _size(text: str) -> int:
    return len(text.replace(_NUL, _INSTEAD_OF_NUL).encode("utf-8", "surrogatepass"))


def _names(product: DataProduct) -> Iterator[tuple[str, str]]:
    yield "its id", product.id
    yield from (("the URN of an asset", asset.urn) for asset in product.assets or ())
    yield from (("the id of an input", used.product) for used in product.inputs)
    for assertion in product.assertions:
        yield "the URN of an assertion", assertion.urn
        yield "the asset of a promise", assertion.asset
        yield from (("the URN of a check", urn) for urn in assertion.listens_to)
