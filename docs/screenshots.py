"""Pictures of pages, by Chromium without a window and without a network."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory


def shoot(page: Path, picture: Path, size: tuple[int, int], *, dark: bool = False) -> None:
    """Keep what a reader sees of a page, in a window of so many pixels."""
    picture.parent.mkdir(exist_ok=True)
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
                # What is taller than the screen, which is small unless said otherwise, is cut.
                "--screen-info={1600x1600}",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            check=True,
            timeout=120,
            stderr=subprocess.DEVNULL,
        )
