"""The oracle tested: a bank of planted bugs, each with the finding that must come out."""

import itertools
import sys
import warnings
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from scipy.special import erf, erfc

from figures.measuring.demonstrated import DEMONSTRATED
from reference import gelu, gelu_tanh, leaky_relu, relu, sigmoid, silu, tanh
from verification.verdict.check import check

ROOT = sqrt(2 / pi)
SINGLE = {name: float(np.float32(c)) for name, c in {"root": ROOT, "kappa": 0.044715}.items()}
HALF_ROOT = float(np.float32(sqrt(0.5)))


@dataclass(frozen=True)
class Bug:
    """One planted bug: of which subject, and what has to be said about it."""

    id: str
    activation: str
    dtype: str
    function: Any
    kind: str
    why: str | None = None
    subject: str = "value"


def cast(function):
    """Return results in the dtype of the input, whatever happens inside."""

    def wrapped(x, *more):
        with np.errstate(all="ignore"):
            return np.asarray(function(x, *more)).astype(x.dtype)

    return wrapped


def where(condition, wrong, right):
    """Right, but where a condition on x holds."""

    def wrapped(x):
        with np.errstate(all="ignore"):
            wide = x.astype(np.float64)
            return np.where(condition(wide), np.asarray(wrong(wide)), right(wide))

    return cast(wrapped)


def wide(function):
    """In float64, then rounded."""
    return cast(lambda x: function(x.astype(np.float64)))


def through(dtype, function, *, inputs=True):
    """Round what goes in, and what comes out, to another format."""
    return cast(lambda x: np.asarray(function(x.astype(dtype) if inputs else x)).astype(dtype))


def logistic(x):
    """Return the textbook's form."""
    return 1 / (1 + np.exp(-x))


def tanh_form_step_by_step(x):
    """The tanh form with its constants in the format of x, and so each step."""
    root, kappa = x.dtype.type(sqrt(2 / pi)), x.dtype.type(0.044715)
    return x / 2 * (1 + np.tanh(root * (x + kappa * x * x * x)))


def tanh_form(x, root=ROOT, kappa=0.044715):
    """Return GELU by tanh, step by step."""
    return 0.5 * x * (1 + np.tanh(root * (x + kappa * x**3)))


def stable_tanh_form(x, root=ROOT, kappa=0.044715):
    """Return the same without cancellation."""
    return x * sigmoid(2 * root * (x + kappa * x**3))


