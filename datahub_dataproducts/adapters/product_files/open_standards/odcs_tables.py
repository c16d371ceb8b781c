"""The tables of an ODCS contract, by the names and the paths that other parts of it use."""

from dataclasses import dataclass

from datahub_dataproducts.adapters.product_files.open_standards.trees import Part
from datahub_dataproducts.domain.described_tables import Names
from datahub_dataproducts.domain.quality import same

_OF_SHORTHAND = 2
_OF_FULL_PATH = 4


def names_of(part: Part) -> Names:
    """What a table or column may be called: its physical name first, then its own."""
    found = (part.said("physicalName"), part.said("name"))
    return tuple(dict.fromkeys(name for name in found if name))


def is_called(part: Part, name: str) -> bool:
    """Whether a table or column has that name."""
    return any(same(name, other) for other in names_of(part))


@dataclass(frozen=True, slots=True)
class Tables:
    """The objects of a contract's `schema`, in its order."""

    parts: tuple[Part, ...]

    def named(self, name: str) -> Part | None:
        """The table of that name; None where there is none."""
        return next((part for part in self.parts if is_called(part, name)), None)

    def column(self, reference: str) -> tuple[Names, Names] | None:
        """Table and column of a reference, by all their names.

        A reference is `table.column` by name, or `schema/table/properties/column` by id, of this
        file; None for one that leads into another file, or deeper than a column.
        """
        if "/" in reference:
            return self._by_ids(reference.removeprefix("/").split("/"))
        words = reference.split(".")
        if len(words) != _OF_SHORTHAND:
            return None
        table = self.named(words[0])
        if table is None:
            return (words[0],), (words[1],)
        return names_of(table), column_names(table, words[1])

    def _by_ids(self, steps: list[str]) -> tuple[Names, Names] | None:
        if len(steps) != _OF_FULL_PATH:
            return None
        table = next((part for part in self.parts if part.said("id") == steps[1]), None)
        columns = table.listed("properties") if table is not None else ()
        column = next((part for part in columns if part.said("id") == steps[3]), None)
        if table is None or column is None:
            return None
        return names_of(table), names_of(column)


def column_names(table: Part, name: str) -> Names:
    """All names of the column that the contract calls so; just that one where it has no such."""
    column = next((part for part in table.listed("properties") if is_called(part, name)), None)
    return (name,) if column is None else names_of(column)
