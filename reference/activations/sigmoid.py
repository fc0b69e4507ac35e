"""Sigmoid, the logistic function: σ(x) = 1 / (1 + e^-x).

Source: D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by
back-propagating errors", Nature 323 (1986), equation (2).
"""

from typing import Any

from reference.arithmetic import elementary
from reference.arithmetic.elementary import logistic, tanh
from reference.definition.activation import define


def value(x: Any) -> Any:
    """σ(x)."""
    return elementary.sigmoid(x)


def first(x: Any) -> Any:
    """σ(x) σ(-x), which is σ (1 - σ) without the difference."""
    s, c = logistic(x)
    return s * c


def second(x: Any) -> Any:
    """-σ(x) σ(-x) tanh(x/2), for 1 - 2 σ(x) = -tanh(x/2)."""
    s, c = logistic(x)
    return -(s * c * tanh(x / 2))


sigmoid = define(
    "sigmoid",
    "Sigmoid",
    formulas=(
        "1 / (1 + exp(-x))",
        "sigmoid(x) * (1 - sigmoid(x))",
        "sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x))",
    ),
    functions=(value, first, second),
    source=(
        "D. E. Rumelhart, G. E. Hinton and R. J. Williams, Learning representations by "
        "back-propagating errors, Nature 323 (1986), equation (2)"
    ),
)
