"""Gates: implementations of two inputs with both gradients, in float64, some functions replaced."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from verification.candidates.implementation import Implementation

from .helpers import wide

SWIGLU, GLU, GEGLU, REGLU = (
    "x * sigmoid(x) * y",
    "x * sigmoid(y)",
    "x * Phi(x) * y",
    "max(x, 0) * y",
)
BILINEAR, GEGLU_TANH = "x * y", "gelu_tanh(x) * y"


def gated(gate: Callable[..., Any], *, gate_first: bool = True, **functions: Any) -> Implementation:
    """A gate times the other input, all in float64, with some functions in the place of others."""
    slope = gate.derivative

    def ordered(function):
        return wide(function if gate_first else lambda x, y, *u: function(y, x, *u))

    in_gate = ordered(lambda a, b, u: slope(a) * (b * u))
    in_other = ordered(lambda a, _b, u: gate(a) * u)
    value = functions.get("value", ordered(lambda a, b: gate(a) * b))
    first, second = (in_gate, in_other) if gate_first else (in_other, in_gate)
    return Implementation(
        "mine",
        value,
        backward=functions.get("backward_x", first),
        backward_y=functions.get("backward_y", second),
        call="f({x}, {y})",
        inputs=2,
    )


@dataclass(frozen=True)
class Identity:
    """The gate of a bilinear unit."""

    def __call__(self, x):
        """x itself."""
        return x

    def derivative(self, x):
        """One."""
        return np.ones_like(x)
