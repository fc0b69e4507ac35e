"""Ball arithmetic as a judge: it accepts the correctly rounded result and nothing else."""

from dataclasses import replace
from fractions import Fraction
from math import copysign, inf, nan, nextafter

import numpy as np
import pytest
from flint import arb, ctx

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.witnesses import balls

FLOAT16, FLOAT64 = FORMATS["float16"], FORMATS["float64"]


def test_a_tie_goes_to_the_even_neighbour():
    """1 + 2^-11 lies halfway between two numbers of float16; 1 is the even one."""
    tie = arb(1 + 2.0**-11)
    even, _ = balls.miss(1.0, tie, FLOAT16)
    odd, _ = balls.miss(1 + 2.0**-10, tie, FLOAT16)
    assert even == 0.5 < odd


def test_a_hair_past_a_tie_decides_it():
    """However little the true value is off the tie, one neighbour alone is right."""
    with ctx.workprec(128):
        above = arb(1 + 2.0**-11) + arb(2) ** -100
        wrong, _ = balls.miss(1.0, above, FLOAT16)
        right, _ = balls.miss(1 + 2.0**-10, above, FLOAT16)
    assert right <= 0.5 < wrong


def test_a_ball_astride_a_tie_decides_nothing():
    """Then more precision is called for."""
    assert balls.miss(1.0, arb(1 + 2.0**-11, 2.0**-40), FLOAT16) is None


def test_a_zero_of_the_wrong_sign_is_wrong():
    """A negative value that underflows is -0."""
    true = -(arb(2) ** -2000)
    assert balls.miss(-0.0, true, FLOAT64)[0] < 1e-200
    assert balls.miss(0.0, true, FLOAT64)[0] == inf


def test_nan_is_wrong():
    """Whatever the true value."""
    assert balls.miss(nan, arb(1), FLOAT64) == (inf, inf)


@pytest.mark.parametrize(
    ("name", "x", "order", "digits"),
    [
        pytest.param("sigmoid", 1.0, 0, "0.731058578630004879251159944", id="sigmoid"),
        pytest.param("sigmoid", 1.0, 1, "0.196611933241481852536717162", id="sigmoid'"),
        pytest.param("tanh", -1.0, 0, "-0.761594155955764888119458282", id="tanh"),
        pytest.param("gelu", 1.0, 0, "0.841344746068542948585232546", id="gelu"),
        pytest.param("gelu", 0.0, 2, "0.797884560802865355879892119", id="gelu''"),
        pytest.param("silu", -1.0, 0, "-0.268941421369995120748840052", id="silu"),
    ],
)
def test_enclosures_hold_the_published_digits(name, x, order, digits):
    """Values that can be looked up, to 27 digits."""
    ball = balls.truth(ACTIVATIONS[name])(x, 128)[order]
    assert ball.overlaps(arb(f"{digits} +/- 1e-27"))
    assert ball.rad() < arb(10) ** -30


def test_neighbours_of_the_correct_result_are_rejected():
    """One number to either side is more than half an ulp away."""
    true = balls.truth(ACTIVATIONS["gelu"])(-10.0, 256)[0]
    right = float(true.mid())
    assert balls.miss(right, true, FLOAT64)[0] <= 0.5
    for wrong in (nextafter(right, inf), nextafter(right, -inf)):
        assert balls.miss(wrong, true, FLOAT64)[0] > 0.5


def test_a_tie_of_a_rational_formula_is_decided_exactly():
    """x (x + 3) / 6 is a tie of float16 at 0.2109375; balls would never say so."""
    true = Fraction(27, 128) * (Fraction(27, 128) + 3) / 6
    even, odd = 0.11285400390625, 0.1129150390625
    assert balls.miss(even, true, FLOAT16)[0] != balls.miss(odd, true, FLOAT16)[0]
    assert {balls.miss(y, true, FLOAT16)[0] for y in (even, odd)} == {0.5, balls.MORE_THAN_HALF}


def test_a_wrong_parameter_derivative_is_caught():
    """The value in its place is rejected; nothing else is."""
    leaky = ACTIVATIONS["leaky_relu"]
    wrong = replace(leaky, parameter_derivatives={"negative_slope": leaky.orders[0]})
    rows = balls.witness(wrong, FLOAT64, np.linspace(-3, 3, 11))
    assert {row.witness for row in rows if not row.passed} == {"balls, by negative_slope"}


def test_what_no_precision_decides_is_wrong(monkeypatch):
    """A ball that stays too wide counts as a breach, not as a pass."""
    wide = lambda _: lambda _x, _bits: (arb(0, 1),) * 3  # noqa: E731  one line
    monkeypatch.setattr(balls, "truth", wide)
    rows = balls.witness(ACTIVATIONS["relu"], FLOAT64, np.array([0.5, 2.0]))
    assert not any(row.passed for row in rows)
    assert {row.ulp for row in rows} == {inf}


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_a_ball_astride_0_says_nothing_of_a_zero(zero):
    """Its sign is not known yet."""
    assert balls.miss(zero, arb(0, "1e-100"), FLOAT64) is None
    assert balls.miss(zero, arb(0), FLOAT64) is not None


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_its_magnitude_can_be_judged_alone(zero):
    """A sign that the ball has not is wrong all the same, and so is a number that is too large."""
    assert balls.miss(zero, arb(0, "1e-1000"), FLOAT64, signed=False) == (0, 0)
    negated = arb("-1e-1000") if copysign(1, zero) > 0 else arb("1e-1000")
    assert balls.miss(zero, negated, FLOAT64, signed=False) == (inf, inf)
    assert balls.miss(5e-324, arb(0, "1e-1000"), FLOAT64, signed=False)[0] > 0.5
