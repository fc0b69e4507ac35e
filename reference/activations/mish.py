"""Mish: x tanh(ln(1 + e^x)).

Source: D. Misra, "Mish: a self regularized non-monotonic activation function",
arXiv:1908.08681, equation (1).
"""

from typing import Any, NamedTuple

from reference.arithmetic.elementary import exp, where
from reference.arithmetic.sharing import shared
from reference.definition.activation import define


class Gate(NamedTuple):
    """T = tanh(ln(1 + e^x)) and its derivatives."""

    value: Any
    slope: Any
    curvature: Any


@shared
def gate(x: Any) -> Gate:
    """T, its slope and its curvature.

    For x <= 0, with t = e^x and d = (1 + t)² + 1:

        T = t (2 + t) / d,   T' = 4 t (1 + t) / d²,   T'' = 4 t (2 + 2t - 3t² - 2t³) / d³.

    For x > 0 numerator and denominator are divided by their highest power of e^x; t is e^-x.
    """
    right = x > 0
    t = exp(-abs(x))
    d = (1 + t) * (1 + t) + where(right, t * t, 1.0)
    n = where(right, 1 + 2 * t, t * (2 + t))
    small = where(right, t * t, t)
    bend = where(
        right,
        t * t * (2 + 2 * t) - (2 + 3 * t),
        2 + 2 * t - t * t * (3 + 2 * t),
    )
    return Gate(n / d, 4 * (small * (1 + t) / (d * d)), 4 * (small * bend / (d * d * d)))


def value(x: Any) -> Any:
    """x T."""
    return x * gate(x).value


def first(x: Any) -> Any:
    """T + x T'."""
    tanh = gate(x)
    return tanh.value + x * tanh.slope


def second(x: Any) -> Any:
    """2 T' + x T''."""
    tanh = gate(x)
    return 2 * tanh.slope + x * tanh.curvature


T = "t = tanh(log1p(exp(x)))"

mish = define(
    "mish",
    "Mish",
    formulas=(
        "x * tanh(log1p(exp(x)))",
        f"t + x * (1 - t**2) * sigmoid(x) with {T}",
        f"(1 - t**2) * s * (2 + x * (1 - s - 2 * t * s)) with {T}, s = sigmoid(x)",
    ),
    functions=(value, first, second),
    source=(
        "D. Misra, Mish: a self regularized non-monotonic activation function, arXiv:1908.08681, "
        "equation (1)"
    ),
)
