"""Freshness is due by a time of day, by a cron, or never older than an age."""

import pytest

from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.assertions import Deadline, Freshness, MaxAge
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.schedules import Schedule
from tests.adapters.product_files.product_texts import SMALLEST, told

DEFAULT_ZONE = "America/New_York"


def contract_with(freshness: str) -> str:
    return f"assets: [ref('a')]\ncontract: [{{asset: \"ref('a')\", freshness: {freshness}}}]\n"


def promised(freshness: str, more: str = "") -> Freshness:
    text = SMALLEST + more + contract_with(freshness)
    result = parse_product_file(text, "p.yml", DEFAULT_ZONE)
    assert result.problems == ()
    found = result.documents[0].contract[0].freshness
    assert found is not None
    return found.value


def test_a_deadline_is_a_time_of_day_on_some_days() -> None:
    assert promised('{ready_by: "08:30", days: FRI-MON, look_back: 24h}') == Deadline(
        schedule=Schedule(times=(510,), timezone=DEFAULT_ZONE, weekdays=(0, 4, 5, 6)),
        look_back=DAY,
    )


def test_a_deadline_is_every_day_unless_days_are_given() -> None:
    assert promised("{ready_by: '9:00'}") == Deadline(
        schedule=Schedule(times=(540,), timezone=DEFAULT_ZONE)
    )


def test_a_cron_is_five_fields() -> None:
    found = promised("{cron: 0 8 * * MON-FRI, look_back: 3h}")
    assert found == Deadline(
        schedule=Schedule(times=(480,), timezone=DEFAULT_ZONE, weekdays=(0, 1, 2, 3, 4)),
        look_back=3 * HOUR,
    )


def test_an_age_has_no_time_zone() -> None:
    assert promised("{max_age: 24h}") == MaxAge(age=DAY)


@pytest.mark.parametrize(
    ("freshness", "product", "zone"),
    [
        ('{ready_by: "08:00", timezone: Asia/Tokyo}', "timezone: Europe/Paris\n", "Asia/Tokyo"),
        ('{ready_by: "08:00"}', "timezone: Europe/Paris\n", "Europe/Paris"),
        ('{ready_by: "08:00"}', "", DEFAULT_ZONE),
    ],
)
def test_the_time_zone_is_the_promises_then_the_products_then_the_default(
    freshness: str, product: str, zone: str
) -> None:
    found = promised(freshness, product)
    assert isinstance(found, Deadline)
    assert found.schedule.timezone == zone


