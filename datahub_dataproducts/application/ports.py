"""Ports: what the use cases ask of the world, each owned by the use case that asks."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from typing import Protocol

from datahub_dataproducts.application.digest_ports import DigestBook
from datahub_dataproducts.application.incident_ports import IncidentBook, IncidentDirectory
from datahub_dataproducts.application.quiet_ports import QuietBook
from datahub_dataproducts.application.recording import Recording
from datahub_dataproducts.application.register import Register
from datahub_dataproducts.application.told_ports import ToldBook
from datahub_dataproducts.domain.assertions import Observation
from datahub_dataproducts.domain.letters import HealthPost, Letter, VerdictPost
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.products import DataProduct
from datahub_dataproducts.domain.receipts import Dispatch, Receipt
from datahub_dataproducts.domain.timelines import Step
from datahub_dataproducts.domain.verdicts import Change, Standing


class Naming(Protocol):
    """The URNs that DataHub's own dbt source gives under the same settings."""

    def asset_urn(self, node: Node) -> str:
        """URN of the asset a node is: a dataset, or a dashboard for an exposure."""
        ...

    def sibling_urns(self, node: Node) -> tuple[str, ...]:
        """All dataset URNs DataHub may know the node's relation by, the asset's own first."""
        ...

    def test_urns(self, test: Node, known: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """The assertions DataHub keeps a test as.

        Pairs of assertion URN and URN of the dataset it asserts, in dbt's order of upstream nodes;
        `known` are the unique ids of the nodes and sources of the manifest. More than one for a
        test that reads several tables, none for one that reads none.
        """
        ...

    def own_assertion_urn(self, product: str, kind: str, asset: str) -> str:
        """URN of an assertion of ours: the promise of one kind a product makes on an asset."""
        ...

    def domain_urn(self, domain: str) -> str:
        """URN of a domain given by URN or name."""
        ...


class Directory(IncidentDirectory, Protocol):
    """Where the products are read back from."""

    def products(self) -> tuple[DataProduct, ...]:
        """All products that are there; one that cannot be read is left out and logged.

        Raises:
            Unavailable: the catalog cannot be read now.
        """
        ...

    def hand_made(self, products: Collection[str]) -> tuple[DataProduct, ...]:
        """Those of some products, by id, that people made in the catalog itself, as they are now.

        Raises:
            Unavailable: the catalog cannot be read now.
        """
        ...

    def lacking(self, products: Collection[str]) -> frozenset[str]:
        """Those of some products, by id, of which the catalog certainly has nothing at all.

        Raises:
            Unavailable: the catalog cannot be read now.
        """
        ...

    def removed(self, products: Collection[str]) -> frozenset[str]:
        """Those of some products, by id, that the catalog says are removed; not those it lacks.

        Raises:
            Unavailable: the catalog cannot be read now.
        """
        ...

    def latest(self, subjects: Sequence[str]) -> tuple[Observation, ...]:
        """The latest evidence the catalog has of assertions and datasets; what it lacks is left out.

        Raises:
            Unavailable: the catalog cannot be read now.
        """
        ...


class Catalog(Protocol):
    """Where health is shown."""

    def prepare(self) -> Receipt:
        """Make ready for posts (definitions of what they fill), once; harmless when repeated."""
        ...

    def post(self, letter: HealthPost | VerdictPost) -> Receipt:
        """Show it; posting the same again changes nothing."""
        ...


class Channel(Protocol):
    """Where people are told."""

    @property
    def shows_latest(self) -> bool:
        """True when of a conversation it shows one message, the latest letter in place of all.

        It need not be given what it would only show to replace it. False when it keeps each.
        """
        ...

    def post(self, dispatch: Dispatch) -> Receipt:
        """Tell it, or show it in place of what was told of the same conversation before."""
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        ...


class Unavailable(Exception):
    """The other side cannot be reached or does not answer as it should; text without secrets."""


class Superseded(Unavailable):
    """Another process works on the store since; nothing that this one knows counts any more."""


CATALOG = "catalog"
"""The name under which the outbox knows the catalog; no channel may be called so."""

INCIDENTS = "datahub incidents"
"""The name under which the outbox knows the incidents that are raised; nor may any be called so."""


class Scope(Enum):
    """Which health a timeline is of."""

    OWN = "own"
    EXPERIENCED = "experienced"


class Book(DigestBook, Recording, Register, ToldBook, QuietBook, IncidentBook, Protocol):
    """The state of health, in one transaction: all of what is written in it is kept, or nothing.

    Attributes:
        sent: how many letters were written in this transaction.
    """

    sent: int

    def standing(self, product: str, assertion: str) -> Standing | None:
        """Where an assertion of a product stands; None: nothing was heard yet."""
        ...

    def put_standing(self, product: str, assertion: str, standing: Standing) -> None:
        """Replace where it stands."""
        ...

    def forget_standing(self, product: str, assertion: str) -> None:
        """An assertion that is promised no more."""
        ...

    def due(
        self, now: int, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, str, Standing]]:
        """Standings that time alone changes by now: product, assertion; earliest first.

        With `among` only those of these products.
        """
        ...

    def next_due(self) -> int | None:
        """When there is next something to do although nothing is heard.

        A standing expires, people are to be told or reminded, or a day has gone by since the catalog
        was told.
        """
        ...

    def changes(self, product: str, since: int) -> dict[str, list[Change]]:
        """By assertion, the change in force at an instant and all later ones, in order."""
        ...

    def put_changes(
        self, product: str, assertion: str, since: int, changes: Sequence[Change]
    ) -> None:
        """Replace all changes of an assertion at or after an instant."""
        ...

    def steps(self, product: str, scope: Scope, since: int) -> list[Step]:
        """The step in force at an instant and all later ones, in order; empty: no history yet."""
        ...

    def put_steps(self, product: str, scope: Scope, since: int, steps: Sequence[Step]) -> None:
        """Replace all steps at or after an instant; the first may go on what came before."""
        ...

    def send(self, channel: str, key: str, letter: Letter, at: int, *, replace: bool) -> None:
        """Put a letter into the outbox, due at once.

        One with the same channel and key is replaced, or else makes this one superfluous. In the
        place of one that waits for its next try it waits on.
        """
        ...

    def set_aside(self, reason: str, content: str, at: int) -> None:
        """Keep something that cannot be used, with the reason, for the operator; once."""
        ...

    def horizon(self) -> int:
        """The latest instant the book speaks of; 0 for an empty one."""
        ...


class HealthStore(Protocol):
    """Where health is kept; `Unavailable` where it cannot be read or written now."""

    def transaction(self) -> AbstractContextManager[Book]:
        """One transaction: committed when the block ends, undone when it raises."""
        ...

    def reading(self) -> AbstractContextManager[Book]:
        """A transaction in which nothing is written; it waits for no writer, and none for it."""
        ...

    def trial(self) -> AbstractContextManager[Book]:
        """A transaction that is undone in any case: to see what would be."""
        ...
