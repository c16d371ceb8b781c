"""What is wrong with a recipe is told where it is written and in words for who wrote it."""

from collections.abc import Mapping

import pytest
from datahub.configuration.common import ConfigurationError

from datahub_dataproducts.plugins.action_wiring import action_config

MAIL: dict[str, object] = {
    "type": "email",
    "host": "smtp.example.com",
    "sender": "a@example.com",
    "to": ["b@example.com"],
}


def told(config: dict[str, object]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        action_config(config)
    return str(caught.value).removeprefix("action data_product_health: ")


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        (
            {"type": "console", "timezone": "Amsterdam"},
            (
                'channels.console.timezone: "Amsterdam" is no time zone: '
                "write an IANA name such as Europe/Amsterdam"
            ),
        ),
        (
            {"type": "console", "digest": {"at": 630}},
            "channels.console.digest.at: is no text: write it in quotes",
        ),
        (
            {"type": "slak"},
            (
                "channels.console: there is no type slak; types are console, webhook, email, slack, "
                "slack_webhook, teams"
            ),
        ),
        ({"audience": "business"}, "channels.console: `type` is missing"),
        ({"type": "teams"}, "channels.console.url: is missing"),
        (
            {"type": "console", "colour": "red"},
            (
                "channels.console.colour: there is no such option, options are for, clear_for, "
                "still_open_every, mute, group_by, type, audience, timezone, at_most, domains, digest, "
                "details"
            ),
        ),
        (
            {"type": "console", "audiance": "business"},
            'channels.console.audiance: there is no such option, did you mean "audience"?',
        ),
        (
            {**MAIL, "wait": "5s"},
            "channels.console.wait: there is no such option",
        ),
        (
            {**MAIL, "pasword_file": "/run/secrets/mail"},
            'channels.console.pasword_file: there is no such option, did you mean "password_file"?',
        ),
        (
            {"type": "console", "mute": {"outside": "MON 08:00-09:00", "timezon": "UTC"}},
            'channels.console.mute.timezon: there is no such option, did you mean "timezone"?',
        ),
        (
            {"type": "console", "audience": "finance"},
            "channels.console.audience: write business or technical",
        ),
        (
            {"type": "console", "details": "perhaps"},
            "channels.console.details: write true or false",
        ),
        ({**MAIL, "to": "b@example.com"}, "channels.console.to: write a list"),
        ({**MAIL, "port": "smtp"}, "channels.console.port: write a whole number"),
        (
            {**MAIL, "to": ["b@example.com", 5]},
            "channels.console.to[1]: is no text: write it in quotes",
        ),
        ({**MAIL, "to": []}, "channels.console.to: name at least 1"),
        (
            {"type": "console", "digest": {"budget_below": 0}},
            "channels.console.digest.budget_below: write 1 or more",
        ),
        (
            {"type": "console", "digest": {"budget_below": 101}},
            "channels.console.digest.budget_below: write 100 or less",
        ),
        (
            {"type": "console", "still_open_every": "no"},
            (
                'channels.console.still_open_every: "no" is not a duration: write a whole number '
                "with s, m, h, d or w (30s), or never"
            ),
        ),
        ({"type": "console", "mute": "nights"}, "channels.console.mute: write a mapping, or never"),
        ({"type": "console", "mute": {}}, "channels.console.mute.outside: is missing"),
        (
            {"type": "console", "mute": {"outside": ""}},
            (
                'channels.console.mute: "" are no days and hours within a day: write MON-FRI '
                "08:00-18:00 (a whole day: 00:00-24:00)"
            ),
        ),
    ],
)
def test_a_fault_of_a_channel_has_its_place_as_written(
    channel: Mapping[str, object], text: str
) -> None:
    assert told({"channels": {"console": channel}}) == text


def test_a_fault_of_a_route_has_its_place_as_the_routes_command_tells_it() -> None:
    assert told({"routes": [{"channels": []}, {"routes": [{"types": ["metrics"]}]}]}) == (
        "routes[1].routes[0].types[0]: write metric or building_block"
    )


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"chanels": {}}, 'chanels: there is no such option, did you mean "channels"?'),
        (
            {"routes": [{"channels": [], "routes": [{"contine": True}]}]},
            'routes[0].routes[0].contine: there is no such option, did you mean "continue"?',
        ),
        (
            {"catalog": {"type": "datahub", "hand_made": {"enable": True}}},
            'catalog.hand_made.enable: there is no such option, did you mean "enabled"?',
        ),
        (
            {"store": {"keep": {"result": "1y"}}},
            'store.keep.result: there is no such option, did you mean "results"?',
        ),
    ],
)
def test_an_option_that_there_is_not_is_told_with_the_one_that_was_meant(
    config: dict[str, object], text: str
) -> None:
    assert told(config) == text


def test_all_faults_are_told_at_once() -> None:
    assert told({"tick": "5s", "for": "soon", "channels": []}) == (
        "channels: write a mapping; "
        'for: "soon" is not a duration: write a whole number with s, m, h, d or w (30s); '
        "tick: there is no such option, options are catalog, store, channels, routes, incidents, "
        "health, metrics, logs, datahub_url, tick_every, for, clear_for, still_open_every, "
        "uptime_window"
    )


def test_a_fault_of_the_whole_has_no_place() -> None:
    config = {"incidents": {"raise": True}, "catalog": {"type": "lite", "file": "catalog.db"}}
    assert told(config) == "incidents.raise needs a server: catalog.type is lite"


def test_no_secret_is_told_with_what_is_wrong() -> None:
    hook = {"type": "webhook", "url": "https://example.com/s3cret", "secret": "whsec_s3cret"}
    assert "s3cret" not in told({"channels": {"tool": {**hook, "source": ["s3cret"]}}})
