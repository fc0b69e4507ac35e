"""The second level: arrays of double-double numbers with a power of two of their own.

A number is (hi + lo) 2^exponent with |lo| <= ulp(hi)/2. The separate exponent keeps a tail such as
e^-1000 at unit scale, where its last bits cannot underflow; it is the int 0 until an exponential
needs it. With u = 2^-53 the relative errors are, from M. Joldes, J.-M. Muller and V. Popescu,
"Tight and rigorous error bounds for basic building blocks of double-word arithmetic", ACM TOMS 44
(2017): sum 3u²/(1 - 4u) (algorithm 6), sum with a double 2u² (4), product 7u² (10), quotient
15u² + 56u³ (17, whose remainder is summed here in another order, with no more roundings). All hold
while no intermediate error term underflows, that is while results stay between 2^-900 and 2^900,
where `evaluation` keeps them.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .error_free import fast_two_sum, two_product, two_sum
from .selection import select
from .types import Float64, Mask

Exponent = int | NDArray[np.int32]
SMALLEST_EXPONENT = -1000
ZERO = np.zeros(())


def nearest_pair(number: Fraction) -> tuple[float, float]:
    """The pair (hi, lo) nearest to an exact number."""
    hi = float(number)
    return hi, float(number - Fraction(hi))


def power_of_two(exponent: Any) -> Any:
    """2^exponent by its bit pattern, up to 2^1000; 2^-1000 stands for what is below."""
    biased = np.maximum(exponent, SMALLEST_EXPONENT) + 1023
    return (np.asarray(biased, dtype=np.int64) << 52).view(np.float64)


@dataclass(frozen=True, slots=True)
class DoubleDouble:
    """(hi + lo) 2^exponent, elementwise; hi, lo and exponent broadcast together."""

    hi: Float64
    lo: Float64
    exponent: Exponent = 0

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]  # arrays have none

    def __neg__(self) -> "DoubleDouble":
        return DoubleDouble(-self.hi, -self.lo, self.exponent)

    def __abs__(self) -> "DoubleDouble":
        sign = np.copysign(1.0, self.hi)
        return DoubleDouble(sign * self.hi, sign * self.lo, self.exponent)

    def __eq__(self, other: object) -> Any:
        return self._side_of(other) == 0

    def __lt__(self, other: Any) -> Mask:
        return self._side_of(other) < 0

    def __le__(self, other: Any) -> Mask:
        return self._side_of(other) <= 0

    def __gt__(self, other: Any) -> Mask:
        return self._side_of(other) > 0

    def __ge__(self, other: Any) -> Mask:
        return self._side_of(other) >= 0

    def _side_of(self, other: Any) -> Float64:
        """A number with the sign of self - other."""
        if isinstance(other, int | float) and other == 0:
            return self.hi
        difference: Float64 = (self - other).hi
        return difference

    def unscaled(self) -> "DoubleDouble":
        """The same number without a power of its own; what is below the doubles is lost."""
        if isinstance(self.exponent, int):
            return self
        scale = power_of_two(self.exponent)
        return DoubleDouble(self.hi * scale, self.lo * scale)

    def __add__(self, other: Any) -> "DoubleDouble":
        a, b, exponent = _aligned(self, as_double_double(other))
        total, error = two_sum(a.hi, b.hi)
        if b.lo is ZERO:
            return DoubleDouble(*fast_two_sum(total, error + a.lo), exponent)
        low_total, low_error = two_sum(a.lo, b.lo)
        total, error = fast_two_sum(total, error + low_total)
        return DoubleDouble(*fast_two_sum(total, error + low_error), exponent)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "DoubleDouble":
        return self + -as_double_double(other)

    def __rsub__(self, other: Any) -> "DoubleDouble":
        return as_double_double(other) + -self

    def __mul__(self, other: Any) -> "DoubleDouble":
        if is_power_of_two(other):
            return DoubleDouble(self.hi * other, self.lo * other, self.exponent)
        b = as_double_double(other)
        product, error = two_product(self.hi, b.hi)
        error += self.hi * b.lo + self.lo * b.hi
        return DoubleDouble(*fast_two_sum(product, error), self.exponent + b.exponent)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "DoubleDouble":
        if is_power_of_two(other):
            return DoubleDouble(self.hi / other, self.lo / other, self.exponent)
        b = as_double_double(other)
        quotient = self.hi / b.hi
        product, error = two_product(quotient, b.hi)
        remainder = (self.hi - product) - error + self.lo - quotient * b.lo
        return DoubleDouble(*fast_two_sum(quotient, remainder / b.hi), self.exponent - b.exponent)

    def __rtruediv__(self, other: Any) -> "DoubleDouble":
        return as_double_double(other) / self


@cache
def constant(digits: str) -> DoubleDouble:
    """The pair nearest to a decimal fraction."""
    hi, lo = nearest_pair(Fraction(digits))
    return DoubleDouble(np.asarray(hi), np.asarray(lo))


def is_power_of_two(number: Any) -> bool:
    """Whether it is an int by which a product is exact."""
    return isinstance(number, int) and number != 0 and abs(number) & (abs(number) - 1) == 0


def as_double_double(number: Any) -> DoubleDouble:
    """A double, or an array of doubles, as double-double."""
    if isinstance(number, DoubleDouble):
        return number
    return DoubleDouble(np.asarray(number, dtype=np.float64), ZERO)


def _aligned(a: DoubleDouble, b: DoubleDouble) -> tuple[DoubleDouble, DoubleDouble, Exponent]:
    """Both at the larger exponent; what is shifted out is below 2^-1000 of the other.

    A zero has no part in that: beside it, a tail keeps its own exponent.
    """
    if isinstance(a.exponent, int) and isinstance(b.exponent, int):
        return a, b, 0
    exponent = np.maximum(a.exponent, b.exponent)
    exponent = np.where(a.hi == 0, b.exponent, np.where(b.hi == 0, a.exponent, exponent))
    return _shifted(a, exponent), _shifted(b, exponent), exponent


def _shifted(a: DoubleDouble, exponent: Exponent) -> DoubleDouble:
    scale = power_of_two(a.exponent - exponent)
    return DoubleDouble(a.hi * scale, a.lo * scale, exponent)


def where(condition: Mask, chosen: Any, otherwise: Any) -> DoubleDouble:
    """``chosen`` where ``condition`` holds, else ``otherwise``."""
    a, b = as_double_double(chosen), as_double_double(otherwise)
    exponent: Exponent = 0
    if not (isinstance(a.exponent, int) and isinstance(b.exponent, int)):
        exponent = np.where(condition, a.exponent, b.exponent)
    return DoubleDouble(select(condition, a.hi, b.hi), select(condition, a.lo, b.lo), exponent)
