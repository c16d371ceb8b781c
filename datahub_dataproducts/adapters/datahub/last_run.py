"""Last run: what stateful ingestion has on record of a recipe, and what it would remove."""

from collections.abc import Collection

from datahub.configuration.common import ConfigurationError, GraphError
from datahub.ingestion.api.common import PipelineContext
from datahub.ingestion.graph.client import DataHubGraph
from datahub.ingestion.source.state.entity_removal_state import GenericCheckpointState
from datahub.ingestion.source.state.stale_entity_removal_handler import (
    StaleEntityRemovalHandler,
    StatefulStaleMetadataRemovalConfig,
)
from datahub.ingestion.source.state.stateful_ingestion_base import StateProviderWrapper
from requests import RequestException

from datahub_dataproducts.adapters.datahub.receipts import NO_GMS
from datahub_dataproducts.application.plan import Removal
from datahub_dataproducts.application.ports import Unavailable

_EVERYTHING = 100.0
_UNREADABLE = "the record of the last ingest, by which is removed what is gone, cannot be read"


def removes(config: StatefulStaleMetadataRemovalConfig | None) -> bool:
    """True when a recipe asks for the removal of what is gone from the files."""
    return config is not None and config.enabled and config.remove_stale_metadata


def stale(
    config: StatefulStaleMetadataRemovalConfig,
    pipeline: str | None,
    platform: str,
    present: Collection[str],
    graph: DataHubGraph | None,
) -> tuple[Removal, frozenset[str]]:
    """What the next ingest of a recipe removes: URNs on record that are not present.

    Args:
        config: `stateful_ingestion` of the recipe.
        pipeline: `pipeline_name` of the recipe.
        platform: what the source calls itself.
        present: URNs that the ingest speaks of.
        graph: the server, where the recipe's sink is one.

    Raises:
        Unavailable: the record cannot be read.
    """
    last = _last_state(config, pipeline, platform, graph)
    if last is None or config.ignore_old_state:
        return Removal.FIRST_RUN, frozenset()
    now = GenericCheckpointState(urns=list(present))
    changed = now.get_percent_entities_changed(last)
    if changed > config.fail_safe_threshold and config.fail_safe_threshold < _EVERYTHING:
        return Removal.TOO_MUCH, frozenset()
    return Removal.ON, frozenset(last.get_urns_not_in("*", now))


def _last_state(
    config: StatefulStaleMetadataRemovalConfig,
    pipeline: str | None,
    platform: str,
    graph: DataHubGraph | None,
) -> GenericCheckpointState | None:
    job = StaleEntityRemovalHandler.compute_job_id(platform)
    try:
        context = PipelineContext(run_id="plan", graph=graph, pipeline_name=pipeline)
        provider = StateProviderWrapper(config, context)
        aspect = provider.get_last_checkpoint(job, GenericCheckpointState)
    except ConfigurationError as error:
        reason = next(iter(str(error).splitlines()), "")
        raise Unavailable(f"{_UNREADABLE}: {reason}") from None
    except RequestException:
        raise Unavailable(f"{_UNREADABLE}: {NO_GMS}") from None
    except (GraphError, OSError, ValueError, TypeError, LookupError) as error:
        # Of a file that is no record, or of a record in a form that this version does not know.
        raise Unavailable(f"{_UNREADABLE} ({type(error).__name__})") from None
    return None if aspect is None else aspect.state
