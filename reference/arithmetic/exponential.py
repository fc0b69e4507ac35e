"""e^x and e^x - 1 over double-double numbers.

Method (P. T. P. Tang, ACM TOMS 15 (1989), table-driven, with a larger table): with
k = 1024 e + j the integer nearest to 1024 x / ln 2,

    x = k ln 2 / 1024 + r,    |r| <= ln 2 / 2048 < 2^-11.5,    e^x = 2^e 2^(j/1024) (1 + p),

where p = e^r - 1 = r + r²/2 + r³ (1/6 + r/24 + r²/120 + r³/720).

Error. ln 2 / 1024 is held in three parts; with k < 2^22 its products with the first two (31 bits
each) are exact and the third's rounding is below 2^-103. In p, r and r²/2 are double-double; the
cubic term is below 2^-37 and four roundings at that size are made, 2^-88; the first neglected term
r⁷/5040 is below 2^-92. So e^x has a relative error below 2^-87, and e^x - 1, whose magnitude is at
least 2^-11.6 where k is not 0, one below 2^-75.5; where k = 0, the roundings are below r 2^-77.
"""

from fractions import Fraction
from functools import cache
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from .constants import log_2
from .double_double import DoubleDouble, nearest_pair, power_of_two, where
from .error_free import fast_two_sum, two_product, two_sum
from .types import Float64

STEPS = 1024
PART_BITS = 31
TABLE_BITS = 256
# The products of up to four such powers, and their rounding errors, do not underflow.
UNSCALED = 150.0
# e^±2500 rounds as all beyond it do in every format, also times the largest number or the smallest.
FURTHEST = 2500.0
# Below it, x + x²/2 is e^x - 1 to 2^-119.
TINY = 2.0**-60
MINUS_ONE = np.asarray(-1.0)


@cache
def powers() -> tuple[Float64, Float64]:
    """2^(j/1024) for j in [-512, 512) as hi and lo, from ten integer square roots."""
    root = 2 << TABLE_BITS
    for _ in range(STEPS.bit_length() - 1):
        root = isqrt(root << TABLE_BITS)
    powers = [1 << TABLE_BITS]
    for _ in range(STEPS - 1):
        powers.append(powers[-1] * root >> TABLE_BITS)
    half = STEPS // 2
    ordered = [p / 2 for p in map(Fraction, powers[half:])] + powers[:half]
    pairs = [nearest_pair(Fraction(p) / 2**TABLE_BITS) for p in ordered]
    hi, lo = np.array(pairs).T
    return np.ascontiguousarray(hi), np.ascontiguousarray(lo)


@cache
def log_2_parts() -> tuple[float, float, float]:
    """ln 2 / 1024 as two parts of 31 bits and a double."""
    rest = Fraction(log_2(TABLE_BITS), STEPS << TABLE_BITS)
    parts = []
    for last_bit in (10 + PART_BITS, 10 + 2 * PART_BITS):
        part = Fraction(round(rest * 2**last_bit), 2**last_bit)
        parts.append(float(part))
        rest -= part
    return parts[0], parts[1], float(rest)


def _reduced(x: DoubleDouble) -> tuple[Float64, Float64, Float64]:
    """k and p = e^r - 1 as a double-double."""
    first, second, third = log_2_parts()
    k = np.rint(x.hi * (1 / (first + second)))
    r, error = two_sum(x.hi - k * first, -k * second)
    r, error = two_sum(r, error + (x.lo - k * third))
    square, square_error = two_product(r, r)
    cubic = r * square * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720)))
    p, p_error = fast_two_sum(r, square / 2)
    return k, p, p_error + (error + (square_error / 2 + r * error + cubic))


def split_steps(k: Float64) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The place of 2^(j/1024) in the table, and e."""
    k_integer = k.astype(np.int32)
    e = (k_integer + STEPS // 2) >> STEPS.bit_length() - 1
    return k_integer & STEPS - 1 ^ STEPS // 2, e


def _table_entry(k: Float64) -> tuple[Float64, Float64, NDArray[np.int32]]:
    """2^(j/1024) as hi and lo, and e."""
    index, e = split_steps(k)
    hi, lo = powers()
    return np.take(hi, index), np.take(lo, index), e


def _clipped(x: DoubleDouble) -> DoubleDouble:
    inside = np.abs(x.hi) <= FURTHEST
    if np.all(inside):
        return x
    return DoubleDouble(np.clip(x.hi, -FURTHEST, FURTHEST), np.where(inside, x.lo, 0.0), x.exponent)


def exp(x: DoubleDouble) -> DoubleDouble:
    """e^x, with an exponent of its own where it may be beyond 2^±216; e^±2500 stands for more."""
    x = x.unscaled()
    largest = np.max(np.abs(x.hi), initial=0.0)
    if not largest <= FURTHEST:
        x = _clipped(x)
    k, p, p_error = _reduced(x)
    hi, lo, e = _table_entry(k)
    product, error = two_product(hi, p)
    total, rest = fast_two_sum(hi, product)
    total, rest = fast_two_sum(total, rest + (lo + (error + (hi * p_error + lo * p))))
    if not largest <= UNSCALED:
        return DoubleDouble(total, rest, e)
    scale = power_of_two(e)
    return DoubleDouble(total * scale, rest * scale)


def expm1(x: DoubleDouble) -> DoubleDouble:
    """e^x - 1 for x <= 600; e^-2500 - 1 stands for what is below."""
    if not isinstance(x.exponent, int):
        return where(abs(x) < TINY, x + x * x / 2, expm1(x.unscaled()))
    x = _clipped(x)
    k, p, p_error = _reduced(x)
    hi, lo, e = _table_entry(k)
    scale = power_of_two(e)
    hi, lo = hi * scale, lo * scale
    product, error = two_product(hi, p)
    power, power_error = two_sum(hi, MINUS_ONE)
    total, rest = two_sum(power, product)
    rest += power_error + (lo + (error + (hi * p_error + lo * p)))
    return DoubleDouble(*fast_two_sum(total, rest))
