"""Why a message could not be decoded: by the schema registry, or by the message itself. Pure."""

from collections.abc import Iterator

from confluent_kafka.schema_registry.error import SchemaRegistryError
from httpx import HTTPError

_NOT_FOUND = 404


def reasons_of(error: BaseException) -> tuple[BaseException, ...]:
    """An error and what it came of, the first cause last."""
    return tuple(_chain(error))


def may_pass(error: BaseException) -> bool:
    """True where nothing is known to be wrong with the message itself."""
    return any(map(_is_of_the_registry, _chain(error)))


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    seen: set[int] = set()
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = getattr(found, "exception", None) or found.__cause__ or found.__context__


def _is_of_the_registry(error: BaseException) -> bool:
    if isinstance(error, SchemaRegistryError):
        return error.http_status_code != _NOT_FOUND
    return isinstance(error, HTTPError | OSError)
