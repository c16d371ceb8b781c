"""Resolution: product documents with URNs instead of names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from datahub_dataproducts.application.ports import Naming
from datahub_dataproducts.domain.assets import Found, ProductAssets
from datahub_dataproducts.domain.contracts import Terms, read_contract
from datahub_dataproducts.domain.documents import (
    AssetRef,
    Marked,
    ProductDocument,
    PromiseDocument,
    SourceRef,
    UrnRef,
)
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.lookup import Lookup, Miss
from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.products import Asset, DataProduct, Input, Owner
from datahub_dataproducts.domain.reviews import plain_id
from datahub_dataproducts.domain.selections import tests_by_node
from datahub_dataproducts.domain.submissions import Placed, Promised, Submission


class PublicationNaming(Naming, Protocol):
    """The names a publication needs beyond those of dbt's nodes."""

    def owner_urn(self, owner: str) -> str:
        """URN of an owner given by URN, or of the user of that name."""
        ...

    def short_name(self, urn: str) -> str:
        """What people call the asset with a URN."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What the recipe decides.

    Attributes:
        expect_every: how often results must come where a contract does not say it, milliseconds;
            None: silence is green.
        manifest: where dbt's manifest was looked for, for messages.
        in_warehouse: assets are the warehouse's datasets, so an ephemeral model is none.
    """

    expect_every: int | None = 3 * DAY
    manifest: str = "target/manifest.json"
    in_warehouse: bool = True


class Resolver:
    """Turns documents into products, gathering what is wrong with them."""

    def __init__(self, project: Project | None, naming: PublicationNaming, policy: Policy) -> None:
        self._naming = naming
        self._policy = policy
        self._lookup = Lookup(project) if project else None
        self._nodes = project.nodes if project else {}
        self._known = frozenset(self._nodes)
        self._found: dict[AssetRef, Found | Miss] = {}
        self._test_urns: dict[str, tuple[tuple[str, str], ...]] = {}
        self._terms = Terms(
            naming=naming,
            tests=tests_by_node(project) if project else {},
            test_urns=self.test_urns,
            expect_every=policy.expect_every,
        )
        self.problems: list[Problem] = []

    def test_urns(self, unique_id: str) -> tuple[tuple[str, str], ...]:
        """Pairs of assertion URN and dataset URN of a test."""
        if unique_id not in self._test_urns:
            test = self._nodes[unique_id]
            self._test_urns[unique_id] = self._naming.test_urns(test, self._known)
        return self._test_urns[unique_id]

    def resolve(self, document: ProductDocument) -> Submission:
        """The product of a document, of use only if nothing is wrong with it."""
        return Submission(
            document=document,
            product=self._product(document),
            assets=self._placed(document.assets or ()),
            ports=self._placed(document.output_ports),
            promised=self._promised(document.contract),
        )

    def _product(self, document: ProductDocument) -> DataProduct:
        id_ = plain_id(document.id.value)
        findings = Findings(id_)
        its_assets = ProductAssets(self.find, findings)
        assets = None if document.assets is None else its_assets.assets(document.assets)
        ports = its_assets.output_ports(document, assets)
        assertions = read_contract(id_, document.contract, its_assets.find, self._terms, findings)
        its_assets.tell_strangers(document, assets)
        self.problems += findings.problems
        return DataProduct(
            id=id_,
            domain=self._naming.domain_urn(document.domain.value),
            name=document.name,
            type=document.type,
            description=document.description,
            owners=tuple(
                Owner(urn=self._naming.owner_urn(o.id), type=o.type) for o in document.owners
            ),
            assets=assets,
            output_ports=ports,
            inputs=_inputs(document),
            assertions=assertions,
            objective=document.objective.value if document.objective else None,
            timezone=document.timezone,
            runbook=document.runbook,
            lifecycle=document.lifecycle,
            channels=document.channels,
            links=document.links,
            tags=document.tags,
            terms=document.terms,
            properties=document.properties,
            external_url=document.external_url,
            parent=document.parent,
        )

    def _placed(self, refs: Iterable[Marked[AssetRef]]) -> tuple[Placed, ...]:
        found = ((ref, self.find(ref.value)) for ref in refs)
        return tuple(Placed(ref, asset) for ref, asset in found if isinstance(asset, Found))

    def _promised(self, promises: Iterable[PromiseDocument]) -> tuple[Promised, ...]:
        about = ((promise, self._placed((promise.asset,))) for promise in promises if promise.asset)
        return tuple(Promised(promise, asset) for promise, assets in about for asset in assets)

    def find(self, ref: AssetRef) -> Found | Miss:
        """The asset a reference means."""
        if ref not in self._found:
            self._found[ref] = self._find(ref)
        return self._found[ref]

    def _find(self, ref: AssetRef) -> Found | Miss:
        if isinstance(ref, UrnRef):
            return Found(Asset(urn=ref.urn, name=self._naming.short_name(ref.urn)), None)
        if self._lookup is None:
            return Miss(
                code="no-manifest",
                message=f"{ref} cannot be looked up without dbt's manifest {self._policy.manifest}",
                remedy="run `dbt parse` to make it, or say where it is: `manifest_path` in the recipe, "
                "`--manifest` of the command line",
            )
        node = self._lookup.find(ref)
        if isinstance(node, Miss):
            return node
        if node.materialization == "ephemeral" and self._policy.in_warehouse:
            return Miss(
                code="ephemeral-model",
                message=f"{ref} is ephemeral: the warehouse has no such table",
                remedy="take a model that reads it, or materialize it",
            )
        name = f"{ref.source}.{ref.table}" if isinstance(ref, SourceRef) else node.name
        asset = Asset(urn=self._naming.asset_urn(node), name=name, node=node.unique_id)
        return Found(asset, node)


def _inputs(document: ProductDocument) -> tuple[Input, ...]:
    """Inputs once each; one that is listed as required and as optional is required."""
    required: dict[str, bool] = {}
    for input_ in document.inputs:
        id_ = plain_id(input_.product)
        required[id_] = required.get(id_, False) or input_.required
    return tuple(Input(product=id_, required=needed) for id_, needed in required.items())
