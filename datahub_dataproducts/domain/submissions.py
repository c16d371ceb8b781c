"""Submissions: products as written and as resolved, before it is known what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.assertions import Freshness
from datahub_dataproducts.domain.assets import Found
from datahub_dataproducts.domain.cycles import cycles
from datahub_dataproducts.domain.documents import AssetRef, Marked, ProductDocument, PromiseDocument
from datahub_dataproducts.domain.problems import Location
from datahub_dataproducts.domain.products import DataProduct, Lifecycle


@dataclass(frozen=True, slots=True)
class Placed:
    """An asset as it is written, and what it was found to be."""

    ref: Marked[AssetRef]
    found: Found

    @property
    def urn(self) -> str:
        """Its URN."""
        return self.found.asset.urn

    @property
    def name(self) -> str:
        """Its short name."""
        return self.found.asset.name

    @property
    def node(self) -> str:
        """Its unique id in dbt, empty where it has none."""
        return self.found.asset.node


@dataclass(frozen=True, slots=True)
class Promised:
    """One entry of a contract and the asset it is about."""

    promise: PromiseDocument
    asset: Placed

    @property
    def rule(self) -> Freshness | None:
        """What is promised of its freshness, if anything."""
        return self.promise.freshness.value if self.promise.freshness else None

    @property
    def place(self) -> Location:
        """Where its freshness is written, or else the entry."""
        written = self.promise.freshness
        return self.promise.location if written is None else written.location


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """A product as written and as resolved.

    Attributes:
        document: as written.
        product: as resolved; of what could not be found, nothing.
        assets, ports: those that were found, in the order of the file.
        promised: entries of its contract whose asset was found, in the order of the file.
    """

    document: ProductDocument
    product: DataProduct
    assets: tuple[Placed, ...] = ()
    ports: tuple[Placed, ...] = ()
    promised: tuple[Promised, ...] = ()

    @property
    def id(self) -> str:
        """The product's id."""
        return self.product.id

    @property
    def lifecycle(self) -> Lifecycle:
        """The stage it is at."""
        return self.document.lifecycle

    @property
    def place(self) -> Location:
        """Where its id is written."""
        return self.document.id.location

    def handed_over(self) -> tuple[Promised, ...]:
        """The freshness promises on what others use of it.

        On its output ports; where it has none, on all but the sources it reads.
        """
        fresh = (p for p in self.promised if p.promise.freshness is not None)
        if self.ports:
            urns = {port.urn for port in self.ports}
            return tuple(p for p in fresh if p.asset.urn in urns)
        return tuple(p for p in fresh if not p.asset.node.startswith("source."))


def required_inputs(submissions: Mapping[str, Submission]) -> dict[str, tuple[str, ...]]:
    """The required inputs of each product, by id; none for products whose inputs form a cycle.

    Which input of a cycle is the wrong one is not known, and what one must not rest on allows
    nothing.
    """
    inputs = {id_: submission.product.inputs for id_, submission in submissions.items()}
    cyclic = cycles({id_: [i.product for i in used] for id_, used in inputs.items()})
    return {
        id_: () if id_ in cyclic else tuple(i.product for i in used if i.required)
        for id_, used in inputs.items()
    }


def required_with(
    id_: str, uses: Mapping[str, Sequence[str]], having: Mapping[str, object]
) -> list[str]:
    """The nearest products upstream of one, over required inputs, that have something.

    An input that has nothing of the kind is seen through to its own required inputs.

    Args:
        id_: the product.
        uses: required inputs by product.
        having: the products that have it.
    """
    seen, found = {id_}, list[str]()
    ahead = list(reversed(uses.get(id_, ())))
    while ahead:
        other = ahead.pop()
        if other in seen:
            continue
        seen.add(other)
        if other in having:
            found.append(other)
        else:
            ahead.extend(reversed(uses.get(other, ())))
    return found
