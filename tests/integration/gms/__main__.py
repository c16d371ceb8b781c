"""The stand-in as a process of its own: `python -m tests.integration.gms --port 8080`.

Prints where it listens and its process id as JSON, and ends with SIGTERM or SIGINT.
"""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from tests.integration.gms.kafka import KafkaSink
from tests.integration.gms.server import Gms
from tests.integration.gms.sinks import EventSink, FileSink


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.integration.gms", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--version", default="v1.7.0", help="what it says to be")
    parser.add_argument("--database", default=":memory:", help="a SQLite file to keep")
    parser.add_argument("--events", type=Path, help="a file for its events, one JSON a line")
    parser.add_argument("--kafka", help="a broker for its events")
    told = parser.parse_args()
    sinks: list[EventSink] = [FileSink(told.events)] if told.events else []
    sinks += [KafkaSink(told.kafka)] if told.kafka else []
    ends = {signal.SIGTERM, signal.SIGINT}
    # Blocked before any thread starts, so that this thread alone hears them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with Gms(port=told.port, version=told.version, database=told.database, sinks=sinks) as gms:
        sys.stdout.write(json.dumps({"url": gms.url, "pid": os.getpid()}) + "\n")
        sys.stdout.flush()
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
