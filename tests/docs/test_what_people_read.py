"""What the README says that people read is what they read in the story."""

from tests.docs.pages import ROOT, blocks

STORY = ROOT / "tests" / "data" / "story" / "finance.txt"


def test_the_message_in_the_readme_is_one_of_the_story() -> None:
    texts = [block.text.strip() for block in blocks("text") if block.page == "README.md"]
    (quoted,) = [text for text in texts if text.startswith("🔴")]
    told = STORY.read_text(encoding="utf-8")
    assert "".join(f"  {line}\n" for line in quoted.splitlines()) in told
