"""The notices of an export are read as what they are, and nothing that is none is taken for one."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub.events import event_time, evidence_of
from datahub_dataproducts.adapters.datahub.metadata_files import Skipped, read_events
from datahub_dataproducts.adapters.datahub.notice_records import NoticeEvent, notice_event
from datahub_dataproducts.adapters.store.rows import notice_row
from datahub_dataproducts.domain.assertions import IncidentNotice
from tests.builders import notice

notices = st.builds(
    IncidentNotice,
    subject=st.text(max_size=20),
    incident=st.text(max_size=20),
    at=st.integers(0, 5),
    active=st.booleans(),
    grave=st.booleans(),
    title=st.text(max_size=20),
    written_at=st.integers(5, 9),
)


@given(told=notices)
def test_a_notice_of_the_export_is_read_as_the_notice_it_was(told: IncidentNotice) -> None:
    event = notice_event(json.loads(json.dumps(notice_row(told))))
    assert evidence_of(event) == (told,)
    assert event_time(event) == told.written_at
    assert NoticeEvent.from_json(event.event.as_json()) == event.event


GOOD = asdict(notice("orders", 5))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"at": "5"}, "Expected `int`, got `str` - at `$.at`"),
        ({"at": -1}, "its instants are none, or it was written before it was so"),
        ({"written_at": 4}, "its instants are none, or it was written before it was so"),
        ({"written_at": 10**18}, "its instants are none, or it was written before it was so"),
        ({"incident": "x" * 801}, "a URN in it has more than 800 bytes"),
    ],
)
def test_a_malformed_notice_is_skipped_with_the_reason(
    wrong: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "notices.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in (GOOD | wrong, GOOD)), encoding="utf-8")
    skipped, good = read_events(file)
    assert skipped == Skipped(str(file), 0, f"it is no notice of an incident: {reason}")
    assert not isinstance(good, Skipped)
    assert evidence_of(good) == (notice("orders", 5),)
