"""Reviews: what is wrong with product documents among themselves, before any name is looked up."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from datahub_dataproducts.domain.cycles import cycles
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.problems import Location, Problem, did_you_mean

_PRODUCT = "urn:li:dataProduct:"


def plain_id(id_: str) -> str:
    """The id of a product, which DataHub's own files may also give as its URN."""
    return id_.removeprefix(_PRODUCT)


def review(documents: Sequence[ProductDocument], *, all_read: bool) -> tuple[Problem, ...]:
    """Duplicate ids, unknown inputs and cycles of inputs.

    With `all_read` False some file could not be read, so an input that is not found may well be
    there: that is a warning then.
    """
    places: dict[str, list[Location]] = defaultdict(list)
    for document in documents:
        places[plain_id(document.id.value)].append(document.id.location)
    ways = _cycles(documents)
    found: list[Problem] = []
    for document in documents:
        findings = Findings(plain_id(document.id.value))
        _review_id(document, places, findings)
        _review_inputs(document, places.keys(), findings, all_read=all_read)
        _review_cycle(document, ways, findings)
        found += findings.problems
    return tuple(found)


def stale_inputs(documents: Iterable[ProductDocument], wrong: frozenset[str]) -> list[Problem]:
    """Warnings for products whose inputs exist but are wrong, so not published this time."""
    found: list[Problem] = []
    for document in documents:
        findings = Findings(plain_id(document.id.value))
        for input_ in document.inputs:
            id_ = plain_id(input_.product)
            if id_ in wrong and plain_id(document.id.value) not in wrong:
                findings.warn(
                    input_.location,
                    "input-not-published",
                    f'the input "{id_}" has errors and is not published this time',
                    "the catalog keeps what it had of it; mend that product first",
                )
        found += findings.problems
    return found


def _review_id(
    document: ProductDocument, places: Mapping[str, list[Location]], findings: Findings
) -> None:
    id_, here = plain_id(document.id.value), document.id.location
    others = sorted(place for place in places[id_] if place != here)
    if others:
        findings.error(
            here,
            "duplicate-id",
            f'the id "{id_}" is also used at {", ".join(map(str, others))}',
            "give each product an id of its own; none of these is published",
        )


def _review_inputs(
    document: ProductDocument, known: Collection[str], findings: Findings, *, all_read: bool
) -> None:
    seen: set[str] = set()
    for input_ in document.inputs:
        id_ = plain_id(input_.product)
        if id_ in seen:
            message = f'the input "{id_}" is listed twice'
            findings.warn(input_.location, "repeated-input", message, "take one of them out")
        elif id_ not in known:
            message = f'no product has the id "{id_}"'
            near = did_you_mean(id_, set(known) - {plain_id(document.id.value)})
            if all_read:
                remedy = near or "declare it, or take it out of the inputs"
                findings.error(input_.location, "unknown-input", message, remedy)
            else:
                remedy = "it may be in one of the files that could not be read"
                findings.warn(input_.location, "unknown-input", message, remedy)
        seen.add(id_)


def _cycles(documents: Sequence[ProductDocument]) -> dict[str, tuple[str, ...]]:
    uses: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        uses[plain_id(document.id.value)] += [plain_id(i.product) for i in document.inputs]
    return cycles(uses)


def _review_cycle(
    document: ProductDocument, ways: Mapping[str, tuple[str, ...]], findings: Findings
) -> None:
    way = ways.get(plain_id(document.id.value))
    # That a product is its own input shows in its file, and has been told there.
    if way is None or (document.wrong and len(set(way)) == 1):
        return
    places = [i.location for i in document.inputs if plain_id(i.product) == way[1]]
    # Of two documents of one id only one may hold the input that closes the cycle.
    place = places[0] if places else document.id.location
    message = f"the inputs form a cycle: {' -> '.join(way)}"
    findings.error(place, "input-cycle", message, "take one of these inputs out")
