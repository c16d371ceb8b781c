"""Incidents that we raise: one for each episode of a product whose own promise is broken.

They are on the assets of the broken promises: DataHub has none on products. Until they are resolved
they are people's too, so each is read before it is written, and written only if nobody wrote in
between: title, description, priority, assignees, stage, notes and assets that people changed stay.
"""

from collections.abc import Callable, Sequence

from datahub.configuration.common import GraphError
from datahub.emitter.mcp import MetadataChangeProposalWrapper
from datahub.emitter.rest_emitter import EmitMode
from datahub.ingestion.graph.client import DataHubGraph
from datahub.metadata.schema_classes import (
    AuditStampClass,
    IncidentAssigneeClass,
    IncidentInfoClass,
    IncidentSourceClass,
    IncidentSourceTypeClass,
    IncidentStateClass,
    IncidentStatusClass,
    IncidentTypeClass,
)
from requests import RequestException

from datahub_dataproducts.adapters.datahub.links import assertion_link, product_link
from datahub_dataproducts.adapters.datahub.people import OWN_ACTOR
from datahub_dataproducts.adapters.datahub.receipts import receipt_of
from datahub_dataproducts.adapters.datahub.urns import dataset_name, own_incident_urn
from datahub_dataproducts.domain.announcements import say_state
from datahub_dataproducts.domain.assertions import AssertionKind
from datahub_dataproducts.domain.letters import Announcement, Fault, Why
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.domain.products import TECHNICAL_OWNER, DataProduct, ProductType
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Refused, Retry
from datahub_dataproducts.domain.verdicts import Reason

_INFO = IncidentInfoClass.ASPECT_NAME
_CHANGES = frozenset({Why.OPENED, Why.CAUSE_CHANGED, Why.AFFECTED_CHANGED})
_NEWS = _CHANGES - {Why.OPENED}
_CRITICAL, _HIGH, _MEDIUM = 0, 1, 2
_NEW = "-1"
_TRIES = 3
_NAMED = 20
_TYPES = {
    AssertionKind.FRESHNESS: IncidentTypeClass.FRESHNESS,
    AssertionKind.BUILD: IncidentTypeClass.OPERATIONAL,
    AssertionKind.SCHEMA: IncidentTypeClass.DATA_SCHEMA,
    AssertionKind.VOLUME: IncidentTypeClass.VOLUME,
    AssertionKind.COLUMN: IncidentTypeClass.FIELD,
    AssertionKind.SQL: IncidentTypeClass.SQL,
}
_CUSTOM_TYPE = "Broken promise"


class IncidentChannel:
    """A channel that tells DataHub itself: announcements of one root become one incident.

    Args:
        graph: the server.
        portfolio: all products as they are known now.
        frontend: where people open DataHub, None: texts have no links.
    """

    # An incident that came and went while the server was away is part of its history.
    shows_latest = False

    def __init__(
        self, graph: DataHubGraph, portfolio: Callable[[], Portfolio], frontend: str | None
    ) -> None:
        self._graph = graph
        self._portfolio = portfolio
        self._frontend = frontend

    def post(self, dispatch: Dispatch) -> Receipt:
        """Raise, keep or resolve the incident of its conversation; the same again changes nothing."""
        announcement = dispatch.letter
        if not isinstance(announcement, Announcement):
            return Refused("only what begins and ends is an incident")
        urn = own_incident_urn(announcement.conversation)
        refused: Refused | None = None
        written_over: str | None = None
        for _ in range(_TRIES):
            try:
                held, version = self._read(urn)
            except (GraphError, RequestException) as error:
                return receipt_of(error, self._graph.config.token)
            if refused is not None and version == written_over:
                return refused
            info = self._after(announcement, held)
            receipt = Delivered() if info is None else self._write(urn, info, version)
            if not isinstance(receipt, Refused):
                return receipt
            refused, written_over = receipt, version
        return Retry("somebody is changing the incident in DataHub")

    def _read(self, urn: str) -> tuple[IncidentInfoClass | None, str | None]:
        """The incident, and the version that is replaced; None: the server does not say which."""
        found = self._graph.get_entities("incident", [urn], [_INFO], with_system_metadata=True)
        info, system = found.get(urn, {}).get(_INFO, (None, None))
        if not isinstance(info, IncidentInfoClass):
            return None, _NEW
        return info, system.version if system is not None else None

    def _write(self, urn: str, info: IncidentInfoClass, version: str | None) -> Receipt:
        """Refused where somebody else wrote after that version was read, among other reasons."""
        headers = {} if version is None else {"If-Version-Match": version}
        proposal = MetadataChangeProposalWrapper(entityUrn=urn, aspect=info, headers=headers)
        try:
            self._graph.emit_mcp(proposal, emit_mode=EmitMode.SYNC_PRIMARY)
        except (GraphError, RequestException) as error:
            return receipt_of(error, self._graph.config.token)
        return Delivered()

    def _after(
        self, announcement: Announcement, held: IncidentInfoClass | None
    ) -> IncidentInfoClass | None:
        """The incident as it is to be; None: it is to stay as it is."""
        if held is None:
            return self._opened(announcement) if announcement.why in _CHANGES else None
        if held.status.state != IncidentStateClass.ACTIVE:
            # Whoever resolved it by hand knows why; the next episode is another incident.
            return None
        if announcement.why is Why.CLOSED:
            return _resolved(held, announcement)
        return _continued(held, announcement) if announcement.why in _NEWS else None

    def _opened(self, announcement: Announcement) -> IncidentInfoClass | None:
        portfolio = self._portfolio()
        product = portfolio.products.get(announcement.product)
        faults = _own(announcement)
        if product is None or not faults:
            return None
        kinds = {assertion.urn: assertion.kind for assertion in product.assertions}
        main = faults[0]
        kind = kinds.get(main.assertion, AssertionKind.CUSTOM)
        type_ = _TYPES.get(kind, "")
        relying = _relying(portfolio, product)
        began = [fault.since for fault in faults if fault.since is not None]
        stamp = _stamp(announcement)
        return IncidentInfoClass(
            type=type_ or IncidentTypeClass.CUSTOM,
            customType=None if type_ else _CUSTOM_TYPE,
            title=f"{product.title}: {dataset_name(main.asset)} {say_state(kind, main.reason)}",
            description=self._description(announcement, product, relying, main),
            entities=_assets(faults),
            priority=_priority(product, relying),
            assignees=[
                IncidentAssigneeClass(actor=owner, assignedAt=stamp)
                for owner in dict.fromkeys(product.owners_of_type(TECHNICAL_OWNER))
            ],
            status=IncidentStatusClass(state=IncidentStateClass.ACTIVE, lastUpdated=stamp),
            source=IncidentSourceClass(
                type=IncidentSourceTypeClass.ASSERTION_FAILURE, sourceUrn=main.assertion
            ),
            startedAt=min(began, default=announcement.at),
            created=stamp,
        )

    def _description(
        self,
        announcement: Announcement,
        product: DataProduct,
        relying: Sequence[DataProduct],
        main: Fault,
    ) -> str:
        said = [announcement.text]
        if relying:
            names = [one.title for one in relying[:_NAMED]]
            more = len(relying) - _NAMED
            names += [f"{more} more"] if more > 0 else []
            said.append(f"Products that rely on it: {', '.join(names)}.")
        if product.runbook:
            said.append(f"Runbook: {product.runbook}")
        if self._frontend is not None:
            said.append(f"Product: {product_link(self._frontend, product.id)}")
            promise = assertion_link(self._frontend, main.asset, main.assertion)
            said.append(f"Broken promise: {promise}")
        return "\n\n".join(said)


