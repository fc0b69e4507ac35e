"""Formulas over balls: the right values by other routes, and enclosures that leave nothing out."""

from fractions import Fraction
from math import inf

import pytest
from flint import arb, arb_series, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import ACTIVATIONS
from verification.formula import balls
from verification.formula.balls import by_parameter, form, jet, terms
from verification.formula.language import FUNCTIONS, formula_of, parse

BITS = 2000
POINTS = [-30.0, -2.5, -0.7, -1e-30, 1e-30, 0.3, 1.0, 2.5, 30.0]
examples = settings(max_examples=60, derandomize=True, database=None, deadline=None)
each_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))


def over(text, low, high, parameters=None, bits=256):
    """Value and two derivatives of a formula over all numbers of an interval."""
    parameters = parameters or {}
    function = form(parse(text, ("x", *parameters)), parameters)
    with ctx.workprec(bits), terms(3):
        around = arb((low + high) / 2, (high - low) / 2)
        series = function(arb_series([around, 1]))
        return series[0], series[1], 2 * series[2]


# By other functions of flint, or by the definition.
ROUTES = {
    "exp": lambda x: x.cosh() + x.sinh(),
    "expm1": lambda x: x.exp() - 1,
    "log": lambda x: (1 / x).log() * -1,
    "log1p": lambda x: (1 + x).log(),
    "sqrt": lambda x: (x.log() / 2).exp(),
    "erf": lambda x: 1 - x.erfc(),
    "erfc": lambda x: 1 - x.erf(),
    "sin": lambda x: (x / 2).cos() * (x / 2).sin() * 2,
    "cos": lambda x: 1 - 2 * (x / 2).sin() ** 2,
    "atan": lambda x: (x / (1 + x * x).sqrt()).asin(),
    "tanh": lambda x: x.sinh() / x.cosh(),
    "Phi": lambda x: (1 + (x / arb(2).sqrt()).erf()) / 2,
    "phi": lambda x: 1 / ((x * x).exp() * 2 * arb.pi()).sqrt(),
    "sigmoid": lambda x: x.exp() / (1 + x.exp()),
    "softplus": lambda x: (1 + x.exp()).log(),
    "abs": lambda x: (x * x).sqrt(),
}
IN_ITS_DOMAIN = {"log": lambda x: x > 0, "sqrt": lambda x: x > 0, "log1p": lambda x: x > -1}


def test_every_function_of_one_argument_has_another_route():
    """None is left out."""
    assert set(ROUTES) == {name for name, count in FUNCTIONS.items() if count == 1}


@pytest.mark.parametrize("name", ROUTES)
def test_functions_agree_with_another_route(name):
    """Closely, at 200 bits, where the other route takes as many as the cancellation needs."""
    for x in POINTS:
        if not IN_ITS_DOMAIN.get(name, bool)(x):
            continue
        found = jet(form(parse(f"{name}(x)"), {}), x, 200)[0]
        with ctx.workprec(8000):
            true = ROUTES[name](arb(x))
            assert found.overlaps(true)
        assert found.rel_accuracy_bits() > 100


@pytest.mark.parametrize("name", ROUTES)
def test_derivatives_agree_with_differences(name):
    """Central ones, of step 2^-200 at 2000 bits, whose error is below 2^-300 of the derivatives."""
    function = form(parse(f"{name}(x)"), {})
    for x in (-2.5, -0.7, 0.3, 1.0, 2.5):
        if not IN_ITS_DOMAIN.get(name, bool)(x):
            continue
        _, first, second = jet(function, x, BITS)
        h = Fraction(1, 2**200)
        below, at, above = (jet(function, Fraction(x) + side * h, BITS)[0] for side in (-1, 0, 1))
        with ctx.workprec(BITS):
            step = arb(2) ** -200
            assert abs((above - below) / (2 * step) - first) < arb(2) ** -300
            assert abs((above - 2 * at + below) / step**2 - second) < arb(2) ** -300


