"""The level before double-double, for float64: most results are decided by a head and a tail.

Its relative error is below 2^-67 for |x| <= 5, and grows like |x|³ up to |x| = 16, as that of e^w
with the w of gelu_tanh does; near a root it grows as at the second level. One result in some
thousands is left in doubt, and in some hundreds where there are roots. So is whatever may underflow
or overflow on the way: |x| > 16, |x| < 2^-200, whose head may be 0, and |f(x)| < 2^-900, with
upstream and without.

The bound is proved step by step in tests/reference/definition/test_error_budget.py.
"""

import numpy as np

from reference.arithmetic.head_tail import as_head_tail, of_doubles
from reference.arithmetic.types import Array, Float64, Mask

from .levels import Task, cancellation

ERROR, STEADY, FURTHEST = 2.0**-67, 5.0, 16.0
LEAST_INPUT, LEAST_RESULT = 2.0**-200, 2.0**-900


def by_head_tail(task: Task, x: Float64, upstream: Float64 | None) -> tuple[Array, Mask]:
    """The results in float64, and which of them are in doubt."""
    size = np.abs(x)
    y = as_head_tail(task.formula(of_doubles(x), as_head_tail))
    magnitude = np.abs(y.head)
    if upstream is not None:
        y = y * of_doubles(upstream)
        magnitude = np.minimum(magnitude, np.abs(y.head))
    furthest = np.maximum.reduce(size)
    error = y.head * relative_error(task, x, size, furthest)
    result: Float64 = y.head + (y.tail + error)
    in_doubt = result != y.head + (y.tail - error)
    if furthest > FURTHEST or np.minimum.reduce(size) < LEAST_INPUT:
        in_doubt |= (size > FURTHEST) | (size < LEAST_INPUT)
    if not np.minimum.reduce(magnitude) >= LEAST_RESULT:
        in_doubt |= ~(magnitude >= LEAST_RESULT)
    return result, in_doubt


def relative_error(task: Task, x: Float64, size: Float64, furthest: float) -> Float64 | float:
    """The bound at x, of the magnitudes ``size`` up to ``furthest``."""
    error = ERROR * cancellation(task.guide.cancelling_roots or (), x)
    if not furthest > STEADY:
        return error
    beyond = np.maximum(size * (1 / STEADY), 1.0)
    return error * (beyond * beyond * beyond)
