"""Kafka for every test in this folder, on whatever broker there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sources.kafka import Kafka
from tests.integration.sources.stage import Stage


@pytest.fixture
def stage(broker: str, tmp_path: Path) -> Iterator[Stage]:
    with Stage(Kafka(broker), tmp_path) as made:
        yield made
