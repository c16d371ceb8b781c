"""A process that is killed between commit and receipt, at each point, against a real receiver."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.application.test_deliver import letter, tell
from tests.fakes import store_in

PROGRAM = Path(__file__).with_name("courier_process.py")


class Receiver(ThreadingHTTPServer):
    """Records what is posted; while `silent`, it takes a request and does not answer it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.heard: list[str] = []
        self.came = threading.Event()
        self.answers = threading.Event()
        self.answers.set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(body.decode())
        self.server.came.set()
        self.server.answers.wait(30)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.answers.set()
    server.shutdown()
    thread.join()
    server.server_close()


def start(folder: Path, receiver: Receiver, stop: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.application.courier_process", str(folder)]
    return subprocess.Popen(
        [*command, receiver.address, stop],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROGRAM.parents[2],
    )


@pytest.mark.parametrize(
    ("killed", "heard"),
    [
        ("before", ["revenue@1 1 True"]),
        ("unanswered", ["revenue@1 1 False", "revenue@1 1 True"]),
        ("after", ["revenue@1 1 False", "revenue@1 1 True"]),
    ],
)
def test_nothing_is_lost_and_what_may_be_told_twice_has_one_id_and_says_so(
    tmp_path: Path, receiver: Receiver, killed: str, heard: list[str]
) -> None:
    store = store_in(tmp_path)
    tell(store, letter(1))
    store.close()
    if killed == "unanswered":
        receiver.answers.clear()
    process = start(tmp_path, receiver, killed)
    assert process.stdout is not None
    if killed == "unanswered":
        assert receiver.came.wait(30)
    else:
        assert process.stdout.readline() == f"{killed}\n"
    process.kill()
    process.communicate()
    receiver.answers.set()
    for _ in range(2):
        again = start(tmp_path, receiver, "-")
        again.communicate(timeout=30)
        assert again.returncode == 0
    assert receiver.heard == heard
