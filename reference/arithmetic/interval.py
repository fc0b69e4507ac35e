"""The third level: real numbers in intervals of decimals, to whatever precision the context has.

An `Interval` holds a real number: exactly, as a fraction, as long as all that was done to it is
rational; else between two decimals, each rounded outwards. An end that was rounded, or that is the
value of a transcendental function, is *open*: the number lies strictly inside. So a tie of the
format is told from what lies just beside it without the digits that would show it: x/2 + x²/4 at
x = 2^-149 is strictly above x/2 at any precision.

Slow, and reached by almost no input.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    Inexact,
    getcontext,
    localcontext,
)
from fractions import Fraction
from functools import total_ordering
from numbers import Rational
from typing import Any

import numpy as np

from .constants import inverse_sqrt_two_pi
from .rounding import nearest

BITS_PER_DIGIT = 3.3220
GUARD_DIGITS = 10
SERIES_LAST = 60
FURTHEST = 4000
INFINITY = Decimal("Infinity")
ZERO = Decimal(0)
HALF = Decimal("0.5")
FLOAT64 = np.dtype(np.float64)
_LOCAL = threading.local()


class UndecidedError(ArithmeticError):
    """A comparison that this precision does not decide."""


def precision(digits: int) -> Any:
    """The context in which intervals have so many digits."""
    return localcontext(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN))


def _context(rounding: str) -> Context:
    """A context of the present precision, of this thread's own."""
    key = (getcontext().prec, rounding)
    contexts = _LOCAL.__dict__.setdefault("contexts", {})
    if key not in contexts:
        contexts[key] = Context(
            prec=key[0], rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[]
        )
    context: Context = contexts[key]
    context.clear_flags()
    return context


@dataclass(frozen=True, slots=True)
class End:
    """One end of an interval: the number itself is beyond it if it is open."""

    at: Decimal
    is_open: bool

    def __neg__(self) -> "End":
        return End(self.at.copy_negate(), self.is_open)


def _end(rounding: str, work: Callable[[Context], Decimal], *, is_open: bool = False) -> End:
    """The result of an operation rounded outwards; open if that was inexact."""
    context = _context(rounding)
    result = work(context)
    return End(result, is_open or bool(context.flags[Inexact]))


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
        return Interval(Fraction(1)) if self.exact == 0 else self._monotone(_exp)

    def expm1(self) -> "Interval":
        """e^x - 1."""
        return self if self.exact == 0 else self._monotone(_expm1)

    def log1p(self) -> "Interval":
        """ln(1 + x)."""
        return self if self.exact == 0 else self._monotone(_log1p)

    def scaled_tail(self) -> "Interval":
        """R(a) = e^(a²/2) Φ(-a) for a >= 0."""
        if self.exact == 0:
            return Interval(Fraction(1, 2))
        low, high = self.ends
        ends = _image(_scaled_tail, high, ROUND_FLOOR), _image(_scaled_tail, low, ROUND_CEILING)
        return Interval(None, ends)


def _operand(number: Any) -> Interval:
    if not isinstance(number, Interval | Rational | float):
        raise TypeError(f"expected a real number, not {number!r}")
    return Interval.of(number)


