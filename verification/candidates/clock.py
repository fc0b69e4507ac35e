"""The time that a candidate may take."""

import platform
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from .trouble import Expired

# Of the time for all calls together, what a single one may take, and the least that it may.
CALL_SHARE = 0.1
LEAST = 1.0
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Clock:
    """The time that all calls of a candidate may take together, and a tenth of it for one.

    It goes by ``now``, which nobody sets, and which all processes of a machine share. A copy on
    another machine begins with what was left by the clock on the wall: that is the one that
    machines share, but for its skew.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._now = now
        self._end = now() + seconds

    def __getstate__(self) -> dict[str, Any]:
        on_the_wall = time.time() + self._end - self._now()
        return {**self.__dict__, "boot": _boot(), "on the wall": on_the_wall}

    def __setstate__(self, state: dict[str, Any]) -> None:
        boot, on_the_wall = state.pop("boot"), state.pop("on the wall")
        self.__dict__.update(state)
        if boot != _boot():
            self._end = self._now() + on_the_wall - time.time()

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


@cache
def _boot() -> str:
    """What the start of this machine is called, since which its monotonic clock goes."""
    try:
        return BOOT.read_text()
    except OSError:
        return platform.node()
