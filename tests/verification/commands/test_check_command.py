"""``halfulp check``: every way in gives the verdict, and no candidate takes us down with it."""

import json
import os
import subprocess
import sys
from importlib import metadata

import pytest

from figures.command import main

CANDIDATES = """
def raises(x):
    raise ValueError("no")
"""
PROGRAM = """
import sys, array
x = array.array("d", sys.stdin.buffer.read())
sys.stdout.buffer.write(array.array("d", {result}).tobytes())
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a module of candidates, and programs; the current one."""
    (tmp_path / "candidates.py").write_text(CANDIDATES)
    for name, result in (("relu", "[a if a != a else max(0.0, a) for a in x]"), ("short", "x[1:]")):
        (tmp_path / f"{name}.py").write_text(PROGRAM.format(result=result))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sound_function_passes(folder, capsys):
    """Exit 0, and the verdict as JSON where it is wanted."""
    arguments = ["numpy:numpy.tanh", "tanh", "--dtype", "float64", "--json", "verdict.json"]
    assert main(["check", *arguments]) == 0
    assert "passed" in capsys.readouterr().out
    assert json.loads((folder / "verdict.json").read_text())["passed"] is True


@pytest.mark.parametrize(("beta", "status"), [("1", 0), ("2", 1)])
def test_a_formula_is_judged(folder, capsys, beta, status):
    """In the place of an activation, with its parameters; the verdict and its files name both."""
    formula = "(exp(b * x) - exp(-b * x)) / (exp(b * x) + exp(-b * x))"
    arguments = ["--formula", formula, "--set", f"b={beta}", "--dtype", "float64"]
    assert main(["check", "numpy:numpy.tanh", *arguments, "--junit", "v.xml"]) == status
    assert f"{formula}[b={float(beta)}] in float64" in capsys.readouterr().out
    assert f"{formula}[b={float(beta)}]" in (folder / "v.xml").read_text()


JUDGED = ("numpy:numpy.tanh", "tanh", "--dtype", "float16", "--require", "close")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["--domain", "-1e3", "1e3"], "[-1000, 1000]", id="exponents"),
        pytest.param(["--domain", "-.5", "-5e-1"], "[-0.5, -0.5]", id="one number"),
        pytest.param(["--domain=-20", "20"], "[-20, 20]", id="equals"),
        pytest.param(["--domain", "-2", "-1", "--domain", "1", "2"], "[-2, -1], [1, 2]", id="two"),
        pytest.param(["--domain", "finite"], "finite", id="finite"),
        pytest.param(["--domain", "finite", "--domain", "finite"], "finite", id="finite twice"),
    ],
)
@pytest.mark.parametrize("place", [0, 2, len(JUDGED)])
def test_a_domain_may_stand_anywhere(folder, capsys, words, told, place):
    """Before and behind the names, with numbers in any spelling."""
    assert main(["check", *JUDGED[:place], *words, *JUDGED[place:]]) == 0
    assert f", domain {told}; " in capsys.readouterr().out
    assert folder.exists()


def test_a_wrong_function_fails(folder, capsys):
    """Exit 1, with what is wrong and where."""
    assert main(["check", "numpy:numpy.arctan", "tanh", "--dtype", "float64"]) == 1
    assert "at: x = " in capsys.readouterr().out
    assert folder.exists()


def test_a_candidate_that_raises_fails(folder, capsys):
    """Its exception is the finding, not ours."""
    assert main(["check", "numpy:candidates:raises", "relu"]) == 1
    assert "ValueError: no" in capsys.readouterr().out
    assert folder.exists()


def test_what_cannot_be_accepted_is_said(folder, capsys):
    """A function without any result stays a finding, and is not in the list."""
    words = ["numpy:candidates:raises", "relu", "--dtype", "float16", "--write-known", "known.toml"]
    assert main(["check", *words]) == 1
    out, error = capsys.readouterr()
    said = "value exception (ValueError): no result of the value can be judged"
    assert error == f"Not accepted: {said}.\n"
    assert "known:" not in out
    assert "[[accepted]]" not in (folder / "known.toml").read_text()


