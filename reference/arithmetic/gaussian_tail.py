"""The Gaussian tail as a table of Taylor polynomials, made by exact integer arithmetic.

The function tabulated is R(a) = Φ(-a) e^(a²/2), Mills' ratio divided by √(2π): the tail
without its exponential, a smooth function that falls from 1/2 like 1/(a √(2π)).

Derivation.  R' = aR - 1/√(2π), so the Taylor coefficients R_n = R⁽ⁿ⁾(c)/n! follow from R_0:

    R_1 = c R_0 - 1/√(2π),    R_(n+1) = (c R_n + R_(n-1)) / (n + 1).

An error in R_0 grows like e^(a²/2) upwards and shrinks by the same factor downwards, so the
table is filled downwards: a start at a = 64 that is right to a tenth is right to 2^-650 at 56.
The recurrence for R_n loses at most 2 log2(c) + 1 bits a step: of the 512 bits of fixed point
more than 300 are left after the terms that are kept.

Evaluation. A cell is 1/32 wide, so |a - c| <= 2^-6. The double-double polynomial keeps
R_0 ... R_3 as double-double and R_4 ... R_11 as double: the rounding of R_4 (a - c)⁴ is below
2^-80 R_0, the first neglected term below 2^-85 R_0. The float64 polynomial has cells 1/256 wide,
made from that one by the same recurrence, and stops at R_4, with a truncation error below
2^-49 R_0. An error of R_0 grows like a in R_1, a² in R_2, ..., but (a/512)^n is small.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .constants import inverse_sqrt_two_pi
from .double_double import ZERO, DoubleDouble, nearest_pair
from .error_free import fast_two_sum, two_product
from .types import Float64

FRACTION_BITS = 512
CELLS_PER_UNIT = 32
START, LAST = 64, 56
STEP_TERMS = 64
TERMS = 12
DOUBLE_DOUBLE_TERMS = 4
FLOAT64_CELLS_PER_UNIT = 256
FLOAT64_LAST = 20
FLOAT64_TERMS = 5


def _taylor(cell: int, value: int) -> list[int]:
    """R_0, R_1, ... in fixed point at the centre of ``cell``, from R_0 = ``value``."""
    slope = cell * value // CELLS_PER_UNIT - inverse_sqrt_two_pi(FRACTION_BITS)
    coefficients = [value, slope]
    for n in range(2, STEP_TERMS):
        coefficients.append((cell * coefficients[-1] // CELLS_PER_UNIT + coefficients[-2]) // n)
    return coefficients


def _one_cell_down(coefficients: list[int]) -> int:
    """The value at the centre of the cell below, from the Taylor series."""
    value = 0
    for coefficient in reversed(coefficients):
        value = coefficient - value // CELLS_PER_UNIT
    return value


def _rows_from_the_top() -> Iterator[list[int]]:
    value = inverse_sqrt_two_pi(FRACTION_BITS) // START
    for cell in range(START * CELLS_PER_UNIT, -1, -1):
        coefficients = _taylor(cell, value)
        if cell <= LAST * CELLS_PER_UNIT:
            yield coefficients[:TERMS]
        value = _one_cell_down(coefficients)


@cache
def density_at_zero() -> DoubleDouble:
    """1/√(2π)."""
    hi, lo = nearest_pair(Fraction(inverse_sqrt_two_pi(FRACTION_BITS), 2**FRACTION_BITS))
    return DoubleDouble(np.asarray(hi), np.asarray(lo))


@cache
def table() -> tuple[Float64, Float64]:
    """The upper and lower halves of R_n at a = i/32, each an array [n, i] for a in [0, 56]."""
    scale = 2**FRACTION_BITS
    rows = [[nearest_pair(Fraction(r, scale)) for r in row] for row in _rows_from_the_top()]
    pairs = np.array(rows[::-1])
    return np.ascontiguousarray(pairs[..., 0].T), np.ascontiguousarray(pairs[..., 1].T)


@cache
def float64_table() -> Float64:
    """R_n at a = i/256, an array [n, i] for a in [0, 20]."""
    a = np.arange(FLOAT64_LAST * FLOAT64_CELLS_PER_UNIT + 1) / FLOAT64_CELLS_PER_UNIT
    tail = scaled_tail_double_double(DoubleDouble(a, ZERO)).hi
    columns = [tail, a * tail - density_at_zero().hi]
    for n in range(2, FLOAT64_TERMS):
        columns.append((a * columns[-1] + columns[-2]) / n)
    return np.array(columns)


def _anchor(cells_per_unit: int) -> Float64:
    """3/2 · 2^52 cells: next to it, one cell is the last bit of a double."""
    return np.asarray((3 << 51) / cells_per_unit)


ANCHOR = _anchor(CELLS_PER_UNIT)
FLOAT64_ANCHOR = _anchor(FLOAT64_CELLS_PER_UNIT)


def located(a: Float64, anchor: Float64) -> tuple[NDArray[np.int64], Float64]:
    """The nearest cell of ``a``, and its centre."""
    anchored = a + anchor
    return anchored.view(np.int64) - anchor.view(np.int64), anchored - anchor


def gather(column: Float64, index: NDArray[np.int64]) -> Float64:
    """What a column of the table has at each index."""
    return column.take(index, mode="clip")


def _polynomial(columns: Float64, index: NDArray[np.int64], offset: Float64) -> Float64:
    total = gather(columns[-1], index)
    for column in columns[-2::-1]:
        total *= offset
        total += gather(column, index)
    return total


def scaled_tail_float64(a: Float64) -> Float64:
    """R(a) for a in [0, 20], with a relative error below 2^-48; NaN beyond."""
    index, centre = located(a, FLOAT64_ANCHOR)
    tail = _polynomial(float64_table(), index, a - centre)
    return within(a, FLOAT64_LAST, tail)


def scaled_tail_double_double(a: DoubleDouble) -> DoubleDouble:
    """R(a) for a in [0, 56], with a relative error below 2^-79; NaN beyond.

    The table is for the upper half of a; the lower half counts by R' = aR - 1/√(2π).
    """
    upper, lower = table()
    index, centre = located(a.hi, ANCHOR)
    offset = a.hi - centre
    hi = _polynomial(upper[DOUBLE_DOUBLE_TERMS:], index, offset)
    lo = ZERO
    for n in reversed(range(DOUBLE_DOUBLE_TERMS)):
        product, error = two_product(hi, offset)
        error = error + lo * offset + gather(lower[n], index)
        hi, rest = fast_two_sum(gather(upper[n], index), product)
        lo = rest + error
    hi = within(a.hi, LAST, hi)
    if a.lo is not ZERO:
        lo = lo + a.lo * (a.hi * hi - density_at_zero().hi)
    return DoubleDouble(*fast_two_sum(hi, lo))


def within(a: Float64, last: float, tail: Float64) -> Float64:
    """The tail, NaN where there is no cell of a table."""
    return tail if not np.max(a, initial=0.0) > last else np.where(a <= last, tail, np.nan)
