"""What a DataHub server can take, by its version.

Servers before v1.7.0 fail on the first patch whose path ends with a slash, which is how DataHub's
client names an owner, a term and a structured property; where the write is asynchronous, nobody is
told. A product's parent came after v1.7.0.1: a server that does not know the field drops it.
"""

from dataclasses import dataclass

from datahub.configuration.common import ConfigurationError
from datahub.ingestion.graph.client import DataHubGraph
from datahub.utilities.server_config_util import RestServiceConfig

_Number = tuple[int, int, int, int]
_PATCHES: _Number = (1, 7, 0, 0)
_LAST_WITHOUT_PARENTS: _Number = (1, 7, 0, 1)
_NONE: _Number = (0, 0, 0, 0)

NEEDED = "v1.7.0"
"""The first version of DataHub that can be written to as health and PATCH need it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerVersion:
    """The version of a server.

    Attributes:
        text: as the server says it, empty where it says none.
        number: None where the text is not a version of DataHub's own: of a fork, or DataHub Cloud,
            which counts otherwise.
    """

    text: str
    number: _Number | None

    @property
    def takes_patches(self) -> bool | None:
        """Whether what is patched arrives; None: it cannot be told."""
        return None if self.number is None else self.number >= _PATCHES

    @property
    def keeps_parents(self) -> bool | None:
        """Whether the parent of a product is kept; None: it cannot be told."""
        return None if self.number is None else self.number > _LAST_WITHOUT_PARENTS


def server_version(config: RestServiceConfig) -> ServerVersion:
    """The version that a server's `/config` tells."""
    text = config.service_version
    if not isinstance(text, str):
        return ServerVersion(text="", number=None)
    try:
        number = config.parsed_version
    except ValueError:
        number = None
    is_told = number is not None and number != _NONE and not config.is_datahub_cloud
    return ServerVersion(text=text, number=number if is_told else None)


def version_of(graph: DataHubGraph) -> ServerVersion | None:
    """The version of a server, which is asked for it; None: it does not answer as it should."""
    try:
        return server_version(graph.fetch_server_config())
    except (ConfigurationError, OSError, AttributeError, ValueError):
        return None


def unreadable(version: ServerVersion) -> str:
    """What to tell where it cannot be told what the server takes."""
    said = f'says "{version.text}"' if version.text else "does not say its version"
    return f"DataHub {said}, so make sure that it is as new as {NEEDED}: an older one loses patches"
