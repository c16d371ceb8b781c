"""A broker for every test in this folder: librdkafka's own, or the one that is named."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gms.kafka import mock_broker
from tests.integration.kafka.stage import BOOTSTRAP, Stage


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    named = os.environ.get(BOOTSTRAP)
    if named:
        yield named
        return
    with mock_broker() as address:
        yield address


@pytest.fixture
def stage(broker: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(broker, tmp_path)
    yield made
    made.close()
