"""Whatever stands in a file, it gives products or problems, within the file, and no traceback."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.product_files.policy import read_policy
from datahub_dataproducts.adapters.product_files.product import PRODUCT_KEYS
from tests.adapters.product_files.product_texts import DATAHUB_EXAMPLE, REVENUE, parsed
from tests.docs.pages import ROOT
from tests.fuzz.invariants import check_bytes, check_contract, check_text

SNIPPETS = [
    *(
        "\t",
        "\n",
        "  ",
        ": ",
        "- ",
        "'",
        '"',
        "#",
        "*a",
        "&a ",
        "!x ",
        "|",
        ">",
        "{",
        "}",
        "[",
        "]",
    ),
    *(
        "no",
        "012",
        "8:00",
        "2024-01-01",
        "~",
        "\0",
        "\r",
        "\ufeff",
        "\u2028",
        "<<: ",
        "---\n",
        "...",
    ),
    *(
        "ref('a",
        "urn:li:",
        "99%",
        "never",
        "1d",
        "\ud800",
        "%YAML 9\n",
        "? ",
        ",",
        "\x85",
        "é",
        "𝄞",
    ),
]


CONTRACTS = [
    (ROOT / f"tests/data/open_standards/{name}").read_text(encoding="utf-8")
    for name in (
        "datacontract_cli/dbt_sync__orders.odcs.yaml",
        "odcs_bitol/sla/database-table-sla.odcs.yaml",
    )
]
POLICY = "stages:\n  live: {required: [runbook, contract], owners: [BUSINESS_OWNER], moves: [deleted]}\nseverity: {missing-contract: error, missing-runbook: off}\n"


@st.composite
def mutated(draw: st.DrawFn, texts: Sequence[str] = (REVENUE, DATAHUB_EXAMPLE)) -> str:
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from([0, 0, 1, 3, 20]))
        text = text[:start] + draw(st.sampled_from(["", *SNIPPETS])) + text[start + length :]
    return text


# Values of the wrong kind in the right places, as flow YAML.
values = st.recursive(
    st.sampled_from([
        "",
        "a",
        "no",
        "1",
        "true",
        "''",
        "\"ref('a')\"",
        "99%",
        "30d",
        "[]",
        "{}",
        "urn:li:a:b",
    ]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from([
                *PRODUCT_KEYS,
                "asset",
                "tests",
                "freshness",
                "target",
                "window",
                "url",
                "elements",
                "x",
            ]),
            inner,
            max_size=3,
        ).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=8,
)


@given(st.text(max_size=200))
def test_any_text_gives_products_or_problems(text: str) -> None:
    check_text(text)


@given(st.lists(st.sampled_from(SNIPPETS), max_size=30).map("".join))
def test_any_pieces_of_yaml_give_products_or_problems(text: str) -> None:
    check_text(text)


@given(mutated())
def test_a_damaged_file_gives_products_or_problems(text: str) -> None:
    check_text(text)


@given(st.dictionaries(st.sampled_from(list(PRODUCT_KEYS)), values, max_size=6))
def test_any_value_of_any_key_gives_products_or_problems(fields: dict[str, str]) -> None:
    check_text(
        "".join(f"{key}: {value}\n" for key, value in {"id": "a", "domain": "d", **fields}.items())
    )


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_problem(content: bytes) -> None:
    check_bytes(content)


@given(
    mutated(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
)
def test_any_encoding_gives_text_or_a_problem(text: str, encoding: str) -> None:
    check_bytes(text.encode(encoding, "replace"))


@given(mutated(CONTRACTS))
def test_a_damaged_contract_file_gives_promises_or_problems(text: str) -> None:
    check_contract(text)


@given(mutated([POLICY]))
def test_a_damaged_policy_gives_rules_or_problems(text: str) -> None:
    result = read_policy(text, "any.yml")
    assert result == read_policy(text, "any.yml")
    assert all(problem.location and problem.remedy for problem in result.problems)


CONTRACT_OF_TWO_LINES = b"""\
apiVersion: v3.1.0
kind: DataContract
id: a
version: 1.0.0
status: active
schema:
  - name: "a\\nb"
    quality:
      - {type: text, description: x}
"""


@pytest.mark.parametrize(
    "content",
    [
        b"id: a\ndomain: d\ntype: x\n",
        b"!%00a",
        b"id: a\ndomain: d\ncontract:\n  - asset: ref('a\t')\n    build: true\n",
        b"kind: DataContract\nname:\n",
        b"---",
        CONTRACT_OF_TWO_LINES,
    ],
)
def test_what_fuzzing_found_stays_mended(content: bytes) -> None:
    check_bytes(content)


@pytest.mark.parametrize("text", [REVENUE, DATAHUB_EXAMPLE])
def test_line_ends_and_a_byte_order_mark_change_nothing(text: str) -> None:
    assert parsed(text.replace("\n", "\r\n")) == parsed(text)
    assert parsed(f"\ufeff{text}") == parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        "assets: ["
        + ", ".join(f"\"ref('p{n}', 'a')\"" for n in range(20_000))
        + "]\noutput_ports: ["
        + ", ".join(f"\"ref('q{n}', 'a')\"" for n in range(20_000))
        + "]\n",
        "runbook: 'https://" + "a" * 1_000_000 + " '\n",
        "assets: [\"ref('a'" + " " * 1_000_000 + '"]\n',
        "assets: ['urn:li:a:" + "(" * 500_000 + ")" * 500_000 + "']\n",
        "type: " + "m" * 1_000_000 + "\n",
        "m" * 100_000 + "etric: 1\n",
        "domain: " + "9" * 1_000_000 + "\n",
        "domain: 1" + ":1" * 500_000 + "\n",
        "".join(f"key_{n}: 1\n" for n in range(40_000)),
        "objective: {target: " + "9" * 100_000 + "%, window: " + "9" * 100_000 + "d}\n",
    ],
    ids=[
        *("ports", "spaced-url", "spaced-ref", "parentheses", "word", "key", "digits", "colons"),
        *("keys", "numbers"),
    ],
)
def test_what_is_long_or_many_is_over_soon(text: str) -> None:
    check_text("id: a\n" + text)
