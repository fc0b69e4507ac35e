"""Wrong forms, and sentences, that several activations share."""

from collections.abc import Callable
from functools import partial
from math import pi, sqrt
from typing import Any

import numpy as np

from reference import sigmoid
from reference.arithmetic.types import Array, Float64

from .mistake import DERIVATIVE, VALUE, Mistake

ROOT_2_OVER_PI = sqrt(2 / pi)
KAPPA = 0.044715

QUICK = "quick-GELU (x σ(1.702 x))"
SINGLE = "float32 constants in a float64 kernel"
EXP_OVERFLOWS = "exp(-x) overflows left of -{overflow}"
STEPS = "every step is rounded to the format"


def single(x: float) -> float:
    """The float32 number next to x."""
    return float(np.float32(x))


def erf(x: Array) -> Any:
    """SciPy's erf in the format of x; it has none in float16."""
    return _special("erf", x)


def erfc(x: Array) -> Any:
    """SciPy's 1 - erf, likewise."""
    return _special("erfc", x)


def _special(name: str, x: Array) -> Any:
    from scipy import special  # type: ignore[import-untyped]  # noqa: PLC0415  slow; without types

    function = getattr(special, name)
    if x.dtype.itemsize == np.dtype(np.float16).itemsize:
        return function(x.astype(np.float32)).astype(x.dtype)
    return function(x)


def wide(formula: Callable[[Float64], Any]) -> Callable[[Array], Any]:
    """In double precision, rounded once."""
    return lambda x: np.asarray(formula(x.astype(np.float64)))


def times(number: float, x: Array) -> Any:
    """number x in the format of x; bfloat16 would give way to a Python float."""
    return x.dtype.type(number) * x


def logistic(x: Array) -> Any:
    """1/(1 + e^-x), step by step."""
    return 1 / (1 + np.exp(-x))


def gated(scale: float, x: Float64) -> Any:
    """x σ(scale x)."""
    return x * sigmoid(scale * x)


def gated_slope(scale: float, x: Float64) -> Any:
    """Its derivative."""
    return sigmoid(scale * x) + scale * x * sigmoid.derivative(scale * x)


def tanh_argument(x: Array) -> Any:
    """√(2/π) (x + κ x³), step by step."""
    return times(ROOT_2_OVER_PI, x + times(KAPPA, x) * x * x)


# Of GELU and of its tanh form.
QUICK_GELU = (
    Mistake(VALUE, QUICK, wide(partial(gated, 1.702))),
    Mistake(
        DERIVATIVE,
        f"derivative of another variant: of {QUICK}",
        wide(partial(gated_slope, 1.702)),
    ),
    Mistake(VALUE, "x σ(1.7 x)", wide(partial(gated, 1.7))),
)
