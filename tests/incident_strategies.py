"""Random incidents on the assets of random catalogs."""

from dataclasses import replace

from hypothesis import strategies as st

from datahub_dataproducts.domain.assertions import Evidence, IncidentNotice
from datahub_dataproducts.domain.products import Asset, DataProduct
from tests.builders import dataset, notice
from tests.strategies import GRID, TABLES, catalogs, histories_of_evidence, instants

INCIDENTS = ("i1", "i2", "i3")


@st.composite
def _notice(draw: st.DrawFn) -> IncidentNotice:
    when = draw(instants)
    return notice(
        draw(st.sampled_from([*TABLES, *TABLES, *TABLES, ""])),
        when,
        incident=draw(st.sampled_from(INCIDENTS)),
        active=draw(st.booleans()),
        grave=draw(st.booleans()),
        title=draw(st.sampled_from(["", "Late", "Wrong"])),
        written_at=when + draw(st.integers(0, 2)) * GRID,
    )


def _deleted_is_over(told: IncidentNotice) -> IncidentNotice:
    return told if told.subject else replace(told, active=False, grave=False, title="")


notices = _notice().map(_deleted_is_over)
histories_with_incidents: st.SearchStrategy[list[Evidence]] = st.builds(
    lambda some, more: [*some, *more],
    histories_of_evidence.map(lambda e: e[:12]),
    st.lists(notices, max_size=12),
)


@st.composite
def catalogs_with_assets(draw: st.DrawFn) -> list[DataProduct]:
    """Products with none, one or two assets, some of them without any promise."""
    made = []
    for one in draw(catalogs()):
        names = draw(st.lists(st.sampled_from(TABLES), unique=True, max_size=2))
        assets = tuple(Asset(urn=dataset(name), name=name) for name in names)
        assertions = one.assertions if draw(st.booleans()) else ()
        made.append(replace(one, assets=assets, assertions=assertions))
    return made
