"""e^x, e^x - 1, ln(1 + x) and the Gaussian tail of numbers that are a head and a tail.

With δ = 2^-25 and u = 2^-53, as in `head_tail`; all tables have heads and tails too.

e^x. As in `exponential`, x = k ln 2 / 1024 + r with |r| < 2^-11.5 and e^x = 2^e 2^(j/1024) e^r. The
head of r is exact, and what is added to it, its tail and r²/2 + r³/6 + r⁴/24 + r⁵/120, is below
2^-23.9; all terms that are rounded are below 2^-23: within 2^-73, and 3 uδ |x| for three sums that
the tail of x has a part in.

e^x - 1. The same with r²/2 exact as well and a term more, so that p = e^r - 1 has a tail below
2^-36. What is added to a power 2^(j/1024) - 1 of the table is then small enough. That power itself
is known to 2^-80, and so is its sum with p: within 2^-73, relatively, and where j and e are not
both 0, that is for |x| > 2^-11.6, within 2^-79 times the larger of 1 and e^x besides; 3 uδ |x| as
before. Both functions are NaN where e^x is not between 2^-900 and 2^900.

ln(1 + x), 0 <= x <= 1. With c the number of 12 bits nearest to 1 / (1 + j/512) and j/512 next to x,
ln(1 + x) = -ln c + ln(1 + r), r = (1 + x) c - 1, |r| < 2^-9. Head and tail of r are exact, and so
is r²/2 of the head; the series goes on to r⁸/8, the first neglected term is below 2^-75 r. Where j
is 1, and x just above 2^-10, the terms are as large as the result: within 2^-71.

R(a) = Φ(-a) e^(a²/2). A table of cells 1/256 wide with R and R' as heads and tails, and five more
Taylor coefficients as doubles, whose sum is below 2^-19 R: within 2^-69.
"""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from .double_double import ZERO, DoubleDouble, nearest_pair, power_of_two
from .ends import precision
from .error_free import UPPER, split, two_sum
from .exponential import MINUS_ONE, STEPS, log_2_parts, powers, split_steps
from .gaussian_tail import (
    FLOAT64_ANCHOR,
    FLOAT64_CELLS_PER_UNIT,
    FLOAT64_LAST,
    density_at_zero,
    gather,
    located,
    scaled_tail_double_double,
    within,
)
from .types import Float64

MOST_STEPS = 900 * STEPS
LOGARITHM_CELLS, CELL_BITS = 512, 12
DIGITS = 45
TAIL_TERMS = 7
Pair = tuple[Float64, Float64]


def truncated(a: Float64) -> Float64:
    """``a`` to 26 significant bits, towards zero."""
    head: Float64 = (a.view(np.int64) & UPPER).view(np.float64)
    return head


def renormalised(total: Float64, tail: Float64) -> Pair:
    """total + tail as head and tail, for |tail| below 2^-20 |total|."""
    head = truncated(total + tail)
    return head, (total - head) + tail


def _joined(largest: Float64, middle: Float64, tail: Float64) -> Pair:
    """The sum of three as head and tail; the first has 26 bits, the second 52 and is exact."""
    head = truncated(largest + (middle + tail))
    return head, ((largest - head) + middle) + tail


def _split(pairs: Any) -> Pair:
    """Double-doubles, rows of hi and lo, as contiguous heads and tails; heads are nearest."""
    hi, lo = np.asarray(pairs).T
    head, rest = split(np.ascontiguousarray(hi))
    return head, rest + lo


@cache
def _powers() -> Pair:
    """2^(j/1024) for j in [-512, 512)."""
    return _split(np.array(powers()).T)


def _power(k: Float64) -> tuple[Float64, Float64, Float64]:
    """2^(j/1024) as head and tail, and 2^e; infinite where that is too large."""
    index, e = split_steps(k)
    head, tail = _powers()
    return head.take(index), tail.take(index), power_of_two(e)


def _reduced(head: Float64, tail: Float64) -> tuple[Float64, Float64, Float64]:
    """k and r as head and tail."""
    first, second, third = log_2_parts()
    k = np.rint((head + tail) * (1 / (first + second)))
    size = np.abs(k)
    if not np.maximum.reduce(size, axis=None) <= MOST_STEPS:
        k = np.where(size <= MOST_STEPS, k, np.nan)
    upper, middle, lower = head - k * first, k * second, tail - k * third
    r = truncated((upper - middle) + lower)
    return k, r, ((upper - r) - middle) + lower


