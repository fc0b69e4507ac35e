"""Gated functions of the frameworks themselves, and second derivatives by their autodiff."""

import numpy as np
import pytest

from reference import relu, silu
from reference.arithmetic.formats import FORMATS
from verification.candidates.frameworks import Candidate, implementation, subjects
from verification.candidates.frameworks.warming import is_compiled
from verification.numbers.ulp import errors

CANDIDATES = """
import jax, tensorflow, torch

class SwiGLU(torch.nn.Module):
    def forward(self, both):
        gate, rest = both.chunk(2, dim=-1)
        return torch.nn.functional.silu(gate) * rest

class Step(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y

    @staticmethod
    def backward(ctx, dy):
        return dy, None

def torch_gate(x, y):
    return torch.nn.functional.silu(x) * y

def jax_gate(x, y):
    return jax.nn.silu(x) * y

def tensorflow_gate(x, y):
    return tensorflow.nn.silu(x) * y

def torch_packed(both):
    return torch_gate(both[..., ::2], both[..., 1::2])

def jax_packed(both):
    return jax_gate(both[..., ::2], both[..., 1::2])

def tensorflow_packed(both):
    return tensorflow_gate(both[..., ::2], both[..., 1::2])

def gradients(dy, x, y):
    sigma = torch.sigmoid(x)
    return dy * y * sigma * (1 + x * (1 - sigma)), dy * x * sigma

def left(dy, x, y):
    found = gradients(dy, x, y)
    x.copy_(found[0])
    y.copy_(found[1])

def kept(x, y):
    x.copy_(torch_gate(x, y))

compiled = torch.compile(torch_gate, backend="eager")
compiled_module = torch.compile(SwiGLU(), backend="eager")
"""
X = np.array([[-2.0, 0.5, 1.25], [3.0, -0.75, 0.25]])
Y, DY = X[::-1] + 0.5, X * X + 1
ARRAYS = {"{x}": X, "{y}": Y, "{upstream}": DY}


@pytest.fixture(autouse=True)
def gates(tmp_path, monkeypatch):
    """A module of candidates in the current folder."""
    (tmp_path / "gates.py").write_text(CANDIDATES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return __import__("gates")


def true():
    """What a gate has to give, by what it is."""
    return {
        "value": silu(X) * Y,
        "backward_x": silu.derivative(X) * Y * DY,
        "backward_y": silu(X) * DY,
    }


def require_gate(candidate, dtype, shown):
    """Every function is near to the truth, and every line gives what its function does."""
    format_ = FORMATS[dtype]
    found = implementation(candidate)
    assert tuple(found.functions) == subjects(candidate) == tuple(true())
    arrays = [array.astype(format_.dtype) for array in ARRAYS.values()]
    lines = dict(zip(true(), (found.call, found.backward_call, found.backward_y_call), strict=True))
    for subject, expected in true().items():
        got = found.functions[subject](*(a.copy() for a in arrays[: 2 + (subject != "value")]))
        assert (got.dtype, got.shape) == (format_.dtype, X.shape)
        assert np.abs(got.astype(float) - expected).max() < 2.0 ** (7 - format_.precision)
        line = lines[subject].replace("{dtype}", dtype)
        for place, array in zip(ARRAYS, arrays, strict=True):
            line = line.replace(place, str(array[0, 0]))
        before = found.before_float64 if dtype == "float64" else ""
        assert shown(before + line) == pytest.approx(float(got[0, 0]), rel=1e-2), line


@pytest.fixture
def shown(run, gates):
    """Run a line after an import of the framework and of the module here."""
    return lambda line: run(line, gates=gates)


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_gate_has_its_frameworks_gradients(framework, dtype, shown):
    """In both inputs, in every format."""
    require_gate(Candidate(f"{framework}:gates:{framework}_gate", inputs=2), dtype, shown)


def test_a_packed_gate_has_them_too(framework, shown):
    """Of one array."""
    name = f"{framework}:gates:{framework}_packed"
    require_gate(Candidate(name, inputs=2, packed="interleaved"), "float32", shown)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("SwiGLU", {"packed": "gate-first"}, id="module"),
        pytest.param("torch_gate", {"backward": "gradients"}, id="named"),
        pytest.param("kept", {"backward": "left", "in_place": True}, id="in place"),
        pytest.param("compiled", {}, id="compiled"),
        pytest.param("compiled_module", {"packed": "gate-first"}, id="compiled module"),
    ],
)
def test_what_is_pytorchs_own_is_taken(name, options, shown):
    """Modules, backward functions as kernels have them, and what is compiled."""
    backward = options.pop("backward", None)
    takes = None
    if backward is not None:
        backward, takes = f"torch:gates:{backward}", ("dy", "x", "y")
    candidate = Candidate(
        f"torch:gates:{name}", inputs=2, backward=backward, takes=takes, **options
    )
    require_gate(candidate, "float32", shown)


def test_what_is_compiled_is_known(gates):
    """By what its compiler has written on it."""
    assert is_compiled(gates.compiled)
    assert is_compiled(gates.compiled_module)
    assert not is_compiled(gates.torch_gate)


def test_a_gradient_that_is_none_is_zero():
    """Of an autograd function that has none in y."""
    found = implementation(Candidate("torch:gates:Step.apply", inputs=2))
    assert np.array_equal(found.backward(X, Y, DY), DY)
    assert not found.backward_y(X, Y, DY).any()


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_second_derivative_is_the_frameworks_own(framework, named, dtype, run):
    """Near to the truth, with a line that gives the same."""
    format_ = FORMATS[dtype]
    found = implementation(Candidate(f"{named('silu').name}", second="autodiff"))
    assert tuple(found.functions) == ("value", "derivative", "second", "backward")
    x = X.astype(format_.dtype)
    got = found.second(x)
    assert (got.dtype, got.shape) == (format_.dtype, x.shape)
    assert errors(got, silu.derivative(x.astype(float), order=2), format_).max() < 64
    line = found.second_call.replace("{x}", str(x[0, 0])).replace("{dtype}", dtype)
    line = (found.before_float64 if dtype == "float64" else "") + line
    assert run(line) == float(got[0, 0]), (framework, line)


def test_the_second_derivative_of_what_has_a_constant_slope_is_zero(named):
    """Relu's, and that of what does not depend on x at all."""
    flat = implementation(Candidate(named("relu").name, second="autodiff"))
    assert np.array_equal(flat.second(X), relu.derivative(X, order=2))
    for shape in ((), (0,), (2, 1)):
        assert flat.second(np.zeros(shape)).shape == shape


def test_a_slope_without_a_graph_has_the_derivative_zero(framework, tmp_path, run):
    """Of x alone, which no framework differentiates twice."""
    (tmp_path / "straight.py").write_text("def line(x):\n    return 2 * x\n")
    found = implementation(Candidate(f"{framework}:straight:line", second="autodiff"))
    assert np.array_equal(found.derivative(X), np.full_like(X, 2))
    assert np.array_equal(found.second(X), np.zeros_like(X))
    line = found.second_call.replace("{x}", "1").replace("{dtype}", "float32")
    assert run(line, straight=__import__("straight")) == 0
