"""Contracts as written: what is promised of which asset."""

from collections.abc import Iterator
from dataclasses import replace

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.asset_refs import asset_ref, check_urn
from datahub_dataproducts.adapters.product_files.fields import (
    Fields,
    known_keys,
    nearest,
    text_of,
    told,
)
from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.freshness import freshness
from datahub_dataproducts.adapters.product_files.nodes import Mapping, Node, Scalar, Sequence
from datahub_dataproducts.adapters.product_files.open_standards.contract_files import (
    Surroundings,
    terms_of_file,
)
from datahub_dataproducts.adapters.product_files.open_standards.odcs import (
    OWN_PROPERTY,
    TableTerms,
)
from datahub_dataproducts.adapters.product_files.scalars import flag
from datahub_dataproducts.domain.assertions import Impact
from datahub_dataproducts.domain.documents import (
    AssetRef,
    Default,
    Marked,
    PromiseDocument,
    Selection,
    TestSelection,
)

_OF_ASSETS = ("build", "freshness", "tests")
_KEYS = known_keys("asset", "assertion", "odcs", *_OF_ASSETS, "impact", "expect_every")
_KEYS_OF_FILE = known_keys("odcs", "asset", "impact", "expect_every")
_KEYS_WITHIN_FILE = known_keys(*_OF_ASSETS, "impact", "expect_every")
# What DataHub's own contracts and assertions promise beside these.
_NOT_SUPPORTED = frozenset({"schema", "volume", "column", "sql"})
_TESTS_KEYS = known_keys(Selection.COLUMNS.value, Selection.TAGS.value)
_IMPACTS = {impact.value: impact for impact in Impact}
_EXAMPLE = "{asset: ref('model'), build: true, tests: all}"
_TESTS_FORMS = (
    "write `tests: all`, `tests: [name]`, `tests: {columns: [name]}` or `tests: {tags: [name]}`"
)
_NEVER = "never"


def contract(product: Fields, around: Surroundings) -> tuple[PromiseDocument, ...]:
    """The promises of a product whose assets and time zone are known."""
    promises: list[PromiseDocument] = []
    for node in _entries(product):
        if not isinstance(node, Mapping):
            product.wrong_kind("contract", node, "mappings", f"write `- {_EXAMPLE}`")
            continue
        if "odcs" in node.entries:
            promises += _of_file(node, around, product.findings)
            continue
        supported = _supported(node, product.findings)
        fields = Fields(supported, _KEYS, product.findings, "contract")
        subjects = fields.given("asset", "assertion")
        if len(subjects) != 1:
            product.findings.error(
                codes.ONE_OF_SEVERAL,
                node,
                "an entry of `contract` is about an asset or about an assertion, and this one is "
                f"about {'both' if subjects else 'neither'}",
                f"write {_EXAMPLE} or {{assertion: urn:li:assertion:<id>}}",
            )
        elif subjects[0] == "asset":
            is_all = supported == node
            asset = _asset(fields, around)
            promises.append(_of_asset(fields, asset, around, is_all=is_all))
        else:
            promises.append(_of_assertion(fields))
    return tuple(promises)


def _entries(product: Fields) -> Iterator[Node]:
    """The items of `contract`; `contract: {odcs: ...}` is a list of one."""
    node = product.node("contract")
    if isinstance(node, Mapping) and "odcs" in node.entries:
        yield node
    else:
        yield from product.items("contract")


def _of_file(node: Mapping, around: Surroundings, findings: Findings) -> Iterator[PromiseDocument]:
    """The promises of the ODCS files that an entry names."""
    fields = Fields(node, _KEYS_OF_FILE, findings, "contract")
    asset = _asset(fields, around)
    impact = fields.choice("impact", _IMPACTS) or Impact.BLOCKING
    expect_every = _expect_every(fields)
    if not fields.given("odcs"):
        fields.required_text("odcs", "contracts/orders.odcs.yaml")
    for item in fields.items("odcs", lone=True):
        path = text_of(item, fields.name("odcs"), findings)
        for terms, of in terms_of_file(path, item, asset, around, findings) if path else ():
            its = Findings(terms.location.file)
            its.product = findings.product
            own = _own(terms, of, around, its)
            # What our own words say stands before what the standard's say: they say more.
            fresh = None if any(promise.freshness for promise in own) else terms.freshness
            says_build = any(promise.build for promise in own)
            yield PromiseDocument(
                location=terms.location,
                asset=of,
                freshness=fresh,
                described=terms.described and replace(terms.described, says_build=says_build),
                impact=impact,
                expect_every=expect_every,
            )
            yield from own
            findings.problems += its.problems


def _own(
    terms: TableTerms, asset: Marked[AssetRef], around: Surroundings, findings: Findings
) -> tuple[PromiseDocument, ...]:
    """What a contract file promises in our own words, in a custom property of ours."""
    each = (Fields(node, _KEYS_WITHIN_FILE, findings, OWN_PROPERTY) for node in terms.own)
    return tuple(_of_asset(fields, asset, around, is_all=True) for fields in each)


