"""e^x and e^x - 1 over double-double numbers, against ball arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic import exponential
from reference.arithmetic.double_double import ZERO, DoubleDouble

# Relative errors; what is stated is at most 4 times what is seen.
EXP_ERROR = 2.0**-87
EXPM1_ERROR = 2.0**-77
SLACK = 4
STEP = np.log(2) / exponential.STEPS
FUNCTIONS = [
    pytest.param(exponential.exp, arb.exp, EXP_ERROR, id="exp"),
    pytest.param(exponential.expm1, arb.expm1, EXPM1_ERROR, id="expm1"),
]


def hard_points():
    """Where r is 0, where it is largest and jumps, every binade, and much in between."""
    rng = np.random.default_rng(3)
    k = np.concatenate([np.arange(1, 2500), rng.integers(2500, int(2499 / STEP), 2500)])
    seams = (k - 0.5) * STEP
    spread = [rng.uniform(0, 2499, 3000), rng.uniform(0, 2, 3000), np.logspace(-300, 0, 2000)]
    return -np.concatenate(
        [k * STEP, seams, np.nextafter(seams, 0), np.nextafter(seams, 9999), *spread]
    )


@pytest.fixture(scope="module")
def arguments():
    """Doubles, and the same with a second half of up to half an ulp."""
    x = hard_points()
    low = np.spacing(x) * np.random.default_rng(4).uniform(-0.5, 0.5, x.size)
    return DoubleDouble(x, ZERO), DoubleDouble(x, low)


@pytest.fixture(scope="module")
def truth(arguments, enclosed, exact):
    """Look up the balls around function(x) at both kinds of arguments."""

    def at(function):
        found = []
        for x in arguments:
            with ctx.workprec(2048):
                points = [arb(number.numerator) / number.denominator for number in exact(x)]
            found.append([ball for (ball,) in enclosed(lambda p: (function(p),), points)])
        return found

    return {function: at(function) for function in (arb.exp, arb.expm1)}


@pytest.fixture(scope="module")
def worst(arguments, truth, relative_errors):
    """Measure the largest relative error over the hard points."""

    def measure(function, true):
        pairs = zip(arguments, truth[true], strict=True)
        return max(relative_errors(function(x), balls).max() for x, balls in pairs)

    return measure


def wrong_entries(enclosed):
    """List the table's indices whose pair is not the correctly rounded 2^(j/1024)."""
    half = exponential.STEPS // 2
    steps = range(-half, half)
    logarithm = arb(2).log
    balls = enclosed(lambda j: ((logarithm() * j / exponential.STEPS).exp(),), steps)
    hi, lo = exponential.powers()
    pairs = zip(hi.tolist(), lo.tolist(), strict=True)
    return [
        j
        for j, (ball,), pair in zip(steps, balls, pairs, strict=True)
        if pair != correctly_rounded_pair(ball)
    ]


def correctly_rounded_pair(ball):
    """Round the middle of a narrow ball, and what is left, to the nearest doubles."""
    mantissa, exponent = ball.mid().man_exp()
    middle = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    hi = float(middle)
    return hi, float(middle - Fraction(hi))


@pytest.mark.parametrize(("function", "true", "bound"), FUNCTIONS)
def test_bounds_hold_and_are_of_use(function, true, bound, worst):
    """Never past the bound, and the worst comes within a factor of 4."""
    assert bound / SLACK < worst(function, true) <= bound


def test_the_table_is_correctly_rounded(enclosed):
    """Both halves of every entry."""
    assert wrong_entries(enclosed) == []


def test_the_parts_of_log_2_are_exact_where_they_have_to_be():
    """Two parts of 31 bits, whose products with k < 2^22 are doubles, and the nearest third."""
    first, second, third = exponential.log_2_parts()
    for part in (first, second):
        numerator = Fraction(part).numerator
        assert (numerator // (numerator & -numerator)).bit_length() <= exponential.PART_BITS
    with ctx.workprec(400):
        step = arb(2).log() / exponential.STEPS
        rest = step - arb(first) - arb(second)
        assert correctly_rounded_pair(rest)[0] == third
        assert abs(rest - arb(third)) * 2**22 < arb(2) ** -103


@given(st.floats(-2499, -1e-300))
def test_the_result_does_not_depend_on_the_scaling(x):
    """An element beside one below -150 has an exponent of its own, and the same value."""
    x = min(max(x, -exponential.UNSCALED), exponential.UNSCALED)
    alone = exponential.exp(DoubleDouble(np.array([x]), ZERO))
    beside = exponential.exp(DoubleDouble(np.array([x, -2000.0]), ZERO))
    assert isinstance(alone.exponent, int)
    scale = beside.exponent[0]
    assert np.ldexp(beside.hi[0], scale) == alone.hi[0]
    assert np.ldexp(beside.lo[0], scale) == alone.lo[0]


def test_the_bound_holds_down_to_the_last_unscaled_result(enclosed, relative_errors):
    """Without an exponent of its own e^x, and the products within it, do not underflow."""
    x = np.linspace(-exponential.UNSCALED, 40 - exponential.UNSCALED, 1001)
    computed = exponential.exp(DoubleDouble(x, ZERO))
    assert isinstance(computed.exponent, int)
    true = [ball for (ball,) in enclosed(lambda ball: (ball.exp(),), x.tolist())]
    assert relative_errors(computed, true).max() <= EXP_ERROR


def test_at_zero_the_results_are_exact(exact):
    """e^0 = 1, and e^0 - 1 = 0."""
    zero = DoubleDouble(np.zeros(1), ZERO)
    assert exact(exponential.exp(zero)) == [1]
    assert exact(exponential.expm1(zero)) == [0]


def test_one_damaged_entry_is_caught(enclosed, monkeypatch):
    """One unit in the last place of one lower half."""
    hi, lo = (half.copy() for half in exponential.powers())
    lo[700] = np.nextafter(lo[700], 1)
    monkeypatch.setattr(exponential, "powers", lambda: (hi, lo))
    assert wrong_entries(enclosed) == [700 - exponential.STEPS // 2]


@pytest.mark.parametrize(("function", "true", "bound"), FUNCTIONS)
def test_a_dropped_low_word_is_caught(function, true, bound, worst, monkeypatch):
    """A table of doubles breaks both bounds."""
    hi, lo = exponential.powers()
    monkeypatch.setattr(exponential, "powers", lambda: (hi, np.zeros_like(lo)))
    assert worst(function, true) > bound


@pytest.mark.parametrize(("function", "true", "bound"), FUNCTIONS)
def test_a_dropped_third_part_is_caught(function, true, bound, worst, monkeypatch):
    """ln 2 to 62 bits is not enough for large k."""
    first, second, _ = exponential.log_2_parts()
    monkeypatch.setattr(exponential, "log_2_parts", lambda: (first, second, 0.0))
    assert worst(function, true) > bound