@each_activation
def test_derivatives_by_a_parameter_agree_with_differences(activation):
    """Of the value at two parameters close to one another."""
    for name, default in activation.parameters.items():
        expression = formula_of(activation.name)
        function = by_parameter(expression, activation.parameters, name)
        step = 2.0**-40
        above, below = (
            form(expression, {**activation.parameters, name: default + side * step})
            for side in (1, -1)
        )
        for x in (-2.5, 0.7, 3.0):
            slope = jet(function, x, 200)[1]
            with ctx.workprec(200):
                difference = (jet(above, x, 200)[0] - jet(below, x, 200)[0]) / (2 * step)
                assert abs(slope - difference) < 2.0**-70


def is_unknown(ball):
    """Whether a ball is the whole line."""
    return bool(ball.contains(arb(10) ** 300)) and bool(ball.contains(-(arb(10) ** 300)))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        pytest.param("where(x > 0, x + 1, 5 - x)", (1.05, 4.95), id="where"),
        pytest.param("where(0 < x < 9, x + 1, 5 - x)", (1.05, 4.95), id="chained"),
        pytest.param("where(x > 0, where(x > 0.05, 1, 2), 3)", (1, 2, 3), id="nested"),
        pytest.param("min(x, -x)", (-0.1, 0), id="min"),
        pytest.param("max(x, -x)", (0.1, 0), id="max"),
        pytest.param("abs(x)", (0, 0.1), id="abs"),
        pytest.param("max(0, min(1, x))", (0, 0.1), id="clip"),
        pytest.param("abs(max(x, 0) - 1)", (0.9, 1), id="abs of max"),
        pytest.param("exp(where(x > 0, 1, 2))", (2.7182818, 7.3890561), id="inside a function"),
        pytest.param("relu(x) * elu(x)", (0, 0.01), id="a product"),
    ],
)
def test_astride_a_branch_all_values_are_in_the_hull(text, inside):
    """And nothing is known of the derivatives."""
    value, first, second = over(text, -0.1, 0.1)
    assert all(value.contains(arb(point, 1e-7)) or value.overlaps(arb(point)) for point in inside)
    assert is_unknown(first)
    assert is_unknown(second)


def test_away_from_the_branch_the_derivatives_are_known():
    """On either side."""
    for low, high, slope in ((0.1, 0.2, 1), (-0.2, -0.1, 0)):
        value, first, second = over("max(0, x)", low, high)
        assert value.is_finite()
        assert (first, second) == (slope, 0)


@pytest.mark.parametrize(
    ("text", "value", "first"),
    [
        pytest.param("where(x > 0, 1, 2 * x)", 0, 2, id="gt"),
        pytest.param("where(x >= 0, 1 + x, 2)", 1, 1, id="ge"),
        pytest.param("where(x < 0, 1, 3 * x)", 0, 3, id="lt"),
        pytest.param("where(x <= 0, 1 - x, 2)", 1, -1, id="le"),
        pytest.param("where(0 <= x < 1, 5 * x, 2)", 0, 5, id="chained"),
        pytest.param("where(-1 < x < 0, 5 * x, 2 + 7 * x)", 2, 7, id="chained, outside"),
    ],
)
def test_at_the_boundary_a_comparison_is_decided_exactly(text, value, first):
    """The ball of 0 is 0 alone."""
    found = jet(form(parse(text), {}), 0.0, 64)
    assert found[:2] == (value, first)


@pytest.mark.parametrize("text", ["max(0, x)", "min(0, x)", "abs(x)"])
def test_at_a_kink_the_value_is_exact_and_the_slope_unknown(text):
    """No side is preferred."""
    value, first, _ = jet(form(parse(text), {}), 0.0, 64)
    assert value == 0
    assert is_unknown(first)


def test_the_boundary_may_be_a_number_that_is_no_double():
    """x > 1/3 is decided at the doubles beside it, and at the fraction itself."""
    function = form(parse("where(3 * x > 1, 1, 0)"), {})
    third = 1 / 3
    assert Fraction(third) < Fraction(1, 3)
    assert jet(function, third, 256)[0] == 0
    assert jet(function, third + 2.0**-54, 256)[0] == 1


