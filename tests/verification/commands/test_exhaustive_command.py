"""``halfulp check --exhaustive``: out of time or interrupted, it keeps what it has."""

import os
import signal
import subprocess
import sys
import time

import pytest

from figures.command import main

HALFULP = "from figures.command import run; run()"


def command(*words):
    """The command on float32's tanh, at every input, as a process of its own."""
    arguments = ["check", "numpy:numpy.tanh", "tanh", "--exhaustive", *words]
    return [sys.executable, "-c", HALFULP, *arguments]


def test_out_of_time_it_tells_what_it_has_tried(tmp_path):
    """With exit 1, grades, and nothing else on standard error than how to go on."""
    words = command("--timeout", "7", "--state", "state")
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603  our own command
    assert done.returncode == 1
    assert done.stdout.startswith("not finished: numpy:numpy.tanh as tanh in float32: value ")
    assert " of 4,294,967,296 patterns were tried, and not 0x" in done.stdout
    assert done.stderr.startswith("Not finished: ")
    assert done.stderr.endswith(" kept in state; go on with the same command.\n")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="Ctrl-C goes to a group of processes")
def test_interrupted_it_says_what_is_kept(tmp_path):
    """And ends at once, with no word of Python's about what it left."""
    words = command("--state", "state")
    process = subprocess.Popen(  # noqa: S603  our own command
        words,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    portions = tmp_path / "state" / "value"
    while process.poll() is None and not [*portions.glob("portion-*")]:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    done = len([*portions.glob("portion-*")])
    expected = f"{done} portions are done and kept in state; go on with the same command.\n"
    assert said == f"Interrupted: {expected}"


def test_state_needs_exhaustive(tmp_path, capsys):
    """A quick check has none."""
    arguments = ["numpy:numpy.tanh", "tanh", "--state", str(tmp_path)]
    assert main(["check", *arguments]) == 2
    assert "--state is for a check that is --exhaustive" in capsys.readouterr().err
