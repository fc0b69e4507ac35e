"""What the arithmetic has to know of a function beforehand: its limits, and where it reaches them.

For the default parameters all of it is in ``facts.json``, derived from the formula text and
certified by ``verification``. For other parameters the limits and the saturation are found here,
from the function itself at the third level, and the roots remain unknown: then errors are bounded
as they arise (`reference.arithmetic.tracked`).
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import inf
from typing import Any

from reference.arithmetic.interval import Interval, UndecidedError, precision

# Where every function of the catalogue has its limit, to every format's last digit.
FAR = Fraction(10) ** 1000
LIMIT_DIGITS = 60
# What is lost in rounding, also times the largest upstream: less than half the smallest subnormal
# number over the largest number, 2^-278 for float32 and 2^-2099 for float64. And digits for both.
NEGLIGIBLE = (Decimal("1e-84"), Decimal("1e-632"))
DIGITS = (100, 650)
FIRST_BINADE, LAST_BINADE = -10, 1000
LARGEST = sys.float_info.max

Formula = Callable[[Fraction], Interval]


@dataclass(frozen=True)
class Guide:
    """What is known of a function for certain parameters.

    limits: at -inf and at +inf, with the sign that a zero has there.
    saturation: beyond this |x|, f(x), and f(x) times any upstream, round as the limit does, or as x
        where the limit is infinite. Infinite for a formula that is exact also at infinities.
    cancelling_roots: where the terms of the formula cancel; None where that is not known.
    expansion: (slope, coefficient, power) where f(0) = 0: f(x) = slope x + coefficient
        x^power + ..., the slope a power of two; only the sign of coefficient counts.
    starts_at_zero: whether f(0) = 0.
    """

    limits: tuple[float, float]
    saturation: float = inf
    cancelling_roots: tuple[float, ...] | None = ()
    expansion: tuple[float, float, int] | None = None
    starts_at_zero: bool = False


def find(
    function: Callable[..., Any], parameters: Mapping[str, float], *, is_wide: bool, exact: bool
) -> Guide:
    """The guide for any parameters: for float64, if it is wide, or for formats up to float32."""
    return _find(function, tuple(parameters.items()), is_wide, exact)


@cache
def _find(
    function: Callable[..., Any],
    parameters: tuple[tuple[str, float], ...],
    is_wide: bool,  # noqa: FBT001  a key of the cache
    exact: bool,  # noqa: FBT001  likewise
) -> Guide:
    def at(x: Fraction) -> Interval:
        numbers = {name: Interval.of(value) for name, value in parameters}
        return Interval.of(function(Interval(x), **numbers))

    with precision(LIMIT_DIGITS):
        below, above = (at(side * FAR).nearest_double() for side in (-1, 1))
    if exact:
        return Guide((below, above))
    with precision(DIGITS[is_wide]):
        saturation = max(_saturation(at, side, NEGLIGIBLE[is_wide]) for side in (-1, 1))
    return Guide((below, above), saturation, cancelling_roots=None, starts_at_zero=True)


def _saturation(at: Formula, side: int, negligible: Decimal) -> float:
    """The power of two from which on f, on one side, is its limit, or x, but for what is lost."""
    limit = at(side * FAR)
    grows = abs(limit.nearest_double()) == inf

    def is_settled(binade: int) -> bool:
        x = side * Fraction(2) ** binade
        try:
            rest = at(x) - (x if grows else limit)
        except UndecidedError:
            return False
        return rest.magnitude() < negligible

    low, high = FIRST_BINADE, LAST_BINADE
    if not is_settled(high):
        return LARGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_settled(middle) else (middle, high)
    return 2.0**high
