"""What those who mend read while the catalog does not answer."""

from datahub_dataproducts.domain.durations import MINUTE
from datahub_dataproducts.domain.messages import Tone
from datahub_dataproducts.domain.outages import begun, said_begun, said_over
from tests.builders import AMSTERDAM, at

SINCE = at("2026-03-03 06:00")


def test_that_it_is_away_says_since_when_and_what_goes_on() -> None:
    said = said_begun(begun("engineering", SINCE), AMSTERDAM, at("2026-03-03 07:00"))
    assert said.text == (
        "DataHub has not been reachable since Tue 3 Mar at 06:00. Health goes on being computed, and "
        "people are told of it. What DataHub is to show waits and is sent when it answers again."
    )
    assert said.shown.subject == "DataHub has not been reachable since Tue 3 Mar at 06:00"
    assert (said.shown.tone, said.at, said.is_last) == (Tone.BLIND, SINCE, False)


def test_that_it_is_back_says_after_how_long_and_is_the_last_word() -> None:
    now = SINCE + 90 * MINUTE
    said = said_over(begun("engineering", SINCE), AMSTERDAM, now)
    assert said.text == (
        "DataHub is reachable again, after 1 h 30 min. What was to be shown in it is being sent."
    )
    assert (said.shown.tone, said.at, said.is_last) == (Tone.GOOD, now, True)
