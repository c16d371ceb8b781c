"""Instants are read as dbt writes them, to the very millisecond DataHub reads."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.dbt.instants import instant


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ("1970-01-01T00:00:01Z", 1_000),
        ("1970-01-01T00:00:01.234567Z", 1_234),
        ("1970-01-01T00:00:01.234999999Z", 1_234),
        ("1970-01-01T00:00:01.2Z", 1_200),
        ("1970-01-01T00:00:01", 1_000),
        ("1970-01-01 00:00:01.234000 +00:00", 1_234),
        ("1970-01-01T01:00:01.234+01:00", 1_234),
        ("1970-01-01T01:00:01.234+0100", 1_234),
        ("1969-12-31T23:59:59.9999Z", -1),
    ],
)
def test_the_formats_of_all_dbt_versions_are_read(written: str, milliseconds: int) -> None:
    assert instant(written) == milliseconds


@pytest.mark.parametrize(
    "written",
    [None, "", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00+99:99", "1795356020917"],
)
def test_what_is_no_instant_is_none(written: str | None) -> None:
    assert instant(written) is None


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_the_millisecond_is_the_one_datahub_computes(microseconds: int) -> None:
    when = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=microseconds)
    assert instant(when.isoformat()) == int(when.timestamp() * 1000.0)
