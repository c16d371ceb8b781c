"""Sharing: assets that several products have, or promise something of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

from datahub_dataproducts.domain.assertions import Freshness
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Location, Problem
from datahub_dataproducts.domain.promises import say_freshness, say_list
from datahub_dataproducts.domain.submissions import Placed, Promised, Submission

_MOST_NAMED = 6


def review_sharing(submissions: Sequence[Submission]) -> list[Problem]:
    """Assets of several products, and assets whose freshness is promised in different words.

    `submissions` are those that are not wrong by their form. Each is told of the others; which
    products share an asset is the same in whatever order they come.
    """
    in_order = sorted(submissions, key=lambda s: (s.id, s.place))
    problems = _shared_assets(in_order)
    problems += _shared_promises(in_order)
    return problems


def _shared_assets(submissions: Iterable[Submission]) -> list[Problem]:
    """DataHub keeps an asset in one product, unless it is told otherwise: the last that was written.

    Products are written in the order of their ids.
    """
    having: dict[str, list[tuple[Submission, Placed]]] = defaultdict(list)
    for submission in submissions:
        for asset in {asset.urn: asset for asset in submission.assets}.values():
            having[asset.urn].append((submission, asset))
    problems: list[Problem] = []
    for shared in having.values():
        *losers, (keeper, kept) = shared
        for submission, asset in losers:
            if _are_two_tables(asset, kept):
                continue  # That they are one to DataHub is told as a limit of it.
            findings = Findings(submission.id)
            findings.warn(
                asset.ref.location,
                "asset-in-several-products",
                f'{asset.name} is an asset of "{keeper.id}" too ({kept.ref.location}): unless it is '
                f"set to keep several, DataHub will show it in that product only",
                "leave it to one product and make that one an input, or set "
                "`multipleDataProductsPerAsset` on DataHub's server",
            )
            problems += findings.problems
    return problems


def _are_two_tables(one: Placed, other: Placed) -> bool:
    """True for two models; a source may well be the table of a model."""
    nodes = {node.unique_id for node in (one.found.node, other.found.node) if _is_built(node)}
    return len(nodes) > 1


def _is_built(node: Node | None) -> TypeGuard[Node]:
    return node is not None and node.resource_type != "source"


def _shared_promises(submissions: Sequence[Submission]) -> list[Problem]:
    rules: dict[str, dict[Freshness, list[tuple[Submission, Promised]]]] = defaultdict(dict)
    for submission in submissions:
        for promised in submission.promised:
            fresh = promised.promise.freshness
            if fresh is not None:
                alike = rules[promised.asset.urn].setdefault(fresh.value, [])
                alike.append((submission, promised))
    differing = {urn: by_rule for urn, by_rule in rules.items() if len(by_rule) > 1}
    unions = _unions(submissions, differing)
    problems: list[Problem] = []
    for urn, union in unions.items():
        everywhere = [one for alike in differing[urn].values() for one in alike]
        first, *others = sorted(everywhere, key=lambda one: (one[0].id, one[1].place))
        # Two different promises of one product are an error of their own.
        problems += [_differing(one, first, union) for one in others if one[0].id != first[0].id]
    return problems


def _unions(
    submissions: Iterable[Submission], wanted: Mapping[str, object]
) -> dict[str, tuple[str, ...]]:
    """What DataHub will show as the contract of a dataset: all that any product promises of it."""
    union: dict[str, dict[str, None]] = defaultdict(dict)
    for submission in submissions:
        for assertion in submission.product.assertions:
            if assertion.asset in wanted:
                union[assertion.asset][assertion.promise] = None
    return {urn: tuple(promises) for urn, promises in union.items()}


def _differing(
    one: tuple[Submission, Promised], first: tuple[Submission, Promised], union: tuple[str, ...]
) -> Problem:
    submission, promised = one
    other, before = first
    assert promised.promise.freshness is not None
    assert before.promise.freshness is not None
    more = len(union) - _MOST_NAMED
    shown = (*union[:_MOST_NAMED], f"{more} more") if more > 0 else union
    place: Location = promised.place
    findings = Findings(submission.id)
    findings.warn(
        place,
        "differing-promises",
        f"here {promised.asset.name} {say_freshness(promised.promise.freshness.value)}, and in "
        f'"{other.id}" it {say_freshness(before.promise.freshness.value)} ({before.place}); its one '
        f"contract in DataHub will show both: {promised.asset.name} {say_list(shown)}",
        "promise the same in both, or let one product promise it and be an input of the other",
    )
    return findings.problems[0]
