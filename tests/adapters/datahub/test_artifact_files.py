"""dbt's artifacts come from web servers and object stores, or one problem says why not."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from datahub_dataproducts.adapters.datahub import remote_files
from datahub_dataproducts.adapters.datahub.artifact_files import ArtifactFiles
from datahub_dataproducts.domain.problems import Problem

CONTENT = b'{"metadata": {}}'
SECRET = "s3cr3tSignature"


class _Server(BaseHTTPRequestHandler):
    """Answers as a web server and as an object store do; which way, the path says."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        _Server.asked.append(self.path)
        path = self.path.partition("?")[0]
        if path.endswith("/hangs.json"):
            threading.Event().wait(3)
        status, body = {
            "/bucket/target/manifest.json": (200, CONTENT),
            "/moved.json": (302, b""),
            "/bucket/nothing.json": (404, _error("NoSuchKey")),
            "/nowhere/manifest.json": (404, _error("NoSuchBucket")),
            "/bucket/forbidden.json": (403, _error("AccessDenied")),
            "/bucket/wrongkey.json": (403, _error("InvalidAccessKeyId")),
            "/bucket/broken.json": (500, _error("InternalError")),
        }.get(path, (404, b"<html>nothing here</html>"))
        with contextlib.suppress(ConnectionError):
            self._answer(status, body)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/bucket/target/manifest.json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{SECRET}</Message></Error>".encode()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def aws_connection(endpoint: str) -> dict[str, object]:
    return {
        "aws_endpoint_url": endpoint,
        "aws_access_key_id": "AKIAEXAMPLE",
        "aws_secret_access_key": SECRET,
        "aws_region": "eu-west-1",
        "aws_retry_num": 1,
        "read_timeout": 1,
        "aws_advanced_config": {"s3": {"addressing_style": "path"}},
    }


def gcs_connection(endpoint: str) -> dict[str, object]:
    key = {"hmac_access_id": "GOOGEXAMPLE", "hmac_access_secret": SECRET}
    return {"credential": key, "endpoint_url": endpoint}


def refused(read: bytes | Problem) -> Problem:
    assert isinstance(read, Problem)
    assert SECRET not in str(read)
    assert read.remedy
    return read


@pytest.mark.parametrize("path", ["/bucket/target/manifest.json", "/moved.json"])
def test_a_web_server_gives_what_is_at_the_address(server: str, path: str) -> None:
    assert ArtifactFiles().fetch(f"{server}{path}?X-Amz-Signature={SECRET}") == CONTENT


@pytest.mark.parametrize("scheme", ["s3", "S3", "s3a"])
def test_an_object_store_gives_the_object_with_datahubs_connection(
    server: str, scheme: str
) -> None:
    files = ArtifactFiles(aws_connection(server))
    assert files.fetch(f"{scheme}://bucket/target/manifest.json") == CONTENT


def test_google_storage_gives_the_object_by_hmac_key(server: str) -> None:
    files = ArtifactFiles(gcs_connection=gcs_connection(server))
    _Server.asked.clear()
    assert files.fetch("gs://bucket/target/manifest.json") == CONTENT
    assert _Server.asked == ["/bucket/target/manifest.json"]


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/nothing.json", "dbt-file-missing", "there is nothing here (the server answers 404)"),
        ("/bucket/forbidden.json", "dbt-file-unreadable", "the server refuses access (403)"),
        ("/bucket/broken.json", "dbt-file-unreadable", "the server answers 500"),
    ],
)
def test_what_a_web_server_refuses_is_told_by_its_status(
    server: str, path: str, code: str, message: str
) -> None:
    problem = refused(ArtifactFiles().fetch(f"{server}{path}?X-Amz-Signature={SECRET}"))
    assert (problem.code, problem.message) == (code, message)


@pytest.mark.parametrize(
    ("uri", "code", "message"),
    [
        ("bucket/nothing.json", "dbt-file-missing", "the bucket has no such object"),
        ("nowhere/manifest.json", "dbt-file-missing", "there is no such bucket"),
        (
            "bucket/forbidden.json",
            "dbt-file-unreadable",
            "the server refuses access (403, AccessDenied)",
        ),
        (
            "bucket/wrongkey.json",
            "dbt-file-unreadable",
            "the server refuses access (403, InvalidAccessKeyId)",
        ),
        ("bucket/broken.json", "dbt-file-unreadable", "the server answers 500, InternalError"),
        ("bucket/hangs.json", "dbt-file-unreadable", "the server did not answer in time"),
        ("", "dbt-file-unreadable", "this is no address of a file"),
        ("bucket", "dbt-file-unreadable", "this is no address of a file"),
    ],
)
def test_what_an_object_store_refuses_is_told_in_words(
    server: str, uri: str, code: str, message: str
) -> None:
    problem = refused(ArtifactFiles(aws_connection(server)).fetch(f"s3://{uri}"))
    assert (problem.code, problem.message) == (code, message)


def test_a_web_server_that_does_not_answer_is_left(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_files, "_TIMEOUT_SECONDS", 0.5)
    problem = refused(ArtifactFiles().fetch(f"{server}/hangs.json"))
    assert problem.message == "the server did not answer in time"


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("http://127.0.0.1:1/manifest.json", "the server cannot be reached"),
        ("http://", "this is no address of a file"),
        ("http://[::1/manifest.json", "this is no address of a file"),
        ("abfs://container/manifest.json", "DataHub's dbt source reads nothing from abfs://"),
        ("gs://bucket/manifest.json", "no credentials for gs:// are given"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(uri: str, message: str) -> None:
    assert refused(ArtifactFiles().fetch(uri)).message == message


def test_a_store_that_cannot_be_reached_is_told() -> None:
    files = ArtifactFiles(aws_connection("http://127.0.0.1:1"))
    assert refused(files.fetch("s3://bucket/x")).message == "the server cannot be reached"


def test_a_store_without_credentials_is_told(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    connection = {"aws_endpoint_url": server, "aws_region": "eu-west-1"}
    for given in ({}, {"aws_profile": "nobody"}):
        problem = refused(ArtifactFiles(connection | given).fetch("s3://bucket/x"))
        assert problem.message == "no credentials were found"


def test_a_connection_that_datahub_would_refuse_is_told_without_what_is_in_it() -> None:
    wrong = {"aws_secret": SECRET, "aws_retry_num": SECRET}
    problem = refused(ArtifactFiles(wrong).fetch("s3://bucket/x"))
    assert problem.message.startswith("`aws_connection` is not as DataHub reads it: ")
    assert "aws_secret: Extra inputs are not permitted" in problem.message
    wrong = {"credential": {"hmac_access_id": SECRET}}
    problem = refused(ArtifactFiles(gcs_connection=wrong).fetch("gs://bucket/x"))
    assert "credential.hmac_access_secret: Field required" in problem.message


@pytest.mark.parametrize("library", ["boto3", "requests"])
def test_a_library_that_is_not_installed_is_named_with_what_to_install(library: str) -> None:
    script = (
        f"import sys; sys.modules['{library}'] = None\n"
        "from datahub_dataproducts.adapters.datahub.artifact_files import ArtifactFiles\n"
        "print(ArtifactFiles().fetch('http://127.0.0.1:1/manifest.json'))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip().endswith(
        f"http:// needs the library {library}, which is not installed; "
        "run `pip install 'acryl-datahub[dbt]'`"
    )
