"""Starting: why it cannot, told in a line."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from datahub.configuration.common import ConfigurationError
from pydantic import BaseModel, ValidationError

from datahub_dataproducts.plugins.config_faults import faults_of

logger = logging.getLogger(__name__)

_CREDENTIALS = re.compile(r"[^\s/@]+@")
_Config = TypeVar("_Config", bound=BaseModel)


def config_as(model: type[_Config], given: Mapping[str, object] | None, who: str) -> _Config:
    """The config of a part of a recipe; `who` is what the part is called.

    Raises:
        ConfigurationError: with every fault of it, in one line.
    """
    try:
        return model.model_validate(given or {})
    except ValidationError as faults:
        raise ConfigurationError(f"{who}: {faults_of(faults, given, model)}") from None


def without_credentials(problem: Exception) -> str:
    """What an error says, without the credentials of an address that it may name."""
    return _CREDENTIALS.sub("***@", str(problem))


@contextmanager
def told_in_a_line(what: str = "The action") -> Iterator[None]:
    """What is wrong with a recipe, or keeps a part of it from starting, ends the process in words.

    The framework would show it in the middle of sixty lines of its own code.

    Raises:
        SystemExit: with 1, after the reason was logged.
    """
    try:
        yield
    except ConfigurationError as problem:
        reason = str(problem)
        logger.error("%s cannot start: %s", what, reason)  # noqa: TRY400 - the reason says all
        raise SystemExit(1) from None
