"""Watch: which incidents are open on an asset of a product, from all that was told of them."""

from collections.abc import Sequence

from datahub_dataproducts.application.judge import Case, Judged, from_instant
from datahub_dataproducts.application.ports import Book
from datahub_dataproducts.domain.incidents import change_of, incident_changes
from datahub_dataproducts.domain.timelines import first_difference
from datahub_dataproducts.domain.verdicts import Change


def judge_watch(book: Book, case: Case, until: int) -> Judged:
    """Judge a watch again for the time it held; incidents are few, so from all notices each time.

    An incident that was open before is open at its beginning.
    """
    subjects, urn = case.assertion.listens_to, case.assertion.urn
    made: Sequence[Change] = incident_changes(subjects, book.notices(subjects), until)
    # What was open once may never have been, by what is known now.
    begin = 0 if case.floor is None else case.floor
    old = book.changes(case.product, begin).get(urn, [])
    news = from_instant(made, begin)
    was_open = any(change.at <= begin and change.incidents for change in old)
    if was_open and not (news and news[0].at <= begin):
        # What was watched before told of an incident, of which what is watched now does not.
        news = [change_of(begin, ()), *news]
    if case.end is not None:
        news = [change for change in news if change.at < case.end]
        news += from_instant(old, case.end)
    changed_at = first_difference(
        [(c.at, c.says) for c in old], [(c.at, c.says) for c in news], begin
    )
    if changed_at is not None:
        book.put_changes(case.product, urn, changed_at, from_instant(news, changed_at))
    return Judged(changed_at, None)
