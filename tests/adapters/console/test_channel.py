"""The console as a channel."""

import io
import os
from contextlib import suppress
from dataclasses import replace

from datahub_dataproducts.adapters.console.channel import ConsoleChannel
from datahub_dataproducts.domain.durations import HOUR
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.letters import Announcement, Why
from datahub_dataproducts.domain.receipts import Delivered, Retry
from tests.builders import sent

NEWS = Announcement(
    product="revenue",
    domain="urn:li:domain:finance",
    at=1_772_521_200_000,
    timezone="UTC",
    why=Why.OPENED,
    health=Health.UNHEALTHY,
    text="Revenü ≥ 1 €.",
)
LINE = "Tue 2026-03-03 07:00 UTC  UNHEALTHY  Revenü ≥ 1 €.\n"


def test_one_announcement_is_one_line_seen_at_once() -> None:
    reading, writing = os.pipe()
    with (
        os.fdopen(reading, encoding="utf-8") as reader,
        os.fdopen(writing, "w", encoding="utf-8") as stream,
    ):
        assert ConsoleChannel(stream).post(sent(NEWS)) == Delivered()
        assert reader.readline() == LINE


def test_a_console_that_knows_fewer_letters_shows_escapes() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    assert ConsoleChannel(stream).post(sent(NEWS)) == Delivered()
    assert raw.getvalue().decode("latin-1").endswith("Revenü \\u2265 1 \\u20ac.\n")


def test_when_nobody_reads_any_more_it_may_be_told_later() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w", encoding="utf-8")
    receipt = ConsoleChannel(stream).post(sent(NEWS))
    assert receipt == Retry("the console is closed: nobody reads standard output")
    with suppress(BrokenPipeError):
        stream.close()


def test_a_stream_that_python_closed_is_a_closed_console() -> None:
    stream = io.StringIO()
    stream.close()
    assert isinstance(ConsoleChannel(stream).post(sent(NEWS)), Retry)


def test_a_stream_without_an_encoding_takes_every_letter() -> None:
    stream = io.StringIO()
    assert ConsoleChannel(stream).post(sent(NEWS)) == Delivered()
    assert stream.getvalue() == LINE


def test_where_datahub_is_known_the_line_ends_with_the_page_of_the_product() -> None:
    stream = io.StringIO()
    link = "https://hub.example.com/dataProduct/{}/".format
    assert ConsoleChannel(stream, link).post(sent(NEWS)) == Delivered()
    assert stream.getvalue() == f"{LINE.rstrip()} https://hub.example.com/dataProduct/revenue/\n"


def test_what_is_told_late_says_when_it_became_so_and_when_it_is_told() -> None:
    told = replace(sent(NEWS), at=NEWS.at + HOUR)
    for soon in (replace(told, at=told.at - 1), told):
        stream = io.StringIO()
        ConsoleChannel(stream, is_replay=soon is told).post(soon)
        assert stream.getvalue() == LINE
    stream = io.StringIO()
    ConsoleChannel(stream, "https://hub/{}".format).post(told)
    line = f"{LINE.rstrip()} (told Tue 2026-03-03 08:00 UTC) https://hub/revenue\n"
    assert stream.getvalue() == line
