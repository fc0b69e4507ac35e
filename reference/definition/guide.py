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
from functools import lru_cache
from math import copysign, inf
from typing import Any

from reference.arithmetic.ends import UndecidedError, precision
from reference.arithmetic.interval import Interval

# Where every function of the catalogue has its limit, to every format's last digit.
FAR = Fraction(10) ** 1000
LIMIT_DIGITS = 60
# What is lost in rounding, also times the largest upstream: less than half the smallest subnormal
# number over the largest number, 2^-278 for float32 and 2^-2099 for float64. And digits for both.
NEGLIGIBLE = (Decimal("1e-84"), Decimal("1e-632"))
DIGITS = (100, 650)
DIGITS_PER_BIT = 0.302
# Binades, furthest first, in which the sign of a tail is looked for.
SEEN_FROM = range(3300, -20, -20)
# A second point, for one alone may be a root.
BESIDE = (Fraction(1), Fraction(17, 16))
# Functions and parameters whose guides are kept.
CACHED = 256
FIRST_BINADE, MIDDLE_BINADE, LAST_BINADE = -10, 40, 1000
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


@lru_cache(maxsize=CACHED)
def _find(
    function: Callable[..., Any],
    parameters: tuple[tuple[str, float], ...],
    is_wide: bool,  # noqa: FBT001  a key of the cache
    exact: bool,  # noqa: FBT001  likewise
) -> Guide:
    def at(x: Fraction) -> Interval:
        numbers = {name: Interval.of(value) for name, value in parameters}
        return Interval.of(function(Interval(x), **numbers))

    below, above = (_limit(at, side) for side in (-1, 1))
    if exact:
        return Guide((below, above))
    saturation = max(
        _saturation(at, side, limit, is_wide=is_wide) for side, limit in ((-1, below), (1, above))
    )
    return Guide((below, above), saturation, cancelling_roots=None, starts_at_zero=True)


def _limit(at: Formula, side: int) -> float:
    """The limit on one side, with the sign that a zero has as far out as it is known."""
    with precision(LIMIT_DIGITS):
        limit = at(side * FAR).nearest_double()
        for binade in SEEN_FROM if limit == 0 else ():
            y = _known(at, side * Fraction(2) ** binade)
            if y is not None and not _may_have_either_sign(y):
                return copysign(limit, y.nearest_double())
    return limit


def _known(at: Formula, x: Fraction) -> Interval | None:
    try:
        return at(x)
    except UndecidedError:
        return None


def _may_have_either_sign(y: Interval) -> bool:
    (low, _), (high, _) = y.bounds()
    return low < 0 < high


def _saturation(at: Formula, side: int, limit: float, *, is_wide: bool) -> float:
    """The power of two from which on f, on one side, is its limit, or x, but for what is lost.

    It is taken for granted that f, once it is next to its limit at a power of two, stays there up
    to the next one, and beyond 2^40 for good.

    What is left has the sign of the limit, for a zero shows it.
    """
    grows = abs(limit) == inf

    def is_settled(binade: int) -> bool:
        digits = DIGITS[is_wide] + int(max(0, binade) * DIGITS_PER_BIT)
        points = (side * Fraction(2) ** binade * beside for beside in BESIDE)
        return all(is_settled_at(x, digits) for x in points)

    def is_settled_at(x: Fraction, digits: int) -> bool:
        with precision(digits):
            y = _known(at, x)
            if y is None:
                return False
            rest = y - (x if grows else at(side * FAR))
            is_small = rest.magnitude() < NEGLIGIBLE[is_wide]
        has_its_sign = copysign(1, y.nearest_double()) == copysign(1, limit)
        return is_small and (has_its_sign or _may_have_either_sign(y))

    if not is_settled(LAST_BINADE):
        return LARGEST
    if not is_settled(MIDDLE_BINADE):
        low, high = MIDDLE_BINADE, LAST_BINADE
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if is_settled(middle) else (middle, high)
        return 2.0**high
    binade = MIDDLE_BINADE
    while binade > FIRST_BINADE and is_settled(binade - 1):
        binade -= 1
    return 2.0**binade
