"""Rounding to float16, bfloat16, float32 and float64: to nearest, ties to even, once.

A double cannot be narrowed to a float32 by way of a sum that was itself rounded to nearest: two
roundings may differ from one. Rounded *to odd* first (to the neighbour whose last bit is 1, unless
exact), it can: S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums: proved
algorithms using rounding to odd", IEEE Trans. Computers 57 (2008), theorem 3.
"""

from fractions import Fraction
from math import copysign, inf
from typing import Any

import numpy as np

from .double_double import DoubleDouble
from .error_free import two_sum
from .formats import FORMATS, Format, has_few_numbers
from .types import Array, Float64, Mask

FINEST = 2.0**-13  # below half a unit of a format of 16 bits, whose numbers are then counted


def add_to_odd(a: Float64, b: Float64) -> Float64:
    """a + b, rounded to odd."""
    total, error = two_sum(a, b)
    bits = total.view(np.int64)
    inexact_and_even = (error != 0) & (bits & 1 == 0) & np.isfinite(total)
    towards = np.where((error > 0) == (total > 0), 1, -1)
    return (bits + np.where(inexact_and_even, towards, 0)).view(np.float64)


def narrow(y: Float64, dtype: np.dtype[Any]) -> Array:
    """``y`` rounded to ``dtype``.

    NumPy narrows to float32 and float16 in one rounding. To bfloat16 it goes by way of float32,
    which is here rounded to odd.
    """
    if dtype.kind == "f":
        return y.astype(dtype)
    single = y.astype(np.float32)
    bits = single.view(np.int32)
    inexact_and_even = (single != y) & (bits & 1 == 0)
    towards = np.where(np.abs(single) < np.abs(y), 1, -1)
    odd = bits + np.where(inexact_and_even, towards, 0).astype(np.int32)
    return odd.view(np.float32).astype(dtype)


def narrow_between(y: Float64, error: Float64 | float, dtype: np.dtype[Any]) -> tuple[Array, Mask]:
    """``y`` with a relative error of ``error``, rounded; and where that may be one of two."""
    if has_few_numbers(dtype) and np.max(error) <= FINEST and not np.isnan(y).any():
        return _between_few(y, error, FORMATS[dtype.name])
    upper = narrow(y * (1 + error), dtype)
    return upper, upper != narrow(y * (1 - error), dtype)


def _between_few(y: Float64, error: Float64 | float, format_: Format) -> tuple[Array, Mask]:
    """The same for a format of 16 bits and a small error: its numbers are counted instead.

    With e the exponent of |y|, at least emin, and q = 2^(e + 1 - p) the last bit there, the sum of
    |y| and 2^52 q is rounded to a multiple of q, to nearest even, and its bits are those of 2^52 q
    plus n for n q. The bits of n q in the format are (e - emin) 2^(p-1) + n: the leading bit of n
    makes up for the exponent of a normal number, which starts from 1.
    """
    magnitude = np.minimum(np.abs(y), 2.0 ** (format_.emax + 1))
    least, last_bit = 1023 + format_.emin, format_.precision - 1
    exponent = np.maximum(magnitude.view(np.int64) >> 52, least)
    anchor_bits = (exponent + (52 - last_bit)) << 52
    anchor = anchor_bits.view(np.float64)
    upper = (magnitude * (1 + error) + anchor).view(np.int64)
    lower = (magnitude * (1 - error) + anchor).view(np.int64)
    bits = ((exponent - least) << last_bit) + (upper - anchor_bits)
    bits |= y.view(np.int64) >> 48 & 1 << 15
    return bits.astype(np.uint16).view(format_.dtype), upper != lower


def narrow_double_double(y: DoubleDouble, error: Float64, dtype: np.dtype[Any]) -> Array:
    """y + error, rounded to ``dtype``; error is in units of 2^y.exponent."""
    if dtype == np.float64:
        return _to_float64(y, error)
    odd = add_to_odd(y.hi, y.lo + error)
    return narrow(np.ldexp(odd, y.exponent), dtype)


def _to_float64(y: DoubleDouble, error: Float64) -> Float64:
    lo = y.lo + error
    nearest = y.hi + lo
    if isinstance(y.exponent, int):
        return nearest
    _, binade = np.frexp(nearest)
    subnormal = binade + y.exponent <= FORMATS["float64"].emin
    if not subnormal.any():
        return np.ldexp(nearest, y.exponent)
    return np.ldexp(np.where(subnormal, _to_quantum(y, lo), nearest), y.exponent)


def _to_quantum(y: DoubleDouble, lo: Float64) -> Float64:
    """hi + lo rounded to a multiple of q = 2^(-1074 - exponent), the last bit of a subnormal.

    The sum with ±2^52 q, of the sign of hi, lies in a binade whose last bit is q. Its error
    together with lo is rounded to odd, so that the second sum is the one rounding to nearest.
    """
    quantum_exponent = np.clip(-1074 - y.exponent, -1000, 900)
    anchor = np.copysign(np.ldexp(1.0, 52 + quantum_exponent), y.hi)
    total, error = two_sum(anchor, y.hi)
    rounded: Float64 = total + add_to_odd(error, lo) - anchor
    return np.copysign(rounded, y.hi)


def nearest(y: Fraction, dtype: np.dtype[Any], beyond: int = 0) -> float:
    """An exact number rounded to ``dtype``, as a float64.

    With ``beyond`` 1 or -1, the number infinitesimally above or below y instead.
    """
    if y == 0:
        return copysign(0.0, beyond)
    binade = abs(y.numerator).bit_length() - y.denominator.bit_length()
    binade -= abs(y) < Fraction(2) ** binade
    format_ = FORMATS[dtype.name]
    quantum = Fraction(2) ** (max(binade, format_.emin) + 1 - format_.precision)
    units = abs(y) / quantum
    if beyond and units.denominator == 2:  # noqa: PLR2004  a tie
        units += Fraction(beyond if y > 0 else -beyond, 4)
    magnitude = round(units) * quantum
    overflows = magnitude >= Fraction(2) ** (format_.emax + 1)
    return copysign(inf if overflows else float(magnitude), -1 if y < 0 else 1)
