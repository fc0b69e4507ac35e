"""Formulas over fractions: exact, and the same as over balls."""

from fractions import Fraction

import pytest
from flint import ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.formula import balls
from verification.formula.balls import exact, form
from verification.formula.fractions import coefficients, is_rational, jet
from verification.formula.language import parse

RATIONAL = [
    "x * max(0, min(6, x + 3)) / 6",
    "(x - 1/3)**3 / (2 + x**2)",
    "where(-1 < x <= 2, x**-2, abs(x) + 0.1)",
    "leaky_relu(x, negative_slope=0.25)",
    "u / v with u = 1 - x, v = 1 + x * x",
]
SERIES = ["exp(x)", "expm1(x)", "log1p(x)", "tanh(x)", "sin(x)", "cos(x)", "atan(x)", "sigmoid(x)"]
examples = settings(max_examples=80, derandomize=True, database=None, deadline=None)


@examples
@given(st.sampled_from(RATIONAL), st.fractions(-9, 9, max_denominator=512))
def test_fractions_agree_with_balls(text, x):
    """Value and both derivatives, wherever the balls know them."""
    if x in (-1, 0, 2, -3, 3) or (x == Fraction(1, 3)):
        return
    expression = parse(text)
    for true, ball in zip(
        jet(expression, {}, x), balls.jet(form(expression, {}), x, 300), strict=True
    ):
        with ctx.workprec(300):
            assert ball.overlaps(exact(true))
            assert ball.rel_accuracy_bits() > 200 or ball.contains(0)


def test_ties_are_exact():
    """27/128 (27/128 + 3) / 6 is 3699/32768, midway between two numbers of float16."""
    value, first, second = jet(parse(RATIONAL[0]), {}, 0.2109375)
    assert (value, second) == (Fraction(3699, 32768), Fraction(1, 3))
    assert first == (2 * Fraction(27, 128) + 3) / 6


@pytest.mark.parametrize(
    ("text", "slope"),
    [("max(0, x)", 0), ("min(0, x)", 0), ("abs(x)", 1), ("where(x < 0, 3*x, x)", 1)],
)
def test_at_a_kink_the_slope_is_that_of_the_branch_that_is_taken(text, slope):
    """Of equal ones the first."""
    assert jet(parse(text), {}, 0)[:2] == (0, slope)


def test_parameters_are_exact():
    """The double 0.1, not a tenth."""
    assert jet(parse("a * x", ("x", "a")), {"a": 0.1}, 1)[0] == Fraction(0.1)


@pytest.mark.parametrize("text", SERIES)
def test_the_power_series_of_a_function_at_0_is_rational(text):
    """As its coefficients are, and those of the balls."""
    found = coefficients(parse(text), {}, Fraction(0), 6)
    with ctx.workprec(300), balls.terms(6):
        series = form(parse(text), {})(balls.arb_series([0, 1]))
        assert all(series[n].overlaps(exact(c)) for n, c in enumerate(found))


@pytest.mark.parametrize(
    "text",
    [
        "exp(x)",
        "1 + pi * x",
        "sqrt(x)",
        "Phi(x)",
        "phi(x)",
        "erf(x)",
        "log(x)",
        "softplus(x)",
        "exp(x) + x",
    ],
)
def test_irrational_values_are_refused(text):
    """ValueError, whether the operation is missing or the constant term not 0."""
    with pytest.raises(ValueError, match=r".+"):
        jet(parse(text), {}, 1)
    assert not is_rational(parse(text))


def test_a_division_by_0_is_one():
    """It is the caller's."""
    with pytest.raises(ZeroDivisionError):
        jet(parse("1 / x"), {}, 0)


def test_rational_formulas_are_known():
    """Those of the catalogue that are piecewise polynomials."""
    assert all(is_rational(parse(text)) for text in RATIONAL)
    assert is_rational(parse("relu(x)"))
    assert not is_rational(parse("where(x > 0, x, exp(x))"))
    assert not is_rational(parse("where(exp(x) > 1, x, 0)"))