@pytest.mark.parametrize(
    ("freshness", "problems"),
    [
        (
            "{}",
            [
                'p.yml:4:43: error[one-of-several]: `freshness` takes exactly one of `ready_by`, `cron` and `max_age`, and has none; write `freshness: {ready_by: "08:00", days: MON-FRI}` or `freshness: {max_age: 24h}`',
            ],
        ),
        (
            '{ready_by: "08:00", max_age: 24h}',
            [
                'p.yml:4:43: error[one-of-several]: `freshness` takes exactly one of `ready_by`, `cron` and `max_age`, and has `ready_by` and `max_age`; write `freshness: {ready_by: "08:00", days: MON-FRI}` or `freshness: {max_age: 24h}`',
            ],
        ),
        (
            "{timezone: UTC}",
            [
                'p.yml:4:43: error[one-of-several]: `freshness` takes exactly one of `ready_by`, `cron` and `max_age`, and has none; write `freshness: {ready_by: "08:00", days: MON-FRI}` or `freshness: {max_age: 24h}`',
            ],
        ),
        (
            "{ready_by: 8:00}",
            [
                'p.yml:4:54: error[unquoted-text]: `freshness.ready_by` is text, but YAML reads 8:00 without quotes as a number or as something else, depending on its version; put it in quotes: "8:00"',
            ],
        ),
        (
            '{ready_by: "25:00"}',
            [
                'p.yml:4:54: error[bad-schedule]: `freshness.ready_by` is 25:00, which is no time of day; write hours and minutes in quotes, as in `ready_by: "08:00"`',
            ],
        ),
        (
            '{ready_by: "08:00", days: weekdays}',
            [
                "p.yml:4:69: error[bad-schedule]: `freshness.days` is weekdays, which is no list of weekdays; write `days: MON-FRI` or `days: MON,WED,FRI`",
            ],
        ),
        (
            '{ready_by: "08:00", timezone: Mars}',
            [
                "p.yml:4:73: error[bad-timezone]: `freshness.timezone` is Mars, which is no time zone; write a name of the IANA database, as in `timezone: Europe/Amsterdam`",
            ],
        ),
        (
            '{ready_by: "08:00", look_back: 1 day}',
            [
                "p.yml:4:74: error[bad-duration]: `freshness.look_back` is 1 day, which is not a duration; write a whole number with s, m, h, d or w, as in `look_back: 24h`",
            ],
        ),
        (
            "{max_age: 24}",
            [
                "p.yml:4:53: error[bad-duration]: `freshness.max_age` is 24, which is not a duration; write a whole number with s, m, h, d or w, as in `max_age: 24h`",
            ],
        ),
        (
            "{max_age: 24h, days: MON}",
            [
                "p.yml:4:58: error[misplaced-key]: `freshness.days` means nothing beside `max_age`; take it out, or use `ready_by`",
            ],
        ),
        (
            "{max_age: 24h, timezone: UTC}",
            [
                "p.yml:4:58: error[misplaced-key]: `freshness.timezone` means nothing beside `max_age`; take it out, or use `ready_by`",
            ],
        ),
        (
            "{cron: 0 8 * * MON, days: MON}",
            [
                "p.yml:4:63: error[misplaced-key]: `freshness.days` means nothing beside `cron`; take it out, or use `ready_by`",
            ],
        ),
        (
            "{cron: 0 8 * *}",
            [
                'p.yml:4:50: error[bad-schedule]: `freshness.cron` is 0 8 * *: a cron has five fields (minute hour day month weekday), this one has 4; write five fields, as in `cron: "0 8 * * MON-FRI"`',
            ],
        ),
        (
            "{cron: 0 25 * * *}",
            [
                'p.yml:4:50: error[bad-schedule]: `freshness.cron` is 0 25 * * *: "25" is not a hour (numbers 0 to 23, lists, ranges, steps); write five fields, as in `cron: "0 8 * * MON-FRI"`',
            ],
        ),
        (
            "{cron: 0 0 30 2 *}",
            [
                'p.yml:4:50: error[bad-schedule]: `freshness.cron` is 0 0 30 2 *: it never comes true (there is no such day); write five fields, as in `cron: "0 8 * * MON-FRI"`',
            ],
        ),
        (
            "{max_age: 24h, evaluated_by: us}",
            [
                "p.yml:4:72: error[unknown-word]: `freshness.evaluated_by` is here or datahub, not us; write one of these words",
            ],
        ),
        (
            '{readyby: "08:00"}',
            [
                'p.yml:4:43: error[one-of-several]: `freshness` takes exactly one of `ready_by`, `cron` and `max_age`, and has none; write `freshness: {ready_by: "08:00", days: MON-FRI}` or `freshness: {max_age: 24h}`',
                'p.yml:4:44: error[unknown-key]: the key `readyby` in `freshness` means nothing here; did you mean "ready_by"?',
            ],
        ),
        (
            "daily",
            [
                'p.yml:4:43: error[wrong-kind]: `contract.freshness` takes a mapping, not daily; write `freshness: {ready_by: "08:00", days: MON-FRI}`',
            ],
        ),
    ],
)
def test_what_is_no_freshness_is_told(freshness: str, problems: list[str]) -> None:
    assert told(SMALLEST + contract_with(freshness)) == problems


def test_a_cron_of_very_many_digits_is_told_like_any_other() -> None:
    assert [
        line.split(";")[0]
        for line in told(SMALLEST + contract_with(f"{{cron: {'1' * 9000} * * * *}}"))
    ] == [f"p.yml:4:50: error[bad-schedule]: `freshness.cron` is {'1' * 60}...: it is too long"]
