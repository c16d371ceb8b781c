"""Pictures of mails as people see them, made anew by `python -m docs.mail_pictures`.

Needs Chromium (`chromium` on the PATH, or its path in the variable CHROMIUM). What is on them are
the mails that the tests keep in tests/adapters/mail/golden.
"""

from pathlib import Path

from docs.screenshots import shoot

ROOT = Path(__file__).parents[1]
MAILS = ROOT / "tests" / "adapters" / "mail" / "golden"
PICTURES = Path(__file__).parent / "pictures"

# Width and height of the window, and whether the reader's machine is set to dark.
DESKTOP, PHONE = (700, 780), (390, 850)
SHOTS = {
    "mail-desktop": ("html/opened.html", DESKTOP, False),
    "mail-dark": ("html/opened.html", DESKTOP, True),
    "mail-phone": ("business/bad_day.html", PHONE, False),
}


def main() -> None:
    """Make all of them."""
    for name, (page, size, dark) in SHOTS.items():
        shoot(MAILS / page, PICTURES / f"{name}.png", size, dark=dark)


if __name__ == "__main__":
    main()
