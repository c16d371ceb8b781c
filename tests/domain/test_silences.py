"""Results are not expected more often than they come."""

from dataclasses import replace

from datahub_dataproducts.domain.assertions import Assertion, AssertionKind
from datahub_dataproducts.domain.documents import Selection, TestSelection
from datahub_dataproducts.domain.durations import DAY, HOUR
from datahub_dataproducts.domain.silences import review_silences
from datahub_dataproducts.domain.submissions import Submission
from tests.builders import checked
from tests.submissions import age, due, lines, place, promised, submission, table

FCT = table("fct")
ALL = TestSelection(by=Selection.ALL, location=place(12))


def times(*gaps: int) -> tuple[int, ...]:
    """Instants with these gaps between them, in no order and one of them twice."""
    instants = [0]
    for gap in gaps:
        instants.append(instants[-1] + gap)
    return (*reversed(instants), 0)


def of_fct(name: str, kind: AssertionKind = AssertionKind.TESTS) -> Assertion:
    found = checked(name, expect_every=DAY, kind=kind)
    return replace(found, asset=FCT.urn, node=f"test.shop.{name}")


def told(product: Submission, **observed: tuple[int, ...]) -> list[str]:
    by_node = {f"test.shop.{name}": instants for name, instants in observed.items()}
    return lines(review_silences([product], by_node))


def expecting(*names: str) -> Submission:
    tests = promised(FCT, tests=ALL, expect_every=DAY)
    return submission("a", tests, assertions=[of_fct(name) for name in names])


def test_results_that_come_less_often_than_expected_are_told_with_the_slowest() -> None:
    product = expecting("unique_id", "not_null_id", "quick")
    assert told(
        product,
        unique_id=times(2 * DAY),
        not_null_id=times(DAY, 3 * DAY, 2 * DAY),
        quick=times(HOUR),
    ) == [
        (
            "p.yml:10:3: warning[silence-below-cadence]: `expect_every` is 1 day, and of the results "
            "of unique_id of fct that were read, once 2 days passed between two: in between it will "
            "be unknown; expect them less often than every 2 days"
        )
    ]


def test_the_median_and_the_longest_are_shown() -> None:
    (line,) = told(expecting("t"), t=times(HOUR, 2 * DAY, 3 * DAY))
    assert "2 days passed between them (median of 3, at most 3 days)" in line


def test_a_single_long_silence_among_many_short_ones_is_what_it_is_for() -> None:
    assert told(expecting("t"), t=times(HOUR, HOUR, 5 * DAY)) == []
    assert told(expecting("t"), t=times(*[HOUR] * 8, 5 * DAY, 5 * DAY)) != []


def test_the_default_is_told_as_that() -> None:
    product = submission("a", promised(FCT, tests=ALL), assertions=[of_fct("t")])
    (line,) = told(product, t=times(2 * DAY))
    assert "the default for `expect_every` is 1 day" in line
    assert line.endswith("here by `expect_every` or for all by `default_expect_every`")


def test_a_build_is_expected_too_and_never_is_never_too_often() -> None:
    build = of_fct("fct", AssertionKind.BUILD)
    product = submission("a", promised(FCT, build=True, expect_every=DAY), assertions=[build])
    (line,) = told(product, fct=times(2 * DAY))
    assert "of the results of the build of fct that were read" in line
    never = submission(
        "a", promised(FCT, build=True), assertions=[replace(build, expect_every=None)]
    )
    assert told(never, fct=times(9 * DAY)) == []


def test_an_entry_is_told_only_of_what_it_promises() -> None:
    both = [of_fct("t"), of_fct("fct", AssertionKind.BUILD), checked("elsewhere", expect_every=1)]
    product = submission("a", promised(FCT, due("08:00")), assertions=both)
    slow = times(2 * DAY)
    assert told(product, t=slow, fct=slow, elsewhere=slow) == []


def test_nothing_is_said_of_one_result_or_none() -> None:
    assert told(expecting("t"), t=(1,)) == []
    assert told(expecting("t")) == []
    assert told(expecting("t"), t=times(DAY - 1)) == []
    assert told(expecting("t"), t=times(DAY)) != []


def test_an_age_below_the_time_between_builds_is_told() -> None:
    product = submission("a", promised(FCT, age(6 * HOUR)), promised(FCT, due("08:00")))
    built = {FCT.node: times(DAY, DAY, DAY)}
    assert lines(review_silences([product], built)) == [
        (
            "p.yml:11:3: warning[age-below-cadence]: fct is never to be older than 6 h, and of its "
            "builds that were read, 1 day passed between them (median of 3, at most 1 day); allow "
            "more than 1 day, or build it more often"
        )
    ]
    enough = submission("a", promised(FCT, age(DAY)), promised(table("other"), age(1)))
    assert review_silences([enough], built) == []
