"""`make goldens`: plays the scenario, and writes anew what is kept of it."""

import shutil
import tempfile
from pathlib import Path

from tests.integration.gms.server import Gms
from tests.integration.story.days import Days
from tests.integration.story.kept import KEPT, everything
from tests.integration.story.receivers import Receivers
from tests.integration.story.scenario import STAGES, Scenario


def main() -> None:
    """Write all of it; what is told no more is removed."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        days = Days(here / "demo")
        days.make(STAGES)
        with Gms() as gms, Receivers(here, here / "health.db") as receivers:
            days.publish(gms)
            played = Scenario(here, days, gms, receivers)
            played.play(*STAGES)
        shutil.rmtree(KEPT, ignore_errors=True)
        for path, text in everything(played.log.arrivals).items():
            (KEPT / path).parent.mkdir(parents=True, exist_ok=True)
            (KEPT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
