"""A mail server: one mail over one connection, and what came of it for each recipient."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from datahub_dataproducts.adapters.time_limits import TimeLimit
from datahub_dataproducts.adapters.web import Patience, causes_of, certificate_fault
from datahub_dataproducts.domain.answers import safe_words
from datahub_dataproducts.domain.receipts import Refused, Retry

_LOWEST = 200
_PERMANENT = 500
# A submission server says with these that it wants (other) credentials: an operator can mend it.
_CREDENTIALS = frozenset({530, 534, 535, 538})
# Steps of handing in a mail besides one for each reader, from the greeting to the leave.
_STEPS = 10
_LATE = "does not answer in time"
_NO_SMTP = "answers what is no SMTP"
_BUNDLE = "cannot be asked: the certificates in `ca_bundle` cannot be read"
_SILENCES: tuple[tuple[type[OSError | ValueError], str], ...] = (
    (smtplib.SMTPNotSupportedError, "offers no STARTTLS or no login; see `security`"),
    (TimeoutError, _LATE),
    (smtplib.SMTPServerDisconnected, "breaks off the connection"),
    (smtplib.SMTPException, _NO_SMTP),
    (socket.gaierror, "is a name that is not known here"),
    (ConnectionRefusedError, "cannot be reached: nobody listens there, or the way is barred"),
    (FileNotFoundError, _BUNDLE),
    (PermissionError, _BUNDLE),
    (OSError, "breaks off the connection, or cannot be reached"),
    (ValueError, _NO_SMTP),
)
"""What an error is found as first says what it was, as the sentence goes on."""


class Security(Enum):
    """How the connection is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """It was taken for all but those who are `refused` or `postponed`: why, by address."""

    refused: Mapping[str, str]
    postponed: Mapping[str, str]


class _Limited(smtplib.SMTP):
    """A connection whose time begins with the greeting, which is read while it is made."""

    def __init__(self, limit: TimeLimit, *given: Any, **named: Any) -> None:
        self._limit = limit
        super().__init__(*given, **named)

    def getreply(self) -> tuple[int, bytes]:
        """As of any connection."""
        self._limit.begin(lambda: self.sock)
        return super().getreply()


class _LimitedTls(_Limited, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mails are handed in. Its `repr` names the host alone.

    Attributes:
        host: name of the server.
        port: where it listens.
        security: see `Security`.
        username: to log in as, empty: nobody logs in.
        password: of this user.
        patience: see `Patience`; the longer of the two is for every step after the connection, and
            all of them together take no longer than so many steps may.
        ca_bundle: certificates to trust in place of the usual ones (PEM).
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = ""
    patience: Patience = field(default_factory=Patience)
    ca_bundle: Path | None = None

    def __repr__(self) -> str:
        return f"MailServer({self.host})"

    def send(self, sender: str, recipients: Iterable[str], mail: bytes) -> Sent | Retry | Refused:
        """Hand it in once; reasons are for the operator."""
        sending, readers = False, list(recipients)
        limit = TimeLimit(self.patience.read * (_STEPS + len(readers)))
        try:
            with limit, self._connected(limit) as smtp:
                self._begin(smtp)
                sending = True
                return self._handed_in(smtp, sender, readers, mail)
        except (OSError, ValueError) as error:
            # What smtplib raises is an OSError too; ValueError is of parsers of strange answers.
            if limit.is_over:
                return Retry(f"{self.host} {_LATE}", may_have_arrived=sending)
            return self._failed(error, may_have_arrived=sending)

    def _failed(self, error: OSError | ValueError, *, may_have_arrived: bool) -> Retry | Refused:
        if isinstance(error, smtplib.SMTPResponseException):
            return self._answered(error)
        if isinstance(error, ssl.SSLError):
            return Retry(f"{self.host} cannot be trusted: {certificate_fault(error)}")
        # smtplib has a time-out as the reason of a connection that is closed.
        causes = list(causes_of(error))
        words = next(
            words for kind, words in _SILENCES if any(isinstance(cause, kind) for cause in causes)
        )
        return Retry(f"{self.host} {words}", may_have_arrived=may_have_arrived)

    @contextmanager
    def _connected(self, limit: TimeLimit) -> Iterator[smtplib.SMTP]:
        smtp = self._connection(limit)
        try:
            yield smtp
        finally:
            # What became of the mail is known by now; how the server takes its leave changes nothing.
            with suppress(OSError, ValueError):
                smtp.quit()
            smtp.close()

    def _connection(self, limit: TimeLimit) -> smtplib.SMTP:
        timeout = self.patience.connect
        if self.security is Security.TLS:
            return _LimitedTls(
                limit, self.host, self.port, timeout=timeout, context=self._context()
            )
        return _Limited(limit, self.host, self.port, timeout=timeout)

    def _begin(self, smtp: smtplib.SMTP) -> None:
        if smtp.sock is not None:
            smtp.sock.settimeout(self.patience.read)
        smtp.ehlo_or_helo_if_needed()
        if self.security is Security.STARTTLS:
            smtp.starttls(context=self._context())
            smtp.ehlo()
        if self.username:
            smtp.login(self.username, self.password)

    def _context(self) -> ssl.SSLContext:
        bundle = None if self.ca_bundle is None else str(self.ca_bundle)
        return ssl.create_default_context(cafile=bundle)

    def _handed_in(
        self, smtp: smtplib.SMTP, sender: str, recipients: list[str], mail: bytes
    ) -> Sent:
        try:
            answers = smtp.sendmail(sender, recipients, mail)
        except smtplib.SMTPRecipientsRefused as refusal:
            answers = refusal.recipients
        reasons = {one: (code, self._said(code, text)) for one, (code, text) in answers.items()}
        refused = {one: why for one, (code, why) in reasons.items() if code >= _PERMANENT}
        postponed = {one: why for one, (code, why) in reasons.items() if code < _PERMANENT}
        return Sent(refused=refused, postponed=postponed)

    def _answered(self, refusal: smtplib.SMTPResponseException) -> Retry | Refused:
        """An answer to all of it: to the greeting, the login, the sender or the text."""
        code = refusal.smtp_code
        if code < _LOWEST:
            return Retry(f"{self.host} {_NO_SMTP}")
        if code in _CREDENTIALS or isinstance(refusal, smtplib.SMTPAuthenticationError):
            return Retry(
                f"{self.host} answers {code}: it does not accept our login; give a valid one"
            )
        reason = self._said(code, refusal.smtp_error)
        begun = not isinstance(refusal, smtplib.SMTPConnectError | smtplib.SMTPHeloError)
        # Who does not even begin to listen says nothing about the letter.
        return Refused(reason) if code >= _PERMANENT and begun else Retry(reason)

    def _said(self, code: int, told: bytes | str) -> str:
        text = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
        words = safe_words(text, self._secrets())
        return f"{self.host} answers {code}{': ' if words else ''}{words}"

    def _secrets(self) -> tuple[str, ...]:
        """The password, as it is and as it travels."""
        if not self.password:
            return ()
        plain = f"\0{self.username}\0{self.password}"
        return (
            self.password,
            *(base64.b64encode(x.encode()).decode() for x in (plain, self.password)),
        )
