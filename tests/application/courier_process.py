"""A process that delivers one letter over HTTP, and stops where it is told to, to be killed there.

Arguments: the store, the address of the receiver, and where it stops: `before`, `after` or `-`.
"""

import sys
import threading
import urllib.request
from pathlib import Path

from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt
from tests.fakes import FakeCatalog, store_in


class Wire:
    """Posts the id of a letter, and whether it may have arrived already."""

    shows_latest = False

    def __init__(self, address: str, stop: str) -> None:
        self._address = address
        self._stop = stop

    def post(self, dispatch: Dispatch) -> Receipt:
        self._rest_at("before")
        text = f"{dispatch.letter.id} {dispatch.is_uncertain}".encode()
        with urllib.request.urlopen(self._address, text, timeout=30) as answer:  # noqa: S310
            answer.read()
        self._rest_at("after")
        return Delivered()

    def _rest_at(self, point: str) -> None:
        if self._stop == point:
            sys.stdout.write(f"{point}\n")
            sys.stdout.flush()
            threading.Event().wait(60)


if __name__ == "__main__":
    store = store_in(Path(sys.argv[1]))
    Courier(store, FakeCatalog(), {"board": Wire(sys.argv[2], sys.argv[3])}).deliver(2**50)
    store.close()
