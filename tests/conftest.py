"""Settings for every test: nothing calls home, where files are made, and how hard hypothesis searches.

`HYPOTHESIS_PROFILE=soak` searches long and at random; the default, `ci`, repeats the same cases.
"""

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

# Its fixtures are for tests of any folder; nothing is started before one asks.
pytest_plugins = ["tests.integration.postgres.fixtures", "tests.integration.sources.fixtures"]

# Read when datahub is first imported, so it is set before any test module is.
os.environ["DATAHUB_TELEMETRY_ENABLED"] = "false"

# Stores wait for the disk at each commit, and tests commit a hundred thousand times: in memory they
# take a third of the time. Who sets TMPDIR decides; some containers have little there, or start no program from it.
MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30  # noqa: S108 - its folders are made by tempfile
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK):
    there = os.statvfs(MEMORY)
    if there.f_bavail * there.f_frsize >= ENOUGH and not there.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=60,
    print_blob=True,
    # The machine may be busy with something else.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak",
    deadline=None,
    max_examples=5000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
