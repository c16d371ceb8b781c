"""One node of a manifest as data products see it, whatever version of dbt wrote it."""

import re
from fractions import Fraction
from functools import lru_cache
from sys import intern

from datahub_dataproducts.adapters.dbt.written import (
    Config,
    Freshness,
    TestMetadata,
    Threshold,
    Written,
)
from datahub_dataproducts.domain.nodes import Column, Node
from datahub_dataproducts.domain.products import Owner

_QUOTED = re.compile(r"""['"]([^'"]+)['"]""")
_MILLISECONDS = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
_NO_CONFIG = Config()
_Arguments = tuple[tuple[str, str | tuple[str, ...]], ...]


_ANY_FAULT = frozenset({"!=0", ">0", ">=1", "<>0"})
"""What dbt fails a test on unless its YAML says otherwise, in the ways to write it."""


def group_of(written: Written) -> tuple[str, str]:
    """Package and name of the node's group; the name is empty where it is in none."""
    config = written.config or _NO_CONFIG
    return written.package_name or "", written.group or config.group or ""


def node_of(
    unique_id: str, written: Written, resource_type: str, owners: tuple[Owner, ...]
) -> Node:
    """The node; texts that many nodes share are kept once.

    `resource_type` is that of the section it stands in, which counts where it has none itself.
    """
    config = written.config or _NO_CONFIG
    read = written.depends_on.nodes if written.depends_on else None
    depends_on = tuple(map(intern, read)) if read else ()
    version, is_latest = _version_in(written)
    column, test_name, attached_to, arguments = _test_in(written, depends_on)
    warn_after, error_after = _thresholds(written.freshness or config.freshness)
    package, group = group_of(written)
    resource_type = written.resource_type or resource_type or unique_id.partition(".")[0]
    exposed = resource_type in {"exposure", "metric"}
    return Node(
        unique_id=intern(unique_id),
        resource_type=intern(resource_type),
        name=written.name or _name_in(unique_id),
        package=intern(package),
        source_name=written.source_name or "",
        version=version,
        is_latest=is_latest,
        database=written.database and intern(written.database),
        schema=intern(written.schema or ""),
        alias=written.alias,
        identifier=written.identifier,
        materialization=intern(config.materialized or ""),
        depends_on=depends_on,
        tags=_tags(written.tags),
        column=column,
        test_name=test_name,
        attached_to=attached_to,
        arguments=arguments,
        narrowed=_narrowed(config) if test_name else "",
        owners=owners,
        file=intern(written.original_file_path or ""),
        description=written.description or "",
        access=written.access or config.access or "",
        group=group,
        columns=_columns(written),
        contract_enforced=_is_enforced(written, config),
        url=written.url or "",
        label=written.label or "",
        kind=(written.type or "") if exposed else "",
        warn_after=warn_after,
        error_after=error_after,
    )


def _narrowed(config: Config) -> str:
    """Why a generic test lets pass what others of its name find; empty where it does not."""
    if isinstance(config.severity, str) and config.severity.lower() == "warn":
        return "severity: warn"
    if config.where:
        return f"where: {config.where}"
    if config.limit:
        return f"limit: {config.limit}"
    if isinstance(config.error_if, str) and config.error_if.replace(" ", "") not in _ANY_FAULT:
        return f"error_if: {config.error_if}"
    return ""


def _columns(written: Written) -> tuple[Column, ...]:
    if not written.columns:
        return ()
    return tuple(
        _column_of((column and column.name) or name, (column and column.data_type) or "")
        for name, column in written.columns.items()
    )


# A few names make up most columns of a project.
@lru_cache(maxsize=10_000)
def _column_of(name: str, data_type: str) -> Column:
    return Column(name, data_type)


def _is_enforced(written: Written, config: Config) -> bool:
    of_node, of_config = written.contract, config.contract
    return bool((of_node and of_node.enforced) or (of_config and of_config.enforced))


def _thresholds(freshness: Freshness | None) -> tuple[int | None, int | None]:
    if freshness is None:
        return None, None
    return _milliseconds(freshness.warn_after), _milliseconds(freshness.error_after)


def _milliseconds(threshold: Threshold | None) -> int | None:
    """The duration, None where dbt has none: null counts, or a threshold that is no number."""
    if threshold is None or isinstance(threshold.count, str | None):
        return None
    unit = _MILLISECONDS.get(threshold.period or "")
    return None if unit is None else int(Fraction(threshold.count) * unit)


def _tags(written: list[str] | str | None) -> tuple[str, ...]:
    if not written:
        return ()
    return tuple(map(intern, [written] if isinstance(written, str) else written))


def _name_in(unique_id: str) -> str:
    """The name in a unique id, for a node that has no `name`."""
    return ".".join(unique_id.split(".")[2:]) or unique_id


def _version_in(written: Written) -> tuple[str, bool]:
    """The version, and whether it is the latest; what has no version is its own latest."""
    if written.version is None:
        return "", True
    version = _version(written.version)
    return version, version == _version(written.latest_version) or not version


def _version(written: str | float | None) -> str:
    """As dbt writes it into the unique id: `2`, also where YAML made it 2.0."""
    if written is None:
        return ""
    return (
        str(int(written)) if isinstance(written, float) and written.is_integer() else str(written)
    )


def _test_in(written: Written, depends_on: tuple[str, ...]) -> tuple[str, str, str, _Arguments]:
    """Column, name, tested node and arguments of a generic test."""
    test = written.test_metadata
    if test is None:
        return written.column_name or "", "", written.attached_node or "", ()
    column = written.column_name or (test.kwargs or {}).get("column_name")
    name = test.name or ""
    return (
        column if isinstance(column, str) else "",
        intern(f"{test.namespace}.{name}" if test.namespace else name),
        intern(written.attached_node or _tested(test, depends_on)),
        _arguments(test),
    )


def _arguments(test: TestMetadata) -> _Arguments:
    """What a generic test is given, as text; newer dbt may write it below `arguments`."""
    kwargs = test.kwargs
    if not kwargs:
        return ()
    below = kwargs.get("arguments")
    given = {**kwargs, **(below if isinstance(below, dict) else {})}
    return tuple(
        (name, tuple(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in given.items()
        if name not in {"model", "column_name", "arguments"}
    )


def _tested(test: TestMetadata, depends_on: tuple[str, ...]) -> str:
    """The node a generic test is attached to, for dbt before 1.6, which wrote only its `model`."""
    if not test.name:
        return ""
    if len(depends_on) == 1:
        return depends_on[0]
    words = _QUOTED.findall(str((test.kwargs or {}).get("model", "")))
    named = [node for node in depends_on if words and words[-1] in node.split(".")[2:]]
    return named[0] if len(named) == 1 else ""
