"""The corrections file from disk, alike for an ingest and for whoever looks back."""

from collections.abc import Collection
from pathlib import Path

from datahub_dataproducts.adapters.product_files.codes import EMPTY
from datahub_dataproducts.adapters.product_files.corrections import (
    ReadCorrections,
    read_corrections,
)
from datahub_dataproducts.adapters.product_files.read import read_file
from datahub_dataproducts.domain.problems import Problem


def read_corrections_file(
    path: Path, shown_as: str, *, now: int, products: Collection[str] | None
) -> ReadCorrections:
    """What a corrections file says; of an empty one: nothing is known better yet.

    Times without an offset are of the file's own time zone, UTC where it names none: whoever reads
    it under whatever settings reads the same instants.

    Args:
        path: of the file.
        shown_as: what problems call it.
        now: milliseconds; what is told of later than this is a warning.
        products: ids of the known products; None: they are not known.
    """
    source = read_file(path, shown_as)
    if isinstance(source, Problem):
        problems = () if source.code == EMPTY else (source,)
        return ReadCorrections(corrections=(), problems=problems)
    return read_corrections(source.text, shown_as, now=now, products=products)