@pytest.mark.parametrize(("program", "status"), [("relu", 0), ("short", 1)])
def test_a_program_is_judged(folder, capsys, program, status):
    """Raw values in, as many out; fewer are a finding."""
    command = f"{sys.executable} -S -E {folder / program}.py"
    assert main(["check", "--command", command, "relu", "--dtype", "float64"]) == status
    assert ("passed" if status == 0 else "bytes came") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["gelu"], "IMPLEMENTATION ACTIVATION", id="one word"),
        pytest.param(["numpy:numpy.tanh", "tanh", "--formula", "x"], "got both", id="two truths"),
        pytest.param(["numpy:numpy.tanh", "--formula", "x *"], "column", id="formula"),
        pytest.param(["numpy:numpy.tanh", "--formula", "a * x"], "a has none", id="no parameter"),
        pytest.param(["--command", "cat", "numpy:numpy.tanh", "tanh"], "got both", id="two ways"),
        pytest.param(["numpy:numpy", "tanh"], "MODULE.FUNCTION", id="a module alone"),
        pytest.param(["--command", "", "tanh"], "an empty one", id="no command"),
        pytest.param(["--command", "cat 'x", "tanh"], "no closing quotation", id="quotes"),
        pytest.param(["--command", "cat < x", "tanh"], "sh -c", id="for a shell"),
        pytest.param(["--command", "cat 2>x|tac", "tanh"], "sh -c", id="for a shell, close"),
        pytest.param(["--command", "./relu.py", "tanh"], "chmod +x", id="not executable"),
        pytest.param(["numpy:numpy.tanh", "tanh", "--plot", "o.xyz"], ".png, .svg", id="plot"),
        pytest.param(
            ["numpy:numpy.tanh", "tanh", "--json", "o", "--junit", "o"], "two are one", id="files"
        ),
        pytest.param(
            ["numpy:numpy.tanh", "tanh", "--json", "-", "--junit", "-"], "two are one", id="outputs"
        ),
        pytest.param(
            ["numpy:numpy.tanh", "tanh", "--json", "-", "--github"],
            "expected --json - or --github",
            id="annotations in JSON",
        ),
        pytest.param(["caffe:relu", "relu"], "numpy, torch, jax, tensorflow", id="framework"),
        pytest.param(["numpy:numpy.nothing", "relu"], "no function 'nothing'", id="function"),
        pytest.param(["numpy:nowhere.f", "relu"], "no module 'nowhere'", id="module"),
        pytest.param(["numpy:numpy.tanh", "gelo"], "relu, leaky_relu", id="activation"),
        pytest.param(["numpy:numpy.tanh", "tanh", "--dtype", "int8"], "float16", id="dtype"),
        pytest.param(
            ["numpy:numpy.tanh", "tanh", "--domain", "-inf", "3"],
            "two finite numbers, the smaller first, not ['-inf', '3']",
            id="infinite domain",
        ),
        pytest.param(
            ["--domain", "numpy:numpy.tanh", "tanh"],
            "a domain such as -20 20, or finite, but got ['numpy:numpy.tanh']",
            id="no domain",
        ),
        pytest.param(
            ["numpy:numpy.tanh", "tanh", "--domain", "3"], "but got ['3']", id="half a domain"
        ),
        pytest.param(
            ["numpy:numpy.tanh", "tanh", "--domain", "--strict"], "one argument", id="nothing"
        ),
        pytest.param(
            ["numpy:numpy.tanh", "tanh", "--baseline", "numpy:nowhere.f"],
            "--baseline: 'numpy:nowhere.f': no module",
            id="baseline",
        ),
        pytest.param(
            ["numpy:numpy.tanh", "tanh", "--baseline", "nothing.json"],
            "--baseline: expected a verdict of halfulp",
            id="stored baseline",
        ),
    ],
)
def test_misuse_is_one_sentence(folder, capsys, arguments, said):
    """Exit 2, with the valid choices."""
    assert main(["check", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert folder.exists()


def test_a_shell_may_be_the_program(folder):
    """What is quoted is its own."""
    assert main(["check", "--command", "sh -c 'cat | cat'", "relu"]) == 1
    assert folder.exists()


def test_what_is_no_plain_file_is_written_through(folder):
    """A link keeps its target, and a pipe is a pipe afterwards."""
    (folder / "target.json").touch()
    (folder / "link.json").symlink_to("target.json")
    os.mkfifo(folder / "pipe")
    arguments = ["check", "numpy:numpy.tanh", "tanh", "--dtype", "float64"]
    assert main([*arguments, "--json", "link.json"]) == 0
    assert (folder / "link.json").is_symlink()
    assert json.loads((folder / "target.json").read_text())["passed"]
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert main([*arguments, "--json", "pipe"]) == 0
    assert json.loads(os.read(reader, 1 << 16))["passed"]
    os.close(reader)
    assert (folder / "pipe").is_fifo()


@pytest.mark.parametrize("option", ["--json", "--junit", "--plot"])
def test_a_full_disk_loses_neither_the_verdict_nor_the_old_file(folder, option):
    """Exit 2, one sentence that says what is kept, and the verdict is printed."""
    old = folder / "old.png"
    old.write_text("old")
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
        "from figures.command import run; run()"
    )
    arguments = ["check", "numpy:numpy.tanh", "tanh", "--dtype", "float64", option, str(old)]
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout.startswith("passed")
    assert "what was there is kept" in done.stderr
    assert "Traceback" not in done.stderr
    assert old.read_text() == "old"


@pytest.mark.parametrize(
    ("shell", "status"),
    [
        pytest.param("{} check numpy:numpy.tanh tanh --dtype float64 >&-", 0, id="closed"),
        pytest.param("set -o pipefail; {} check numpy:numpy.sin tanh | true", 141, id="broken"),
        pytest.param("{} check tanh 2>&-", 2, id="no error"),
    ],
)
def test_nobody_has_to_read_the_verdict(shell, status):
    """No traceback where standard output is closed, before or while it is written to."""
    command = f"{sys.executable} -c 'from figures.command import run; run()'"
    done = subprocess.run(  # noqa: S603  our own command
        ["bash", "-c", shell.format(command)],  # noqa: S607  the user's shell
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (status, "")


def test_the_version_is_told(capsys):
    """As pip knows it."""
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"halfulp {metadata.version('halfulp')}\n"
