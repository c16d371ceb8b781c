"""Posts over HTTP to an address that may be a secret: the only way by which channels send them.

Nothing that a server or the HTTP client says is repeated: both know the address, and the server our
headers too. Redirects are not followed, so nothing is ever sent to whom it was not meant for.
"""

import io
import logging
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, RemoteDisconnected
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ProxyError, SSLError, Timeout
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError

from datahub_dataproducts.adapters.time_limits import TimeLimit
from datahub_dataproducts.domain.answers import Answer, safe_words
from datahub_dataproducts.domain.receipts import Retry

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 15.0
_MOST_READ = 2_048
# Whoever answers in smaller pieces than this on the whole is not read to the end.
_LEAST_PIECE = 512
_BROKEN = "breaks off the connection"
_LATE = "does not answer in time"
_SILENCES: tuple[tuple[type[BaseException], str], ...] = (
    (Timeout, _LATE),
    (ProxyError, "cannot be reached through the proxy that is set for this process"),
    (NameResolutionError, "is a name that is not known here"),
    (NewConnectionError, "cannot be reached: nobody listens there, or the way is barred"),
    (RemoteDisconnected, _BROKEN),
    (HTTPException, "answers what is no HTTP"),
    (requests.ConnectionError, _BROKEN),
)
"""What is found first among the causes of an error says what it was, as the sentence goes on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long we wait, in seconds: for a connection, and for all of the answer over it."""

    connect: float = _CONNECT_SECONDS
    read: float = _READ_SECONDS


if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection as _Connection
else:
    _Connection = object


class _Limited(_Connection):
    """Mixed into a connection: the time for the answer begins when it is there."""

    limit: TimeLimit

    def connect(self) -> None:
        """As urllib3 does it."""
        super().connect()
        self.limit.begin(lambda: self.sock)


class _WithinTime(HTTPAdapter):
    """Gives each connection one limit; a session has a connection at most."""

    def __init__(self, limit: TimeLimit) -> None:
        super().__init__()
        self._limit = limit

    def get_connection_with_tls_context(self, *given: Any, **named: Any) -> Any:
        """As requests makes it, by whatever proxy."""
        pool: Any = super().get_connection_with_tls_context(*given, **named)
        limited = type("Limited", (_Limited, pool.ConnectionCls), {"limit": self._limit})
        pool.ConnectionCls = limited
        return pool


