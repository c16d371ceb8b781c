"""What the README quotes is what the quoted files say."""

import re

from tests.docs.pages import ROOT, blocks, text_of

PRINTED = (ROOT / "examples" / "analytics" / "demo.txt").read_text(encoding="utf-8")
PRODUCT_FILE = "examples/analytics/data_products/revenue.yml"


def day(name: str) -> str:
    parts = re.split(r"^(?=== )", PRINTED, flags=re.MULTILINE)
    (part,) = (p for p in parts if p.startswith(f"== {name}"))
    return part.strip()


def test_tuesday_and_thursday_are_what_the_demo_printed() -> None:
    quoted = [block.text.strip() for block in blocks("text") if block.page == "README.md"]
    assert day("Tuesday") in quoted
    assert day("Thursday") in quoted


def test_the_product_file_is_the_one_of_the_example() -> None:
    quoted = [block.text.strip() for block in blocks("yaml") if block.page == "README.md"]
    assert quoted == [text_of(PRODUCT_FILE).strip()]


def test_the_versions_are_those_of_the_package() -> None:
    setup, readme = text_of("setup.py"), text_of("README.md")
    (lowest, below) = re.findall(r'DATAHUB_VERSIONS = ">=([\d.]+),<([\d.]+)"', setup)[0]
    assert f"from {lowest}, below {below}" in readme
    pythons = re.findall(r"Programming Language :: Python :: (3\.\d+)", setup)
    assert f"| Python | {', '.join(pythons)} |" in readme


def test_the_dbt_artifacts_are_those_that_can_be_read() -> None:
    newest = {}
    for kind in ("manifest", "run_results", "sources"):
        source = text_of(f"datahub_dataproducts/adapters/dbt/{kind}.py")
        (newest[kind],) = re.findall(r"versions=\{\"[a-z-]+\": \(1, (\d+)\)", source)
    said = "manifest v1 to v{manifest}, run results v1 to v{run_results}, sources v1 to v{sources}"
    assert said.format(**newest) in text_of("README.md")
