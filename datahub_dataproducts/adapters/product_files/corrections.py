"""The corrections file: what people know better than the evidence, with their reasons, in git."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from datahub_dataproducts.adapters.product_files import codes
from datahub_dataproducts.adapters.product_files.fields import Fields, known_keys, nearest, told
from datahub_dataproducts.adapters.product_files.findings import Findings, TooManyProblems, shown
from datahub_dataproducts.adapters.product_files.marks import compose
from datahub_dataproducts.adapters.product_files.nodes import At, Mapping, Node, Scalar
from datahub_dataproducts.adapters.product_files.scalars import is_nothing
from datahub_dataproducts.domain.corrections import Correction, CorrectionKind
from datahub_dataproducts.domain.documents import Marked
from datahub_dataproducts.domain.durations import MINUTE, SECOND
from datahub_dataproducts.domain.problems import Problem, sorted_problems
from datahub_dataproducts.domain.schedules import instant_of

CORRECTIONS_FILE = "data_products_corrections.yml"
"""What the file is called, beside `dbt_project.yml`."""

_BYTE_ORDER_MARK = "\ufeff"
_FILE_KEYS = known_keys("corrections", "timezone")
_KEYS = known_keys("product", "from", "to", "kind", "reason", "author")
_KINDS = {kind.value: kind for kind in CorrectionKind}
_EXAMPLE = (
    "{product: revenue, from: 2026-03-05T06:00, to: 2026-03-05T10:00, kind: planned_work, "
    "reason: Migration of the warehouse, author: ana}"
)
# A day, a time of day and maybe an offset from UTC. Evidence is not from other centuries.
_TIME = re.compile(
    r"(?P<day>(?:19[7-9]|20[0-9])[0-9]-[0-9]{2}-[0-9]{2})[T ]"
    r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?"
    r"(?P<offset>Z|(?P<sign>[-+])(?P<hours>0[0-9]|1[0-4]):(?P<minutes>[0-5][0-9]))?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadCorrections:
    """What a corrections file says.

    Attributes:
        corrections: those without an error, in the order of the file; their products may be any.
        problems: all of them, by place.
    """

    corrections: tuple[Marked[Correction], ...]
    problems: tuple[Problem, ...]


def read_corrections(
    text: str,
    file: str,
    *,
    now: int,
    default_timezone: str = "UTC",
    products: Collection[str] | None = None,
) -> ReadCorrections:
    """Read the text of a corrections file.

    Corrections of one product that overlap and say different things are left out, all of them: the
    figures stay raw until somebody says which is right.

    Args:
        text: YAML, with `corrections` and maybe `timezone`.
        file: what problems and places call the file.
        now: milliseconds; what is told of later than this is a warning.
        default_timezone: of times without an offset, where the file names no time zone.
        products: ids of the known products; None: they are not known.
    """
    findings = Findings(file)
    corrections: list[Marked[Correction]] = []
    try:
        root = compose(text.removeprefix(_BYTE_ORDER_MARK), findings)
        if isinstance(root, Mapping):
            fields = Fields(root, _FILE_KEYS, findings)
            corrections = _corrections(fields, default_timezone)
            corrections = _without_contradictions(corrections, findings)
            _tell_doubtful(corrections, now, products, findings)
        elif root is not None and not (isinstance(root, Scalar) and is_nothing(root)):
            findings.error(
                codes.WRONG_KIND,
                root,
                f"a file of corrections is a mapping, not {told(root)}",
                f"write `corrections:` and below it `- {_EXAMPLE}`",
            )
    except TooManyProblems:
        # Its last line says that there is more. What was not looked at is not to be used.
        corrections = []
    return ReadCorrections(
        corrections=tuple(corrections), problems=sorted_problems(findings.problems)
    )


def _corrections(file: Fields, default_timezone: str) -> list[Marked[Correction]]:
    zone = file.timezone("timezone")
    found = [
        _correction(node, file, zone or default_timezone) for node in file.items("corrections")
    ]
    if file.given("timezone") and zone is None:
        # Which instants are meant is not known; that is told, and the rest is read for its form.
        return []
    return [correction for correction in found if correction is not None]


def _correction(node: Node, file: Fields, zone: str) -> Marked[Correction] | None:
    findings = file.findings
    if not isinstance(node, Mapping):
        file.wrong_kind("corrections", node, "mappings", f"write `- {_EXAMPLE}`")
        return None
    before = len(findings.problems)
    fields = Fields(node, _KEYS, findings, "corrections")
    product = fields.required_text("product", "revenue")
    interval = _interval(fields, zone)
    kind = _kind(fields)
    reason = fields.required_text("reason", "Migration of the warehouse")
    author = fields.required_text("author", "ana")
    if findings.any_error_since(before) or not (
        product and interval and kind and reason and author
    ):
        return None
    return Marked(
        Correction(
            product=product.value,
            since=interval[0],
            until=interval[1],
            kind=kind,
            reason=reason.value.strip(),
            author=author.value.strip(),
        ),
        findings.place(node),
    )


def _kind(fields: Fields) -> CorrectionKind | None:
    if not fields.given("kind"):
        fields.findings.error(
            codes.MISSING,
            fields.key("kind"),
            f"{fields.name('kind')} is not given",
            f"write one of {', '.join(_KINDS)}",
        )
    return fields.choice("kind", _KINDS)


def _interval(fields: Fields, zone: str) -> tuple[int, int] | None:
    since, until = _time(fields, "from", zone), _time(fields, "to", zone)
    if since is None or until is None:
        return None
    if until <= since:
        fields.findings.error(
            codes.BAD_INTERVAL,
            fields.value("to"),
            f"{fields.name('to')} is no later than {fields.name('from')}",
            "write when it began and when it was over",
        )
    return since, until


def _time(fields: Fields, key: str, zone: str) -> int | None:
    """An instant; without an offset, local, as schedules read it."""
    example = f"{key}: 2026-03-05T06:00"
    text = fields.word(key)
    if text is None:
        if not fields.given(key):
            fields.findings.error(
                codes.MISSING,
                fields.key(key),
                f"{fields.name(key)} is not given",
                f"write a day and a time, as in `{example}`",
            )
        return None
    instant = _instant(text.value.strip(), zone)
    if instant is None:
        fields.findings.error(
            codes.BAD_TIME,
            fields.value(key),
            f"{fields.name(key)} is {shown(text.value)}, which is not a day and a time of the years "
            "1970 to 2099",
            f"write both, as in `{example}` or `{example}+01:00`",
        )
    return instant


def _instant(text: str, zone: str) -> int | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        return None
    offset = 0
    if match["sign"]:
        offset = int(match["hours"]) * 60 + int(match["minutes"])
        offset = -offset if match["sign"] == "-" else offset
    clock = int(match["hour"]) * 60 + int(match["minute"])
    at = instant_of(day, clock, ZoneInfo("UTC" if match["offset"] else zone))
    return at + int(match["second"] or 0) * SECOND - offset * MINUTE


def _without_contradictions(
    corrections: Iterable[Marked[Correction]], findings: Findings
) -> list[Marked[Correction]]:
    """Those that contradict no other; each that does is told, with the one it contradicts."""
    written = list(corrections)
    contradicting: set[int] = set()
    # By product and kind, those that have begun and not ended; what has ended is looked at once.
    lasting: dict[tuple[str, CorrectionKind], list[int]] = {}
    for index in sorted(range(len(written)), key=lambda i: written[i].value.since):
        mine = written[index].value
        for kind in CorrectionKind:
            others = lasting.setdefault((mine.product, kind), [])
            if kind is mine.kind:
                others.append(index)
                continue
            others[:] = [i for i in others if written[i].value.until > mine.since]
            for other in others:
                contradicting |= {index, other}
                first, second = sorted((index, other))
                _tell_contradiction(written[first], written[second], findings)
    return [one for index, one in enumerate(written) if index not in contradicting]


def _tell_contradiction(
    one: Marked[Correction], other: Marked[Correction], findings: Findings
) -> None:
    findings.error(
        codes.CONTRADICTING_CORRECTIONS,
        At(other.location.line, other.location.column),
        f"this says {other.value.kind.value} of time of {shown(other.value.product)} that the "
        f"correction at line {one.location.line} says {one.value.kind.value} of",
        "keep one of them, or have one end where the other begins; until then neither counts",
    )


def _tell_doubtful(
    corrections: Iterable[Marked[Correction]],
    now: int,
    products: Collection[str] | None,
    findings: Findings,
) -> None:
    for correction in corrections:
        at = At(correction.location.line, correction.location.column)
        product = correction.value.product
        if correction.value.until > now:
            findings.warning(
                codes.FUTURE_CORRECTION,
                at,
                "this correction goes on into the future, of which nobody knows yet what it was",
                "see to its days, and write how long it lasted when it is over",
            )
        if products is not None and product not in products:
            findings.warning(
                codes.UNKNOWN_PRODUCT,
                at,
                f"no product is called {shown(product)}",
                nearest(product, products) or "write the id of a product",
            )
