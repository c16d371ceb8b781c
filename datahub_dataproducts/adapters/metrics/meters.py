"""Meters in the registry that DataHub Actions shows, next to those of its own.

Every one has the name of the pipeline, since several may run in a process. The other labels have
few values: kinds of events, channels of the recipe, healths; products only if that is asked for.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram, Info

from datahub_dataproducts.application.metering import Levels, Role, Waiting
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.receipts import Delivered, Receipt, Refused

_PIPELINE = "pipeline_name"
_SECOND = 1000

_EVENTS = Counter("data_products_events", "Events heard.", [_PIPELINE, "source", "event_type"])
_UNREADABLE = Counter(
    "data_products_events_set_aside",
    "Events that are ours and cannot be read.",
    [_PIPELINE, "source", "event_type"],
)
_EVIDENCE = Counter(
    "data_products_evidence",
    "Results, updates and news of incidents; applied, or ignored: known, or of no promise.",
    [_PIPELINE, "outcome"],
)
_LAG = Gauge(
    "data_products_event_lag_seconds",
    "How long before it was heard the evidence applied last was seen.",
    [_PIPELINE],
)
_TRANSACTION = Histogram(
    "data_products_transaction_seconds",
    "How long transactions of the store last, waiting for it included.",
    [_PIPELINE],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30),
)
_SENT = Counter(
    "data_products_letters_sent",
    "Letters tried: delivered, refused for good, or to be tried again.",
    [_PIPELINE, "channel", "outcome"],
)
_LETTERS = Gauge(
    "data_products_letters",
    "Letters in the outbox that did not arrive: waiting, or refused for good.",
    [_PIPELINE, "channel", "state"],
)
_OLDEST = Gauge(
    "data_products_letters_oldest_seconds",
    "How old the oldest news is that waits for its delivery; 0 when nothing waits.",
    [_PIPELINE, "channel"],
)
_ASIDE = Gauge("data_products_set_aside", "Things that lie aside in the store.", [_PIPELINE])
_PRODUCTS = Gauge("data_products_products", "Products by health.", [_PIPELINE, "health"])
_PRODUCT = Gauge(
    "data_products_product_health",
    "Health of one product: 0 healthy, 1 at risk, 2 unknown, 3 unhealthy.",
    [_PIPELINE, "product"],
)
_READS = Counter(
    "data_products_catalog_reads",
    "Times that the catalog was asked for something.",
    [_PIPELINE, "what", "outcome"],
)
_WORKING = Gauge(
    "data_products_working",
    "1 for the process that works on the store, 0 while it starts or stands by.",
    [_PIPELINE],
)
_ROLE = Info("data_products_role", "What the process is doing.", [_PIPELINE])

_SEVERITY = {Health.HEALTHY: 0, Health.AT_RISK: 1, Health.UNKNOWN: 2, Health.UNHEALTHY: 3}


class PrometheusMeters:
    """See the `Meters` port."""

    def __init__(
        self, pipeline: str, source: str, channels: Iterable[str], *, per_product: bool = False
    ) -> None:
        """The names of the pipeline, of the kind of its event source, and of the channels."""
        self._pipeline = pipeline
        self._source = source
        self._channels = tuple(channels)
        self._per_product = per_product
        self._shown: set[str] = set()
        # Looking one up by its labels costs more than counting.
        self._heard: dict[str, Counter] = {}
        self._applied = _EVIDENCE.labels(pipeline, "applied")
        self._ignored = _EVIDENCE.labels(pipeline, "ignored")
        self._lag = _LAG.labels(pipeline)
        self._transaction = _TRANSACTION.labels(pipeline)
        self.is_in(Role.STARTING)

    def is_in(self, role: Role) -> None:
        """See the port."""
        _WORKING.labels(self._pipeline).set(role is Role.WORKING)
        _ROLE.labels(self._pipeline).info({"role": role.value})

    def heard(self, kind: str) -> None:
        """See the port."""
        counter = self._heard.get(kind)
        if counter is None:
            counter = self._heard[kind] = _EVENTS.labels(self._pipeline, self._source, kind)
        counter.inc()

    def set_aside(self, kind: str) -> None:
        """See the port."""
        _UNREADABLE.labels(self._pipeline, self._source, kind).inc()

    def judged(self, *, is_new: bool, lag: int) -> None:
        """See the port."""
        (self._applied if is_new else self._ignored).inc()
        if is_new:
            self._lag.set(lag / _SECOND)

    def posted(self, channel: str, receipt: Receipt) -> None:
        """See the port."""
        outcome = "retried"
        if isinstance(receipt, Delivered):
            outcome = "delivered"
        elif isinstance(receipt, Refused):
            outcome = "refused"
        _SENT.labels(self._pipeline, channel, outcome).inc()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See the port."""
        with self._transaction.time():
            yield

    def asked(self, what: str, *, answered: bool) -> None:
        """See the port."""
        _READS.labels(self._pipeline, what, "answered" if answered else "failed").inc()

    def show(self, levels: Levels, products: Iterable[str], now: int) -> None:
        """See the port."""
        healths = {id_: levels.healths.get(id_, Health.UNKNOWN) for id_ in products}
        among = list(healths.values())
        for health in Health:
            _PRODUCTS.labels(self._pipeline, health.value).set(among.count(health))
        if self._per_product:
            self._show_each(healths)
        _ASIDE.labels(self._pipeline).set(levels.set_aside)
        # A channel that the recipe has no more may still have letters.
        for channel in {*self._channels, *levels.letters}:
            here = levels.letters.get(channel, Waiting())
            _LETTERS.labels(self._pipeline, channel, "waiting").set(here.waiting)
            _LETTERS.labels(self._pipeline, channel, "refused").set(here.refused)
            age = 0 if here.oldest is None else max(now - here.oldest, 0)
            _OLDEST.labels(self._pipeline, channel).set(age / _SECOND)

    def _show_each(self, healths: dict[str, Health]) -> None:
        for id_ in self._shown - healths.keys():
            _PRODUCT.remove(self._pipeline, id_)
        for id_, health in healths.items():
            _PRODUCT.labels(self._pipeline, id_).set(_SEVERITY[health])
        self._shown = set(healths)
