"""Described tables: what a contract file says of a table, before dbt is asked whether it is checked."""

from dataclasses import dataclass
from enum import Enum

from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.problems import Location

Names = tuple[str, ...]
"""What one column or table may be called: the physical name, the logical one."""


class CheckKind(Enum):
    """What a check looks for; the value is the name of the dbt test that looks for exactly that."""

    NOT_NULL = "not_null"
    UNIQUE = "unique"
    UNIQUE_TOGETHER = "dbt_utils.unique_combination_of_columns"
    ACCEPTED_VALUES = "accepted_values"
    RELATIONSHIPS = "relationships"
    NAMED = "test"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A check that a contract file asks for.

    Attributes:
        kind: what it looks for.
        columns: the columns it is about, one but for `UNIQUE_TOGETHER`; none for `NAMED`.
        values: of `ACCEPTED_VALUES`, as text.
        table: of `RELATIONSHIPS`, the table referred to.
        field: of `RELATIONSHIPS`, the column referred to.
        name: of `NAMED`, the dbt test itself.
        impact: where the file gives the check one of its own, else None.
        location: where it is asked for.
    """

    kind: CheckKind
    columns: tuple[Names, ...] = ()
    values: tuple[str, ...] = ()
    table: Names = ()
    field: Names = ()
    name: str = ""
    impact: Impact | None = None
    location: Location


@dataclass(frozen=True, slots=True)
class DescribedColumn:
    """A column as a contract file names it."""

    names: Names
    location: Location


@dataclass(frozen=True, kw_only=True, slots=True)
class DescribedTable:
    """What a contract file says of one table.

    Attributes:
        location: where.
        columns: that it has.
        checks: that they pass.
        says_build: the file promises the build in words of its own, so that it need not be taken
            from the columns.
    """

    location: Location
    columns: tuple[DescribedColumn, ...] = ()
    checks: tuple[Check, ...] = ()
    says_build: bool = False
