"""What channels that post over HTTP have in their configs: secret addresses, certificates, time."""

import ssl
from typing import Annotated

from pydantic import AfterValidator, Field, FilePath, SecretStr

from datahub_dataproducts.adapters.web import Address, Patience, host_of
from datahub_dataproducts.domain.durations import SECOND, parse_duration
from datahub_dataproducts.plugins.recipe_values import Duration, WithSecrets


def _check_address(url: SecretStr) -> SecretStr:
    host_of(url.get_secret_value())
    return url


def _check_bundle(path: FilePath) -> FilePath:
    try:
        ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError):
        msg = f"{path} has no certificates that can be read: write a file in PEM"
        raise ValueError(msg) from None
    return path


def check_header(value: SecretStr) -> SecretStr:
    """A secret that may be the value of a header; `ValueError`, without it, for what may not."""
    text = value.get_secret_value()
    if not (text.isascii() and text.isprintable()):
        raise ValueError("has characters that no header may have")
    return value


SecretAddress = Annotated[SecretStr, AfterValidator(_check_address)]
CaBundle = Annotated[FilePath, AfterValidator(_check_bundle)]


class WithWaiting(WithSecrets):
    """A channel over a connection: how long it is waited for, and whose certificates are trusted."""

    connect_timeout: Duration = Field(
        default="5s", description="How long a connection may take to come about."
    )
    timeout: Duration = Field(
        default="15s", description="How long an answer may take, until all of it is there."
    )
    ca_bundle: CaBundle | None = Field(
        default=None,
        description="File with the certificates to trust in place of the usual ones (PEM).",
    )

    @property
    def patience(self) -> Patience:
        """The same in seconds."""
        return Patience(connect=_seconds(self.connect_timeout), read=_seconds(self.timeout))

    def address(self, url: SecretStr, who: str = "") -> Address:
        """Where it posts to; `who` as operators know it, its host if empty."""
        return Address(
            url.get_secret_value(), who=who, patience=self.patience, ca_bundle=self.ca_bundle
        )


def _seconds(duration: str) -> float:
    return (parse_duration(duration) or 0) / SECOND
