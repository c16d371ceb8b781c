"""dbt's sources.json: of what time the data of each source is."""

from pathlib import Path

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import Artifact, Kind, read_artifact
from datahub_dataproducts.adapters.dbt.instants import instant
from datahub_dataproducts.domain.nodes import SourceLoad
from datahub_dataproducts.domain.problems import Problem


class _Result(msgspec.Struct):
    unique_id: str
    max_loaded_at: str | None = None


class _Sources(Artifact, kw_only=True):
    results: list[_Result]


_KIND = Kind(
    name="sources",
    file="sources.json",
    newest=3,
    made_by="dbt source freshness",
    option="sources_path",
    decoder=msgspec.json.Decoder(_Sources),
)


def read_sources(path: Path) -> tuple[SourceLoad, ...] | Problem:
    """The loads that dbt measured, in its order, or why the file cannot be read.

    A source whose check could not run has no load, or is missing from the file (dbt 1.12): not
    measured is not fresh.
    """
    written = read_artifact(path, _KIND)
    if isinstance(written, Problem):
        return written
    measured = ((result, instant(result.max_loaded_at)) for result in written.results)
    return tuple(
        SourceLoad(
            unique_id=result.unique_id,
            loaded_at=loaded_at,
            run_id=written.metadata.invocation_id or "",
        )
        for result, loaded_at in measured
        if loaded_at is not None
    )