def _own(announcement: Announcement) -> list[Fault]:
    """The product's own faults on assets; an incident that people raised is one already."""
    return [
        fault
        for fault in announcement.faults
        if fault.root == announcement.product
        and fault.asset
        and fault.reason is not Reason.INCIDENT
    ]


def _assets(faults: Sequence[Fault]) -> list[str]:
    return list(dict.fromkeys(fault.asset for fault in faults))


def _relying(portfolio: Portfolio, product: DataProduct) -> list[DataProduct]:
    """Products that people are told of and that use it, however far away; metrics first."""
    found: dict[str, DataProduct] = {}
    queue = list(portfolio.dependents.get(product.id, ()))
    while queue:
        id_ = queue.pop()
        if id_ not in found:
            found[id_] = portfolio.products[id_]
            queue += portfolio.dependents.get(id_, ())
    announced = [one for one in found.values() if one.is_announced]
    return sorted(announced, key=lambda one: (one.type is not ProductType.METRIC, one.title))


def _priority(product: DataProduct, relying: Sequence[DataProduct]) -> int:
    """What the business looks at is critical, what it is made of high, all else medium."""
    if product.type is ProductType.METRIC:
        return _CRITICAL
    return _HIGH if any(one.type is ProductType.METRIC for one in relying) else _MEDIUM


def _continued(held: IncidentInfoClass, announcement: Announcement) -> IncidentInfoClass | None:
    """With assets that are broken now too, and the news as message unless people wrote one."""
    after = _copy(held)
    new = [asset for asset in _assets(_own(announcement)) if asset not in held.entities]
    after.entities = [*held.entities, *new]
    if held.status.lastUpdated.actor == OWN_ACTOR:
        after.status.message = announcement.text
    if after.to_obj() == held.to_obj():
        return None
    if held.status.lastUpdated.actor == OWN_ACTOR:
        after.status.lastUpdated = _stamp(announcement)
    return after


def _resolved(held: IncidentInfoClass, announcement: Announcement) -> IncidentInfoClass:
    """Resolved, with what is told of the end; the stage and the words of people stay."""
    after = _copy(held)
    is_ours = held.status.lastUpdated.actor == OWN_ACTOR
    theirs = "" if is_ours else held.status.message or ""
    after.status.message = "\n\n".join(part for part in (theirs, announcement.text) if part)
    after.status.state = IncidentStateClass.RESOLVED
    after.status.lastUpdated = _stamp(announcement)
    return after


def _copy(info: IncidentInfoClass) -> IncidentInfoClass:
    return IncidentInfoClass.from_obj(info.to_obj())


def _stamp(announcement: Announcement) -> AuditStampClass:
    return AuditStampClass(time=announcement.at, actor=OWN_ACTOR)
