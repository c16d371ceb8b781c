"""A dbt project on disk with the example's manifest, for the commands."""

import shutil
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples/analytics"


def example_project(folder: Path) -> Path:
    """A copy of the example: product files, dbt project, manifest where dbt leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(EXAMPLE / "dbt_project.yml", folder)
    shutil.copytree(EXAMPLE / "data_products", folder / "data_products")
    (folder / "target").mkdir()
    # Packed or not is told by the content.
    shutil.copy(EXAMPLE / "artifacts/manifest.json.gz", folder / "target/manifest.json")
    return folder
