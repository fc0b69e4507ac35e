"""From a formula to the correctly rounded result: Ziv's strategy with three number types.

A formula is evaluated over float64, where that is enough, then over double-double, then over
intervals with ever more digits. Each level has a proved error bound, and a result counts as soon as
its enclosure [y - error, y + error] rounds to one number of the format (A. Ziv, ACM TOMS 17
(1991)); the rest goes one level up. So speed comes from the first level, and truth from the last.

float16, bfloat16 and float32 start at the first level; float64 starts at the second, unless the
formula is exact. The bits of the result depend on none of it: the rounded number is the same,
whichever level decides.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from reference.arithmetic.rounding import narrow
from reference.arithmetic.types import Array, Float64, Mask

from .function import Function
from .guide import find
from .levels import (
    Task,
    by_double_double,
    by_float64,
    by_intervals,
    decided_at_saturation,
    double_double,
    sign_of,
)
from .parallel import in_parallel, threads_for

FLOAT64 = np.dtype(np.float64)
BLOCK = 1 << 14
THREADED_BLOCK = 1 << 16  # shorter ones spend their time on handing over the GIL


Level = Callable[[Task, Float64, Float64 | None], tuple[Array, Mask]]


def evaluate(
    function: Function,
    x: Array,
    upstream: Array | None,
    parameters: Mapping[str, float],
    *,
    by_default: bool = False,
) -> Array:
    """``function`` of ``x``, times ``upstream`` if given, rounded once to the dtype of ``x``.

    The parameters are those of ``function.guides``, if they are so ``by_default``.
    """
    is_wide = x.dtype == FLOAT64 or (upstream is not None and upstream.dtype == FLOAT64)
    threads = threads_for(x.size)
    block = BLOCK if threads == 1 else THREADED_BLOCK
    if by_default and function.guides is not None:
        guide = function.guides[is_wide]
    else:
        guide = find(function.evaluate, parameters, is_wide=is_wide, exact=function.exact)
    task = Task(function, parameters, x.dtype, guide, block)
    levels = [by_float64, by_double_double, by_intervals]
    if is_wide and not function.exact:
        del levels[0]
    flat = x.reshape(-1)
    factor = None if upstream is None else upstream.reshape(-1)
    result = np.empty(flat.shape, task.dtype)

    def fill(part: slice) -> None:
        with np.errstate(all="ignore"):
            _evaluate(task, levels, flat[part], _at(factor, part), result[part])

    in_parallel(fill, flat.size, threads)
    return result.reshape(x.shape)


def _evaluate(
    task: Task, levels: Sequence[Level], x: Array, upstream: Array | None, result: Array
) -> None:
    """Fill ``result`` by the first level, in blocks, and by the others where that is in doubt."""
    level, *higher = levels
    doubtful = []
    for start in range(0, x.size, task.block):
        block = slice(start, start + task.block)
        result[block], in_doubt = _evaluate_block(task, level, x[block], _at(upstream, block))
        if np.count_nonzero(in_doubt):
            doubtful.append(start + np.flatnonzero(in_doubt))
    if doubtful:
        rest = np.concatenate(doubtful)
        decided = np.empty(rest.shape, task.dtype)
        _evaluate(task, higher, x[rest], _at(upstream, rest), decided)
        result[rest] = decided


def _at(upstream: Array | None, index: slice | Array) -> Array | None:
    return None if upstream is None else upstream[index]


def _evaluate_block(
    task: Task, level: Level, x: Array, upstream: Array | None
) -> tuple[Array, Mask]:
    """One block by one level; what is no ordinary number is settled here and left in no doubt."""
    end = task.guide.saturation
    wide = x.astype(np.float64)
    if upstream is None:
        if wide.min() >= -end and wide.max() <= end:
            return level(task, wide, None)
        factor = None
        ordinary = np.abs(wide) <= end
    else:
        factor = upstream.astype(np.float64)
        # Beyond saturation a finite product rounds as it does at saturation.
        wide = np.where(np.isinf(wide), wide, np.clip(wide, -end, end))
        ordinary = np.isfinite(wide) & np.isfinite(factor)
        if ordinary.all():
            return level(task, wide, factor)
    result, in_doubt = level(task, np.where(ordinary, wide, 1.0), factor)
    settled = _at_the_limits(task, wide[~ordinary], _at(factor, ~ordinary))
    result[~ordinary] = settled
    np.copyto(result, x, where=np.isnan(x))
    return result, in_doubt & ordinary


def _at_the_limits(task: Task, x: Float64, upstream: Float64 | None) -> Array:
    """Where x is not finite or beyond saturation, or upstream is not finite.

    An infinite upstream multiplies the derivative itself, which is not 0 where its limit is.
    """
    limit = np.where(x > 0, task.guide.limits[1], task.guide.limits[0])
    if upstream is None:
        result = np.where(np.isinf(limit) & np.isfinite(x), x, limit)
        beyond = np.isfinite(x) & np.isfinite(limit)
        if beyond.any():
            result[beyond] = _beyond_saturation(task, x[beyond])
        return narrow(result, task.dtype)
    inside = np.clip(
        np.where(np.isfinite(x), x, 0.0), -task.guide.saturation, task.guide.saturation
    )
    slope = double_double(task, inside).hi
    for place in np.flatnonzero((slope == 0) & np.isinf(upstream) & np.isfinite(x)):
        slope[place] = sign_of(task, float(inside[place]))
    return narrow(np.where(np.isinf(x), limit, slope) * upstream, task.dtype)


def _beyond_saturation(task: Task, x: Float64) -> Float64:
    """What f rounds to at saturation, on either side; the limit itself may be a tie."""
    below, above = (decided_at_saturation(task, side) for side in (-1, 1))
    return np.where(x > 0, above, below)
