"""Fuzzes the reader of product files with atheris: `make fuzz`, or for an hour

    python tests/fuzz/fuzz_product_files.py CORPUS_FOLDER -max_total_time=3600

The corpus folder grows; it is begun with the product files of the examples, of the tests and of the
guide. What breaks an invariant is written as `crash-...` into the current folder: make it small
(`-minimize_crash=1 -runs=10000`), and keep it as a test.
"""

import sys
import tempfile
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["datahub_dataproducts", "yaml"]):
    from datahub_dataproducts.adapters.product_files.guide import read_guide
    from datahub_dataproducts.adapters.product_files.schema import product_file_schema
    from tests.fuzz.invariants import check_bytes

SEEDS = ("examples/**/data_products/*.yml", "tests/**/*.yml", "tests/**/*.yaml")
LONGEST = 10_000
SYNTAX = (
    *(
        "---\n",
        "...",
        "- ",
        ": ",
        "? ",
        "<<: ",
        "*a",
        "&a ",
        "!!str ",
        "!x ",
        "| \n",
        "> \n",
        "%YAML",
    ),
    *("~", "null", "no", "012", "8:00", "2024-01-01", "0x1f", ".inf", '"\\u0000"', '"\\ud800"'),
    *("\t", "\r", "\r\n", "\0", "\u2028", "\x85", "\ufeff", "x-", "{", "}", "[", "]", "''", '""'),
)


def words_of(schema: object) -> set[str]:
    """Every key and word that a JSON Schema speaks of."""
    if isinstance(schema, list):
        return set().union(*(words_of(item) for item in schema))
    if not isinstance(schema, dict):
        return set()
    here = {f"{key}: " for key in schema.get("properties", {})}
    here |= {str(word) for word in schema.get("enum", [])}
    here |= {str(example) for example in schema.get("examples", []) if isinstance(example, str)}
    return here.union(*(words_of(value) for value in schema.values()))


def prepare(corpus: Path, dictionary: Path) -> None:
    """Begin a corpus, and write the dictionary of libFuzzer."""
    corpus.mkdir(parents=True, exist_ok=True)
    found = {path for pattern in SEEDS for path in ROOT.glob(pattern)}
    seeds = {path.read_bytes() for path in found}
    for entry in read_guide():
        for example in (entry.bad, entry.good):
            seeds |= {text.encode() for _, text in example.files}
    for number, content in enumerate(sorted(seeds)):
        if len(content) <= LONGEST:
            (corpus / f"seed-{number}").write_bytes(content)
    words = sorted({*words_of(product_file_schema()), *SYNTAX})
    escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in words)
    dictionary.write_text("".join(f'"{word}"\n' for word in escaped if word), encoding="ascii")


def main() -> None:
    """Fuzz, with the arguments of libFuzzer."""
    given = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    made = Path(tempfile.mkdtemp(prefix="fuzz-"))
    corpus = Path(given[0]) if given else made / "corpus"
    dictionary = made / "words.dict"
    prepare(corpus, dictionary)
    options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
    arguments = [sys.argv[0], str(corpus), f"-dict={dictionary}", f"-max_len={LONGEST}", *options]
    atheris.Setup(arguments, check_bytes)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
