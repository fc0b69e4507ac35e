"""What others say of the hyperbolic tangent."""

import numpy as np

from reference import tanh
from reference.arithmetic.types import Array

from .formulas import logistic, wide
from .lore import Lore, Reflection
from .mistake import DERIVATIVE, VALUE, Mistake, lost

CANCELS = "1 - tanh² cancels{flushes}"


def _fused(x: Array) -> Array:
    """1 - tanh² as compilers make it of a multiplication and a subtraction: t² is not rounded."""
    t = tanh(x).astype(np.float64)
    return np.asarray((1 - t * t).astype(x.dtype))


LORE = Lore(
    spellings={
        "torch": "torch:torch.tanh",
        "jax": "jax:jax.numpy.tanh",
        "tensorflow": "tensorflow:tensorflow.nn.tanh",
    },
    reflection=Reflection(1.0),
    doubles="sigmoid",
    mistakes=(
        Mistake(
            VALUE,
            "exp overflows: NaN",
            lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
            claims=lost,
        ),
        Mistake(
            VALUE,
            "exp(2x) overflows: NaN",
            lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1),
            claims=lost,
        ),
        Mistake(VALUE, "1 - exp cancels near 0", lambda x: 1 - 2 / (np.exp(2 * x) + 1), noisy=True),
        Mistake(VALUE, "2σ(2x) - 1 cancels near 0", lambda x: 2 * logistic(2 * x) - 1, noisy=True),
        Mistake(VALUE, "this is hard-tanh, not tanh", lambda x: np.clip(x, -1, 1)),
        Mistake(VALUE, "this is softsign, not tanh", lambda x: x / (1 + np.abs(x))),
        Mistake(
            VALUE,
            "this is the fraction x(27 + x²)/(27 + 9x²), not tanh",
            wide(lambda x: x * (27 + x * x) / (27 + 9 * x * x)),
        ),
        Mistake(DERIVATIVE, CANCELS, lambda x: 1 - np.tanh(x) * np.tanh(x), noisy=True),
        Mistake(DERIVATIVE, CANCELS, _fused, noisy=True),
        Mistake(
            DERIVATIVE,
            "1/cosh² overflows or flushes early",
            lambda x: 1 / np.cosh(x) ** 2,
            claims=lost,
        ),
        Mistake(DERIVATIVE, "x is taken for the output: 1 - x²", lambda x: 1 - x * x),
        Mistake(DERIVATIVE, "tanh is not squared: 1 - tanh x", wide(lambda x: 1 - np.tanh(x))),
    ),
)
