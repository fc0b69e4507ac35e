"""Sigmoid, the logistic function: σ(x) = 1 / (1 + e^-x).

Source: D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by
back-propagating errors", Nature 323 (1986), equation (2).
"""

from typing import Any

from reference.arithmetic.elementary import logistic, tanh
from reference.definition.activation import Activation
from reference.definition.function import Function


def value(x: Any) -> Any:
    """σ(x)."""
    s, _ = logistic(x)
    return s


def first(x: Any) -> Any:
    """σ(x) σ(-x), which is σ (1 - σ) without the difference."""
    s, c = logistic(x)
    return s * c


def second(x: Any) -> Any:
    """-σ(x) σ(-x) tanh(x/2), for 1 - 2 σ(x) = -tanh(x/2)."""
    s, c = logistic(x)
    return -(s * c * tanh(x / 2))


SATURATION = (200.0, 1500.0)  # e^-200 < 2^-150-128, e^-1500 < 2^-1075-1024

sigmoid = Activation(
    name="sigmoid",
    title="Sigmoid",
    orders=(
        Function(
            value,
            formula="1 / (1 + exp(-x))",
            latex=r"\sigma(x) = \frac{1}{1 + e^{-x}}",
            limits=(0.0, 1.0),
            bounds=(0.0, 1.0),
            saturation=SATURATION,
        ),
        Function(
            first,
            formula="sigmoid(x) * (1 - sigmoid(x))",
            latex=r"\sigma(x)\,(1 - \sigma(x))",
            limits=(0.0, 0.0),
            bounds=(0.0, 0.25),
            symmetry="even",
            saturation=SATURATION,
        ),
        Function(
            second,
            formula="sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x))",
            latex=r"\sigma(x)\,(1 - \sigma(x))\,(1 - 2\sigma(x))",
            limits=(0.0, -0.0),
            bounds=(-0.09622504486493763, 0.09622504486493763),
            roots=(0.0,),
            symmetry="odd",
            saturation=SATURATION,
            expansion=(-1 / 8, 1 / 24, 3),
        ),
    ),
    source=(
        "D. E. Rumelhart, G. E. Hinton and R. J. Williams, Learning representations by "
        "back-propagating errors, Nature 323 (1986), equation (2)"
    ),
)
