"""Pulse: whether a process does its work, for those who start it again when it does not."""

from dataclasses import dataclass

from datahub_dataproducts.application.metering import Role
from datahub_dataproducts.application.ports import Clock
from datahub_dataproducts.domain.durations import MINUTE

LONGEST_SILENCE = 15 * MINUTE
"""How long one step of the work may last: a catalog that answers slowly is asked letter by letter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """What is told of a process.

    Attributes:
        role: what it is doing.
        is_alive: the thread that looks at the clock was there lately.
        is_ready: it works, or would at once if the one that does should end.
        since: how long ago it was there (milliseconds).
        products: how many it knows.
    """

    role: Role
    is_alive: bool
    is_ready: bool
    since: int
    products: int


class Heart:
    """Keeps the pulse; one thread beats, others feel."""

    def __init__(self, clock: Clock) -> None:
        """`clock` must not be set back; that it was started counts as a beat."""
        self._clock = clock
        self._role = Role.STARTING
        self._products = 0
        self._beaten = clock.now()

    def is_in(self, role: Role) -> None:
        """What the process is doing from now on."""
        self._role = role
        self.beat()

    def knows(self, products: int) -> None:
        """How many products there are."""
        self._products = products

    def beat(self) -> None:
        """A step of the work begins or ends."""
        self._beaten = self._clock.now()

    def pulse(self) -> Pulse:
        """As it is now."""
        since = self._clock.now() - self._beaten
        return Pulse(
            role=self._role,
            is_alive=since <= LONGEST_SILENCE,
            is_ready=since <= LONGEST_SILENCE and self._role is not Role.STARTING,
            since=since,
            products=self._products,
        )
