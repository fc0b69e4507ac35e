"""Certified polynomial enclosures of a function over runs of consecutive floating-point numbers.

A run is 2^k consecutive bit patterns of one sign and binade, so the numbers x_i = c + h t_i lie
evenly about the middle c, and t_i = (i - 2^(k-1)) / 2^(k-1) is exact in float64. Over it

    f(c + h t) = a_0 + a_1 t + ... + a_d t^d + r(t),    a_n = f⁽ⁿ⁾(c) hⁿ / n!,  |t| <= 1,

with a_n from the power series of f at c in ball arithmetic, and |r| <= h^(d+1) |f⁽ᵈ⁺¹⁾(ξ)| / (d+1)!
from its power series at the ball [c - h, c + h], which encloses every ξ (Taylor's theorem with
Lagrange's remainder). The polynomial is evaluated in float64 by Horner's rule, whose rounding is
below 2d u / (1 - 2d u) Σ |a_n| with u = 2^-53 (N. J. Higham, Accuracy and Stability of Numerical
Algorithms, section 5.1, for |t| <= 1). All of that together is ``Polynomial.error``.

No formula of ``reference`` is used here.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import frexp, inf, nextafter, perm

import numpy as np
from flint import arb, arb_series, ctx

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Float64
from verification.formula.balls import Form, exact, terms
from verification.formula.fractions import coefficients
from verification.numbers.ulp import unit_exponent

DEGREE = 9
BITS = 256
# 2d u / (1 - 2d u) for Horner's rule and u for adding the error, rounded up together.
ROUNDING = (2 * DEGREE + 2) * 2.0**-53
# Underflow may add 2^-1074 an operation.
UNDERFLOW = 2.0**-1060
# A polynomial is good enough if it leaves one input in 2^17 or so in doubt.
GOOD_ENOUGH = 2.0**-18
POWER_OF_TWO = 0.5  # the mantissa that frexp gives
LINE_BELOW = 2.0**-100


@dataclass(frozen=True)
class Run:
    """``length`` consecutive bit patterns from ``first``, a power of two within a binade."""

    first: int
    length: int

    def halves(self) -> tuple["Run", "Run"]:
        """The run cut in two."""
        half = self.length // 2
        return Run(self.first, half), Run(self.first + half, half)


@dataclass(frozen=True)
class Polynomial:
    """a_0 ... a_d as doubles, and what their value in float64 may be off by."""

    coefficients: tuple[float, ...]
    error: float

    def bounds(self, x: Float64, t: Float64) -> tuple[Float64, Float64]:  # noqa: ARG002  see Line
        """Enclose f at each x = c + h t."""
        *lower, leading = self.coefficients
        total = np.full_like(t, leading)
        for coefficient in reversed(lower):
            total *= t
            total += coefficient
        return total - self.error, total + self.error


@dataclass(frozen=True)
class Line:
    """Strictly between slope x and the next double above it, or below it."""

    slope: float
    towards: float

    def bounds(self, x: Float64, t: Float64) -> tuple[Float64, Float64]:  # noqa: ARG002
        """The neighbour of slope x rounds as every number of the interval does.

        No midpoint of a narrower format lies inside, and the neighbour, 53 bits long, is none.
        """
        beside = np.nextafter(self.slope * x, self.towards)
        return beside, beside


def beside_a_line(form: Form, order: int, run: Run, format_: Format) -> Line | None:
    """For tiny x: f(x) = s x + f⁽ⁿ⁾(ξ)/n! xⁿ, where f(0) = 0 and s = f'(0) is a power of two.

    There half of the results may be s x at a tie of the format, broken by a term that no float64
    shows; the sign of f⁽ⁿ⁾ over [0, x] says which way, for the n = 2 or 3 that is not 0 at 0.
    """
    with ctx.workprec(BITS), terms(DEGREE + 2 + order):
        last = _number(run.first + run.length - 1, format_)
        if not abs(last) < LINE_BELOW:
            return None
        value, slope, second, *_ = _taylor_at_zero(form, order)
        n = 3 if second == 0 else 2
        term = _taylor(form, order, (last / 2) * arb(1, 1))[n] * last**n
        is_exact = value == 0 and slope.is_exact() and abs(frexp(float(slope))[0]) == POWER_OF_TWO
        is_close = abs(term) < abs(slope * last) * 2.0**-53
        if not is_exact or not is_close or term.contains(0):
            return None
        return Line(float(slope), inf if term > 0 else -inf)


def enclose(form: Form, order: int, run: Run, format_: Format) -> Polynomial:
    """A polynomial for the derivative of the given order over ``run``; the error may be inf."""
    with ctx.workprec(BITS), terms(DEGREE + 2 + order):
        step = _number(run.first + 1, format_) - _number(run.first, format_)
        radius = step * (run.length // 2)
        centre = _number(run.first, format_) + radius
        scaled = [a * radius**n for n, a in enumerate(_taylor(form, order, centre))]
        around = _taylor(form, order, centre + radius * arb(0, 1))
        middles = [float(a.mid()) for a in scaled[:-1]]
        error = abs(around[-1] * radius ** (DEGREE + 1)) + UNDERFLOW
        for a, middle in zip(scaled, middles, strict=False):
            error += abs(a - arb(middle)) + ROUNDING * abs(arb(middle))
        return Polynomial(tuple(middles), _upper(error))


def is_good(polynomial: Polynomial, format_: Format) -> bool:
    """Whether the error is small beside an ulp of the largest value over the run."""
    largest = sum(map(abs, polynomial.coefficients))
    return polynomial.error <= GOOD_ENOUGH * 2.0 ** unit_exponent(arb(largest), format_)


def _taylor(form: Form, order: int, x: arb) -> list[arb]:
    """f⁽ᵒ⁺ⁿ⁾(x) / n! for n up to d + 1; infinite balls where x is too wide for the form."""
    series = form(arb_series([x, 1]))
    return [series[n + order] * perm(n + order, order) for n in range(DEGREE + 2)]


def _taylor_at_zero(form: Form, order: int) -> list[arb]:
    """The same at x = 0; exact where the coefficients are fractions."""
    count = DEGREE + 2
    try:
        series = coefficients(form.expression, form.parameters, Fraction(0), count + order)
    except ValueError:
        return _taylor(form, order, arb(0))
    return [exact(series[n + order] * perm(n + order, order)) for n in range(count)]


def _number(pattern: int, format_: Format) -> arb:
    """The number with the bit pattern ``pattern``."""
    return arb(float(np.asarray(pattern, format_.bits).view(format_.dtype)))


def _upper(ball: arb) -> float:
    """A double not below any number of the ball."""
    return nextafter(float(ball.upper()), inf)
