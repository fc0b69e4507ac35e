"""The contract that the reference passes, held against frameworks."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def contract(name, *options):
    """Run it; return status and output."""
    options = [f"--implementation={name}", *options]
    done = subprocess.run(  # noqa: S603  Python itself
        [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "no:xdist", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_torch_relu_keeps_the_contract():
    """All of it that is not about lists and scalars, in every format."""
    status, output = contract("torch:torch.nn.functional.relu")
    assert status == 0, output


def test_torch_gelu_breaks_it_and_every_row_says_how():
    """At -inf, and in its left tail, in float32."""
    status, output = contract("torch:torch.nn.functional.gelu", "-k", "float32")
    assert status == 1
    assert "infinity gives the limit (1 of 1 do not)" in output
    assert "x = -inf = -inf = 0xff800000: got nan = " in output
    assert "expected -0.0 = 0x80000000, off by inf ulp" in output
    assert "results are within the tolerance" in output
