"""The third level: real numbers in intervals of decimals, to whatever precision the context has.

An `Interval` holds a real number: exactly, as a fraction, as long as all that was done to it is
rational; else between two decimals, each rounded outwards. An end that was rounded, or that is the
value of a transcendental function, is *open*: the number lies strictly inside. So a tie of the
format is told from what lies just beside it without the digits that would show it: x/2 + x²/4 at
x = 2^-149 is strictly above x/2 at any precision.

Slow, and reached by almost no input.
"""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from functools import total_ordering
from numbers import Rational
from typing import Any

import numpy as np

from . import decimals
from .ends import ZERO, End, UndecidedError, rounded
from .rounding import nearest

FURTHEST = 4000
FLOAT64 = np.dtype(np.float64)


@total_ordering
class Interval:
    """A real number: ``exact``, or strictly or not between two ends."""

    __slots__ = ("_ends", "exact")

    def __init__(self, exact: Fraction | None, ends: tuple[End, End] | None = None) -> None:
        self.exact = exact
        self._ends = ends

    @classmethod
    def of(cls, number: Any) -> "Interval":
        """A number that is exact: an int, a float or a fraction; or an interval itself."""
        if isinstance(number, Interval):
            return number
        return cls(number if isinstance(number, Fraction) else Fraction(number))

    @property
    def ends(self) -> tuple[End, End]:
        """Lower and upper end."""
        if self._ends is None:
            self._ends = _of_fraction(self.exact or Fraction(0))
        return self._ends

    def bounds(self) -> tuple[tuple[Fraction, int], tuple[Fraction, int]]:
        """Both ends as fractions, with 1 or -1 where the number is strictly above or below.

        Beyond every format, in either direction, 10^±4000 stands for what may be a power of ten
        with 18 digits in its exponent.
        """
        if self.exact is not None:
            return (self.exact, 0), (self.exact, 0)
        low, high = self.ends
        return (_moderate(low.at), int(low.is_open)), (_moderate(high.at), -int(high.is_open))

    def magnitude(self) -> Decimal:
        """An upper bound of |x|."""
        low, high = self.ends
        return max(low.at.copy_abs(), high.at.copy_abs())

    def nearest_double(self) -> float:
        """The double nearest to one of the ends, which are close to one another."""
        (low, above), (high, below) = self.bounds()
        end, beyond = (high, below) if low < 0 else (low, above)
        return nearest(end, FLOAT64, beyond)

    def __neg__(self) -> "Interval":
        if self.exact is not None:
            return Interval(-self.exact)
        low, high = self.ends
        return Interval(None, (-high, -low))

    def __abs__(self) -> "Interval":
        return -self if self < 0 else self

    def __add__(self, other: Any) -> "Interval":
        b = _operand(other)
        if self.exact is not None and b.exact is not None:
            return Interval(self.exact + b.exact)
        if self.exact == 0:
            return b
        if b.exact == 0:
            return self
        (low, high), (other_low, other_high) = self.ends, b.ends
        return Interval(
            None, (_sum(low, other_low, ROUND_FLOOR), _sum(high, other_high, ROUND_CEILING))
        )

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Interval":
        return self + -_operand(other)

    def __rsub__(self, other: Any) -> "Interval":
        return _operand(other) + -self

    def __mul__(self, other: Any) -> "Interval":
        b = _operand(other)
        if self.exact is not None and b.exact is not None:
            return Interval(self.exact * b.exact)
        if 0 in (self.exact, b.exact):
            return Interval(Fraction(0))
        corners = [(p, q) for p in self.ends for q in b.ends]
        lower = [_corner(p, q, ROUND_FLOOR) for p, q in corners]
        upper = [_corner(p, q, ROUND_CEILING) for p, q in corners]
        return _hull(lower, upper)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Interval":
        b = _operand(other)
        if self.exact is not None and b.exact is not None:
            return Interval(self.exact / b.exact)
        return self * b._inverse()

    def __rtruediv__(self, other: Any) -> "Interval":
        return _operand(other) / self

    def _inverse(self) -> "Interval":
        if self.exact is not None:
            return Interval(1 / self.exact)
        low, high = self.ends
        if not (_is_above(low) or _is_above(-high)):
            raise UndecidedError("a divisor may be 0")
        return Interval(None, (_inverse(high, -1, ROUND_FLOOR), _inverse(low, 1, ROUND_CEILING)))

    def _sign_of_difference(self, other: Any) -> int:
        difference = self - other
        if difference.exact is not None:
            return int(difference.exact > 0) - int(difference.exact < 0)
        low, high = difference.ends
        if _is_above(low):
            return 1
        if _is_above(-high):
            return -1
        raise UndecidedError("a comparison")

    def __eq__(self, other: object) -> bool:
        return self._sign_of_difference(other) == 0

    def __lt__(self, other: Any) -> bool:
        return self._sign_of_difference(other) < 0

    __hash__ = None  # type: ignore[assignment]  # a number without a place

    def _monotone(self, function: Callable[[Decimal, str], End]) -> "Interval":
        """A rising function, given the end of its values at a decimal, rounded either way."""
        low, high = self.ends
        ends = _image(function, low, ROUND_FLOOR), _image(function, high, ROUND_CEILING)
        return Interval(None, ends)

    def exp(self) -> "Interval":
        """e^x."""
        return Interval(Fraction(1)) if self.exact == 0 else self._monotone(decimals.exp)

    def expm1(self) -> "Interval":
        """e^x - 1."""
        return self if self.exact == 0 else self._monotone(decimals.expm1)

    def log1p(self) -> "Interval":
        """ln(1 + x)."""
        return self if self.exact == 0 else self._monotone(decimals.log1p)

    def scaled_tail(self) -> "Interval":
        """R(a) = e^(a²/2) Φ(-a) for a >= 0."""
        if self.exact == 0:
            return Interval(Fraction(1, 2))
        low, high = self.ends
        ends = (
            _image(decimals.scaled_tail, high, ROUND_FLOOR),
            _image(decimals.scaled_tail, low, ROUND_CEILING),
        )
        return Interval(None, ends)


