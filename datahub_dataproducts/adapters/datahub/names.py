"""Names that only the server can resolve."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from datahub.configuration.common import GraphError, OperationalError
from datahub.ingestion.graph.client import DataHubGraph
from datahub.utilities.registries.data_product_registry import DataProductRegistry
from datahub.utilities.registries.domain_registry import DomainRegistry

from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.reviews import plain_id


def resolve_names(
    documents: Sequence[ProductDocument], graph: DataHubGraph
) -> tuple[list[ProductDocument], list[Problem]]:
    """The documents with the domains and parents that the server knows under these names.

    As `datahub dataproduct upsert` does it: a name may be an id or what is shown on its page. A
    name the server does not know is an error of the product that uses it.
    """
    ids = {plain_id(document.id.value) for document in documents}
    domains = _resolved(
        {document.domain.value for document in documents},
        lambda name: DomainRegistry([name], graph).get_domain_urn(name),
    )
    parents = _resolved(
        # A parent that is declared here may be published for the first time.
        {d.parent for d in documents if d.parent and plain_id(d.parent) not in ids},
        lambda name: DataProductRegistry([name], graph).get_data_product_urn(name),
    )
    resolved: list[ProductDocument] = []
    problems: list[Problem] = []
    for document in documents:
        findings = Findings(plain_id(document.id.value))
        in_domain = _with_domain(document, domains[document.domain.value], findings)
        resolved.append(_with_parent(in_domain, parents.get(document.parent), findings))
        problems += findings.problems
    return resolved, problems


def _with_domain(
    document: ProductDocument, found: "str | _Unknown", findings: Findings
) -> ProductDocument:
    domain = document.domain
    if isinstance(found, str):
        return replace(document, domain=replace(domain, value=found))
    message = f'DataHub {found.said} the domain "{domain.value}"'
    findings.error(domain.location, "unknown-domain", message, found.remedy)
    return document


def _with_parent(
    document: ProductDocument, found: "str | _Unknown | None", findings: Findings
) -> ProductDocument:
    if found is None:
        return document
    if isinstance(found, str):
        return replace(document, parent=found)
    message = f'DataHub {found.said} the parent "{document.parent}"'
    findings.error(document.id.location, "unknown-parent", message, found.remedy)
    return document


@dataclass(frozen=True, slots=True)
class _Unknown:
    said: str
    remedy: str


def _resolved(
    names: Iterable[str], resolve: Callable[[str], str]
) -> dict[str | None, str | _Unknown]:
    found: dict[str | None, str | _Unknown] = {}
    for name in sorted(names):
        try:
            found[name] = resolve(name)
        except ValueError:
            found[name] = _Unknown("does not know", "create it there first, or give its URN")
        except (OperationalError, GraphError, OSError):
            # OSError is what the HTTP client's own errors are. Their text may hold addresses and
            # headers, and what to do is the same for all of them.
            found[name] = _Unknown("could not be asked for", "try again, or give its URN")
    return found
