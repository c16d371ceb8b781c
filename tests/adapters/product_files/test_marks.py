"""YAML becomes nodes that know their places, and what is hostile is refused within bounds."""

import pytest
import yaml

from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.marks import DEEPEST, MOST_NODES, compose
from datahub_dataproducts.adapters.product_files.nodes import Mapping, Node, Scalar, Sequence
from tests.adapters.product_files.product_texts import DATAHUB_EXAMPLE, REVENUE

LOADERS = [
    pytest.param(yaml.SafeLoader, id="pure"),
    pytest.param(
        getattr(yaml, "CSafeLoader", None),
        id="libyaml",
        marks=pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="no libyaml here"),
    ),
]
both_loaders = pytest.mark.parametrize("loader", LOADERS)
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def composed(text: str, loader: object = None) -> tuple[Node | None, list[str]]:
    findings = Findings("p.yml")
    node = compose(text, findings, loader) if loader else compose(text, findings)
    return node, [str(problem) for problem in findings.problems]


@both_loaders
def test_keys_and_values_know_their_lines_and_columns(loader: object) -> None:
    node, problems = composed("# note\na: 1\nb:\n  - 'x'\n  - {ç: 2, d: !!str 3}\n", loader)
    assert problems == []
    assert isinstance(node, Mapping)
    one, two = node.entries.values()
    assert one.key == Scalar("a", 2, 1, plain=True)
    assert one.value == Scalar("1", 2, 4, plain=True)
    assert isinstance(two.value, Sequence)
    assert two.value[1:] == (4, 3)
    first, second = two.value.items
    assert first == Scalar("x", 4, 5, plain=False)
    assert isinstance(second, Mapping)
    assert second[1:] == (5, 5)
    assert second.entries["d"].value == Scalar("3", 5, 15, plain=False)


@pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="no libyaml here")
@pytest.mark.parametrize("text", [DATAHUB_EXAMPLE, REVENUE, "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_libyaml_and_the_pure_parser_give_the_same_nodes(text: str, line_end: str) -> None:
    text = text.replace("\n", line_end)
    assert composed(text, yaml.CSafeLoader) == composed(text, yaml.SafeLoader)


@both_loaders
@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "a: 1\nb: {c: 1, c: 2}\na: 2\n",
            [
                "p.yml:2:11: error[duplicate-key]: `c` is written twice, first at line 2; keep one of them",
                "p.yml:3:1: error[duplicate-key]: `a` is written twice, first at line 1; keep one of them",
            ],
        ),
        (
            "a: 1\n'a': 2\n",
            [
                "p.yml:2:1: error[duplicate-key]: `a` is written twice, first at line 1; keep one of them"
            ],
        ),
        (
            "? [x]\n: 1\n",
            ["p.yml:1:3: error[key-not-text]: a key must be text; write `key: value`"],
        ),
        ("? \n: 1\n", ["p.yml:1:2: error[key-not-text]: a key must be text; write `key: value`"]),
        (
            "a: !!python/object:os.system x\n",
            [
                (
                    "p.yml:1:4: error[unknown-tag]: the tag tag:yaml.org,2002:python/object:os.system "
                    "means nothing here; write the value without a tag"
                )
            ],
        ),
        (
            "a: !thing [x]\n",
            [
                "p.yml:1:4: error[unknown-tag]: the tag !thing means nothing here; write the value without a tag"
            ],
        ),
        (
            "<<: 1\na: 2\n",
            ["p.yml:1:5: error[bad-merge]: `<<` takes a mapping; write `<<: *name`"],
        ),
    ],
)
def test_a_fault_of_one_value_is_told_and_the_rest_is_read(
    text: str, problems: list[str], loader: object
) -> None:
    node, told = composed(text, loader)
    assert isinstance(node, Mapping)
    assert told == problems