def _operand(number: Any) -> Interval:
    if not isinstance(number, Interval | Rational | float):
        raise TypeError(f"expected a real number, not {number!r}")
    return Interval.of(number)


def _of_fraction(number: Fraction) -> tuple[End, End]:
    numerator, denominator = Decimal(number.numerator), Decimal(number.denominator)
    low, high = (
        rounded(rounding, lambda context: context.divide(numerator, denominator))
        for rounding in (ROUND_FLOOR, ROUND_CEILING)
    )
    return low, high


def _moderate(number: Decimal) -> Fraction:
    if number == 0:
        return Fraction(0)
    if number.is_infinite() or abs(number.adjusted()) > FURTHEST:
        exponent = FURTHEST if number.is_infinite() or number.adjusted() > 0 else -FURTHEST
        return (-1 if number < 0 else 1) * Fraction(10) ** exponent
    return Fraction(number)


def _is_above(low: End) -> bool:
    """Whether a number with this lower end is positive."""
    return low.at > 0 or (low.at == 0 and low.is_open)


def _image(function: Callable[[Decimal, str], End], end: End, rounding: str) -> End:
    """The end of a strictly monotone function's values: open if that of its argument is."""
    image = function(end.at, rounding)
    return End(image.at, image.is_open or end.is_open)


def _sum(p: End, q: End, rounding: str) -> End:
    is_open = p.is_open or q.is_open
    return rounded(rounding, lambda context: context.add(p.at, q.at), is_open=is_open)


def _inverse(end: End, side_of_zero: int, rounding: str) -> End:
    return rounded(
        rounding,
        lambda context: decimals.reciprocal(end.at, side_of_zero, context),
        is_open=end.is_open,
    )


def _corner(p: End, q: End, rounding: str) -> End:
    """The product of two ends; it is attained if both are, or if one that is attained is 0."""
    if (p.at == 0 and not p.is_open) or (q.at == 0 and not q.is_open):
        return End(ZERO, is_open=False)
    if p.at == 0 or q.at == 0:
        return End(ZERO, is_open=True)
    return rounded(
        rounding, lambda context: context.multiply(p.at, q.at), is_open=p.is_open or q.is_open
    )


def _hull(lower: list[End], upper: list[End]) -> Interval:
    """From the lowest to the highest end; of equal ones, one that is attained counts."""
    return Interval(
        None,
        (
            min(lower, key=lambda end: (end.at, end.is_open)),
            max(upper, key=lambda end: (end.at, not end.is_open)),
        ),
    )


def density_at_zero() -> Interval:
    """1/√(2π)."""
    return Interval(None, decimals.density_at_zero())
