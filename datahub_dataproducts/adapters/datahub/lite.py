"""DataHub Lite as catalog: a SQLite file instead of a server."""

import logging
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from avro.errors import AvroException
from avrogen.dict_wrapper import DictWrapper
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.lite.lite_local import SearchFlavor
from datahub.lite.sqlite_lite import SqliteLite
from datahub.metadata.schema_classes import StructuredPropertiesClass

from datahub_dataproducts.adapters.datahub.definitions import (
    DEFINITION_TYPE,
    DefinitionError,
    take_definition,
)
from datahub_dataproducts.adapters.datahub.event_forms import BAD_JSON, PlatformResource
from datahub_dataproducts.adapters.datahub.events import evidence_in
from datahub_dataproducts.adapters.datahub.health_aspects import health_properties, verdict_run
from datahub_dataproducts.adapters.datahub.incidents import (
    INCIDENT_INFO,
    gone_notices,
    incident_notices,
)
from datahub_dataproducts.adapters.datahub.news import PoisonEvent
from datahub_dataproducts.adapters.datahub.property_definitions import (
    PROPERTY_URNS,
    structured_property_definitions,
)
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.assertions import IncidentNotice, Observation
from datahub_dataproducts.domain.letters import HealthPost, VerdictPost
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.receipts import Delivered, Receipt, Retry

logger = logging.getLogger(__name__)

# Each record commits by itself; with these, without waiting for the disk every time.
_OPTIONS: Mapping[str, object] = {"journal_mode": "WAL", "synchronous": "NORMAL"}
_READ = "BEGIN"
# Locks before anything is read, so that nobody writes in between.
_WRITE = "BEGIN IMMEDIATE"
_LIVE_DEFINITIONS = f"""
    aspect_name = 'platformResourceInfo'
    AND json_extract(metadata, '$.resourceType') = '{DEFINITION_TYPE}'
    AND urn NOT IN (
        SELECT urn FROM metadata_aspect_v2
        WHERE aspect_name = 'status' AND version = 0 AND json_extract(metadata, '$.removed')
    )
"""  # noqa: S608 - made of constants


_REMOVED = "aspect_name = 'status' AND json_extract(metadata, '$.removed')"
_INCIDENTS = f"aspect_name = '{INCIDENT_INFO}'"
_LATEST = "aspect_name IN ('assertionRunEvent', 'operation')"


class LiteCatalog:
    """Products and their health in a DataHub Lite file; the ports `Directory` and `Catalog`.

    The file is opened when first needed. Several threads may use it, one after another.

    Args:
        file: path of the catalog, as in the sink's config.
        options: SQLite pragmas beside, or instead of, those set here.
    """

    def __init__(self, file: str, options: Mapping[str, object] | None = None) -> None:
        self._file = file
        self._options = {**_OPTIONS, **(options or {})}
        self._lite: SqliteLite | None = None
        self._lock = threading.RLock()

    def products(self) -> tuple[DataProduct, ...]:
        """All published products; one that cannot be read is left out and logged.

        Raises:
            Unavailable: there is no such file, it is no catalog, or it is locked.
        """
        with self._opened(_READ) as lite:
            found = list(lite.search(_LIVE_DEFINITIONS, SearchFlavor.EXACT))
        read = (_product(resource.id, resource.snippet or "") for resource in found)
        return tuple(product for product in read if product is not None)

    def hand_made(self, products: Collection[str]) -> tuple[DataProduct, ...]:  # noqa: ARG002 - the port
        """None: nobody makes products in a file."""
        return ()

    def lacking(self, products: Collection[str]) -> frozenset[str]:  # noqa: ARG002 - the port
        """None for certain: what is not in the file may be in the next one."""
        return frozenset()

    def removed(self, products: Collection[str]) -> frozenset[str]:
        """Those of some products, by id, that are removed, or whose definitions are.

        Raises:
            Unavailable: as `products`.
        """
        with self._opened(_READ) as lite:
            gone = {found.id for found in lite.search(_REMOVED, SearchFlavor.EXACT)}
        return frozenset(
            id_
            for id_ in products
            if not gone.isdisjoint({data_product_urn(id_), definition_urn(id_)})
        )

    def latest(self, subjects: Sequence[str]) -> tuple[Observation, ...]:
        """The latest evidence the catalog has of assertions and datasets; what it lacks is left out.

        Raises:
            Unavailable: as `products`.
        """
        wanted = set(subjects)
        with self._opened(_READ) as lite:
            found = list(lite.search(_LATEST, SearchFlavor.EXACT))
        read = (_evidence(f.id, f.aspect or "", f.snippet or "") for f in found if f.id in wanted)
        return tuple(piece for pieces in read for piece in pieces)

    def incidents(
        self, assets: Sequence[str], open_: Mapping[str, Collection[str]], now: int
    ) -> tuple[IncidentNotice, ...]:
        """What the catalog knows of all incidents on some assets, and of those that were open.

        Raises:
            Unavailable: as `products`.
        """
        wanted = set(assets)
        with self._opened(_READ) as lite:
            found = list(lite.search(_INCIDENTS, SearchFlavor.EXACT))
        read = (_notices(f.id, f.snippet or "") for f in found)
        told = [notice for notices in read for notice in notices if notice.subject in wanted]
        return (*told, *gone_notices(open_, {f.id for f in found}, now))

    def prepare(self) -> Receipt:
        """Write the definitions of our structured properties where they are not as they should be."""
        try:
            with self._opened(_WRITE) as lite:
                for proposal in structured_property_definitions():
                    _write(lite, proposal)
        except Unavailable as error:
            return Retry(str(error))
        return Delivered()

    def post(self, letter: HealthPost | VerdictPost) -> Receipt:
        """Show it; posting the same again changes nothing."""
        try:
            with self._opened(_WRITE) as lite:
                if isinstance(letter, HealthPost):
                    _show(lite, letter)
                else:
                    _write(lite, verdict_run(letter))
        except Unavailable as error:
            return Retry(str(error))
        return Delivered()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            lite, self._lite = self._lite, None
            if lite is not None:
                # Lite's own close() builds its index of browse paths anew, over all entities; what
                # is written here adds no paths.
                lite.sqlite_client.close()

    @contextmanager
    def _opened(self, begin: str) -> Iterator[SqliteLite]:
        with self._lock:
            try:
                lite = self._lite = self._lite or self._open()
                lite.sqlite_client.execute(begin)
                yield lite
                lite.sqlite_client.commit()
            except BaseException as error:
                # Closing takes back what is half done; the next use opens anew.
                self.close()
                if isinstance(error, sqlite3.Error | OSError):
                    raise Unavailable(self._told(error)) from None
                raise

    def _open(self) -> SqliteLite:
        # SQLite would make an empty catalog of a mistyped path.
        if not Path(self._file).is_file():
            raise Unavailable(
                f"there is no DataHub Lite catalog {self._file}; ingest the products with the sink "
                "`datahub-lite` first, or correct the file of the catalog"
            )
        return SqliteLite.create({"file": self._file, "options": self._options})

    def _told(self, error: sqlite3.Error | OSError) -> str:
        if "locked" in str(error) or "busy" in str(error):
            return f"the catalog {self._file} is locked by another process"
        if "not a database" in str(error) or "malformed" in str(error):
            return f"{self._file} is no DataHub Lite catalog of type sqlite, or it is damaged"
        return f"the catalog {self._file} cannot be used: {error}"


