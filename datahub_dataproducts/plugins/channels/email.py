"""E-mail as a channel of a recipe."""

import re
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from typing_extensions import Self

from datahub_dataproducts.adapters.mail.channel import MailChannel
from datahub_dataproducts.adapters.mail.letter import Envelope
from datahub_dataproducts.adapters.mail.server import MailServer, Security
from datahub_dataproducts.adapters.mail.template import MailTemplate
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.plugins.channels.base import ChannelConfig, Surroundings
from datahub_dataproducts.plugins.channels.web_values import WithWaiting

_MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}\Z)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)
_HOST = re.compile(r"[A-Za-z0-9.:-]+")
_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
_LAST_PORT = 65_535
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _check_mailbox(address: str) -> str:
    if _MAILBOX.fullmatch(address) is None:
        msg = f'"{address}" is not the address of a mailbox: write name@example.com'
        raise ValueError(msg)
    return address


def _check_host(host: str) -> str:
    if _HOST.fullmatch(host) is None:
        raise ValueError("write the name of the mail server, without smtp:// before it")
    return host


_Mailbox = Annotated[str, AfterValidator(_check_mailbox)]


class EmailChannelConfig(WithWaiting, ChannelConfig):
    """Sends each letter as a mail by SMTP; see docs/channels.md."""

    usual_spacing: ClassVar[int] = SECOND

    type: Literal["email"]
    host: Annotated[str, AfterValidator(_check_host)] = Field(
        description="Name of the mail server that takes mails from us."
    )
    port: int | None = Field(
        default=None,
        ge=1,
        le=_LAST_PORT,
        description="587 with starttls, 465 with tls, 25 with none.",
    )
    security: Security = Field(
        default=Security.STARTTLS,
        description="`starttls`, `tls` (from the first byte) or `none`, for a relay on the same "
        "machine.",
    )
    username: str = Field(default="", description="To log in as; left out: nobody logs in.")
    password: SecretStr | None = Field(default=None, description="Of this user.")
    sender: _Mailbox = Field(description="The mailbox that mails are from.")
    sender_name: str = Field(default="Data products", description="The sender as people read it.")
    to: list[_Mailbox] = Field(min_length=1, description="The mailboxes of all readers.")
    template: Path | None = Field(
        default=None, description="A template (Jinja2) for the HTML in place of ours."
    )

    @field_validator("template")
    @classmethod
    def _works(cls, path: Path | None) -> Path | None:
        MailTemplate(path)
        return path

    @model_validator(mode="after")
    def _login_is_whole_and_private(self) -> Self:
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password go together")
        if self.username and self.security is Security.NONE and self.host not in _LOOPBACK:
            raise ValueError("with security: none a password would be readable on its way")
        return self

    def build(self, surroundings: Surroundings) -> MailChannel:
        """A channel that hands in mails at `host`."""
        server = MailServer(
            host=self.host,
            port=self.port or _PORTS[self.security],
            security=self.security,
            username=self.username,
            password=self.password.get_secret_value() if self.password else "",
            patience=self.patience,
            ca_bundle=self.ca_bundle,
        )
        envelope = Envelope(
            sender=self.sender,
            sender_name=self.sender_name,
            recipients=tuple(dict.fromkeys(self.to)),
            channel=surroundings.name,
        )
        template = MailTemplate(self.template)
        return MailChannel(server, envelope, template, is_technical=self.is_technical)