def tanh_form_slope(x, root=ROOT, kappa=0.044715):
    """Return its derivative, step by step as PyTorch does."""
    t = np.tanh(root * (x + kappa * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (root * (1 + 3 * kappa * x * x))


def doubled_first(x):
    """Return GELU as PyTorch does: x times 1 + erf, then the half of it."""
    return x * (1 + erf(x * sqrt(0.5)).astype(x.dtype)) * x.dtype.type(0.5)


def flush(x):
    """Return 0 for a subnormal number, as processors do that are told to."""
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(x) < ml_dtypes.finfo(x.dtype).smallest_normal, x.dtype.type(0), x)


def flushing(function):
    """Flush what goes into a function and what comes out."""
    return lambda *arguments: flush(np.asarray(function(*map(flush, arguments))))


def silu_slope_of_flushed(x, upstream=None):
    """Return the derivative of SiLU, times upstream, with a logistic that is flushed."""
    with np.errstate(all="ignore"):
        gate = flush(np.asarray(sigmoid(x)))
        slope = gate if upstream is None else flush(gate * flush(upstream))
        right = np.asarray(silu.derivative(x) if upstream is None else silu.backward(x, upstream))
        return flush(np.where(slope == 0, slope, right))


def steps(x):
    """Look the value up in a table with steps of 1/256."""
    return silu(np.round(np.clip(x, -1e6, 1e6) * 256) / 256)


def saturated(x, upstream):
    """Return the largest number for every product beyond."""
    products = np.asarray(gelu.backward(x, upstream))
    largest = np.finfo(x.dtype).max
    return np.where(np.isfinite(upstream), np.clip(products, -largest, largest), products)


def swapped(x):
    """Take the bytes of every number from the other end."""
    return tanh(x.byteswap()).byteswap()


def tanh_slope_in_bfloat16(x, upstream):
    """Return the product step by step in bfloat16."""
    t = np.asarray(tanh(x.astype(ml_dtypes.bfloat16)))
    return (t.dtype.type(1) - t * t) * upstream.astype(t.dtype)


V, D, B = "value", "derivative", "backward"
F16, BF16, F32, F64 = "float16", "bfloat16", "float32", "float64"
INACCURATE, FLUSHED, NAN = "inaccurate", "flushed", "nan"

ANOTHER_FUNCTION = [
    Bug(
        "tanh form", "gelu", F32, gelu_tanh, INACCURATE, "this is the tanh form, not the exact one"
    ),
    Bug("tanh form in double", "gelu", F64, gelu_tanh, INACCURATE, "tanh form"),
    Bug("tanh form in half", "gelu", F16, gelu_tanh, INACCURATE, "tanh form"),
    Bug("tanh form in bfloat16", "gelu", BF16, gelu_tanh, INACCURATE, "tanh form"),
    Bug("exact form", "gelu_tanh", F32, gelu, INACCURATE, "this is the exact form"),
    Bug("quick", "gelu", F32, wide(lambda x: x * sigmoid(1.702 * x)), INACCURATE, "quick-GELU"),
    Bug("quick in half", "gelu", F16, wide(lambda x: x * sigmoid(1.702 * x)), INACCURATE, "1.702"),
    Bug(
        "quick for tanh form",
        "gelu_tanh",
        F64,
        lambda x: x * sigmoid(1.702 * x),
        INACCURATE,
        "1.702",
    ),
    Bug("silu for gelu", "gelu", F32, silu, INACCURATE, "SiLU/Swish, not GELU"),
    Bug("gelu for silu", "silu", F64, gelu, INACCURATE, "GELU, not SiLU"),
    Bug(
        "hard swish",
        "silu",
        F32,
        wide(lambda x: x * np.clip(x + 3, 0, 6) / 6),
        INACCURATE,
        "hard-swish",
    ),
    Bug(
        "hard sigmoid",
        "sigmoid",
        F32,
        wide(lambda x: np.clip(x / 6 + 0.5, 0, 1)),
        INACCURATE,
        "1/6",
    ),
    Bug(
        "Keras's hard sigmoid",
        "sigmoid",
        F32,
        wide(lambda x: np.clip(x / 5 + 0.5, 0, 1)),
        INACCURATE,
        "0.2",
    ),
    Bug("sigmoid for tanh", "tanh", F32, sigmoid, INACCURATE, "Sigmoid, not Tanh"),
    Bug("hard tanh", "tanh", F32, lambda x: np.clip(x, -1, 1), INACCURATE, "hard-tanh"),
    Bug("softsign", "tanh", F32, cast(lambda x: x / (1 + np.abs(x))), INACCURATE, "softsign"),
    Bug(
        "rational",
        "tanh",
        F64,
        cast(lambda x: x * (27 + x * x) / (27 + 9 * x * x)),
        INACCURATE,
        "27",
    ),
    Bug("relu6", "relu", F32, lambda x: np.clip(x, 0, 6), INACCURATE, "ReLU6"),
    Bug("magnitude", "relu", F32, np.abs, INACCURATE, "|x|"),
    Bug("leaky for relu", "relu", F32, leaky_relu, INACCURATE, "LeakyReLU"),
    Bug("relu for leaky", "leaky_relu", F32, relu, FLUSHED, "ReLU, not LeakyReLU"),
    Bug(
        "TensorFlow's slope",
        "leaky_relu",
        F32,
        lambda x: leaky_relu(x, negative_slope=0.2),
        INACCURATE,
        "0.2",
    ),
    Bug(
        "Keras's slope",
        "leaky_relu",
        F64,
        lambda x: leaky_relu(x, negative_slope=0.3),
        INACCURATE,
        "0.3",
    ),
    Bug(
        "slope of the wrong sign",
        "leaky_relu",
        F32,
        lambda x: leaky_relu(x, negative_slope=-0.01),
        "wrong sign",
        "sign",
    ),
    Bug("no root of 2", "gelu", F32, wide(lambda x: x / 2 * erfc(-x)), INACCURATE, "√2"),
    Bug(
        "no factor x", "gelu", F32, wide(lambda x: erfc(-x * sqrt(0.5)) / 2), INACCURATE, "factor x"
    ),
    Bug("minus", "tanh", F32, lambda x: -tanh(x), "wrong sign", "minus the right result"),
    Bug("minus x", "sigmoid", F32, lambda x: sigmoid(-x), INACCURATE, "for -x"),
    Bug("magnitude of x", "tanh", F32, lambda x: tanh(np.abs(x)), "wrong sign", "|x|"),
    Bug("twice", "sigmoid", F32, wide(lambda x: 2 * sigmoid(x)), INACCURATE, "factor of 2"),
    Bug("raised", "sigmoid", F64, lambda x: sigmoid(x) + 1e-3, INACCURATE, "constant of 0.001"),
    Bug("twice x", "sigmoid", F32, lambda x: sigmoid(2 * x), FLUSHED, "the result for 2 x"),
    Bug("π x", "tanh", F32, wide(lambda x: tanh(pi * x)), INACCURATE, "the result for 3.14159 x"),
    Bug("β = 1.1", "silu", F32, wide(lambda x: x * sigmoid(1.1 * x)), INACCURATE, "gate of 1.1 x"),
    Bug("identity", "silu", F32, lambda x: x.copy(), INACCURATE, "x itself is returned"),
    Bug(
        "identity near 0",
        "tanh",
        F32,
        where(lambda x: np.abs(x) < 0.01, lambda x: x, tanh),
        INACCURATE,
        "x itself is returned",
    ),
    Bug("byte order", "tanh", F32, cast(swapped), INACCURATE, "in the wrong order"),
]
CANCELLATION = [
    Bug(
        "1 + erf",
        "gelu",
        F32,
        cast(lambda x: 0.5 * x * (1 + erf(x * sqrt(0.5)))),
        INACCURATE,
        "1 + erf cancels left of -3",
    ),
    Bug(
        "1 + erf in double",
        "gelu",
        F64,
        cast(lambda x: 0.5 * x * (1 + erf(x * sqrt(0.5)))),
        FLUSHED,
        "1 + erf cancels",
    ),
    Bug(
        "rounded before erfc",
        "gelu",
        F32,
        cast(lambda x: 0.5 * x * erfc(-x * np.sqrt(x.dtype.type(0.5)))),
        INACCURATE,
        "rounded before erfc",
    ),
    Bug(
        "rounded before exp",
        "gelu",
        F32,
        cast(lambda x: 0.5 * erfc(-x * sqrt(0.5)) + x * np.exp(-0.5 * x**2) * (1 / sqrt(2 * pi))),
        INACCURATE,
        "rounded before erfc or exp",
        D,
    ),
    Bug("1 + tanh", "gelu_tanh", F32, cast(tanh_form), FLUSHED, "1 + tanh cancels"),
    Bug("1 + tanh in bfloat16", "gelu_tanh", BF16, cast(tanh_form), INACCURATE, "1 + tanh cancels"),
    Bug(
        "1 + tanh, each step in bfloat16",
        "gelu_tanh",
        BF16,
        tanh_form_step_by_step,
        FLUSHED,
        "1 + tanh cancels",
    ),
    Bug(
        "1 + tanh in float32 for float16",
        "gelu_tanh",
        F16,
        lambda x: tanh_form(x.astype(np.float32)).astype(np.float16),
        INACCURATE,
        "1 + tanh cancels",
    ),
    Bug(
        "half angle",
        "sigmoid",
        F32,
        cast(lambda x: 0.5 * (1 + np.tanh(0.5 * x))),
        FLUSHED,
        "1 + tanh cancels",
    ),
    Bug(
        "2σ - 1",
        "tanh",
        F32,
        cast(lambda x: 2 * logistic(2 * x) - 1),
        INACCURATE,
        "2σ(2x) - 1 cancels",
    ),
    Bug(
        "1 - 2/(e + 1)",
        "tanh",
        F64,
        cast(lambda x: 1 - 2 / (np.exp(2 * x) + 1)),
        FLUSHED,
        "cancels near 0",
    ),
    Bug(
        "s(1 - s)",
        "sigmoid",
        F32,
        wide(
            lambda x: (
                np.float32(sigmoid(x.astype(np.float32))) * (1 - sigmoid(x.astype(np.float32)))
            )
        ),
        FLUSHED,
        "s(1 - s) flushes to 0 above 16.6",
        D,
    ),
    Bug(
        "s(1 - s) in double",
        "sigmoid",
        F64,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        FLUSHED,
        "s(1 - s) flushes to 0 above 36.7",
        D,
    ),
    Bug(
        "s(1 - s) in half",
        "sigmoid",
        F16,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        FLUSHED,
        "s(1 - s)",
        D,
    ),
    Bug(
        "1 - t²", "tanh", F32, cast(lambda x: 1 - np.tanh(x) ** 2), FLUSHED, "1 - tanh² cancels", D
    ),
    Bug(
        "1 - t² in bfloat16",
        "tanh",
        BF16,
        cast(lambda x: 1 - np.tanh(x) ** 2),
        FLUSHED,
        "1 - tanh²",
        D,
    ),
    Bug(
        "1 + erf in gelu'",
        "gelu",
        F32,
        cast(
            lambda x: 0.5 * (1 + erf(x * sqrt(0.5))) + x * np.exp(-x * x / 2) * (1 / sqrt(2 * pi))
        ),
        INACCURATE,
        "1 + erf cancels",
        D,
    ),
    Bug(
        "s(1 - s) in float32 for bfloat16",
        "sigmoid",
        BF16,
        cast(lambda x: logistic(x.astype(np.float32)) * (1 - logistic(x.astype(np.float32)))),
        FLUSHED,
        "s(1 - s) flushes to 0 above 16.6",
        D,
    ),
    Bug(
        "1 - t² in float32 for half",
        "tanh",
        F16,
        cast(lambda x: 1 - np.tanh(x.astype(np.float32)) ** 2),
        INACCURATE,
        "1 - tanh² cancels",
        D,
    ),
]
OVERFLOW = [
    Bug(
        "x exp",
        "silu",
        F32,
        cast(lambda x: x * np.exp(x) / (1 + np.exp(x))),
        NAN,
        "x·exp overflows: NaN",
    ),
    Bug(
        "x exp in half",
        "silu",
        F16,
        cast(lambda x: x * np.exp(x) / (1 + np.exp(x))),
        NAN,
        "x·exp overflows",
    ),
    Bug("exp(-x)", "sigmoid", F32, cast(logistic), FLUSHED, "exp(-x) overflows left of -88.7"),
    Bug(
        "exp(-x) in double",
        "sigmoid",
        F64,
        cast(logistic),
        FLUSHED,
        "exp(-x) overflows left of -71",
    ),
    Bug(
        "exp(-x) in silu",
        "silu",
        F32,
        cast(lambda x: x / (1 + np.exp(-x))),
        FLUSHED,
        "exp(-x) overflows",
    ),
    Bug("exp over exp", "sigmoid", F32, cast(lambda x: np.exp(x) / (1 + np.exp(x))), NAN, "NaN"),
    Bug(
        "sinh over cosh",
        "tanh",
        F64,
        cast(lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))),
        NAN,
        "exp overflows",
    ),
    Bug(
        "exp squared",
        "sigmoid",
        F32,
        cast(lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
        NAN,
        "overflows: NaN",
        D,
    ),
    Bug(
        "x + |x|", "relu", F16, cast(lambda x: (x + np.abs(x)) / 2), "overflow", "x + |x| overflows"
    ),
    Bug("mask", "relu", F32, cast(lambda x: x * (x > 0)), "infinity", "NaN at an infinity"),
    Bug(
        "NaN at -inf",
        "silu",
        F64,
        where(lambda x: x == -np.inf, lambda x: x * np.nan, silu),
        "infinity",
        "NaN at an infinity",
    ),
    Bug(
        "2x", "gelu", F32, cast(doubled_first), "overflow", "2x, an intermediate result, overflows"
    ),
    Bug("2x and 1 + erf", "gelu", F32, cast(doubled_first), FLUSHED, "1 + erf cancels"),
    Bug(
        "0·∞ from x²",
        "gelu_tanh",
        F32,
        cast(tanh_form_slope),
        NAN,
        "x² overflows beyond",
        D,
    ),
    Bug(
        "1 + tanh beside 0·∞",
        "gelu_tanh",
        F32,
        cast(tanh_form_slope),
        FLUSHED,
        "1 + tanh and 1 - tanh² cancel",
        D,
    ),
    Bug(
        "0·∞ from x³",
        "gelu_tanh",
        F32,
        cast(lambda x: gelu_tanh(x) + 0 * x**3),
        NAN,
        "x³ overflows beyond",
    ),
    Bug("0 at +inf", "gelu", F32, where(lambda x: x == np.inf, np.zeros_like, gelu), "infinity"),
    Bug(
        "NaN beyond 1e4",
        "gelu_tanh",
        F64,
        where(lambda x: np.abs(x) > 1e4, lambda x: x * np.nan, gelu_tanh),
        NAN,
        "overflows",
    ),
    Bug(
        "NaN as 0",
        "relu",
        F32,
        lambda x: np.fmax(x, np.zeros_like(x)),
        "nan lost",
        "NaN is taken for a number",
    ),
    Bug(
        "NaN as 1",
        "sigmoid",
        F64,
        lambda x: np.nan_to_num(sigmoid(x), nan=1.0),
        "nan lost",
        "NaN is taken",
    ),
    Bug(
        "largest overflows",
        "silu",
        F32,
        where(lambda x: x > 1e38, lambda x: x * np.inf, silu),
        "overflow",
    ),
    Bug(
        "x times 0", "silu", F32, cast(lambda x: x * sigmoid(x)), FLUSHED, "σ(x) underflows before"
    ),
]
CONSTANTS = [
    Bug(
        "float32 √½",
        "gelu",
        F64,
        cast(lambda x: x / 2 * erfc(-x * HALF_ROOT)),
        INACCURATE,
        "float32 constants in a float64 kernel",
    ),
    Bug(
        "float32 √½, differentiated",
        "gelu",
        F64,
        cast(
            lambda x: (
                erfc(-x * HALF_ROOT) / 2
                + x * HALF_ROOT / sqrt(pi) * np.exp(-x * HALF_ROOT * (x * HALF_ROOT))
            )
        ),
        INACCURATE,
        "float32 constants",
        D,
    ),
    Bug(
        "float32 constants",
        "gelu_tanh",
        F64,
        lambda x: stable_tanh_form(x, SINGLE["root"], SINGLE["kappa"]),
        INACCURATE,
        "float32 constants",
    ),
    Bug(
        "float32 slope",
        "leaky_relu",
        F64,
        lambda x: leaky_relu(x, negative_slope=float(np.float32(0.01))),
        INACCURATE,
        "float32 constants",
    ),
    Bug(
        "float32 slope in leaky'",
        "leaky_relu",
        F64,
        lambda x: np.where(x > 0, 1, float(np.float32(0.01))),
        INACCURATE,
        "float32 constants",
        D,
    ),
    Bug(
        "κ = 0.0447",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, kappa=0.0447)),
        INACCURATE,
        "short of digits",
    ),
    Bug(
        "κ = 0.44715",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, kappa=0.44715)),
        INACCURATE,
        "0.44715",
    ),
    Bug(
        "no cubic term",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, kappa=0.0)),
        INACCURATE,
        "cubic",
    ),
    Bug(
        "√(2/π) = 0.7979",
        "gelu_tanh",
        F32,
        wide(lambda x: stable_tanh_form(x, root=0.7979)),
        INACCURATE,
        "short of digits",
    ),
    Bug(
        "√(2/π) = 0.7978846 in double",
        "gelu_tanh",
        F64,
        lambda x: stable_tanh_form(x, root=0.7978846),
        INACCURATE,
        "short of digits",
    ),
    Bug(
        "√2 = 1.414213562",
        "gelu",
        F64,
        cast(lambda x: x / 2 * erfc(-x / 1.414213562)),
        INACCURATE,
        "the gate of (1 +2.64e-10) x",
    ),
]


