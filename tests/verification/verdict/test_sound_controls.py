"""The oracle raises no false alarm: sound implementations, legal conventions among them."""

from dataclasses import dataclass, field
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from scipy.special import erfc, expit

from reference import ACTIVATIONS, gelu, gelu_tanh, leaky_relu, relu, sigmoid, silu, tanh
from reference.arithmetic.formats import FORMATS
from verification.examination.truth import FLUSH_TO_ZERO, Question, answer
from verification.numbers.inputs import from_ordinals, ordinals
from verification.numbers.ulp import errors
from verification.verdict.check import check

DTYPES = tuple(FORMATS)


@dataclass(frozen=True)
class Control:
    """A sound implementation, of a value alone or with its derivative and backward."""

    id: str
    activation: str
    dtype: str
    forward: Any = None
    derivative: Any = None
    backward: Any = None
    options: dict[str, Any] = field(default_factory=dict)


def quiet(function):
    """In float64 without warnings, then rounded to the dtype of x."""

    def wrapped(x, *more):
        with np.errstate(all="ignore"):
            wide = [np.asarray(a).astype(np.float64) for a in (x, *more)]
            return np.asarray(function(*wide)).astype(x.dtype)

    return wrapped


def off_by_ulps(function, count):
    """Shift the results by up to ``count`` numbers, up and down, within [-1, 1]."""

    def wrapped(x):
        format_ = FORMATS[x.dtype.name]
        right = np.asarray(function(x))
        wide = right.astype(np.float64)
        # By the digits of x, not by its place, nor by its sign, for symmetry.
        with np.errstate(all="ignore"):
            digits = np.nan_to_num(np.frexp(np.abs(x.astype(np.float64)))[0] * 1e6, posinf=0)
        shift = digits.astype(np.int64) % (2 * count + 1) - count
        moved = from_ordinals(ordinals(right, format_) + shift, format_).reshape(x.shape)
        with np.errstate(all="ignore"):
            legal = np.isfinite(wide) & (np.abs(wide) < 0.999)
            legal &= (np.abs(wide) > 8 * 2.0**format_.emin) & (np.abs(np.frexp(wide)[0]) > 0.5001)
            legal &= errors(moved, wide, format_) <= count
        return np.where(legal, moved, right).astype(x.dtype)

    return wrapped


def stable_sigmoid(x):
    """Use the exponential of a negative number only."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def stable_silu(x):
    """Use x σ(x), and at -inf the limit."""
    return np.maximum(x, np.finfo(x.dtype).min) * stable_sigmoid(x) if x.ndim else silu(x)


def stable_gelu(x):
    """x/2 erfc(-x/√2)."""
    return np.where(x == -np.inf, -0.0, 0.5 * x * erfc(-x * np.sqrt(0.5)))


def stable_gelu_slope(x):
    """Add the two terms, 0 at -inf."""
    x = np.clip(x, -1e3, 1e3)
    return 0.5 * erfc(-x * np.sqrt(0.5)) + x * np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


def stable_silu_slope(x):
    """Use s and 1 - s as σ(x) and σ(-x)."""
    x = np.clip(x, -1e3, 1e3)
    return expit(x) * (1 + x * expit(-x))


def flushed(function):
    """Subnormal inputs and results are zeros."""

    def wrapped(*arguments):
        with np.errstate(all="ignore"):
            result = np.asarray(function(*map(flush, arguments)))
            return flush(result)

    return wrapped


def flush(x):
    """Return a zero for each subnormal number."""
    small = np.abs(x.astype(np.float64)) < 2.0 ** FORMATS[x.dtype.name].emin
    return np.where(small, np.copysign(0, x), x).astype(x.dtype)


def frozen(function):
    """Return the result read-only."""

    def wrapped(x):
        result = np.array(function(x))
        result.flags.writeable = False
        return result

    return wrapped


def fortran(function):
    """Return the result in an order of its own."""
    return lambda x: np.asarray(function(x)).T.copy().T


def by_elements(function):
    """A Python loop."""

    def wrapped(x):
        if x.size > 65:
            return function(x)
        flat = [function(element) for element in x.reshape(-1)]
        return np.array(flat, x.dtype).reshape(x.shape)

    return wrapped


def through_float64(activation):
    """Value, derivative and backward by way of float64."""
    return quiet(activation), quiet(activation.derivative), quiet(activation.backward)


def select(x, upstream):
    """PyTorch's relu backward: upstream where x > 0, else 0, whatever upstream is."""
    return np.where(x > 0, upstream, np.zeros_like(upstream))


