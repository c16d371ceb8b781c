"""The demo, run as `make demo` runs it: what it shows is what the documents quote."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.whole

ROOT = Path(__file__).resolve().parents[2]
ANEW = "run examples/record_demo.py to quote it anew"


def script() -> ModuleType:
    name = "example_record_demo"
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / "record_demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def test_the_demo_shows_what_the_documents_quote(tmp_path: Path) -> None:
    record, demo = script(), tmp_path / "demo"
    printed = record.lasting(record.run_demo(demo))
    assert printed == record.PRINTED.read_text(encoding="utf-8"), ANEW

    picture = record.picture(record.status_of(demo))
    assert picture == record.PICTURE.read_text(encoding="utf-8"), ANEW

    readme = record.README.read_text(encoding="utf-8")
    assert record.filled(readme, printed, record.shown_in_catalog(demo)) == readme, ANEW


def test_what_changes_from_run_to_run_is_not_recorded() -> None:
    printed = (
        "\nPipeline finished successfully; produced 116 events in 0.41 seconds.\n"
        "   2026-03-02: 1_dbt.json 344 kB, 2_products.json 100 kB   \n"
        "   HOME=$PWD//some/where .venv/bin/datahub lite get\n"
        "Done in 89 s; everything is in /some/where/\n"
    )
    assert script().lasting(printed) == (
        "Pipeline finished successfully; produced N events in N seconds.\n"
        "   2026-03-02: 1_dbt.json N kB, 2_products.json N kB\n"
        "   HOME=$PWD/.demo .venv/bin/datahub lite get\n"
        "Done in N s; everything is in .demo/\n"
    )
