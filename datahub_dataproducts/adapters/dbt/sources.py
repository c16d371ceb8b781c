"""dbt's sources.json, and freshness.json of dbt 2: of what time the data of each table is."""

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import (
    Artifact,
    Fetch,
    Kind,
    Place,
    read_artifact,
)
from datahub_dataproducts.adapters.dbt.instants import instant
from datahub_dataproducts.domain.nodes import SourceLoad
from datahub_dataproducts.domain.problems import Problem


class _Result(msgspec.Struct):
    unique_id: str = ""
    max_loaded_at: str | None = None


class _Sources(Artifact, kw_only=True):
    # Without a default: results that have none are cut off or of another tool.
    results: list[_Result | None] | None


_KIND = Kind(
    # dbt 2 measures models too. It writes those into freshness.json only, and the sources into
    # both files.
    versions={"sources": (1, 3), "freshness": (0, 0)},
    file="sources.json",
    made_by="dbt source freshness",
    option="sources_path",
    decoder=msgspec.json.Decoder(_Sources),
)


def read_sources(place: Place, fetch: Fetch | None = None) -> tuple[SourceLoad, ...] | Problem:
    """The loads that dbt measured, in its order, or why the file cannot be read.

    A table whose check could not run has no load, or is missing from the file (dbt 1.12, dbt 2):
    not measured is not fresh. dbt's own verdict is not read: thresholds of dbt promise nothing
    here, load times are what promises are judged by.
    """
    written = read_artifact(place, _KIND, fetch)
    if isinstance(written, Problem):
        return written
    measured = (
        (result.unique_id, instant(result.max_loaded_at))
        for result in written.results or ()
        if result is not None
    )
    return tuple(
        SourceLoad(
            unique_id=unique_id,
            loaded_at=loaded_at,
            run_id=written.metadata.invocation_id or "",
        )
        for unique_id, loaded_at in measured
        if unique_id and loaded_at is not None
    )
