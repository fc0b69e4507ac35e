"""Standard output and error that cannot be written to: what a command does stays the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = f"{sys.executable} -c 'from figures.launcher import run; run()'"
PASSES = f"{COMMAND} check numpy:numpy.tanh tanh --dtype float64"
FAILS = f"{COMMAND} check numpy:numpy.sin tanh --dtype float64"
SWEEP = f"{COMMAND} sweep relu --dtype float16 --order 0 --out sweep.json"
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
# In seconds: that a test which fails does not wait for ever.
PATIENCE = 600


def shell(command, folder, **environment):
    """Run a shell's command in a folder."""
    return subprocess.run(  # noqa: S603  our own command
        ["bash", "-c", command],  # noqa: S607  the user's shell
        capture_output=True,
        check=False,
        cwd=folder,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


# What writing to standard error comes to: ENOSPC, EPIPE, EBADF, and no descriptor at all.
ERRORS = [
    pytest.param("{} 2>/dev/full", id="full", marks=FULL),
    pytest.param("exec 3> >(true); wait $!; {} 2>&3", id="nobody reads"),
    pytest.param("{} 2</dev/null", id="not for writing"),
    pytest.param("{} 2>&-", id="closed"),
]


@pytest.mark.parametrize("without", ERRORS)
@pytest.mark.parametrize(
    ("command", "status"),
    [
        pytest.param(PASSES, 0, id="passes"),
        pytest.param(FAILS, 1, id="fails"),
        pytest.param(f"{COMMAND} check", 2, id="misuse"),
        pytest.param(f"{COMMAND} --help", 0, id="help"),
    ],
)
def test_standard_error_that_cannot_be_written_changes_nothing(tmp_path, without, command, status):
    """The exit status and standard output are those of a command whose notes are read."""
    undisturbed, done = shell(command, tmp_path), shell(without.format(command), tmp_path)
    assert (undisturbed.returncode, done.returncode) == (status, status)
    assert done.stdout == undisturbed.stdout


@pytest.mark.parametrize("without", ERRORS)
def test_a_sweep_goes_on_without_its_bar(tmp_path, without):
    """With its processes, whose standard error is the same."""
    done = shell(without.format(SWEEP), tmp_path)
    assert done.returncode == 0
    assert b"Written: sweep.json" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.json"]


@pytest.mark.parametrize("without", ERRORS)
def test_verify_goes_on_without_its_bar(tmp_path, without):
    """The bar is another one."""
    code = (
        "from verification.witnesses import certificate as module; "
        "from verification.witnesses.row import Row; "
        "row = Row('gelu', 1, 'balls', 'float64', 7, 0.4, 1e-17, -0.7, 0.5, passed=True); "
        "made = module.Certificate((row,), {}, {}, {}); "
        "module.certify = lambda tell: [tell(1, 1), made][1]; "
        "from figures.command import run; run()"
    )
    done = shell(without.format(f'{sys.executable} -c "{code}" verify --out .'), tmp_path)
    assert done.returncode == 0
    assert b"All 1 claims held." in done.stdout


@pytest.mark.parametrize(
    ("output", "status"),
    [
        pytest.param("{} >/dev/full", 2, id="full", marks=FULL),
        pytest.param("{} 1</dev/null", 2, id="not for writing"),
        pytest.param("exec 3> >(true); wait $!; {} >&3", 141, id="nobody reads"),
    ],
)
@pytest.mark.parametrize("command", [PASSES, SWEEP, f"{COMMAND} --help", f"{COMMAND} --version"])
def test_standard_output_that_cannot_be_written_is_an_error_of_its_own(
    tmp_path, output, status, command
):
    """One sentence, also where Python would notice it when it ends."""
    done = shell(output.format(command), tmp_path)
    said = done.stderr.decode()
    assert done.returncode == status
    assert "Traceback" not in said
    assert ("halfulp: standard output cannot be written to: " in said) == (status == 2)


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PYTHONIOENCODING": "ascii"}, id="said so"),
        pytest.param(
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="of the locale"
        ),
    ],
)
def test_a_terminal_of_ascii_gets_escapes(tmp_path, environment):
    """In place of each character that it lacks, on either stream."""
    (tmp_path / "mine.py").write_text(
        "def f(x):\n    raise ValueError('not \\u2264 \\u221e')\n", encoding="utf-8"
    )
    done = shell(f"{COMMAND} check numpy:mine:f tanh", tmp_path, **environment)
    assert done.returncode == 1
    assert b"not \\u2264 \\u221e" in done.stdout
    done = shell(f"{COMMAND} check numpy:mine:f tanh --plot x.\u221e", tmp_path, **environment)
    assert done.returncode == 2
    assert b"got x.\\u" in done.stderr


def test_a_name_that_is_no_text_can_be_told(tmp_path):
    """A file name is bytes; those that are no UTF-8 are escaped."""
    name = "$'v\\xff'"
    done = shell(f"{COMMAND} vectors relu --dtype float16 --answers -o {name}", tmp_path)
    assert (done.returncode, done.stdout[:7]) == (0, b"v\\udcff")
    done = shell(
        f"{COMMAND} judge {name} {name}/value.bin --json {name}.json --junit {name}.xml "
        f"--plot {name}.svg",
        tmp_path,
    )
    assert done.returncode == 0
    assert len(list(tmp_path.iterdir())) == 4


def test_what_nobody_has_foreseen_is_no_finding(tmp_path):
    """Its traceback, one sentence, and an exit status that is not 1."""
    code = (
        "from verification.commands import check; check.check = lambda _: 1 / 0; "
        "from figures.command import run; run()"
    )
    command = f'{sys.executable} -c "{code}" check relu'
    done = shell(command, tmp_path)
    assert done.returncode == 70
    assert b"ZeroDivisionError" in done.stderr
    assert done.stderr.splitlines()[-1].startswith(b"halfulp: this is a bug of Halfulp")
    assert shell(f"{command} 2>&-", tmp_path).returncode == 70


@pytest.mark.parametrize("limit", range(8, 32, 3))
def test_few_descriptors_are_no_finding(tmp_path, limit):
    """Either they are enough, or there is one sentence; nobody waits for ever."""
    for command in (f"{PASSES} --json v.json --junit v.xml --plot v.png", SWEEP):
        done = shell(f"ulimit -n {limit}; {command}", tmp_path)
        assert done.returncode in {0, 2}
        assert b"Traceback" not in done.stderr
        if done.returncode == 2:
            assert done.stderr.splitlines()[-1].endswith(b"raise the limit (ulimit -n)")
        for path in tmp_path.iterdir():
            path.unlink()


@FULL
def test_a_hidden_package_is_told_by_its_exit_status(tmp_path):
    """Also where it cannot be said."""
    (tmp_path / "reference.py").touch()
    command = f"{COMMAND} --version 2>/dev/full".replace("figures.launcher", "launcher")
    path = os.pathsep.join([str(tmp_path), str(ROOT / "figures")])
    assert shell(command, tmp_path, PYTHONPATH=path).returncode == 2
