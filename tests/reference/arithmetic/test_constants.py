"""π, ln 2 and 1/√(2π) in integers, against ball arithmetic."""

import pytest
from flint import arb, ctx

from reference.arithmetic import constants

CONSTANTS = [
    pytest.param(constants.pi, arb.pi, id="pi"),
    pytest.param(constants.log_2, arb.const_log2, id="log_2"),
    pytest.param(
        constants.inverse_sqrt_two_pi, lambda: 1 / (2 * arb.pi()).sqrt(), id="inverse_sqrt_two_pi"
    ),
]
UNITS = 4


@pytest.mark.parametrize(("constant", "true"), CONSTANTS)
@pytest.mark.parametrize("bits", [8, 64, 256, 512, 3000])
def test_constants_are_right_to_a_few_units(constant, true, bits):
    """Of the last bit, at any number of bits."""
    with ctx.workprec(bits + 64):
        assert abs(true() * arb(2) ** bits - arb(constant(bits))) < UNITS


@pytest.mark.parametrize(("constant", "true"), CONSTANTS)
def test_a_few_units_are_fewer_than_a_wrong_digit(constant, true):
    """A constant that is off by 2^-60 of itself is told from the right one."""
    with ctx.workprec(256):
        damaged = constant(128) + (constant(128) >> 60)
        assert not abs(true() * arb(2) ** 128 - arb(damaged)) < UNITS
