"""The tables of an ODCS contract, by the names and the paths that other parts of it use."""

from collections import defaultdict

from datahub_dataproducts.adapters.product_files.open_standards.trees import Part
from datahub_dataproducts.domain.described_tables import Names
from datahub_dataproducts.domain.quality import folded

_OF_SHORTHAND = 2
_OF_FULL_PATH = 4


def names_of(part: Part) -> Names:
    """What a table or column may be called: its physical name first, then its own."""
    found = (part.said("physicalName"), part.said("name"))
    return tuple(dict.fromkeys(name for name in found if name))


class Tables:
    """The objects of a contract's `schema`, looked up without going through all of them each time.

    Attributes:
        parts: in the order of the file.
    """

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts
        self._positions: dict[str, list[int]] = defaultdict(list)
        for position, part in enumerate(parts):
            for name in dict.fromkeys(map(folded, names_of(part))):
                self._positions[name].append(position)
        self._by_id = _by_id(parts)
        self._columns: dict[int, Columns] = {}

    def positions(self, name: str) -> tuple[int, ...]:
        """Where in the schema the tables of that name are."""
        return tuple(self._positions.get(folded(name), ()))

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
        positions = self.positions(words[0])
        if not positions:
            return (words[0],), (words[1],)
        table = self.parts[positions[0]]
        return names_of(table), self._columns_of(positions[0]).names(words[1])

    def _by_ids(self, steps: list[str]) -> tuple[Names, Names] | None:
        if len(steps) != _OF_FULL_PATH or steps[1] not in self._by_id:
            return None
        position = self._by_id[steps[1]]
        column = self._columns_of(position).by_id(steps[3])
        return None if column is None else (names_of(self.parts[position]), column)

    def _columns_of(self, position: int) -> "Columns":
        if position not in self._columns:
            self._columns[position] = Columns(self.parts[position])
        return self._columns[position]


class Columns:
    """The columns of one table."""

    def __init__(self, table: Part) -> None:
        self._parts = table.listed("properties")
        self._names: dict[str, Names] = {}
        for part in self._parts:
            names = names_of(part)
            for name in names:
                self._names.setdefault(folded(name), names)
        self._ids = _by_id(self._parts)

    def names(self, name: str) -> Names:
        """All names of the column that the contract calls so; just that one where it has no such."""
        return self._names.get(folded(name), (name,))

    def by_id(self, id_: str) -> Names | None:
        """All names of the column of that id."""
        return names_of(self._parts[self._ids[id_]]) if id_ in self._ids else None


def _by_id(parts: tuple[Part, ...]) -> dict[str, int]:
    """By id the position of the first that has it."""
    found: dict[str, int] = {}
    for position, part in enumerate(parts):
        if id_ := part.said("id"):
            found.setdefault(id_, position)
    return found
