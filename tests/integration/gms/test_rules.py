"""The list of rules names tests that exist, and every test that shows one is in it."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TESTS = {
    name
    for file in HERE.glob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}
RULES = [
    line.split(" | ")
    for line in (HERE / "RULES.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| rule", "| ---"))
]


def test_every_rule_says_how_sure_it_is_and_is_shown_by_tests_that_exist() -> None:
    assert len(RULES) > 30
    for rule, sure, shown in RULES:
        assert re.match("client|server|third|inferred", sure), rule
        names = re.findall(r"`(test_\w+)`", shown)
        assert names, rule
        assert set(names) <= TESTS, rule


def test_no_module_of_the_stand_in_is_longer_than_a_reader_can_hold() -> None:
    modules = [file for file in HERE.glob("*.py") if not file.name.startswith("test_")]
    lengths = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in modules}
    assert len(lengths) > 10
    assert {name: lines for name, lines in lengths.items() if lines > 300} == {}
