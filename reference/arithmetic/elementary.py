"""The functions that the formulas are written in, for whatever number type they are given.

Each is stable: no exponential overflows, and no result is a difference of nearly equal terms.
"""

from typing import Any

from . import float64


def exp(x: Any) -> Any:
    return float64.exp(x)


def expm1(x: Any) -> Any:
    return float64.expm1(x)


def where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    return float64.where(condition, chosen, otherwise)


def inverse_sqrt_two_pi(like: Any) -> Any:
    return 0.3989422804014327


def logistic(x: Any) -> tuple[Any, Any]:
    """σ(x) and σ(-x) = 1 - σ(x), where σ(x) = 1 / (1 + e^-x)."""
    e = exp(-abs(x))
    larger = 1 / (1 + e)
    smaller = e * larger
    return where(x < 0, smaller, larger), where(x < 0, larger, smaller)


def tanh(x: Any) -> Any:
    """tanh(|x|) = (1 - e^(-2|x|)) / (1 + e^(-2|x|)), with the sign of x."""
    e = expm1(-2 * abs(x))
    magnitude = -e / (2 + e)
    return where(x < 0, -magnitude, magnitude)


def normal(x: Any) -> tuple[Any, Any]:
    """Φ(x) and φ(x), the standard normal distribution function and its density."""
    gauss = exp(-(x * x) / 2)
    tail = gauss * float64.scaled_tail(abs(x))
    return where(x < 0, tail, 1 - tail), gauss * inverse_sqrt_two_pi(x)
