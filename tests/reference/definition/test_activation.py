"""What an activation refuses, and how it says so."""

from math import inf, nan

import numpy as np
import pytest

import reference
from reference import ACTIVATIONS, gelu, leaky_relu, silu, swish


@pytest.mark.parametrize("order", [-1, 3, 1.5, None], ids=str)
def test_an_order_that_there_is_not_is_refused(order):
    """With the ones that there are."""
    with pytest.raises(ValueError, match="gelu: order is 0, 1 or 2, not"):
        gelu.derivative(1.0, order=order)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: gelu(1.0, slope=1.0), id="value"),
        pytest.param(lambda: gelu.derivative(1.0, slope=1.0), id="derivative"),
        pytest.param(lambda: gelu.value_and_derivative(1.0, slope=1.0), id="both"),
        pytest.param(lambda: gelu.backward(1.0, 1.0, slope=1.0), id="backward"),
        pytest.param(lambda: gelu.derivative_wrt("slope", 1.0), id="derivative_wrt"),
    ],
)
def test_an_unknown_parameter_is_refused(call):
    """With the ones that are known."""
    with pytest.raises(TypeError, match="gelu has no parameter 'slope'; its parameters: none"):
        call()


@pytest.mark.parametrize("slope", [inf, -inf, nan])
def test_a_parameter_that_is_not_finite_is_refused(slope):
    """It is named, with its value."""
    with pytest.raises(ValueError, match=f"negative_slope has to be finite, not {slope}"):
        leaky_relu(1.0, negative_slope=slope)


def test_a_refused_dtype_is_named_beside_the_supported_ones():
    """Of x and of upstream."""
    with pytest.raises(TypeError, match="gelu: x has dtype complex128; supported are float16"):
        gelu(1j)
    with pytest.raises(TypeError, match="gelu: x has dtype <U1; supported are float16"):
        gelu.value_and_derivative("1")
    with pytest.raises(TypeError, match="gelu: upstream has dtype object"):
        gelu.backward(1.0, np.array([1.0, 2.0], object))


MASKED = np.ma.array([1.0, 2.0], mask=[False, True])


@pytest.mark.parametrize(
    ("call", "role"),
    [
        pytest.param(gelu, "x", id="value"),
        pytest.param(gelu.derivative, "x", id="derivative"),
        pytest.param(lambda x: gelu.derivative(x, order=2), "x", id="second derivative"),
        pytest.param(lambda x: gelu.backward(x, 1.0), "x", id="backward"),
        pytest.param(lambda x: gelu.backward(1.0, x), "upstream", id="upstream"),
        pytest.param(
            lambda x: leaky_relu.derivative_wrt("negative_slope", x), "x", id="derivative_wrt"
        ),
    ],
)
@pytest.mark.parametrize(
    "masked",
    [
        pytest.param(MASKED, id="array"),
        pytest.param(MASKED.astype(int), id="integers"),
        pytest.param(np.ma.array([1.0, 2.0]), id="nothing masked"),
        pytest.param(np.ma.masked, id="the masked constant"),
        pytest.param([MASKED, MASKED], id="list"),
        pytest.param(([1.0, 2.0], MASKED), id="tuple"),
    ],
)
def test_a_masked_array_is_refused(call, role, masked):
    """What lies below the mask is nobody's number, and the result would have no mask."""
    with pytest.raises(TypeError, match=rf"{role} is a masked array.*{role}\.filled\(\.\.\.\)"):
        call(masked)
    assert call(MASKED.filled(3.0)).shape == (2,)


def test_an_upstream_that_is_missing_is_refused():
    """None is no gradient, and not the wish for the derivative alone."""
    with pytest.raises(TypeError):
        gelu.backward(1.0, None)


def test_shapes_that_do_not_broadcast_are_named():
    """Both of them."""
    with pytest.raises(ValueError, match=r"their shapes are \(2,\) and \(3,\)"):
        gelu.backward(np.ones(2), np.ones(3))


def test_a_given_parameter_replaces_the_default():
    """And the default is the one that is stated."""
    default = leaky_relu.parameters["negative_slope"]
    assert leaky_relu(-2.0) == leaky_relu(-2.0, negative_slope=default) == -2 * default
    assert leaky_relu(-2.0, negative_slope=0.25) == -0.5
    assert leaky_relu.derivative(-2.0, negative_slope=0.25) == 0.25
    assert leaky_relu.backward(-2.0, 3.0, negative_slope=0.25) == 0.75


def test_the_catalogue_names_its_entries():
    """Each is a name of the package, and swish is another name of silu."""
    for name, activation in ACTIVATIONS.items():
        assert activation.name == name
        assert getattr(reference, name) is activation
    assert swish is silu


def test_order_0_is_the_value():
    """`derivative` with order 0 and the call itself are the same."""
    x = np.linspace(-9, 9, 101)
    for activation in ACTIVATIONS.values():
        assert np.array_equal(activation(x), activation.derivative(x, order=0))
