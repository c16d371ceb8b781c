"""Pictures of mails as people see them, made anew by `python -m docs.mail_pictures`.

Needs Chromium (`chromium` on the PATH, or its path in the variable CHROMIUM). What is on them are
the mails that the tests keep in tests/adapters/mail/golden.
"""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
MAILS = ROOT / "tests" / "adapters" / "mail" / "golden"
PICTURES = Path(__file__).parent / "pictures"

# Width and height of the window, and whether the reader's machine is set to dark.
DESKTOP, PHONE = (700, 780), (390, 1230)
SHOTS = {
    "mail-desktop": ("html/opened.html", DESKTOP, False),
    "mail-dark": ("html/opened.html", DESKTOP, True),
    "mail-phone": ("html/bad_day.html", PHONE, False),
}


def shoot(name: str, page: Path, size: tuple[int, int], *, dark: bool) -> None:
    """One picture, by Chromium without a window and without a network."""
    with TemporaryDirectory() as profile:
        subprocess.run(
            [
                os.environ.get("CHROMIUM", "chromium"),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                f"--blink-settings=preferredColorScheme={0 if dark else 1}",
                f"--user-data-dir={profile}",
                f"--window-size={size[0]},{size[1]}",
                f"--screenshot={PICTURES / name}.png",
                page.as_uri(),
            ],
            check=True,
            timeout=120,
            stderr=subprocess.DEVNULL,
        )


def main() -> None:
    """Make all of them."""
    PICTURES.mkdir(exist_ok=True)
    for name, (page, size, dark) in SHOTS.items():
        shoot(name, MAILS / page, size, dark=dark)


if __name__ == "__main__":
    main()
