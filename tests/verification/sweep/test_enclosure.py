"""The polynomials of the sweep enclose the truth, and are no wider than they have to be."""

from dataclasses import replace

import numpy as np
import pytest
from flint import arb, ctx

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.formula.balls import form, jet
from verification.formula.language import parse
from verification.sweep.enclosure import Line, Run, beside_a_line, enclose, is_good

FLOAT32 = FORMATS["float32"]
BINADE = 1 << 23
CASES = [
    pytest.param(activation, order, id=f"{activation.name}-{order}")
    for activation in ACTIVATIONS.values()
    for order in range(3)
]
# The first patterns of binades: tiny, 2^-30, 1/4, 1, 2, 4 and 2^100, of both signs.
BINADES = [
    sign | exponent << 23 for sign in (0, 1 << 31) for exponent in (3, 97, 125, 127, 128, 129, 227)
]


def form_of(activation):
    """Return the textbook form with the default parameters."""
    return form(parse(activation.formula, ("x", *activation.parameters)), activation.parameters)


def points(run, count=40):
    """Return some x of the run, with their t, the ends included."""
    offsets = np.unique(np.linspace(0, run.length - 1, count).astype(np.int64))
    x = (run.first + offsets).astype(np.uint32).view(np.float32).astype(np.float64)
    half = run.length // 2
    return x, (offsets - half) / half


def encloses(enclosure, function, order, run):
    """Whether no point of the run has a true value that is certainly outside the bounds."""
    x, t = points(run)
    lower, upper = enclosure.bounds(x, t)
    with ctx.workprec(400):
        true = [jet(function, point, 400)[order] for point in x.tolist()]
        return not any(
            value < arb(low) or value > arb(high)
            for low, high, value in zip(lower.tolist(), upper.tolist(), true, strict=True)
        )


def good_runs(function, order, first):
    """Cut a binade until the polynomials are good; return the first and the last run."""
    waiting, runs = [Run(first, BINADE)], []
    while waiting:
        run = waiting.pop()
        polynomial = enclose(function, order, run, FLOAT32)
        if is_good(polynomial, FLOAT32):
            runs.append((run, polynomial))
        else:
            waiting += run.halves()
    return runs[0], runs[-1]


@pytest.mark.parametrize(("activation", "order"), CASES)
@pytest.mark.parametrize("first", BINADES)
def test_a_polynomial_encloses_the_function_over_its_run(activation, order, first):
    """The true value lies between the bounds at the ends of the run and between them."""
    function = form_of(activation)
    for run, polynomial in good_runs(function, order, first):
        assert encloses(polynomial, function, order, run)


@pytest.mark.parametrize("damage", ["coefficient", "error", "degree"])
def test_a_damaged_polynomial_does_not_enclose(damage):
    """A coefficient off by a millionth, an error of 0 and a lost term are each noticed."""
    function = form_of(ACTIVATIONS["gelu"])
    run, polynomial = good_runs(function, 0, 127 << 23)[0]
    a = polynomial.coefficients
    damaged = {
        "coefficient": replace(polynomial, coefficients=(a[0], a[1] * (1 + 1e-6), *a[2:])),
        "error": replace(polynomial, error=0.0),
        "degree": replace(polynomial, coefficients=a[:3]),
    }[damage]
    assert not encloses(damaged, function, 0, run)


@pytest.mark.parametrize(
    ("name", "order", "slope", "sides"),
    [
        pytest.param("silu", 0, 1 / 2, (1, 1), id="silu"),
        pytest.param("gelu", 0, 1 / 2, (1, 1), id="gelu"),
        pytest.param("gelu_tanh", 0, 1 / 2, (1, 1), id="gelu_tanh"),
        pytest.param("sigmoid", 2, -1 / 8, (1, -1), id="sigmoid''"),
    ],
)
@pytest.mark.parametrize("sign", [0, 1 << 31])
def test_a_line_says_on_which_side_the_function_lies(name, order, slope, sides, sign):
    """For subnormal x, f(x) is strictly between the line and the next double above or below."""
    function = form_of(ACTIVATIONS[name])
    side = sides[sign > 0]
    line = beside_a_line(function, order, Run(sign, BINADE), FLOAT32)
    assert line == Line(slope, side * np.inf)
    x, t = points(Run(sign | 1, 1 << 20))
    with ctx.workprec(1200):
        for point, bound in zip(x.tolist(), line.bounds(x, t)[0].tolist(), strict=True):
            f = jet(function, point, 1200)[order]
            assert 0 < side * (f - slope * arb(point)) < side * (arb(bound) - slope * arb(point))


@pytest.mark.parametrize(("name", "order"), [("sigmoid", 0), ("gelu", 1), ("tanh", 1)])
def test_no_line_is_claimed_where_f_is_not_0_at_0(name, order):
    """A function with another value at 0 has no such line."""
    function = form_of(ACTIVATIONS[name])
    assert beside_a_line(function, order, Run(0, BINADE), FLOAT32) is None
