"""What HTTP answers mean for letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub_dataproducts.domain.answers import (
    LONGEST_WAIT,
    Answer,
    asked_wait,
    failure_of,
    http_date,
    receipt_of,
    safe_words,
)
from datahub_dataproducts.domain.receipts import Delivered, Receipt, Refused, Retry

NOON = 1_772_539_200_000
"""2026-03-03, 12:00 UTC."""


@pytest.mark.parametrize(
    ("status", "receipt"),
    [
        (200, Delivered()),
        (204, Delivered()),
        (302, Refused("X answers 302: it sends us to another address, where we do not go; give the right one")),
        (308, Refused("X answers 308: it sends us to another address, where we do not go; give the right one")),
        (400, Refused("X answers 400: it gives no reason")),
        (401, Retry("X answers 401: it does not accept our credentials; give valid ones", 30_000)),
        (403, Retry("X answers 403: it does not allow this; give us the right to it", 30_000)),
        (404, Refused("X answers 404: there is nothing at this address; give the right one")),
        (408, Retry("X answers 408: it took too long", 30_000)),
        (410, Refused("X answers 410: what was at this address is gone; give another")),
        (425, Retry("X answers 425: it asks to be asked again later", 30_000)),
        (429, Retry("X answers 429: it asks to slow down", 30_000)),
        (500, Retry("X answers 500", 30_000, may_have_arrived=True)),
        (503, Retry("X answers 503", 30_000)),
        (999, Retry("X answers 999", 30_000, may_have_arrived=True)),
        (101, Retry("X answers 101", 30_000, may_have_arrived=True)),
    ],
)  # fmt: skip
def test_each_status_means_one_of_three_things(status: int, receipt: Receipt) -> None:
    answer = Answer(status=status, retry_after="30")
    assert receipt_of(answer, who="X", now=NOON) == receipt


def test_a_receiver_has_words_of_its_own_for_a_status() -> None:
    remedies = {401: "give another token", 500: "look at its log", 404: "invite the app"}

    def reason(status: int) -> str:
        receipt = failure_of(Answer(status=status), who="X", now=NOON, remedies=remedies)
        return receipt.reason

    assert reason(401) == "X answers 401: give another token"
    assert reason(500) == "X answers 500: look at its log"
    assert reason(404) == "X answers 404: invite the app"


def test_what_a_receiver_says_itself_is_better_than_what_the_status_says() -> None:
    refused = failure_of(Answer(status=404), who="X", now=NOON, told="no such channel")
    assert refused == Refused("X answers 404: no such channel")


def test_a_wait_without_words_is_our_own() -> None:
    assert receipt_of(Answer(status=429), who="X", now=NOON) == Retry(
        "X answers 429: it asks to slow down"
    )


@pytest.mark.parametrize(
    ("written", "wait"),
    [
        ("7", 7_000),
        (" 0 ", 0),
        ("Tue, 03 Mar 2026 12:00:30 GMT", 30_000),
        ("Tuesday, 03-Mar-26 12:00:30 GMT", 30_000),
        ("Tue Mar  3 12:00:30 2026", 30_000),
        ("Tue, 03 Mar 2026 11:00:00 GMT", 0),
        ("Tue, 03 Mar 2099 11:00:00 GMT", LONGEST_WAIT),
        ("99999999999999999999", LONGEST_WAIT),
        ("86401", LONGEST_WAIT),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("Tue, 99 Mar 2026 12:00:30 GMT", None),
        ("Tue, 03 Mar 2026 12:00:30 +9999999999", None),
    ],
)
def test_a_wait_is_seconds_or_a_date_of_http(written: str, wait: int | None) -> None:
    assert asked_wait(written, NOON) == wait


def test_a_date_counts_nothing_where_there_is_no_clock() -> None:
    assert asked_wait("Tue, 03 Mar 2026 12:00:30 GMT", None) is None
    assert asked_wait("7", None) == 7_000


@given(
    st.text(max_size=60) | st.from_regex(r"\A[A-Za-z]{3}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ \S+\Z")
)
def test_no_header_is_too_strange(written: str) -> None:
    wait = asked_wait(written, NOON)
    assert wait is None or 0 <= wait <= LONGEST_WAIT
    http_date(written)


def test_plain_words_of_an_answer_are_shown() -> None:
    assert safe_words("Invalid payload: the title is too long.", ()) == (
        "Invalid payload: the title is too long"
    )
    assert safe_words("channel_not_found", ()) == "channel_not_found"


@pytest.mark.parametrize(
    "told",
    [
        "https://hooks.example/T012/B345/s3cr3tTOKEN",
        "s3cr3tTOKEN",
        "correcthorse",
        "CORRECTHORSE",
        "correct",
        "\x1b[31mred",
        "<b>bold</b>",
        "c3RhcGxlYmF0dGVyeQ==",
        "\x00\xff\xfe",
        "",
    ],
)
def test_nothing_else_of_an_answer_is_shown(told: str) -> None:
    assert safe_words(told, ("https://hooks.example/s3cr3tTOKEN", "correcthorse", "")) == ""


def test_a_huge_answer_is_a_few_words() -> None:
    assert safe_words("no " * 1_000_000, ()) == ("no " * 33).strip()


@given(
    secret=st.text(alphabet="abcdefgh", min_size=4, max_size=12),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
def test_no_secret_is_ever_repeated(secret: str, before: str, after: str) -> None:
    assert secret not in safe_words(f"{before}{secret}{after}", (secret,)).lower()