@pytest.mark.parametrize(
    "text", ["1 / x", "log(x)", "sqrt(x)", "1 / (x - x)", "log1p(x - 1)", "x**-2", "atan(1 / x)"]
)
def test_around_a_singularity_nothing_is_known(text):
    """No error is raised, and no finite ball returned."""
    value, first, second = over(text, -0.5, 0.5)
    assert not first.is_finite()
    assert not second.is_finite()
    if text != "atan(1 / x)":
        assert not value.is_finite()


intervals = st.tuples(st.floats(-40, 40), st.floats(2.0**-40, 4)).map(
    lambda pair: (pair[0] - pair[1], pair[0] + pair[1])
)


@examples
@given(st.sampled_from(list(ACTIVATIONS.values())), intervals, st.floats(0, 1))
def test_the_enclosure_over_an_interval_contains_the_values_in_it(activation, ends, place):
    """Of all orders, at points within, wherever they are."""
    low, high = ends
    function = form(formula_of(activation.name), activation.parameters)
    with ctx.workprec(128), terms(3):
        around = arb((low + high) / 2, (high - low) / 2 * (1 + 2.0**-50))
        series = function(arb_series([around, 1]))
        hull = (series[0], series[1], 2 * series[2])
    kinks = [kink.at for kink in activation.kinks]
    for x in {low + place * (high - low), low, high, (low + high) / 2} - set(kinks):
        for wide, narrow in zip(hull, jet(function, x, 512), strict=True):
            with ctx.workprec(512):
                assert wide.overlaps(narrow)
                if not narrow.is_exact():
                    assert wide.contains(narrow) or not wide.is_finite()


def test_a_power_of_an_exact_base_is_exact():
    """Also a negative one, of a power of two."""
    assert jet(form(parse("x**5"), {}), 3.0, 64) == (243, 405, 540)
    assert jet(form(parse("x**-2"), {}), 2.0, 64)[0] == 0.25
    assert jet(form(parse("x**0"), {}), 2.0, 64) == (1, 0, 0)


def test_the_far_tail_of_erfc_is_enclosed():
    """Beyond where flint gives up: by its inequality, against the one before it."""
    value, first, _ = jet(form(parse("erfc(x)"), {}), 5000.0, 300)
    with ctx.workprec(300):
        leading = (-(arb(5000) ** 2)).exp() / (5000 * arb.pi().sqrt())
        assert leading * (1 - arb(1) / (2 * 5000**2)) <= value.upper()
        assert value.lower() < leading
        assert value.rel_accuracy_bits() > 20
        assert first.overlaps(-2 / arb.pi().sqrt() * (-(arb(5000) ** 2)).exp())
    nearly = jet(form(parse("erfc(x)"), {}), 4095.0, 300)[0]
    beyond = jet(form(parse("erfc(x)"), {}), 4097.0, 300)[0]
    assert beyond > 0
    assert beyond < nearly


def test_the_parameters_are_the_doubles_that_they_are():
    """0.1 is not a tenth there, and is one in the text."""
    by_parameter_ = jet(form(parse("a * x", ("x", "a")), {"a": 0.1}), 1.0, 200)[0]
    by_text = jet(form(parse("0.1 * x"), {}), 1.0, 200)[0]
    assert by_parameter_ == 0.1
    assert not by_text.overlaps(by_parameter_)


def test_the_number_of_terms_is_restored():
    """Also behind an error."""
    before = ctx.cap
    with pytest.raises(RuntimeError), terms(7):
        raise RuntimeError
    assert ctx.cap == before


def test_one_branch_alone_is_caught(monkeypatch):
    """A `where` that decides what it cannot know leaves values out."""
    monkeypatch.setitem(balls.OPERATIONS, "where", lambda _, chosen, __: chosen())
    value, first, _ = over("where(x > 0, x + 1, 5 - x)", -0.1, 0.1)
    assert not value.overlaps(arb(5))
    assert first == 1 < inf
