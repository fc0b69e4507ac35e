"""An activation with other parameters: those as its defaults, with their facts."""

from math import inf, nan

import numpy as np
import pytest

from reference import leaky_relu, relu
from verification.errors import UsageError
from verification.formula.setting import setting


def test_without_other_parameters_it_is_the_activation_itself():
    """Nor with the default ones."""
    assert setting(relu, {}) is relu
    assert setting(leaky_relu, {"negative_slope": 0.01}) is leaky_relu


@pytest.mark.parametrize("slope", [0.2, 0.5, 1.5, -0.25])
def test_results_and_facts_are_those_of_the_parameters(slope):
    """Value, derivative, kink and limits."""
    steep = setting(leaky_relu, {"negative_slope": slope})
    assert steep.name == "leaky_relu"
    x = np.array([-np.inf, -3.0, -0.0, 0.0, 2.0, np.inf])
    assert np.array_equal(steep(x)[1:-1], leaky_relu(x[1:-1], negative_slope=slope))
    assert np.array_equal(steep(x[[0, -1]]), [-inf if slope > 0 else inf, inf])
    assert np.array_equal(steep.derivative(x[[0, 1, 4, 5]]), [slope, slope, 1, 1])
    assert steep.orders[1].limits == (slope, 1.0)
    assert steep.orders[1].bounds == (min(slope, 1), max(slope, 1))
    [kink] = steep.kinks
    assert (kink.left, kink.right, kink.chosen) == (slope, 1.0, slope)
    assert steep.monotone is (slope >= 0)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        pytest.param({"slope": 0.2}, "negative_slope", id="unknown"),
        pytest.param({"negative_slope": nan}, "finite", id="NaN"),
        pytest.param({"negative_slope": inf}, "finite", id="infinite"),
        pytest.param({"negative_slope": "0.2"}, "number", id="text"),
    ],
)
def test_what_is_no_parameter_is_refused_in_a_sentence(parameters, said):
    """With those that there are."""
    with pytest.raises(UsageError, match=said):
        setting(leaky_relu, parameters)
    with pytest.raises(UsageError):
        setting(relu, {"negative_slope": 0.2})
