"""Value and derivatives of a formula at doubles: by balls, correctly rounded, and kept.

Each number is kept as a double-double with a power of two of its own, known to `ACCURATE` bits, so
that arrays are rounded at once. The few that this does not decide are decided one by one, by more
bits; a formula without irrational numbers, by fractions.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import copysign, inf, isinf, nan, nextafter
from typing import Any

import numpy as np
from flint import arb, arb_series, ctx

from reference.arithmetic.double_double import DoubleDouble
from reference.arithmetic.formats import FORMATS
from reference.arithmetic.rounding import narrow, narrow_double_double, nearest
from reference.arithmetic.types import Array, Float64, Mask

from . import fractions
from .balls import ORDERS, PRECISIONS, exact, form, terms
from .derivative import NOTHING, Derivative, may_be_equal
from .language import Expression
from .pieces import Parameters, pieces, resolved

# The precisions in turn; a ball that is infinite with `MANY` bits is taken for one with any.
FIRST, *MORE = PRECISIONS[1:]
MANY = 1024
# Bits to which a number has to be known, and the error of one that is, in units of its exponent;
# that of a product adds 2^-103 for the product of a double-double with a double.
ACCURATE, ERROR, ERROR_OF_PRODUCT = 100, 2.0**-99, 2.0**-98
KEPT_BITS = 120
# Exponents beyond these are those of zeros and infinities, whatever the upstream.
FURTHEST = 4000
# A radius like 2^(-10^19), as that of 1 - Φ(-10^10) is, has no fraction: it is taken for this one.
LEAST_RADIUS, LEAST_FRACTION = arb(2) ** -FURTHEST, Fraction(1, 2**FURTHEST)
# What is below `NOTHING` is this, by its sign: no upstream makes it a number of a format.
TINY, TINY_EXPONENT = 0.5, -3000
SMALLEST = 2.0**-1074
PARTS = 4
Row = tuple[float, float, int, float]
UNKNOWN: Row = (nan, nan, 0, 0.0)


class Enclosed:
    """f, f' and f'' of one formula.

    At a boundary of two pieces it is what the formula says, and its derivatives are those of the
    left piece, unless the value jumps there. A zero has the sign of f beside it, if it is at ±0,
    and is +0 elsewhere. NaN stands for what no precision encloses.
    """

    def __init__(self, expression: Expression, parameters: Parameters) -> None:
        self.parameters = dict(parameters)
        self.pieces = tuple(pieces(expression, parameters))
        self._expressions = [piece.expression for piece in self.pieces]
        self._ends: list[float] = []
        self._at_ends: dict[float, int] = {}
        for piece in self.pieces[:-1]:
            assert piece.right is not None  # noqa: S101  pieces meet at points
            self._ends.append(_double_below(piece.right))
            if self._ends[-1] == piece.right:
                self._add_end(resolved(expression, parameters, piece.right), piece.right)
        self._forms = [form(expression, parameters) for expression in self._expressions]
        self._places: dict[int, int] = {}
        self._rows, self._count = np.empty((0, ORDERS, PARTS)), 0
        self._tails: dict[tuple[int, bool], int] = {}

    def _add_end(self, branch: Expression, end: Fraction) -> None:
        """Note the branch that is taken at a boundary, if the value there is not the left one's."""
        left = self.pieces[len(self._ends) - 1].expression
        if branch == left:
            return
        with ctx.workprec(MANY):
            values = [
                form(one, self.parameters)(arb_series([exact(end)]))[0] for one in (left, branch)
            ]
            if may_be_equal(*values):
                return
        self._at_ends[float(end)] = len(self._expressions)
        self._expressions.append(branch)

    @cached_property
    def derivatives(self) -> tuple[Derivative, ...]:
        """The value and both derivatives, piece by piece."""
        known = tuple(self.parameters.items())
        return tuple(Derivative(self.pieces, known, order) for order in range(ORDERS))

    def signs(self, x: Float64, order: int) -> Float64:
        """1, 0 or -1 at each of the doubles; NaN where nothing is known."""
        signs: Float64 = np.sign(self._known(x)[:, order, 0])
        return signs

    def rounded(self, x: Float64, order: int, dtype: np.dtype[Any]) -> Array:
        """f(x) at finite doubles, rounded to a format."""
        return self.product(x, order, None, dtype)

    def product(
        self, x: Float64, order: int, factor: Float64 | None, dtype: np.dtype[Any]
    ) -> Array:
        """f(x) times a factor, if there is one, exactly, then rounded; all of them finite."""
        hi, lo, exponent, error = self._known(x)[:, order].T
        y = DoubleDouble(hi, lo, exponent.astype(np.int64))
        if factor is not None:
            mantissa, binade = np.frexp(factor)
            y = y * mantissa
            y = DoubleDouble(y.hi, y.lo, exponent.astype(np.int64) + binade)
            error = np.where((error == 0) & (lo == 0), 0.0, ERROR_OF_PRODUCT)
            hi = hi * mantissa
        with np.errstate(all="ignore"):  # what overflows is infinite
            upper = narrow_double_double(y, error, dtype)
            lower = narrow_double_double(y, -error, dtype)
        zero, in_doubt = hi == 0, _differ(upper, lower) & ~np.isnan(hi)
        upper[zero] = narrow(hi[zero], dtype)
        for place in np.flatnonzero(in_doubt & ~zero):
            one = 1.0 if factor is None else float(factor[place])
            upper[place] = self._decided(float(x[place]), order, one, dtype)
        return upper

    def _known(self, x: Float64) -> Float64:
        """A row for each of the doubles."""
        keys = np.ascontiguousarray(x).view(np.int64).tolist()
        places = self._places
        new = [key for key in dict.fromkeys(keys) if key not in places]
        if new:
            found = self._found(np.array(new).view(np.float64).tolist())
            start, self._count = self._count, self._count + len(new)
            if self._count > len(self._rows):
                more = np.empty((2 * self._count, ORDERS, PARTS))
                self._rows = np.concatenate([self._rows[:start], more])
            self._rows[start : self._count] = found
            places.update(zip(new, range(start, self._count), strict=True))
        return self._rows[[places[key] for key in keys]]

    def _found(self, points: Sequence[float]) -> list[list[Row]]:
        rows: list[list[Row]] = [[] for _ in points]
        waiting = list(range(len(points)))
        for bits in (FIRST, *MORE):
            with ctx.workprec(bits), terms(ORDERS):
                for place in waiting:
                    rows[place] = self._row(points[place], bits)
            waiting = [place for place in waiting if not rows[place]]
        return rows

    def _row(self, x: float, bits: int) -> list[Row]:
        """Value and derivatives as rows; none if one of them needs more bits."""
        row: list[Row] = []
        balls = self._balls(x)
        if not balls[0].is_finite():
            return [UNKNOWN] * ORDERS if bits >= MANY else []
        for order, ball in enumerate(balls):
            part = _part(ball)
            if part is None:
                part = self._by_its_size(ball, x, order, bits)
                if part is None:
                    return []
            elif ball == 0 and x == 0:
                beside = self.signs(np.array([copysign(SMALLEST, x)]), order)[0]
                part = (copysign(0.0, beside), 0.0, 0, 0.0)
            row.append(part)
        return row

    def _by_its_size(self, ball: arb, x: float, order: int, bits: int) -> Row | None:
        """What is left of a number that is far below the formats, or that no precision tells."""
        if not ball.is_finite():
            return UNKNOWN if bits >= MANY else None
        if not abs(ball) < NOTHING:
            return UNKNOWN if bits == PRECISIONS[-1] else None
        sign = 1 if ball > 0 else -1 if ball < 0 else self._tail(order, right=x > 0)
        return (sign * TINY, 0.0, TINY_EXPONENT if sign else 0, 0.0)

    def _tail(self, order: int, *, right: bool) -> int:
        """The sign far out on a side."""
        key = order, right
        if key not in self._tails:
            derivative = self.derivatives[order]
            self._tails[key] = derivative.sign_towards(1 if right else -1)
        return self._tails[key]

    def _balls(self, x: float) -> tuple[arb, arb, arb]:
        series = self._forms[self._index(x)](arb_series([arb(x), 1]))
        return series[0], series[1], 2 * series[2]

    def _index(self, x: float) -> int:
        """The place of the expression that holds at x."""
        if x in self._at_ends:
            return self._at_ends[x]
        return sum(x > end for end in self._ends)

    def _decided(self, x: float, order: int, factor: float, dtype: np.dtype[Any]) -> float:
        """f(x) times a factor, rounded: by fractions or by more bits.

        A tie that all bits do not break is a tie.
        """
        scale = Fraction(factor)
        value = self._fraction(x, order)
        if value is not None:
            return nearest(value * scale, dtype)
        results = (nan, nan)
        for bits in MORE:
            with ctx.workprec(bits), terms(ORDERS):
                ball = self._balls(x)[order]
            ends = sorted(end * scale for end in _ends_of(ball))
            first, second = (nearest(end, dtype) for end in ends)
            results = (first, second)
            if first == second and copysign(1, first) == copysign(1, second):
                return first
        return _tie(*results, dtype)

    def _fraction(self, x: float, order: int) -> Fraction | None:
        """The exact number, of a formula without irrational ones."""
        expression = self._expressions[self._index(x)]
        if not fractions.is_rational(expression):
            return None
        try:
            return fractions.jet(expression, self.parameters, x)[order]
        except ZeroDivisionError:
            return None


