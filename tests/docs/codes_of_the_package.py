"""All codes of problems: product files' and checks' by name, the others where they are told."""

import ast
import re
from collections.abc import Iterator

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.domain.rules import CHECKS
from tests.docs.pages import ROOT

# What takes a code as its second argument.
TELLING = {"error", "warn", "tell", "problem_with"}
KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)+")


def codes_of_the_package() -> Iterator[str]:
    yield from (value for name, value in vars(codes).items() if name.isupper())
    yield from CHECKS
    for path in sorted((ROOT / "datahub_dataproducts").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                told = getattr(node.func, "attr", getattr(node.func, "id", "")) in TELLING
                given = [*node.args[1:2]] if told else []
                given += [k.value for k in node.keywords if k.arg == "code"]
                said = [n.value for n in given if isinstance(n, ast.Constant)]
                yield from (s for s in said if isinstance(s, str) and KEBAB.fullmatch(s))
