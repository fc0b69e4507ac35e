"""Work in several processes: each result once, whatever dies on the way."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from functools import partial
from pathlib import Path

import pytest

from verification.errors import WorkersLostError
from verification.work.processes import completed

# In seconds: that a test which fails does not wait for ever.
PATIENCE = 600


def square(number):
    """The work of a sound task."""
    return number * number


def deadly_at(what, number):
    """Work that ends its process for some of the tasks."""
    if number in what:
        os._exit(3)
    return number * number


def deadly_once(folder, number):
    """Work that ends its process the first time that it is tried."""
    mark = Path(folder) / str(number)
    if not mark.exists():
        mark.touch()
        os._exit(3)
    return number * number


def keep(results, seen):
    """Keep what comes before an error."""
    for result in results:
        seen.append(result)


def test_each_result_comes_once():
    """However many there are."""
    assert sorted(completed(square, range(40), None)) == [n * n for n in range(40)]


def test_no_tasks_give_no_results():
    """Without a process being started."""
    assert list(completed(square, [], None)) == []


def test_a_deadly_task_does_not_stop_the_others():
    """All others are done, and the error names the one that cannot be."""
    seen = []
    with pytest.raises(WorkersLostError, match="3 processes died over 2"):
        keep(completed(partial(deadly_at, {2}), range(6), None), seen)
    assert sorted(seen) == [0, 1, 9, 16, 25]


def test_a_task_whose_process_died_is_done_again(tmp_path):
    """As often as it takes, within reason."""
    assert sorted(completed(partial(deadly_once, tmp_path), range(2), None)) == [0, 1]


def test_an_exception_of_the_work_is_raised():
    """It is no loss of a process."""
    with pytest.raises(TypeError):
        list(completed(square, ["no number"], None))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_programs_end_with_the_check_that_started_them(sent, tmp_path, is_alive):
    """While the processes of an exhaustive check wait for a program that takes its time."""
    program = tmp_path / "program"
    marks = tmp_path / "marks"
    marks.mkdir()
    program.write_text(
        textwrap.dedent(f"""\
            #!{sys.executable}
            import os, pathlib, sys, time
            data = sys.stdin.buffer.read()
            if len(data) == 1 << 22:
                pathlib.Path({str(marks)!r}, str(os.getpid())).touch()
                time.sleep(600)
            sys.stdout.buffer.write(data)
            """)
    )
    program.chmod(0o755)
    # A shell that runs the suite in the background has told it to ignore Ctrl-C.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heed}; from figures.command import run; run()"
    check = ["check", "--command", str(program), "relu", "--exhaustive"]
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", code, *check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + PATIENCE
    while not list(marks.iterdir()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(sent)
    process.wait(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while any(is_alive(int(mark.name)) for mark in marks.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
