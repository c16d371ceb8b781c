"""dbt projects for tests: nodes with everything that does not matter filled in, and random ones."""

from hypothesis import strategies as st

from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.nodes import Node, Project
from datahub_dataproducts.domain.products import BUSINESS_OWNER, TECHNICAL_OWNER, Owner

SHOP = "shop"


def model(name: str, *reads: Node, folder: str = "marts", **more: object) -> Node:
    """A table of the project `shop`, in a folder below `models`."""
    fields: dict[str, object] = {
        "unique_id": f"model.{SHOP}.{name}",
        "resource_type": "model",
        "name": name,
        "package": SHOP,
        "database": "db",
        "schema": "main",
        "alias": name,
        "materialization": "table",
        "depends_on": tuple(node.unique_id for node in reads),
        "file": "/".join(part for part in ("models", folder, f"{name}.sql") if part),
        **more,
    }
    return Node(**fields)  # type: ignore[arg-type]


def source(name: str, *, of: str = "raw", error_after: int | None = DAY) -> Node:
    """A source table under dbt's freshness check."""
    return Node(
        unique_id=f"source.{SHOP}.{of}.{name}",
        resource_type="source",
        name=name,
        source_name=of,
        package=SHOP,
        database="db",
        schema=of,
        identifier=name,
        error_after=error_after,
    )


def exposure(name: str, *reads: Node, **more: object) -> Node:
    """A dashboard."""
    fields: dict[str, object] = {
        "unique_id": f"exposure.{SHOP}.{name}",
        "resource_type": "exposure",
        "name": name,
        "package": SHOP,
        "kind": "dashboard",
        "depends_on": tuple(node.unique_id for node in reads),
        "file": "models/exposures.yml",
        **more,
    }
    return Node(**fields)  # type: ignore[arg-type]


def dbt_test(name: str, *reads: Node, attached: bool = True) -> Node:
    """A generic test of the first node; not attached: a singular one of all of them."""
    return Node(
        unique_id=f"test.{SHOP}.{name}",
        resource_type="test",
        name=name,
        package=SHOP,
        test_name="not_null" if attached else "",
        attached_to=reads[0].unique_id if attached else "",
        depends_on=tuple(node.unique_id for node in reads),
    )


def project(*nodes: Node) -> Project:
    """The dbt project `shop`."""
    return Project(name=SHOP, nodes={n.unique_id: n for n in nodes}, adapter="duckdb")


def user(name: str, type_: str = TECHNICAL_OWNER) -> Owner:
    """A user as an owner."""
    return Owner(urn=f"urn:li:corpuser:{name}", type=type_)


_NAMES = st.sampled_from([
    *("orders", "fct_orders", "dim_orders", "ORDERS", "customers", "stg_orders", "int_x"),
    *("no", "on", "null", "1", "1e3", "0x1f", "Größe", "日本", "a b", "a: b", "a#b", "it's"),
    *('say "x"', "x" * 90, "time_spine", "--", "a,b", "a(b)", "{{ x }}", "back\\slash"),
])
_FOLDERS = st.sampled_from([
    "",
    "marts",
    "marts/finance",
    "marts/core/intermediate",
    "staging",
    "finance",
    "MARTS\\hr",
])
_OWNERS = st.lists(
    st.builds(
        Owner,
        urn=st.sampled_from([
            "urn:li:corpuser:ana",
            "urn:li:corpuser:ana@example.com",
            "urn:li:corpGroup:Data Team",
            "urn:li:corpGroup:no",
            "urn:li:corpGroup:a%2Cb",
            "urn:li:corpuser:",
            "urn:li:corpuser:ana#1",
            "urn:li:corpuser:it's \n me",
        ]),
        type=st.sampled_from([BUSINESS_OWNER, TECHNICAL_OWNER, "urn:li:ownershipType:x", "?"]),
    ),
    max_size=3,
).map(tuple)
_WORDS = st.one_of(st.just(""), st.text(max_size=60))
_AGES = st.sampled_from([None, 12 * HOUR, DAY, 1, 1500])


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """A few models, sources, seeds, tests, metrics and exposures, under names nobody would use."""
    made = _Made(draw)
    for number in range(draw(st.integers(0, 3))):
        made.add_source(number)
    for number in range(draw(st.integers(0, 9))):
        made.add_table(number)
    for number in range(draw(st.integers(0, 4))):
        made.add_test(number)
    for number in range(draw(st.integers(0, 2))):
        made.add("metric", f"metric_{number}", depends_on=made.some("model"))
    for _ in range(draw(st.integers(0, 3))):
        made.add_exposure()
    name = draw(st.sampled_from([SHOP, SHOP, ""]))
    return Project(name=name, nodes=made.nodes, adapter="duckdb")


class _Made:
    """The nodes so far; each reads only what is there before it, so there is no circle."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.nodes: dict[str, Node] = {}

    def some(self, *types: str) -> tuple[str, ...]:
        known = [u for u, n in self.nodes.items() if n.resource_type in types]
        if not known:
            return ()
        return tuple(self._draw(st.lists(st.sampled_from(known), unique=True, max_size=3)))

    def add(self, type_: str, name: str, version: str = "", **fields: object) -> None:
        package = self._draw(st.sampled_from([SHOP, SHOP, SHOP, "other"]))
        unique_id = ".".join(part for part in (type_, package, name, version) if part)
        said = {"unique_id": unique_id, "resource_type": type_, "name": name, "package": package}
        if unique_id not in self.nodes:
            self.nodes[unique_id] = Node(**said, version=version, **fields)  # type: ignore[arg-type]

    def add_source(self, number: int) -> None:
        self.add(
            "source",
            self._draw(_NAMES),
            source_name=self._draw(_NAMES),
            database="db",
            schema=self._draw(st.sampled_from([f"raw{number}", "main"])),
            identifier=f"t{number}",
            error_after=self._draw(_AGES),
            warn_after=self._draw(_AGES),
        )

    def add_table(self, number: int) -> None:
        version = self._draw(st.sampled_from(["", "", "", "1", "2", "next"]))
        self.add(
            self._draw(st.sampled_from(["model"] * 6 + ["seed", "snapshot"])),
            self._draw(_NAMES),
            version,
            is_latest=not version or self._draw(st.booleans()),
            database="db",
            schema="main",
            alias=f"t{number}",
            materialization=self._draw(
                st.sampled_from(["table", "view", "ephemeral", "incremental"])
            ),
            file=f"models/{self._draw(_FOLDERS)}/x.sql",
            access=self._draw(st.sampled_from(["", "", "public", "private"])),
            group=self._draw(st.sampled_from(["", "", "", "finance", "Größe"])),
            depends_on=self.some("model", "seed", "snapshot", "source"),
            owners=self._draw(_OWNERS),
            description=self._draw(_WORDS),
        )

    def add_test(self, number: int) -> None:
        depends_on = self.some("model", "seed", "snapshot", "source")
        attached = depends_on[0] if depends_on and self._draw(st.booleans()) else ""
        self.add("test", f"test_{number}", attached_to=attached, depends_on=depends_on)

    def add_exposure(self) -> None:
        self.add(
            "exposure",
            self._draw(_NAMES),
            label=self._draw(_WORDS),
            url=self._draw(
                st.sampled_from(["", "https://x.example.com/a,b", "http://", "see wiki"])
            ),
            kind=self._draw(st.sampled_from(["", "dashboard"])),
            owners=self._draw(_OWNERS),
            description=self._draw(_WORDS),
            file="models/exposures.yml",
            depends_on=self.some("model", "seed", "snapshot", "source", "metric"),
        )
