"""Candidates that crash, hang, exit, eat memory or print: a finding each, the rest is judged."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from figures.command import main
from verification.candidates.clock import Clock, late
from verification.candidates.confinement import Confinement, memory_limit
from verification.candidates.output import written_by
from verification.candidates.trouble import Hung
from verification.verdict.check import check

CANDIDATES = """
import ctypes, os, subprocess, sys, time
import numpy as np

def relu(x):
    return np.maximum(x, x.dtype.type(0))

def relu_but_at_3(x):
    return np.where(x == 3, x.dtype.type(2), relu(x))

def exits(x):
    if (x == 1.5).any():
        os._exit(7)
    return relu_but_at_3(x)

def segfaults(x):
    if (x == 1.5).any():
        ctypes.string_at(0)
    return relu_but_at_3(x)

def hang():
    open("hangs", "w").close()
    time.sleep(600)

def hangs(x):
    if (x == 1.5).any():
        hang()
    return relu_but_at_3(x)

def crashes_left(x):
    if (x < -1e30).any():
        os.kill(os.getpid(), 6)
    return relu_but_at_3(x)

kept = []

def eats_memory(x):
    while (x == 1.5).any():
        kept.append(np.empty(1 << 30, np.uint8))
    return relu_but_at_3(x)

def leaves_a_child(x):
    if not (x == 1.5).any():
        return relu_but_at_3(x)
    child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
    with open("children", "a") as file:
        file.write(f"{child.pid}\\\\n")
    hang()

def prints(x):
    ctypes.CDLL(None).puts(b"from the depths")
    os.write(2, b"deeper")
    return relu(x)

def prints_at_first(x, done=[]):
    if not done:
        os.write(2, b"loading")
        done.append(True)
    return relu(x)
"""
# In seconds: that a test which fails does not wait for ever.
PATIENCE = 600
# In seconds: more than any check takes, however busy the machine is.
AMPLE = "100000"
HANG_AT_ONE_AND_A_HALF = "if 1.5 in x: open('hangs', 'w').close(); time.sleep(600)"
EXITS_WHEN_LOADED = "import os; os._exit(3)"
HANGS_WHEN_LOADED = "import time; open('hangs', 'w').close(); time.sleep(600)"
RAISES_WHEN_LOADED = "raise ValueError('not today')"
FILTER = """
import sys, array, time, os
x = array.array("f", sys.stdin.buffer.read())
{action}
sys.stdout.buffer.write(array.array("f", [a if a != a else max(0.0, a) for a in x]).tobytes())
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the candidates; the current one."""
    (tmp_path / "candidates.py").write_text(CANDIDATES.replace("\\\\", "\\"))
    (tmp_path / "exits_when_loaded.py").write_text(EXITS_WHEN_LOADED)
    (tmp_path / "hangs_when_loaded.py").write_text(HANGS_WHEN_LOADED)
    (tmp_path / "raises_when_loaded.py").write_text(RAISES_WHEN_LOADED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def findings(*arguments):
    """Check a candidate as relu, which fails; the symptoms by kind."""
    assert main(["check", *arguments, "relu", "--json", "verdict.json"]) == 1
    told = json.loads(Path("verdict.json").read_text())["findings"]
    return {one["kind"]: one for finding in told for one in (finding, *finding["also"])}


def eventually(condition):
    """Wait until a condition holds, but not for ever."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.usefixtures("_hangs_when_it_says_so")
@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        pytest.param("exits", "crash", "exit status 7", id="os._exit"),
        pytest.param("segfaults", "crash", "killed by SIGSEGV", id="SIGSEGV"),
        pytest.param("hangs", "hang", "no result within 1e+04 s", id="hangs"),
        pytest.param("eats_memory", "exception", "MemoryError", id="memory"),
    ],
)
def test_the_one_input_that_ends_it_is_found(folder, capsys, name, kind, said):
    """In decimal, as a hex float and as bits; and all the others are judged."""
    found = findings("--timeout", AMPLE, f"numpy:candidates.{name}")
    assert set(found) == {kind, "inaccurate", "not monotone"}
    assert said in found[kind]["detail"]
    assert (found[kind]["region"]["wrong"], found[kind]["at"]) == (1, 1.5)
    assert (found["inaccurate"]["region"]["wrong"], found["inaccurate"]["at"]) == (1, 3.0)
    assert "x = 1.5 = 0x1.8000000000000p+0 = 0x3fc00000" in capsys.readouterr().out
    assert folder.exists()


