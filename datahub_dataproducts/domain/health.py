"""Health: what verdicts and inputs make of a product, and because of what. Pure."""

from dataclasses import dataclass
from enum import Enum

from datahub_dataproducts.domain.assertions import Impact, Judgement, Verdict


class Health(Enum):
    """Declared worst first; worst-of decides, never an average."""

    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"
    AT_RISK = "AT_RISK"
    HEALTHY = "HEALTHY"