def _double_below(number: Fraction) -> float:
    """The largest double that is not above it."""
    found = float(number)
    return found if found <= number else nextafter(found, -inf)


def _part(ball: arb) -> Row | None:
    """Its double-double, exponent and error; None if it is not known well enough."""
    if ball == 0:
        return (0.0, 0.0, 0, 0.0)
    if not ball.is_finite() or ball.rel_accuracy_bits() < ACCURATE or abs(ball) < NOTHING:
        return None
    mantissa, binary = ball.mid().man_exp()
    whole, exponent = int(mantissa), int(binary)
    surplus = max(whole.bit_length() - KEPT_BITS, 0)
    kept = whole >> surplus
    length = kept.bit_length()
    hi = float(kept)
    lo = float(kept - int(hi))
    is_exact = not surplus and int(hi) + int(lo) == kept and ball.is_exact()
    scale = 2.0**-length
    exponent = min(max(exponent + surplus + length, -FURTHEST), FURTHEST)
    return hi * scale, lo * scale, exponent, 0.0 if is_exact else ERROR


def _ends_of(ball: arb) -> tuple[Fraction, Fraction]:
    middle = _fraction_of(ball.mid())
    radius = _fraction_of(ball.rad()) if ball.rad() > LEAST_RADIUS else LEAST_FRACTION
    return middle - radius, middle + radius


def _fraction_of(number: arb) -> Fraction:
    mantissa, exponent = number.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _differ(a: Array, b: Array) -> Mask:
    differ: Mask = (a != b) | (np.signbit(a) != np.signbit(b))
    return differ


def _tie(lower: float, upper: float, dtype: np.dtype[Any]) -> float:
    """The even one of two neighbours."""
    past = Fraction(2) ** (FORMATS[dtype.name].emax + 1)
    first, second = (
        int(copysign(1, end)) * past if isinf(end) else Fraction(end) for end in (lower, upper)
    )
    return nearest((first + second) / 2, dtype)
