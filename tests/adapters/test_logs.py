"""Log lines as JSON: one object a line, whoever wrote it, and nothing secret in it."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from datahub_dataproducts.adapters.logs import JsonLines, write_json


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a logger of its own writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("of_this_test")
    logger.addHandler(handler)
    logger.propagate = False
    yield written
    logger.removeHandler(handler)


LOGGER = logging.getLogger("of_this_test")


def test_a_line_says_when_how_grave_who_and_what(lines: io.StringIO) -> None:
    LOGGER.warning("An event was set aside: %s", "no\nJSON", extra={"product": "users", "at": [1]})
    (line,) = lines.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "WARNING",
        "logger": "of_this_test",
        "message": "An event was set aside: no\nJSON",
        "product": "users",
    }


def test_an_exception_is_in_the_same_line(lines: io.StringIO) -> None:
    try:
        int("http://ana:s3cret@hub/")
    except ValueError:
        LOGGER.exception("Looking at the clock failed")
    (line,) = lines.getvalue().splitlines()
    told = json.loads(line)
    assert told["exception"].startswith("Traceback")
    assert told["exception"].endswith(": 'http://***@hub/'")


def test_half_a_character_makes_no_line_that_nobody_can_read(tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "lines", encoding="utf-8")
    handler.setFormatter(JsonLines())
    error = ValueError("\udc80")
    record = LOGGER.makeRecord(
        LOGGER.name,
        logging.ERROR,
        __file__,
        1,
        "the name %s 😀",
        ("\ud83d",),
        (ValueError, error, None),
        extra={"product": "\udfff"},
    )
    # To this handler alone: pytest hands lines on between its processes, and half a character it cannot.
    handler.handle(record)
    handler.close()
    (line,) = (tmp_path / "lines").read_bytes().splitlines()
    told = json.loads(line.decode("utf-8", "strict"))
    assert (told["message"], told["product"]) == ("the name ? 😀", "?")
    assert told["exception"].endswith("ValueError: ?")


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (
            "no answer of https://ana:s3cret@hub:8080/config",
            "no answer of https://***@hub:8080/config",
        ),
        (
            "postgresql+psycopg://ana:s3cret@db/health is down",
            "postgresql+psycopg://***@db/health is down",
        ),
        ("sent Authorization: Bearer s3cret.t0ken-1", "sent Authorization: Bearer ***"),
        ("https://hub/dataset/urn:li:corpuser:ana@example.com", None),
        ("write to ana@example.com", None),
        ("sqlite:////var/health.db", None),
    ],
)
def test_who_one_is_is_left_out_and_nothing_else(
    lines: io.StringIO, said: str, written: str | None
) -> None:
    LOGGER.error("%s", said)
    assert json.loads(lines.getvalue())["message"] == (said if written is None else written)


def test_every_handler_writes_json_from_then_on() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    framework = logging.getLogger("of_this_test.framework")
    framework.addHandler(handler)
    kept = {h: h.formatter for h in logging.root.handlers}
    try:
        write_json()
        framework.warning("Retry %d", 2)
    finally:
        framework.removeHandler(handler)
        for other, formatter in kept.items():
            other.setFormatter(formatter)
    assert json.loads(written.getvalue())["message"] == "Retry 2"
