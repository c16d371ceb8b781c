"""Products read and mapped: ours against DataHub's own `DataProduct`, on the same files."""

import warnings
from pathlib import Path
from statistics import median

import repositories
from datahub.api.entities.dataproduct.dataproduct import DataProduct
from timing import Line, ratio_of, seconds

from datahub_dataproducts.adapters.datahub.proposals.forms import WriteSemantics
from datahub_dataproducts.adapters.datahub.proposals.publications import propose
from datahub_dataproducts.plugins.config import DataProductsSourceConfig
from datahub_dataproducts.plugins.repository import publish_repository, read_repository


def products_per_second(folder: Path, count: int, rounds: int) -> list[Line]:
    """Each round: all files by us, all files by DataHub."""
    # Their check of output ports calls what they deprecated themselves.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    files = repositories.write_plain_products(folder / "data_products", count)
    ours(folder, count)
    theirs(files[:10])
    pairs = [
        (seconds(lambda: ours(folder, count)), seconds(lambda: theirs(files)))
        for _ in range(rounds)
    ]
    ratio, spread = ratio_of([(theirs_took, ours_took) for ours_took, theirs_took in pairs])
    return [
        Line(
            what=f"products read and mapped per second ({count:,} files)",
            ours=f"{count / median(a for a, _ in pairs):,.0f}/s",
            theirs=f"{count / median(b for _, b in pairs):,.0f}/s",
            ratio=ratio,
            spread=spread,
            aim=10,
            at_least=True,
        )
    ]


def ours(folder: Path, count: int) -> int:
    """As the source does it: files to proposals, checked across all files; how many proposals."""
    config = DataProductsSourceConfig.model_validate({
        "dbt_project_dir": str(folder),
        "target_platform": "snowflake",
    })
    settings = config.settings()
    publication = publish_repository(read_repository(settings), settings)
    if len(publication.products) != count:
        raise RuntimeError(str(publication.problems[:3]))
    # One after another, as the source gives them to the framework.
    return sum(1 for _ in propose(publication, WriteSemantics.PATCH))


def theirs(files: list[Path]) -> int:
    """As `datahub dataproduct upsert` does it, file by file; how many proposals."""
    made = 0
    for file in files:
        # A domain given as URN is not looked up, so no server is asked.
        product = DataProduct.from_yaml(file, None)  # type: ignore[arg-type]
        made += len(list(product.generate_mcp(upsert=True)))
    return made