def _product(urn: str, metadata: str) -> DataProduct | None:
    try:
        resource = msgspec.json.decode(metadata, type=PlatformResource)
        return take_definition(resource.value.blob if resource.value else "")
    except (*BAD_JSON, DefinitionError) as error:
        logger.warning("The definition %s is left out: %s", urn, error)
        return None


def _notices(urn: str, metadata: str) -> tuple[IncidentNotice, ...]:
    try:
        return incident_notices(urn, metadata.encode(), stamp=None)
    except PoisonEvent as poison:
        logger.warning("What the catalog says is left out: %s", poison)
        return ()


def _evidence(urn: str, aspect: str, metadata: str) -> tuple[Observation, ...]:
    try:
        return evidence_in(urn, aspect, metadata.encode())
    except PoisonEvent as poison:
        logger.warning("What the catalog says is left out: %s", poison)
        return ()


def _show(lite: SqliteLite, post: HealthPost) -> None:
    urn = data_product_urn(post.product)
    present = _aspect(lite, urn, StructuredPropertiesClass.ASPECT_NAME)
    kept = present.properties if isinstance(present, StructuredPropertiesClass) else []
    others = [entry for entry in kept if entry.propertyUrn not in PROPERTY_URNS]
    properties = StructuredPropertiesClass(properties=[*others, *health_properties(post)])
    _replace(lite, present, MetadataChangeProposalWrapper(entityUrn=urn, aspect=properties))


def _write(lite: SqliteLite, proposal: MetadataChangeProposalWrapper) -> None:
    urn, name = proposal.entityUrn, proposal.aspectName
    assert urn is not None
    assert name is not None
    _replace(lite, _aspect(lite, urn, name), proposal)


def _replace(
    lite: SqliteLite, present: DictWrapper | None, proposal: MetadataChangeProposalWrapper
) -> None:
    """Written where it says something else than what is there, since that costs the most."""
    assert proposal.aspect is not None
    if present is None or present.to_obj() != proposal.aspect.to_obj():
        lite.write(proposal)


def _aspect(lite: SqliteLite, urn: str, name: str) -> DictWrapper | None:
    try:
        found = (lite.get(urn, [name], typed=True) or {}).get(name)
    except (AssertionError, AttributeError, AvroException, LookupError, TypeError, ValueError):
        # Writing over it would lose what others have there.
        raise Unavailable(f"{name} of {urn} cannot be read in the catalog; write it anew") from None
    return found if isinstance(found, DictWrapper) else None