def _of_fraction(number: Fraction) -> tuple[End, End]:
    numerator, denominator = Decimal(number.numerator), Decimal(number.denominator)
    low, high = (
        _end(rounding, lambda context: context.divide(numerator, denominator))
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
    return _end(rounding, lambda context: context.add(p.at, q.at), is_open=is_open)


def _inverse(end: End, side_of_zero: int, rounding: str) -> End:
    return _end(
        rounding,
        lambda context: _reciprocal(end.at, side_of_zero, context),
        is_open=end.is_open,
    )


def _corner(p: End, q: End, rounding: str) -> End:
    """The product of two ends; it is attained if both are, or if one that is attained is 0."""
    if (p.at == 0 and not p.is_open) or (q.at == 0 and not q.is_open):
        return End(ZERO, is_open=False)
    if p.at == 0 or q.at == 0:
        return End(ZERO, is_open=True)
    return _end(
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


def _reciprocal(number: Decimal, side_of_zero: int, context: Context) -> Decimal:
    """1/number; next to 0, the infinity on the side of the interval."""
    if number == 0:
        return INFINITY if side_of_zero > 0 else -INFINITY
    return context.divide(Decimal(1), number)


def _beside(number: Decimal, rounding: str) -> End:
    """The end strictly beyond a transcendental result that was rounded to nearest."""
    context = _context(rounding)
    step = context.next_minus if rounding == ROUND_FLOOR else context.next_plus
    return End(step(number), is_open=True)


def _exp(x: Decimal, rounding: str) -> End:
    """e^x, which `decimal` rounds correctly to nearest."""
    if x == 0:
        return End(Decimal(1), is_open=False)
    if x.is_infinite():
        return End(INFINITY if x > 0 else ZERO, is_open=True)
    power = _context(ROUND_HALF_EVEN).exp(x)
    if power == 1 and (x < 0) == (rounding == ROUND_CEILING):
        return End(power, is_open=True)
    return End(max(_beside(power, rounding).at, ZERO), is_open=True)


def _is_tiny(x: Decimal) -> bool:
    """Whether x² is below the last digit of x: its neighbours bound e^x - 1 and ln(1 + x)."""
    return x.adjusted() < -2 * getcontext().prec


def _expm1(x: Decimal, rounding: str) -> End:
    """e^x - 1, with as many more digits as the difference cancels; it is above x."""
    if x == 0:
        return End(ZERO, is_open=False)
    if _is_tiny(x):
        return End(x, is_open=True) if rounding == ROUND_FLOOR else _beside(x, rounding)
    with localcontext() as context:
        context.prec += max(0, -x.adjusted()) + GUARD_DIGITS
        power = _exp(x, rounding)
        difference = _context(rounding).subtract(power.at, Decimal(1))
    end = _end(rounding, lambda context: context.plus(difference), is_open=True)
    return End(max(end.at, x), is_open=True) if rounding == ROUND_FLOOR else end


def _log1p(x: Decimal, rounding: str) -> End:
    """ln(1 + x), with as many more digits as the sum hides; it is below x."""
    if x == 0:
        return End(ZERO, is_open=False)
    if _is_tiny(x):
        return End(x, is_open=True) if rounding == ROUND_CEILING else _beside(x, rounding)
    with localcontext() as context:
        context.prec += max(0, -x.adjusted()) + GUARD_DIGITS
        total = _context(rounding).add(Decimal(1), x)
        logarithm = _beside(_context(ROUND_HALF_EVEN).ln(total), rounding)
    end = _end(rounding, lambda context: context.plus(logarithm.at), is_open=True)
    return End(min(end.at, x), is_open=True) if rounding == ROUND_CEILING else end


def density_at_zero() -> Interval:
    """1/√(2π)."""
    bits = int((getcontext().prec + GUARD_DIGITS) * BITS_PER_DIGIT)
    scaled = inverse_sqrt_two_pi(bits)
    ends = (Fraction(scaled + units, 1 << bits) for units in (-2, 2))
    low, high = (_of_fraction(end) for end in ends)
    return Interval(None, (End(low[0].at, is_open=True), End(high[1].at, is_open=True)))


def _scaled_tail(a: Decimal, rounding: str) -> End:
    """R(a) = e^(a²/2)/2 - (1/√(2π)) Σ a^(2k+1)/(2k+1)!! for a >= 0 (NIST DLMF 7.6.2).

    The difference cancels to 1/(a √(2π)) or so: log10(a e^(a²/2)) digits and 20 more are added, of
    which the roundings of the few thousand terms spoil less than 10. Beyond 60, Mills' inequality
    a/(a² + 1) < √(2π) R(a) < 1/a is enough: there e^(-a²/2) has the last word.
    """
    if a == 0:
        return End(HALF, is_open=False)
    if a > SERIES_LAST:
        return _mills(a, rounding)
    digits = getcontext().prec
    with localcontext() as context:
        context.prec += int(a * a / 4) + 2 * GUARD_DIGITS
        bits = int((context.prec + GUARD_DIGITS) * BITS_PER_DIGIT)
        density = Decimal(inverse_sqrt_two_pi(bits)) / Decimal(2) ** bits
        square = a * a
        term = total = a
        odd = 1
        while term and term.adjusted() > total.adjusted() - context.prec:
            odd += 2
            term = term * square / odd
            total += term
        tail = (square / 2).exp() / 2 - density * total
        doubt = tail.scaleb(-digits - GUARD_DIGITS + 2)
        tail += doubt if rounding == ROUND_CEILING else -doubt
    end = _end(rounding, lambda context: context.plus(tail), is_open=True)
    return End(min(end.at, HALF), is_open=True)


def _mills(a: Decimal, rounding: str) -> End:
    if a.is_infinite():
        return End(ZERO, is_open=True)
    low, high = (end.at for end in density_at_zero().ends)
    if rounding == ROUND_CEILING:
        return _end(rounding, lambda context: context.divide(high, a), is_open=True)
    return _end(
        rounding,
        lambda context: context.divide(
            low, context.add(a, _reciprocal(a, 1, _context(ROUND_CEILING)))
        ),
        is_open=True,
    )
