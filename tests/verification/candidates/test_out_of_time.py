"""One that is slow is not wrong: what there was no time for neither fails nor passes."""

import pickle
import sys
from xml.etree.ElementTree import fromstring

import pytest

from figures.command import main
from reference import relu
from verification import check
from verification.candidates import clock as module
from verification.candidates.clock import CALL_SHARE, LEAST, Clock
from verification.candidates.trouble import Died, Expired
from verification.errors import UsageError
from verification.verdict.junit import to_junit

TIMES = """
class Ticks:
    seconds = 0.0

    def __call__(self):
        self.seconds += 0.05
        return self.seconds
"""
CANDIDATES = """
import numpy as np

def right(x):
    return np.maximum(x, x.dtype.type(0))

def steep(x):
    return right(x) * x.dtype.type(1.1)
"""
ZEROS = """
import sys
data = sys.stdin.buffer.read()
sys.stdout.buffer.write(bytes(len(data)))
"""


@pytest.fixture
def slow(ticks):
    """Make a function of which each call takes 0.1 s of the time that there is."""

    def make(function, seconds):
        now = ticks()
        clock = Clock(seconds, now)

        def call(x):
            clock.call()
            now.pass_(0.1)
            return function(x)

        return call

    return make


def test_a_slow_one_gets_no_verdict(slow):
    """But a sentence that says what to do."""
    with pytest.raises(UsageError, match=r"the 3 s for all calls are used up.*--timeout"):
        check(slow(relu, 3), "relu")
    assert check(slow(relu, 300), "relu")


def test_what_was_found_in_time_stays_found(slow):
    """And no law passes that may not have been looked at."""
    verdict = check(slow(lambda x: relu(x) * x.dtype.type(1.1), 3), "relu")
    assert "used up" in str(verdict)
    kinds = {finding.kind for finding in verdict.symptoms}
    assert "inaccurate" in kinds
    assert not kinds & {"hang", "crash"}
    assert not any("longer array" in finding.detail for finding in verdict.symptoms)
    [suite] = fromstring(to_junit(verdict))  # noqa: S314  our own text
    assert [case for case in suite.findall("testcase") if len(case) == 0] == []


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with candidates, where each look at the clock of a command takes 0.05 s."""
    for name, text in (("times", TIMES), ("mine", CANDIDATES), ("zeros", ZEROS)):
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    import times  # type: ignore[import-not-found]  # noqa: PLC0415  other processes have to find it

    # A real wait has no end that depends on the load.
    monkeypatch.setattr(Clock, "wait", lambda _clock, is_ready, _limit: _until(is_ready))
    monkeypatch.setattr(Clock.__init__, "__defaults__", (times.Ticks(),))
    yield tmp_path
    del sys.modules["times"]


def _until(is_ready):
    while not is_ready(60.0):
        pass
    return True


@pytest.mark.usefixtures("folder")
def test_a_command_gives_a_slow_one_no_verdict(capsys):
    """One sentence and exit 2; nor a second look, as no call hung."""
    assert main(["check", "numpy:mine.right", "relu", "--timeout", "3"]) == 2
    [said] = capsys.readouterr().err.splitlines()
    assert "the 3 s for all calls are used up" in said


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("candidate", "kind"),
    [
        (["--command", f"{sys.executable} -S zeros.py"], "flushed"),
        (["numpy:mine.steep"], "inaccurate"),
    ],
    ids=["program", "function"],
)
def test_a_command_tells_what_was_found_in_time(capsys, candidate, kind):
    """Of a program, and of a function in another process, which has the time that is left."""
    assert main(["check", *candidate, "relu", "--timeout", "4", "--junit", "verdict.xml"]) == 1
    said = capsys.readouterr().out
    assert "used up" in said
    assert {"flushed": "gives zero", "inaccurate": "less accurate"}[kind] in said


def test_a_call_gets_its_full_share_or_none(ticks):
    """So what is said to hang has had its time."""
    now = ticks()
    clock = Clock(1000.0, now)
    assert clock.call() == clock.limit() == CALL_SHARE * 1000
    assert Clock(1.5 * LEAST, now).call() == 0.75 * LEAST
    now.pass_(900.0)
    assert (clock.left(), clock.call()) == (100.0, 100.0)
    now.pass_(0.5)
    with pytest.raises(Expired, match="used up"):
        clock.call()
    assert issubclass(Expired, Died)


def test_a_wait_ends_with_its_limit(ticks):
    """Or as soon as something is ready, though whoever is asked says no too early."""
    now = ticks()
    clock, asked = Clock(10.0, now), []

    def never(seconds):
        asked.append(seconds)
        now.pass_(0.75)
        return False

    assert not clock.wait(never, 2.0)
    assert asked == [2.0, 1.25, 0.5]
    assert clock.wait(lambda _seconds: True, 0.0)
    assert not clock.wait(lambda _seconds: False, 0.0)


def test_a_process_of_this_machine_has_the_same_end(ticks, monkeypatch):
    """Whatever somebody does to the clock on the wall."""
    wall, monotonic = ticks(), ticks()
    monkeypatch.setattr(module.time, "time", wall)
    clock = Clock(100.0, monotonic)
    monotonic.pass_(30.0)
    sent = pickle.dumps(clock)
    wall.pass_(90.0)
    copy = pickle.loads(sent)  # noqa: S301  ours
    assert copy.left() == 70.0


def test_another_machine_has_what_is_left_by_the_clock_on_the_wall(ticks, monkeypatch):
    """Whatever its own time source begins with, and however long the way took."""
    wall, here = ticks(), ticks()
    wall.pass_(5000.0)
    monkeypatch.setattr(module.time, "time", wall)
    clock = Clock(100.0, here)
    here.pass_(30.0)
    state = clock.__getstate__()
    wall.pass_(8.0)
    there = ticks()
    there.pass_(777.0)
    copy = Clock.__new__(Clock)
    copy.__setstate__({**state, "_now": there, "boot": "another"})
    assert copy.left() == pytest.approx(62.0)
    there.pass_(2.0)
    assert copy.left() == pytest.approx(60.0)