def twice_rounded(activation):
    """The rounded derivative times upstream, rounded again."""

    def backward(x, upstream):
        with np.errstate(all="ignore"):
            return np.asarray(activation.derivative(x) * upstream).astype(x.dtype)

    return backward


CONTROLS = [
    *(
        Control(
            "the reference", name, dtype, activation, activation.derivative, activation.backward
        )
        for name, activation in ACTIVATIONS.items()
        for dtype in DTYPES
    ),
    *(
        Control("through float64", name, "float32", *through_float64(activation))
        for name, activation in ACTIVATIONS.items()
    ),
    Control("through float64", "silu", "float16", *through_float64(silu)),
    Control("twice rounded", "gelu", "bfloat16", gelu, gelu.derivative, twice_rounded(gelu)),
    Control("twice rounded", "silu", "float32", silu, silu.derivative, twice_rounded(silu)),
    Control("twice rounded", "silu", "float64", silu, silu.derivative, twice_rounded(silu)),
    Control("twice rounded", "gelu", "float64", gelu, gelu.derivative, twice_rounded(gelu)),
    Control("within 3 ulp", "sigmoid", "float32", off_by_ulps(sigmoid, 3)),
    Control("within 3 ulp", "tanh", "float64", off_by_ulps(tanh, 3)),
    Control("within 3 ulp", "gelu", "float32", off_by_ulps(gelu, 3)),
    Control("NumPy's tanh", "tanh", "float32", np.tanh),
    Control("NumPy's tanh", "tanh", "float64", np.tanh),
    Control("SciPy's expit", "sigmoid", "float64", expit, options={"allow": "flush-to-zero"}),
    Control("SciPy's expit in float32", "sigmoid", "float32", quiet(expit)),
    Control(
        "σ(x) and σ(-x)",
        "sigmoid",
        "float64",
        stable_sigmoid,
        lambda x: expit(x) * expit(-x),
        options={"allow": "flush-to-zero"},
    ),
    Control("σ(x) in float32", "sigmoid", "float32", stable_sigmoid),
    Control("erfc", "gelu", "float32", quiet(stable_gelu), quiet(stable_gelu_slope)),
    Control("sum of terms", "silu", "float32", quiet(silu), quiet(stable_silu_slope)),
    Control("maximum", "relu", "float32", lambda x: np.maximum(x, np.float32(0))),
    Control(
        "PyTorch's relu",
        "relu",
        "float32",
        relu,
        quiet(lambda x: np.where(np.isnan(x), x, x > 0)),
        select,
    ),
    Control(
        "1 at the kink of relu",
        "relu",
        "float32",
        relu,
        quiet(lambda x: np.where(np.isnan(x), x, x >= 0)),
    ),
    Control(
        "1/2 at the kink of relu", "relu", "float16", relu, quiet(lambda x: np.heaviside(x, 0.5))
    ),
    Control(
        "PyTorch's leaky_relu",
        "leaky_relu",
        "float32",
        lambda x: np.where(x > 0, x, x * np.float32(0.01)),
        quiet(lambda x: np.where(np.isnan(x), x, np.where(x > 0, 1, 0.01))),
    ),
    Control(
        "JAX's leaky_relu",
        "leaky_relu",
        "float64",
        lambda x: np.where(x >= 0, x, x * 0.01),
        lambda x: np.where(np.isnan(x), x, np.where(x >= 0, 1, 0.01)),
    ),
    Control(
        "flush to zero",
        "gelu",
        "float32",
        flushed(gelu),
        flushed(gelu.derivative),
        options={"allow": ("flush-to-zero",)},
    ),
    *(
        Control(
            "flush to zero, upstream too",
            activation.name,
            dtype,
            backward=flushed(activation.backward),
            options={"allow": ("flush-to-zero",)},
        )
        for activation in (relu, gelu)
        for dtype in ("float32", "float64", "bfloat16")
    ),
    Control(
        "flush to zero",
        "relu",
        "float32",
        flushed(relu),
        flushed(relu.derivative),
        options={"allow": ("flush-to-zero",)},
    ),
    Control(
        "flush to zero", "silu", "float16", flushed(silu), options={"allow": ("flush-to-zero",)}
    ),
    Control(
        "flush to zero",
        "sigmoid",
        "bfloat16",
        flushed(sigmoid),
        flushed(sigmoid.derivative),
        options={"allow": ("flush-to-zero",)},
    ),
    Control("read-only result", "silu", "float32", frozen(silu)),
    Control("result in Fortran order", "gelu_tanh", "float32", fortran(gelu_tanh)),
    Control("element by element", "tanh", "float64", by_elements(tanh)),
    Control(
        "copies first", "gelu", "float32", lambda x: gelu(np.ascontiguousarray(x).reshape(x.shape))
    ),
    Control("wide tolerance", "gelu", "float16", quiet(stable_gelu), options={"tolerance": 2}),
    Control(
        "bfloat16 by way of float32",
        "silu",
        "bfloat16",
        lambda x: silu(x.astype(np.float32)).astype(ml_dtypes.bfloat16),
    ),
    Control(
        "strict reference",
        "gelu",
        "float32",
        gelu,
        gelu.derivative,
        gelu.backward,
        options={"strict": True},
    ),
    Control(
        "strict reference",
        "leaky_relu",
        "float64",
        leaky_relu,
        leaky_relu.derivative,
        options={"strict": True},
    ),
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: f"{c.activation}-{c.dtype}-{c.id}")
def test_a_sound_implementation_passes(control):
    """Without a single finding."""
    verdict = check(
        control.forward,
        control.activation,
        derivative=control.derivative,
        backward=control.backward,
        dtype=control.dtype,
        **control.options,
    )
    assert verdict.symptoms == (), str(verdict)


