"""Nothing that a candidate starts outlives the check, and nothing takes all the memory."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from figures.command import main
from verification.candidates import confinement
from verification.candidates.clock import Clock
from verification.candidates.confinement import Confinement
from verification.candidates.frameworks import Candidate
from verification.candidates.isolation import Worker

# In seconds: that a test which fails does not wait for ever.
PATIENCE = 600
AMPLE = "100000"
COMMAND = "from figures.command import run; run()"
# Each notes the processes that there are, and wants to live on.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
def note():
    with open("pids", "a") as file:
        file.write(f"{os.getpid()}\\n")
def leave_a_daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            note()
            time.sleep(600)
        os._exit(0)
"""
PROGRAM = f"""#!{sys.executable}
{STUBBORN}
data = sys.stdin.buffer.read()
leave_a_daemon()
if "wait" in sys.argv:
    note()
    time.sleep(600)
sys.stdout.buffer.write(data)
"""
MODULE = f"""
{STUBBORN}
import mmap
import numpy as np

def leaves_a_daemon(x):
    leave_a_daemon()
    return np.tanh(x)

def waits(x):
    leave_a_daemon()
    note()
    time.sleep(600)

kept = []

def shares_memory(x):
    while 1.5 in x:
        kept.append(mmap.mmap(-1, 1 << 26))
        kept[-1].write(bytes(1 << 26))
    return np.tanh(x)

def forks_with_memory(x):
    if 1.5 in x:
        for _ in range(64):
            if os.fork() == 0:
                kept.append(np.ones(1 << 26, np.uint8))
                time.sleep(600)
        time.sleep(600)
    return np.tanh(x)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with the candidates in it."""
    (tmp_path / "program").write_text(PROGRAM)
    (tmp_path / "program").chmod(0o755)
    (tmp_path / "module.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def noted(folder):
    """The processes that noted themselves."""
    path = folder / "pids"
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


def eventually(condition):
    """Wait until a condition holds, but not for ever."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    "candidate",
    [
        pytest.param(["--command", "./program"], id="program"),
        pytest.param(["numpy:module.leaves_a_daemon"], id="function"),
    ],
)
def test_a_daemon_ends_with_the_check(folder, is_alive, candidate):
    """Though it leads a session of its own, and its parent has ended."""
    main(["check", *candidate, "tanh", "--dtype", "float16", "--timeout", AMPLE])
    daemons = noted(folder)
    assert daemons
    assert not any(map(is_alive, daemons))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize(
    "candidate",
    [
        pytest.param(["--command", "./program wait"], id="program"),
        pytest.param(["numpy:module.waits"], id="function"),
    ],
)
def test_it_does_not_outlive_a_check_that_is_ended(folder, is_alive, candidate, sent):
    """In the middle of a call, by whatever signal, and though it ignores those that it can."""
    # A shell that runs the suite in the background has told it to ignore Ctrl-C.
    code = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {COMMAND}"
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", code, "check", *candidate, "tanh", "--timeout", AMPLE],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    eventually(lambda: len(noted(folder)) == 2)
    process.send_signal(sent)
    assert process.wait(PATIENCE) not in {0, 1}
    eventually(lambda: not any(map(is_alive, noted(folder))))


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
@pytest.mark.parametrize("name", ["shares_memory", "forks_with_memory"])
def test_memory_is_bounded_for_all_together(folder, monkeypatch, name):
    """That which is shared, and that of children."""
    monkeypatch.setattr(confinement, "memory_limit", lambda: 1 << 30)
    arguments = ["--timeout", AMPLE, "--json", "verdict.json"]
    assert main(["check", f"numpy:module.{name}", "tanh", *arguments]) == 1
    told = json.loads((folder / "verdict.json").read_text())["findings"]
    [crash] = [finding for finding in told if finding["kind"] == "crash"]
    assert "more than half of the machine's memory" in crash["detail"]
    assert crash["at"] == 1.5


def test_a_program_says_how_it_ended(folder):
    """Its status, or the signal."""
    place = Confinement()
    with (folder / "nowhere").open("w+b") as file:
        descriptors = [file.fileno()] * 3
        for words, said in [("exit 3", "exit status 3"), ("kill -9 $$", "killed by SIGKILL")]:
            place.start(["sh", "-c", words], descriptors)
            assert place.has_ended(PATIENCE)
            assert str(place.how_it_ended()) == said
        with pytest.raises(ValueError, match="No such file"):
            place.start(["./nothing"], descriptors)
    place.close()


UNHEARD = """
import os, signal, sys, time
from verification.candidates.confinement import Confinement
place = Confinement()
with open("nowhere", "w+b") as file:
    place.start(["./program"], [file.fileno()] * 3)
    while not os.path.exists("pids"):
        time.sleep(0.01)
    time.sleep(1.0)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_is_left_where_nobody_has_heard_of_the_end(folder, is_alive):
    """Whoever has started a program is killed before it reads that the program has ended."""
    subprocess.run([sys.executable, "-c", UNHEARD], check=False)  # noqa: S603  our own
    assert noted(folder)
    eventually(lambda: not any(map(is_alive, noted(folder))))


def test_several_threads_may_call(folder):
    """As a Dask worker's do; each gets the answer to its own question."""
    (folder / "plain.py").write_text("import numpy\ntanh = numpy.tanh\n")
    with Worker(Candidate("numpy:plain.tanh"), Clock(1e5)) as worker:
        function = worker.implementation().forward
        arrays = [np.full(1000 + 7 * i, i / 10, np.float32) for i in range(40)]
        with ThreadPoolExecutor(4) as threads:
            results = list(threads.map(function, arrays))
    for x, y in zip(arrays, results, strict=True):
        assert np.array_equal(y, np.tanh(x))


def test_a_lost_supervisor_is_replaced(folder, is_alive):
    """Its program ends, and the next one has another."""
    place = Confinement()
    with (folder / "nowhere").open("w+b") as file:
        descriptors = [file.fileno()] * 3
        code = textwrap.dedent("""
            import os, signal, time
            open("pids", "w").write(str(os.getpid()))
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(600)
        """)
        place.start([sys.executable, "-c", code], descriptors)
        assert place.has_ended(PATIENCE)
        assert "watches over it" in str(place.how_it_ended())
        eventually(lambda: not any(map(is_alive, noted(folder))))
        place.start(["true"], descriptors)
        assert place.has_ended(PATIENCE)
        assert place.status == 0
    place.close()


def test_a_program_that_ends_its_supervisor_is_a_finding(folder, capsys):
    """However soon it does so."""
    (folder / "killer").write_text("#!/bin/sh\nkill -9 $PPID\ncat\n")
    (folder / "killer").chmod(0o755)
    assert main(["check", "--command", "./killer", "tanh", "--timeout", AMPLE]) == 1
    assert "watches over it" in capsys.readouterr().out


def test_no_supervisor_is_left(folder):
    """After checks that pass, fail and are misuse."""
    for arguments in (["numpy:numpy.tanh", "tanh"], ["numpy:numpy.nothing", "tanh"]):
        main(["check", *arguments, "--dtype", "float64"])
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children]
    assert not any(b"supervisor" in command for command in commands)
    assert folder.exists()
