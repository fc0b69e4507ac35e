"""From a formula to the correctly rounded result: Ziv's strategy with four number types.

A formula is evaluated over float64, where that is enough, then over double-double, then over
intervals with ever more digits. Each level has a proved error bound, and a result counts as soon as
its enclosure [y - error, y + error] rounds to one number of the format (A. Ziv, ACM TOMS 17
(1991)); the rest goes one level up. So speed comes from the first level, and truth from the last.

float16, bfloat16 and float32 start at the first level; float64 starts between it and the second,
over numbers of a head and a tail, or at the second where roots are not known, unless the formula is
exact. The bits of the result depend on none of it: the rounded number is the same, whichever
level decides.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from reference.arithmetic.formats import has_few_numbers
from reference.arithmetic.rounding import narrow, narrow_between
from reference.arithmetic.sharing import shared, sharing
from reference.arithmetic.types import Array, Float64, Mask

from .choosing import by_choice, only_chooses
from .function import Function
from .guide import find
from .head_tail_level import by_head_tail
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
from .tables import RESULTS, SLOPES, look_up

FLOAT64 = np.dtype(np.float64)
BLOCK = 1 << 14
# For arrays below LONG. From 128 KiB on the C library maps fresh pages for each temporary, until
# it has seen a long array come and go.
SHORT_BLOCK, LONG = 1 << 13, 1 << 17
# Of a derivative and of its product with upstream; what underflows is far below 16 bits.
TWO_ROUNDINGS = 2.0**-51
THREADED_BLOCK = 1 << 16  # shorter ones spend their time on handing over the GIL


ALONE = nullcontext()

Stage = Callable[[Task, Array, Array | None], tuple[Array, Mask]]
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
    if not has_few_numbers(x.dtype) or (upstream is not None and upstream.dtype == FLOAT64):
        return _by_levels(function, x, upstream, parameters=parameters, by_default=by_default)
    by_levels = partial(_by_levels, function, parameters=parameters, by_default=by_default)
    wanted = (function, repr(parameters), x.dtype)
    if upstream is None:
        results = RESULTS.find(wanted, x.size, by_levels)
        return by_levels(x) if results is None else _by_table(results, x)
    if not by_default:  # a guide to float64 costs a second for parameters that are new
        return by_levels(x, upstream)
    slopes = SLOPES.find(wanted, x.size, lambda numbers: by_levels(_widened(numbers)))
    return by_levels(x, upstream, slopes=slopes)


def _widened(x: Array) -> Float64:
    with np.errstate(all="ignore"):
        return x.astype(np.float64)


def evaluate_together(
    functions: Sequence[Function],
    x: Array,
    parameters: Mapping[str, float],
    *,
    by_default: bool = False,
) -> list[Array]:
    """Functions of ``x``, block by block, so that they share what they have in common."""
    if has_few_numbers(x.dtype) or all(function.exact for function in functions):
        return [evaluate(f, x, None, parameters, by_default=by_default) for f in functions]
    plans = [_plan(f, x, None, parameters, by_default=by_default) for f in functions]
    return _by_plans(plans, x, None)


def _by_table(results: Array, x: Array) -> Array:
    flat = x.reshape(-1)
    result = np.empty_like(flat)

    def fill(part: slice) -> None:
        look_up(results, flat[part], result[part])

    in_parallel(fill, flat.size, threads_for(flat.size))
    return result.reshape(x.shape)


class Plan(NamedTuple):
    """What is evaluated, and how, one stage after the other."""

    task: Task
    stages: Sequence[Stage]


def _by_levels(
    function: Function,
    x: Array,
    upstream: Array | None = None,
    *,
    parameters: Mapping[str, float],
    by_default: bool,
    slopes: Float64 | None = None,
) -> Array:
    """The function level by level, before them by a table of float64 results if there is one."""
    plan = _plan(function, x, upstream, parameters, by_default=by_default)
    if slopes is not None:
        plan = Plan(plan.task, [partial(_by_slopes, slopes), *plan.stages])
    if not 0 < x.size <= plan.task.block:
        return _by_plans([plan], x, upstream)[0]
    factor = None if upstream is None else upstream.reshape(-1)
    with np.errstate(all="ignore"):
        return _in_one_block(plan, x.reshape(-1), factor).reshape(x.shape)


def _in_one_block(plan: Plan, x: Array, upstream: Array | None) -> Array:
    """The result by the first stage, and by the others where that is in doubt."""
    task, stages = plan
    result, in_doubt = stages[0](task, x, upstream)
    if np.count_nonzero(in_doubt):
        rest = np.flatnonzero(in_doubt)
        higher = Plan(task, stages[1:])
        result[rest] = _in_one_block(higher, x[rest], _at(upstream, rest))
    return result


def _plan(
    function: Function,
    x: Array,
    upstream: Array | None,
    parameters: Mapping[str, float],
    *,
    by_default: bool,
) -> Plan:
    """The levels that the formats ask for, in blocks that the number of threads asks for."""
    is_wide = x.dtype == FLOAT64 or (upstream is not None and upstream.dtype == FLOAT64)
    block = SHORT_BLOCK
    if x.size >= LONG:
        block = BLOCK if threads_for(x.size) == 1 else THREADED_BLOCK
    if by_default and function.guides is not None:
        guide = function.guides[is_wide]
    else:
        guide = find(function.evaluate, parameters, is_wide=is_wide, exact=function.exact)
    task = Task(function, parameters, x.dtype, guide, block)
    if upstream is None and only_chooses(task):
        block = block * FLOAT64.itemsize // x.dtype.itemsize
        return Plan(task._replace(block=block), [by_choice, *STAGES])
    if not is_wide or function.exact:
        return Plan(task, STAGES)
    if x.dtype == FLOAT64 and guide.cancelling_roots is not None:
        return Plan(task, [BY_HEAD_TAIL, *STAGES[1:]])
    return Plan(task, STAGES[1:])


def _by_plans(plans: Sequence[Plan], x: Array, upstream: Array | None) -> list[Array]:
    flat = x.reshape(-1)
    factor = None if upstream is None else upstream.reshape(-1)
    results = [np.empty(flat.shape, x.dtype) for _ in plans]

    def fill(part: slice) -> None:
        with np.errstate(all="ignore"):
            _evaluate(plans, flat[part], _at(factor, part), [result[part] for result in results])

    in_parallel(fill, flat.size, threads_for(flat.size))
    return [result.reshape(x.shape) for result in results]


def _evaluate(
    plans: Sequence[Plan], x: Array, upstream: Array | None, results: Sequence[Array]
) -> None:
    """Fill the results by the first stages, in blocks, and by the others where that is in doubt."""
    doubtful: list[list[Array]] = [[] for _ in plans]
    length = plans[0].task.block
    for start in range(0, x.size, length):
        block = slice(start, start + length)
        numbers, factors = x[block], _at(upstream, block)
        with sharing() if len(plans) > 1 else ALONE:
            for (task, stages), result, places in zip(plans, results, doubtful, strict=True):
                result[block], in_doubt = stages[0](task, numbers, factors)
                if np.count_nonzero(in_doubt):
                    places.append(start + np.flatnonzero(in_doubt))
    for (task, stages), result, places in zip(plans, results, doubtful, strict=True):
        if places:
            rest = np.concatenate(places)
            decided = np.empty(rest.shape, task.dtype)
            _evaluate([Plan(task, stages[1:])], x[rest], _at(upstream, rest), [decided])
            result[rest] = decided


def _at(upstream: Array | None, index: slice | Array) -> Array | None:
    return None if upstream is None else upstream[index]


def _by_slopes(slopes: Float64, task: Task, x: Array, upstream: Any) -> tuple[Array, Mask]:
    """The derivative out of a table, times upstream; NaN, of whatever origin, is left in doubt."""
    slope = np.empty(x.shape)
    look_up(slopes, x, slope)
    return narrow_between(slope * upstream, TWO_ROUNDINGS, task.dtype)


@shared
def _wide_and_furthest(x: Array) -> tuple[Float64, float]:
    """The numbers as float64, and the largest magnitude; NaN if there is one."""
    wide = x.astype(np.float64)
    return wide, np.maximum.reduce(np.abs(wide))


def _by_level(level: Level, task: Task, x: Array, upstream: Array | None) -> tuple[Array, Mask]:
    """One block by one level; what is no ordinary number is settled here and left in no doubt."""
    end = task.guide.saturation
    wide, furthest = _wide_and_furthest(x)
    if upstream is None:
        if furthest <= end:
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


STAGES = [partial(_by_level, level) for level in (by_float64, by_double_double, by_intervals)]
BY_HEAD_TAIL = partial(_by_level, by_head_tail)
