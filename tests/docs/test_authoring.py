"""The page for analysts shows what the commands print, all of it."""

from pathlib import Path

from tests.docs.authoring_story import MISTAKES, PAGE, paragraphs, story


def test_the_page_is_what_the_commands_print(tmp_path: Path) -> None:
    told = story(tmp_path)
    assert list(paragraphs(PAGE.read_text(encoding="utf-8"))) == list(paragraphs(told)), (
        "write it anew: make docs"
    )


def test_each_mistake_has_a_chapter_of_its_own() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"### {mistake.title}\n" in page for mistake in MISTAKES)
