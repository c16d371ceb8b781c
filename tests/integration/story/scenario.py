"""The scenario: eight days and what people do in them, by real processes, once to its end.

Between the stages somebody types a command, at another time of day than the machine's.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.integration.gms.server import Gms
from tests.integration.story.days import ROOT, SIGNED_UP, TOOLS, ZONE, Days, minute
from tests.integration.story.receivers import Arrival, Log, Receivers

RECIPE = ROOT / "recipes" / "actions" / "channels.yml"
STAGES = {
    "until daan takes care": ("2026-03-02T05:00", "2026-03-03T08:25"),
    "until Users is well": ("2026-03-03T08:25", "2026-03-04T17:00"),
    "until the end": ("2026-03-04T17:00", "2026-03-10T12:00"),
}
"""Each from one minute up to another; `COMMANDS` come before."""

COMMANDS = {
    "until Users is well": (
        (
            "2026-03-03T08:25",
            ("acknowledge", "users", "--by", "daan", "--note", "waiting for the export"),
        ),
    ),
    "until the end": (
        (
            "2026-03-04T17:00",
            (
                *("silence", "add", "--product", "revenue", "--channel", "engineering"),
                *("--from", "2026-03-05T05:00", "--until", "2026-03-05T07:30", "--by", "sara"),
                *("--reason", "release of the shop", "--timezone", ZONE.key),
            ),
        ),
        (
            "2026-03-04T17:00",
            (
                *("silence", "add", "--product", "attribution", "--channel", "tickets"),
                *("--from", "2026-03-07T06:00", "--until", "2026-03-07T12:00", "--by", "mila"),
                *("--reason", "move of the touches", "--timezone", ZONE.key),
            ),
        ),
    ),
}
"""By stage: what is typed before it begins, and when."""

_AT = """
import sys, time
time.time_ns = lambda at=int(sys.argv.pop(1)) * 1_000_000: at
from datahub_dataproducts.plugins.cli import main
main()
"""
# An ending that nobody chose is told with what was printed, this much of it.
_LAST_WORDS = 6_000


class Scenario:
    """A server, all receivers, and the store of one run.

    Attributes:
        heard_by: how much had arrived by the end of each stage.
    """

    def __init__(self, folder: Path, days: Days, gms: Gms, receivers: Receivers) -> None:
        self._folder = folder
        self._days = days
        self._gms = gms
        self._receivers = receivers
        self.heard_by: dict[str, int] = {}

    @property
    def log(self) -> Log:
        """What arrived."""
        return self._receivers.log

    def play(self, *stages: str, kills: tuple[Callable[[Arrival], bool], ...] = ()) -> int:
        """Stage by stage; how often the action was killed on the way and started again.

        Each of `kills` happens once, in any order.
        """
        waiting, killed = list(kills), 0
        for stage in stages:
            for at, command in COMMANDS.get(stage, ()):
                self._type(at, command)
            self._publish()
            recipe = self._recipe(stage)
            while self._watched(recipe, waiting):
                killed += 1
                self._publish()
            self.heard_by[stage] = len(self.log.arrivals)
        return killed

    def _publish(self) -> None:
        """What the ingest of Tuesday wrote is there for who starts after it."""
        if any(one.told_at >= minute(SIGNED_UP).timestamp() * 1000 for one in self.log.arrivals):
            self._days.publish_signups(self._gms)

    def _watched(self, recipe: Path, waiting: list[Callable[[Arrival], bool]]) -> bool:
        """Run the action to its end; True when it was killed."""
        log = self._receivers.log
        log.kill = lambda arrival: any(kill(arrival) for kill in waiting)
        process = subprocess.Popen(
            [TOOLS / "datahub", "actions", "-c", recipe],
            cwd=self._folder,
            env={**os.environ, **self._environment()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        log.sender = process.pid
        printed, _ = process.communicate(timeout=300)
        if waiting and process.returncode == -9:
            waiting[:] = [kill for kill in waiting if not kill(log.arrivals[-1])]
            return True
        assert process.returncode == 0, printed[-_LAST_WORDS:]
        assert "kept aside" not in printed, printed[-_LAST_WORDS:]
        return False

    def _environment(self) -> dict[str, str]:
        return {
            **self._receivers.environment,
            "DATAHUB_TELEMETRY_ENABLED": "false",
            "DATAHUB_GMS_URL": self._gms.url,
            "DATAHUB_URL": "https://hub.example.com",
            "HEALTH_STORE": self._store,
            "FAILED_EVENTS_DIR": str(self._folder / "failed"),
        }

    @property
    def _store(self) -> str:
        return f"sqlite:///{self._receivers.log.store}"

    def _recipe(self, stage: str) -> Path:
        """As it is shipped, but for where events come from and what stands for the vendors."""
        recipe: dict[str, Any] = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
        events = {"path": str(self._days.of(stage)), "clock": "event"}
        recipe["source"] = {"type": "metadata_file", "config": events}
        channels = recipe["action"]["config"]["channels"]
        for name in ("finance", "engineering"):
            channels[name] |= {"base_url": self._receivers.slack_api}
        channels["marketing"] |= {
            "port": self._receivers.mail_port,
            "ca_bundle": str(self._receivers.authority),
        }
        path = self._folder / "channels.yml"
        path.write_text(yaml.safe_dump(recipe), encoding="utf-8")
        return path

    def _type(self, at: str, command: tuple[str, ...]) -> None:
        """A command, typed at another time."""
        words = [sys.executable, "-c", _AT, str(round(minute(at).timestamp() * 1000)), *command]
        done = subprocess.run(
            [*words, "--store", self._store], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
