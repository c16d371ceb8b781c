"""Small dbt artifacts, written where a test wants them."""

import gzip
import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data"


def schema(kind: str, version: int) -> dict[str, str]:
    return {
        "dbt_schema_version": f"https://schemas.getdbt.com/dbt/{kind}/v{version}.json",
        "dbt_version": "1.11.0",
        "generated_at": "2026-01-02T03:04:05.678900Z",
        "invocation_id": "run-1",
    }


def written(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    text = json.dumps(content).encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path