def exp(head: Float64, tail: Float64) -> Pair:
    """e^x."""
    k, r_head, r_tail = _reduced(head, tail)
    r = r_head + r_tail
    p_tail = r_tail + r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r / 120)))
    power, power_tail, scale = _power(k)
    rest = power_tail + (power * p_tail + power_tail * (r_head + p_tail))
    head, tail = _joined(power, power * r_head, rest)
    return head * scale, tail * scale


def expm1(head: Float64, tail: Float64) -> Pair:
    """e^x - 1."""
    k, r_head, r_tail = _reduced(head, tail)
    r = r_head + r_tail
    cubic = r * r * r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720)))
    p, p_tail = _joined(r_head, r_head * r_head / 2, r_tail + (_cross(r_head, r_tail) + cubic))
    power, power_tail, scale = _power(k)
    power, power_tail = power * scale, power_tail * scale
    largest, error = two_sum(power, MINUS_ONE)
    middle = power * p
    tail = power * p_tail + power_tail * (p + p_tail) + error
    head = truncated(largest + (middle + (power_tail + tail)))
    return head, (((largest - head) + middle) + power_tail) + tail


def _cross(head: Float64, tail: Float64) -> Float64:
    """(head + tail)²/2 without the square of the head."""
    return tail * (head + tail / 2)


@cache
def _logarithms() -> tuple[Float64, Float64, Float64]:
    """c, and -ln c as head and tail, for x next to j/512."""
    numerators = [
        round(Fraction(LOGARITHM_CELLS << CELL_BITS, LOGARITHM_CELLS + j))
        for j in range(LOGARITHM_CELLS + 1)
    ]
    with precision(DIGITS):
        logarithms = [Fraction((Decimal(1 << CELL_BITS) / n).ln()) for n in numerators]
    c = np.array(numerators) / (1 << CELL_BITS)
    return c, *_split([nearest_pair(logarithm) for logarithm in logarithms])


def log1p(head: Float64, tail: Float64) -> Pair:
    """ln(1 + x) for 0 <= x <= 1."""
    index = np.rint(head * LOGARITHM_CELLS).astype(np.int64)
    c, logarithm, logarithm_tail = (gather(column, index) for column in _logarithms())
    upper, lower = head * c + (c - 1), tail * c
    r_head = truncated(upper + lower)
    r_tail = (upper - r_head) + lower
    r = r_head + r_tail
    series = 1 / 3 - r * (1 / 4 - r * (1 / 5 - r * (1 / 6 - r * (1 / 7 - r / 8))))
    square = r_head * r_head / 2
    rest = logarithm_tail + (r_tail + (r * r * r * series - _cross(r_head, r_tail)))
    head = truncated(logarithm + (r_head + (rest - square)))
    return head, (((logarithm - head) + r_head) - square) + rest


@cache
def _tails() -> tuple[Float64, ...]:
    """R and R' as heads and tails, R''/2, ... as doubles, at a = i/256 in [0, 20]."""
    a = np.arange(FLOAT64_LAST * FLOAT64_CELLS_PER_UNIT + 1) / FLOAT64_CELLS_PER_UNIT
    tail = scaled_tail_double_double(DoubleDouble(a, ZERO))
    columns = [tail, DoubleDouble(a, ZERO) * tail - density_at_zero()]
    for n in range(2, TAIL_TERMS):
        columns.append((DoubleDouble(a, ZERO) * columns[-1] + columns[-2]) / float(n))
    pairs = [_split(np.array([column.hi, column.lo]).T) for column in columns[:2]]
    return *pairs[0], *pairs[1], *(column.hi for column in columns[2:])


def scaled_tail(head: Float64, tail: Float64) -> Pair:
    """R(a) for a in [0, 20]; NaN beyond."""
    a = head + tail
    index, centre = located(a, FLOAT64_ANCHOR)
    value, value_tail, slope, slope_tail, *others = _tails()
    upper = head - centre
    d = upper + tail
    d_head = truncated(d)
    d_tail = (upper - d_head) + tail
    series = gather(others[-1], index)
    for column in others[-2::-1]:
        series = series * d + gather(column, index)
    slope, slope_tail = gather(slope, index), gather(slope_tail, index)
    rest = d_head * slope_tail + d_tail * (slope + slope_tail) + d * d * series
    value = within(a, FLOAT64_LAST, gather(value, index))
    return _joined(value, d_head * slope, gather(value_tail, index) + rest)
