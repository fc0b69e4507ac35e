"""What others say of GELU."""

from functools import partial
from math import pi, sqrt
from typing import Any

import numpy as np

from reference import gelu_tanh
from reference.arithmetic.types import Array, Float64

from .formulas import QUICK_GELU, SINGLE, erf, erfc, single, tanh_argument, times, wide
from .lore import Lore, Reflection
from .mistake import DERIVATIVE, VALUE, Mistake, digits

ROOT_HALF = sqrt(0.5)
DENSITY = 1 / sqrt(2 * pi)

CANCELS = "1 + erf cancels left of -3"
TANH_FORM = "this is the tanh form, not the exact one"
ARGUMENT = "x/√2, or x², is rounded before erfc or exp: the error grows with x²"


def _normal_form(root_half: float, x: Float64) -> Any:
    return x / 2 * erfc(-x * root_half)


def _slope(root_half: float, density: float, x: Float64) -> Any:
    return erfc(-x * root_half) / 2 + x * density * np.exp(-x * x / 2)


def _autodiff(root_half: float, x: Float64) -> Any:
    z = x * root_half
    return erfc(-z) / 2 + x * root_half / sqrt(pi) * np.exp(-z * z)


def _by_erf(x: Array) -> Any:
    return (1 + erf(times(ROOT_HALF, x))) / 2 + times(DENSITY, x) * np.exp(-x * x / 2)


def _by_erfc(x: Array) -> Any:
    return erfc(times(-ROOT_HALF, x)) / 2 + times(DENSITY, x) * np.exp(-x * x / 2)


_SINGLE_ROOTS = (single(ROOT_HALF), 1 / single(sqrt(2)))
_SINGLE_DENSITIES = (single(DENSITY), 1 / single(sqrt(2 * pi)))

LORE = Lore(
    spellings={
        "torch": "torch:torch.nn.functional.gelu",
        "jax": "jax:jax.nn.gelu?approximate=False",
        "tensorflow": "tensorflow:tensorflow.nn.gelu",
    },
    reflection=Reflection(-1.0, slope=1.0),
    mistakes=(
        Mistake(VALUE, TANH_FORM, gelu_tanh),
        Mistake(
            DERIVATIVE,
            "derivative of another variant: of the tanh form, not the exact one",
            gelu_tanh.derivative,
        ),
        Mistake(VALUE, CANCELS, lambda x: x / 2 * (1 + erf(times(ROOT_HALF, x))), noisy=True),
        Mistake(
            VALUE,
            f"{TANH_FORM}; its 1 + tanh cancels left of -3",
            lambda x: x / 2 * (1 + np.tanh(tanh_argument(x))),
            noisy=True,
        ),
        Mistake(
            VALUE,
            ARGUMENT,
            lambda x: x / 2 * erfc(times(-ROOT_HALF, x)),
            noisy=True,
            claims=digits,
        ),
        Mistake(DERIVATIVE, ARGUMENT, _by_erfc, noisy=True, claims=digits),
        Mistake(VALUE, "the √2 inside erf is missing", wide(partial(_normal_form, 1.0))),
        Mistake(
            VALUE,
            "the factor x is missing: this is Φ(x)",
            wide(lambda x: erfc(-x * ROOT_HALF) / 2),
        ),
        Mistake(DERIVATIVE, "the term x φ(x) is missing", wide(lambda x: erfc(-x * ROOT_HALF) / 2)),
        Mistake(
            DERIVATIVE,
            "Φ(x) lacks its factor 1/2",
            wide(lambda x: erfc(-x * ROOT_HALF) + x * DENSITY * np.exp(-x * x / 2)),
        ),
        Mistake(DERIVATIVE, CANCELS, _by_erf, noisy=True),
        Mistake(DERIVATIVE, "φ lacks its 1/√(2π)", wide(partial(_slope, ROOT_HALF, 1.0))),
        Mistake(
            DERIVATIVE, "x φ(x) has the wrong sign", wide(partial(_slope, ROOT_HALF, -DENSITY))
        ),
        *(
            Mistake(VALUE, SINGLE, wide(partial(_normal_form, root)), in_float64=True)
            for root in _SINGLE_ROOTS
        ),
        *(
            Mistake(DERIVATIVE, SINGLE, wide(partial(_autodiff, root)), in_float64=True)
            for root in _SINGLE_ROOTS
        ),
        *(
            Mistake(DERIVATIVE, SINGLE, wide(partial(_slope, root, density)), in_float64=True)
            for root in (ROOT_HALF, *_SINGLE_ROOTS)
            for density in (DENSITY, *_SINGLE_DENSITIES)
            if (root, density) != (ROOT_HALF, DENSITY)
        ),
        *QUICK_GELU,
    ),
)
