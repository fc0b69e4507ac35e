"""The time that a candidate may take."""

import time
from collections.abc import Callable

from .trouble import Expired

# Of the time for all calls together, what a single one may take, and the least that it may.
CALL_SHARE = 0.1
LEAST = 1.0


class Clock:
    """The time that all calls of a candidate may take together, and a tenth of it for one.

    Within a process it goes by ``now``, which nobody sets. A copy in another process, here or on
    another machine, begins with what was left by the clock on the wall: that is the one that they
    share, but for its skew.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._now = now
        self._end = now() + seconds

    def __getstate__(self) -> tuple[float, Callable[[], float], float]:
        return self.seconds, self._now, time.time() + self._end - self._now()

    def __setstate__(self, state: tuple[float, Callable[[], float], float]) -> None:
        self.seconds, self._now, end = state
        self._end = self._now() + end - time.time()

    def left(self) -> float:
        """Seconds that are left for everything, at least 0."""
        return max(0.0, self._end - self._now())

    def limit(self) -> float:
        """Seconds that one call may take."""
        return min(max(LEAST, CALL_SHARE * self.seconds), self.seconds / 2)

    def call(self) -> float:
        """The same for a call that begins now; raise Expired if less than that is left."""
        limit = self.limit()
        if self.left() < limit:
            raise Expired(
                f"the {self.seconds:g} s for all calls are used up, and not all is judged: "
                "give more with --timeout"
            )
        return limit

    def wait(self, is_ready: Callable[[float], bool], limit: float) -> bool:
        """Whether something is ready within a time; ``is_ready`` may wait for as long as it says.

        It may say no before that, and is asked again.
        """
        end = self._now() + limit
        while not is_ready(max(0.0, end - self._now())):
            if self._now() >= end:
                return False
        return True


def late(limit: float) -> str:
    """What is said of a call that took longer than it may."""
    return f"no result within {limit:.3g} s (see --timeout)"
