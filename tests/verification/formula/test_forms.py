"""Formulas over JAX and over NumPy's formats, against the reference and against what is known."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.formula import balls, jax_form, naive
from verification.formula.language import FUNCTIONS, formula_of, parse

ULP = 2.0**-52
MODERATE = np.concatenate([np.linspace(-3, 3, 41), [-7.5, 7.5]])
FUNCTIONS_OF_ORDERS = [
    pytest.param(activation, order, id=f"{activation.name}-{order}")
    for activation in ACTIVATIONS.values()
    for order in range(3)
]
ONE_ARGUMENT = [name for name, count in FUNCTIONS.items() if count == 1]
BRANCHES = ["min(x, 1)", "max(x, -1)", "where(x > 0.5, x, -x)", "where(-1 <= x < 1, x, 2)", "x**-3"]


@pytest.fixture(autouse=True)
def double_precision():
    """JAX in float64, as the checks have it."""
    with jax.enable_x64(True):  # noqa: FBT003  JAX's own
        yield


def truth(text, x):
    """The nearest doubles to the true values."""
    function = balls.form(parse(text), {})
    return np.array([float(balls.jet(function, point, 400)[0].mid()) for point in x.tolist()])


def domain(text):
    """Moderate inputs at which a formula has a value, and no kink."""
    x = np.setdiff1d(MODERATE, [0.0, 0.5, 1.0, -1.0])
    return x[x > 0] if text.startswith(("log", "sqrt")) else x


def close(found, true, ulps):
    """Within so many ulps of the true value, or of 1 where it is small."""
    return np.abs(found - true).max() <= ulps * ULP * max(1, np.abs(true).max())


@pytest.mark.parametrize("text", [f"{name}(x)" for name in ONE_ARGUMENT] + BRANCHES)
def test_every_function_has_both_forms(text):
    """They agree with the balls to a few units."""
    x = domain(text)
    by_jax = np.asarray(jax.vmap(jax_form.form(parse(text)))(x))
    by_numpy = naive.evaluated(parse(text), {}, FORMATS["float64"], x)
    assert close(by_jax, truth(text, x), 16)
    assert close(by_numpy, truth(text, x), 16)


@pytest.mark.parametrize(("activation", "order"), FUNCTIONS_OF_ORDERS)
def test_jax_differentiates_the_value_to_the_reference(activation, order):
    """At moderate inputs, in float64."""
    names = tuple(activation.parameters)
    function = jax_form.form(formula_of(activation.name), names)
    for _ in range(order):
        function = jax.grad(function)
    x = np.setdiff1d(MODERATE, [kink.at for kink in activation.kinks])
    arguments = [np.full_like(x, value) for value in activation.parameters.values()]
    found = np.asarray(jax.vmap(function)(x, *arguments))
    assert close(found, activation.derivative(x, order=order), 64)


@pytest.mark.parametrize(("activation", "order"), FUNCTIONS_OF_ORDERS)
def test_naive_evaluation_agrees_with_the_reference(activation, order):
    """The text of each order, step by step in float64."""
    found = naive.evaluated(
        formula_of(activation.name, order), activation.parameters, FORMATS["float64"], MODERATE
    )
    assert close(found, activation.derivative(MODERATE, order=order), 64)


def test_jax_differentiates_by_a_parameter():
    """In the order of the names."""
    for activation in ACTIVATIONS.values():
        for place, name in enumerate(activation.parameters, start=1):
            function = jax_form.form(formula_of(activation.name), tuple(activation.parameters))
            slope = jax.grad(function, argnums=place)
            x = MODERATE[MODERATE != 0]
            found = [float(slope(point, *activation.parameters.values())) for point in x]
            assert close(np.array(found), activation.derivative_wrt(name, x), 64)


def at(text, x, name):
    """A formula at one number, as a textbook implementation computes it in a format."""
    format_ = FORMATS[name]
    array = np.array([x]).astype(format_.dtype)
    result = naive.evaluated(parse(text), {}, format_, array)
    assert result.dtype == format_.dtype
    return float(result[0])


def test_what_a_textbook_computes_in_float32():
    """GELU by 1 + erf loses its tail, softplus overflows, tanh by exponentials is NaN."""
    assert at("0.5 * x * (1 + erf(x / sqrt(2)))", -6.0, "float32") == 0
    assert at("x * Phi(x)", -6.0, "float32") == pytest.approx(-5.919528e-09, rel=1e-4)
    assert at("log1p(exp(x))", 100.0, "float32") == np.inf
    assert at("log1p(exp(x))", 80.0, "float32") == 80
    assert np.isnan(at("(exp(x) - exp(-x)) / (exp(x) + exp(-x))", 100.0, "float32"))
    assert at("1 / (1 + exp(-x))", -100.0, "float32") == 0


def test_what_a_textbook_computes_in_16_bits():
    """Every step is rounded: 1 + x is 1 where x is small, and float16 overflows early."""
    assert at("(1 + x) - 1", 2.0**-9, "bfloat16") == 0
    assert at("(1 + x) - 1", 2.0**-9, "float32") == 2.0**-9
    assert at("x**3 / x**3", 100.0, "float16") != 1
    assert at("exp(x)", 11.5, "float16") == np.inf
    assert at("x**2", 3.0, "float16") == 9
    assert at("x + 0.1", 0.0, "bfloat16") == 0.10009765625


def test_parameters_are_rounded_to_the_format():
    """As a kernel has them."""
    x = np.array([1.0], np.float16)
    result = naive.evaluated(parse("a * x", ("x", "a")), {"a": 0.1}, FORMATS["float16"], x)
    assert result[0] == np.float16(0.1)


def test_a_constant_has_the_shape_of_x():
    """In both forms."""
    x = np.ones((2, 3))
    assert naive.evaluated(parse("2"), {}, FORMATS["float64"], x).shape == (2, 3)
    assert jax.vmap(jax_form.form(parse("2")))(np.ones(4)).shape == (4,)


def test_a_text_that_is_off_is_caught():
    """A wrong constant is not within a few units."""
    activation = ACTIVATIONS["gelu_tanh"]
    text = activation.formula.replace("0.044715", "0.044716")
    wrong = replace(activation.orders[0], formula=text)
    found = naive.evaluated(parse(wrong.formula), {}, FORMATS["float64"], MODERATE)
    assert not close(found, activation(MODERATE), 64)
