"""Random catalogs and random evidence for properties."""

from datetime import date

from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import (
    Assertion,
    Deadline,
    Evidence,
    Impact,
    MaxAge,
    Outcome,
)
from datahub_dataproducts.domain.durations import HOUR, MINUTE
from datahub_dataproducts.domain.products import DataProduct, Input, Lifecycle
from datahub_dataproducts.domain.schedules import Schedule
from tests.builders import checked, freshness_assertion, product, result, update

# A few days around a change of the clocks, on a coarse grid so that instants meet.
BEGIN = 1_774_656_000_000  # 2026-03-28T00:00Z; Amsterdam goes forward on the 29th
GRID = 2 * HOUR
# The ticks of all deadlines below lie on this.
HALF_HOUR = 30 * MINUTE
LENGTH = 40
SUBJECTS = ("a", "b", "c", "d")
TABLES = ("x", "y")

instants = st.integers(0, LENGTH).map(lambda n: BEGIN + n * GRID)
impacts = st.sampled_from(Impact)

deadlines = st.builds(
    Deadline,
    schedule=st.builds(
        Schedule,
        times=st.lists(
            st.sampled_from([0, 150, 480, 1320]), min_size=1, max_size=2, unique=True
        ).map(lambda ts: tuple(sorted(ts))),
        timezone=st.sampled_from(["Europe/Amsterdam", "UTC", "America/New_York"]),
        weekdays=st.sampled_from([tuple(range(7)), (0, 1, 2, 3, 4), (6,)]),
        holidays=st.sampled_from([(), (), (date(2026, 3, 29), date(2026, 3, 30))]),
    ),
    look_back=st.sampled_from([None, 3 * HOUR, 24 * HOUR, 50 * HOUR]),
)
rules = st.one_of(deadlines, st.builds(MaxAge, age=st.sampled_from([GRID, 5 * GRID, 90 * MINUTE])))

assertions: st.SearchStrategy[Assertion] = st.one_of(
    st.builds(
        lambda subject, impact, every, other: checked(
            subject,
            impact=impact,
            expect_every=every,
            listens_to=tuple(
                dict.fromkeys((f"urn:li:assertion:{subject}", f"urn:li:assertion:{other}"))
            ),
        ),
        st.sampled_from(SUBJECTS),
        impacts,
        st.sampled_from([None, GRID, 3 * GRID, 5 * HOUR]),
        st.sampled_from(SUBJECTS),
    ),
    st.builds(
        lambda table, rule, impact: freshness_assertion(table, rule, impact=impact),
        st.sampled_from(TABLES),
        rules,
        impacts,
    ),
)


@st.composite
def catalogs(draw: st.DrawFn) -> list[DataProduct]:
    """One to five products; mostly chains and diamonds, now and then a cycle or a stranger."""
    ids = [f"p{n}" for n in range(draw(st.integers(1, 5)))]
    made = []
    for number, id_ in enumerate(ids):
        candidates = [
            *ids[:number],
            *draw(st.sampled_from([(), (), (), ("stranger",), (ids[-1],)])),
        ]
        used = (
            draw(st.lists(st.sampled_from(candidates), unique=True, max_size=3))
            if candidates
            else []
        )
        made.append(
            product(
                id_,
                *draw(st.lists(assertions, max_size=3, unique_by=lambda a: a.urn)),
                inputs=tuple(Input(product=u, required=draw(st.booleans())) for u in used),
                lifecycle=draw(st.sampled_from([Lifecycle.LIVE, Lifecycle.DEVELOPMENT])),
            )
        )
    return made


evidence: st.SearchStrategy[Evidence] = st.one_of(
    st.builds(
        lambda subject, when, outcome, run, provisional: result(
            subject, when, outcome, run=run, provisional=provisional
        ),
        st.sampled_from(SUBJECTS),
        instants,
        st.sampled_from(Outcome),
        st.sampled_from(["r1", "r2", "r3", "r4", "r5", "r6"]),
        st.sampled_from([False, False, False, True]),
    ),
    st.builds(update, st.sampled_from(TABLES), instants),
)
histories_of_evidence = st.lists(evidence, max_size=25)
