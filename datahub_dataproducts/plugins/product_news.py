"""News that is no evidence: products that are written or go, and what people say of incidents."""

from datahub_dataproducts.adapters.datahub.news import (
    ContractEdited,
    IncidentTakenUp,
    ProductDefined,
    ProductEdited,
    ProductRemoved,
    ProductRestored,
)
from datahub_dataproducts.adapters.datahub.urns import data_product_urn, definition_urn
from datahub_dataproducts.application.track_health import HealthTracker
from datahub_dataproducts.domain.portfolio import Portfolio
from datahub_dataproducts.plugins.health_watch import HealthWatch

AboutProducts = (
    ProductDefined
    | ProductRemoved
    | ProductRestored
    | ProductEdited
    | ContractEdited
    | IncidentTakenUp
)


class ProductNews:
    """Hears it, and has the watch do what is to be done.

    Args:
        tracker: that knows the products.
        watch: that keeps up with the catalog.
    """

    def __init__(self, tracker: HealthTracker, watch: HealthWatch) -> None:
        self._tracker = tracker
        self._watch = watch
        self._named: Portfolio | None = None
        self._ids: dict[str, str] = {}

    def hear(self, news: AboutProducts) -> None:
        """One piece of it."""
        if isinstance(news, ProductDefined):
            self._watch.define(news.product)
        elif isinstance(news, ProductRemoved):
            product = self._product(news.urn)
            if product is not None:
                self._watch.remove(product)
        elif isinstance(news, ProductRestored):
            if self._product(news.urn) is None:
                self._watch.read_again()
        elif isinstance(news, ProductEdited):
            self._watch.catalog.edited(news.product)
        elif isinstance(news, ContractEdited):
            self._watch.catalog.contract_edited(news.dataset)
        else:
            self._watch.taken_up()

    def _product(self, urn: str) -> str | None:
        """The id of the known product that a URN is of, or is the definition of."""
        portfolio = self._tracker.portfolio
        if self._named is not portfolio:
            self._named = portfolio
            self._ids = {
                urn_of(id_): id_
                for id_ in portfolio.products
                for urn_of in (data_product_urn, definition_urn)
            }
        return self._ids.get(urn)
