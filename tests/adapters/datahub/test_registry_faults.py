"""Whether a message could not be decoded because of the registry, or of the message."""

import pytest
from confluent_kafka.schema_registry.error import SchemaRegistryError
from httpx import ConnectError

from datahub_dataproducts.adapters.datahub.registry_faults import may_pass, reasons_of


def because(reason: Exception) -> Exception:
    """An error that says another one for its reason."""
    outer = ValueError("cannot be decoded")
    outer.__cause__ = reason
    return outer


@pytest.mark.parametrize(
    "reason", [SchemaRegistryError(503, 50301, "starting"), ConnectError("refused"), OSError()]
)
def test_a_registry_that_does_not_answer_passes(reason: Exception) -> None:
    assert may_pass(because(reason))


@pytest.mark.parametrize(
    "reason", [SchemaRegistryError(404, 40403, "not found"), ValueError("no magic"), EOFError()]
)
def test_a_message_that_is_wrong_stays_wrong(reason: Exception) -> None:
    assert not may_pass(because(reason))


def test_the_first_cause_comes_last_and_a_circle_ends() -> None:
    inner = KeyError("x")
    outer = because(inner)
    inner.__cause__ = outer
    assert reasons_of(outer) == (outer, inner)
