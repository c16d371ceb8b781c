"""News: what an event may tell us."""

from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import Evidence
from datahub_dataproducts.domain.products import DataProduct


@dataclass(frozen=True, slots=True)
class ProductDefined:
    """A product was published, or published anew."""

    product: DataProduct


@dataclass(frozen=True, slots=True)
class ProductRemoved:
    """Something was removed that may be a product.

    Attributes:
        urn: of a data product, or of a platform resource, which is the definition of a product
            when it is the `definition_urn` of one.
    """

    urn: str


@dataclass(frozen=True, slots=True)
class ProductRestored:
    """Something is no longer removed, or never was, that may be a product.

    An unchanged definition that is published again is told of by nothing else.

    Attributes:
        urn: as in `ProductRemoved`.
    """

    urn: str


@dataclass(frozen=True, slots=True)
class ProductEdited:
    """The properties of a product were written, by an ingestion or by people on its page.

    Attributes:
        product: its id.
    """

    product: str


@dataclass(frozen=True, slots=True)
class ContractEdited:
    """The contract of a dataset was written.

    Attributes:
        dataset: URN.
    """

    dataset: str


@dataclass(frozen=True, slots=True)
class IncidentTakenUp:
    """Somebody wrote in an incident that we raised that they take care of it.

    Who, and what they say, is read from the server, which knows their name too.
    """

    incident: str


News = (
    Evidence
    | ProductDefined
    | ProductRemoved
    | ProductRestored
    | ProductEdited
    | ContractEdited
    | IncidentTakenUp
)


class PoisonEvent(ValueError):
    """An event that is ours and cannot be read; it never will be. Says why, not what it holds."""
