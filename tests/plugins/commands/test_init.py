"""`init`: what it proposes is accepted by `validate`, of any dbt project."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from datahub_dataproducts.adapters.dbt.manifest import read_manifest
from datahub_dataproducts.adapters.product_files.translate import parse_product_file
from datahub_dataproducts.adapters.product_files.write import draft_text
from datahub_dataproducts.domain.documents import ProductDocument
from datahub_dataproducts.domain.drafts import Draft, drafts
from datahub_dataproducts.domain.existing import Existing, existing_products
from datahub_dataproducts.domain.nodes import Project
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.plugins.cli import main
from datahub_dataproducts.plugins.repository import (
    Repository,
    catalog_naming,
    publish_repository,
)
from datahub_dataproducts.plugins.settings import Settings
from tests.dbt_projects import projects
from tests.plugins.commands.projects import EXAMPLE, example_project

DATA = Path(__file__).parents[2] / "data"
SETTINGS = Settings(target_platform="duckdb")
# What a draft can do something about; that nobody owns it yet, say, it cannot.
AVOIDABLE = {
    "undeclared-input",
    "input-not-in-lineage",
    "repeated-promise",
    "repeated-asset",
    "promise-on-other-asset",
    "no-tests",
    "test-without-table",
    "updates-not-seen",
    "unknown-key",
}


def documents_of(made: Sequence[Draft]) -> list[ProductDocument]:
    """What the reader makes of the files of drafts, nothing being wrong with their form."""
    found: list[ProductDocument] = []
    for draft in made:
        text = draft_text(draft, "product-file.schema.json")
        parsed = parse_product_file(text, f"{draft.id}.yml", "UTC")
        assert not parsed.problems, text
        found += parsed.documents
    return found


def problems_of(project: Project, documents: list[ProductDocument]) -> tuple[Problem, ...]:
    return publish_repository(Repository(documents=documents, project=project), SETTINGS).problems


def known(project: Project, documents: list[ProductDocument]) -> Existing:
    return existing_products(documents, project, catalog_naming(SETTINGS, project).sibling_urns)


@settings(max_examples=300, deadline=None)
@given(projects(), st.booleans())
def test_what_is_proposed_of_any_project_is_accepted_and_not_proposed_again(
    project: Project, by_model: bool
) -> None:
    documents = documents_of(drafts(project, Existing(), by_model=by_model))
    found = problems_of(project, documents)
    assert not [p for p in found if p.is_error or p.code in AVOIDABLE]
    assert drafts(project, known(project, documents), by_model=by_model) == ()


@settings(max_examples=300, deadline=None)
@given(projects(), st.data())
def test_any_part_of_the_proposals_is_accepted_and_so_is_the_rest_later(
    project: Project, data: st.DataObject
) -> None:
    ids = [draft.id for draft in drafts(project, Existing())]
    some = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    first = documents_of(drafts(project, Existing(), wanted=some.__contains__))
    assert {d.id.value for d in first} == some
    found = problems_of(project, first)
    assert not [p for p in found if p.is_error or p.code in AVOIDABLE]
    rest = documents_of(drafts(project, known(project, first)))
    found = problems_of(project, first + rest)
    # What was there before may now read what is a product since.
    new = {d.id.value for d in rest}
    assert not [p for p in found if p.is_error or (p.code in AVOIDABLE and p.product in new)]