def test_of_a_whole_region_that_ends_it_some_input_is_found(folder):
    """What was not tried alone is said, and the other side is judged."""
    found = findings("--timeout", AMPLE, "numpy:candidates.crashes_left")
    assert found["crash"]["at"] < -1e30
    assert "(argument of shape" not in found["crash"]["detail"]
    assert "not all were tried alone" in found["crash"]["detail"]
    assert found["crash"]["region"]["wrong"] < 2500
    assert found["inaccurate"]["at"] == 3
    assert folder.exists()


def test_the_time_is_bounded(ticks):
    """Where every call hangs, the check ends when the time is used up, and says so."""
    now = ticks()
    clock, calls = Clock(2, now), []

    def hangs(_x):
        calls.append(clock.call())
        now.pass_(calls[-1])
        raise Hung(late(calls[-1]))

    verdict = check(hangs, "relu")
    [finding] = verdict.symptoms
    assert finding.kind == "hang"
    assert "not all were tried alone" in finding.detail
    assert "the 2 s for all calls are used up" in verdict.why_not
    assert calls == [1.0, 1.0]


@pytest.mark.usefixtures("_hangs_when_it_says_so")
def test_children_end_with_it(folder, is_alive):
    """Of a candidate that hangs, and of a program."""
    findings("--timeout", AMPLE, "numpy:candidates.leaves_a_child")
    action = """if 1.5 in x:
    import subprocess
    child = subprocess.Popen(["sleep", "600"])
    open("children", "a").write(f"{child.pid}\\n")
    open("hangs", "w").close()
    time.sleep(600)"""
    (folder / "filter.py").write_text(FILTER.format(action=action.replace("\\\\", "\\")))
    program = f"{sys.executable} -S filter.py"
    before = len((folder / "children").read_text().split())
    assert main(["check", "relu", "--command", program, "--timeout", AMPLE]) == 1
    children = [int(pid) for pid in (folder / "children").read_text().split()]
    assert len(children) > before > 0
    assert not any(map(is_alive, children))


def test_what_compiled_code_prints_is_a_finding(folder, capfd):
    """And does not reach our output."""
    found = findings("numpy:candidates.prints")
    assert set(found) == {"output"}
    assert "from the depths" in found["output"]["detail"]
    said, complained = capfd.readouterr()
    assert said.startswith("FAILED")
    assert complained == ""
    assert folder.exists()


def test_what_it_prints_at_first_is_forgiven(folder, capfd):
    """Frameworks say what they load; it does not reach our output."""
    assert main(["check", "numpy:candidates.prints_at_first", "relu"]) == 0
    assert "loading" not in "".join(capfd.readouterr())
    assert folder.exists()


@pytest.mark.usefixtures("_hangs_when_it_says_so")
@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        pytest.param("exits", "crash", "exit status 3 while it was loaded", id="exits"),
        pytest.param("hangs", "hang", "not loaded in time", id="hangs"),
    ],
)
def test_one_that_cannot_be_loaded_fails(folder, name, kind, said):
    """And is not loaded again for each input."""
    found = findings("--timeout", AMPLE, f"numpy:{name}_when_loaded.f")
    assert set(found) == {kind}
    assert said in found[kind]["detail"]
    assert folder.exists()


