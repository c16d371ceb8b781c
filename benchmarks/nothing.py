"""An action that does nothing: what the event source and the framework cost by themselves."""

from typing import Any

from datahub_actions.action.action import Action
from datahub_actions.event.event_envelope import EventEnvelope
from datahub_actions.pipeline.pipeline_context import PipelineContext


class Nothing(Action):
    """Named in a recipe as `nothing:Nothing`."""

    @classmethod
    def create(
        cls,
        config_dict: dict[str, Any],  # noqa: ARG003 - the framework's signature
        ctx: PipelineContext,  # noqa: ARG003 - the framework's signature
    ) -> "Nothing":
        """As the framework asks."""
        return cls()

    def act(self, event: EventEnvelope) -> bool:  # noqa: ARG002 - the framework's signature
        """Nothing."""
        return True

    def close(self) -> None:
        """Nothing."""
