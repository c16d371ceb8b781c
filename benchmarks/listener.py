"""One process of DataHub Actions on Kafka, as `datahub actions` runs it, that tells how far it is.

`python listener.py RECIPE`, the recipe as JSON. Each fifth of a second it prints a line of JSON,
`Progress`; SIGTERM ends it in order.
"""

import json
import logging
import signal
import sys
import threading
import time
from typing import Any

import confluent_kafka


class _Watched(confluent_kafka.DeserializingConsumer):
    """Counts what is acknowledged, and how long it is between two polls."""

    first: float | None = None
    last = 0.0
    cpu = (0.0, 0.0)
    longest = 0.0
    places: dict[tuple[str, int], int] = {}  # noqa: RUF012 - there is one consumer in a process
    _gave_at: float | None = None

    def poll(self, timeout: float = -1) -> Any:
        begun = time.monotonic()
        if _Watched._gave_at is not None:
            _Watched.longest = max(_Watched.longest, begun - _Watched._gave_at)
        message = super().poll(timeout)
        now = _Watched._gave_at = time.monotonic()
        if message is not None and _Watched.first is None:
            _Watched.first = now
            _Watched.cpu = (time.process_time(), 0.0)
        return message

    def store_offsets(self, *, offsets: Any) -> None:
        super().store_offsets(offsets=offsets)
        for place in offsets:
            _Watched.places[place.topic, place.partition] = place.offset
        _Watched.last = time.monotonic()
        _Watched.cpu = (_Watched.cpu[0], time.process_time())


def _progress() -> dict[str, object]:
    begun, ended = _Watched.cpu
    return {
        "acknowledged": sum(list(_Watched.places.values())),
        "first": _Watched.first,
        "last": _Watched.last,
        "cpu": max(0.0, ended - begun),
        "longest": _Watched.longest,
    }


def main() -> None:
    recipe = json.loads(sys.argv[1])
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    out = sys.stdout
    sys.stdout = sys.stderr
    confluent_kafka.DeserializingConsumer = _Watched
    from datahub_actions.pipeline.pipeline import Pipeline  # noqa: PLC0415 - it takes the consumer

    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    pipeline = Pipeline.create(recipe)
    thread = threading.Thread(target=pipeline.run, daemon=True)
    thread.start()
    while not ending.wait(0.2) and thread.is_alive():
        print(json.dumps(_progress()), file=out, flush=True)
    pipeline.stop()
    thread.join()
    pipeline.close()
    if pipeline.stats().failed_event_count:
        sys.exit("events failed")


if __name__ == "__main__":
    main()
