"""The functions that the formulas are written in, for whatever number type they are given.

A number is a float64 array, a `DoubleDouble` or a `Decimal`, and within the saturation of its
function: so no exponential overflows. No result is a difference of nearly equal terms.
"""

from decimal import Decimal
from typing import Any

import numpy as np

from . import decimals, double_double, exponential, gaussian_tail
from .double_double import DoubleDouble
from .selection import select


def where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """``chosen`` where ``condition`` holds, else ``otherwise``."""
    if isinstance(condition, np.ndarray):
        if isinstance(chosen, DoubleDouble) or isinstance(otherwise, DoubleDouble):
            return double_double.where(condition, chosen, otherwise)
        return select(condition, chosen, otherwise)
    return chosen if condition else otherwise


def with_sign_of(x: Any, magnitude: Any) -> Any:
    """``magnitude`` with the sign of ``x``."""
    if isinstance(x, np.ndarray):
        return np.copysign(magnitude, x)
    return where(x < 0, -magnitude, magnitude)


def constant(number: float, like: Any) -> Any:
    """``number`` in the type and shape of ``like``, an array."""
    return np.full_like(like, number) if isinstance(like, np.ndarray) else number


def exp(x: Any) -> Any:
    """e^x."""
    if isinstance(x, DoubleDouble):
        return exponential.exp(x)
    return decimals.exp(x) if isinstance(x, Decimal) else np.exp(x)


def expm1(x: Any) -> Any:
    """e^x - 1."""
    if isinstance(x, DoubleDouble):
        return exponential.expm1(x)
    return decimals.expm1(x) if isinstance(x, Decimal) else np.expm1(x)


def scaled_tail(a: Any) -> Any:
    """R(a) = Φ(-a) e^(a²/2), for a >= 0."""
    if isinstance(a, DoubleDouble):
        return gaussian_tail.scaled_tail_double_double(a)
    if isinstance(a, Decimal):
        return decimals.scaled_tail(a)
    return gaussian_tail.scaled_tail_float64(a)


def density_at_zero(like: Any) -> Any:
    """1/√(2π) in the number type of ``like``."""
    if isinstance(like, Decimal):
        return decimals.density_at_zero()
    pair = gaussian_tail.density_at_zero()
    return pair if isinstance(like, DoubleDouble) else pair.hi


def logistic(x: Any) -> tuple[Any, Any]:
    """σ(x) = 1 / (1 + e^-x) and σ(-x) = e^-x σ(x)."""
    e = exp(-x)
    s = 1 / (1 + e)
    return s, e * s


def tanh(x: Any) -> Any:
    """tanh(x): for x >= 0, (1 - e^-2x) / (1 + e^-2x)."""
    e = expm1(-2 * abs(x))
    return with_sign_of(x, -e / (2 + e))


def normal_density(x: Any) -> Any:
    """φ(x) = e^(-x²/2) / √(2π)."""
    return exp(-(x * x) / 2) * density_at_zero(like=x)


def normal(x: Any) -> tuple[Any, Any]:
    """Φ(x) and φ(x), the standard normal distribution function and its density."""
    gauss = exp(-(x * x) / 2)
    tail = gauss * scaled_tail(abs(x))
    return where(x < 0, tail, 1 - tail), gauss * density_at_zero(like=x)
