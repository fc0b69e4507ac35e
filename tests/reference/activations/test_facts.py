"""The facts that an activation states about itself, proved by ball arithmetic."""

import re
from itertools import pairwise
from math import copysign, inf, isinf, nextafter

import numpy as np
import pytest
from flint import arb, arb_series, ctx

from reference import ACTIVATIONS
from reference.definition import levels
from verification.formula import balls
from verification.formula.language import formula_of
from verification.formula.latex import latex

BITS = 1024
# Enough that e^-2400, beside 1, is not lost.
SATURATED_BITS = 8192
FUNCTIONS = [
    pytest.param(activation, order, id=f"{name}-{order}")
    for name, activation in ACTIVATIONS.items()
    for order in range(3)
]
CURVED = [
    parameter
    for parameter in FUNCTIONS
    if not parameter.values[0].orders[parameter.values[1]].exact
]
with_roots = [
    pytest.param(*parameter.values, root, id=f"{parameter.id} at {root:.3g}")
    for parameter in FUNCTIONS
    for root in parameter.values[0].orders[parameter.values[1]].roots
]
each_function = pytest.mark.parametrize(("activation", "order"), FUNCTIONS)
each_curved = pytest.mark.parametrize(("activation", "order"), CURVED)
each_root = pytest.mark.parametrize(("activation", "order", "root"), with_roots)


def derivative(activation, order, x, bits=BITS):
    """Enclose the derivative of the given order, of up to 7, at a double or a ball."""
    form = balls.form(formula_of(activation.name), activation.parameters)
    with ctx.workprec(bits), balls.terms(order + 1):
        series = form(arb_series([arb(x), 1]))
        return series[order] * arb(order).fac() if order else series[0]


def sign(ball):
    """The sign of a ball that does not contain 0, or 0 for 0 itself."""
    assert ball != 0 or ball.is_exact()
    return int(bool(ball > 0)) - int(bool(ball < 0))


FORMATS = [
    pytest.param(0, 2.0**-150, 128, 2.0**-25, id="up to float32"),
    pytest.param(1, arb(2) ** -1075, 1024, 2.0**-54, id="float64"),
]


def is_saturated(activation, order, x, half_smallest, largest_exponent, half_ulp):
    """Whether f(x), times any upstream, rounds to the limit, but for the ties of products."""
    limit = activation.orders[order].limits[x > 0]
    true = derivative(activation, order, x, SATURATED_BITS)
    with ctx.workprec(SATURATED_BITS):
        if isinf(limit):
            return bool(abs(true / arb(x) - 1) < half_ulp / 2)
        if limit == 0:
            return bool(abs(true) * arb(2) ** largest_exponent < half_smallest)
        return bool(abs(true / arb(limit) - 1) < half_ulp**2)


@pytest.mark.parametrize(
    ("wide", "half_smallest", "largest_exponent", "half_ulp"),
    FORMATS,
)
@each_curved
def test_beyond_saturation_the_limit_is_what_rounding_gives(
    activation, order, wide, half_smallest, largest_exponent, half_ulp
):
    """From the first double on, on both sides, also after a product with the largest upstream."""
    start = activation.orders[order].guides[wide].saturation
    for magnitude in (start, nextafter(start, inf), 1.01 * start, 1.2 * start, 1.5 * start):
        for x in (-magnitude, magnitude):
            assert is_saturated(activation, order, x, half_smallest, largest_exponent, half_ulp)


@pytest.mark.parametrize(
    ("wide", "half_smallest", "largest_exponent", "half_ulp"),
    FORMATS,
)
@pytest.mark.parametrize(
    "activation", [a for a in ACTIVATIONS.values() if not a.orders[0].exact], ids=lambda a: a.name
)
def test_saturation_is_not_far_out(activation, wide, half_smallest, largest_exponent, half_ulp):
    """At four fifths of it some order is not saturated."""
    x = -0.8 * activation.orders[0].guides[wide].saturation
    judged = [
        is_saturated(activation, order, x, half_smallest, largest_exponent, half_ulp)
        for order in range(3)
    ]
    assert not all(judged)