def _supported(node: Mapping, findings: Findings) -> Mapping:
    """An entry without what is not supported, which is told."""
    entries = dict(node.entries)
    for key, entry in node.entries.items():
        if key in _NOT_SUPPORTED:
            del entries[key]
            findings.error(
                codes.UNKNOWN_KEY,
                entry.key,
                f"`contract.{key}` is not supported yet",
                "name an assertion that DataHub has by `assertion: urn:li:assertion:<id>`",
            )
    return node._replace(entries=entries)


def _asset(fields: Fields, around: Surroundings) -> Marked[AssetRef] | None:
    node = fields.node("asset")
    asset = node and asset_ref(node, fields.name("asset"), fields.findings)
    if asset is not None and asset.value not in around.names:
        fields.findings.warning(
            codes.PROMISE_ON_OTHER_ASSET,
            fields.value("asset"),
            f"{asset.value} is not among the assets of the product",
            "add it to `assets`, unless the product only reads it",
        )
    return asset


def _of_asset(
    fields: Fields, asset: Marked[AssetRef] | None, around: Surroundings, *, is_all: bool
) -> PromiseDocument:
    """`is_all`: nothing else is promised in the entry, not even what is not supported."""
    findings = fields.findings
    build = fields.flag("build", default=False)
    fresh, evaluated_by = freshness(fields, around.timezone, around.other)
    tests = _tests(fields)
    written = fields.node("build")
    no_build = written is None or (isinstance(written, Scalar) and flag(written) is False)
    if is_all and no_build and not fields.given("freshness", "tests"):
        findings.error(
            codes.NOTHING_PROMISED,
            fields.at,
            "nothing is promised of this asset",
            "add `build: true`, `freshness` or `tests`",
        )
    if no_build and fields.given("freshness") and not fields.given("tests"):
        _tell_idle_silence(fields)
    return PromiseDocument(
        location=findings.place(fields.at),
        asset=asset,
        build=build,
        freshness=fresh,
        evaluated_by=evaluated_by,
        tests=tests,
        impact=fields.choice("impact", _IMPACTS) or Impact.BLOCKING,
        expect_every=_expect_every(fields),
    )


def _tell_idle_silence(fields: Fields) -> None:
    if fields.given("expect_every"):
        fields.findings.warning(
            codes.MISPLACED_KEY,
            fields.key("expect_every"),
            f"{fields.name('expect_every')} changes nothing here: freshness is judged by its own rule",
            "take it out, or promise `build` or `tests` in this entry too",
        )


def _of_assertion(fields: Fields) -> PromiseDocument:
    findings = fields.findings
    for key in fields.given(*_OF_ASSETS):
        findings.error(
            codes.MISPLACED_KEY,
            fields.key(key),
            f"{fields.name(key)} is promised of an asset, and this entry is about an assertion",
            "write an entry of its own with `asset`",
        )
    assertion = fields.text("assertion")
    if assertion is not None:
        at = fields.value("assertion")
        check_urn(assertion.value, "assertion", at, fields.name("assertion"), findings)
    return PromiseDocument(
        location=findings.place(fields.at),
        assertion=assertion,
        impact=fields.choice("impact", _IMPACTS) or Impact.BLOCKING,
        expect_every=_expect_every(fields),
    )


def _expect_every(fields: Fields) -> int | Default | None:
    node = fields.node("expect_every")
    if node is None:
        return Default()
    if isinstance(node, Scalar) and node.text == _NEVER:
        return None
    every = fields.duration("expect_every", "1d")
    return Default() if every is None else every


def _tests(fields: Fields) -> TestSelection | None:
    node = fields.node("tests")
    if node is None:
        return None
    if isinstance(node, Scalar):
        return _all_tests(node, fields)
    if isinstance(node, Sequence):
        return _selection(Selection.NAMES, "tests", node, fields)
    chosen = Fields(node, _TESTS_KEYS, fields.findings, "tests")
    keys = chosen.given("columns", "tags")
    if len(keys) != 1:
        fields.findings.error(
            codes.ONE_OF_SEVERAL,
            node,
            f"`tests` takes either `columns` or `tags`, and has {'both' if keys else 'neither'}",
            _TESTS_FORMS,
        )
        return None
    return _selection(Selection(keys[0]), keys[0], node, chosen)


def _all_tests(node: Scalar, fields: Fields) -> TestSelection | None:
    text = text_of(node, fields.name("tests"), fields.findings)
    if text is not None and text.value == Selection.ALL.value:
        return TestSelection(by=Selection.ALL, location=text.location)
    fields.findings.error(
        codes.UNKNOWN_WORD,
        node,
        f"{fields.name('tests')} is {told(node)}, neither all nor a list of names",
        nearest(node.text, (Selection.ALL.value,)) or _TESTS_FORMS,
    )
    return None


def _selection(by: Selection, key: str, node: Node, fields: Fields) -> TestSelection | None:
    words = fields.texts(key)
    listed = fields.node(key)
    if isinstance(listed, Sequence) and not listed.items:
        fields.findings.error(
            codes.NOTHING_SELECTED,
            listed,
            f"{fields.name(key)} is empty and selects nothing",
            _TESTS_FORMS,
        )
    if not words:
        return None
    return TestSelection(by=by, words=words, location=fields.findings.place(node))
