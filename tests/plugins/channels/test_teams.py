"""What a recipe says of Microsoft Teams."""

import pytest
from pydantic import ValidationError

from datahub_dataproducts.domain.receipts import Delivered
from datahub_dataproducts.plugins.channels.base import Surroundings
from datahub_dataproducts.plugins.channels.teams import TeamsChannelConfig
from tests.answering import AnsweringServer, Reply
from tests.kept_formats import dispatch_of
from tests.messages_by_hand import OPENED


@pytest.mark.parametrize("audience", ["business", "technical"])
def test_a_recipe_needs_the_address_of_the_workflow(audience: str) -> None:
    with AnsweringServer(Reply(status=202)) as server:
        given = {"type": "teams", "url": f"{server.url}/?sig=s3cret", "audience": audience}
        config = TeamsChannelConfig.model_validate(given)
        assert config.build(Surroundings(name="a")).post(dispatch_of(OPENED)) == Delivered()
        assert (b"urn:li:assertion" in server.received[0].body) == (audience == "technical")
    assert "s3cret" not in repr(config)


def test_an_address_that_is_none_is_told_without_it() -> None:
    with pytest.raises(ValidationError, match="is no address") as refused:
        TeamsChannelConfig.model_validate({"type": "teams", "url": "teams/s3cret"})
    assert "s3cret" not in str(refused.value)
