"""A compiled C program judged: README's passes, and wrong ones get the right diagnosis."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from figures.command import main

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
[PROGRAM] = re.findall(r"^```c\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
[WRONG] = re.findall(r"With `(0\.5f[^`]+)` instead", README)
RIGHT = "(float)(0.5 * x * erfc(-x * 0.70710678118654752))"
SLOPE = (
    "x > 20 ? 1 : (float)(0.5 * erfc(-x * 0.70710678118654752)"
    " + x * exp(-0.5 * x * x) * 0.39894228040143268)"
)
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")

pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")


@pytest.fixture(name="compiled")
def compile_in_folder(tmp_path, monkeypatch):
    """Return a function that compiles README's program with another formula in it."""
    monkeypatch.chdir(tmp_path)

    def compiled(name, formula):
        assert RIGHT in PROGRAM
        Path(f"{name}.c").write_text(PROGRAM.replace(RIGHT, formula), encoding="utf-8")
        strict = ("-std=c99", "-pedantic", "-Wall", "-Werror")
        command = [COMPILER, "-O2", *strict, "-o", name, f"{name}.c", "-lm"]
        subprocess.run(command, check=True)  # noqa: S603  our own program
        return f"./{name}"

    return compiled


def check(*options):
    """Check programs as gelu in float32; status and symptoms."""
    status = main(["check", *options, "gelu", "--dtype", "float32", "--json", "verdict.json"])
    told = json.loads(Path("verdict.json").read_text())["findings"]
    return status, [one for finding in told for one in (finding, *finding["also"])]


def test_the_program_of_readme_passes(compiled):
    """In double, by erfc."""
    assert check("--command", compiled("right", RIGHT)) == (0, [])


def test_with_its_derivative(compiled):
    """Another program; and a wrong one fails."""
    value, slope = compiled("value", RIGHT), compiled("slope", SLOPE)
    assert check("--command", value, "--derivative-command", slope) == (0, [])
    wrong = compiled("wrong", SLOPE.replace("+ x *", "- x *"))
    status, findings = check("--command", value, "--derivative-command", wrong)
    assert status == 1
    assert {finding["subject"] for finding in findings} == {"derivative"}


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        pytest.param(WRONG, "1 + erf cancels left of -3", id="erff"),
        pytest.param(
            "0.5f * x * (1 + tanhf(0.7978846f * (x + 0.044715f * x * x * x)))",
            "this is the tanh form, not the exact one",
            id="tanh form",
        ),
        pytest.param("x / (1 + expf(-1.702f * x))", "quick-GELU", id="quick"),
    ],
)
def test_a_wrong_program_gets_the_right_diagnosis(compiled, formula, why):
    """And the input that README names is wrong."""
    status, findings = check("--command", compiled("wrong", formula))
    assert status == 1
    assert why in findings[0]["why"]
    if formula == WRONG:
        [flushed] = [found for found in findings if found["kind"] == "flushed"]
        assert (flushed["at"], flushed["got"]) == (-8, 0)
    run = subprocess.run(  # noqa: S602  it is what the finding tells the user to run
        findings[0]["snippet"].replace("python3", sys.executable, 1),
        shell=True,
        check=True,
        capture_output=True,
    )
    assert np.frombuffer(bytes.fromhex(run.stdout.decode()), "<f4")[0] == findings[0]["got"]


def test_one_that_crashes_at_one_number_is_told_which(compiled):
    """By the signal that ended it."""
    status, findings = check(
        "--command", compiled("crash", f"x == 1.5f ? (float)*(volatile char *)0 : {RIGHT}")
    )
    assert status == 1
    assert [(f["kind"], f["at"], f["detail"]) for f in findings] == [
        ("crash", 1.5, "killed by SIGSEGV")
    ]
