"""Ball arithmetic as a judge: it accepts the correctly rounded result and nothing else."""

from dataclasses import replace
from math import inf, nan, nextafter

import pytest
from flint import arb, ctx

from reference import gelu
from reference.arithmetic.formats import FORMATS
from verification.errors import UsageError
from verification.witnesses import autodiff, balls

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
    ball = balls.enclose(balls.TEXTBOOK[name], x, 128)[order]
    assert ball.overlaps(arb(f"{digits} +/- 1e-27"))
    assert ball.rad() < arb(10) ** -30


def test_neighbours_of_the_correct_result_are_rejected():
    """One number to either side is more than half an ulp away."""
    true = balls.enclose(balls.gelu, -10.0, 256)[0]
    right = float(true.mid())
    assert balls.miss(right, true, FLOAT64)[0] <= 0.5
    for wrong in (nextafter(right, inf), nextafter(right, -inf)):
        assert balls.miss(wrong, true, FLOAT64)[0] > 0.5


@pytest.mark.parametrize("module", [balls, autodiff])
def test_an_activation_without_a_textbook_form_is_named(module):
    """A new catalogue entry is not silently left out."""
    with pytest.raises(UsageError, match="'mish' has none in verification"):
        module.textbook(replace(gelu, name="mish"))
