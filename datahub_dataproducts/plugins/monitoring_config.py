"""Config of what operators see of the action: probes, metrics, log lines."""

from datahub.configuration.common import ConfigModel
from pydantic import Field, field_validator


class ProbesConfig(ConfigModel):
    """Where probes and Prometheus ask."""

    port: int | None = Field(
        default=None, ge=0, le=65535, description="Port to listen on; without one nobody listens."
    )
    host: str = Field(
        default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all, as in a container."
    )

    @field_validator("port", mode="before")
    @classmethod
    def _empty_is_none(cls, port: object) -> object:
        # A variable of the environment that is not set.
        return None if port == "" else port


class MetricsConfig(ConfigModel):
    """What is counted."""

    per_product: bool = Field(
        default=False, description="Show the health of each product; one more series for each."
    )
