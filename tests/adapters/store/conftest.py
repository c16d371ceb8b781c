"""Every kind of database that a store may be kept in."""

from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made; a test that asks runs once on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/health.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