def test_it_does_not_outlive_us(folder, is_alive):
    """Its process and the children of that end when ours is killed."""
    code = "import sys; from figures.command import main; main(sys.argv[1:])"
    arguments = ["numpy:candidates.leaves_a_child", "relu", "--timeout", AMPLE]
    command = [sys.executable, "-c", code, "check", *arguments]
    children = folder / "children"
    with subprocess.Popen(command) as check:  # noqa: S603  our own command
        try:
            eventually(lambda: children.exists() and children.read_text().endswith("\n"))
        finally:
            check.kill()
    child = int(children.read_text().split()[0])
    eventually(lambda: not is_alive(child))


def test_one_that_cannot_be_imported_is_misuse(folder, capsys):
    """One sentence with what it raised."""
    assert main(["check", "numpy:raises_when_loaded.f", "relu"]) == 2
    assert "cannot be imported: ValueError: not today" in capsys.readouterr().err
    assert folder.exists()


@pytest.mark.usefixtures("_hangs_when_it_says_so")
@pytest.mark.parametrize(
    ("action", "kind", "said"),
    [
        pytest.param("os._exit(5)", "crash", "exit status 5", id="exits"),
        pytest.param("if 1.5 in x: os.kill(os.getpid(), 11)", "crash", "SIGSEGV", id="one"),
        pytest.param(
            "if 1.5 in x: open('hangs', 'w').close(); time.sleep(600)",
            "hang",
            "no result within 1e+04 s",
            id="hangs",
        ),
        pytest.param("del x[::2]", "no result", "bytes came", id="short"),
        pytest.param(
            "while True: sys.stdout.buffer.write(bytes(1 << 16))", "no result", "more", id="endless"
        ),
    ],
)
def test_a_program_that_misbehaves_fails(folder, action, kind, said):
    """It does not fill our memory either."""
    (folder / "filter.py").write_text(FILTER.format(action=action))
    program = f"{sys.executable} -S filter.py"
    found = findings("--command", program, "--timeout", AMPLE)
    assert set(found) == {kind}
    assert said in found[kind]["detail"]
    if "1.5 in x" in action:
        assert (found[kind]["region"]["wrong"], found[kind]["at"]) == (1, 1.5)


def test_a_program_that_is_none_is_misuse(folder, capsys):
    """Exit 2, in one sentence."""
    assert main(["check", "--command", "./nothing --fast", "relu"]) == 2
    assert "'./nothing' is not here" in capsys.readouterr().err
    assert folder.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("max(x, 0)", "Exec format error", id="no #!"),
        pytest.param("#!/no/such/interpreter", "No such file", id="no interpreter"),
        pytest.param("#!/dev/null", "Permission denied", id="not permitted"),
    ],
)
def test_a_program_that_the_system_does_not_run_is_misuse(
    folder, capsys, monkeypatch, content, said
):
    """Exit 2, in one sentence, after one attempt."""
    (folder / "program").write_text(content)
    (folder / "program").chmod(0o755)
    attempts = []
    start = Confinement.start
    monkeypatch.setattr(Confinement, "start", lambda *a: attempts.append(a) or start(*a))
    assert main(["check", "--command", "./program", "relu"]) == 2
    [error] = capsys.readouterr().err.splitlines()
    assert f"'./program' cannot be run: {said}" in error
    assert len(attempts) == 1


def open_descriptors():
    """Return the numbers of this process's open descriptors."""
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors cannot be counted here")
def test_no_descriptor_is_lost_where_one_is_closed(monkeypatch):
    """Though standard error is, and so nothing can be said about noise."""

    def only_output(descriptor):
        if descriptor == 2:
            raise OSError(9, "Bad file descriptor")
        return duplicate(descriptor)

    duplicate = os.dup
    before = open_descriptors()
    monkeypatch.setattr(os, "dup", only_output)
    assert written_by(lambda: None) == b""
    assert open_descriptors() == before


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf"])
def test_a_time_limit_is_a_time(text, capsys):
    """More than nothing."""
    assert main(["check", "numpy:numpy.tanh", "tanh", "--timeout", text]) == 2
    assert "more than 0 and at most 1e+06 seconds" in capsys.readouterr().err


def test_the_memory_limit_is_half_of_the_machine():
    """In bytes."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert memory_limit() == total // 2
