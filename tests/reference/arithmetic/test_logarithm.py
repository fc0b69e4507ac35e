"""ln(1 + x) over double-double, against balls."""

import numpy as np
import pytest
from flint import arb, ctx

from reference.arithmetic import logarithm
from reference.arithmetic.double_double import ZERO, DoubleDouble
from reference.arithmetic.exponential import exp
from reference.arithmetic.logarithm import SERIES_BELOW, log1p

BOUND = 2.0**-74
BITS = 4000


def stratified(count=1200):
    """Numbers of (0, 1] in every binade, about the seam, and next to both ends."""
    rng = np.random.default_rng(41)
    binades = np.ldexp(rng.uniform(1, 2, count), rng.integers(-300, 0, count))
    seam = SERIES_BELOW * (1 + np.arange(-9, 10) * 2.0**-52)
    ends = 1 - np.arange(12) * 2.0**-53
    return np.concatenate([binades, rng.uniform(0, 1, count), seam, ends])


def true(hi, lo, exponent=0):
    """The logarithms as balls."""
    with ctx.workprec(BITS):
        return [
            ((arb(a) + arb(b)) * arb(2) ** e).log1p()
            for a, b, e in zip(hi, lo, np.broadcast_to(exponent, len(hi)).tolist(), strict=True)
        ]


def test_the_relative_error_is_below_2_to_the_minus_74(relative_errors):
    """For doubles and for pairs."""
    x = stratified()
    low = x * np.random.default_rng(42).uniform(-1, 1, x.size) * 2.0**-54
    for lo in (np.zeros_like(x), low):
        found = log1p(DoubleDouble(x, lo))
        assert relative_errors(found, true(x.tolist(), lo.tolist())).max() < BOUND


@pytest.mark.parametrize("block", ["all tiny", "mixed"])
def test_tiny_numbers_with_an_exponent_of_their_own(block, relative_errors):
    """As e^-z gives them, down to 2^-3600."""
    z = -np.linspace(20, 2490, 300)
    if block == "mixed":
        z = np.concatenate([z, -np.linspace(0, 40, 200)])
    powers = exp(DoubleDouble(z, ZERO))
    found = log1p(powers)
    exponents = np.asarray(powers.exponent).tolist()
    expected = true(powers.hi.tolist(), powers.lo.tolist(), exponents)
    with ctx.workprec(BITS):
        worst = relative_errors(found, expected).max()
    assert worst < BOUND


def test_zero_is_zero():
    """Beside other numbers."""
    found = log1p(DoubleDouble(np.array([0.0, 0.5, 1.0]), ZERO))
    assert found.hi[0] == 0
    assert found.lo[0] == 0
    assert found.hi[2] == np.log(2)


def test_bits_do_not_depend_on_the_neighbours():
    """Alone and beside numbers of the other regime."""
    x = stratified(60)
    together = log1p(DoubleDouble(x, ZERO))
    for index, point in enumerate(x.tolist()):
        alone = log1p(DoubleDouble(np.array([point]), ZERO))
        assert (alone.hi[0], alone.lo[0]) == (together.hi[index], together.lo[index])


def test_a_series_that_is_used_too_far_is_caught(relative_errors, monkeypatch):
    """At 2^-15 its first neglected term is seen."""
    monkeypatch.setattr(logarithm, "SERIES_BELOW", 2.0**-15)
    x = np.array([0.99 * 2.0**-15, 0.5])
    found = log1p(DoubleDouble(x, ZERO))
    assert relative_errors(found, true(x.tolist(), [0.0, 0.0])).max() > BOUND


def test_a_float64_logarithm_is_caught(relative_errors):
    """It is 2^-53 off."""
    x = np.linspace(0.1, 1, 50)
    careless = DoubleDouble(np.log1p(x), np.zeros_like(x))
    assert relative_errors(careless, true(x.tolist(), [0.0] * 50)).max() > BOUND
