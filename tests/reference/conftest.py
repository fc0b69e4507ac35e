"""What the tests of the arithmetic share: exact values, balls around true ones, errors."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import settings

from reference.arithmetic.double_double import as_double_double

# The same examples every time, and as many as a claim about rounding deserves.
settings.register_profile(
    "arithmetic", max_examples=200, derandomize=True, database=None, deadline=None
)
settings.load_profile("arithmetic")

BITS = 1280
PRECISIONS = (1280, 5120, 20480)
SETTLED = arb(2) ** -260


def exact(number):
    """List the elements of a double-double (or float64) array as Fractions."""
    number = as_double_double(number)
    parts = np.broadcast_arrays(number.hi, number.lo, number.exponent)
    return [
        (Fraction(hi) + Fraction(lo)) * Fraction(2) ** exponent
        for hi, lo, exponent in zip(*(part.ravel().tolist() for part in parts), strict=True)
    ]


def relative_errors(computed, true):
    """Return |computed / true - 1| for each element; the true values are balls."""
    number = as_double_double(computed)
    parts = np.broadcast_arrays(number.hi, number.lo, number.exponent)
    lists = (part.ravel().tolist() for part in parts)
    with ctx.workprec(BITS):
        return np.array(
            [
                float(abs((arb(hi) + arb(lo)) * arb(2) ** exponent / ball - 1).upper())
                for hi, lo, exponent, ball in zip(*lists, true, strict=True)
            ]
        )


def enclosed(function, points):
    """Enclose function(x), a tuple of balls, at each x: to 2^-160, relatively."""
    return [_enclosed_at(function, x) for x in points]


def _enclosed_at(function, x):
    for bits in PRECISIONS:
        with ctx.workprec(bits):
            balls = function(arb(x))
            if all(ball.rad() <= abs(ball.mid()) * SETTLED for ball in balls):
                return balls
    raise AssertionError(f"no precision was enough at {x!r}")


@pytest.fixture(name="exact", scope="session")
def provide_exact():
    """Exact values of double-double numbers."""
    return exact


@pytest.fixture(name="relative_errors", scope="session")
def provide_relative_errors():
    """Relative errors against balls."""
    return relative_errors


@pytest.fixture(name="enclosed", scope="session")
def provide_enclosed():
    """Balls that are narrow enough."""
    return enclosed
