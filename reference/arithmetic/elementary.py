"""The functions that the formulas are written in, for whatever number type they are given.

A number is a float64 array, a `HeadTail`, a `DoubleDouble`, a `Tracked` or an `Interval`; a
`Chosen` has the comparisons and `where` alone. No result is a difference of nearly equal terms.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from . import (
    choice,
    double_double,
    exponential,
    gaussian_tail,
    head_tail,
    interval,
    logarithm,
    tracked,
)
from .double_double import DoubleDouble
from .head_tail import HeadTail
from .interval import Interval
from .selection import select
from .sharing import shared
from .tracked import UNIT, Tracked


def where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """``chosen`` where ``condition`` holds, else ``otherwise``."""
    if isinstance(condition, bool):
        return chosen if condition else otherwise
    if isinstance(condition, choice.Condition):
        return choice.where(condition, chosen, otherwise)
    types = {type(chosen), type(otherwise)}
    if HeadTail in types:
        return head_tail.where(condition, chosen, otherwise)
    if DoubleDouble in types:
        return double_double.where(condition, chosen, otherwise)
    if Tracked in types or isinstance(condition, tracked.Condition):
        return tracked.where(condition, chosen, otherwise)
    return select(condition, chosen, otherwise)


def with_sign_of(x: Any, magnitude: Any) -> Any:
    """``magnitude`` with the sign of ``x``."""
    if isinstance(x, np.ndarray):
        return np.copysign(magnitude, x)
    return where(x < 0, -magnitude, magnitude)


def constant(number: float, like: Any) -> Any:
    """``number`` in the type and shape of ``like``."""
    if isinstance(like, np.ndarray):
        return np.full_like(like, number)
    if isinstance(like, choice.Chosen):
        return choice.constant(number, like)
    if isinstance(like, HeadTail):
        return head_tail.as_head_tail(np.full_like(like.head, number))
    if isinstance(like, DoubleDouble):
        return double_double.as_double_double(np.full_like(like.hi, number))
    if isinstance(like, Tracked):
        return tracked.as_tracked(np.full_like(like.value, number))
    return Interval.of(number)


def decimal(digits: str, like: Any) -> Any:
    """A decimal fraction, rounded to the number type of ``like``."""
    if isinstance(like, Interval):
        return Interval(Fraction(digits))
    return _from_pair(double_double.constant(digits), like)


def _from_pair(pair: DoubleDouble, like: Any) -> Any:
    """A constant that is known as a pair of doubles."""
    if isinstance(like, DoubleDouble):
        return pair
    if isinstance(like, HeadTail):
        return head_tail.as_head_tail(pair)
    if isinstance(like, Tracked):
        return Tracked(pair.hi, np.abs(pair.hi) * UNIT)
    return float(pair.hi)


def exp(x: Any) -> Any:
    """e^x."""
    if isinstance(x, np.ndarray):
        return np.exp(x)
    return exponential.exp(x) if isinstance(x, DoubleDouble) else x.exp()


def expm1(x: Any) -> Any:
    """e^x - 1."""
    if isinstance(x, np.ndarray):
        return np.expm1(x)
    return exponential.expm1(x) if isinstance(x, DoubleDouble) else x.expm1()


def log1p(x: Any) -> Any:
    """ln(1 + x), for 0 <= x <= 1."""
    if isinstance(x, np.ndarray):
        return np.log1p(x)
    return logarithm.log1p(x) if isinstance(x, DoubleDouble) else x.log1p()


def scaled_tail(a: Any) -> Any:
    """R(a) = Φ(-a) e^(a²/2), for a >= 0."""
    if isinstance(a, np.ndarray):
        return gaussian_tail.scaled_tail_float64(a)
    if isinstance(a, DoubleDouble):
        return gaussian_tail.scaled_tail_double_double(a)
    return a.scaled_tail()


def density_at_zero(like: Any) -> Any:
    """1/√(2π) in the number type of ``like``."""
    if isinstance(like, Interval):
        return interval.density_at_zero()
    return _from_pair(gaussian_tail.density_at_zero(), like)


@shared
def _power_and_sigmoid(x: Any) -> tuple[Any, Any]:
    """e^-x and σ(x) = 1 / (1 + e^-x)."""
    e = exp(-x)
    return e, 1 / (1 + e)


def sigmoid(x: Any) -> Any:
    """σ(x)."""
    return _power_and_sigmoid(x)[1]


@shared
def logistic(x: Any) -> tuple[Any, Any]:
    """σ(x) and σ(-x) = e^-x σ(x).

    In intervals, where e^-x may be beyond all decimals, σ(-x) is evaluated as σ is.
    """
    e, s = _power_and_sigmoid(x)
    return s, 1 / (1 + exp(x)) if isinstance(x, Interval) else e * s


@shared
def tanh(x: Any) -> Any:
    """tanh(x): for x >= 0, (1 - e^-2x) / (1 + e^-2x)."""
    e = expm1(-2 * abs(x))
    return with_sign_of(x, -e / (2 + e))


@shared
def normal_density(x: Any) -> Any:
    """φ(x) = e^(-x²/2) / √(2π)."""
    return exp(-(x * x) / 2) * density_at_zero(like=x)


@shared
def _gauss_and_cdf(x: Any) -> tuple[Any, Any]:
    """e^(-x²/2) and Φ(x)."""
    gauss = exp(-(x * x) / 2)
    tail = gauss * scaled_tail(abs(x))
    return gauss, where(x < 0, tail, 1 - tail)


def normal_cdf(x: Any) -> Any:
    """Φ(x), the standard normal distribution function."""
    return _gauss_and_cdf(x)[1]


def normal(x: Any) -> tuple[Any, Any]:
    """Φ(x) and φ(x), its density."""
    gauss, cdf = _gauss_and_cdf(x)
    return cdf, gauss * density_at_zero(like=x)
