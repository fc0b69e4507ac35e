"""The first level: elementary functions over float64 arrays, for speed.

Nothing here has to be right to the last bit, or the same on every machine: NumPy's own
exponentials serve, and the rounding test of ``evaluation`` covers the errors stated below.
"""

from functools import cache

import numpy as np

from . import gaussian_tail
from .types import Float64

TAIL_TERMS = 9


def exp(x: Float64) -> Float64:
    """e^x."""
    return np.exp(x)


def expm1(x: Float64) -> Float64:
    """e^x - 1."""
    return np.expm1(x)


def where(condition: np.ndarray, chosen: Float64, otherwise: Float64) -> Float64:
    """Elementwise choice."""
    return np.where(condition, chosen, otherwise)


@cache
def _tail_columns() -> Float64:
    table = gaussian_tail.taylor_table(TAIL_TERMS)
    scale = 2**gaussian_tail.FRACTION_BITS
    return np.array([[c / scale for c in column] for column in zip(*table, strict=True)])


def scaled_tail(a: Float64) -> Float64:
    """R(a) = Φ(-a) e^(a²/2) for a in [0, 56], by the Taylor polynomial of the nearest cell."""
    cell = np.rint(a * gaussian_tail.CELLS_PER_UNIT)
    offset = a - cell / gaussian_tail.CELLS_PER_UNIT
    index = cell.astype(np.intp)
    *lower, value = _tail_columns()
    total = np.take(value, index, mode="clip")
    for column in reversed(lower):
        total = total * offset + np.take(column, index, mode="clip")
    return total
