"""Config of the action's catalog, as written in a recipe."""

from typing import Literal

from datahub.configuration.common import ConfigModel
from pydantic import Field, field_validator

from datahub_dataproducts.domain.durations import MINUTE, parse_duration, write_duration
from datahub_dataproducts.plugins.recipe_values import check_duration

# A round of reading everything has to end before the next.
_SHORTEST_ROUND = 5 * MINUTE


class HandMadeConfig(ConfigModel):
    """How products count that people made in DataHub itself."""

    enabled: bool = Field(
        default=True, description="Whether they count; written as `hand_made: false` too."
    )
    expect_every: str = Field(
        default="3d",
        description="How often a result of each of their promises must come; `never`: silence is "
        "green.",
    )
    lifecycle_property: str = Field(
        default="", description="Structured property that says their lifecycle."
    )
    type_property: str = Field(default="", description="Structured property that says their type.")
    runbook_property: str = Field(
        default="", description="Structured property that has the address of their runbook."
    )

    @field_validator("expect_every")
    @classmethod
    def _is_a_duration_or_never(cls, text: str) -> str:
        return text if text == "never" else check_duration(text)


class DataHubCatalogConfig(ConfigModel):
    """The DataHub server of the pipeline's own `datahub:` block."""

    type: Literal["datahub"] = "datahub"
    hand_made: HandMadeConfig = HandMadeConfig()
    reconcile_every: str = Field(
        default="1h",
        description="How often everything is read again, for what no event told; `never`: only at "
        "the start.",
    )

    @field_validator("hand_made", mode="before")
    @classmethod
    def _may_be_a_switch(cls, value: object) -> object:
        return {"enabled": value} if isinstance(value, bool) else value

    @field_validator("reconcile_every")
    @classmethod
    def _is_long_enough(cls, text: str) -> str:
        if text != "never" and (parse_duration(check_duration(text)) or 0) < _SHORTEST_ROUND:
            msg = f"{text} is too short: write {write_duration(_SHORTEST_ROUND)} or more, or never"
            raise ValueError(msg)
        return text


class LiteCatalogConfig(ConfigModel):
    """An embedded DataHub Lite catalog."""

    type: Literal["lite"]
    file: str = Field(description="Path of the catalog's SQLite file, as in the datahub-lite sink.")
