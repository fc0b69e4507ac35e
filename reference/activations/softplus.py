"""Softplus, a smooth rectifier: ln(1 + e^(βx)) / β.

Source: C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, "Incorporating second-order
functional knowledge for better option pricing", NIPS 2000, which names it; β is PyTorch's.
"""

from typing import Any

from reference.arithmetic.elementary import exp, log1p, logistic, sigmoid, where
from reference.definition.activation import define


def value(x: Any, beta: Any) -> Any:
    """ln(1 + e^z) / β with z = βx: for z > 0, x + ln(1 + e^-z) / β."""
    z = beta * x
    return where(z > 0, x, 0.0) + log1p(exp(-abs(z))) / beta


def first(x: Any, beta: Any) -> Any:
    """σ(βx)."""
    return sigmoid(beta * x)


def second(x: Any, beta: Any) -> Any:
    """β σ(βx) σ(-βx)."""
    s, c = logistic(beta * x)
    return beta * (s * c)


def by_beta(x: Any, beta: Any) -> Any:
    """(z σ(z) - ln(1 + e^z)) / β² with z = βx.

    It is even in z: -(ln(1 + e^-|z|) + |z| σ(-|z|)) / β².
    """
    distance = abs(beta * x)
    _, c = logistic(distance)
    return -(log1p(exp(-distance)) + distance * c) / (beta * beta)


softplus = define(
    "softplus",
    "Softplus",
    formulas=(
        "log1p(exp(beta * x)) / beta",
        "sigmoid(beta * x)",
        "beta * sigmoid(beta * x) * (1 - sigmoid(beta * x))",
    ),
    functions=(value, first, second),
    source=(
        "C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, Incorporating second-order "
        "functional knowledge for better option pricing, NIPS 2000"
    ),
    parameters={"beta": 1.0},
    parameter_derivatives={
        "beta": ("(x * sigmoid(beta * x) - log1p(exp(beta * x)) / beta) / beta", by_beta)
    },
    conditions={"beta": "other than 0"},
)
