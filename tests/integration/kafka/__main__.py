"""`make test-kafka`: the tests of this folder, and those of all sources, against an Apache Kafka that is started for them.

`python -m tests.integration.kafka JARS [arguments of pytest]`
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.integration.kafka.apache import JARS, ApacheKafka
from tests.integration.sources.kafka import BOOTSTRAP


def main() -> int:
    jars, arguments = Path(sys.argv[1]).resolve(), sys.argv[2:]
    with (
        tempfile.TemporaryDirectory() as folder,
        ApacheKafka(jars, Path(folder) / "broker") as broker,
    ):
        # A folder of its own: those of other runs of pytest are cleared when there are many.
        here = Path(__file__).parent
        where = [here, here.parent / "sources", "-k", "kafka", f"--basetemp={folder}/tests"]
        command = [sys.executable, "-m", "pytest", *map(str, where), *arguments]
        env = {**os.environ, BOOTSTRAP: broker.address, JARS: str(jars)}
        return subprocess.run(command, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
