"""What others say of the logistic sigmoid."""

import numpy as np

from reference import sigmoid

from .formulas import EXP_OVERFLOWS, STEPS, logistic, wide
from .lore import Lore, Reflection
from .mistake import DERIVATIVE, VALUE, Mistake, digits, lost

S_ONE_MINUS_S = "s(1 - s) flushes to 0 above {one}"

LORE = Lore(
    spellings={
        "torch": "torch:torch.sigmoid",
        "jax": "jax:jax.nn.sigmoid",
        "tensorflow": "tensorflow:tensorflow.nn.sigmoid",
    },
    reflection=Reflection(1.0, constant=1.0),
    mistakes=(
        Mistake(VALUE, EXP_OVERFLOWS, logistic, claims=lost),
        Mistake(VALUE, STEPS, logistic, noisy=True, claims=digits),
        Mistake(
            VALUE,
            "exp(x) / (1 + exp(x)) overflows: NaN",
            lambda x: np.exp(x) / (1 + np.exp(x)),
            claims=lost,
        ),
        Mistake(
            VALUE,
            "1 + tanh cancels in the left tail",
            lambda x: (1 + np.tanh(x / 2)) / 2,
            noisy=True,
        ),
        Mistake(
            VALUE,
            "this is hard-sigmoid (slope 1/6), not sigmoid",
            wide(lambda x: np.clip(x / 6 + 0.5, 0, 1)),
        ),
        Mistake(
            VALUE,
            "this is hard-sigmoid (slope 0.2), not sigmoid",
            wide(lambda x: np.clip(0.2 * x + 0.5, 0, 1)),
        ),
        Mistake(DERIVATIVE, S_ONE_MINUS_S, lambda x: logistic(x) * (1 - logistic(x)), noisy=True),
        Mistake(DERIVATIVE, S_ONE_MINUS_S, lambda x: sigmoid(x) * (1 - sigmoid(x)), noisy=True),
        Mistake(DERIVATIVE, S_ONE_MINUS_S, wide(lambda x: sigmoid(x) * (1 - sigmoid(x)))),
        Mistake(DERIVATIVE, "x is taken for the output: x(1 - x)", lambda x: x * (1 - x)),
        Mistake(
            DERIVATIVE,
            "σ is applied twice: the derivative at σ(x)",
            lambda x: sigmoid.derivative(sigmoid(x)),
        ),
        Mistake(
            DERIVATIVE,
            "exp(-x) / (1 + exp(-x))² overflows: NaN",
            lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
            claims=lost,
        ),
        Mistake(
            DERIVATIVE,
            "exp(x) / (1 + exp(x))² overflows: NaN",
            lambda x: np.exp(x) / (1 + np.exp(x)) ** 2,
            claims=lost,
        ),
        Mistake(DERIVATIVE, "the factor 1 - σ is missing", sigmoid),
    ),
)
