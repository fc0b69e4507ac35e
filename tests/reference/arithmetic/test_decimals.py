"""The third level: Decimal functions at several precisions, against ball arithmetic."""

from decimal import Context, Decimal, getcontext, localcontext

import pytest
from flint import arb, ctx

from reference.arithmetic import decimals

UNITS = 10
PRECISIONS = [20, 60, 240]
ARGUMENTS = ["0", "-1e-300", "-1e-40", "-1e-17", "-0.001", "-0.5", "-1", "-36.7", "-745.1", "-2400"]
DISTANCES = ["0", "1e-300", "1e-20", "0.015625", "0.75", "3", "8.5", "20", "38.5", "56"]


def units_off(computed, true):
    """Return the error in units of the last digit that the context has."""
    digits = getcontext().prec
    with ctx.workprec(8192):
        unit = arb(10) ** (computed.adjusted() - digits + 1)
        return abs(arb(str(computed)) - true(arb)) / unit


@pytest.mark.parametrize("digits", PRECISIONS)
@pytest.mark.parametrize("text", ARGUMENTS)
@pytest.mark.parametrize(
    ("function", "true"),
    [
        pytest.param(decimals.exp, arb.exp, id="exp"),
        pytest.param(decimals.expm1, arb.expm1, id="expm1"),
    ],
)
def test_exponentials_are_right_to_the_last_digits(function, true, text, digits):
    """Also where e^x - 1 cancels."""
    with localcontext(Context(prec=digits)):
        computed = function(Decimal(text))
        assert units_off(computed, lambda ball: true(ball(text))) < UNITS


@pytest.mark.parametrize("digits", PRECISIONS)
@pytest.mark.parametrize("text", DISTANCES)
def test_scaled_tail_is_right_to_the_last_digits(text, digits):
    """Also where the series cancels to 10^-700 of its terms."""

    def true(ball):
        a = ball(text)
        return (a * a / 2).exp() * (a / ball(2).sqrt()).erfc() / 2

    with localcontext(Context(prec=digits)):
        assert units_off(decimals.scaled_tail(Decimal(text)), true) < UNITS


@pytest.mark.parametrize("digits", PRECISIONS)
def test_density_at_zero_is_right_to_the_last_digits(digits):
    """1/√(2π)."""
    with localcontext(Context(prec=digits)):
        computed = decimals.density_at_zero()
        assert units_off(computed, lambda ball: 1 / (2 * ball.pi()).sqrt()) < UNITS


def test_the_callers_context_decides_and_is_left_alone():
    """More digits in the context are more digits in the result, and none stays behind."""
    with localcontext(Context(prec=25)) as context:
        results = [decimals.expm1(Decimal(-1)), decimals.scaled_tail(Decimal(9))]
        assert context.prec == 25
    assert [len(result.as_tuple().digits) for result in results] == [25, 25]


def test_a_difference_without_guard_digits_is_caught():
    """e^x - 1 at the working precision loses the digits that cancel."""
    with localcontext(Context(prec=60)):
        careless = Decimal("-1e-20").exp() - 1
        assert not units_off(careless, lambda ball: ball("-1e-20").expm1()) < UNITS
