"""A picture of cards as Microsoft's own renderer shows them, made anew by `python -m docs.card_pictures`.

Needs npm, and Chromium (`chromium` on the PATH, or its path in the variable CHROMIUM). What is on it
are letters of the story that is kept in tests/data/story.
"""

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.screenshots import shoot

ROOT = Path(__file__).parents[1]
CARDS = ROOT / "tests" / "data" / "story" / "card"
PICTURE = Path(__file__).parent / "pictures" / "teams-cards.png"
# Side by side, below one another.
SHOWN = (
    ("03-03-0800-users-opened", "03-04-0615-users-closed"),
    ("digest-2026-03-03-finance", "digest-2026-03-04-engineering"),
)
RENDERER = "adaptivecards@3.0.6"
WIDTH, HEIGHT = 1240, 818

# Colours as Teams has them; the renderer's own host config knows no styles of containers.
_CONFIG = {
    "fontFamily": "'Segoe UI', 'DejaVu Sans', sans-serif",
    "supportsInteractivity": True,
    "spacing": {"small": 4, "default": 10, "medium": 16, "large": 20, "padding": 12},
    "separator": {"lineThickness": 1, "lineColor": "#DDDDDD"},
    "containerStyles": {
        "default": {"backgroundColor": "#FFFFFF"},
        "emphasis": {"backgroundColor": "#EFEFEF"},
        "attention": {"backgroundColor": "#FBE4E6"},
        "good": {"backgroundColor": "#DFF6DD"},
        "warning": {"backgroundColor": "#FDF1DA"},
    },
    "actions": {"maxActions": 6, "buttonSpacing": 8, "actionsOrientation": "horizontal"},
}

_PAGE = """<!doctype html><meta charset="utf-8">
<style>
  body {{ margin: 0; padding: 14px; background: #F0F0F0; display: flex; gap: 14px; align-items: start;
         font-family: 'DejaVu Sans', sans-serif }}
  .side {{ flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 14px }}
  .card {{ background: #FFF; border: 1px solid #DDD; border-radius: 4px }}
  .ac-pushButton {{ border: 1px solid #BBB; border-radius: 4px; background: #FFF; padding: 6px 10px;
                    font: 600 13px 'DejaVu Sans', sans-serif }}
</style>
<body><script>{renderer}</script><script>
  for (const cards of {sides}) {{
    const side = document.createElement("div");
    side.className = "side";
    for (const content of cards) {{
      const card = new AdaptiveCards.AdaptiveCard();
      card.hostConfig = new AdaptiveCards.HostConfig({config});
      card.parse(content);
      const place = document.createElement("div");
      place.className = "card";
      place.appendChild(card.render());
      side.appendChild(place);
    }}
    document.body.appendChild(side);
  }}
</script>"""


def main() -> None:
    """Fetch the renderer, show the cards, and keep the picture."""
    with TemporaryDirectory() as folder:
        npm = ["npm", "install", "--silent", "--ignore-scripts", "--prefix", folder, RENDERER]
        subprocess.run(npm, check=True)
        renderer = Path(folder) / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js"
        page = Path(folder) / "cards.html"
        page.write_text(_page_of(renderer.read_text(encoding="utf-8")), encoding="utf-8")
        shoot(page, PICTURE, (WIDTH, HEIGHT))


def _page_of(renderer: str) -> str:
    sides = [[_card(name) for name in side] for side in SHOWN]
    written = json.dumps(sides).replace("</", "<\\/")
    return _PAGE.format(renderer=renderer, sides=written, config=json.dumps(_CONFIG))


def _card(name: str) -> object:
    kept = json.loads((CARDS / f"{name}.json").read_text(encoding="utf-8"))
    return kept["attachments"][0]["content"]


if __name__ == "__main__":
    main()
