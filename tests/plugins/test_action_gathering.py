"""The action on an event source that can put off acknowledging: what waits is kept together."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext

from datahub_dataproducts.adapters.clock import WallClock
from datahub_dataproducts.adapters.datahub.metadata_files import read_events
from datahub_dataproducts.application.ports import Unavailable
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.plugins.action import DataProductHealthAction
from datahub_dataproducts.plugins.gathering import Gathering
from tests.integration.roads import action_recipe, definition_record, write_catalog
from tests.plugins.test_action import REVENUE, USERS, outcome, rows, write

AGO = WallClock().now() - HOUR


class Source:
    """An event source that hands out what it is given and notes what is acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: list[EventEnvelope] = []
        self.gathering = Gathering(self.acknowledged.append)

    def hand_out(self, action: DataProductHealthAction, event: EventEnvelope) -> None:
        action.act(self.gathering.hand_out(event))
        self.gathering.acknowledge(event)


def events(folder: Path, *records: Any) -> list[EventEnvelope]:
    read = [e for e in read_events(write(folder, *records)) if isinstance(e, EventEnvelope)]
    for offset, event in enumerate(read):
        event.meta["kafka"] = {"topic": "t", "partition": 0, "offset": offset}
    return read


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def action(tmp_path: Path, source: Source) -> Iterator[DataProductHealthAction]:
    write_catalog(tmp_path, [USERS])
    context = PipelineContext(pipeline_name="gathers", graph=None)
    stand_in: Any = source
    context.event_source = stand_in
    config = action_recipe(tmp_path, tmp_path)["action"]["config"]
    made = DataProductHealthAction.create(config, context)
    yield made
    made.close()


def heard(folder: Path) -> int:
    ((count,),) = rows(folder, "SELECT count(*) FROM evidence")
    return int(count)


def test_what_waits_is_kept_in_its_order_and_acknowledged_after(
    tmp_path: Path, source: Source, action: DataProductHealthAction
) -> None:
    poison = outcome("users", AGO)
    del poison["aspect"]["json"]["runId"]
    told = events(
        tmp_path,
        outcome("revenue", AGO),
        outcome("users", AGO),
        poison,
        definition_record(REVENUE),
        outcome("revenue", AGO + 1),
        outcome("users", AGO + 1, "FAILURE"),
    )
    for event in told:
        source.hand_out(action, event)
    assert heard(tmp_path) == 0
    assert source.acknowledged == []
    source.gathering.end()
    # Nobody listened to the first, since its product was not known.
    assert rows(tmp_path, "SELECT subject, at FROM evidence ORDER BY at, subject") == [
        ("urn:li:assertion:users", AGO),
        ("urn:li:assertion:revenue", AGO + 1),
        ("urn:li:assertion:users", AGO + 1),
    ]
    assert len(rows(tmp_path, "SELECT 1 FROM set_aside")) == 1
    assert source.acknowledged == told[-1:]


def test_what_cannot_be_kept_together_is_heard_again_one_by_one(
    tmp_path: Path, source: Source, action: DataProductHealthAction
) -> None:
    told = events(tmp_path, outcome("users", AGO), outcome("users", AGO + 1, "FAILURE"))
    connection = sqlite3.connect(tmp_path / "health.db")
    connection.execute("ALTER TABLE evidence RENAME TO elsewhere")
    connection.commit()
    for event in told:
        source.hand_out(action, event)
    source.gathering.end()
    again = source.gathering.hand_out_again()
    assert again is told[0]
    with pytest.raises(Unavailable):
        action.act(again)
    connection.execute("ALTER TABLE elsewhere RENAME TO evidence")
    connection.commit()
    connection.close()
    for event in (again, source.gathering.hand_out_again()):
        action.act(event)
        source.gathering.acknowledge(event)
    assert heard(tmp_path) == 2
    assert source.acknowledged == told
    steps = rows(tmp_path, "SELECT health FROM steps WHERE scope = 'own' ORDER BY at")
    assert steps == [("HEALTHY",), ("UNHEALTHY",)]