@both_loaders
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "a: 1\n--- \nb: 2\n",
            (
                "p.yml:2:1: error[several-documents]: a second document begins here, and a product "
                "file is one document; list the products under `data_products:`"
            ),
        ),
        (
            "a:\n\t- x\n",
            "p.yml:2:1: error[tab-indentation]: there is a tab where YAML wants spaces; indent with spaces instead",
        ),
        (
            "a: x\n \ty: z\n",
            "p.yml:2:2: error[tab-indentation]: there is a tab where YAML wants spaces; indent with spaces instead",
        ),
        (
            "a: 1\n\t# note\nb: |\n  x\n",
            "p.yml:2:1: error[tab-indentation]: there is a tab where YAML wants spaces; indent with spaces instead",
        ),
        (
            "a: |\n  x\n\nb: {\n\tc: 1}\n",
            "p.yml:5:1: error[tab-indentation]: there is a tab where YAML wants spaces; indent with spaces instead",
        ),
        (
            "a: &x [*x]\n",
            "p.yml:1:8: error[recursive-alias]: *x stands within what it stands for; write out what is meant",
        ),
        (
            "a: &x\n  b: *x\n",
            "p.yml:2:6: error[recursive-alias]: *x stands within what it stands for; write out what is meant",
        ),
        (
            "a: *x\n",
            (
                "p.yml:1:4: error[unknown-alias]: *x stands for nothing; mark what it stands for with "
                "&x above, or put it in quotes"
            ),
        ),
        (
            "[" * 100_000,
            (
                f"p.yml:1:{DEEPEST + 1}: error[nested-too-deep]: this is nested more than {DEEPEST} "
                "levels deep; a product needs five"
            ),
        ),
        (
            "- " * 100_000,
            (
                f"p.yml:1:{2 * DEEPEST + 1}: error[nested-too-deep]: this is nested more than "
                f"{DEEPEST} levels deep; a product needs five"
            ),
        ),
        (
            LAUGHS,
            (
                f"p.yml:5:36: error[too-many-values]: the file holds more than {MOST_NODES} values, "
                "aliases written out; split it into several files"
            ),
        ),
        (
            "a: 1\nb: \0\n",
            (
                "p.yml:2:4: error[control-character]: there is a character that does not belong in "
                "text (U+0000); remove it, and see that the file is text in UTF-8"
            ),
        ),
        (
            'a: "\\0"\n',
            (
                "p.yml:1:4: error[control-character]: there is a character that does not belong in "
                "text (U+0000); remove it, and see that the file is text in UTF-8"
            ),
        ),
        (
            "a: \ud800\n",
            (
                "p.yml:1:4: error[control-character]: there is a character that does not belong in "
                "text (U+D800); remove it, and see that the file is text in UTF-8"
            ),
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(
    text: str, problem: str, loader: object
) -> None:
    assert composed(text, loader) == (None, [problem])


@both_loaders
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b: c\n", "p.yml:1:5"),
        ("a: [1, 2", "p.yml:1:9"),
        ("a: 'x", "p.yml:1:6"),
        ("a: @x\n", "p.yml:1:4"),
        ("%YAML 3.0\n---\na: 1\n", "p.yml:1:1"),
        ("a: !x!y z\n", "p.yml:1:4"),
    ],
)
def test_what_is_not_yaml_says_where(text: str, place: str, loader: object) -> None:
    node, (problem,) = composed(text, loader)
    assert node is None
    assert problem.startswith(f"{place}: error[not-yaml]: this is not YAML: ")
    assert problem.endswith(
        "; look at the indentation, colons and quotes here and above, and quote text that has ': '"
    )


@both_loaders
@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("assets: [ref('a'), source('app', 'users')]\n", "source"),
        ("assets:\n  [ref( 'shop','a' )]\n", "ref"),
        ("contract: [{asset: ref('shop', 'a'), build: true}]\n", "ref"),
    ],
)
def test_a_name_with_a_comma_in_a_list_on_one_line_wants_quotes(
    text: str, call: str, loader: object
) -> None:
    node, (problem,) = composed(text, loader)
    assert node is None
    assert f"put {call}(...) in double quotes as a whole" in problem


@both_loaders
def test_an_escape_that_is_no_character_is_not_yaml(loader: object) -> None:
    node, (problem,) = composed('a: "\\UFFFFFFFF"\n', loader)
    assert node is None
    assert "error[not-yaml]" in problem


@both_loaders
@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  x\n  \ty\nb: 1\n",
        'a: "x\n\ty"\nb: 1\n',
        "a: >-\n  x\n   \ty\n  \t\nb: 1\n",
    ],
)
def test_a_tab_within_text_or_between_values_is_allowed(text: str, loader: object) -> None:
    node, problems = composed(text, loader)
    assert problems == []
    assert isinstance(node, Mapping)
    assert list(node.entries) == ["a", "b"]


def test_nothing_but_a_note_is_no_node() -> None:
    assert composed("# note\n") == (None, [])


@pytest.mark.parametrize(
    "text",
    [
        "- a\n" * 2_000_000,
        "{" * 9_000_000,
        "a: " + "x" * 9_000_000,
        "a: |\n" + "  \tx\n" * 1_500_000,
        "? " * 4_000_000,
        '"' + "\\n" * 4_000_000 + '"',
    ],
    ids=["items", "braces", "scalar", "tabs", "keys", "escapes"],
)
def test_ten_megabytes_of_anything_are_over_soon(text: str) -> None:
    node, problems = composed(text)
    assert isinstance(node, Mapping | Scalar) or len(problems) == 1
