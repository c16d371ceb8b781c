"""Long JSON files are read record by record, and faults are told by place."""

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.adapters.datahub import json_records
from datahub_dataproducts.adapters.datahub.json_records import MetadataFileError, read_records

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just('\\"{[,]}:'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def write(folder: Path, content: str | bytes, name: str = "records.json") -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def read_until_fault(file: Path) -> tuple[list[Any], str]:
    records: list[Any] = []
    with pytest.raises(MetadataFileError) as error:
        records.extend(read_records(file))
    return records, str(error.value)


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@given(records=st.lists(values, max_size=5), indent=st.sampled_from([None, 0, 4]))
def test_what_is_read_is_what_was_written_however_the_file_falls_into_pieces(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any], indent: int | None, piece: int
) -> None:
    file = write(tmp_path_factory.mktemp("r"), json.dumps(records, indent=indent))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_records, "_PIECE", piece)
        patch.setattr(json_records, "_LEAST_READ", piece)
        assert list(read_records(file)) == records


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_records_may_stand_one_after_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(json_records, "_PIECE", piece)
    monkeypatch.setattr(json_records, "_LEAST_READ", piece)
    file = write(tmp_path, '\ufeff{"a": "é€"}\n\n{"b": [1, 2]}{"c": 12}\n')
    assert list(read_records(file)) == [{"a": "é€"}, {"b": [1, 2]}, {"c": 12}]


def test_a_compressed_file_is_read_like_any_other(tmp_path: Path) -> None:
    file = write(tmp_path, gzip.compress(b'[{"a": 1}, {"b": 2}]'), "records.json.gz")
    assert list(read_records(file)) == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("content", "count", "told"),
    [
        ("[", 0, "it is cut off in record 0"),
        ('[{"a": 1}, ', 1, "it is cut off in record 1"),
        ('[{"a": 1}, {"b": "long te', 1, "it is cut off in record 1"),
        ('[{"a": 1}, {"b": "\\ud8', 1, "it is cut off in record 1"),
        ('[{"a": 1}', 1, "it is cut off in record 1"),
        ('{"a": 1}\n{"b": ', 1, "it is cut off in record 1"),
        ('[{"a": 1}, {"b" 2}' + " " * 100, 1, "record 1 (the first is 0) cannot be read"),
        ('[{"a": 1} {"b": 2}]', 1, "a comma is missing before it"),
        ('{"a": 1} 5', 1, "it is not an object"),
        ("", 0, "it is no metadata file"),
        ("hello", 0, "it is no metadata file"),
        (b'[{"a": 1}, {"b": "\xff"}]', 1, "it is not UTF-8 in record 1"),
        ("[" + "[" * 100_000, 0, "nested too deeply"),
    ],
)
def test_a_fault_is_told_by_place_and_what_came_before_it_is_given(
    tmp_path: Path, content: str | bytes, count: int, told: str
) -> None:
    file = write(tmp_path, content)
    records, message = read_until_fault(file)
    assert len(records) == count
    assert message.startswith(f"{file}: ")
    assert told in message
    assert "\n" not in message


def test_a_compressed_file_that_is_cut_off_gives_what_is_in_it(tmp_path: Path) -> None:
    whole = gzip.compress(json.dumps([{"n": n} for n in range(50_000)]).encode())
    file = write(tmp_path, whole[: len(whole) // 2], "records.json.gz")
    records, message = read_until_fault(file)
    assert records == [{"n": n} for n in range(len(records))]
    assert 1_000 < len(records) < 50_000
    assert f"its compression is broken or cut off in record {len(records)}" in message


def test_a_file_that_only_looks_compressed_is_told(tmp_path: Path) -> None:
    _, message = read_until_fault(write(tmp_path, "[{}]", "records.json.gz"))
    assert "its compression is broken" in message


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    _, message = read_until_fault(tmp_path)
    assert "it cannot be read (Is a directory)" in message


def test_a_long_file_is_read_in_little_memory(tmp_path: Path) -> None:
    record = {"aspect": {"json": {"text": "x" * 1_000, "list": list(range(100))}}}
    file = write(tmp_path, json.dumps([record] * 8_000, indent=4))
    assert file.stat().st_size > 10_000_000
    tracemalloc.start()
    count = sum(1 for _ in read_records(file))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 8_000
    assert peak < 8_000_000
