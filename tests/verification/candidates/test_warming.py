"""What is compiled at its first call has been called before it is judged, and nothing else has."""

import subprocess
import sys
from functools import partial
from importlib.util import find_spec

import jax
import numpy as np
import pytest

from verification.candidates.clock import Clock
from verification.candidates.frameworks import Candidate, functions
from verification.candidates.frameworks.warming import is_compiled
from verification.candidates.isolation import Worker

CANDIDATES = """
import time
from pathlib import Path
import jax

TRACED = []

def traced(x):
    TRACED.append((x.shape, x.dtype.name))
    return jax.numpy.tanh(x)

def slow_to_compile(x):
    if not TRACED:
        time.sleep(2.5)
    return traced(x)

def cannot_be_compiled(x):
    raise ValueError("no")

def leaves_a_file(x):
    Path("called").touch()
    return x
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with a module of candidates."""
    (tmp_path / "of_compilers.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "of_compilers", raising=False)
    return tmp_path


def test_the_time_for_compiling_is_not_that_of_a_call():
    """JAX takes longer for that than a call may."""
    candidate = Candidate("jax:of_compilers:slow_to_compile", only_value=True, dtype="float32")
    clock = Clock(20.0)
    assert clock.limit() < 2.5
    with Worker(candidate, clock) as worker:
        value = worker.implementation().functions["value"]
        assert value.call(np.zeros(1024, np.float32)).troubles == ()


def test_it_is_called_with_arrays_of_its_own_format():
    """Of 1 and 1024 elements, for each thing that it gives; but only where that is asked for."""
    candidate = Candidate("jax:of_compilers:traced", dtype="float16", second="autodiff")
    functions(candidate)
    traced = __import__("of_compilers").TRACED
    assert traced == []
    assert len(functions(candidate, warmed=True)) == 4
    assert set(traced) == {((1,), "float16"), ((1024,), "float16")}
    assert len(traced) == 6  # derivative and backward are one


def test_what_it_raises_then_is_not_the_end():
    """It will raise again when it is judged."""
    candidate = Candidate("jax:of_compilers:cannot_be_compiled", only_value=True)
    with Worker(candidate, Clock(60.0)) as worker:
        value = worker.implementation().functions["value"]
        [(kind, detail)] = value.call(np.zeros(2, np.float32)).troubles
    assert (kind, detail) == ("exception", "ValueError: no")


def test_a_function_that_is_not_compiled_is_not_called(folder):
    """Before it is judged."""
    with Worker(Candidate("numpy:of_compilers:leaves_a_file"), Clock(60.0)) as worker:
        value = worker.implementation().functions["value"]
        assert not (folder / "called").exists()
        value.call(np.zeros(2, np.float32))
        assert (folder / "called").exists()


@pytest.mark.parametrize(
    ("thing", "compiled"),
    [
        pytest.param(jax.jit(lambda x: x), True, id="jit"),
        pytest.param(partial(partial(jax.jit(lambda x, y: x + y), 1), 2), True, id="partial"),
        pytest.param(jax.jit(lambda x: x).lower, True, id="method"),
        pytest.param(jax.nn.silu, True, id="library"),
        pytest.param(jax.numpy.asarray, False, id="not compiled"),
        pytest.param(np.tanh, False, id="ufunc"),
        pytest.param(lambda x: x, False, id="plain"),
        pytest.param([].append, False, id="method of a list"),
    ],
)
def test_an_object_tells_whether_it_is_compiled(thing, compiled):
    """By its type, or that of what it is a method of."""
    assert is_compiled(thing) is compiled


FOUND = """
import sys
from verification.candidates.frameworks.warming import is_compiled

def plain(x):
    return x

{statement}
assert not is_compiled(plain)
assert not is_compiled({other})
assert is_compiled({compiled})
"""


@pytest.mark.parametrize(
    ("package", "statement", "compiled", "other"),
    [
        ("torch", "import torch", "torch.compile(plain)", "torch.nn.functional.gelu"),
        ("torch", "import torch", "torch.compile(torch.nn.Tanh())", "torch.nn.Tanh()"),
        ("torch", "import torch; m = torch.nn.Tanh(); m.compile()", "m", "torch.tanh"),
        ("torch", "import torch", "torch.jit.script(torch.nn.Tanh())", "torch.relu"),
        ("tensorflow", "import tensorflow as tf", "tf.function(plain)", "tf.tanh"),
        ("numba", "import numba", "numba.njit(plain)", "print"),
        ("numba", "import numba", "numba.vectorize(plain)", "print"),
        ("mlx", "import mlx.core as mx", "mx.compile(plain)", "mx.tanh"),
        ("tinygrad", "import tinygrad", "tinygrad.TinyJit(plain)", "tinygrad.Tensor.tanh"),
        ("paddle", "import paddle", "paddle.jit.to_static(plain)", "paddle.tanh"),
    ],
)
def test_each_compiler_is_known(package, statement, compiled, other):
    """Where it is installed, by what it gives."""
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    code = FOUND.format(statement=statement, compiled=compiled, other=other)
    done = subprocess.run(  # noqa: S603  Python itself
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
