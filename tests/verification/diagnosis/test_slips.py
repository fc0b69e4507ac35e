"""Slips in a formula, forms of it, and the step that goes wrong: each is named rightly."""

import numpy as np
import pytest

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.diagnosis.forms import FORMS, forms
from verification.diagnosis.slips import of_derivatives, of_parameters, of_storing, slips
from verification.diagnosis.steps import blamed
from verification.formula.language import FUNCTIONS, formula_of, operation, parse, symbol
from verification.formula.naive import evaluated
from verification.formula.spelled import spelled
from verification.formula.storing import STORED, WAYS, ways_to_store

WIDE, SINGLE = FORMATS["float64"], FORMATS["float32"]
X = np.linspace(-3, 3, 61)


def spellings(formula):
    """The slips in a formula: sentence and text."""
    return {slip.why: spelled(slip.formula) for slip in slips(parse(formula))}


def test_slips_of_a_product_and_a_sum():
    """Each term and each factor is dropped once, and each sign turned."""
    found = spellings("sigmoid(x) + x * exp(-x)")
    assert found["the term x * exp(-x) is missing"] == "sigmoid(x)"
    assert found["the term sigmoid(x) is missing"] == "x * exp(-x)"
    assert found["the term x * exp(-x) has the wrong sign"] == "sigmoid(x) - x * exp(-x)"
    assert found["the factor x is missing, in x * exp(-x)"] == "sigmoid(x) + exp(-x)"
    assert found["the argument of exp(-x) has the wrong sign"] == "sigmoid(x) + x * exp(x)"
    assert found["expm1 stands in the place of exp, in exp(-x)"] == "sigmoid(x) + x * expm1(-x)"


def test_slips_of_branches_and_limits():
    """Branches are exchanged or missing, limits too."""
    found = spellings("where(x > 1, x, 0.1 * x)")
    assert found["the branches for x > 1 are exchanged"] == "where(x > 1, 0.1 * x, x)"
    assert found["the branches meet at 0, not at 1"] == "where(x > 0, x, 0.1 * x)"
    found = spellings("min(max(x, 0), 6)")
    assert found["the limit 6 is missing, in min(max(x, 0), 6)"] == "max(x, 0)"


def test_every_slip_is_another_function():
    """Of none is the text that of the formula itself, and each is there once."""
    for name in ACTIVATIONS:
        formula = formula_of(name)
        found = [slip.formula for slip in slips(formula)]
        assert formula not in found
        assert len(set(found)) == len(found)


def test_a_subexpression_is_stored_in_fewer_bits():
    """Each that depends on x, in each format that is narrower; a function with its argument too."""
    formula = parse("2 * exp(-x)")
    found = {slip.why: spelled(slip.formula) for slip in of_storing(formula, 24)}
    assert found["exp(-x) is rounded to float16"] == "2 * float16(exp(-x))"
    assert found["x is cut to bfloat16, not rounded"] == "2 * exp(-cut_to_bfloat16(x))"
    both = found["exp(-x) and its argument are rounded to bfloat16"]
    assert both == "2 * bfloat16(exp(bfloat16(-x)))"
    assert not [why for why in found if why.startswith("2 is") or "float32" in why]
    assert "exp(-x) is rounded to float32" in [slip.why for slip in of_storing(formula, 53)]


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_has_fewer_bits(name):
    """The nearest number of so many bits, or the one before it; NaN and infinities stay."""
    bits, said = WAYS[name]
    x = np.random.default_rng(1).uniform(1, 2, 1000)
    kept = STORED[name](x)
    last_bit = 2.0 ** (1 - bits)
    assert np.array_equal(kept / last_bit, np.rint(kept / last_bit))
    assert (np.abs(kept - x) < (last_bit if "cut" in said else 0.5001 * last_bit)).all()
    assert (kept <= x).all() == ("cut" in said)
    assert np.array_equal(STORED[name](-x), -kept)
    ends = np.array([np.inf, -np.inf, np.nan])
    assert np.array_equal(STORED[name](ends), ends, equal_nan=True)
    assert name not in ways_to_store(bits)
    assert name in ways_to_store(bits + 1)


def test_slips_of_parameters_and_derivatives():
    """They are ignored, exchanged, or the variable of the derivative."""
    formula = parse("where(x > 0, a * x, b * expm1(x))", ("x", "a", "b"))
    whys = [slip.why for slip in of_parameters(formula, {"a": 1.5, "b": 2.0})]
    assert "a is ignored" in whys
    assert "a and b are exchanged" in whys
    whys = [slip.why for slip in of_derivatives(formula, {"a": 1.5, "b": 2.0})]
    assert "this is the derivative in a, not in x" in whys


@pytest.mark.parametrize("name", FORMS)
def test_forms_are_the_same_function(name):
    """In float64 where nothing cancels."""
    x = np.linspace(0.25, 2, 15)
    assert name in FUNCTIONS
    right = evaluated(operation(name, symbol("x")), {}, WIDE, x)
    for text in FORMS[name]:
        np.testing.assert_allclose(evaluated(parse(text), {}, WIDE, x), right, rtol=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("order", [0, 1])
def test_forms_of_the_catalogue_are_the_same_function(name, order):
    """The value, and the derivative."""
    activation = ACTIVATIONS[name]
    right = activation.derivative(X[X != 0], order=order)
    text = None
    if activation.orders[order].formula and order:
        text = formula_of(name, order)
    for form in forms(formula_of(name), order, text):
        found = evaluated(form, activation.parameters, WIDE, X[X != 0])
        np.testing.assert_allclose(found, right, rtol=1e-9, atol=1e-12, err_msg=spelled(form))


BLAME = {
    "x / 2 * (1 + erf(x / sqrt(2)))": (-5.0, "1 + erf(x / sqrt(2)) cancels"),
    "log(1 + exp(x))": (-12.0, "1 + exp(x) loses digits before log(1 + exp(x)) is taken"),
    "exp(x) / (1 + exp(x))": (95.0, "exp(x) overflows"),
    "x - tanh(x)": (0.01, "x - tanh(x) cancels"),
    "(x + sqrt(x**2 + 4)) / 2": (-300.0, "x + sqrt(x**2 + 4) cancels"),
    "exp(-(x**2) / 2)": (11.0, "the argument of exp(-x**2 / 2) is rounded"),
    "1 / (1 + exp(-x))": (
        2.0,
        "every step is rounded, and the errors add up, in 1 / (1 + exp(-x))",
    ),
}


@pytest.mark.parametrize("text", BLAME)
def test_the_step_that_goes_wrong_is_named(text):
    """Where it does."""
    at, said = BLAME[text]
    x = (at * np.linspace(0.98, 1.02, 41)).astype(np.float32)
    formula = parse(text)
    got = evaluated(formula, {}, SINGLE, x).astype(np.float64)
    assert blamed(formula, {}, SINGLE, x, got).startswith(said)


def test_what_is_rounded_to_one_is_named():
    """Before a logarithm of it is 0."""
    x = np.linspace(-30, -20, 41).astype(np.float32)
    formula = parse("log(1 + exp(x))")
    said = blamed(formula, {}, SINGLE, x, np.zeros(x.shape))
    assert said == "1 + exp(x) is rounded to 1 before log(1 + exp(x)) is taken"
