"""Pictures of mails as people see them, made anew by `python -m docs.mail_pictures`.

Needs Chromium (`chromium` on the PATH, or its path in the variable CHROMIUM). What is on them are
letters of the story that is kept in tests/data/story.
"""

from pathlib import Path

from docs.screenshots import shoot

ROOT = Path(__file__).parents[1]
MAILS = ROOT / "tests" / "data" / "story" / "html"
PICTURES = Path(__file__).parent / "pictures"

# Width and height of the window, and whether the reader's machine is set to dark.
DESKTOP, PHONE = (700, 860), (390, 522)
SHOTS = {
    "mail-desktop": ("03-03-0800-users-opened.html", DESKTOP, False),
    "mail-dark": ("03-03-0800-users-opened.html", DESKTOP, True),
    "mail-phone": ("digest-2026-03-03-finance.html", PHONE, False),
}


def main() -> None:
    """Make all of them."""
    for name, (page, size, dark) in SHOTS.items():
        shoot(MAILS / page, PICTURES / f"{name}.png", size, dark=dark)


if __name__ == "__main__":
    main()
