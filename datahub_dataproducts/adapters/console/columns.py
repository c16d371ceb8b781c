"""Text in columns, as wide as what is in them."""

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len

_GAP = "  "


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """One line a row, two spaces between columns, nothing at the end of a line.

    Characters of Chinese and the like are two places wide, as terminals show them. Nothing in a cell
    means anything: neither `[bold]` nor `:smile:`. For thousands of rows; rich's own tables measure
    each cell several times over.
    """
    measured = [[cell_len(cell) for cell in row] for row in rows]
    widths = [max(column) for column in zip_longest(*measured, fillvalue=0)]
    return [
        _GAP.join(
            cell + " " * (width - length)
            for cell, length, width in zip(row, lengths, widths, strict=False)
        ).rstrip()
        for row, lengths in zip(rows, measured, strict=True)
    ]
