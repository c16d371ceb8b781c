"""The pulse of the process: alive as long as a step of its work is not too long ago."""

from datahub_dataproducts.application.metering import Role
from datahub_dataproducts.application.pulse import LONGEST_SILENCE, Heart


class Steady:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.instant = 5_000

    def now(self) -> int:
        return self.instant


def test_it_is_alive_as_long_as_it_beats_and_again_when_it_beats_again() -> None:
    clock = Steady()
    heart = Heart(clock)
    clock.instant += LONGEST_SILENCE
    assert heart.pulse().is_alive
    clock.instant += 1
    late = heart.pulse()
    assert not late.is_alive
    assert late.since == LONGEST_SILENCE + 1
    heart.beat()
    assert heart.pulse().is_alive


def test_it_is_ready_when_it_works_or_stands_by_and_not_while_it_starts() -> None:
    clock = Steady()
    heart = Heart(clock)
    assert not heart.pulse().is_ready
    heart.is_in(Role.STANDING_BY)
    assert heart.pulse().is_ready
    heart.is_in(Role.STARTING)
    assert not heart.pulse().is_ready
    heart.is_in(Role.WORKING)
    heart.knows(7)
    assert heart.pulse().is_ready
    assert heart.pulse().products == 7
    clock.instant += LONGEST_SILENCE + 1
    assert not heart.pulse().is_ready