@each_curved
def test_the_expansion_is_that_of_the_power_series(activation, order):
    """Slope, power and sign of the first further coefficient.

    There is none where f(0) is not 0, or f'(0) no power of two, or 0 a kink.
    """
    with ctx.workprec(BITS):
        coefficients = [derivative(activation, order + n, 0.0) / arb(n).fac() for n in range(5)]
    narrow, wide = (guide.expansion for guide in activation.orders[order].guides)
    expansion = narrow
    assert wide == narrow
    slope = coefficients[1]
    mantissa = abs(np.frexp(float(slope.mid()))[0])
    is_kink = any(kink.at == 0 for kink in activation.kinks)
    is_there = bool(coefficients[0].contains(0)) and mantissa == 0.5 and not is_kink
    is_there = is_there and slope.contains(float(slope.mid()))
    assert (expansion is not None) is bool(is_there)
    if expansion is None:
        return
    slope, coefficient, power = expansion
    for true, expected in zip(coefficients[:power], [0.0, slope, 0.0], strict=False):
        assert abs(true - expected) < arb(2) ** -200
    assert abs(np.frexp(slope)[0]) == 0.5
    assert sign(coefficients[power]) == copysign(1, coefficient)
    second_term = abs(coefficients[power] / slope) * arb(levels.LINEAR_BELOW) ** (power - 1)
    assert second_term < arb(2) ** -59


@each_root
def test_a_root_is_the_nearest_double(activation, order, root):
    """The sign changes between the midpoints to its neighbours."""
    with ctx.workprec(BITS):
        middle = [(arb(root) + arb(nextafter(root, end))) / 2 for end in (-inf, inf)]
        if root == 0:
            middle = [arb(-1e-300), arb(1e-300)]
    below, above = (sign(derivative(activation, order, x, 4096)) for x in middle)
    assert below * above == -1


@each_root
def test_no_double_is_within_2_to_the_minus_60_of_a_root(activation, order, root):
    """Other than 0, which is a root itself."""
    if root == 0:
        return
    with ctx.workprec(BITS):
        ends = [arb(root) - arb(2) ** -60, arb(root) + arb(2) ** -60]
    below, above = (sign(derivative(activation, order, x)) for x in ends)
    assert below == above != 0


@each_curved
def test_signs_change_at_the_roots_alone(activation, order):
    """At many points, they alternate; a derivative may be 0 on all of one side, as ELU's is."""
    function = activation.orders[order]
    reach = function.guides[0].saturation
    x = np.concatenate([np.linspace(-reach, reach, 400), np.linspace(-4, 4, 401)])
    x = np.setdiff1d(x, [*function.roots, 0.0])
    signs = np.array([sign(derivative(activation, order, point, 2048)) for point in x.tolist()])
    sides = [side for kink in activation.kinks for side in (x[x < kink.at], x[x > kink.at])]
    assert any(np.array_equal(x[signs == 0], side) for side in (x[:0], *sides))
    x, signs = x[signs != 0], signs[signs != 0]
    changes = np.searchsorted(function.roots, x)
    for count in np.unique(changes):
        assert len(set(signs[changes == count].tolist())) == 1
    first_signs = [signs[changes == count][0] for count in np.unique(changes)]
    assert all(left == -right for left, right in pairwise(first_signs))
    assert len(first_signs) == len(function.roots) + 1


def stationary_values(activation, order):
    """Enclose f at the zeros of f', found by Newton's method from the changes of sign."""
    x = np.linspace(-6, 6, 1201)
    slopes = np.array(
        [float(derivative(activation, order + 1, point).mid()) for point in x.tolist()]
    )
    found = []
    for index in np.flatnonzero(np.sign(slopes[:-1]) * np.sign(slopes[1:]) <= 0):
        point = arb(float(x[index] + x[index + 1]) / 2)
        with ctx.workprec(BITS):
            for _ in range(12):
                slope = derivative(activation, order + 1, point)
                curvature = derivative(activation, order + 2, point)
                point = point if slope == 0 else (point - slope / curvature).mid()
        found.append(derivative(activation, order, point))
    return found


def values_beside_kinks(activation, order):
    """The derivative of an order on either side of each kink."""
    sides = [((kink.left, kink.right), kink.second[:2]) for kink in activation.kinks]
    return [value for of_orders in sides for value in of_orders[order - 1]] if order else []


@each_curved
def test_bounds_are_the_nearest_doubles_to_the_true_ones(activation, order):
    """Of the limits and the stationary values the smallest and the largest."""
    function = activation.orders[order]
    values = [float(value.mid()) for value in stationary_values(activation, order)]
    values += [*function.limits, *values_beside_kinks(activation, order)]
    assert function.bounds == (min(values), max(values))


