"""Revisions: what product files said at another revision of their git repository."""

from collections.abc import Sequence
from pathlib import Path

from datahub_dataproducts.adapters.git import files_at
from datahub_dataproducts.adapters.product_files.patterns import is_matched
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.reviews import plain_id

_ANY_TIMEZONE = "UTC"


def stages_at(root: Path, revision: str, patterns: Sequence[str]) -> dict[str, Lifecycle]:
    """The stage of each product at a revision, by id.

    What was wrong with a file then is no concern of today: of such a file counts what can be read.

    Raises:
        GitRefused: there is no git, no repository, or no such revision.
    """
    files = files_at(root, revision, lambda path: is_matched(path, patterns))
    stages: dict[str, Lifecycle] = {}
    for file, content in files.items():
        text = content.decode("utf-8-sig", "replace")
        for document in parse_product_file(text, file, _ANY_TIMEZONE).documents:
            stages[plain_id(document.id.value)] = document.lifecycle
    return stages
