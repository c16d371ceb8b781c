"""Posts over HTTP, against servers on the loopback that answer as nobody should."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import trustme

from datahub_dataproducts.adapters.web import Address, Patience, host_of
from datahub_dataproducts.domain.answers import Answer
from datahub_dataproducts.domain.receipts import Retry
from tests.answering import AnsweringServer, Reply

SECRET = "s3cr3t-path"
SHORT = Patience(connect=2, read=0.3)


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer() as listening:
        yield listening


def post(server: AnsweringServer, *, patience: Patience | None = None) -> Answer | Retry:
    address = Address(f"{server.url}/{SECRET}?sig={SECRET}", patience=patience)
    return address.post(b'{"a": 1}', {"Content-Type": "application/json"})


def test_a_post_arrives_as_it_was_written(server: AnsweringServer) -> None:
    assert post(server) == Answer(status=200)
    (posted,) = server.received
    assert (posted.method, posted.path) == ("POST", f"/{SECRET}?sig={SECRET}")
    assert posted.body == b'{"a": 1}'
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["user-agent"] == "datahub-dataproducts"


def test_an_answer_is_its_status_its_wait_and_how_it_begins(server: AnsweringServer) -> None:
    server.posts.replies = [Reply(status=429, headers=(("Retry-After", "7"),), body=b"slower")]
    assert post(server) == Answer(status=429, retry_after="7", told="slower")


def test_a_redirect_is_not_followed(server: AnsweringServer) -> None:
    with AnsweringServer() as elsewhere:
        there = (("Location", f"{elsewhere.url}/{SECRET}"),)
        server.posts.replies = [Reply(status=307, headers=there)]
        assert post(server) == Answer(status=307)
        assert not elsewhere.received


def test_of_a_huge_answer_little_is_read(server: AnsweringServer) -> None:
    server.posts.replies = [Reply(status=400, body=b"no" * 5_000_000)]
    answer = post(server)
    assert isinstance(answer, Answer)
    assert len(answer.told) <= 2_048


def test_an_answer_of_bytes_is_read_as_far_as_it_is_text(server: AnsweringServer) -> None:
    server.posts.replies = [Reply(status=400, body=b"\xff\x00\xfeno")]
    answer = post(server)
    assert isinstance(answer, Answer)
    assert answer.told.endswith("no")


def test_an_answer_that_never_ends_counts_by_its_status(server: AnsweringServer) -> None:
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"
    server.posts.replies = [Reply(raw=begun)]
    assert post(server) == Answer(status=200, told="half")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(silent=True), "localhost does not answer in time"),
        (Reply(resets=True), "localhost breaks off the connection"),
        (Reply(raw=b""), "localhost breaks off the connection"),
        (Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "localhost answers what is no HTTP"),
        (Reply(raw=b"HTTP/1.1 abc OK\r\n\r\n"), "localhost answers what is no HTTP"),
    ],
    ids=["silent", "reset", "empty", "another protocol", "no status"],
)
def test_no_answer_is_said_in_words(server: AnsweringServer, reply: Reply, reason: str) -> None:
    server.posts.replies = [reply]
    assert post(server, patience=SHORT) == Retry(reason, may_have_arrived=True)


@pytest.mark.parametrize(
    ("begun", "status"),
    [(b"", None), (b"HTTP/1.1 400 No\r\nX-Is: ", 400), (b"HTTP/1.1 400 No\r\n\r\n", 400)],
    ids=["the status", "a header", "the body"],
)
def test_who_answers_byte_by_byte_is_waited_for_no_longer_than_others(
    server: AnsweringServer, begun: bytes, status: int | None
) -> None:
    server.posts.replies = [Reply(raw=begun, drips=True)]
    before = time.monotonic()
    answer = post(server, patience=SHORT)
    assert time.monotonic() - before < 5 * SHORT.read
    if status is None:
        assert answer == Retry("localhost does not answer in time", may_have_arrived=True)
    else:
        # What counts of an answer has come.
        assert isinstance(answer, Answer)
        assert answer.status == status


def test_a_limit_of_one_post_cuts_off_no_later_one(server: AnsweringServer) -> None:
    assert post(server, patience=SHORT) == Answer(status=200)
    threading.Event().wait(SHORT.read)
    assert post(server, patience=SHORT) == Answer(status=200)


def test_where_nobody_listens_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    address = Address(f"http://127.0.0.1:{port}/{SECRET}", who="Teams")
    assert address.post(b"{}", {}) == Retry(
        "Teams (127.0.0.1) cannot be reached: nobody listens there, or the way is barred"
    )


def test_a_name_that_is_not_known_is_said() -> None:
    address = Address(f"https://nowhere.invalid/{SECRET}")
    assert address.post(b"{}", {}) == Retry("nowhere.invalid is a name that is not known here")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def test_a_bundle_of_the_company_is_trusted(tmp_path: Path, authority: trustme.CA) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with AnsweringServer(tls=context_of(authority.issue_cert("localhost"))) as server:
        assert Address(server.url, ca_bundle=bundle).post(b"{}", {}) == Answer(status=200)
        assert Address(server.url).post(b"{}", {}) == Retry(
            "localhost cannot be trusted: unable to get local issuer certificate; see `ca_bundle`"
        )


def test_a_certificate_of_another_host_is_not_trusted(
    tmp_path: Path, authority: trustme.CA
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with AnsweringServer(tls=context_of(authority.issue_cert("elsewhere"))) as server:
        answer = Address(f"{server.url}/{SECRET}", ca_bundle=bundle).post(b"{}", {})
    assert isinstance(answer, Retry)
    assert answer.reason.startswith("localhost cannot be trusted: ")
    assert "mismatch" in answer.reason
    assert SECRET not in answer.reason


def test_tls_that_breaks_after_the_post_was_sent_leaves_it_uncertain(
    tmp_path: Path, authority: trustme.CA
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = context_of(authority.issue_cert("localhost"))
    with AnsweringServer(Reply(breaks_tls=True), tls=context) as server:
        answer = Address(server.url, ca_bundle=bundle).post(b"{}", {})
        assert [one.body for one in server.received] == [b"{}"]
    assert answer == Retry("localhost breaks off the connection", may_have_arrived=True)


def test_who_drips_under_tls_is_waited_for_no_longer_than_others(
    tmp_path: Path, authority: trustme.CA
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = context_of(authority.issue_cert("localhost"))
    with AnsweringServer(Reply(raw=b"HTTP/1.1 ", drips=True), tls=context) as server:
        answer = Address(server.url, ca_bundle=bundle, patience=SHORT).post(b"{}", {})
    assert answer == Retry("localhost does not answer in time", may_have_arrived=True)


def test_a_server_without_tls_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_plainly, args=(listener,), daemon=True)
        thread.start()
        answer = Address(f"https://localhost:{listener.getsockname()[1]}/").post(b"{}", {})
        thread.join()
    assert answer == Retry("localhost cannot be trusted: it does not speak TLS as we do")


def answer_plainly(listener: socket.socket) -> None:
    """Answer the first that comes of a handshake as a web server does, and wait for its end.

    Who closes before all of it is read resets the connection, and the answer may never be seen.
    """
    connection, _ = listener.accept()
    with connection:
        connection.recv(1)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        # Who gives up leaves the answer unread, which is a reset for us.
        with suppress(ConnectionResetError):
            while connection.recv(65_536):
                pass


def test_a_bundle_that_is_gone_is_said(tmp_path: Path) -> None:
    address = Address("https://localhost:1/", ca_bundle=tmp_path / "gone.pem")
    assert address.post(b"{}", {}) == Retry(
        "localhost cannot be asked: the certificates in `ca_bundle` cannot be read"
    )


def test_a_password_of_the_machine_is_not_sent(
    server: AnsweringServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login me password mine\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    post(server)
    assert "authorization" not in server.received[0].headers


@pytest.mark.parametrize(
    "url", ["", "hooks", "ftp://a/b", "https://", "https://a:b:c/", "https://[::1", "https://a b/", "https://a/\n"]
)  # fmt: skip
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"^is no address that begins with https:// or http://$"):
        host_of(url)


def test_an_address_shows_its_host_alone() -> None:
    shown = repr(Address("https://me:pw@hooks.example:8443/T0/B0/abc?sig=1"))
    assert shown == "Address(hooks.example)"


def test_what_libraries_log_of_a_post_is_dropped_and_of_others_is_not(
    server: AnsweringServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # Whoever set up logging before may have it say less of libraries.
    for name in ("urllib3", "urllib3.connectionpool"):
        caplog.set_level(logging.DEBUG, logger=name)
    server.posts.replies = [Reply(raw=f"HTTP/1.1 200 OK\r\n{SECRET}\r\n\r\n".encode()), Reply()]
    post(server)
    assert not caplog.records
    requests.get(server.url, timeout=5)
    assert "GET /" in caplog.text
