"""What others say of SiLU."""

from functools import partial
from typing import Any

import numpy as np

from reference import sigmoid
from reference.arithmetic.types import Array, Float64

from .formulas import EXP_OVERFLOWS, QUICK, STEPS, gated, gated_slope, logistic, wide
from .lore import Lore, Reflection
from .mistake import DERIVATIVE, VALUE, Mistake, digits, lost

GATE_UNDERFLOWS = "σ(x) underflows before x multiplies it"
HARD_SWISH_END = 3


def _slope_step_by_step(x: Array) -> Any:
    s = logistic(x)
    return s * (1 + x * (1 - s))


def _hard_swish_slope(x: Float64) -> Any:
    return np.where(np.abs(x) < HARD_SWISH_END, x / 3 + 0.5, x > 0)


LORE = Lore(
    spellings={
        "torch": "torch:torch.nn.functional.silu",
        "jax": "jax:jax.nn.silu",
        "tensorflow": "tensorflow:tensorflow.nn.silu",
    },
    reflection=Reflection(-1.0, slope=1.0),
    mistakes=(
        Mistake(
            VALUE, "x·exp overflows: NaN", lambda x: x * np.exp(x) / (1 + np.exp(x)), claims=lost
        ),
        Mistake(VALUE, EXP_OVERFLOWS, lambda x: x / (1 + np.exp(-x)), claims=lost),
        Mistake(VALUE, EXP_OVERFLOWS, lambda x: x * logistic(x), claims=lost),
        Mistake(VALUE, STEPS, lambda x: x * logistic(x), noisy=True, claims=digits),
        Mistake(VALUE, STEPS, lambda x: x / (1 + np.exp(-x)), noisy=True, claims=digits),
        Mistake(VALUE, GATE_UNDERFLOWS, lambda x: x * np.asarray(sigmoid(x))),
        Mistake(VALUE, f"this is {QUICK}, not SiLU", wide(partial(gated, 1.702))),
        Mistake(
            VALUE, "this is hard-swish, not SiLU", wide(lambda x: x * np.clip(x + 3, 0, 6) / 6)
        ),
        Mistake(VALUE, "the factor x is missing: this is σ(x)", sigmoid),
        Mistake(DERIVATIVE, "the term x σ(x) (1 - σ(x)) is missing", sigmoid),
        Mistake(
            DERIVATIVE,
            "the factor x is missing: σ(1 + (1 - σ))",
            wide(lambda x: sigmoid(x) * (1 + sigmoid(-x))),
        ),
        Mistake(
            DERIVATIVE, "derivative of another variant: of hard-swish", wide(_hard_swish_slope)
        ),
        Mistake(
            DERIVATIVE,
            f"derivative of another variant: of {QUICK}",
            wide(partial(gated_slope, 1.702)),
        ),
        Mistake(DERIVATIVE, GATE_UNDERFLOWS, lambda x: sigmoid(x) + x * sigmoid.derivative(x)),
        Mistake(DERIVATIVE, EXP_OVERFLOWS, _slope_step_by_step, claims=lost),
        Mistake(
            DERIVATIVE,
            "1 - σ(x) is rounded, and x times its error is added",
            _slope_step_by_step,
            noisy=True,
            claims=digits,
        ),
        Mistake(
            DERIVATIVE,
            "exp overflows: NaN",
            lambda x: np.exp(x) * (1 + np.exp(x) + x) / (1 + np.exp(x)) ** 2,
            claims=lost,
        ),
    ),
)
