"""Texts of products for these tests, and what comes of them."""

from pathlib import Path

from datahub_dataproducts.adapters.product_files.translate import Parsed, parse_product_file
from datahub_dataproducts.domain.documents import ProductDocument

DATA = Path(__file__).parent / "data"
DATAHUB_EXAMPLE = (DATA / "datahub_example.yaml").read_text(encoding="utf-8")
REVENUE = (DATA / "revenue.yml").read_text(encoding="utf-8")
SMALLEST = "id: revenue\ndomain: finance\n"


def parsed(text: str) -> Parsed:
    return parse_product_file(text, "p.yml", "UTC")


def told(text: str) -> list[str]:
    return [str(problem) for problem in parsed(text).problems]


def document(text: str) -> ProductDocument:
    result = parsed(text)
    assert [str(problem) for problem in result.problems] == []
    assert len(result.documents) == 1
    return result.documents[0]
