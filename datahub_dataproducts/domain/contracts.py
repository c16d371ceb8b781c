"""Contracts: from what a product file promises to assertions with URNs and words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from datahub_dataproducts.domain.assertions import Assertion, AssertionKind, Impact
from datahub_dataproducts.domain.assets import Found
from datahub_dataproducts.domain.described_tables import DescribedTable
from datahub_dataproducts.domain.documents import (
    AssetRef,
    Default,
    Evaluator,
    Marked,
    PromiseDocument,
    Selection,
    TestSelection,
)
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Location, did_you_mean
from datahub_dataproducts.domain.promises import BUILD, CUSTOM, say_freshness, say_test
from datahub_dataproducts.domain.quality import kept
from datahub_dataproducts.domain.selections import selected, words_of

_TABLE = "urn:li:dataset:"
_BUILT_TYPES = frozenset({"model", "seed", "snapshot"})
_TESTED_TYPES = _BUILT_TYPES | {"source"}


class AssertionNaming(Protocol):
    """The URNs a contract needs."""

    def own_assertion_urn(self, product: str, kind: str, asset: str) -> str:
        """URN of an assertion of ours."""
        ...

    def sibling_urns(self, node: Node) -> tuple[str, ...]:
        """All dataset URNs of a node's relation."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What contracts are read with.

    Attributes:
        naming: of our own assertions and of datasets.
        tests: dbt's tests by the unique id of the node they belong to.
        test_urns: pairs of assertion and dataset URN for the unique id of a test.
        expect_every: where a contract does not say it, milliseconds.
    """

    naming: AssertionNaming
    tests: Mapping[str, tuple[Node, ...]]
    test_urns: Callable[[str], tuple[tuple[str, str], ...]]
    expect_every: int | None


def read_contract(
    product: str,
    promises: Iterable[PromiseDocument],
    find: Callable[[Marked[AssetRef]], Found | None],
    terms: Terms,
    findings: Findings,
) -> tuple[Assertion, ...]:
    """The assertions of a product's contract, in the order of the file.

    `find` gives None for an asset that is not known, which has been told already. The same
    assertion promised twice is one, with the stricter impact and the shorter silence.
    """
    reader = _Reader(product, terms, findings)
    for promise in promises:
        if promise.assertion is not None:
            reader.add(promise, promise.assertion.location, _custom(promise.assertion.value))
        found = find(promise.asset) if promise.asset is not None else None
        if found is not None:
            reader.read(promise, found)
    return tuple(reader.assertions.values())


def _custom(urn: str) -> Assertion:
    return Assertion(
        urn=urn,
        kind=AssertionKind.CUSTOM,
        asset="",
        asset_name=f"assertion {urn.rpartition(':')[2]}",
        promise=CUSTOM,
        listens_to=(urn,),
    )


class _Reader:
    """Reads the promises of one product."""

    def __init__(self, product: str, terms: Terms, findings: Findings) -> None:
        self._product = product
        self._terms = terms
        self.assertions: dict[str, Assertion] = {}
        self._described: set[str] = set()
        self._findings = findings

    def read(self, promise: PromiseDocument, found: Found) -> None:
        """Take in one entry of the contract."""
        if promise.build:
            self._read_build(promise, found)
        if promise.freshness is not None:
            self._read_freshness(promise, found)
        if promise.tests is not None:
            self._read_tests(promise, promise.tests, found)
        if promise.described is not None:
            self._read_described(promise, promise.described, found)

    def add(self, promise: PromiseDocument, place: Location, assertion: Assertion) -> None:
        """Take in one assertion, under the impact and the silence its entry gives it."""
        silence = promise.expect_every
        if assertion.freshness is not None:
            silence = None
        elif isinstance(silence, Default):
            silence = self._terms.expect_every
        assertion = replace(assertion, impact=promise.impact, expect_every=silence)
        before = self.assertions.get(assertion.urn)
        if before is not None:
            self._tell_repeated(place, before, assertion)
            assertion = _stricter(before, assertion)
        self.assertions[assertion.urn] = assertion

    def _tell_repeated(self, place: Location, before: Assertion, again: Assertion) -> None:
        name = again.asset_name
        if before.freshness != again.freshness:
            message = f"{name} has two different freshness promises in this product"
            remedy = "keep one: the catalog can show one for each product and asset"
            self._findings.error(place, "conflicting-promise", message, remedy)
            return
        if again.urn in self._described:
            # A contract file is made for others too, and may say what the product says itself.
            return
        message = f"that {name} {again.promise} is promised twice"
        remedy = "take one of them out; the stricter impact stands"
        self._findings.warn(place, "repeated-promise", message, remedy)

    def _read_build(self, promise: PromiseDocument, found: Found) -> None:
        place, name = promise.location, found.asset.name
        node = found.node
        if node is None:
            message = f"whether {name} is built cannot be known: it is given as a URN"
            self._findings.error(place, "not-built-by-dbt", message, "write it as ref('...')")
        elif node.resource_type not in _BUILT_TYPES or node.materialization == "ephemeral":
            kind = node.materialization if node.resource_type == "model" else node.resource_type
            message = f"dbt does not build {name}: it is {_with_article(kind.replace('_', ' '))}"
            remedy = "take out build:, or promise the build of a model that reads it"
            self._findings.error(place, "not-built-by-dbt", message, remedy)
        else:
            self.add(promise, place, self._own(AssertionKind.BUILD, found, BUILD))

    def _read_freshness(self, promise: PromiseDocument, found: Found) -> None:
        assert promise.freshness is not None
        place, name = promise.freshness.location, found.asset.name
        if promise.evaluated_by is Evaluator.DATAHUB:
            message = (
                f"which assertion DataHub evaluates the freshness of {name} by cannot be known here"
            )
            remedy = (
                "write it in place of this promise as an entry of its own, "
                "`- assertion: urn:li:assertion:<id>`"
            )
            self._findings.error(place, "evaluated-by-datahub", message, remedy)
        elif not found.asset.urn.startswith(_TABLE) or _is_semantic(found):
            message = f"{name} is no table, so its updates are not known"
            remedy = "promise the freshness of the tables it reads"
            self._findings.error(place, "not-a-table", message, remedy)
        else:
            rule = promise.freshness.value
            own = self._own(AssertionKind.FRESHNESS, found, say_freshness(rule))
            node = found.node
            heard = self._terms.naming.sibling_urns(node) if node else (found.asset.urn,)
            self.add(promise, place, replace(own, listens_to=heard, freshness=rule))
            self._tell_unseen(place, found)

    def _tell_unseen(self, place: Location, found: Found) -> None:
        node = found.node
        if node is not None and node.resource_type != "source" and not node.moves_data:
            message = f"building {found.asset.name} moves no data: it is a {node.materialization}"
            remedy = "unless something else reports its updates, promise those of the tables below"
            self._findings.warn(place, "updates-not-seen", message, remedy)

    def _own(self, kind: AssertionKind, found: Found, words: str) -> Assertion:
        asset = found.asset
        urn = self._terms.naming.own_assertion_urn(self._product, kind.value, asset.urn)
        return Assertion(
            urn=urn,
            kind=kind,
            asset=asset.urn,
            asset_name=asset.name,
            promise=words,
            listens_to=(urn,),
            node=asset.node,
        )

    def _read_described(
        self, promise: PromiseDocument, table: DescribedTable, found: Found
    ) -> None:
        node = found.node
        if node is None or node.resource_type not in _TESTED_TYPES:
            message = f"what {found.asset.name} looks like is not checked: dbt has no tests of it"
            remedy = "promise an assertion that DataHub has by `assertion: urn:li:assertion:<id>`"
            self._findings.warn(table.location, "schema-not-enforced", message, remedy)
            return
        tests = self._terms.tests.get(node.unique_id, ())
        checked = kept(table, node, found.asset.name, tests, self._findings)
        if checked.build:
            own = self._own(AssertionKind.BUILD, found, BUILD)
            self._described.add(own.urn)
            self.add(promise, table.location, own)
        for test, impact in checked.tests:
            self._described.update(urn for urn, _ in self._terms.test_urns(test.unique_id))
            itself = replace(promise, impact=promise.impact if impact is None else impact)
            self._add_test(itself, table.location, found, test)

    def _read_tests(self, promise: PromiseDocument, selection: TestSelection, found: Found) -> None:
        node = found.node
        if node is None or node.resource_type not in _TESTED_TYPES:
            message = f"dbt has no tests of {found.asset.name}"
            remedy = "tests: wants a model, seed, snapshot or source table"
            self._findings.error(selection.location, "not-tested-by-dbt", message, remedy)
            return
        tests = self._terms.tests.get(node.unique_id, ())
        chosen, idle = selected(selection, tests)
        self._tell_idle(selection, node, found.asset.name, idle)
        if selection.by is Selection.ALL and not chosen:
            message = f"{found.asset.name} has no dbt tests"
            remedy = "add tests in dbt, or take out tests: all"
            self._findings.warn(selection.location, "no-tests", message, remedy)
        for test in chosen:
            self._add_test(promise, selection.location, found, test)

    def _add_test(
        self, promise: PromiseDocument, place: Location, found: Found, test: Node
    ) -> None:
        urns = tuple(urn for urn, _ in self._terms.test_urns(test.unique_id))
        if not urns:
            message = f"the dbt test {test.name} reads no table, so DataHub does not keep it"
            remedy = "let it read the table it is about, by ref() or source()"
            self._findings.warn(place, "test-without-table", message, remedy)
            return
        assertion = Assertion(
            urn=urns[0],
            kind=AssertionKind.TESTS,
            asset=found.asset.urn,
            asset_name=found.asset.name,
            promise=say_test(test),
            listens_to=urns,
            node=test.unique_id,
        )
        self.add(promise, place, assertion)

    def _tell_idle(
        self, selection: TestSelection, node: Node, name: str, idle: tuple[str, ...]
    ) -> None:
        tests = self._terms.tests.get(node.unique_id, ())
        exist = sorted(set().union(*(words_of(selection.by, t) for t in tests)))
        noun = {Selection.NAMES: "test", Selection.COLUMNS: "test on column"}.get(
            selection.by, "test tagged"
        )
        for word in selection.words:
            if word.value not in idle:
                continue
            message = f'{name} has no dbt {noun} "{word.value}"'
            remedy = did_you_mean(word.value, exist)
            if not remedy:
                remedy = f"it has {', '.join(exist)}" if exist else "it has none of that kind"
            tell = self._findings.warn if selection.by is Selection.TAGS else self._findings.error
            tell(word.location, "nothing-selected", message, remedy)


def _stricter(one: Assertion, other: Assertion) -> Assertion:
    blocking = Impact.BLOCKING in {one.impact, other.impact}
    silences = [s for s in (one.expect_every, other.expect_every) if s is not None]
    return replace(
        one,
        impact=Impact.BLOCKING if blocking else Impact.WARNING,
        expect_every=min(silences, default=None),
    )


def _is_semantic(found: Found) -> bool:
    """True for a semantic model: DataHub has a dataset for it, and there is no data in that."""
    return found.node is not None and found.node.resource_type == "semantic_model"


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"