@each_function
def test_values_respect_the_bounds(activation, order):
    """In the format, at all 65,536 inputs of float16."""
    x = np.arange(1 << 16).astype(np.uint16).view(np.float16)
    y = activation.derivative(x[np.isfinite(x)], order=order).astype(float)
    low, high = (float(np.float16(bound)) for bound in activation.orders[order].bounds)
    assert low <= y.min()
    assert y.max() <= high


@each_function
def test_limits_carry_the_sign_of_their_approach(activation, order):
    """A zero has the sign of the values on the way to it."""
    function = activation.orders[order]
    for x, limit in zip((-30.0, 30.0), function.limits, strict=True):
        true = derivative(activation, order, x, 4096)
        if limit == 0:
            assert copysign(1, limit) == (sign(true) or 1)
        elif isinf(limit):
            assert sign(true) == copysign(1, limit)
        else:
            assert abs(true - arb(limit)) < arb(2) ** -30


@each_function
def test_symmetry_is_that_of_the_function(activation, order):
    """Even, odd, or neither."""
    symmetry = activation.orders[order].symmetry
    points = [0.3, 1.7, 5.5]
    pairs = [[derivative(activation, order, s * x) for s in (1, -1)] for x in points]
    even = all((right - left).contains(0) for right, left in pairs)
    odd = all((right + left).contains(0) for right, left in pairs)
    assert symmetry == ("even" if even else "odd" if odd else "")


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_kinks_are_where_the_one_sided_derivatives_differ(activation):
    """Left and right are the slopes beside it; the choice lies between and is the result."""
    for kink in activation.kinks:
        left, right = (
            derivative(activation, 1, nextafter(kink.at, end)).mid() for end in (-inf, inf)
        )
        assert (float(left), float(right)) == (kink.left, kink.right)
        assert kink.left <= kink.chosen <= kink.right
        assert activation.derivative(kink.at) == kink.chosen
    if not activation.kinks:
        assert all(not function.exact for function in activation.orders)


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_monotone_means_that_the_derivative_is_not_negative(activation):
    """By its bounds."""
    assert activation.monotone is (activation.orders[1].bounds[0] >= 0)


@each_function
def test_an_activation_names_its_formula_and_its_source(activation, order):
    """As plain text and in LaTeX, for every order."""
    function = activation.orders[order]
    assert function.formula
    assert latex(function.formula, ("x", *activation.parameters))
    assert activation.source
    assert activation.title
    assert (activation.formula, activation.limits) == (
        activation.orders[0].formula,
        activation.orders[0].limits,
    )


def normal_density(x):
    """φ(x)."""
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def normal_distribution(x):
    """Φ(x)."""
    return (1 + (x / arb(2).sqrt()).erf()) / 2


NAMES = {
    "exp": arb.exp,
    "log1p": arb.log1p,
    "tanh": arb.tanh,
    "sqrt": lambda x: arb(x).sqrt(),
    "phi": normal_density,
    "Phi": normal_distribution,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "where": lambda condition, chosen, otherwise: chosen if condition else otherwise,
    "number": arb,
}


@pytest.mark.parametrize("x", [-2.5, -0.125, 0.75, 3.0])
@each_curved
def test_the_formula_of_each_order_is_the_derivative(activation, order, x):
    """Read as Python over balls, decimals as decimals, it is the derivative of the value's."""
    text = re.sub(r"[\d.]*\.\d+", r"number('\g<0>')", activation.orders[order].formula)
    head, _, definitions = text.partition(" with ")
    with ctx.workprec(BITS):
        names = {**NAMES, **activation.parameters, "x": arb(x), "pi": arb.pi()}
        for definition in definitions.split(", ") if definitions else []:
            name, _, body = definition.partition(" = ")
            names[name] = eval(body, names)  # noqa: S307 our own formula
        value = eval(head, names)  # noqa: S307 likewise
        assert arb(value).overlaps(derivative(activation, order, x))
        assert arb(value).rel_accuracy_bits() > BITS / 2 or value == 0


def test_the_derivative_by_the_slope_is_min_of_0_and_x():
    """Its limits and bounds are those of min(0, x)."""
    function = ACTIVATIONS["leaky_relu"].parameter_derivatives["negative_slope"]
    assert function.limits == function.bounds == (-inf, 0.0)
