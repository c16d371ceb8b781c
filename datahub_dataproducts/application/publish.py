"""Publish: from product files and dbt's artifacts to what the catalog shall show.

Pure: everything is read before, nothing is written here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from datahub_dataproducts.application.ports import Naming
from datahub_dataproducts.domain.assertions import Update
from datahub_dataproducts.domain.assets import Found, ProductAssets
from datahub_dataproducts.domain.contracts import Terms, read_contract
from datahub_dataproducts.domain.dbt_evidence import Run, runs_to_report, updates_to_report
from datahub_dataproducts.domain.documents import (
    AssetRef,
    ProductDocument,
    SourceRef,
    UrnRef,
)
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.lineage import review_inputs
from datahub_dataproducts.domain.lookup import Lookup, Miss
from datahub_dataproducts.domain.nodes import Node, NodeRun, Project, SourceLoad
from datahub_dataproducts.domain.problems import Problem, ProblemSeverity, sorted_problems
from datahub_dataproducts.domain.products import Asset, DataProduct, Input, Owner
from datahub_dataproducts.domain.reviews import plain_id, review, stale_inputs
from datahub_dataproducts.domain.selections import tests_by_node


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What the catalog shall show.

    Attributes:
        products: those without an error, resolved, by id.
        problems: all of them, by place.
        complete: False when anything could not be read or any product is wrong, which is when
            there is an error among the problems; then nothing that is missing here may be
            removed from the catalog.
        runs: results of promised builds and of promised tests that were skipped.
        updates: of assets under a freshness promise that is evaluated here.
        asset_owners: by dataset URN, the owners dbt names for the assets.
    """

    products: tuple[DataProduct, ...]
    problems: tuple[Problem, ...]
    complete: bool
    runs: tuple[Run, ...] = ()
    updates: tuple[Update, ...] = ()
    asset_owners: tuple[tuple[str, tuple[Owner, ...]], ...] = ()


def publish(
    documents: Sequence[ProductDocument],
    problems: Iterable[Problem],
    project: Project | None,
    *,
    other_problems: Iterable[Problem] = (),
    runs: Sequence[NodeRun],
    loads: Sequence[SourceLoad],
    naming: PublicationNaming,
    policy: Policy,
) -> Publication:
    """Resolve every product that can be, and tell everything that is wrong.

    A product with an error is left out whole; the others go on. `problems` are those of the
    product files, `other_problems` of what else was read. `project` is None where there is no
    manifest: products that consist of URNs do without.
    """
    found = list(problems)
    all_read = not any(p.is_error and p.product is None for p in found)
    found += other_problems
    resolver = _Resolver(project, naming, policy)
    resolved = [resolver.resolve(document) for document in documents]
    # What is wrong by its form alone has been told by whoever read the file.
    told = {(p.code, p.location) for p in found}
    looked_up = (*review(documents, all_read=all_read), *resolver.problems)
    found += [p for p in looked_up if (p.code, p.location) not in told]
    wrong = frozenset(plain_id(d.id.value) for d in documents if d.wrong)
    if wrong and not any(p.is_error for p in found):
        # A run without a failure removes what is missing from it, so there has to be one.
        found += [_unexplained(document) for document in documents if document.wrong]
    wrong |= {plain_id(p.product) for p in found if p.is_error and p.product is not None}
    found += stale_inputs(documents, wrong)
    products = tuple(sorted((p for p in resolved if p.id not in wrong), key=lambda p: p.id))
    nodes = project.nodes if project else {}
    found += review_inputs(documents, products, nodes)
    return Publication(
        products=products,
        problems=sorted_problems(found),
        complete=not any(p.is_error for p in found),
        runs=runs_to_report(products, runs, resolver.test_urns),
        updates=updates_to_report(products, nodes, runs, loads),
        asset_owners=_asset_owners(products, nodes),
    )


def _unexplained(document: ProductDocument) -> Problem:
    id_ = plain_id(document.id.value)
    return Problem(
        code="wrong-product",
        severity=ProblemSeverity.ERROR,
        location=document.id.location,
        message=f'the product "{id_}" is wrong, and it was not said why',
        remedy="report this as a fault of datahub-dataproducts",
        product=id_,
    )


def _asset_owners(
    products: Iterable[DataProduct], nodes: dict[str, Node]
) -> tuple[tuple[str, tuple[Owner, ...]], ...]:
    owners = {
        asset.urn: nodes[asset.node].owners
        for product in products
        for asset in product.assets or ()
        if asset.node and asset.urn.startswith("urn:li:dataset:")
    }
    return tuple((urn, owners[urn]) for urn in sorted(owners) if owners[urn])


class _Resolver:
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

    def resolve(self, document: ProductDocument) -> DataProduct:
        """The product of a document, of use only if nothing is wrong with it."""
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
                remedy="run `dbt parse` to make it, or set `manifest_path` in the recipe",
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
