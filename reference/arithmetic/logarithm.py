"""ln(1 + x) over double-double.

With y the float64 logarithm, ln(1 + x) = y + ln((1 + x) e^-y) = y + ln(1 + r), and
r = x + (1 + x) (e^-y - 1) is 2^-51 x at most, so that r - r²/2 does for ln(1 + r). The two terms of
r cancel: what counts is the error of e^-y - 1, below 2^-75.5 (see `exponential`), and with it that
of the result, as e^-y - 1 is at most x: below 2^-74.5 in all. For x < 2^-30 the series
x - x²/2 + x³/3 - x⁴/4 takes its place, whose first neglected term is below 2^-122 x.
"""

import numpy as np

from . import exponential
from .double_double import ZERO, DoubleDouble, power_of_two, where
from .types import Float64

SERIES_BELOW = 2.0**-30


def log1p(x: DoubleDouble) -> DoubleDouble:
    """ln(1 + x) for 0 <= x <= 1."""
    wide = x.hi * power_of_two(np.asarray(x.exponent))
    small = np.abs(wide) < SERIES_BELOW
    series = x * (1 - x * (1 - x * (2 - 1.5 * x) / 3) / 2)
    if np.all(small):
        return series
    moderate = DoubleDouble(np.where(small, 1.0, wide), np.where(small, 0.0, _low(x)))
    y = DoubleDouble(np.log1p(moderate.hi), ZERO)
    rest = moderate + (1 + moderate) * exponential.expm1(-y)
    return where(small, series, y + rest * (1 - rest / 2))


def _low(x: DoubleDouble) -> Float64:
    low: Float64 = x.lo * power_of_two(np.asarray(x.exponent))
    return low