class _Body(io.BytesIO):
    """What is posted.

    Attributes:
        is_begun: True when some of it was handed out, to be sent: from then on nobody knows.
    """

    is_begun = False

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file; who sends it asks for it when the connection is there."""
        self.is_begun = True
        return super().read(size)


class _Quiet(threading.local):
    """Whether what urllib3 logs in this thread is of an address that nobody is to see."""

    on = False


class _NothingOfOurs(logging.Filter):
    """Drops what urllib3 logs while we post: addresses, and what servers answer, are in it."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet = _Quiet()

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - whatever it says
        return not self._quiet.on

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Drop it in this thread; others may post elsewhere meanwhile, and have it logged."""
        self._quiet.on = True
        try:
            yield
        finally:
            self._quiet.on = False


_NOTHING_OF_OURS = _NothingOfOurs()
for _name in ("connection", "connectionpool", "response", "util.retry", "util.connection"):
    # A filter counts for records of the very logger it is at, not of those below.
    logging.getLogger(f"urllib3.{_name}").addFilter(_NOTHING_OF_OURS)


class Address:
    """Where to post to. Its `repr` names the host alone.

    Args:
        url: `https://...`; all of it but the host is kept to ourselves.
        who: whom an operator knows it as, as a sentence begins (`Teams`); empty: by its host.
        patience: see `Patience`.
        ca_bundle: certificates to trust in place of the usual ones (PEM).
        most_read: how many bytes of an answer are read at most.

    Raises:
        ValueError: for an address that is none; the text is for the operator, without it.
    """

    def __init__(
        self,
        url: str,
        *,
        who: str = "",
        patience: Patience | None = None,
        ca_bundle: Path | None = None,
        most_read: int = _MOST_READ,
    ) -> None:
        self.host = host_of(url)
        self.who = f"{who} ({self.host})" if who else self.host
        self._url = url
        self._patience = patience or Patience()
        self._most_read = most_read
        self._verify: str | bool = True if ca_bundle is None else str(ca_bundle)

    def __repr__(self) -> str:
        return f"Address({self.host})"

    def shown(self, told: str, *secrets: str) -> str:
        """What may be shown of an answer, whatever it repeats of the address and other secrets."""
        return safe_words(told, (self._url, *secrets))

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer | Retry:
        """Post once; `Retry` where there was no answer, with the reason for the operator.

        It says whether the post may have arrived all the same, the answer being lost.
        """
        sent = _Body(body)
        limit = TimeLimit(self._patience.read)
        try:
            with _NOTHING_OF_OURS.applied(), requests.Session() as session, limit:
                for scheme in ("https://", "http://"):
                    session.mount(scheme, _WithinTime(limit))
                return self._post(session, sent, headers)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            # OSError is what requests makes of a bundle that cannot be read, ValueError what the
            # parsers below it make of a strange answer.
            words = _LATE if limit.is_over else _silence(error, is_begun=sent.is_begun)
            return Retry(f"{self.who} {words}", may_have_arrived=sent.is_begun)

    def _post(self, session: requests.Session, body: _Body, headers: Mapping[str, str]) -> Answer:
        with session.post(
            self._url,
            data=body,
            # Unpacked, an answer may be a thousand times what was sent.
            headers={
                "User-Agent": "datahub-dataproducts",
                "Accept-Encoding": "identity",
                **headers,
            },
            timeout=(self._patience.connect, self._patience.read),
            verify=self._verify,
            allow_redirects=False,
            stream=True,
            # Without it requests would look for a password in the machine's .netrc.
            auth=_as_it_is,
        ) as response:
            return Answer(
                status=response.status_code,
                retry_after=response.headers.get("Retry-After", ""),
                told=_beginning(response, self._most_read),
            )


def host_of(url: str) -> str:
    """The host of an address, what may be shown of it.

    Raises:
        ValueError: for an address that is none; the text is for the operator, without it.
    """
    msg = "is no address that begins with https:// or http://"
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise ValueError(msg) from None
    if parts.scheme not in {"https", "http"} or not host or not url.isprintable() or " " in url:
        raise ValueError(msg)
    return host


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _beginning(response: requests.Response, most: int) -> str:
    """What an answer begins with; the status counts even where the rest never comes."""
    read = bytearray()
    try:
        for _ in range(most // _LEAST_PIECE):
            piece = response.raw.read1(most - len(read))
            read += piece
            if not piece or len(read) >= most:
                break
    except (HTTPError, OSError, ValueError):
        pass
    return read.decode("utf-8", "replace")


def _silence(error: BaseException, *, is_begun: bool) -> str:
    """Why there was no answer; see `_SILENCES`."""
    if isinstance(error, SSLError) and not is_begun:
        return f"cannot be trusted: {certificate_fault(error)}"
    for kind, words in _SILENCES:
        if any(isinstance(one, kind) for one in causes_of(error)):
            return words
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return "cannot be asked: the certificates in `ca_bundle` cannot be read"
    return "answers what is no HTTP"


def certificate_fault(error: BaseException) -> str:
    """What is wrong with a certificate, in the words of the TLS library: it knows the host alone."""
    for cause in causes_of(error):
        if isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_message:
            return f"{cause.verify_message.rstrip('.')}; see `ca_bundle`"
    return "it does not speak TLS as we do"


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and those it was made of, which requests and urllib3 keep in several places."""
    waiting = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        nested = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        waiting += [each for each in nested if isinstance(each, BaseException)]
