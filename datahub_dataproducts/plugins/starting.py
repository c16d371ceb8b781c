"""Starting: why it cannot, told in a line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from datahub.configuration.common import ConfigurationError

logger = logging.getLogger(__name__)


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """What is wrong with a recipe, or keeps the action from starting, ends the process in words.

    The framework would show it in the middle of sixty lines of its own code.

    Raises:
        SystemExit: with 1, after the reason was logged.
    """
    try:
        yield
    except ConfigurationError as problem:
        reason = str(problem)
        logger.error("The action cannot start: %s", reason)  # noqa: TRY400 - the reason says all
        raise SystemExit(1) from None
