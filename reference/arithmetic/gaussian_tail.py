"""The Gaussian tail as a table of Taylor polynomials, made by exact integer arithmetic.

The function tabulated is R(a) = Φ(-a) e^(a²/2), Mills' ratio divided by √(2π): the tail
without its exponential, a smooth function that falls from 1/2 like 1/(a √(2π)).

Derivation.  R' = aR - 1/√(2π), so the Taylor coefficients R_n = R⁽ⁿ⁾(c)/n! follow from R_0:

    R_1 = c R_0 - 1/√(2π),    R_(n+1) = (c R_n + R_(n-1)) / (n + 1).

An error in R_0 grows like e^(a²/2) upwards and shrinks by the same factor downwards, so the
table is filled downwards: a start at a = 64 that is right to a tenth is right to 2^-650 at 56.
The recurrence for R_n loses at most 2 log2(c) + 1 bits a step: of the 768 bits of fixed point
more than 400 are left after the terms that are kept.
"""

from functools import cache

from .constants import inverse_sqrt_two_pi

FRACTION_BITS = 768
CELLS_PER_UNIT = 16
START, LAST = 64, 56
STEP_TERMS = 100


def _taylor(cell: int, value: int, terms: int) -> list[int]:
    """R_0 ... R_(terms-1) at a = ``cell`` / 16, in fixed point, from R_0 = ``value``."""
    slope = cell * value // CELLS_PER_UNIT - inverse_sqrt_two_pi(FRACTION_BITS)
    coefficients = [value, slope]
    for n in range(2, terms):
        coefficients.append((cell * coefficients[-1] // CELLS_PER_UNIT + coefficients[-2]) // n)
    return coefficients


def _one_cell_down(coefficients: list[int]) -> int:
    """The Taylor series evaluated at -1/16."""
    value = 0
    for coefficient in reversed(coefficients):
        value = coefficient - value // CELLS_PER_UNIT
    return value


@cache
def taylor_table(terms: int) -> list[list[int]]:
    """Row i: R_0 ... R_(terms-1) at a = i/16, each times 2^768, for a in [0, 56]."""
    rows = []
    value = inverse_sqrt_two_pi(FRACTION_BITS) // START
    for cell in range(START * CELLS_PER_UNIT, -1, -1):
        coefficients = _taylor(cell, value, STEP_TERMS)
        rows.append(coefficients[:terms])
        value = _one_cell_down(coefficients)
    return rows[::-1][: LAST * CELLS_PER_UNIT + 1]