@pytest.mark.parametrize(
    ("activation", "slope", "text"),
    [
        pytest.param(relu, relu.derivative, "PyTorch's, JAX's and TensorFlow's choice", id="relu"),
        pytest.param(
            relu, lambda x: np.heaviside(x, np.float32(0.5)), "jax.numpy.maximum", id="1/2"
        ),
        pytest.param(
            leaky_relu, leaky_relu.derivative, "PyTorch's and TensorFlow's choice", id="PyTorch"
        ),
        pytest.param(
            leaky_relu,
            lambda x: np.where(x == 0, np.float32(1), leaky_relu.derivative(x)),
            "JAX's choice",
            id="JAX",
        ),
    ],
)
def test_the_choice_at_a_kink_is_told(activation, slope, text):
    """By whose it is."""
    verdict = check(activation, activation.name, derivative=slope)
    assert verdict
    assert any(text in convention.text for convention in verdict.conventions)


def test_a_flushed_upstream_may_hide_a_normal_product():
    """Where the derivative is more than 1."""
    x, upstream = np.float32([1.4]), np.float32([0.95 * 2.0**-126])
    assert gelu.backward(x, upstream) > 2.0**-126
    question = Question(gelu, "backward", FORMATS["float32"], 4.0, frozenset({FLUSH_TO_ZERO}))
    assert not answer(question, x, np.zeros_like(x), upstream).wrong.any()


def test_there_are_enough_controls():
    """At least 20, besides the reference itself."""
    assert len([control for control in CONTROLS if control.id != "the reference"]) >= 20