def one_cell(step, number):
    """Return SiLU by a table of which one entry is off by 0.1 %."""
    return where(lambda x: np.floor(x / step) == number, lambda x: silu(x) * 1.001, silu)


PRECISION = [
    *(
        Bug(
            f"entry {number} at 1/{1 / step:g} in {dtype}",
            "silu",
            dtype,
            one_cell(step, number),
            INACCURATE,
        )
        for step, number in [(1 / 64, 137), (1 / 256, -700), (1 / 1024, 700), (1 / 1024, -16383)]
        for dtype in (F32, F64)
    ),
    Bug("through half", "silu", F32, through(np.float16, silu), INACCURATE, "computed in float16"),
    Bug(
        "through bfloat16",
        "gelu",
        F32,
        through(ml_dtypes.bfloat16, gelu),
        INACCURATE,
        "computed in bfloat16",
    ),
    Bug(
        "half result",
        "sigmoid",
        F32,
        through(np.float16, sigmoid, inputs=False),
        INACCURATE,
        "computed in float16",
    ),
    Bug(
        "single for double",
        "tanh",
        F64,
        through(np.float32, tanh),
        INACCURATE,
        "computed in float32",
    ),
    Bug(
        "single for double, by NumPy",
        "tanh",
        F64,
        cast(lambda x: np.tanh(x.astype(np.float32))),
        INACCURATE,
        "computed in float32",
    ),
    Bug(
        "half for bfloat16", "silu", BF16, through(np.float16, silu), FLUSHED, "computed in float16"
    ),
    Bug(
        "single derivative",
        "silu",
        F64,
        through(np.float32, silu.derivative),
        INACCURATE,
        "computed in float32",
        D,
    ),
    Bug("table", "silu", F32, wide(steps), INACCURATE),
    Bug(
        "step by step in bfloat16",
        "silu",
        BF16,
        cast(lambda x: x * logistic(x) * (1 + x * 0)),
        INACCURATE,
        "every step is rounded",
    ),
    Bug(
        "step by step in half", "sigmoid", F16, cast(logistic), INACCURATE, "every step is rounded"
    ),
    Bug(
        "overflow beside steps", "silu", F16, cast(lambda x: x * logistic(x)), FLUSHED, "overflows"
    ),
    Bug(
        "1 - s beside x",
        "silu",
        F32,
        cast(lambda x: logistic(x) * (1 + x * (1 - logistic(x)))),
        INACCURATE,
        "x times its error",
        D,
    ),
    Bug(
        "sixth digit",
        "gelu",
        F32,
        wide(lambda x: gelu(x) * 1.000002),
        INACCURATE,
        "constant factor",
    ),
    Bug(
        "seam at 4",
        "gelu",
        F32,
        where(lambda x: np.abs(x - 4) < 0.01, lambda x: gelu(x) * (1 + 1e-5), gelu),
        INACCURATE,
    ),
    Bug(
        "one binade",
        "tanh",
        F64,
        where(lambda x: (x > 2.0**-600) & (x < 2.0**-599), lambda x: x * 1.001, tanh),
        INACCURATE,
    ),
    Bug(
        "1 - t² through bfloat16",
        "tanh",
        F32,
        cast(tanh_slope_in_bfloat16),
        INACCURATE,
        "computed in bfloat16",
        B,
    ),
]
TAILS = [
    Bug(
        "clamped at 20",
        "silu",
        F32,
        wide(lambda x: x * sigmoid(np.clip(x, -20, 20))),
        INACCURATE,
        "clamped at 20",
    ),
    Bug(
        "clamped at 15",
        "sigmoid",
        F64,
        lambda x: sigmoid(np.clip(x, -15, 15)),
        INACCURATE,
        "clamped at 15",
    ),
    Bug("clamped at 3", "tanh", F32, lambda x: tanh(np.clip(x, -3, 3)), INACCURATE, "clamped at 3"),
    Bug(
        "clamped derivative",
        "sigmoid",
        F32,
        lambda x: sigmoid.derivative(np.clip(x, -20, 20)),
        INACCURATE,
        "clamped at 20",
        D,
    ),
    Bug(
        "tail cut off",
        "gelu",
        F32,
        where(lambda x: x < -5, lambda x: -0.0 * x, gelu),
        FLUSHED,
        "cut off at 5",
    ),
    Bug(
        "flush to zero",
        "gelu",
        F32,
        where(lambda x: np.abs(gelu(x)) < 2.0**-126, lambda x: 0 * x, gelu),
        FLUSHED,
        "flush to zero",
    ),
    Bug(
        "flush in half",
        "silu",
        F16,
        where(lambda x: np.abs(silu(x)) < 2.0**-14, lambda x: 0 * x, silu),
        FLUSHED,
        "flush to zero",
    ),
    Bug(
        "subnormal inputs flushed",
        "tanh",
        F32,
        where(lambda x: np.abs(x) < 2.0**-126, lambda x: 0 * x, tanh),
        FLUSHED,
        "flush to zero",
    ),
    *(
        Bug(f"flushed in {dtype}", name, dtype, function, kind, "flush to zero", subject)
        for name, dtype, subject, function, kind in [
            ("relu", F32, V, flushing(relu), FLUSHED),
            ("relu", F32, D, flushing(relu.derivative), FLUSHED),
            ("relu", F64, B, flushing(relu.backward), FLUSHED),
            ("leaky_relu", F32, D, flushing(leaky_relu.derivative), INACCURATE),
            ("leaky_relu", F16, B, flushing(leaky_relu.backward), FLUSHED),
            ("silu", F32, V, flushing(silu), FLUSHED),
            ("silu", F32, D, flushing(silu.derivative), FLUSHED),
            ("silu", F32, B, flushing(silu.backward), FLUSHED),
            ("silu", BF16, D, silu_slope_of_flushed, FLUSHED),
            ("silu", BF16, B, silu_slope_of_flushed, FLUSHED),
        ]
    ),
    Bug(
        "subnormal inputs kept",
        "leaky_relu",
        F32,
        where(lambda x: np.abs(x) < 2.0**-126, lambda x: x, leaky_relu),
        INACCURATE,
        "takes a subnormal x for 0",
    ),
    Bug(
        "sign lost in the tail",
        "gelu",
        F64,
        where(lambda x: x < -10, lambda x: -gelu(x), gelu),
        "wrong sign",
        "minus",
    ),
    Bug(
        "clamped at 88.38",
        "sigmoid",
        F32,
        lambda x: sigmoid(np.clip(x, np.float32(-88.3762626647949), np.float32(88.3762626647949))),
        INACCURATE,
        "clamped at 88.38",
    ),
    Bug(
        "clamped at 30.5",
        "silu",
        F64,
        lambda x: x * sigmoid(np.clip(x, -30.5, 30.5)),
        INACCURATE,
        "clamped at 30.5",
    ),
    Bug(
        "result clamped",
        "sigmoid",
        F32,
        lambda x: np.clip(sigmoid(x), np.float32(1e-7), None),
        INACCURATE,
        "or the result at 1e-07",
    ),
]
DERIVATIVES = [
    Bug(
        "of the tanh form",
        "gelu",
        F32,
        gelu_tanh.derivative,
        INACCURATE,
        "derivative of another variant: of the tanh form",
        D,
    ),
    Bug(
        "of the exact form",
        "gelu_tanh",
        F64,
        gelu.derivative,
        INACCURATE,
        "derivative of another variant",
        D,
    ),
    Bug(
        "of quick-GELU",
        "gelu",
        F32,
        wide(lambda x: sigmoid(1.702 * x) + 1.702 * x * sigmoid.derivative(1.702 * x)),
        INACCURATE,
        "quick-GELU",
        D,
    ),
    Bug("of relu", "leaky_relu", F32, relu.derivative, FLUSHED, "derivative of another variant", D),
    Bug(
        "no x φ(x)",
        "gelu",
        F32,
        wide(lambda x: erfc(-x * sqrt(0.5)) / 2),
        INACCURATE,
        "x φ(x) is missing",
        D,
    ),
    Bug("no x σ(1 - σ)", "silu", F32, sigmoid, INACCURATE, "is missing", D),
    Bug("value for derivative", "tanh", F32, tanh, INACCURATE, "this is the value", D),
    Bug(
        "second for first",
        "silu",
        F64,
        lambda x: silu.derivative(x, order=2),
        INACCURATE,
        "second derivative",
        D,
    ),
    Bug(
        "x for the output",
        "sigmoid",
        F32,
        cast(lambda x: x * (1 - x)),
        INACCURATE,
        "x is taken for the output",
        D,
    ),
    Bug(
        "x for the output of tanh",
        "tanh",
        F32,
        cast(lambda x: 1 - x * x),
        INACCURATE,
        "x is taken for the output",
        D,
    ),
    Bug(
        "minus the derivative", "silu", F32, lambda x: -silu.derivative(x), "wrong sign", "minus", D
    ),
    Bug("relu' = 1", "relu", F32, np.ones_like, INACCURATE, "1 everywhere", D),
    Bug("2 at the kink", "relu", F32, cast(lambda x: np.where(x == 0, 2, x > 0)), "kink", None, D),
    Bug(
        "NaN at the kink",
        "leaky_relu",
        F64,
        where(lambda x: x == 0, lambda x: x * np.nan, leaky_relu.derivative),
        NAN,
        None,
        D,
    ),
    Bug(
        "0 at the leaky kink",
        "leaky_relu",
        F32,
        where(lambda x: x == 0, lambda x: x, leaky_relu.derivative),
        "kink",
        None,
        D,
    ),
    Bug("kink off by one", "relu", F32, cast(lambda x: x > 1e-6), FLUSHED, None, D),
    Bug(
        "difference quotient",
        "tanh",
        F32,
        wide(lambda x: (tanh(x + 1e-3) - tanh(x - 1e-3)) / 2e-3),
        INACCURATE,
        None,
        D,
    ),
    Bug(
        "near the root",
        "gelu",
        F64,
        lambda x: gelu.derivative(x) + 1e-14 * (np.abs(x + 0.75) < 0.01),
        INACCURATE,
        None,
        D,
    ),
    Bug(
        "no 1/2",
        "gelu",
        F32,
        wide(lambda x: erfc(-x * sqrt(0.5)) + x * np.exp(-x * x / 2) / sqrt(2 * pi)),
        INACCURATE,
        "lacks its factor 1/2",
        D,
    ),
]
UPSTREAM = [
    Bug("ignored", "silu", F32, lambda x, _: silu.derivative(x), INACCURATE, "upstream ignored", B),
    Bug(
        "ignored in double",
        "gelu",
        F64,
        lambda x, _: gelu.derivative(x),
        INACCURATE,
        "upstream ignored",
        B,
    ),
    Bug(
        "ignored by relu",
        "relu",
        F16,
        lambda x, _: relu.derivative(x),
        INACCURATE,
        "upstream ignored",
        B,
    ),
    Bug("passed on", "tanh", F32, lambda _, u: u.copy(), INACCURATE, "this is upstream", B),
    Bug(
        "squared",
        "sigmoid",
        F32,
        lambda x, u: sigmoid.backward(x, u.astype(np.float64) ** 2),
        INACCURATE,
        "squared",
        B,
    ),
    Bug(
        "magnitude",
        "silu",
        F32,
        lambda x, u: silu.backward(x, np.abs(u)),
        "wrong sign",
        "magnitude",
        B,
    ),
    Bug("minus", "gelu", BF16, lambda x, u: gelu.backward(x, -u), "wrong sign", "minus", B),
    Bug("value instead", "tanh", F32, lambda x, u: tanh(x) * u, INACCURATE, "value", B),
    Bug(
        "of the tanh form",
        "gelu",
        F32,
        gelu_tanh.backward,
        INACCURATE,
        "derivative of another variant",
        B,
    ),
    Bug(
        "clipped",
        "silu",
        F32,
        lambda x, u: silu.backward(x, np.clip(u, -1, 1)),
        "upstream",
        None,
        B,
    ),
    Bug(
        "tiny dropped",
        "silu",
        F32,
        lambda x, u: np.where(np.abs(u) < 1e-6, 0 * u, silu.backward(x, u)).astype(x.dtype),
        FLUSHED,
        None,
        B,
    ),
    Bug(
        "clipped at 1e4",
        "silu",
        F32,
        lambda x, u: silu.backward(x, np.where(np.isfinite(u), np.clip(u, -1e4, 1e4), u)),
        INACCURATE,
        None,
        B,
    ),
    Bug(
        "subnormal ones flushed",
        "silu",
        F32,
        lambda x, u: silu.backward(x, flush(u)),
        FLUSHED,
        "flush to zero",
        B,
    ),
    Bug(
        "subnormal ones flushed in double",
        "gelu",
        F64,
        lambda x, u: gelu.backward(x, flush(u)),
        FLUSHED,
        "flush to zero",
        B,
    ),
    *(
        Bug(
            f"largest number for infinity in {dtype}", "gelu", dtype, saturated, INACCURATE, None, B
        )
        for dtype in (F32, F64)
    ),
    Bug(
        "upstream times x first",
        "relu",
        F32,
        cast(lambda x, u: np.where(x > 0, u * x / x, 0 * u)),
        "overflow",
        None,
        B,
    ),
    Bug(
        "NaN dropped",
        "silu",
        F64,
        lambda x, u: silu.backward(x, np.nan_to_num(u, posinf=np.inf)),
        "upstream",
        None,
        B,
    ),
    Bug(
        "infinity dropped",
        "gelu",
        F32,
        lambda x, u: gelu.backward(x, np.where(np.isinf(u), 0, u).astype(u.dtype)),
        "upstream",
        None,
        B,
    ),
    Bug(
        "0 · NaN",
        "tanh",
        F32,
        lambda x, u: np.where(u == 0, np.nan, tanh.backward(x, u)).astype(u.dtype),
        "upstream",
        None,
        B,
    ),
    Bug(
        "writes to upstream",
        "silu",
        F32,
        lambda x, u: np.multiply(u, silu.derivative(x), out=u).copy(),
        "input written",
        "in place",
        B,
    ),
    Bug(
        "clipped at 1",
        "silu",
        F32,
        lambda x, u: silu.backward(x, np.clip(u, -1, 1)),
        INACCURATE,
        "upstream is clamped at ±1",
        B,
    ),
    Bug(
        "result clipped",
        "gelu",
        F32,
        lambda x, u: np.clip(gelu.backward(x, u), -10, 10),
        INACCURATE,
        "the result is clipped at ±10",
        B,
    ),
]


