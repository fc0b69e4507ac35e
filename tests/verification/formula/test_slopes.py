"""Derivatives of formulas as a textbook has them, and formulas as text."""

import numpy as np
import pytest

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.formula.language import formula_of, parse
from verification.formula.naive import evaluated
from verification.formula.slopes import slope
from verification.formula.spelled import spelled

WIDE = FORMATS["float64"]
X = np.array([-2.3, -0.4, 0.7, 1.9, 5.5])
FORMULAS = (
    "x * exp(-x**2) / (1 + abs(x))",
    "log1p(exp(x)) - log(2 + x**2) * sqrt(1 + x**4)",
    "erf(x) * erfc(x / 2) + sin(3 * x) * cos(x) + atan(x)",
    "Phi(x) * phi(x) - sigmoid(x) * softplus(-x) + tanh(x)**3",
    "min(x, 2 - x) + max(0.3 * x, x**2 - 1) + expm1(-x)",
    "where(x > 1, x**3, 2 * x - 1)",
    "a * x / (b + x**2)",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_slope_is_a_difference_quotient(text):
    """Of every function and operator of the language."""
    parameters = {"a": 1.5, "b": 2.5}
    formula = parse(text, ("x", *parameters))
    step = 1e-6
    above, below = (evaluated(formula, parameters, WIDE, X + h) for h in (step, -step))
    found = evaluated(slope(formula), parameters, WIDE, X)
    np.testing.assert_allclose(found, (above - below) / (2 * step), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_of_the_catalogue_is_its_derivative(name):
    """Away from tails, where the textbook's form cancels."""
    activation = ACTIVATIONS[name]
    found = evaluated(slope(formula_of(name)), activation.parameters, WIDE, X)
    np.testing.assert_allclose(found, activation.derivative(X), rtol=1e-12)


def test_a_slope_in_a_parameter():
    """Is that of the formula with the parameter as its variable."""
    formula = parse("log1p(exp(beta * x)) / beta", ("x", "beta"))
    found = evaluated(slope(formula, "beta"), {"beta": 1.3}, WIDE, X)
    above, below = (evaluated(formula, {"beta": 1.3 + h}, WIDE, X) for h in (1e-6, -1e-6))
    np.testing.assert_allclose(found, (above - below) / 2e-6, rtol=1e-6)


TEXTS = (
    "x - (1 - x)",
    "x / (2 * x)",
    "x * (1 / x)",
    "-(x + 1)",
    "(-x)**2",
    "-x**2",
    "(x + 1)**3 / 2",
    "where(x > 0 , x, -x)",
    "min(x, 6) + tanh(-x)",
    "0.044715 * x",
)


@pytest.mark.parametrize("text", [*TEXTS, *FORMULAS])
def test_a_text_is_read_as_the_formula_that_it_spells(text):
    """With its parentheses, and none besides."""
    symbols = ("x", "a", "b")
    formula = parse(text, symbols)
    assert parse(spelled(formula), symbols) == formula
    assert len(spelled(formula)) <= len(text)
