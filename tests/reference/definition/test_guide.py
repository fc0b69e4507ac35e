"""What is found at run time about a function is what the facts say, where there are facts."""

from math import copysign, inf

import numpy as np
import pytest

from reference import ACTIVATIONS, elu, leaky_relu, softplus
from reference.arithmetic.elementary import exp, logistic
from reference.definition.guide import FAR, LARGEST, Guide, find

FUNCTIONS = [
    pytest.param(activation, order, id=f"{activation.name}-{order}")
    for activation in ACTIVATIONS.values()
    for order in range(3)
]


def found(activation, order, *, is_wide, **parameters):
    """The guide that is found for a function."""
    function = activation.orders[order]
    chosen = {**activation.parameters, **parameters}
    return find(function.evaluate, chosen, is_wide=is_wide, exact=function.exact)


def signed(numbers):
    """Numbers with the signs of zeros."""
    return [(number, copysign(1, number)) for number in numbers]


@pytest.mark.parametrize("is_wide", [False, True], ids=["narrow", "wide"])
@pytest.mark.parametrize(("activation", "order"), FUNCTIONS)
def test_what_is_found_is_what_the_facts_say(activation, order, is_wide):
    """Limits with their signs; the next power of two for the saturation; nothing of roots."""
    guide = found(activation, order, is_wide=is_wide)
    known = activation.orders[order].guides[is_wide]
    assert signed(guide.limits) == signed(known.limits)
    if activation.orders[order].exact:
        assert guide == Guide(guide.limits)
        return
    assert guide.saturation == 2.0 ** np.ceil(np.log2(known.saturation))
    assert guide.cancelling_roots is None
    assert guide.expansion is None
    assert guide.starts_at_zero


@pytest.mark.parametrize(
    ("activation", "order", "parameters", "limits"),
    [
        pytest.param(softplus, 0, {"beta": -2.0}, (-inf, -0.0), id="softplus"),
        pytest.param(softplus, 1, {"beta": -2.0}, (1.0, 0.0), id="softplus'"),
        pytest.param(softplus, 2, {"beta": -2.0}, (-0.0, -0.0), id="softplus''"),
        pytest.param(softplus, 0, {"beta": 1e-300}, (0.0, inf), id="softplus, tiny"),
        pytest.param(softplus, 0, {"beta": 1e300}, (0.0, inf), id="softplus, huge"),
        pytest.param(elu, 0, {"alpha": 0.3}, (-0.3, inf), id="elu"),
        pytest.param(elu, 1, {"alpha": -0.3}, (-0.0, 1.0), id="elu'"),
        pytest.param(leaky_relu, 0, {"negative_slope": -0.5}, (inf, inf), id="leaky"),
        pytest.param(leaky_relu, 0, {"negative_slope": 0.0}, (0.0, inf), id="leaky, 0"),
        pytest.param(leaky_relu, 1, {"negative_slope": -0.5}, (-0.5, 1.0), id="leaky'"),
    ],
)
def test_limits_depend_on_the_parameters(activation, order, parameters, limits):
    """With the signs that zeros have."""
    for is_wide in (False, True):
        guide = found(activation, order, is_wide=is_wide, **parameters)
        assert signed(guide.limits) == signed(limits)


def gate_slope(x, beta):
    """The derivative of x σ(βx), which has a root."""
    s, c = logistic(beta * x)
    return s * (1 + beta * x * c)


@pytest.mark.parametrize("beta", [1e-200, 1.0, 1e200])
def test_a_zero_limit_has_the_sign_beyond_the_last_root(beta):
    """However far out that is; where all decimals are too large, nothing is known any more."""
    guide = find(gate_slope, {"beta": beta}, is_wide=False, exact=False)
    assert signed(guide.limits) == signed((-0.0, 1.0))


@pytest.mark.parametrize("beta", [1e-30, 1e-90, 1.0])
def test_saturation_is_beyond_the_last_change_of_sign(beta):
    """A value that is lost in rounding still shows its sign, in the zero."""

    def value(x, beta):
        s, c = logistic(beta * x)
        return beta * (s * c * (2 + beta * x * (c - s)))

    root = 2.3993572805154675 / beta
    for is_wide in (False, True):
        guide = find(value, {"beta": beta}, is_wide=is_wide, exact=False)
        assert guide.saturation > root


@pytest.mark.parametrize(("beta", "expected"), [(0.3, 1024.0), (1.0, 256.0), (3.0, 128.0)])
def test_a_function_that_grows_saturates(beta, expected):
    """Beyond it, it is x to every digit of a format: for float32, from β|x| = 193 on."""
    assert found(softplus, 0, is_wide=False, beta=beta).saturation == expected


def test_a_root_at_a_power_of_two_is_not_taken_for_the_limit():
    """Roots at ±1/2, ±1, ±2, ..., where the value is that of the limit by chance."""

    def value(x):
        result = exp(-(x * x) / 64)
        for root in (0.5, 1, 2, 4, 8, 16, 32, 64):
            result = result * (x * x - root * root)
        return result

    guide = find(value, {}, is_wide=False, exact=False)
    assert guide.saturation == 256.0


def test_a_function_that_never_settles_saturates_nowhere():
    """At a tiny β, σ(βx) is 1/2 at all numbers."""
    assert found(softplus, 1, is_wide=False, beta=5e-324).saturation == LARGEST
    assert FAR > LARGEST


def test_a_guide_is_found_once():
    """The same object comes back."""
    first = found(softplus, 0, is_wide=False, beta=0.7)
    assert found(softplus, 0, is_wide=False, beta=0.7) is first
