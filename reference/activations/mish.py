"""Mish: x tanh(ln(1 + e^x)).

Source: D. Misra, "Mish: a self regularized non-monotonic activation function",
arXiv:1908.08681, equation (1).
"""

from typing import Any

from reference.arithmetic.elementary import exp, where
from reference.arithmetic.sharing import shared
from reference.definition.activation import define


@shared
def parts(x: Any) -> tuple[Any, Any, Any, Any]:
    """Whether x > 0, t, t² and d, of which T = tanh(ln(1 + e^x)) and its derivatives are made.

    For x <= 0, with t = e^x and d = (1 + t)² + 1:

        T = t (2 + t) / d,   T' = 4 t (1 + t) / d²,   T'' = 4 t (2 + 2t - 3t² - 2t³) / d³.

    For x > 0 numerator and denominator are divided by their highest power of e^x; t is e^-x.
    """
    right = x > 0
    t = exp(-abs(x))
    square = t * t
    return right, t, square, (1 + t) * (1 + t) + where(right, square, 1.0)


@shared
def gate(x: Any) -> Any:
    """T."""
    right, t, _, d = parts(x)
    return where(right, 1 + 2 * t, t * (2 + t)) / d


def slope(x: Any) -> Any:
    """T'."""
    right, t, square, d = parts(x)
    return 4 * (where(right, square, t) * (1 + t) / (d * d))


def curvature(x: Any) -> Any:
    """T''."""
    right, t, square, d = parts(x)
    bend = where(right, square * (2 + 2 * t) - (2 + 3 * t), 2 + 2 * t - square * (3 + 2 * t))
    return 4 * (where(right, square, t) * bend / (d * d * d))


def value(x: Any) -> Any:
    """x T."""
    return x * gate(x)


def first(x: Any) -> Any:
    """T + x T'."""
    return gate(x) + x * slope(x)


def second(x: Any) -> Any:
    """2 T' + x T''."""
    return 2 * slope(x) + x * curvature(x)


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
