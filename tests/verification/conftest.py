"""What tests of the oracle share: time that goes by as they say, and fewer numbers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from verification.candidates.clock import Clock
from verification.observation import grid

# How often somebody is asked whether something is ready.
ASKED_EVERY = 0.02


class Ticks:
    """A time source: as many seconds as somebody has let pass, and ``step`` for each look at it."""

    def __init__(self, step: float = 0.0) -> None:
        self.step, self.seconds = step, 0.0

    def __call__(self) -> float:
        """The time, after one more step."""
        self.seconds += self.step
        return self.seconds

    def pass_(self, seconds: float) -> None:
        """Let time go by."""
        self.seconds += seconds


@pytest.fixture
def ticks() -> Callable[..., Ticks]:
    """Make a time source that nobody's load has an influence on."""
    return Ticks


@pytest.fixture
def _hangs_when_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call's time is up when it has left the file ``hangs`` in the folder, and never before.

    So nothing is taken to hang that is slow, however busy the machine is.
    """
    mark = tmp_path / "hangs"

    def wait(_clock: Clock, is_ready: Callable[[float], bool], _limit: float) -> bool:
        while not is_ready(ASKED_EVERY):
            if mark.exists():
                mark.unlink()
                return False
        return True

    monkeypatch.setattr(Clock, "wait", wait)


@pytest.fixture(autouse=True)
def few_numbers(request, monkeypatch):
    """Every 2^16th number of float32, unless a test is marked with ``whole_promise``."""
    if request.node.get_closest_marker("whole_promise") is None:
        monkeypatch.setattr(grid, "FINEST", grid.COARSEST)
