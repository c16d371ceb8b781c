"""Ports: what the use cases ask of the world, each owned by the use case that asks."""

from typing import Protocol

from datahub_dataproducts.domain.letters import Announcement, HealthPost, Receipt, VerdictPost
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.products import DataProduct


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


class Directory(Protocol):
    """Where the products are read back from."""

    def products(self) -> tuple[DataProduct, ...]:
        """All published products; one that cannot be read is left out and logged.

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

    def post(self, announcement: Announcement) -> Receipt:
        """Tell it once."""
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        ...


class Unavailable(Exception):
    """The other side cannot be reached or does not answer as it should; text without secrets."""