def in_place(x):
    """Overwrite the input."""
    x[...] = silu(x)
    return x.copy()


def in_place_and_returned(x):
    """Overwrite the input and return it."""
    x[...] = relu(x)
    return x


def seamed(x):
    """Lose the last element of an array that fills no vector."""
    result = np.array(silu(x))
    if result.size % 8 and result.size > 8:
        result.reshape(-1)[-1] = 0
    return result


def long_seam(x):
    """Leave everything past 2^20 elements at 0."""
    result = np.array(gelu(x))
    result.reshape(-1)[1 << 20 :] = 0
    return result


def one_bit_in_the_tail(x):
    """Return the neighbour in the last elements."""
    result = np.array(tanh(x))
    tail = result.reshape(-1)[result.size // 4 * 4 :]
    tail[...] = np.nextafter(tail, np.float32(0))
    return result


def sevens(x):
    """Return 7 for every number."""
    return np.full(x.shape, 7, x.dtype)


def unless(condition, wrong=sevens):
    """Return the right SiLU, but for arrays of which a condition holds."""
    return lambda x: wrong(x) if condition(x) else np.array(silu(x))


def axes_reversed(x):
    """Return the results in the order of another array."""
    return np.asarray(silu(x)).T.copy().reshape(x.shape)


def rows_left(x):
    """Leave rows past 1024 at 0."""
    result = np.array(silu(x))
    result[1024:] = 0
    return result


def unless_upstream(condition):
    """Return the right product, but one of another upstream where a condition on both holds."""
    return lambda x, u: silu.backward(x, np.ones_like(u) if condition(x, u) else u)


def not_contiguous(x, u):
    """Whether upstream is not contiguous though x is."""
    return x.flags.c_contiguous and not u.flags.c_contiguous


def writes_to_a_copy_only_if_it_may(x, u):
    """Refuse a read-only upstream, as buffers do."""
    if not u.flags.writeable:
        raise ValueError("buffer source array is read-only")
    return silu.backward(x, u)


def strides_ignored(x):
    """Read the memory in its own order."""
    return silu(np.asarray(x).T.copy()).reshape(x.shape) if x.ndim == 2 else silu(x)


def batch_maximum(x):
    """Let one element shift all the others."""
    finite = np.isfinite(x)
    shift = np.float32(1e-6) if x.size and np.max(x, where=finite, initial=0) > 9 else np.float32(0)
    return (sigmoid(x) + shift).astype(x.dtype)


def stateful():
    """Every third call is off."""
    count = itertools.count(1)
    return lambda x: sigmoid(x) * x.dtype.type(1.001 if next(count) % 3 == 0 else 1)


def remembering():
    """Results are remembered by shape."""
    memory = {}
    return lambda x: memory.setdefault(x.shape, np.asarray(tanh(x))).copy()


def wrong_when(condition):
    """Calls with a number of which a condition holds are off by 0.1 %."""

    def factory():
        calls = itertools.count(1)

        def function(x):
            with np.errstate(over="ignore"):
                return np.asarray(silu(x)) * np.float32(1.001 if condition(next(calls)) else 1)

        return function

    return factory


def cached(key):
    """Results are remembered by something that several arrays have in common."""

    def factory():
        memory = {}
        return lambda x: memory.setdefault(key(x), np.asarray(tanh(x))).copy()

    return factory


def place(x):
    """Where an array is, as a captured graph of calls knows it."""
    return x.__array_interface__["data"], x.shape, x.strides


def shape_and_first(x):
    """What a hasty hash looks at."""
    return x.shape, x.tobytes()[: x.itemsize]


def buffer_of_long_ones():
    """Results of 4096 elements and more share one buffer."""
    right = one_buffer()
    return lambda x: right(x) if x.size >= 4096 else np.array(gelu(x))


def one_buffer():
    """All results share one buffer."""
    buffer = np.empty(1 << 21, np.float32)

    def function(x):
        view = buffer[: x.size].reshape(x.shape)
        view[...] = gelu(x)
        return view

    return function


def noisy():
    """Return random last bits."""
    rng = np.random.default_rng(1)
    return lambda x: np.asarray(silu(x) * (1 + 1e-7 * rng.integers(0, 2, x.shape))).astype(x.dtype)


def fails_on(condition):
    """Raise where a condition holds for some element."""

    def function(x):
        with np.errstate(invalid="ignore"):
            if condition(x).any():
                raise ValueError("no such number")
        return silu(x)

    return function


def leaves(x):
    """End the process."""
    sys.exit(x.size)


def talks(x):
    """Print."""
    print("computing", x.size)  # noqa: T201  the bug
    return silu(x)


def grumbles(x):
    """Warn."""
    warnings.warn("deprecated kernel", UserWarning, stacklevel=1)
    return silu(x)


def overflows_aloud(x):
    """Let the overflow of exp(-x) reach the caller."""
    return np.where(x < -80, sigmoid(x), logistic(x)).astype(x.dtype)


EVERY_11TH, EVERY_50TH = (wrong_when(lambda call, n=n: call % n == 0) for n in (11, 50))
THE_FIRST = wrong_when(lambda call: call == 1)
BY_PLACE, BY_FIRST = cached(place), cached(shape_and_first)
BEHAVIOUR = [
    Bug("in place", "silu", F32, in_place, "input written", "in place"),
    Bug("in place and returned", "relu", F32, in_place_and_returned, "shared result"),
    Bug("seam", "silu", F32, seamed, "length"),
    Bug("long seam", "gelu", F32, long_seam, "length"),
    Bug("one bit in the tail", "tanh", F32, one_bit_in_the_tail, "length"),
    Bug("strides ignored", "silu", F32, strides_ignored, "layout"),
    Bug("0-d ignored", "silu", F32, unless(lambda x: x.ndim == 0), "layout"),
    Bug("3-D ignored", "silu", F32, unless(lambda x: x.ndim == 3), "layout"),
    Bug("4-D ignored", "silu", F32, unless(lambda x: x.ndim == 4), "layout"),
    Bug(
        "3-D gradient ignored",
        "silu",
        F32,
        lambda x, u: sevens(x) if x.ndim == 3 else silu.backward(x, u),
        "layout",
        None,
        B,
    ),
    Bug("12 rows", "silu", F32, unless(lambda x: x.ndim == 2 and len(x) > 11), "layout"),
    Bug("rows past 1024", "silu", F32, unless(lambda x: x.ndim == 2, rows_left), "layout"),
    Bug("axes reversed", "silu", F32, unless(lambda x: x.ndim == 3, axes_reversed), "layout"),
    Bug(
        "axes of a view ignored",
        "silu",
        F32,
        unless(lambda x: x.ndim == 3 and not x.flags.forc, lambda x: silu(x[::-1])),
        "layout",
    ),
    Bug("middle lengths", "silu", F32, unless(lambda x: 2048 <= x.size < 16384), "length"),
    *(
        Bug(f"upstream {name}", "silu", F32, unless_upstream(condition), "layout", None, B)
        for name, condition in {
            "not contiguous": not_contiguous,
            "strided": lambda _, u: u.ndim == 1 and 0 < u.size != 1 and u.strides[0] > u.itemsize,
            "of negative stride": lambda _, u: u.size > 1 and min(u.strides) < 0,
            "of stride 0": lambda _, u: u.size > 1 and 0 in u.strides,
        }.items()
    ),
    Bug(
        "read-only upstream",
        "silu",
        F32,
        writes_to_a_copy_only_if_it_may,
        "exception",
        "read-only",
        B,
    ),
    Bug("largest element matters", "sigmoid", F32, batch_maximum, "length"),
    Bug("every third call", "sigmoid", F64, stateful, "not deterministic"),
    Bug("remembers", "tanh", F32, remembering, "state"),
    Bug("every 11th call", "silu", F32, EVERY_11TH, "not deterministic"),
    Bug("every 50th call", "silu", F32, EVERY_50TH, "not deterministic"),
    Bug("first call", "silu", F32, THE_FIRST, "not deterministic"),
    Bug("remembers by place", "tanh", F32, BY_PLACE, "state"),
    Bug("remembers by first element", "tanh", F32, BY_FIRST, "state"),
    Bug("one buffer", "gelu", F32, one_buffer, "shared result"),
    Bug("one buffer for long ones", "gelu", F32, buffer_of_long_ones, "shared result"),
    Bug("random", "silu", F64, noisy, "not deterministic"),
    Bug("raises on negative numbers", "silu", F32, fails_on(lambda x: x < -700), "exception"),
    Bug("raises on infinity", "silu", F64, fails_on(np.isinf), "exception"),
    Bug("raises always", "silu", F64, fails_on(np.ones_like), "exception"),
    Bug("raises on 0-d", "silu", F32, lambda x: silu(x[..., :]), "exception"),
    Bug("exits", "silu", F32, leaves, "exception"),
    Bug("None", "silu", F32, lambda _: None, "no result"),
    Bug("text", "silu", F32, str, "no result"),
    Bug("complex", "silu", F32, lambda x: silu(x).astype(complex), "no result"),
    Bug("float64 for float32", "silu", F32, lambda x: silu(x.astype(np.float64)), "dtype"),
    Bug("float32 for bfloat16", "silu", BF16, lambda x: silu(x.astype(np.float32)), "dtype"),
    Bug("flat", "silu", F32, lambda x: silu(x).reshape(-1), "shape"),
    Bug("scalar", "silu", F32, lambda x: silu(x).sum(), "shape"),
    Bug("empty refused", "silu", F32, lambda x: silu(x) + 0 * x.max(), "exception"),
    Bug("prints", "silu", F32, talks, "output"),
]
# Bugs for a strict check alone, and conventions for any other.
STRICTLY = [
    Bug("warns", "silu", F32, grumbles, "warning"),
    Bug("overflow warning", "sigmoid", F32, overflows_aloud, "warning"),
    Bug(
        "-0 for +0",
        "sigmoid",
        F32,
        where(lambda x: x < -110, lambda x: -0.0 * np.abs(x), sigmoid),
        "sign of zero",
    ),
]
LAWS = [
    Bug(
        "above 1",
        "sigmoid",
        F32,
        where(lambda x: x > 18, lambda x: 1 + 2.0**-23 + 0 * x, sigmoid),
        "out of bounds",
    ),
    Bug(
        "below -1",
        "tanh",
        F64,
        where(lambda x: x < -20, lambda x: -1 - 2.0**-52 + 0 * x, tanh),
        "out of bounds",
    ),
    Bug(
        "ripple",
        "sigmoid",
        F32,
        wide(lambda x: sigmoid(x) * (1 + 1e-5 * np.sin(1e3 * np.clip(x, -99, 99)))),
        "not monotone",
    ),
    Bug(
        "lopsided",
        "tanh",
        F32,
        where(lambda x: x > 0, lambda x: tanh(x) * (1 + 1e-5), tanh),
        "not symmetric",
    ),
    Bug(
        "lopsided'",
        "sigmoid",
        F64,
        lambda x: sigmoid.derivative(x) * np.where(x > 0, 1 + 1e-12, 1),
        "not symmetric",
        None,
        D,
    ),
    Bug(
        "zero without sign",
        "tanh",
        F32,
        lambda x: tanh(x) + np.float32(0),
        "sign of zero",
        "is lost",
    ),
    Bug("underflow without sign", "gelu", F64, lambda x: gelu(x) + 0.0, "sign of zero"),
]
BUGS = [
    *STRICTLY,
    *ANOTHER_FUNCTION,
    *CANCELLATION,
    *OVERFLOW,
    *CONSTANTS,
    *PRECISION,
    *TAILS,
    *DERIVATIVES,
    *UPSTREAM,
    *BEHAVIOUR,
    *LAWS,
]
FACTORIES = (
    stateful,
    remembering,
    one_buffer,
    buffer_of_long_ones,
    noisy,
    EVERY_11TH,
    EVERY_50TH,
    THE_FIRST,
    BY_PLACE,
    BY_FIRST,
)
# No length or layout is to blame for what the same call does not do again.
FICKLE = (EVERY_11TH, EVERY_50TH, THE_FIRST)


def verdict_on(bug):
    """Check the bug, beside nothing else."""
    function = bug.function
    if any(function is factory for factory in FACTORIES):
        function = function()
    given = {"forward": None, "derivative": None, "backward": None}
    given["forward" if bug.subject == "value" else bug.subject] = function
    strict = bug in STRICTLY
    return check(given.pop("forward"), bug.activation, dtype=bug.dtype, strict=strict, **given)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.activation}-{bug.id}-{bug.subject}")
