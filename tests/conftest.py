"""Settings for every test: nothing calls home, and how hard hypothesis searches.

`HYPOTHESIS_PROFILE=soak` searches long and at random; the default, `ci`, repeats the same cases.
"""

import os

from hypothesis import HealthCheck, settings

# Its fixtures are for tests of any folder; nothing is started before one asks.
pytest_plugins = ["tests.integration.postgres.fixtures", "tests.integration.sources.fixtures"]

# Read when datahub is first imported, so it is set before any test module is.
os.environ["DATAHUB_TELEMETRY_ENABLED"] = "false"

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
