"""What Slack refuses of blocks, by its published limits; written apart from what makes them."""

from typing import Any

MOST_IN_ALL = 13_000


def fault_of(blocks: list[dict[str, Any]]) -> str:
    """The word with which Slack refuses them; empty: it takes them."""
    if len(blocks) > 50 or not all(_is_block(one) for one in blocks):
        return "invalid_blocks"
    return "msg_blocks_too_long" if sum(map(_weight, blocks)) > MOST_IN_ALL else ""


def _is_block(block: dict[str, Any]) -> bool:
    kind = block.get("type")
    if kind == "header":
        return _is_text(block.get("text"), 150, {"plain_text"})
    if kind == "section":
        return _is_section(block)
    if kind == "actions":
        return _are_buttons(block.get("elements", []))
    if kind == "context":
        elements = block.get("elements", [])
        return 1 <= len(elements) <= 10 and all(_is_text(one, 2_000) for one in elements)
    return kind == "divider" and set(block) == {"type"}


def _is_section(block: dict[str, Any]) -> bool:
    fields = block.get("fields", [])
    if "text" in block and not _is_text(block["text"], 3_000):
        return False
    if not ("text" in block or fields):
        return False
    return len(fields) <= 10 and all(_is_text(one, 2_000) for one in fields)


def _are_buttons(elements: list[dict[str, Any]]) -> bool:
    ids = [one.get("action_id") for one in elements]
    return (
        1 <= len(elements) <= 25
        and len(set(ids)) == len(ids)
        and all(
            one.get("type") == "button"
            and _is_text(one.get("text"), 75, {"plain_text"})
            and one.get("url", "").startswith(("http://", "https://"))
            and len(one["url"]) <= 3_000
            for one in elements
        )
    )


def _is_text(text: Any, most: int, kinds: frozenset[str] | set[str] = frozenset()) -> bool:
    if not isinstance(text, dict) or text.get("type") not in (kinds or {"mrkdwn", "plain_text"}):
        return False
    said = text.get("text")
    # Slack counts characters as JavaScript does.
    return isinstance(said, str) and bool(said) and len(said.encode("utf-16-le")) // 2 <= most


def _weight(of: Any) -> int:
    if isinstance(of, str):
        return len(of)
    if isinstance(of, dict):
        return sum(map(_weight, of.values()))
    return sum(map(_weight, of)) if isinstance(of, list) else 0
