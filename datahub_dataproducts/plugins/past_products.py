"""Past products: the product files of another git revision, under today's policy and manifest."""

from collections.abc import Iterable
from pathlib import Path

from datahub_dataproducts.adapters.git import GitRefused, files_at
from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.file_problems import file_error
from datahub_dataproducts.adapters.product_files.named_files import ReadOther
from datahub_dataproducts.adapters.product_files.patterns import is_matched
from datahub_dataproducts.adapters.product_files.policy import POLICY_FILE
from datahub_dataproducts.adapters.product_files.read import decoded
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.plugins.artifacts import shown_below
from datahub_dataproducts.plugins.repository import Repository
from datahub_dataproducts.plugins.settings import Settings


def put_back(repository: Repository, settings: Settings, revision: str) -> dict[str, str]:
    """Put the product files of a revision in the place of those in the working tree.

    Contracts and calendars that they name are of that revision too. Links of that time are left out.

    Returns:
        The texts by what problems call the files.

    Raises:
        GitRefused: there is no git, no repository or no such revision, or no product file in it.
    """
    root = Path(settings.dbt_project_dir)
    wanted = _or_below(settings.given_paths) or settings.product_paths
    patterns = (*wanted, *settings.product_paths)
    contents = files_at(root, revision, lambda path: is_matched(path, patterns))
    asked_for = frozenset(path for path in contents if is_matched(path, wanted))
    if not asked_for:
        said = ", ".join(settings.given_paths or settings.product_paths)
        raise GitRefused(f"no product file matches {said} there")
    repository.files = tuple(sorted(contents))
    repository.asked_for = asked_for
    repository.documents = []
    # Of the working tree only the policy counts.
    policy = shown_below(root / (settings.policy_path or POLICY_FILE), root)
    repository.problems = [
        p for p in repository.problems if p.location and p.location.file == policy
    ]
    texts: dict[str, str] = {}
    for file in repository.files:
        source = decoded(contents[file], root / file, file)
        if isinstance(source, Problem):
            repository.problems.append(source)
            continue
        texts[file] = source.text
        parsed = parse_product_file(
            source.text, file, settings.default_timezone, _other_files(root, revision)
        )
        repository.documents += parsed.documents
        repository.problems += parsed.problems
    repository.problems = list(dict.fromkeys(repository.problems))
    return texts


def _or_below(given: Iterable[str]) -> tuple[str, ...]:
    """What is not there today is taken for a file; it may have been a folder."""
    below = ("", "/**/*.yml", "/**/*.yaml")
    return tuple(f"{pattern}{rest}" for pattern in given for rest in below)


def _other_files(root: Path, revision: str) -> ReadOther:
    def read(path: str) -> str | Problem:
        content = files_at(root, revision, lambda other: other == path).get(path)
        if content is None:
            message = f"there is no such file at {revision}"
            return file_error(codes.CONTRACT_FILE, path, message, "see to its path")
        source = decoded(content, root / path, path)
        return source if isinstance(source, Problem) else source.text

    return read
