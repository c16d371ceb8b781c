"""The page on architecture shows the tree and the libraries as they are."""

import re
from importlib.metadata import files, metadata

import pytest

from datahub_dataproducts.adapters.datahub import property_definitions
from tests.docs.pages import ROOT, code_in, section, text_of

PAGE = "ARCHITECTURE.md"
PACKAGE = ROOT / "datahub_dataproducts"
# How the classifiers of packages say it.
WORDS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
}
LIBRARIES = [
    tuple(cell.strip() for cell in row.split("|")[1:3])
    for row in section(PAGE, "Libraries").splitlines()
    if row.startswith("| ") and not row.startswith(("| library", "| ---"))
]


def test_the_tree_is_the_one_there_is() -> None:
    layers = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    adapters = {p.name for p in (PACKAGE / "adapters").iterdir() if not p.name.startswith("__")}
    named = re.findall(r"^[│├└─ ]+(\w+(?:/|\.py))", text_of(PAGE), re.MULTILINE)
    assert {name.rstrip("/") for name in named} == layers | adapters


def test_every_module_named_is_there() -> None:
    for title in ("Flow 1: publish (`datahub ingest`, source `data-products`)",):
        for code in code_in(section(PAGE, title)):
            if code.startswith(("adapters/", "application/", "domain/", "plugins/")):
                assert (PACKAGE / code).exists(), code


def test_every_structured_property_is_named() -> None:
    names = [urn.rpartition(":")[2] for urn in property_definitions.PROPERTY_URNS]
    for name in names:
        prefix, _, last = name.rpartition(".")
        assert name in text_of(PAGE) or f"`.{last}`" in text_of(PAGE), name
        assert prefix == "io.datahub_dataproducts"


@pytest.mark.parametrize(("library", "licence"), LIBRARIES)
def test_the_licence_is_what_the_library_says(library: str, licence: str) -> None:
    told = metadata(library)
    said = {told.get("License-Expression"), told.get("License")}
    said |= {WORDS.get(words) for words in told.get_all("Classifier") or ()}
    if said <= {None, ""}:
        # It says it nowhere but in the text it brings.
        texts = [file for file in files(library) or () if file.name.startswith("LICENSE")]
        said = {word for text in texts for word in text.read_text().split(maxsplit=2)[:2]}
    assert licence in said


def test_every_library_we_install_is_there() -> None:
    setup = text_of("setup.py")
    lists = re.findall(
        r"^(?:INSTALL_REQUIRES|ACTIONS) = \[(.*?)^\]", setup, re.MULTILINE | re.DOTALL
    )
    wanted = {
        re.split(r"[\[{<>=]", name)[0].lower()
        for text in lists
        for name in re.findall(r'^    f?"([^"]+)"', text, re.MULTILINE)
    }
    assert len(wanted) > 8
    assert wanted <= {library.lower() for library, _ in LIBRARIES}
