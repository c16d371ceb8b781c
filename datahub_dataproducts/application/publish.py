"""Publish: from product files and dbt's artifacts to what the catalog shall show.

Pure: everything is read before, nothing is written here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from datahub_dataproducts.application.resolution import Policy, PublicationNaming, Resolver
from datahub_dataproducts.domain.assertions import Update
from datahub_dataproducts.domain.checks import check
from datahub_dataproducts.domain.corrections import Correction, corrections_of
from datahub_dataproducts.domain.dbt_evidence import Run, runs_to_report, updates_to_report
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.lineage import review_inputs
from datahub_dataproducts.domain.nodes import Node, NodeRun, Project, SourceLoad
from datahub_dataproducts.domain.problems import (
    Location,
    Problem,
    ProblemSeverity,
    sorted_problems,
)
from datahub_dataproducts.domain.products import DataProduct, Lifecycle, Owner
from datahub_dataproducts.domain.reviews import plain_id, review, stale_inputs
from datahub_dataproducts.domain.rules import DEFAULT_RULES, Rules

__all__ = ["Policy", "Publication", "PublicationNaming", "publish"]

_NO_MANIFEST = "no-manifest"
_NOTHING_OBSERVED: Mapping[str, Sequence[int]] = {}


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
    corrections: Sequence[Correction] = (),
    runs: Sequence[NodeRun],
    loads: Sequence[SourceLoad],
    naming: PublicationNaming,
    policy: Policy,
    rules: Rules = DEFAULT_RULES,
    before: Mapping[str, Lifecycle] | None = None,
    observed: Mapping[str, Sequence[int]] = _NOTHING_OBSERVED,
) -> Publication:
    """Resolve every product that can be, and tell everything that is wrong.

    A product with an error is left out whole. `problems` are those of the product files,
    `other_problems` of what else was read; `corrections` are those without an error. `project` is
    None where there is no manifest: products that consist of URNs do without. `rules` are the
    team's; `before`: earlier stages by product id; `observed`: when results came by dbt's unique id.
    """
    found = list(problems)
    all_read = not any(p.is_error and p.product is None for p in found)
    found += other_problems
    resolver = Resolver(project, naming, policy)
    submissions = [resolver.resolve(document) for document in documents]
    nodes = project.nodes if project else {}
    # What is wrong by its form alone has been told by whoever read the file.
    told = {(p.code, p.location) for p in found}
    looked_up = (*review(documents, all_read=all_read), *resolver.problems)
    found += [p for p in looked_up if (p.code, p.location) not in told]
    found += check(submissions, nodes, rules, before=before, observed=observed, all_read=all_read)
    wrong = frozenset(plain_id(d.id.value) for d in documents if d.wrong)
    if wrong and not any(p.is_error for p in found):
        # A run without a failure removes what is missing from it, so there has to be one.
        found += [_unexplained(document) for document in documents if document.wrong]
    wrong |= {plain_id(p.product) for p in found if p.is_error and p.product is not None}
    found = [*_manifest_told_once(found, policy.manifest), *stale_inputs(documents, wrong)]
    right = (submission.product for submission in submissions if submission.id not in wrong)
    products = tuple(sorted(_with_corrections(right, corrections), key=lambda p: p.id))
    found += review_inputs(documents, products, nodes)
    return Publication(
        products=products,
        problems=sorted_problems(found),
        complete=not any(p.is_error for p in found),
        runs=runs_to_report(products, runs, resolver.test_urns),
        updates=updates_to_report(products, nodes, runs, loads),
        asset_owners=_asset_owners(products, nodes),
    )


def _with_corrections(
    products: Iterable[DataProduct], corrections: Sequence[Correction]
) -> tuple[DataProduct, ...]:
    """The products, each with its own corrections."""
    return tuple(
        replace(product, corrections=corrections_of(product.id, corrections))
        for product in products
    )


def _manifest_told_once(found: list[Problem], manifest: str) -> list[Problem]:
    """That there is no manifest is one fault, however many products it keeps from being published."""
    missing = sorted_problems(p for p in found if p.code == _NO_MANIFEST)
    products = len({problem.product for problem in missing})
    if products <= 1:
        return found
    first = missing[0]
    message = f"{products} products name dbt's nodes, and {first.message}"
    told = replace(first, message=message, location=Location(manifest, 0, 0), product=None)
    return [*(p for p in found if p.code != _NO_MANIFEST), told]


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
