"""Finite differences as a witness: the bound holds, and what it leaves out is what cannot be."""

import numpy as np
import pytest

from reference import ACTIVATIONS, relu
from reference.arithmetic.formats import FORMATS
from verification.witnesses import differences


@pytest.mark.parametrize(("function", "slope"), [(np.sin, np.cos), (np.exp, np.exp)])
def test_bound_holds_for_a_function_with_a_known_derivative(function, slope):
    """Error estimate and rounding together cover the true error, which is not far below."""
    x = np.linspace(-2, 2, 1001)
    found = differences.differentiate(function, x, np.zeros_like(x))
    error = np.abs(found.derivative - slope(x))
    assert (error <= found.estimate + found.rounding).all()
    assert error.max() > found.rounding.max() / 32


def test_slopes_either_side_of_a_kink_are_one_sided():
    """At 0 ReLU has the slope 0 to the left and 1 to the right."""
    found = differences.differentiate(relu, np.zeros(2), np.array([-1.0, 1.0]))
    assert np.allclose(found.derivative, [0, 1], rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", ["sigmoid", "gelu", "gelu_tanh", "silu"])
def test_the_left_tail_is_judged(name):
    """Where a formula that cancels would be lost, differences see it."""
    x = np.linspace(-20, -8, 50)
    rows = differences.witness(ACTIVATIONS[name], FORMATS["float64"], x)
    assert [row.inputs for row in rows] == [50, 50]


def test_coarse_formats_are_left_to_others():
    """Differences of numbers with eleven bits prove nothing."""
    assert differences.witness(relu, FORMATS["float16"], np.ones(1, np.float16)) == []
