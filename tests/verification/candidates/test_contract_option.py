"""``pytest tests/contract --implementation``: the contract held against somebody else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CANDIDATES = """
import numpy as np
from reference import gelu, leaky_relu

def steep(x):
    return leaky_relu(x, negative_slope=0.2)

def off_at_three(x):
    return np.where(np.asarray(x, np.float64) == 3, x, gelu(x)).astype(x.dtype)
"""


@pytest.fixture
def contract(tmp_path):
    """Run the contract's values and shapes against implementations; return status and output."""
    (tmp_path / "candidates.py").write_text(CANDIDATES)

    def run(*names):
        options = [f"--implementation={name}" for name in names]
        files = [ROOT / "tests/contract" / f"test_{name}.py" for name in ("values", "shape")]
        code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; import pytest; "
        code += "sys.exit(pytest.main(sys.argv[1:]))"
        quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        done = subprocess.run(  # noqa: S603  Python itself
            [sys.executable, "-c", code, *map(str, files), *quiet, *options],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_reference_is_one_implementation_among_others(contract):
    """By its name, as anybody's; with a second one beside it, of another activation."""
    status, output = contract("numpy:reference.gelu", "tanh=numpy:reference.tanh")
    assert status == 0, output
    assert "deselected" in output


def test_a_failing_row_explains_itself(contract):
    """By its law, the input as decimal, hex and bits, what came, what was expected, and ulp."""
    status, output = contract("gelu=numpy:candidates:off_at_three")
    assert status == 1
    assert "results are within the tolerance" in output
    assert "x = 3.0 = 0x1.8000000000000p+1 = 0x40400000: got 3.0 = 0x40400000, expected " in output
    assert "expected 2.9959502 = 0x403fbda6, off by 1.699e+04 ulp" in output


@pytest.mark.parametrize(("slope", "expected"), [("0.2", 0), ("0.25", 1)])
def test_parameters_stand_in_brackets(contract, slope, expected):
    """Truth and facts are of these."""
    name = f"leaky_relu[negative_slope={slope}]=numpy:candidates:steep"
    status, output = contract(name)
    assert status == expected, output


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("numpy:numpy.arctan", "expected ACTIVATION=FUNCTION", id="activation"),
        pytest.param("gelu=numpy:reference.glue", "has no function 'glue'", id="function"),
        pytest.param("gelu[a=1]=numpy:reference.gelu", "no parameter 'a'", id="parameter"),
        pytest.param("gelu=caffe:gelu", "numpy, torch, jax, tensorflow", id="framework"),
    ],
)
def test_a_name_that_is_none_is_refused_in_a_sentence(contract, name, said):
    """Before anything is collected."""
    status, output = contract(name)
    assert status == pytest.ExitCode.USAGE_ERROR
    assert said in output
    assert "Traceback" not in output
