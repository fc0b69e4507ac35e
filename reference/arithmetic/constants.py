"""π, ln 2 and 1/√(2π) to any number of bits, by integer arithmetic.

Each function returns floor(constant · 2^bits), right to a few units of the last bit: the guard
bits below absorb the truncations of the series.
"""

from functools import cache
from math import isqrt

GUARD_BITS = 32


def _arctangent_of_inverse(n: int, bits: int) -> int:
    """arctan(1/n) = 1/n - 1/(3n³) + 1/(5n⁵) - ..."""
    power = (1 << bits) // n
    total, divisor, sign = power, 1, 1
    while power:
        power //= n * n
        divisor += 2
        sign = -sign
        total += sign * (power // divisor)
    return total


@cache
def pi(bits: int) -> int:
    """Machin's formula, π = 16 arctan(1/5) - 4 arctan(1/239)."""
    wide = bits + GUARD_BITS
    quarter = 4 * _arctangent_of_inverse(5, wide) - _arctangent_of_inverse(239, wide)
    return 4 * quarter >> GUARD_BITS


@cache
def log_2(bits: int) -> int:
    """ln 2 = Σ 1/(n 2^n)."""
    power = 1 << (bits + GUARD_BITS)
    total, n = 0, 0
    while power:
        power >>= 1
        n += 1
        total += power // n
    return total >> GUARD_BITS


@cache
def inverse_sqrt_two_pi(bits: int) -> int:
    """1/√(2π), the standard normal density at 0."""
    wide = bits + GUARD_BITS
    return isqrt((1 << 3 * wide) // (2 * pi(wide))) >> GUARD_BITS
