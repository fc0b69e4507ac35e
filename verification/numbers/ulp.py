"""The unit in which errors are told: |computed - true| / ulp(true).

ulp(true) is the spacing of the format's numbers at the true value: 2^(e - p + 1) for
2^e <= |true| < 2^(e+1) and p bits of significand. Below the smallest normal number it is that
of the smallest normal number, and above the largest finite one that of the largest.

An infinite result stands for 2^(emax + 1), the number that would come next in the format. So
a true value past the overflow threshold, the midpoint between that number and the largest
finite one, is half an ulp or less from its correct rounding, as everywhere else. A result that
is NaN is infinitely far away from any number.

The sign of a zero makes no difference here; ``extremes`` looks at it.
"""

from functools import cache
from math import frexp, isinf
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Float64

# The largest error of a correctly rounded result, in ulp.
CORRECTLY_ROUNDED = 0.5
# frexp(x) lies in [1/2, 1), and a double is below 2^1024.
LEAST_MANTISSA = 0.5
PAST_ALL_FORMATS = 1024


def unit_exponents(true: Float64, format_: Format) -> Any:
    """Return log2 of ulp(true) for each element."""
    _, exponents = np.frexp(true)
    exponents = np.where(np.isinf(true), format_.emax, exponents - 1)
    exponents = np.where(true == 0, format_.emin, exponents)
    return np.clip(exponents, format_.emin, format_.emax) - (format_.precision - 1)


def errors(computed: Array, true: Float64, format_: Format) -> Float64:
    """Return |computed - true| / ulp(true) for each element, with doubles as true values.

    The answer has itself a relative error of at most 2^-52. Two infinities of one sign, and
    two NaNs, are at distance 0.
    """
    exponents = unit_exponents(true, format_)
    with np.errstate(over="ignore", invalid="ignore"):
        wide = computed.astype(np.float64)
        beyond = np.copysign(np.ldexp(1.0, format_.emax + 1 - exponents), wide)
        scaled = np.where(np.isinf(wide), beyond, np.ldexp(wide, -exponents))
        distance = np.abs(scaled - np.ldexp(true, -exponents))
    same = (wide == true) | (np.isnan(wide) & np.isnan(true))
    return np.where(same, 0.0, np.where(np.isnan(distance), np.inf, distance))


class Real(Protocol):
    """An exact or enclosed real number: a Fraction, or python-flint's arb."""

    def __abs__(self) -> Self: ...
    def __neg__(self) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __mul__(self, other: Self, /) -> Self: ...
    def __lt__(self, other: Self, /) -> bool: ...
    def __float__(self) -> float: ...


Number = TypeVar("Number", bound=Real)


@cache
def _power_of_two(number: type[Any], exponent: int) -> Any:
    return number(2) ** exponent


def _binade(magnitude: Real) -> int:
    """Return floor(log2(magnitude)), or any exponent past all formats' for what is past them."""
    try:
        mantissa, exponent = frexp(float(magnitude))
    except OverflowError:
        return PAST_ALL_FORMATS
    if isinf(mantissa):
        return PAST_ALL_FORMATS
    # float() rounds to nearest, so it may have stepped up to a power of two.
    power = _power_of_two(type(magnitude), exponent - 1)
    stepped_up = mantissa == LEAST_MANTISSA and magnitude < power
    return exponent - 2 if stepped_up else exponent - 1


def unit_exponent(true: Real, format_: Format) -> int:
    """Return log2 of ulp(true); for a ball astride a power of two, that of either side."""
    magnitude = abs(true)
    if magnitude < _power_of_two(type(true), format_.emin):
        exponent = format_.emin
    else:
        exponent = min(max(_binade(magnitude), format_.emin), format_.emax)
    return exponent - (format_.precision - 1)


def distance(computed: float, true: Number, exponent: int, format_: Format) -> Number:
    """Return |computed - true| / 2^exponent.

    An infinite result stands for 2^(emax + 1), and for every true value of its sign beyond.
    """
    number: Any = type(true)
    if isinf(computed):
        beyond = _power_of_two(number, format_.emax + 1)
        if beyond < (true if computed > 0 else -true):
            return true - true
        widened = beyond if computed > 0 else -beyond
    else:
        widened = number(computed)
    error: Number = abs(true - widened) * _power_of_two(number, -exponent)
    return error


def error(computed: float, true: Number, format_: Format) -> Number:
    """Return |computed - true| / ulp(true), exactly, or as a ball for a true value in a ball.

    ``computed`` is a number of the format, but not NaN, widened to a double.
    """
    return distance(computed, true, unit_exponent(true, format_), format_)


def doubles(numbers: ArrayLike) -> Float64:
    """Numbers of any format as float64, which is exact; without NumPy's warning of a NaN."""
    with np.errstate(all="ignore"):
        return np.asarray(numbers).astype(np.float64)
