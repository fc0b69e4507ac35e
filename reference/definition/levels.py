"""Three levels of evaluation, each with its error bound and Ziv's rounding test.

A level takes inputs, and upstream factors if there are any, and returns results rounded to the
format, and which of them are in doubt because the bound leaves two.

Error bounds, with u = 2^-53. The first level rests on NumPy's exp, expm1 and log1p being within 4
ulp, as the tests check. Its largest errors are those of e^w where w is large: w is off by at most
7u relatively, e^w then by 7u |w|, and |w| <= 218 (gelu_tanh within its saturation): 2^-42.4, and
with 28u for exp and all other roundings still below 2^-42. At the second, e^w - 1, ln(1 + x) and
the tail dominate (2^-75.5, 2^-74.5, 2^-79): 2^-74.

Near a root r of a derivative the terms cancel: their magnitudes come to at most 4.2 / |x - r| times
the sum's for |x| <= 3, where all roots are. There the first level's error is below 2^-45 / |x - r|,
and 2^-45 where that distance is more than 1; beyond |x| = 3 it is below 2^-39. All of this is
bounded step by step in tests/reference/definition/test_error_budget.py, but for gelu_tanh'' near
-3, which is measured there. 2^-39 serves all that is not within 2^-6 of a root, and what that
leaves in doubt is looked at once more with the bound at its place.

Where the roots are not known, as for other parameters than the default ones, the error of the first
level is bounded as it arises, by evaluating over `Tracked`. No step of the second level is off by
more than 2^-22 times the bound of the same step at the first, whose least is u for arithmetic and
8 u for a function.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import copysign, nan
from typing import Any, NamedTuple

import numpy as np

from reference.arithmetic.choice import ONE_ROUNDING
from reference.arithmetic.double_double import ZERO, DoubleDouble, as_double_double, where
from reference.arithmetic.ends import UndecidedError, precision
from reference.arithmetic.interval import Interval
from reference.arithmetic.rounding import narrow, narrow_between, narrow_double_double, nearest
from reference.arithmetic.sharing import shared
from reference.arithmetic.tracked import as_tracked
from reference.arithmetic.types import Array, Float64, Mask

from .function import Function
from .guide import Guide

FLOAT64 = np.dtype(np.float64)
FLOAT64_ERROR = 2.0**-42
FLOAT64_ERROR_OF_SUMS = 2.0**-39
ERROR_TIMES_DISTANCE = 2.0**-45
NEAR_A_ROOT = 2.0**-6
SMALL = 3.0
DOUBLE_DOUBLE_ERROR = 2.0**-74
LINEAR_BELOW = 2.0**-60
NUDGE = 2.0**-80
TRACKED_TO_DOUBLE_DOUBLE = 2.0**-22
# Where the terms of a formula neither overflow nor underflow over double-double.
MODERATE = (2.0**-300, 2.0**300)
FIRST_DIGITS, MOST_DIGITS = 60, 100_000
# Results of the third level that are kept, about 2 MiB: a point may be asked for in many arrays.
CACHED = 4096
NO_GUIDE = Guide((nan, nan))  # the third level needs none
SMALLEST = 2.0**-1074


class Task(NamedTuple):
    """What stays the same over all the blocks of one call."""

    function: Function
    parameters: Mapping[str, Any]
    dtype: np.dtype[Any]
    guide: Guide
    block: int

    def formula(self, x: Any, number: Callable[[Any], Any] = float) -> Any:
        """The formula at x; ``number`` makes the parameters numbers of the same type."""
        parameters = {name: number(value) for name, value in self.parameters.items()}
        return self.function.evaluate(x, **parameters)


def by_float64(task: Task, x: Float64, upstream: Float64 | None) -> tuple[Array, Mask]:
    """The first level."""
    function, roots = task.function, task.guide.cancelling_roots
    if roots is None:
        return _by_tracked(task, x, upstream)
    y = task.formula(x)
    if upstream is not None:
        y = y * upstream
    if function.exact and task.dtype == FLOAT64:
        return y, np.zeros(x.shape, dtype=bool)
    result, in_doubt = narrow_between(y, _float64_error(task), task.dtype)
    if function.exact:
        in_doubt &= np.isfinite(y)
    if roots:
        distance = _distance(roots, x)
        unsure = np.flatnonzero(in_doubt | (distance < NEAR_A_ROOT))
        if unsure.size:
            closer = _error_of_sums(x[unsure], distance[unsure])
            result[unsure], in_doubt[unsure] = narrow_between(y[unsure], closer, task.dtype)
            in_doubt[unsure] |= closer >= 1
    return result, in_doubt


def _by_tracked(task: Task, x: Float64, upstream: Float64 | None) -> tuple[Array, Mask]:
    """The first level where it is not known beforehand where terms cancel."""
    y = as_tracked(task.formula(as_tracked(x), as_tracked))
    if upstream is not None:
        y = y * upstream
    upper = narrow(y.value + y.error, task.dtype)
    lower = narrow(y.value - y.error, task.dtype)
    return upper, (upper != lower) | (np.signbit(upper) != np.signbit(lower))


def _distance(roots: Sequence[float], x: Float64) -> Float64:
    """|x - r| for the nearest root r where terms cancel."""
    first, *others = (np.abs(x - root) for root in roots)
    for other in others:
        np.minimum(first, other, out=first)
    return first


def _error_of_sums(x: Float64, distance: Float64) -> Float64:
    """The relative error of the first level where terms cancel."""
    near = ERROR_TIMES_DISTANCE / np.minimum(distance, 1)
    return np.where(np.abs(x) <= SMALL, near, FLOAT64_ERROR_OF_SUMS)


def _float64_error(task: Task) -> float:
    """The relative error of the first level, away from the roots."""
    if task.function.exact:
        return ONE_ROUNDING
    return FLOAT64_ERROR_OF_SUMS if task.guide.cancelling_roots else FLOAT64_ERROR


def by_double_double(task: Task, x: Float64, upstream: Float64 | None) -> tuple[Array, Mask]:
    """The second level."""
    expansion = task.guide.expansion
    y = double_double(task, x)
    error = _double_double_error(task, x, y)
    if upstream is not None:
        y, error = _times(y, upstream), error * np.abs(np.frexp(upstream)[0])
    elif expansion is not None and (linear := np.abs(x) < LINEAR_BELOW).any():
        y = where(linear, _linear(expansion, x), y)
        error = np.where(linear, 0.0, error)
    # Away from 0, so that adding an error of 0 leaves a zero its sign.
    beyond = np.copysign(error, y.hi)
    upper = narrow_double_double(y, beyond, task.dtype)
    in_doubt = upper != narrow_double_double(y, -beyond, task.dtype)
    in_doubt |= ~(error <= np.abs(y.hi) / 2)
    if task.function.exact:
        return upper, in_doubt
    if task.guide.cancelling_roots is None:
        in_doubt |= ~_is_moderate(task, x)
    elif task.guide.saturation > MODERATE[1]:
        in_doubt |= np.abs(x) > MODERATE[1]
    if task.guide.starts_at_zero and expansion is None:
        in_doubt |= x == 0
    return upper, in_doubt


def double_double(task: Task, x: Float64) -> DoubleDouble:
    """The formula at x; a tiny one has a power of two of its own, so that its terms are normal."""
    least, _ = MODERATE
    tiny = np.abs(x) < least
    if not (task.guide.starts_at_zero and tiny.any()):
        return as_double_double(task.formula(_exactly(x), as_double_double))
    mantissa, exponent = np.frexp(x)
    scaled = DoubleDouble(np.where(tiny, mantissa, x), ZERO, np.where(tiny, exponent, 0))
    return as_double_double(task.formula(scaled, as_double_double))


@shared
def _exactly(x: Float64) -> DoubleDouble:
    return DoubleDouble(x, ZERO)


def _double_double_error(task: Task, x: Float64, y: DoubleDouble) -> Float64:
    """The error of y, in units of its power of two."""
    if task.function.exact:
        return np.zeros_like(y.hi)
    roots = task.guide.cancelling_roots
    if roots is not None:
        return np.abs(y.hi) * (DOUBLE_DOUBLE_ERROR * cancellation(roots, x))
    first_level = as_tracked(task.formula(as_tracked(x), as_tracked))
    return np.ldexp(first_level.error * TRACKED_TO_DOUBLE_DOUBLE, -y.exponent)


def _is_moderate(task: Task, x: Float64) -> Mask:
    """Whether x and the parameters are far from underflow and from overflow."""
    least, most = MODERATE
    sizes = np.abs([number for number in task.parameters.values() if number])
    inside: Mask = ((np.abs(x) >= least) & (np.abs(x) <= most)) | (x == 0)
    inside &= bool(((sizes >= least) & (sizes <= most)).all())
    return inside


def _times(y: DoubleDouble, factor: Float64) -> DoubleDouble:
    """The product at unit scale; a factor of 0 keeps its sign, which -0 + 0 would lose."""
    mantissa, exponent = np.frexp(factor)
    product = y * mantissa
    lo = np.where(factor == 0, y.hi * mantissa, product.lo)
    hi = np.where(factor == 0, y.hi * mantissa, product.hi)
    return DoubleDouble(hi, lo, product.exponent + exponent)


def _linear(expansion: tuple[float, float, int], x: Float64) -> DoubleDouble:
    """slope x + coefficient x^power for |x| < 2^-60, the second term by its sign alone.

    slope x is exact, its neighbours and the midpoints between them are 2^-54 away, relatively,
    and the second term is below 2^-59: all that it can decide is a tie.
    """
    slope, coefficient, power = expansion
    mantissa, exponent = np.frexp(x)
    linear = slope * mantissa
    nudge = np.where(x == 0, linear, NUDGE * coefficient * mantissa**power)
    return DoubleDouble(linear, nudge, exponent)


def by_intervals(task: Task, x: Float64, upstream: Float64 | None) -> tuple[Array, Mask]:
    """The third level, each point once: one in doubt may stand in an array many times."""
    factors = np.ones_like(x) if upstream is None else upstream
    bits = np.stack([x, factors], axis=1).view(np.int64)
    points, places = np.unique(bits, axis=0, return_inverse=True)
    known = task.function, tuple(task.parameters.items()), task.dtype
    hexadecimal = [map(float.hex, point) for point in points.view(np.float64).tolist()]
    results = np.array([_decided(*known, *point) for point in hexadecimal])
    return narrow(results[places.reshape(-1)], task.dtype), np.zeros(x.shape, dtype=bool)


def decided_at_saturation(task: Task, side: int) -> float:
    """f at the saturation, rounded; with that of the limit, the tie that it may be is decided."""
    known = task.function, tuple(task.parameters.items()), task.dtype
    return _decided(*known, (side * task.guide.saturation).hex(), (1.0).hex())


@lru_cache(maxsize=CACHED)
def _decided(
    function: Function,
    parameters: tuple[tuple[str, float], ...],
    dtype: np.dtype[Any],
    x: str,
    factor: str,
) -> float:
    """The result at one point; in hexadecimal, 0 and -0 are two."""
    point = map(float.fromhex, (x, factor))
    return _decide(Task(function, dict(parameters), dtype, NO_GUIDE, 1), *point)


def sign_of(task: Task, x: float) -> float:
    """1 or -1, the sign of f(x); 0 if it is exactly 0."""
    digits = FIRST_DIGITS
    while True:
        with precision(digits):
            try:
                y = _interval(task, x)
                sign = 0.0 if y.exact == 0 else -1.0 if y < 0 else 1.0
            except UndecidedError:
                digits *= 2
            else:
                return sign


def _decide(task: Task, x: float, factor: float) -> float:
    """Double the digits until the interval rounds to one number.

    A rational result is exact, and a tie of any other is told by an open end or, sooner or later,
    by digits: it is transcendental.
    """
    digits = FIRST_DIGITS
    while digits <= MOST_DIGITS:
        with precision(digits):
            lower, upper = _ends_of_product(task, x, factor)
        if lower == upper and copysign(1, lower) == copysign(1, upper):
            return lower
        digits *= 2
    raise ArithmeticError(
        f"{task.function.formula} at x = {x!r} with {dict(task.parameters)}: {MOST_DIGITS} digits "
        "do not decide how it rounds; please report this"
    )


def _ends_of_product(task: Task, x: float, factor: float) -> tuple[float, float]:
    """Both ends of f(x) times the factor, rounded; NaN where a comparison needs more digits."""
    try:
        y = _interval(task, x)
    except UndecidedError:
        return nan, nan
    sign = copysign(1, factor)
    if y.exact == 0 or factor == 0:
        zero = copysign(0.0, sign * _sign_at_zero(task, x))
        return zero, zero
    (low, above), (high, below) = y.bounds()
    scale, turn = Fraction(factor), int(sign)
    return (
        nearest(low * scale, task.dtype, turn * above),
        nearest(high * scale, task.dtype, turn * below),
    )


def _interval(task: Task, x: float) -> Interval:
    return Interval.of(task.formula(Interval.of(x), Interval.of))


def _sign_at_zero(task: Task, x: float) -> float:
    """The sign of f(x); at a zero of f at ±0, that of f beside it, and at any other zero +."""
    y = _interval(task, x)
    if y.exact == 0 and x == 0:
        y = _interval(task, copysign(SMALLEST, x))
    return -1.0 if y < 0 else 1.0


def cancellation(roots: Sequence[float], x: Float64) -> Float64 | float:
    """A bound of (sum of the terms' magnitudes) / |sum of the terms|: 1 + Σ 9/|x - root|.

    Near a simple root r the sum is f'(r) (x - r), with terms that come to 4.2 |f'(r)| at most. The
    roots are known as the nearest doubles, which may double the distance: 9 covers both. No
    double is within 2^-60 of a root.
    """
    growth: Float64 | float = 1.0
    for root in roots:
        growth = growth + 9 / np.maximum(np.abs(x - root), 2.0**-60)
    return growth
