"""A mail server on the loopback: aiosmtpd, which writes down each mail and answers as it is told to."""

import socket
import ssl
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Postbox:
    """What is answered, by what is asked; and what was taken.

    Attributes:
        recipients: answers to recipients by address, in place of taking them.
        sender: the answer to the sender, empty: taken.
        data: the answer to the text, empty: taken.
        mails: what was taken: the recipients and the text of each.
        password: that a login must have.
    """

    recipients: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    data: str = ""
    mails: list[tuple[list[str], bytes]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    password: str = "hush-hush"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """What is said to a sender."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """What is said to a recipient."""
        if address in self.recipients:
            return self.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """What is said to a mail."""
        if self.data:
            return self.data
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append((list(envelope.rcpt_tos), content))
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        """What is said to a login; a server that tells too much repeats the password."""
        assert isinstance(given, LoginPassword)
        name, password = given.login.decode(), given.password.decode()
        self.logins.append((name, password))
        if password == self.password:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 wrong {password}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def mail_server(
    postbox: Postbox, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> Controller:
    """A server to start and to stop; it takes a login only over TLS."""
    return Controller(
        postbox,
        hostname="127.0.0.1",
        port=_free_port(),
        ssl_context=tls,
        tls_context=starttls,
        authenticator=postbox.authenticate,
        auth_require_tls=tls is None,
        server_hostname="mail.test",
    )
