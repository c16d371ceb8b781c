"""The register: what products were defined as, and which of their promises held when."""

from dataclasses import dataclass
from typing import Protocol

from datahub_dataproducts.domain.generations import Generation, UsedInput
from datahub_dataproducts.domain.products import DataProduct


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A product as it was defined at some instant.

    Attributes:
        product: what it was then.
        generation: its number; another owner is a new one too, its promises may be the same.
        since: since when its promises have held, None: from ever.
        counted: ids of the inputs that were known then, None: those that are known now.
    """

    product: DataProduct
    generation: int
    since: int | None
    counted: tuple[str, ...] | None = None


class Register(Protocol):
    """The part of the book that knows the products."""

    def definitions(self) -> list[tuple[DataProduct, int | None]]:
        """The products as last defined, with the start of that generation (None: from ever)."""
        ...

    def definition(self, product: str) -> tuple[DataProduct, int | None] | None:
        """The same of one product; None: it is not there."""
        ...

    def definitions_at(self, instant: int) -> list[Definition]:
        """All products that were there at an instant, as of then, by id."""
        ...

    def define(self, product: DataProduct, since: int | None) -> None:
        """A product is as given; its promises hold from `since` on.

        With the start of the generation before it only the words are new, and it takes its place.
        """
        ...

    def retire(self, product: DataProduct, until: int, inputs: tuple[UsedInput, ...]) -> None:
        """The promises of a product hold no more from an instant on; until then these inputs counted.

        It is not there any more, unless it is defined anew.
        """
        ...

    def forget(self, product: str) -> None:
        """What of a product is of now: where its assertions stand, what was told last."""
        ...

    def was_defined(self, product: str) -> bool:
        """True for a product that is or once was there."""
        ...

    def last_turn(self) -> int | None:
        """The latest instant at which promises of any product began or ended; None: none has yet."""
        ...

    def past_generations(self, product: str, after: int) -> list[Generation]:
        """Generations of a product that hold no more and held after an instant, in order."""
        ...

    def past_listeners(self, subject: str, after: int) -> list[str]:
        """Ids of products with such a generation that listened to the evidence of a subject."""
        ...

    def past_users(self, product: str, after: int) -> list[str]:
        """Ids of products with such a generation that used a product."""
        ...