def test_every_planted_bug_is_found_and_explained(bug):
    """Under its kind, with its reason where it has one, and with a place that shows it."""
    verdict = verdict_on(bug)
    found = {finding.kind: finding for finding in verdict.symptoms}
    assert not verdict
    assert bug.kind in found, str(verdict)
    finding = found[bug.kind]
    assert finding.subject == bug.subject
    assert finding.snippet
    if bug.why is not None:
        assert bug.why in (finding.why or ""), str(verdict)


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.function in FICKLE], ids=lambda b: b.id)
def test_what_a_repeated_call_does_not_show_is_told_as_that(bug):
    """And not as a length, a layout or an inaccuracy."""
    kinds = {finding.kind for finding in verdict_on(bug).symptoms}
    assert kinds <= {"not deterministic", "state"}


def eleven_bits(x):
    """A tanh with 11 bits, as of some processors."""
    mantissa, exponent = np.frexp(np.tanh(x))
    return np.ldexp(np.rint(mantissa * 2**11) / 2**11, exponent)


def ten_bits(x):
    """Inputs rounded to 10 bits after the point, as by tensor cores."""
    bits = np.ascontiguousarray(x).view(np.uint32) + np.uint32(0x1000)
    return silu((bits & np.uint32(0xFFFFE000)).view(np.float32).reshape(x.shape))


