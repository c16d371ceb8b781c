"""Checks: all that is well-formed and yet not wise, under the rules of a team."""

from collections.abc import Mapping, Sequence

from datahub_dataproducts.domain.coverage import review_coverage
from datahub_dataproducts.domain.feasibility import review_feasibility
from datahub_dataproducts.domain.lifecycles import (
    review_access,
    review_moves,
    review_stages_of_inputs,
)
from datahub_dataproducts.domain.limits import review_limits
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.problems import Problem
from datahub_dataproducts.domain.products import Lifecycle
from datahub_dataproducts.domain.rules import Rules
from datahub_dataproducts.domain.sharing import review_sharing
from datahub_dataproducts.domain.silences import review_silences
from datahub_dataproducts.domain.submissions import Submission
from datahub_dataproducts.domain.timeliness import review_timeliness


def check(
    submissions: Sequence[Submission],
    nodes: Mapping[str, Node],
    rules: Rules,
    *,
    before: Mapping[str, Lifecycle] | None = None,
    observed: Mapping[str, Sequence[int]],
    all_read: bool,
) -> list[Problem]:
    """What products promise, lack, share and rest on that will not do, or will not do for long.

    Args:
        submissions: all products, also those that are wrong by their form, of which only what
            does not depend on the rest of them is told.
        nodes: of the dbt project, by unique id.
        rules: what is asked for, and how it is told.
        before: the stages of the products at an earlier state, by id; None: nothing to compare.
        observed: by dbt's unique id, when results came (milliseconds).
        all_read: False when some file could not be read.
    """
    # What is said of the first of several must not depend on the order of the files.
    submissions = sorted(submissions, key=lambda submission: (submission.place, submission.id))
    whole = [submission for submission in submissions if not submission.document.wrong]
    by_id = {submission.id: submission for submission in whole}
    found = review_coverage(submissions, rules)
    found += review_stages_of_inputs(by_id, rules)
    found += review_access(whole, nodes)
    found += review_feasibility(by_id)
    found += review_timeliness(by_id, nodes)
    found += review_silences(whole, observed)
    found += review_sharing(whole)
    found += review_limits(whole)
    if before is not None:
        documents = [submission.document for submission in submissions]
        found += review_moves(before, documents, rules, all_read=all_read)
    return rules.weighed(found)
