"""What a recipe says of the console."""

import pytest

from datahub_dataproducts.plugins.channels.base import Surroundings
from datahub_dataproducts.plugins.channels.console import ConsoleChannelConfig
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import OPENED


@pytest.mark.parametrize(
    ("options", "lines", "has_assertion"),
    [
        ({}, 1, False),
        ({"details": True}, 30, True),
        ({"details": True, "audience": "business"}, 19, False),
    ],
)
def test_the_recipe_says_how_much_is_printed(
    capsys: pytest.CaptureFixture[str],
    options: dict[str, object],
    lines: int,
    *,
    has_assertion: bool,
) -> None:
    config = ConsoleChannelConfig.model_validate({"type": "console", **options})
    config.build(Surroundings(name="console")).post(dispatch_of(OPENED))
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == lines
    assert ("Assertion" in printed) is has_assertion