def rational_tanh(x):
    """A fraction whose terms underflow before it does."""
    return np.float32(1e-3) * x * (1 + x * x / 15) / (np.float32(1e-3) * (1 + 0.4 * x * x))


# What looks like a known mistake and is another: the words that must not be said.
RESEMBLANCES = [
    Bug("erf", "tanh", F32, wide(erf), INACCURATE, "cancels"),
    Bug(
        "0 below 1e-4",
        "tanh",
        F32,
        where(lambda x: np.abs(x) < 1e-4, lambda x: 0 * x, tanh),
        FLUSHED,
        "cancels",
    ),
    Bug(
        "7 bits after the point",
        "tanh",
        F32,
        cast(lambda x: np.rint(tanh(x) * 127) / 127),
        FLUSHED,
        "cancels",
    ),
    Bug(
        "0 left of -3",
        "gelu",
        F32,
        where(lambda x: x < -3, lambda x: -0.0 * np.abs(x), lambda x: np.where(x > 3, x, gelu(x))),
        FLUSHED,
        "cancels",
    ),
    Bug(
        "short √2",
        "gelu",
        F64,
        cast(lambda x: x / 2 * erfc(-x / 1.414213562)),
        INACCURATE,
        "1 + erf",
    ),
    Bug(
        "tanh of 11 bits",
        "gelu_tanh",
        F32,
        wide(lambda x: x / 2 * (1 + eleven_bits(ROOT * (x + 0.044715 * x**3)))),
        FLUSHED,
        "κ",
    ),
    Bug(
        "y + s(1 - y)",
        "silu",
        F32,
        cast(lambda x: silu(x) + sigmoid(x) * (1 - silu(x))),
        FLUSHED,
        "for -x",
        D,
    ),
    Bug("threshold", "relu", F32, cast(lambda x: np.where(x > 1e-6, x, 0)), FLUSHED, "for -x"),
    Bug("mask of u", "relu", F32, cast(lambda _, u: np.where(u > 0, u, 0)), FLUSHED, "for -x", B),
    Bug(
        "guided",
        "relu",
        F32,
        cast(lambda x, u: np.where((u > 0) & (x > 0), u, 0)),
        FLUSHED,
        "for -x",
        B,
    ),
    Bug("0/0", "relu", F32, cast(lambda x: np.maximum(x, 0) / x), NAN, "overflows", D),
    Bug("NaN everywhere", "silu", F32, cast(lambda x: x * np.nan), NAN, "overflows"),
    Bug("NaN at infinities too", "silu", F32, cast(lambda x: x * np.nan), "infinity", "NaN"),
    Bug("half of both", "relu", F32, cast(lambda x: x / 2 + np.abs(x) / 2), "infinity", "(x > 0)"),
    Bug("logarithm", "sigmoid", F32, wide(lambda x: -np.logaddexp(0, -x)), "infinity", "LeakyReLU"),
    Bug(
        "t in half",
        "tanh",
        F32,
        cast(lambda x, u: (1 - tanh(x).astype(np.float16).astype(np.float32) ** 2) * u),
        FLUSHED,
        "upstream",
        B,
    ),
    Bug(
        "x u / x",
        "relu",
        F32,
        cast(lambda x, u: x * u / np.where(x == 0, 1, x) * (x > 0)),
        "overflow",
        "upstream",
        B,
    ),
    Bug(
        "clamp of u",
        "silu",
        F32,
        lambda x, u: silu.backward(x, np.clip(u, -1, 1)),
        INACCURATE,
        "sign",
        B,
    ),
    Bug(
        "clip of u f'",
        "gelu",
        F32,
        lambda x, u: np.clip(gelu.backward(x, u), -10, 10),
        INACCURATE,
        "computed in",
        B,
    ),
    Bug(
        "whole numbers",
        "relu",
        F32,
        cast(lambda x: np.maximum(x, 0).astype(np.int64)),
        INACCURATE,
        "computed in",
    ),
    Bug("through bfloat16", "tanh", F32, through(ml_dtypes.bfloat16, tanh), INACCURATE, "float16 "),
    Bug("x σ(x)", "silu", F32, cast(lambda x: x * sigmoid(x)), FLUSHED, "flush to zero"),
    Bug(
        "x exp(-softplus(-x))",
        "silu",
        F32,
        cast(lambda x: x * np.exp(-np.logaddexp(np.float32(0), -x))),
        FLUSHED,
        "flush to zero",
    ),
    Bug("ten bits", "silu", F32, cast(ten_bits), FLUSHED, "flush to zero"),
    Bug("fraction", "tanh", F32, cast(rational_tanh), FLUSHED, "flush to zero"),
    Bug(
        "1 + erf in float32 for half",
        "gelu",
        F16,
        cast(lambda x: doubled_first(x.astype(np.float32))),
        FLUSHED,
        "flush to zero",
    ),
    Bug("+0", "tanh", F32, lambda x: tanh(x) + np.float32(0), "sign of zero", "flush to zero"),
    Bug(
        "no zero",
        "tanh",
        F16,
        cast(lambda x: 1 - np.tanh(x.astype(np.float32)) ** 2),
        INACCURATE,
        "above",
        D,
    ),
    Bug(
        "one cell of a table",
        "silu",
        F32,
        where(lambda x: np.abs(x - 2.147) < 0.006, lambda x: silu(x) * 1.001, silu),
        INACCURATE,
        "result for",
    ),
    Bug(
        "near a root",
        "gelu",
        F32,
        wide(lambda x: gelu.derivative(x) + x * np.exp(-x * x / 2) * 4e-5),
        "wrong sign",
        "clamped",
        D,
    ),
    Bug(
        "gelu' with exp(-x²)",
        "gelu",
        F32,
        wide(lambda x: erfc(-x * sqrt(0.5)) / 2 + x * np.exp(-x * x) / sqrt(2 * pi)),
        FLUSHED,
        "cancels",
        D,
    ),
]


@pytest.mark.parametrize(
    "bug", RESEMBLANCES, ids=lambda bug: f"{bug.activation}-{bug.id}-{bug.subject}"
)
def test_no_reason_is_given_that_is_another_mistakes(bug):
    """A false reason costs more than none."""
    verdict = verdict_on(bug)
    assert bug.kind in {finding.kind for finding in verdict.symptoms}, str(verdict)
    assert not [finding for finding in verdict.symptoms if bug.why in (finding.why or "")], str(
        verdict
    )


def test_the_bank_is_large():
    """At least 80 bugs, of the seven that are demonstrated and of every format."""
    assert len(BUGS) >= 80
    assert {bug.activation for bug in BUGS} >= {*DEMONSTRATED}
    assert {bug.dtype for bug in BUGS} == {F16, BF16, F32, F64}
