"""An ODCS contract becomes the product file of a product that promises what it says."""

from pathlib import Path

import pytest

from datahub_dataproducts.adapters.product_files.findings import Findings
from datahub_dataproducts.adapters.product_files.open_standards.from_odcs import from_odcs
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from tests.adapters.product_files.open_standards.contracts import DATA, HEAD

REFUSED = {
    "export__datacontract.yaml": ["contract-file-version"],
    "lint__invalid.odcs.yaml": ["contract-file-form"],
}
FILES = sorted(p for p in DATA.rglob("*.yaml") if not p.name.endswith(".odps.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_real_contract_becomes_a_product_or_is_refused(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    findings = Findings("c.yaml")
    written = from_odcs(text, "c.yaml", findings)
    assert [problem.code for problem in findings.problems] == REFUSED.get(path.name, [])
    if written is not None:
        found = parse_product_file(written.text, "p.yml", "UTC", lambda _path: text)
        assert [str(problem) for problem in found.problems if problem.is_error] == []
        assert found.documents[0].contract or "schema: []" in text or "schema: [ ]" in text


def test_a_contract_says_what_its_product_is() -> None:
    text = (
        f"{HEAD}, name: C, domain: sales, description: {{purpose: All sales}}, tags: [a], "
        "customProperties: [{property: tier, value: gold}, {property: n, value: 1}], "
        "team: [{username: ana, role: owner}], support: [{channel: x, tool: slack}], "
        "schema: [{name: orders, physicalName: fct_orders, description: One row per order}]}"
    )
    written = from_odcs(text, "../c.yaml", Findings("c.yaml"))
    assert written is not None
    assert written.text == (
        "# A data product, converted from ODCS.\n"
        "# See what is said in comments, then check it by\n"
        "# `datahub-dataproducts validate`.\n"
        "id: c\n"
        "display_name: C\n"
        "domain: sales\n"
        "description: All sales\n"
        "owners:\n- id: ana\n  type: BUSINESS_OWNER\n"
        "# The output ports, as dbt models of the same names:\n"
        "# fct_orders 1: One row per order.\n"
        "assets:\n- ref('fct_orders')\n"
        "output_ports:\n- ref('fct_orders')\n"
        "# ODCS says active. `live` wants a business owner, a technical owner and a runbook.\n"
        "lifecycle: development\n"
        "contract:\n- odcs: ../c.yaml\n"
        "tags:\n- a\n"
        "properties:\n  tier: gold\n"
    )
