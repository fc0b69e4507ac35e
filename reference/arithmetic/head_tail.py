"""Between the first level and the second: float64 arrays as a head of 26 bits and a tail.

A number is head + tail, where the head has 26 significant bits and |tail| <= δ |head|, δ = 2^-25.
So a product of heads is exact, without the splitting that a double-double product begins with, and
all else is small enough to be rounded: a result costs half of what it costs over double-double.

Errors, with u = 2^-53. A product h1 h2 + (h1 t2 + t1 (h2 + t2)) has six roundings of terms of at
most 2δ, 6 uδ in all; a quotient, whose tail is the remainder of its head over the divisor, as many.
In a sum the heads are added exactly (two_sum), and the tails are rounded: 4 uδ times the sum of the
magnitudes. So each is within `UNIT` = 6.2 uδ, while nothing underflows or overflows on the
way, that is while results stay between 2^-900 and 2^900. The functions are those of
`head_tail_functions`, with their bounds.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import head_tail_functions as functions
from .double_double import DoubleDouble, is_power_of_two
from .error_free import two_sum
from .head_tail_functions import renormalised, truncated
from .selection import select
from .sharing import shared
from .types import Float64, Mask

UNIT = 6.2 * 2.0**-78
NONE = np.zeros(())  # the tail of what is a head alone


@dataclass(frozen=True, slots=True)
class HeadTail:
    """head + tail, elementwise; both broadcast together."""

    head: Float64
    tail: Float64

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]  # arrays have none

    def __neg__(self) -> "HeadTail":
        return HeadTail(-self.head, self.tail if self.tail is NONE else -self.tail)

    def __abs__(self) -> "HeadTail":
        sign = np.copysign(1.0, self.head)
        return HeadTail(sign * self.head, sign * self.tail)

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
            return self.head
        difference: Float64 = (self - other).head
        return difference

    def __add__(self, other: Any) -> "HeadTail":
        b = as_head_tail(other)
        total, error = two_sum(self.head, b.head)
        tail = error + (self.tail if b.tail is NONE else self.tail + b.tail)
        return HeadTail(*renormalised(total, tail))

    __radd__ = __add__

    def __sub__(self, other: Any) -> "HeadTail":
        return self + -as_head_tail(other)

    def __rsub__(self, other: Any) -> "HeadTail":
        return as_head_tail(other) + -self

    def __mul__(self, other: Any) -> "HeadTail":
        if is_power_of_two(other):
            return HeadTail(self.head * other, self.tail * other)
        b = as_head_tail(other)
        if b.tail is NONE:
            tail = self.tail * b.head
        else:
            tail = self.head * b.tail + self.tail * (b.head + b.tail)
        return HeadTail(*renormalised(self.head * b.head, tail))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "HeadTail":
        if is_power_of_two(other):
            return HeadTail(self.head / other, self.tail / other)
        b = as_head_tail(other)
        divisor = b.head + b.tail
        dividend = self.head if self.tail is NONE else self.head + self.tail
        head = truncated(dividend / divisor)
        remainder = (self.head - head * b.head) + (self.tail - head * b.tail)
        return HeadTail(head, remainder / divisor)

    def __rtruediv__(self, other: Any) -> "HeadTail":
        return as_head_tail(other) / self

    def exp(self) -> "HeadTail":
        """e^x."""
        return HeadTail(*functions.exp(self.head, self.tail))

    def expm1(self) -> "HeadTail":
        """e^x - 1."""
        return HeadTail(*functions.expm1(self.head, self.tail))

    def log1p(self) -> "HeadTail":
        """ln(1 + x), for 0 <= x <= 1."""
        return HeadTail(*functions.log1p(self.head, self.tail))

    def scaled_tail(self) -> "HeadTail":
        """R(a), for 0 <= a <= 20; NaN beyond."""
        return HeadTail(*functions.scaled_tail(self.head, self.tail))


@shared
def of_doubles(x: Float64) -> HeadTail:
    """The same numbers, exactly."""
    head = truncated(x)
    return HeadTail(head, x - head)


def as_head_tail(number: Any) -> HeadTail:
    """A double, an array of doubles, or a constant that is known as a pair of doubles."""
    if isinstance(number, HeadTail):
        return number
    if isinstance(number, DoubleDouble):
        head = truncated(number.hi)
        return HeadTail(head, (number.hi - head) + number.lo)
    if isinstance(number, np.ndarray):
        exact: HeadTail = of_doubles(number)
        return exact
    head = truncated(np.asarray(number, dtype=np.float64))
    return HeadTail(head, NONE if head == number else number - head)


def where(condition: Mask, chosen: Any, otherwise: Any) -> HeadTail:
    """``chosen`` where ``condition`` holds, else ``otherwise``."""
    a, b = as_head_tail(chosen), as_head_tail(otherwise)
    return HeadTail(select(condition, a.head, b.head), select(condition, a.tail, b.tail))
