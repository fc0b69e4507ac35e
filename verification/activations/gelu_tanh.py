"""What others say of the tanh form of GELU."""

from functools import partial
from math import pi, sqrt
from typing import Any

import numpy as np

from reference import gelu, sigmoid
from reference.arithmetic.types import Array, Float64

from .formulas import KAPPA, QUICK_GELU, ROOT_2_OVER_PI, SINGLE, single, tanh_argument, times, wide
from .lore import Lore, Reflection
from .mistake import DERIVATIVE, VALUE, Mistake

SHORT = "a constant of the tanh form is short of digits"
SHORT_KAPPAS = (0.0447, 0.04471, 0.045, 0.04)
SHORT_ROOTS = (
    0.8, 0.798, 0.7979, 0.79788, 0.797885, 0.7978846, 0.79788456, 0.797884561, 0.7978845608,
)  # fmt: skip


def _value(root: float, kappa: float, x: Float64) -> Any:
    return x * sigmoid(2 * root * (x + kappa * x**3))


def _slope(root: float, kappa: float, x: Float64) -> Any:
    w, dw = 2 * root * (x + kappa * x**3), 2 * root * (1 + 3 * kappa * x**2)
    return sigmoid(w) + x * sigmoid.derivative(w) * dw


def _without_three(x: Float64) -> Any:
    w = 2 * tanh_argument(x)
    return sigmoid(w) + x * sigmoid.derivative(w) * 2 * ROOT_2_OVER_PI * (1 + KAPPA * x * x)


def _step_by_step(x: Array) -> Any:
    t = np.tanh(tanh_argument(x))
    dw = times(ROOT_2_OVER_PI, 1 + times(3 * KAPPA, x) * x)
    return (1 + t) / 2 + x / 2 * (1 - t * t) * dw


# Sentence, √(2/π) and κ of each.
_CONSTANTS = (
    (SINGLE, single(ROOT_2_OVER_PI), single(KAPPA)),
    (SINGLE, ROOT_2_OVER_PI, single(KAPPA)),
    (SINGLE, single(ROOT_2_OVER_PI), KAPPA),
    ("κ is 0.44715, not 0.044715", ROOT_2_OVER_PI, 0.44715),
    ("κ is 0.0044715, not 0.044715", ROOT_2_OVER_PI, 0.0044715),
    ("κ is 0, the cubic term is missing", ROOT_2_OVER_PI, 0.0),
    ("√(2/π) is √(2π)", sqrt(2 * pi), KAPPA),
    ("√(2/π) is 2/π", 2 / pi, KAPPA),
    *((SHORT, ROOT_2_OVER_PI, kappa) for kappa in SHORT_KAPPAS),
    *((SHORT, root, KAPPA) for root in SHORT_ROOTS),
)

LORE = Lore(
    spellings={
        "torch": "torch:torch.nn.functional.gelu?approximate=tanh",
        "jax": "jax:jax.nn.gelu",
        "tensorflow": "tensorflow:tensorflow.nn.gelu?approximate=True",
    },
    reflection=Reflection(-1.0, slope=1.0),
    mistakes=(
        *QUICK_GELU,
        Mistake(VALUE, "this is the exact form, not the tanh one", gelu),
        Mistake(
            DERIVATIVE,
            "derivative of another variant: of the exact form, not the tanh one",
            gelu.derivative,
        ),
        Mistake(
            VALUE,
            "1 + tanh cancels left of -3",
            lambda x: x / 2 * (1 + np.tanh(tanh_argument(x))),
            noisy=True,
        ),
        Mistake(DERIVATIVE, "1 + tanh and 1 - tanh² cancel left of -3", _step_by_step, noisy=True),
        *(
            Mistake(subject, why, wide(partial(form, root, kappa)), in_float64=why == SINGLE)
            for subject, form in ((VALUE, _value), (DERIVATIVE, _slope))
            for why, root, kappa in _CONSTANTS
        ),
        Mistake(
            DERIVATIVE,
            "the inner derivative lacks its factor 3: 1 + κx² for 1 + 3κx²",
            wide(_without_three),
        ),
    ),
)
