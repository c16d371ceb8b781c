"""What each format makes of the letters made by hand is what is kept."""

import pytest

from tests.kept_formats import ADAPTERS, ANEW, FORMATS, kept_at
from tests.messages_by_hand import LETTERS


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_makes_what_is_kept(name: str, letter: str) -> None:
    made = FORMATS[name].made_of(LETTERS[letter]).encode("utf-8")
    assert made == kept_at(name, letter).read_bytes(), ANEW


def test_nothing_is_kept_that_no_format_makes() -> None:
    known = {kept_at(name, letter) for name in FORMATS for letter in LETTERS}
    for name, kind in FORMATS.items():
        folder = ADAPTERS / kind.adapter / "golden" / name
        assert set(folder.iterdir()) <= known
