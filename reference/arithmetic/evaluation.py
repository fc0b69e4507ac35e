"""From a formula to the correctly rounded result: Ziv's strategy with three number types.

A formula is evaluated over float64, where that is enough, then over double-double, then over
Decimal with ever more digits. Each level has a proved error bound, and a result counts as soon as
its enclosure [y - error, y + error] rounds to one number of the format (A. Ziv, ACM TOMS 17
(1991)); the rest goes one level up. So speed comes from the first level, and truth from the last.

float16, bfloat16 and float32 start at the first level, float64 at the second. The bits of the
result depend on none of it: the rounded number is the same, whichever level decides.

Error bounds. Let w be the argument of the exponential, at most 256 in magnitude at the first
level and 2400 at the second. An error of n ulp in w, relative, is one of n w ulp in e^w; with
NumPy's exponentials (4 ulp), the tail (2^-48) and 20 roundings the first level stays below 2^-43.
At the second, e^w - 1 and the tail dominate (2^-76, 2^-79): 2^-75. Near a root r of a derivative
the terms cancel and both grow by a factor: `_cancellation`.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from .double_double import DoubleDouble, as_double_double, where
from .rounding import narrow, narrow_double_double, nearest
from .types import Array, Float64, Mask

BLOCK = 8192
FLOAT64_ERROR = 2.0**-42
DOUBLE_DOUBLE_ERROR = 2.0**-74
ONE_ROUNDING = 2.0**-52
LINEAR_BELOW = 2.0**-60
NUDGE = 2.0**-80
FIRST_DIGITS = 60
DECIMAL_ERROR_DIGITS = 12

Parameters = Mapping[str, float]


class Formula(Protocol):
    """What evaluation asks of a function; see `reference.activation.Function`."""

    evaluate: Callable[..., Any]
    limits: tuple[float, float]
    roots: tuple[float, ...]
    saturation: tuple[float, float]
    expansion: tuple[float, float, int] | None
    exact: bool


def evaluate(function: Formula, x: Array, upstream: Array | None, parameters: Parameters) -> Array:
    """``function`` of ``x``, times ``upstream`` if given, rounded once to the dtype of ``x``."""
    result = np.empty(x.shape, x.dtype)
    blocks = result.reshape(-1)
    with np.errstate(all="ignore"):
        for block, x_block, upstream_block in _blocks(x, upstream):
            blocks[block] = _evaluate_block(function, x_block, upstream_block, parameters)
    return result


def _blocks(x: Array, upstream: Array | None) -> Iterator[tuple[slice, Array, Array | None]]:
    """Pieces small enough for the intermediate results to stay in the cache."""
    x = x.reshape(-1)
    upstream = None if upstream is None else upstream.reshape(-1)
    for start in range(0, x.size, BLOCK):
        block = slice(start, start + BLOCK)
        yield block, x[block], None if upstream is None else upstream[block]


def _evaluate_block(
    function: Formula, x: Array, upstream: Array | None, parameters: Parameters
) -> Array:
    dtype = x.dtype
    x = x.astype(np.float64)
    saturation = function.saturation[dtype == np.float64]
    ordinary = np.abs(x) <= saturation
    if upstream is not None:
        upstream = upstream.astype(np.float64)
        ordinary &= np.isfinite(upstream)
    if ordinary.all():
        return _correctly_rounded(function, x, upstream, dtype, parameters)
    result = np.empty(x.shape, dtype)
    for chosen, compute in ((ordinary, _correctly_rounded), (~ordinary, _at_the_limits)):
        chosen_upstream = None if upstream is None else upstream[chosen]
        result[chosen] = compute(function, x[chosen], chosen_upstream, dtype, parameters)
    return result


def _at_the_limits(
    function: Formula,
    x: Float64,
    upstream: Float64 | None,
    dtype: np.dtype[Any],
    parameters: Parameters,
) -> Array:
    """Where x is NaN or so large that the result has rounded to its limit, or upstream is not finite.

    An infinite upstream multiplies the derivative itself, which is not 0 where its limit is.
    """
    limit = np.where(x > 0, function.limits[1], function.limits[0])
    result = np.where(np.isinf(limit), x, limit)
    if upstream is not None:
        inside = np.clip(x, -function.saturation[1], function.saturation[1])
        slope = as_double_double(function.evaluate(DoubleDouble(inside, 0.0), **parameters)).hi
        by_slope = np.isfinite(x) & ~np.isfinite(upstream)
        result = np.where(by_slope | function.exact, slope, result) * upstream
    return narrow(np.where(np.isnan(x), x, result), dtype)


def _correctly_rounded(
    function: Formula,
    x: Float64,
    upstream: Float64 | None,
    dtype: np.dtype[Any],
    parameters: Parameters,
) -> Array:
    """The three levels, each for what the one before left in doubt."""
    if dtype != np.float64 or function.exact:
        result, doubtful = _by_float64(function, x, upstream, dtype, parameters)
    else:
        result, doubtful = np.empty(x.shape, dtype), np.ones(x.shape, dtype=bool)
    for level in (_by_double_double, _by_decimal):
        if not doubtful.any():
            break
        rest = np.flatnonzero(doubtful)
        rest_upstream = None if upstream is None else upstream[rest]
        result[rest], doubtful[rest] = level(function, x[rest], rest_upstream, dtype, parameters)
    return result


def _by_float64(
    function: Formula,
    x: Float64,
    upstream: Float64 | None,
    dtype: np.dtype[Any],
    parameters: Parameters,
) -> tuple[Array, Mask]:
    y = function.evaluate(x, **parameters)
    if upstream is not None:
        y = y * upstream
    if function.exact and dtype == np.float64:
        return y, np.zeros(x.shape, dtype=bool)
    relative = ONE_ROUNDING if function.exact else FLOAT64_ERROR * _cancellation(function, x)
    error = y * relative
    upper = narrow(y + error, dtype)
    return upper, (upper != narrow(y - error, dtype)) & np.isfinite(y)


def _by_double_double(
    function: Formula,
    x: Float64,
    upstream: Float64 | None,
    dtype: np.dtype[Any],
    parameters: Parameters,
) -> tuple[Array, Mask]:
    y = as_double_double(function.evaluate(DoubleDouble(x, 0.0), **parameters))
    relative = 0.0 if function.exact else DOUBLE_DOUBLE_ERROR * _cancellation(function, x)
    if upstream is not None:
        mantissa, exponent = np.frexp(upstream)
        y = y * mantissa
        y = DoubleDouble(y.hi, y.lo, y.exponent + exponent)
    elif function.expansion is not None:
        linear = np.abs(x) < LINEAR_BELOW
        y = where(linear, _linear(function.expansion, x), y)
        relative = np.where(linear, 0.0, relative)
    error = y.hi * relative
    upper = narrow_double_double(y, error, dtype)
    return upper, upper != narrow_double_double(y, -error, dtype)


def _linear(expansion: tuple[float, float, int], x: Float64) -> DoubleDouble:
    """slope x + coefficient x^power for |x| < 2^-60, the second term by its sign alone.

    slope x is exact, its neighbours and the midpoints between them are 2^-54 away, relatively,
    and the second term is below 2^-59: all that it can decide is a tie.
    """
    slope, coefficient, power = expansion
    mantissa, exponent = np.frexp(x)
    first = slope * mantissa
    return DoubleDouble(first, np.where(x == 0, first, NUDGE * coefficient * mantissa**power), exponent)


def _by_decimal(
    function: Formula,
    x: Float64,
    upstream: Float64 | None,
    dtype: np.dtype[Any],
    parameters: Parameters,
) -> tuple[Array, Mask]:
    factors = np.ones_like(x) if upstream is None else upstream
    exact_parameters = {name: Decimal(value) for name, value in parameters.items()}
    cancellation = np.broadcast_to(_cancellation(function, x), x.shape)
    results = [
        _decide(function, Decimal(point), Fraction(factor), Fraction(growth), dtype, exact_parameters)
        for point, factor, growth in zip(
            x.tolist(), factors.tolist(), cancellation.tolist(), strict=True
        )
    ]
    return narrow(np.array(results), dtype), np.zeros(x.shape, dtype=bool)


def _decide(
    function: Formula,
    x: Decimal,
    factor: Fraction,
    growth: Fraction,
    dtype: np.dtype[Any],
    parameters: Mapping[str, Decimal],
) -> float:
    """Double the digits until the enclosure rounds to one number; at x = 0 the value is exact."""
    digits = FIRST_DIGITS
    while True:
        with localcontext(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)):
            y = Fraction(function.evaluate(x, **parameters)) * factor
        error = 0 if x == 0 else y * growth / 10 ** (digits - DECIMAL_ERROR_DIGITS)
        upper = nearest(y + error, dtype)
        if upper == nearest(y - error, dtype):
            return upper
        digits *= 2


def _cancellation(function: Formula, x: Float64) -> Float64 | float:
    """A bound of (sum of the terms' magnitudes) / |sum of the terms|: 1 + Σ 8/|x - root|.

    Near a simple root r the sum is f'(r) (x - r), with terms that are at most 8 |f'(r)|. No
    double is within 2^-60 of a root; the root at 0 of an odd function is a product, not a sum.
    """
    growth: Float64 | float = 1.0
    for root in function.roots:
        if root != 0:
            growth = growth + 8 / np.maximum(np.abs(x - root), 2.0**-60)
    return growth
