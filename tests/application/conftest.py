"""A story for every test that asks."""

from pathlib import Path

import pytest

from datahub_dataproducts.domain.products import DataProduct
from tests.application.stories import Stories, Story


@pytest.fixture
def story(tmp_path: Path) -> Stories:
    """Begins one in a folder of its own."""

    def begin(*products: DataProduct, **options: object) -> Story:
        return Story(tmp_path, products, **options)  # type: ignore[arg-type]

    return begin
